"""The work-list through HTTP: tabs, search, taking over and forwarding several at once."""

import datetime as dt
import html
import re
from typing import Any

import pytest

from domain.codes import Status, StepKind
from domain.roles import Role
from models.dossier import Dossier
from services import dossier as verbs
from services.dossier.steps import live
from tests.factories import dossiers as make


def codes(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', page)


def rows(page: str) -> list[str]:
    return re.findall(r'name="rowid" form="work" value="([^"]*)"', page)


def counts(page: str) -> dict[str, str]:
    found = re.findall(r'tab=([a-z-]+)[^"]*"[^>]*>[^<]*<span class="count">([^<]*)</span>', page)
    return dict(found)


def test_list_shows_my_work_with_its_time_and_next_act(session: Any, login: Any) -> None:
    dossier = make.received()
    page = login(Role.clerk).get("/viec").text
    assert codes(page) == [dossier.code]
    assert "Nguyễn Thị Hoa" in page and 'class="left' in page
    assert f"/ho-so/{dossier.id}?buoc={live(dossier)[0].id}" in page
    assert counts(page)["cua-toi"] == "1"


def test_list_of_the_department_holds_what_others_have(session: Any, login: Any) -> None:
    dossier = make.received()
    other = login("tiepnhan2")
    assert codes(other.get("/viec").text) == []
    assert codes(other.get("/viec?tab=cua-phong").text) == [dossier.code]
    assert codes(login("chuyenvien.krongana").get("/viec?tab=cua-phong").text) == []


def test_former_addresses_of_tabs_still_lead_there(login: Any) -> None:
    clerk = login(Role.clerk)
    for former, now in {"waiting": "cho-nguoi-khac", "dang-cho": "cho-nguoi-khac"}.items():
        page = clerk.get(f"/viec?tab={former}").text
        assert f'tab={now}" aria-current="page"' in page
    for former in ("late", "tre"):
        page = clerk.get(f"/viec?tab={former}").text
        assert 'tab=sap-tre&amp;tre=1" aria-current="page"' in page
        assert re.search(r'name="tre" value="1" checked', page)


def test_tab_of_others_holds_what_stands(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    step = live(dossier)[0]
    verbs.suspend(
        dossier, kind="outage", reason="Mất điện", actor=make.actor("truongphong"), at=make.now()
    )
    from models.base import db
    from models.officer import Officer

    holder = db.session.get_one(Officer, step.holder_id or make.doer(step).officer_id)
    officer = login(holder.user.username)
    page = officer.get("/viec?tab=cho-nguoi-khac").text
    assert codes(page) == [dossier.code]
    assert "Tạm dừng" in page and "sự cố" in page
    assert codes(officer.get("/viec").text) == []


@pytest.mark.parametrize(("q", "found"), [("hoa", 1), ("nguyen thi hoa", 1), ("không có", 0)])
def test_list_is_searched_without_diacritics(session: Any, login: Any, q: str, found: int) -> None:
    make.received()
    assert len(codes(login(Role.clerk).get("/viec", query_string={"q": q}).text)) == found


def test_list_goes_on_by_key(session: Any, login: Any) -> None:
    made = {make.received().code for _ in range(27)}
    clerk = login(Role.clerk)
    first = clerk.get("/viec").text
    older = re.search(r'<a href="([^"]*sau=[^"]*)" rel="next"', first)
    assert older is not None and len(codes(first)) == 25
    second = clerk.get(html.unescape(older[1])).text
    assert {*codes(first), *codes(second)} == made
    newer = re.search(r'<a href="([^"]*truoc=[^"]*)" rel="prev"', second)
    assert newer is not None
    assert codes(clerk.get(html.unescape(newer[1])).text) == codes(first)
    assert clerk.get("/viec?sau=nonsense").status_code == 422


def test_unknown_tab_is_not_there(login: Any) -> None:
    clerk = login(Role.clerk)
    assert clerk.get("/viec?tab=la").status_code == 404
    assert clerk.get("/viec?tab=late").status_code == 200


def test_list_asks_for_its_permission(login: Any, client: Any) -> None:
    assert login(Role.auditor).get("/viec").status_code == 403
    assert login(Role.auditor).post("/viec", data={"act": "forward"}).status_code == 403
    assert client.get("/viec").status_code == 302


def test_filters_stay_in_every_address_of_the_list(session: Any, login: Any) -> None:
    for _ in range(26):
        make.received()
    clerk = login(Role.clerk)
    asked = {"q": "hoa", "thu-tuc": make.version_of().procedure_id, "buoc": "receive"}
    page = clerk.get("/viec", query_string=asked).text
    assert len(codes(page)) == 25
    wanted = "q=hoa&amp;thu-tuc=" + asked["thu-tuc"] + "&amp;buoc=receive"
    for place in (
        r'href="([^"]*tab=sap-tre[^"]*)"',
        r'href="([^"]*sau=[^"]*)"',
        r'action="(/viec\?[^"]*)"',
    ):
        found = re.search(place, page)
        assert found is not None and wanted in found[1], place
    preview = re.search(r'formaction="([^"]*)"', page)
    assert preview is not None
    answer = clerk.post(html.unescape(preview[1]), data={"act": "forward", "rowid": rows(page)[:1]})
    assert f'action="/viec?tab=cua-toi&amp;{wanted}"' in answer.text
    assert codes(clerk.get("/viec", query_string={**asked, "buoc": "sign"}).text) == []


@pytest.mark.parametrize("wrong", ["thu-tuc=x", "buoc=x", "nguoi=x", "sau=", "tre=0"])
def test_filters_that_cannot_be_are_none(session: Any, login: Any, wrong: str) -> None:
    dossier = make.received()
    assert codes(login(Role.clerk).get(f"/viec?{wrong}").text) == [dossier.code]


def test_procedures_of_the_filter_are_found_while_typing(login: Any) -> None:
    found = login(Role.clerk).get("/viec/thu-tuc?q=thanh lap ho kinh doanh").get_json()
    assert found[0]["hint"] == make.BUSINESS and "hộ kinh doanh" in found[0]["text"]


def test_head_sees_the_holders_and_narrows_by_them(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    head = login(Role.head)
    page = head.get("/viec?tab=cua-phong").text
    assert codes(page) == [dossier.code] and "Nguyễn Thị Lan" in page
    lan = make.officer_id("chuyenvien")
    assert codes(head.get(f"/viec?tab=cua-phong&nguoi={lan}").text) == [dossier.code]
    assert codes(head.get("/viec?tab=cua-phong&nguoi=-").text) == []
    assert 'name="nguoi"' not in login(Role.officer).get("/viec").text


def test_row_says_whose_turn_it_is_and_for_how_long(session: Any, login: Any) -> None:
    at = make.now() - dt.timedelta(days=20)
    asked = make.at_step(StepKind.work, at=at)
    officer = make.actor("chuyenvien")
    verbs.take_over(asked, actor=officer, at=at)
    lack = (verbs.Lack("Đơn", "Thiếu chữ ký", "Ký lại", ""),)
    verbs.request_supplement(
        asked, items=lack, reason="Thiếu", answer_by=None, actor=officer, at=at
    )
    page = text(login(Role.officer).get("/viec?tab=cho-bo-sung").text)
    assert re.search(r"Tạm dừng – chờ bổ sung \d+ ngày", page), page
    held = make.at_step(StepKind.work, at=at)
    verbs.take_over(held, actor=officer, at=at)
    page = text(login(Role.officer).get("/viec").text)
    assert re.search(r"trễ \d+ ngày trong tay \d+ ngày", page), page


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# ---- beside the list -----------------------------------------------------------------------------
def test_pane_shows_holder_clock_papers_events_and_acts(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    step = live(dossier)[0]
    officer = login(Role.officer)
    answer = officer.get(f"/viec/xem/{step.id}")
    for words in (dossier.code, "Nguyễn Thị Hoa", "Giấy đề nghị", "Vì sao hẹn ngày này", step.name):
        assert words in answer.text, words
    assert re.findall(r'data-act="([^"]*)"', answer.text) == ["yeu-cau-bo-sung", "chuyen"]
    assert len(answer.data) < 10_000 and "<html" not in answer.text
    foreign = login("chuyenvien.krongana")
    assert foreign.get(f"/viec/xem/{step.id}").status_code == 404
    assert foreign.get(f"/viec/xem/{step.id}/chuyen").status_code == 404


def test_form_of_an_act_says_what_follows_or_why_not(session: Any, login: Any) -> None:
    dossier = make.received()
    step = live(dossier)[0]
    clerk = login(Role.clerk)
    form = clerk.get(f"/viec/xem/{step.id}/chuyen").text
    assert f'action="/ho-so/{dossier.id}/chuyen"' in form and "Phân công" in form
    refused = clerk.get(f"/viec/xem/{step.id}/phan-cong").text
    assert "<form" not in refused.replace('<form method="dialog">', "")
    assert "trạng thái" in refused or "không" in refused
    assert clerk.get(f"/viec/xem/{step.id}/la").status_code == 404


# ---- several at once -----------------------------------------------------------------------------
def test_several_are_forwarded_at_once(session: Any, login: Any) -> None:
    made = [make.received() for _ in range(3)]
    clerk = login(Role.clerk)
    typed = {"act": "forward", "rowid": rows(clerk.get("/viec").text)}
    answer = clerk.post("/viec?tab=cua-toi&q=hoa", data=typed)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/viec?tab=cua-toi&q=hoa")
    session.expire_all()
    assert {d.status for d in made} == {Status.processing}


def test_preview_says_what_would_change_and_changes_nothing(session: Any, login: Any) -> None:
    good, moved = make.received(), make.received()
    clerk = login(Role.clerk)
    picked = rows(clerk.get("/viec").text)
    verbs.comment(good, text="Không làm cũ", actor=make.actor("tiepnhan"), at=make.now())
    verbs.forward(moved, actor=make.actor("tiepnhan"), at=make.now())
    session.commit()
    before = events(session)
    page = clerk.post("/viec/xem-truoc", data={"act": "forward", "rowid": picked})
    assert page.status_code == 200
    row = text(page.text[page.text.index(f'row">{good.code}') :])
    assert "Phân công" in row and "trưởng phòng" in row and re.search(r"hạn \d\d:\d\d", row)
    assert "Sẽ không thực hiện" in text(page.text[page.text.index(f'row">{moved.code}') :])
    sent = re.findall(r'name="rowid" value="([^"]*)"', page.text)
    assert [value.partition(":")[0] for value in sent] == [good.id]
    assert "Chuyển 1 hồ sơ" in page.text
    session.expire_all()
    assert good.status is Status.received and events(session) == before


def test_confirming_twice_forwards_once(session: Any, login: Any) -> None:
    made = [make.received() for _ in range(2)]
    clerk = login(Role.clerk)
    preview = clerk.post(
        "/viec/xem-truoc", data={"act": "forward", "rowid": rows(clerk.get("/viec").text)}
    ).text
    key = re.search(r'name="idempotency_key" value="([^"]*)"', preview)
    assert key is not None
    sent = {
        "act": "forward",
        "idempotency_key": key[1],
        "rowid": re.findall(r'name="rowid" value="([^"]*)"', preview),
    }
    assert clerk.post("/viec", data=sent).status_code == 303
    session.expire_all()
    after = [(live(d)[0].id, d.version) for d in made]
    assert clerk.post("/viec", data=sent).status_code == 303
    session.expire_all()
    assert [(live(d)[0].id, d.version) for d in made] == after


def test_proposals_need_their_words_and_keep_them(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    verbs.take_over(dossier, actor=make.actor("chuyenvien"), at=make.now())
    officer = login(Role.officer)
    picked = rows(officer.get("/viec").text)
    answer = officer.post("/viec", data={"act": "forward", "rowid": picked, "note": " "})
    assert answer.status_code == 422 and "Hãy ghi đề xuất." in answer.text
    words = {"act": "forward", "rowid": picked, "note": "Đủ điều kiện"}
    assert officer.post("/viec", data=words).status_code == 303
    session.expire_all()
    assert live(dossier)[0].kind is StepKind.sign


def test_head_assigns_several_at_once(session: Any, login: Any) -> None:
    made = [make.at_step(StepKind.assign) for _ in range(2)]
    head = login(Role.head)
    picked = rows(head.get("/viec").text)
    assert len(picked) == 2
    preview = head.post("/viec/xem-truoc", data={"act": "assign", "rowid": picked}).text
    assert "Nguyễn Thị Lan" in preview
    nobody = head.post("/viec", data={"act": "assign", "rowid": picked})
    assert nobody.status_code == 422 and "Hãy chọn cán bộ." in nobody.text
    lan = make.officer_id("chuyenvien")
    done = head.post("/viec", data={"act": "assign", "rowid": picked, "officer_id": lan})
    assert done.status_code == 303
    session.expire_all()
    assert {live(d)[0].holder_id for d in made} == {lan}


def undo_form(page: str) -> dict[str, str]:
    found = re.search(r'name="batch" value="([^"]*)"', page)
    return {"batch": found[1]} if found else {}


def test_assigning_is_looked_at_and_taken_back_to_whoever_had_it(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    verbs.take_over(dossier, actor=make.actor("chuyenvien"), at=make.now())
    lan, taken = live(dossier)[0].holder_id, live(dossier)[0].taken_at
    head = login(Role.head)
    picked = rows(head.get("/viec?tab=cua-phong").text)
    looked = text(head.post("/viec/xem-truoc", data={"act": "assign", "rowid": picked}).text)
    assert "Nguyễn Thị Lan" in looked and "Hạn hồ sơ:" in looked
    assert "Hoàn tác được trong vòng 5 phút" in looked
    other = make.officer_id("truongphong")
    data = {"act": "assign", "rowid": picked, "officer_id": other}
    assert head.post("/viec?tab=cua-phong", data=data).status_code == 303
    session.expire_all()
    assert live(dossier)[0].holder_id == other
    sent = undo_form(head.get("/viec").text)
    assert undo_form(login(Role.officer).get("/viec").text) == {}
    assert login(Role.officer).post("/viec/hoan-tac", data=sent).status_code == 303
    session.expire_all()
    assert live(dossier)[0].holder_id == other, "nobody else takes it back"
    assert head.post("/viec/hoan-tac?tab=cua-phong", data=sent).status_code == 303
    session.expire_all()
    assert (live(dossier)[0].holder_id, live(dossier)[0].taken_at) == (lan, taken)
    assert undo_form(head.get("/viec").text) == {}


def test_what_somebody_went_on_with_is_not_taken_back_and_named(session: Any, login: Any) -> None:
    made = [make.at_step(StepKind.assign) for _ in range(2)]
    head, lan = login(Role.head), make.officer_id("chuyenvien")
    picked = rows(head.get("/viec").text)
    data = {"act": "assign", "rowid": picked, "officer_id": lan}
    assert head.post("/viec", data=data).status_code == 303
    session.expire_all()
    verbs.comment(made[0], text="Đã xem", actor=make.actor("chuyenvien"), at=make.now())
    answer = head.post("/viec/hoan-tac", data=undo_form(head.get("/viec").text))
    assert answer.status_code == 422
    results = text(answer.text[answer.text.index("work-results") :])
    assert f"{made[0].code}" in results and "Nguyễn Thị Lan đã sửa sau đó" in results
    session.expire_all()
    assert [live(d)[0].holder_id for d in made] == [lan, None]


def test_forwarding_several_says_before_that_it_stays(session: Any, login: Any) -> None:
    make.received()
    clerk = login(Role.clerk)
    picked = rows(clerk.get("/viec").text)
    looked = clerk.post("/viec/xem-truoc", data={"act": "forward", "rowid": picked})
    assert "không hoàn tác được" in looked.text
    clerk.post("/viec", data={"act": "forward", "rowid": picked})
    assert undo_form(clerk.get("/viec").text) == {}


def test_two_people_forwarding_the_same_do_it_once(session: Any, login: Any) -> None:
    dossier = make.received()
    first, second = login(Role.clerk), login(Role.clerk)
    picked = rows(first.get("/viec").text)
    assert rows(second.get("/viec").text) == picked
    assert first.post("/viec", data={"act": "forward", "rowid": picked}).status_code == 303
    late = second.post("/viec", data={"act": "forward", "rowid": picked})
    assert late.status_code == 422 and dossier.code in late.text
    session.expire_all()
    assert len([s for s in dossier.steps if s.kind is StepKind.assign and s.opened_at]) == 1


def events(session: Any) -> int:
    import sqlalchemy as sa

    from models.event import Event

    found: int = session.scalar(sa.select(sa.func.count()).select_from(Event))
    return found


def test_each_row_says_what_became_of_it(session: Any, login: Any) -> None:
    good, done = make.received(), make.received()
    clerk = login(Role.clerk)
    picked = rows(clerk.get("/viec").text)
    verbs.forward(done, actor=make.actor("tiepnhan"), at=make.now())
    answer = clerk.post("/viec", data={"act": "forward", "rowid": picked})
    assert answer.status_code == 422
    results = answer.text[answer.text.index("work-results") :]
    assert f"<strong>{good.code}</strong>" in results
    assert f"<strong>{done.code}</strong>" in results
    session.expire_all()
    assert good.status is Status.processing


def test_several_are_taken_over(session: Any, login: Any) -> None:
    made: list[Dossier] = [make.received(), make.received()]
    other = login("tiepnhan2")
    picked = rows(other.get("/viec?tab=cua-phong").text)
    answer = other.post("/viec?tab=cua-phong", data={"act": "take_over", "rowid": picked})
    assert answer.status_code == 303
    session.expire_all()
    holders = {live(d)[0].holder_id for d in made}
    assert holders == {make.officer_id("tiepnhan2")}


@pytest.mark.parametrize(
    "rowid", [[], ["x"], ["x:y:z"], ["0192aaaa-0000-7000-8000-000000000000::"]]
)
def test_odd_selections_are_answered_with_a_sentence(login: Any, rowid: list[str]) -> None:
    answer = login(Role.clerk).post("/viec", data={"act": "forward", "rowid": rowid})
    assert answer.status_code == 422
