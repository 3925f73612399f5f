"""The papers that acts issue: who issues and signs them, what they ask for, by when."""

import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from domain.codes import StepKind
from domain.roles import Role
from models.dossier import Dossier, DossierStep
from models.organisation import Unit
from models.paper import IssuedPaper
from printing.issued import render
from services import dossier as verbs
from services.dossier.steps import live
from tests.factories import dossiers as make, screens
from views.dossier.hours import closing, to_complete

BODY = "Ủy ban nhân dân huyện Cư M’gar"
DEPARTMENT = "Phòng Tài chính – Kế hoạch huyện Cư M’gar"


def issued(session: Any, dossier: Dossier) -> IssuedPaper:
    session.expire_all()
    found: IssuedPaper = session.scalars(
        sa.select(IssuedPaper).where(IssuedPaper.dossier_id == dossier.id)
    ).one()
    return found


def text(paper: IssuedPaper) -> str:
    pages = PdfReader(io.BytesIO(render(paper))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def worker(dossier: Dossier) -> str:
    """Account of who holds the work."""
    names = ("chuyenvien", "chuyenvien2")
    return next(n for n in names if make.officer_id(n) == live(dossier)[0].holder_id)


def consulted(session: Any) -> Dossier:
    """A dossier on which the labour department was asked for its opinion."""
    dossier = make.at_step(StepKind.work)
    asked = session.scalars(sa.select(Unit).where(Unit.code == "DL-648-LD")).one()
    verbs.consult(
        dossier,
        unit_ids=(asked.id,),
        question="Có vướng mắc gì không?",
        term="2wd",
        actor=make.doer(live(dossier)[0]),
        at=make.now(),
    )
    return dossier


def beside(dossier: Dossier) -> DossierStep:
    return next(s for s in live(dossier) if s.kind is StepKind.consult)


# ---- new appointment -----------------------------------------------------------------------------
def later(dossier: Dossier) -> dt.datetime:
    """Closing time of the first working day well after the appointment."""
    assert dossier.due_at is not None
    days = (dossier.due_at.date() + dt.timedelta(n) for n in range(14, 40))
    return next(found for day in days if (found := closing(dossier.competent, day)))


@pytest.mark.parametrize(
    ("form", "hour"),
    [
        ("%d/%m/%Y 10:05", (10, 5)),
        ("10:05 %d/%m/%Y", (10, 5)),
        ("%d/%m/%y 10:05", (10, 5)),
        ("9h30, %d.%m.%Y", (9, 30)),
        ("%d/%m/%Y", None),
        ("%d/%m/%y", None),
    ],
)
def test_new_appointment_is_read_as_people_write_it(
    session: Any, login: Any, form: str, hour: tuple[int, int] | None
) -> None:
    dossier = make.at_step(StepKind.work, "1.013225")
    wanted = later(dossier)
    if hour:
        wanted = wanted.replace(hour=hour[0], minute=hour[1])
    typed = {"extended_to": wanted.strftime(form), "reason": "Chờ ý kiến"}
    answer = screens.send(login(Role.leader), dossier, "hen-lai", **typed)
    assert answer.status_code == 303, answer.text
    session.expire_all()
    assert dossier.extended_to == wanted


@pytest.mark.parametrize("wrong", ["mai", "25:00 04/12/2099", "31/02/2099", "10:00", "16:00 4/12"])
def test_new_appointment_that_cannot_be_read_says_how_to_write_it(
    session: Any, login: Any, wrong: str
) -> None:
    dossier = make.at_step(StepKind.work, "1.013225")
    typed = {"extended_to": wrong, "reason": "Chờ ý kiến"}
    answer = screens.send(login(Role.leader), dossier, "hen-lai", **typed)
    assert answer.status_code == 422
    assert "Hãy viết ngày và giờ như 16:00 04/12/2026." in answer.text
    assert f'value="{wrong}"' in answer.text


def test_new_appointment_on_a_day_off_asks_for_another_day(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work, "1.013225")
    sunday = later(dossier).date()
    sunday += dt.timedelta(6 - sunday.weekday())
    typed = {"extended_to": f"{sunday:%d/%m/%Y}", "reason": "Chờ ý kiến"}
    answer = screens.send(login(Role.leader), dossier, "hen-lai", **typed)
    assert answer.status_code == 422
    assert "Ngày đó cơ quan không làm việc" in answer.text


# ---- letters -------------------------------------------------------------------------------------
def test_apology_goes_out_under_the_head_of_the_body_that_signs(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work, "1.013225")
    typed = {"extended_to": f"{later(dossier):%d/%m/%Y}", "reason": "Chờ ý kiến"}
    screens.send(login(Role.leader), dossier, "hen-lai", **typed)
    paper = issued(session, dossier)
    assert (paper.content["head"]["superior"], paper.content["head"]["office"]) == ("", BODY)
    shown = text(paper)
    assert "BỘ PHẬN TIẾP NHẬN" not in shown
    assert f"{BODY} xin lỗi Ông/Bà" in shown
    assert "CHỦ TỊCH" in shown


@pytest.mark.parametrize(("slug", "number"), [("tu-choi", "01/TCHS"), ("dung", "01/TB-TCKH")])
def test_department_issues_its_letter_in_its_own_name(
    session: Any, login: Any, slug: str, number: str
) -> None:
    dossier = make.at_step(StepKind.sign)
    screens.send(login(Role.head), dossier, slug, reason="Không đủ điều kiện")
    paper = issued(session, dossier)
    head, signer = paper.content["head"], paper.content["signer"]
    assert (head["superior"], head["office"]) == (BODY, DEPARTMENT)
    assert (signer["authority"], signer["title"]) == ("", "Trưởng phòng")
    shown = text(paper)
    assert paper.number == number
    assert "TM. " not in shown and "Căn cứ" not in shown and "NGƯỜI TIẾP NHẬN" not in shown


# ---- supplement request --------------------------------------------------------------------------
def test_supplement_request_marks_the_kind_of_copy_and_the_day(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    typed = {
        "paper": ["Giấy đề nghị", "Căn cước"],
        "wrong": ["thiếu chữ ký", "mờ"],
        "needed": ["ký lại", "bản rõ"],
        "copy": ["original", "certified"],
        "reason": "Chưa đủ",
    }
    answer = screens.send(login(worker(dossier)), dossier, "yeu-cau-bo-sung", **typed)
    assert answer.status_code == 303, answer.text
    paper = issued(session, dossier)
    marks = [(i["originals"], i["certified"], i["photocopies"]) for i in paper.content["items"]]
    assert marks == [(1, 0, 0), (0, 1, 0)]
    day = to_complete(dossier.competent, make.now().date())
    by = closing(dossier.competent, day)
    assert by is not None and dossier.supplements[0].answer_by == by
    assert f"Đề nghị hoàn thiện, nộp lại trước: {by:%H} giờ {by:%M} phút" in text(paper)


def test_supplement_request_keeps_the_kind_when_rows_are_added(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    typed = {"paper": "Đơn", "wrong": "x", "needed": "y", "copy": "certified", "more": "1"}
    page = screens.send(login(worker(dossier)), dossier, "yeu-cau-bo-sung", **typed).text
    assert page.count('<option value="certified" selected>') == 1


def test_supplement_request_names_no_day_that_has_passed(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    typed = {"paper": "Đơn", "wrong": "x", "needed": "y", "reason": "z", "answer_by": "01/02/2020"}
    answer = screens.send(login(worker(dossier)), dossier, "yeu-cau-bo-sung", **typed)
    assert answer.status_code == 422
    assert "Ngày này đã qua." in answer.text


# ---- consulted departments -----------------------------------------------------------------------
def test_head_of_a_consulted_department_answers_or_gives_it_away(session: Any, login: Any) -> None:
    dossier = consulted(session)
    head = login("tp.laodong")
    offered = screens.offered(head.get(screens.address(dossier)).text)
    assert offered[0] == "cho-y-kien" and "phan-cong" in offered
    answer = screens.send(head, dossier, "cho-y-kien", opinion="Không vướng mắc", agrees="1")
    assert answer.status_code == 303
    session.expire_all()
    assert [s.kind for s in live(dossier)] == [StepKind.work]


@pytest.mark.parametrize("holder", ["tp.laodong", "cv.laodong"])
def test_who_was_given_the_question_answers_at_once(session: Any, login: Any, holder: str) -> None:
    dossier = consulted(session)
    verbs.assign(
        dossier,
        officer_id=make.officer_id(holder),
        step_id=beside(dossier).id,
        actor=make.actor("tp.laodong"),
        at=make.now(),
    )
    client = login(holder)
    offered = screens.offered(client.get(screens.address(dossier)).text)
    assert offered[0] == "cho-y-kien" and "nhan-viec" not in offered
    answer = screens.send(client, dossier, "cho-y-kien", opinion="Nhất trí", agrees="1")
    assert answer.status_code == 303


def test_control_slip_says_when_the_opinion_came_back(session: Any, login: Any) -> None:
    dossier = consulted(session)
    asked, at = beside(dossier), make.now() + dt.timedelta(minutes=7)
    asker = live(dossier)[0].holder
    verbs.answer_consult(
        dossier, opinion="Nhất trí.", actor=make.actor("cv.laodong"), at=at, step_id=asked.id
    )
    clerk = login(Role.clerk)
    target = f"{screens.address(dossier)}/giay/control_slip"
    clerk.post(target, data=screens.fields(clerk.get(screens.address(dossier)).text, target))
    line = next(
        line
        for line in issued(session, dossier).content["lines"]
        if line["unit"] == asked.unit.full_name
    )
    assert (line["giver"], line["taker"]) == ("H’Hương Êban", asker.full_name)
    assert line["taken_at"] == line["given_at"] == at.isoformat()
