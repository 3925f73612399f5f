"""Receive a dossier: number, deadline, steps, fees and event together (NĐ 61/2018 Đ17 k1c, k3)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain.codes import ApplicantKind, Channel, Status, StepKind, StepState
from domain.events import Tag
from models.applicant import Applicant
from models.base import db
from models.dossier import Dossier
from models.ids import uuid7
from models.procedure import ProcedureVersion, VersionState
from services.dossier.forms import FeeLine, HandedIn, Person
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    BUSINESS,
    LACKS,
    MONDAY,
    act,
    events,
    fees,
    intake,
    later,
    new_events,
    received,
    refuses,
    stored,
    unit,
)
from tests.tools.engines import sqlite_only


def receive(form, who="tiepnhan", at=MONDAY):
    return act("receive", form, who=who, at=at)


def test_receive_leaves_exactly_its_event(session):
    form = intake()
    with new_events() as found:
        dossier = receive(form)
    assert [e.tag for e in found] == [Tag.dossier_receive]
    event = found[0]
    assert (event.actor_name, event.actor_role) == ("Trần Thanh Hùng", "clerk")
    assert event.actor_unit == unit("DL-648-MC").full_name
    assert (event.at, event.op_id, event.for_name) == (MONDAY, form.id, None)
    assert event.changes == {
        "code": dossier.code,
        "due_at": dossier.due_at.isoformat(),
        "procedure": BUSINESS,
    }


def test_receive_gives_code_book_deadline_and_steps_together(session):
    dossier = receive(intake())
    assert dossier.code == "H15.36.00-260406-0001"
    assert (dossier.book, dossier.book_order) == ("2026", 1)
    assert (dossier.status, dossier.term) == (Status.received, "3wd")
    assert dossier.due_at == dossier.original_due_at == later(days=3)
    kinds = [s.kind for s in dossier.steps]
    assert kinds == [s.kind for s in dossier.procedure_version.steps]
    assert [s.kind for s in live(dossier)] == [StepKind.receive]
    first = dossier.steps[0]
    assert (first.holder_id, first.unit.code) == (made.officer_id("tiepnhan"), "DL-648-MC")
    assert {s.state for s in dossier.steps[1:]} == {StepState.pending}
    assert [(leg.agency_id, leg.position) for leg in dossier.legs] == [(unit("DL-648").id, 1)]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-04-23T10:00", "2026-04-29T10:00"),  # 27/04 is a day in lieu
        ("2026-11-20T09:00", "2026-11-26T09:00"),  # 24/11 is a holiday
        ("2026-04-06T18:30", "2026-04-10T07:00"),  # after closing counts as the next opening
        ("2026-04-04T10:00", "2026-04-09T07:00"),  # on a Saturday counts as Monday's opening
    ],
)
def test_receive_promises_what_the_deadline_engine_reckons(session, at, due):
    at = MONDAY.fromisoformat(f"{at}+07:00")
    assert receive(intake(at=at), at=at).due_at == MONDAY.fromisoformat(f"{due}+07:00")


def test_receive_numbers_by_unit_and_day_and_the_book_by_year(session):
    codes = [receive(intake()).code for _ in range(2)]
    codes.append(receive(intake(), at=later(days=1)).code)
    codes.append(receive(intake(), who="tiepnhan.krongana").code)
    assert [c.partition("-")[2] for c in codes] == [
        "260406-0001",
        "260406-0002",
        "260407-0001",
        "260406-0001",
    ]
    assert len({c.partition("-")[0] for c in codes}) == 2
    orders = db.session.scalars(sa.select(Dossier.book_order).order_by(Dossier.id))
    assert list(orders) == [1, 2, 3, 1]


def test_receive_of_a_form_sent_twice_gives_the_first_dossier_again(session):
    form = intake()
    first = receive(form).code
    before = stored()
    again = receive(
        replace(form, owner=Person(name="Người khác")), who="tiepnhan2", at=later(hours=1)
    )
    assert again.code == first
    assert stored() == before


def test_receive_gives_its_number_back_when_it_fails(session, monkeypatch):
    receive(intake())
    before = stored()
    monkeypatch.setattr("services.dossier.intake.record", _broken)
    with pytest.raises(RuntimeError):
        receive(intake())
    monkeypatch.undo()
    assert stored() == before
    assert receive(intake()).code.endswith("-0002")


def _broken(*_args, **_facts):
    raise RuntimeError("the power failed")


def test_receive_keeps_what_was_said_of_people_papers_and_fees(session):
    rule = made.version_of(BUSINESS, MONDAY.date()).fees[0]
    form = intake(
        owner=Person(
            "nguyễn  thị hoa", ApplicantKind.citizen, "066 190 001234", phone="+84 905123456"
        ),
        submitter=Person("Y Bhiăm Niê", id_number="066088001235"),
        authorisation="Giấy ủy quyền ngày 01/4/2026",
        channel=Channel.postal,
        fees=(FeeLine(rule.id, amount=None if rule.amount else 100_000),),
        papers=(*intake().papers, HandedIn("Bản vẽ thêm", originals=0, copies=2, note="A3")),
    )
    dossier = receive(form)
    assert (dossier.owner_id_number, dossier.owner_phone) == ("066190001234", "0905123456")
    assert dossier.submitter_name == "Y Bhiăm Niê"
    assert dossier.channel is Channel.postal
    extra = dossier.papers[-1]
    assert (extra.name, extra.copies, extra.note, extra.document_id) == (
        "Bản vẽ thêm",
        2,
        "A3",
        None,
    )
    assert [f.amount for f in fees(dossier)] == [rule.amount or 100_000]


def test_receive_knows_the_applicant_again_and_the_dossier_keeps_its_snapshot(session):
    number = "066190001234"
    first = receive(intake(owner=Person("Nguyễn Thị Hoa", id_number=number, phone="0905123456")))
    first_id = first.id
    receive(intake(owner=Person("Nguyễn Thị Hoa", id_number=number, phone="0911222333")))
    query = sa.select(Applicant).where(Applicant.id_number == number)
    assert [a.phone for a in db.session.scalars(query)] == ["0911222333"]
    assert db.session.get_one(Dossier, first_id).owner_phone == "0905123456"


@sqlite_only
@pytest.mark.parametrize(
    ("changed", "code", "at_field"),
    [
        ({"papers": ()}, "dossier.papers_missing", "papers"),
        ({"owner": Person(name=" ")}, "name.required", "owner_name"),
        ({"owner": Person("Hoa", id_number="12")}, "id_number.invalid", "owner_id_number"),
        ({"owner": Person("Hoa", tax_code="1")}, "tax_code.invalid", "owner_tax_code"),
        ({"owner": Person("Hoa", phone="abc")}, "phone.invalid", "owner_phone"),
        ({"submitter": Person(name="")}, "name.required", "submitter_name"),
        ({"version_id": "no such version"}, "procedure.not_found", "version_id"),
        ({"competent_id": "no such unit"}, "unit.not_found", "competent_id"),
        ({"fees": (FeeLine("no such rule"),)}, "value.invalid", "fees"),
    ],
)
def test_receive_refuses_bad_input_at_its_field(session, changed, code, at_field):
    form = replace(intake(), **changed)
    with refuses(code, at_field):
        receive(form)


def test_receive_under_a_version_that_is_not_in_force_is_refused(session):
    old = session.scalars(
        sa.select(ProcedureVersion).where(ProcedureVersion.valid_to < MONDAY.date()).limit(1)
    ).one()
    with refuses("procedure.not_published", "version_id"):
        receive(replace(intake(), version_id=old.id))


def test_receive_under_a_draft_is_refused(session):
    version = made.version_of(BUSINESS, MONDAY.date())
    form = intake()
    version.state = VersionState.draft
    session.commit()
    with refuses("procedure.not_published", "version_id"):
        receive(form)


@sqlite_only
@pytest.mark.parametrize("who", ["chuyenvien", "lanhdao", "thuquy", "vanthu", "kiemtra", "quantri"])
def test_receive_is_the_clerks(session, who):
    form = intake()
    with refuses("dossier.role_not_allowed"):
        receive(form, who=who)


def test_receive_after_guidance_at_an_earlier_visit_turns_the_same_visit_into_a_dossier(session):
    form = intake()
    act("ask_before_intake", form, who="tiepnhan", items=LACKS, reason="Thiếu", op_id=uuid7())
    dossier = receive(form, at=later(days=2))
    assert (dossier.id, dossier.status) == (form.id, Status.received)
    assert dossier.received_at == later(days=2)
    assert len(dossier.papers) == len(form.papers)
    assert dossier.supplement_requests == 0  # guidance before receipt is not the one request
    assert [e.tag for e in events(dossier)] == [Tag.dossier_ask_before_intake, Tag.dossier_receive]


# ---- for another agency (NĐ 61/2018 Đ18 k3) ------------------------------------------------------
def for_another(**changes):
    return receive(intake(competent_id=unit("DL-655").id, **changes))


def test_receive_for_another_agency_lays_out_receive_pass_on_return(session):
    dossier = for_another()
    assert [s.kind for s in dossier.steps] == [
        StepKind.receive,
        StepKind.transfer,
        StepKind.return_result,
    ]
    assert dossier.agency_id == unit("DL-648").id
    assert dossier.code.startswith("H15.36.00-")


def test_receive_for_a_department_that_is_no_agency_is_refused(session):
    form = replace(intake(), competent_id=unit("DL-648-TCKH").id)
    with refuses("unit.not_found", "competent_id"):
        receive(form)


def test_receive_is_open_to_the_scope_of_its_own_agency_only(session):
    received()
    assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 1
