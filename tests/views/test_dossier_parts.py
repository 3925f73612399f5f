"""Parts of the dossier page: components, papers, why this day, the timeline, forms in place."""

import datetime as dt
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import StepKind
from domain.events import Tag
from domain.roles import Role
from models.attachment import Attachment
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from services import dossier as verbs
from services.dossier.clock import reckoning
from services.dossier.forms import Lack
from services.dossier.steps import live
from tests.factories import dossiers as make, screens
from tests.services.scans import pdf
from views.dossier import checklist, timeline, why

SCRIPT = {"HX-Request": "true"}


def scanned(session: Any, client: Any, dossier: Dossier, pages: int = 3) -> Attachment:
    upload = (io.BytesIO(pdf(pages)), "don.pdf")
    paper = dossier.papers[0].id
    answer = screens.send(client, dossier, "dinh-kem", file=upload, paper_id=paper)
    assert answer.status_code == 303, answer.text
    found: Attachment = session.scalars(sa.select(Attachment)).one()
    return found


def asked(dossier: Dossier, paper: str, at: dt.datetime | None = None) -> None:
    verbs.request_supplement(
        dossier,
        items=(Lack(paper, "thiếu chữ ký", "ký lại"),),
        reason="Chưa đủ",
        actor=make.doer(live(dossier)[0]),
        at=at or make.now(),
    )


# ---- components ----------------------------------------------------------------------------------
def test_component_is_in_missing_awaited_or_not_asked(session: Any) -> None:
    dossier = make.at_step(StepKind.work)
    version = dossier.procedure_version
    assert [row.state for row in checklist.of(dossier, []).rows] == [checklist.IN]
    conditional = [d for d in version.documents if d.condition]
    others = checklist.of(dossier, []).others
    assert conditional and {d.name for d in conditional} <= {row.name for row in others}
    dossier.papers[0].handed_in = False
    assert checklist.of(dossier, []).rows[0].state == checklist.MISSING
    paper = dossier.papers[0]
    paper.document_id = conditional[0].id
    assert checklist.of(dossier, []).rows[0].state == checklist.NOT_ASKED
    dossier.cases = [conditional[0].condition]
    assert checklist.of(dossier, []).rows[0].state == checklist.MISSING
    session.rollback()
    asked(dossier, dossier.papers[0].name)
    shown = checklist.of(dossier, [])
    assert shown.rows[0].state == checklist.AWAITED
    assert (shown.handed_in, shown.asked) == (0, 1)


# ---- papers beside the form ----------------------------------------------------------------------
def test_paper_of_the_address_is_shown_turned_and_never_beyond_its_pages(
    session: Any, login: Any
) -> None:
    clerk, dossier = login(Role.clerk), make.received()
    file = scanned(session, clerk, dossier)

    def picture(query: str) -> str:
        page = clerk.get(f"{screens.address(dossier)}?{query}").text
        found = re.findall(r'<noscript><img src="([^"]*)"', page)
        return found[0].replace("&amp;", "&") if found else ""

    first = f"/tep/{file.id}/trang/1?w=1000&q=0"
    assert picture("") == first
    assert picture(f"xem={file.id}&trang=2&quay=90") == f"/tep/{file.id}/trang/2?w=1000&q=90"
    assert picture(f"xem={file.id}&trang=9&quay=7") == f"/tep/{file.id}/trang/3?w=1000&q=0"
    for wrong in (
        f"xem={uuid7()}&trang=2",
        "xem=&trang=-1&quay=x",
        f"xem={file.id}&trang=99999999",
    ):
        assert picture(wrong) == first


def test_paper_of_another_dossier_is_not_shown(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    file = scanned(session, clerk, make.received())
    other = make.received(subject="Việc khác")
    page = clerk.get(f"{screens.address(other)}?xem={file.id}").text
    assert f'value="{file.id}"' not in page and f"/tep/{file.id}" not in page


def test_issued_paper_is_counted_when_it_is_shown(session: Any, login: Any) -> None:
    clerk, dossier = login(Role.clerk), make.received()
    target = f"{screens.address(dossier)}/giay/control_slip"
    typed = screens.fields(clerk.get(screens.address(dossier)).text, target)
    paper = clerk.post(target, data=typed).headers["Location"].rpartition("/")[2]
    page = clerk.get(screens.address(dossier)).text
    assert f'<option value="{paper}" data-url="/giay/{paper}" data-pages="">' in page
    page = clerk.get(f"{screens.address(dossier)}?xem={paper}").text
    assert re.search(rf'<option value="{paper}"[^>]* data-pages="\d+" selected>', page)


# ---- why this day --------------------------------------------------------------------------------
def test_day_is_explained_in_sentences_with_its_law(session: Any, login: Any) -> None:
    dossier = make.received()
    found = reckoning(dossier)
    assert found is not None and dossier.due_at is not None
    page = login(Role.clerk).get(screens.address(dossier)).text
    assert "Thời hạn giải quyết là 3 ngày làm việc." in page
    assert "ngày tiếp nhận: không tính." in page
    assert f"Vì vậy, thời điểm hẹn trả là {dossier.due_at:%H:%M %d/%m/%Y}." in page
    basis = dossier.procedure_version.legal_basis
    assert basis and basis.splitlines()[0] in page


def test_running_pause_says_what_would_be_if_it_ended_now(session: Any, login: Any) -> None:
    received = make.now() - dt.timedelta(14)
    dossier = make.at_step(StepKind.work, at=received)
    asked(dossier, "Giấy đề nghị", received + dt.timedelta(1))
    page = login(Role.clerk).get(screens.address(dossier)).text
    assert "Nếu tính tiếp từ lúc này, thời điểm hẹn trả sẽ là" in page
    assert "Vì vậy, thời điểm hẹn trả" not in page


def test_used_time_counts_no_pause(session: Any) -> None:
    dossier = make.at_step(StepKind.work)
    found = reckoning(dossier)
    assert found is not None
    start, due = found.counted_from, found.due_at
    assert why.used(dossier, found, start) == 0
    assert why.used(dossier, found, due) == why.used(dossier, found, due + dt.timedelta(9)) == 100
    middle = start + (due - start) / 2
    half = why.used(dossier, found, middle)
    assert 0 < half < 100
    asked(dossier, "Giấy đề nghị")
    later = start + dt.timedelta(30)
    paused = reckoning(dossier, as_of=later)
    assert paused is not None and paused.paused_minutes > 0
    assert why.used(dossier, paused, later) <= half


# ---- the timeline --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        (Tag.dossier_forward, "step"),
        (Tag.dossier_extend, "step"),
        (Tag.file_attach, "paper"),
        (Tag.dossier_request_supplement, "paper"),
        (Tag.dossier_record_payment, "fee"),
        (Tag.dossier_comment, "talk"),
        (Tag.dossier_consult, "talk"),
    ],
)
def test_event_belongs_to_one_part_of_the_timeline(tag: Tag, kind: str) -> None:
    assert timeline.kind(tag) == kind
    assert {timeline.kind(tag) for tag in Tag} == set(timeline.KINDS)


def test_timeline_is_narrowed_by_the_address(session: Any, login: Any) -> None:
    clerk, dossier = login(Role.clerk), make.received()
    screens.send(clerk, dossier, "ghi-chu", text="Đã gọi điện cho công dân")

    def kinds(query: str) -> set[str]:
        return set(re.findall(r'<li class="event-(\w+)"', clerk.get(query).text))

    address = screens.address(dossier)
    assert kinds(address) == kinds(f"{address}?loc=khac") == {"step", "talk"}
    assert kinds(f"{address}?loc=talk") == {"talk"}
    assert kinds(f"{address}?loc=fee") == set()


# ---- forms in place ------------------------------------------------------------------------------
def test_script_gets_the_form_alone(session: Any, login: Any) -> None:
    clerk, dossier = login(Role.clerk), make.received()
    part = clerk.get(screens.act_of(dossier, "ghi-chu"), headers=SCRIPT).text
    assert "<html" not in part and screens.standing(part) == ["ghi-chu"]
    assert screens.fields(part, f"{screens.address(dossier)}/ghi-chu")["op_id"]
    assert clerk.get(screens.act_of(dossier, "khong-co"), headers=SCRIPT).text == ""


def test_act_that_is_not_allowed_says_why_in_its_place(session: Any, login: Any) -> None:
    clerk, dossier = login(Role.clerk), make.at_step(StepKind.sign)
    for headers in ({}, SCRIPT):
        page = clerk.get(screens.act_of(dossier, "ky-duyet"), headers=headers).text
        assert screens.standing(page) == ["ky-duyet"]
        assert f'action="{screens.address(dossier)}/ky-duyet"' not in page


def test_forward_of_the_address_is_whatever_leads_on(session: Any, login: Any) -> None:
    page = login(Role.head).get(screens.act_of(make.at_step(StepKind.sign), "chuyen")).text
    assert screens.standing(page) == ["ky-duyet"]


def test_script_is_told_where_to_go_after_an_act_and_it_is_done_once(
    session: Any, login: Any
) -> None:
    clerk, dossier = login(Role.clerk), make.received()
    target = f"{screens.address(dossier)}/chuyen"
    typed = screens.fields(clerk.get(screens.address(dossier)).text, target)
    for _ in range(2):
        answer = clerk.post(target, data=typed, headers=SCRIPT)
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["HX-Redirect"].endswith(screens.address(dossier))
    query = sa.select(Event.id).where(Event.op_id == typed["op_id"])
    assert len(session.scalars(query).all()) == 1


def test_script_gets_a_refused_form_back_with_what_was_typed(session: Any, login: Any) -> None:
    clerk, dossier = login(Role.clerk), make.processed()
    target = f"{screens.address(dossier)}/tra-ket-qua"
    typed = screens.fields(clerk.get(screens.address(dossier)).text, target)
    answer = clerk.post(target, data={**typed, "receiver_id": "1", "note": "hẹn"}, headers=SCRIPT)
    assert answer.status_code == 422 and "<html" not in answer.text
    kept = screens.fields(answer.text, target)
    assert (kept["receiver_id"], kept["note"], kept["op_id"]) == ("1", "hẹn", typed["op_id"])
    assert 'id="tra-ket-qua-receiver_id-error"' in answer.text
