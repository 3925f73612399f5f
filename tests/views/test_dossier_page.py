"""The dossier page: who sees it, what it says, and what it does with a refusal."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import Status, StepKind
from domain.roles import Role
from models.event import Event
from models.ids import uuid7
from models.paper import IssuedPaper
from services import dossier as verbs
from services.dossier.steps import live
from tests.factories import dossiers as make, screens


# ---- who sees it ---------------------------------------------------------------------------------
def test_page_sends_a_stranger_to_the_sign_in_and_back(session: Any, client: Any) -> None:
    dossier = make.received()
    answer = client.get(screens.address(dossier))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/?next=")
    assert dossier.id in answer.headers["Location"]


def test_page_is_refused_to_a_role_without_the_right(session: Any, login: Any) -> None:
    assert login(Role.admin).get(screens.address(make.received())).status_code == 403


@pytest.mark.parametrize("username", ["chuyenvien.krongana", "cv.moitruong", "tiepnhan.xa"])
def test_page_of_another_department_is_not_there(session: Any, login: Any, username: str) -> None:
    dossier = make.received()
    stranger = login(username)
    assert stranger.get(screens.address(dossier)).status_code == 404
    assert stranger.post(f"{screens.address(dossier)}/ghi-chu", data={}).status_code == 404


def test_page_of_nothing_is_not_there(login: Any) -> None:
    assert login(Role.clerk).get(f"/ho-so/{uuid7()}").status_code == 404
    assert login(Role.clerk).get("/ho-so/not-an-id").status_code == 404


def test_reader_is_offered_no_act_and_may_send_none(session: Any, login: Any) -> None:
    dossier = make.received()
    auditor = login(Role.auditor)
    page = auditor.get(screens.address(dossier))
    assert page.status_code == 200
    assert screens.offered(page.text) == []
    answer = auditor.post(f"{screens.address(dossier)}/chuyen", data={"op_id": uuid7()})
    assert answer.status_code == 403


# ---- what it offers and says ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "role", "first"),
    [
        (StepKind.receive, Role.clerk, "chuyen"),
        (StepKind.assign, Role.head, "phan-cong"),
        (StepKind.sign, Role.head, "ky-duyet"),
        (StepKind.number, Role.registrar, "hoan-thanh"),
        (StepKind.return_result, Role.clerk, "tra-ket-qua"),
    ],
)
def test_page_has_the_next_act_ready(
    session: Any, login: Any, kind: StepKind, role: Role, first: str
) -> None:
    page = login(role).get(screens.address(make.at_step(kind))).text
    assert re.findall(r'data-act="([a-z-]+)" data-first', page) == [first]
    assert screens.offered(page)[0] == first
    assert screens.standing(page) == []
    assert screens.fields(page, re.findall(rf'action="(/ho-so/[^"]+/{first})"', page)[0])


@pytest.mark.parametrize(
    ("kind", "username"),
    [
        (StepKind.receive, "tiepnhan"),
        (StepKind.assign, "truongphong"),
        (StepKind.work, "truongphong"),
        (StepKind.sign, "truongphong"),
        (StepKind.sign, "lanhdao"),
        (StepKind.number, "vanthu"),
        (StepKind.return_result, "tiepnhan"),
    ],
)
def test_every_act_offered_is_allowed(
    session: Any, login: Any, kind: StepKind, username: str
) -> None:
    who = login(username)
    slugs = screens.offered(who.get(screens.address(make.at_step(kind))).text)
    assert len(slugs) > 2
    for slug in slugs:
        answer = screens.send(who, make.at_step(kind), slug)
        assert answer.status_code in (303, 422), (slug, answer.status_code)
        if answer.status_code == 422:
            assert f'id="{slug}-' in answer.text and "-error" in answer.text, slug


def test_page_offers_no_further_step_when_ones_part_is_done(session: Any, login: Any) -> None:
    dossier = make.received()
    verbs.forward(dossier, actor=make.actor("tiepnhan"), at=make.now())
    page = login(Role.clerk).get(screens.address(dossier)).text
    assert {"chuyen", "tra-ket-qua", "trinh", "thu-phi"}.isdisjoint(screens.offered(page))
    assert {"dinh-kem", "ghi-chu"} <= set(screens.offered(page))


def test_page_says_where_the_dossier_stands(session: Any, login: Any) -> None:
    dossier = make.received()
    page = login(Role.clerk).get(screens.address(dossier)).text
    for words in (dossier.code, "Nguyễn Thị Hoa", "066190001234", "Trần Thanh Hùng"):
        assert words in page
    assert dossier.due_at is not None
    assert f"{dossier.due_at:%H:%M %d/%m/%Y}" in page
    assert "StepKind" not in page and "{&#39;" not in page and "None" not in page


def test_history_is_readable(session: Any, login: Any) -> None:
    dossier = make.processed()
    page = login(Role.clerk).get(screens.address(dossier)).text
    history = page[page.index('id="lich-su"') :]
    for raw in ("due_at", "step_id", "forward", "[&#39;", "result_text", "+07:00 →"):
        assert raw not in history.replace("datetime=", "")
    assert "Hồ sơ đủ điều kiện, đề nghị ký." in history


def test_page_explains_the_deadline_day_by_day(session: Any, login: Any) -> None:
    from domain.deadline import explain_text
    from services.dossier.clock import reckoning

    dossier = make.received()
    found = reckoning(dossier)
    assert found is not None
    page = login(Role.clerk).get(screens.address(dossier)).text
    dates = [line[:10] for line in explain_text(found)]
    shown = re.findall(r"<li>(\d\d/\d\d/\d{4})", page)
    assert shown == dates


# ---- refusals ------------------------------------------------------------------------------------
def test_wrong_input_is_answered_at_its_field_and_nothing_is_lost(session: Any, login: Any) -> None:
    dossier = make.processed()
    typed = {"receiver": "Người Khác", "receiver_id": "123", "note": "mất giấy hẹn"}
    answer = screens.send(login(Role.clerk), dossier, "tra-ket-qua", **typed)
    assert answer.status_code == 422
    kept = screens.fields(answer.text, f"{screens.address(dossier)}/tra-ket-qua")
    assert {k: kept[k] for k in typed} == typed
    assert 'id="tra-ket-qua-receiver_id-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert screens.standing(answer.text) == ["tra-ket-qua"]
    session.expire_all()
    assert dossier.status is Status.processed


def test_empty_reason_is_refused_at_the_field(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.sign)
    answer = screens.send(login(Role.head), dossier, "tra-lai", reason="  ")
    assert answer.status_code == 422
    assert 'id="tra-lai-reason-error"' in answer.text


def test_stale_page_is_answered_with_409_and_can_be_sent_again(session: Any, login: Any) -> None:
    dossier = make.processed()
    clerk = login(Role.clerk)
    target = f"{screens.address(dossier)}/tra-ket-qua"
    typed = {**screens.fields(clerk.get(screens.address(dossier)).text, target), "note": "ghi nhớ"}
    dossier.result_text = "Đã sửa"
    session.commit()
    answer = clerk.post(target, data=typed)
    assert answer.status_code == 409
    again = screens.fields(answer.text, target)
    assert (again["note"], again["op_id"]) == ("ghi nhớ", typed["op_id"])
    assert again["version"] != typed["version"]
    assert clerk.post(target, data=again).status_code == 303


def test_second_officer_on_the_same_step_gets_409(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.sign)
    head = login(Role.head)
    target = f"{screens.address(dossier)}/ky-duyet"
    typed = screens.fields(head.get(screens.address(dossier)).text, target)
    verbs.approve(dossier, actor=make.doer(live(dossier)[0]), at=make.now())
    answer = head.post(target, data={**typed, "note": "ý kiến của tôi"})
    assert answer.status_code == 409
    assert "ý kiến của tôi" in answer.text


def test_form_sent_twice_is_done_once_with_one_paper(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.sign)
    head = login(Role.head)
    target = f"{screens.address(dossier)}/tu-choi"
    page = head.get(screens.act_of(dossier, "tu-choi")).text
    typed = {**screens.fields(page, target), "reason": "Không đủ điều kiện"}
    assert [head.post(target, data=typed).status_code for _ in range(2)] == [303, 303]
    events = session.scalars(sa.select(Event).where(Event.op_id == typed["op_id"])).all()
    papers = session.scalars(
        sa.select(IssuedPaper).where(IssuedPaper.dossier_id == dossier.id)
    ).all()
    assert (len(events), len(papers)) == (1, 1)


def test_act_of_another_role_is_answered_with_403_on_the_page(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.sign)
    form = {"op_id": uuid7(), "version": str(dossier.version), "reason": "không phải việc của tôi"}
    answer = login(Role.clerk).post(f"{screens.address(dossier)}/tu-choi", data=form)
    assert answer.status_code == 403
    assert "không phải việc của tôi" in answer.text
    session.expire_all()
    assert dossier.status is Status.processing


def test_unknown_act_is_not_there(session: Any, login: Any) -> None:
    dossier = make.received()
    assert login(Role.clerk).post(f"{screens.address(dossier)}/xoa", data={}).status_code == 404


def test_malformed_form_is_no_crash(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    form = {"op_id": "x", "version": "999999999999", "step_id": "y", "paper": "a", "paid-z": "q"}
    page = login(Role.clerk)
    for slug in ("chuyen", "thu-phi", "yeu-cau-bo-sung", "lay-y-kien", "lien-thong", "dinh-kem"):
        answer = page.post(f"{screens.address(dossier)}/{slug}", data=form)
        assert answer.status_code in (403, 409, 422), slug


# ---- pickers -------------------------------------------------------------------------------------
def test_pickers_ask_the_server(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    agencies = clerk.get("/ho-so/chon/co-quan?q=krong+ana").json
    assert "Ủy ban nhân dân huyện Krông Ana" in [row["text"] for row in agencies]
    procedures = clerk.get("/ho-so/chon/thu-tuc?q=tam+ngung+ho+kinh+doanh").json
    assert make.version_of(make.SUSPENSION).id in [row["value"] for row in procedures]


def test_pickers_are_closed_to_readers(login: Any, client: Any) -> None:
    assert login(Role.auditor).get("/ho-so/chon/co-quan").status_code == 403
    assert client.get("/ho-so/chon/thu-tuc").status_code == 302
