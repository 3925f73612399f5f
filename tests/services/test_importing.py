"""Importing an old book: what is written for a row."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy as sa

from domain.codes import Outcome, Status, StepKind, StepState
from domain.events import Tag
from domain.numbering import looks_like_code
from models.dossier import Dossier
from models.event import Event
from models.organisation import UnitKind
from models.paper import NumberCounter
from models.procedure import ProcedureVersion, VersionState
from services import dossier as verbs, search
from services.numbers import next_number
from tests.services import old_book, small_office
from tests.services.old_book import HEADER, RUNNING, one, take
from tests.services.small_office import NOW, Office


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def book(tmp_path):
    """`book(rows)` writes a CSV of rows (dicts of cells that differ from a good row)."""
    return partial(old_book.write, tmp_path)


def test_import_writes_a_returned_dossier_without_steps_and_with_its_event(office, book, session):
    report = take(book({"Ghi chú": "đã lưu kho"}), office)
    assert (report.read, report.imported, report.running, report.problems) == (1, 1, 0, [])
    made = one(session)
    assert made.code == "H15.99-140303-L00001"
    assert (made.legacy_code, made.book, made.book_order) == ("0001/TNHS", "2014", 1)
    assert (made.status, made.outcome) == (Status.returned, Outcome.granted)
    assert (made.owner_name, made.owner_id_number) == ("Đặng Thị Ước", "240123456")
    assert made.owner_phone == "0905123456"
    assert made.received_at.isoformat() == "2014-03-03T07:00:00+07:00"
    assert made.due_at.isoformat() == "2014-03-07T17:00:00+07:00"
    assert made.original_due_at == made.due_at
    assert made.returned_at.isoformat() == "2014-03-06T17:00:00+07:00"
    assert made.result_text == "Giấy chứng nhận 12/2014"
    assert made.details == {"import": {"file": "so.csv", "row": 2, "note": "đã lưu kho"}}
    assert (made.agency_id, made.counter_id) == (office.agency.id, office.counter.id)
    assert made.procedure_version is office.version
    assert made.steps == []
    event = session.scalars(sa.select(Event)).one()
    assert (event.tag, event.dossier_id, event.at) == (Tag.dossier_import, made.id, NOW)
    assert event.changes["legacy_code"] == "0001/TNHS"
    assert event.agency_id == office.agency.id


def test_import_opens_the_first_step_of_a_running_dossier_at_the_counter(office, book, session):
    report = take(book(RUNNING), office)
    assert report.running == 1
    made = one(session)
    assert made.status is Status.processing
    first, *later = made.steps
    assert (first.kind, first.state, first.holder_id) == (StepKind.receive, StepState.open, None)
    assert (first.unit_id, first.due_at) == (office.counter.id, made.due_at)
    assert [s.state for s in later] == [StepState.pending] * 2
    assert [s.unit_id for s in later] == [office.department.id, office.counter.id]


def test_import_lets_a_running_dossier_be_forwarded(office, book, session):
    take(book(RUNNING), office)
    made = verbs.forward(one(session), actor=office.clerk, at=NOW)
    assert made.status is Status.processing
    live = [s for s in made.steps if s.state is StepState.open]
    assert [s.kind for s in live] == [StepKind.work]


def test_import_keeps_the_written_appointment_and_reckons_a_missing_one(office, book, session):
    take(book(RUNNING | {"Hẹn trả": "20/03/2014"}, RUNNING | {"Hẹn trả": ""}), office)
    kept, reckoned = session.scalars(sa.select(Dossier).order_by(Dossier.book_order))
    assert (kept.due_at.date(), kept.term) == (dt.date(2014, 3, 20), None)
    assert reckoned.due_at.isoformat() == "2014-03-06T07:00:00+07:00"
    assert reckoned.term == "3wd"


@pytest.mark.parametrize(
    ("changes", "status", "outcome"),
    [
        ({"Trạng thái": ""}, Status.returned, Outcome.granted),
        ({"Trạng thái": "Từ chối giải quyết"}, Status.returned, Outcome.refused),
        (RUNNING | {"Trạng thái": ""}, Status.received, None),
        (RUNNING | {"Trạng thái": "mới nhận"}, Status.received, None),
        (RUNNING | {"Trạng thái": "Công dân rút"}, Status.withdrawn, Outcome.withdrawn),
        (RUNNING | {"Trạng thái": "Dừng giải quyết"}, Status.stopped, Outcome.stopped),
        (RUNNING | {"Trạng thái": "Từ chối tiếp nhận"}, Status.not_accepted, Outcome.not_accepted),
    ],
)
def test_import_tells_the_status_by_word_or_date(office, book, session, changes, status, outcome):
    assert take(book(changes), office).problems == []
    assert (one(session).status, one(session).outcome) == (status, outcome)


def test_import_lets_a_resolved_dossier_be_returned(office, book, session):
    row = RUNNING | {"Trạng thái": "Chờ trả kết quả", "Ngày có kết quả": "05/03/2014"}
    assert take(book(row, header=[*HEADER, "Ngày có kết quả"]), office).problems == []
    made = one(session)
    assert (made.status, made.outcome, made.steps) == (Status.processed, Outcome.granted, [])
    done = verbs.return_result(
        made,
        receiver="Đặng Thị Ước",
        receiver_id="240123456",
        slip_collected=True,
        actor=office.clerk,
        at=NOW,
    )
    assert done.status is Status.returned


def test_import_pins_the_version_in_force_on_the_day_of_receipt(office, book, session):
    office.version.valid_to = dt.date(2013, 12, 31)
    office.version.state = VersionState.retired
    newer = ProcedureVersion(
        agency_id=office.agency.id,
        procedure=office.procedure,
        key="2",
        state=VersionState.published,
        valid_from=dt.date(2014, 6, 1),
        legal_term="5wd",
    )
    session.add(newer)
    session.commit()
    days = ("03/03/2010", "03/03/2014", "03/03/2015")
    rows = [{"Ngày nhận": d, "Hẹn trả": "", "Ngày trả": "01/04/2015"} for d in days]
    assert take(book(*rows), office).problems == []
    pinned = session.scalars(sa.select(Dossier.version_id).order_by(Dossier.received_at)).all()
    assert pinned == [office.version.id, newer.id, newer.id]


def test_import_makes_codes_that_receipts_never_issue(office, book, session):
    take(book({}, {}, {}), office)
    codes = session.scalars(sa.select(Dossier.code).order_by(Dossier.book_order)).all()
    assert codes == [f"H15.99-140303-L0000{n}" for n in (1, 2, 3)]
    assert not any(looks_like_code(code) for code in codes)
    assert session.query(NumberCounter).filter_by(scheme="dossier").count() == 0


def test_import_lets_new_receipts_continue_the_book_of_the_year(office, book, session):
    take(book({"STT": "17"}, {"STT": "9"}, {"STT": "", "Ngày nhận": "04/03/2014"}), office)
    assert next_number(office.agency.id, "book", "2014") == 18
    assert next_number(office.agency.id, "book", "2015") == 1


@pytest.mark.parametrize("text", ["0002/TNHS", "H15.99-140303-L00002", "bá le", "240999888"])
def test_import_makes_dossiers_that_search_finds(office, book, text):
    take(book({}, {"Người nộp": "Lê Bá", "Số CCCD/CMND": "240999888"}), office)
    assert [r.legacy_code for r in search.find(text).rows] == ["0002/TNHS"]


def test_import_sorts_old_dossiers_before_new_ones(office, book, session):
    new = small_office.dossier(office, "Đặng Mới")
    session.commit()
    take(book({"Ngày nhận": "03/03/2014"}, {"Ngày nhận": "02/03/2014"}), office)
    ordered = session.scalars(sa.select(Dossier).order_by(Dossier.id))
    assert [d.received_at.date().day for d in ordered] == [2, 3, new.received_at.day]


def test_import_takes_the_counter_that_is_named(office, book, session):
    second = small_office.unit("T99.M2", "Quầy số 2", UnitKind.counter, office.agency)
    session.commit()
    take(book(RUNNING), office, unit=second)
    assert one(session).counter_id == second.id
    assert one(session).agency_id == office.agency.id
