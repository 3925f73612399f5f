"""Importing an old book: what is understood, what is refused and why, what is written, how fast."""

import csv
import datetime as dt
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from domain.codes import Outcome, Status, StepKind, StepState
from domain.errors import DomainError
from domain.events import Tag
from domain.names import fold
from domain.numbering import looks_like_code
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierStep
from models.event import Event
from models.organisation import UnitKind
from models.paper import NumberCounter
from models.procedure import ProcedureVersion, VersionState
from models.scope import Scope, within
from services import dossier as verbs, search
from services.acting import system
from services.importing import Report, dossiers, import_dossiers
from services.importing.columns import ALIASES, Column
from services.importing.values import When, id_number, phone, state, when
from services.numbers import next_number
from tests.services import small_office
from tests.services.small_office import NOW, Office
from tests.tools.engines import sqlite_only

HEADER = [
    *("STT", "Mã hồ sơ cũ", "Ngày nhận", "Mã thủ tục", "Người nộp", "Số CCCD/CMND", "Điện thoại"),
    *("Địa chỉ", "Hẹn trả", "Ngày trả", "Kết quả", "Trạng thái", "Ghi chú"),
]


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def book(tmp_path):
    """`book(rows)` writes a CSV of rows (dicts of cells that differ from a good row)."""

    def write(*rows, header=HEADER, name="so.csv", delimiter=",", encoding="utf-8-sig"):
        path = tmp_path / name
        with path.open("w", newline="", encoding=encoding) as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow(header)
            for number, changes in enumerate(rows, 1):
                writer.writerow([(good(number) | changes).get(h, "") for h in header])
        return path

    return write


def good(number: int) -> dict[str, str]:
    return {
        "STT": str(number),
        "Mã hồ sơ cũ": f"{number:04d}/TNHS",
        "Ngày nhận": "03/03/2014",
        "Mã thủ tục": "9.T99",
        "Người nộp": "Đặng Thị Ước",
        "Số CCCD/CMND": "240123456",
        "Điện thoại": "0905 123 456",
        "Địa chỉ": "Thôn 3, xã Ea Kpam",
        "Hẹn trả": "07/03/2014",
        "Ngày trả": "06/03/2014",
        "Kết quả": "Giấy chứng nhận 12/2014",
        "Trạng thái": "Đã trả kết quả",
        "Ghi chú": "",
    }


RUNNING = {"Ngày trả": "", "Kết quả": "", "Trạng thái": "Đang giải quyết"}


def take(path, office, **more) -> Report:
    unit = more.pop("unit", office.agency)
    actor = system(office.agency.id, office.counter.id)
    scope = frozenset({office.agency.id})
    with within(Scope(agencies=scope, writes=scope)):
        return import_dossiers(path, unit=unit, actor=actor, at=NOW, **more)


def found(report: Report) -> list[tuple[int, str, str]]:
    return [(p.row, p.column.value, p.error.code) for p in report.problems]


def one(session) -> Dossier:
    return session.scalars(sa.select(Dossier)).one()


# ---- what is written -----------------------------------------------------------------------------
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


# ---- what is refused -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"Ngày nhận": ""}, "Ngày nhận", "value.required"),
        ({"Ngày nhận": "31/02/2014"}, "Ngày nhận", "date.invalid"),
        ({"Ngày nhận": "sáng thứ hai"}, "Ngày nhận", "date.invalid"),
        ({"Ngày nhận": "03/03/1914"}, "Ngày nhận", "date.invalid"),
        (
            RUNNING | {"Ngày nhận": "03/03/2030", "Hẹn trả": ""},
            "Ngày nhận",
            "import.date_future",
        ),
        ({"Hẹn trả": "02/03/2014"}, "Hẹn trả", "import.date_before_receipt"),
        ({"Ngày trả": "02/03/2014"}, "Ngày trả", "import.date_before_receipt"),
        ({"Ngày trả": "02/03/2030"}, "Ngày trả", "import.date_future"),
        ({"Ngày trả": "x"}, "Ngày trả", "date.invalid"),
        ({"Mã thủ tục": "8.888888"}, "Mã thủ tục", "import.procedure_unknown"),
        ({"Người nộp": ""}, "Người nộp", "value.required"),
        ({"Người nộp": "12345"}, "Người nộp", "name.invalid"),
        ({"Số CCCD/CMND": "123"}, "Số CCCD/CMND", "id_number.invalid"),
        ({"Điện thoại": "12"}, "Điện thoại", "phone.invalid"),
        ({"Trạng thái": "lơ lửng"}, "Trạng thái", "import.status_unknown"),
        ({"Trạng thái": "Đang giải quyết"}, "Trạng thái", "import.status_conflict"),
        ({"Ngày trả": ""}, "Ngày trả", "value.required"),
        (RUNNING | {"Trạng thái": "Chờ trả"}, "Ngày có kết quả", "value.required"),
        ({"STT": "không"}, "Số thứ tự", "value.invalid"),
        ({"STT": "", "Mã hồ sơ cũ": ""}, "Mã hồ sơ cũ", "value.required"),
        ({"Mã hồ sơ cũ": "x" * 61}, "Mã hồ sơ cũ", "name.too_long"),
    ],
)
def test_import_refuses_a_row_with_row_column_and_reason(
    office, book, session, changes, column, code
):
    report = take(book({}, changes), office)
    assert found(report) == [(3, column, code)]
    assert (report.imported, report.refused) == (1, 1)
    assert report.problems[0].error.text()


def test_import_reports_everything_that_is_wrong_with_a_row(office, book):
    report = take(book({"Người nộp": "", "Điện thoại": "1", "Hẹn trả": "?"}), office)
    assert {c for _, c, _ in found(report)} == {"Người nộp", "Điện thoại", "Hẹn trả"}
    assert report.refused == 1


def test_import_refuses_the_same_old_number_twice_in_a_year_only(office, book):
    same = {"Mã hồ sơ cũ": "12"}
    year_later = same | {"Ngày nhận": "03/03/2015", "Hẹn trả": "", "Ngày trả": "04/03/2015"}
    report = take(book(same, same, year_later), office)
    assert found(report) == [(3, "Mã hồ sơ cũ", "import.repeated")]
    assert report.problems[0].error.facts == {"row": 2}
    assert report.imported == 2


def test_import_knows_a_procedure_by_its_name_unless_several_have_it(office, book, session):
    header = [h if h != "Mã thủ tục" else "Tên TTHC" for h in HEADER]
    name = {"Tên TTHC": "DANG KY thành lập hộ kinh doanh t99"}
    assert take(book(name, header=header), office).imported == 1
    small_office.procedure(office.agency, "9.000777", office.procedure.name)
    session.commit()
    again = name | {"Mã hồ sơ cũ": "khác"}
    report = take(book(again, {"Tên TTHC": "không có"}, header=header), office)
    assert [c for _, _, c in found(report)] == [
        "import.procedure_ambiguous",
        "import.procedure_unknown",
    ]


@pytest.mark.parametrize(
    "missing", ["Ngày nhận", "Người nộp", "Mã thủ tục"], ids=["received", "owner", "procedure"]
)
def test_import_refuses_a_book_without_a_needed_column(office, book, missing):
    with pytest.raises(DomainError) as refused:
        take(book({}, header=[h for h in HEADER if h != missing]), office)
    assert refused.value.code == "import.column_missing"
    assert refused.value.facts == {"column": missing}


@pytest.mark.parametrize("name", ["so.csv", "so.xlsx"])
@pytest.mark.parametrize("content", [b"\xff\x00\xd8garbage", b"PK\x03\x04broken", b""])
def test_import_refuses_a_file_that_is_no_book(office, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DomainError) as refused:
        take(path, office)
    assert refused.value.code in ("import.not_readable", "import.column_missing")


# ---- trial, repetition, interruption -------------------------------------------------------------
def test_import_writes_nothing_on_a_trial(office, book, session):
    before = {t: session.scalar(sa.select(sa.func.count()).select_from(t)) for t in _tables()}
    report = take(book({}, RUNNING, {"Ngày nhận": ""}), office, dry_run=True)
    assert (report.read, report.imported, report.running, report.refused) == (3, 2, 1, 1)
    after = {t: session.scalar(sa.select(sa.func.count()).select_from(t)) for t in _tables()}
    assert after == before


def _tables():
    return [*(m.__table__ for m in (Dossier, DossierLeg, DossierStep, Event, NumberCounter))]


def test_import_leaves_out_what_an_earlier_run_imported(office, book, session):
    path = book({}, {}, {"Người nộp": ""})
    assert take(path, office).imported == 2
    report = take(book({}, {}, {}, {"Ngày nhận": "05/03/2014"}), office)
    assert (report.imported, report.skipped, report.refused) == (2, 2, 0)
    assert session.query(Dossier).count() == session.query(Event).count() == 4


def test_import_goes_on_where_it_was_interrupted(office, book, session, monkeypatch):
    path = book(*[{} for _ in range(10)])
    write, done = dossiers.Writer.write, []

    def breaks(self, session, entries):
        write(self, session, entries)
        done.append(len(entries))
        if len(done) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(dossiers.Writer, "write", breaks)
    with pytest.raises(KeyboardInterrupt):
        take(path, office, batch=3)
    assert session.query(Dossier).count() == session.query(Event).count() == 6
    monkeypatch.setattr(dossiers.Writer, "write", write)
    report = take(path, office, batch=3)
    assert (report.imported, report.skipped) == (4, 6)
    assert session.query(Dossier).count() == session.query(Event).count() == 10
    codes = session.scalars(sa.select(Dossier.code).order_by(Dossier.code)).all()
    assert codes == [f"H15.99-140303-L{n:05d}" for n in range(1, 11)]


def test_import_takes_another_agency_for_another_book(office, book, session):
    path = book({})
    assert take(path, office).imported == 1
    other = small_office.build("T88", "H15.88")
    assert take(book({"Mã thủ tục": "9.T88"}), other).imported == 1


# ---- forms of files ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), (",", "utf-8-sig")]
)
def test_import_reads_every_common_csv(office, book, session, delimiter, encoding):
    assert take(book({}, delimiter=delimiter, encoding=encoding), office).imported == 1
    assert one(session).owner_name == "Đặng Thị Ước"


def test_import_reads_decomposed_letters(office, book, session):
    name = unicodedata.normalize("NFD", "Đặng Thị Ước")
    take(book({"Người nộp": name}), office)
    assert one(session).owner_name == "Đặng Thị Ước"


def test_import_reads_the_form_of_the_register_book_from_excel(office, tmp_path, session):
    sheet_of = openpyxl.Workbook()
    sheet = sheet_of.active
    sheet.append(["UBND HUYỆN T99"])
    sheet.append([None, None, "SỔ THEO DÕI HỒ SƠ"])
    sheet.append([])
    first = ["STT", "Mã hồ sơ", "Tên TTHC", "Số lượng hồ sơ (bộ)", "Tên cá nhân, tổ chức"]
    sheet.append([*first, "Địa chỉ, số điện thoại", "SĐT", "CMND", "Nhận và trả kết quả"])
    sheet.append([*[None] * 8, "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả", "Ký nhận"])
    name = office.procedure.name
    day = dt.datetime(2014, 3, 3, 14, 30)
    sheet.append([1, 123, name, 2, "Y Bliă", "Buôn 1", 905123456, 24012345, day, 41705, day, "x"])
    sheet.append([None] * 12)
    sheet.append([2, "124", name, 1, "", "Buôn 1", None, None, day, None, None, None])
    path = tmp_path / "so.xlsx"
    sheet_of.save(path)
    report = take(path, office)
    assert found(report) == [(8, "Người nộp", "value.required")]
    made = one(session)
    assert (made.legacy_code, made.sets, made.owner_name) == ("123", 2, "Y Bliă")
    assert (made.owner_phone, made.owner_id_number) == ("0905123456", "024012345")
    assert made.received_at.isoformat() == "2014-03-03T14:30:00+07:00"
    assert made.due_at.date() == dt.date(2014, 3, 7)


@pytest.mark.parametrize(
    ("value", "day", "clock"),
    [
        ("3/3/2014", dt.date(2014, 3, 3), None),
        ("03-12-2014", dt.date(2014, 12, 3), None),
        ("03.12.14", dt.date(2014, 12, 3), None),
        ("2014-12-03", dt.date(2014, 12, 3), None),
        ("2014-12-03T08:30:00", dt.date(2014, 12, 3), dt.time(8, 30)),
        ("03/12/2014 08:30", dt.date(2014, 12, 3), dt.time(8, 30)),
        ("8 giờ 30 phút, ngày 03/12/2014", dt.date(2014, 12, 3), dt.time(8, 30)),
        ("14h00 03/12/2014", dt.date(2014, 12, 3), dt.time(14)),
        (dt.datetime(2014, 12, 3), dt.date(2014, 12, 3), None),
        (dt.date(2014, 12, 3), dt.date(2014, 12, 3), None),
        (41976, dt.date(2014, 12, 3), None),
        (41976.354166667, dt.date(2014, 12, 3), dt.time(8, 30)),
    ],
)
def test_when_reads_dates_as_offices_write_them(value, day, clock):
    assert when(value) == When(day, clock)


@pytest.mark.parametrize(
    "value", ["", "12/2014", "32/01/2014", "1/13/2014", "x 01/01/2014", 5, True]
)
def test_when_refuses_what_is_no_date(value):
    with pytest.raises(DomainError):
        when(value)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("240 123 456", "240123456"),
        (66190123456, "066190123456"),
        (24012345.0, "024012345"),
        ("0101243150", "0101243150"),
    ],
)
def test_id_number_gets_back_the_zeros_that_excel_cut(value, kept):
    assert id_number(value) == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (905123456, "0905123456"),
        ("0905.123.456; 0983 111 222", "0905123456"),
        ("0905123456 - 0983111222", "0905123456"),
        ("01234567890", "0834567890"),
        (1234567890, "0834567890"),
        ("0500 3812345", "02623812345"),
    ],
)
def test_phone_brings_old_numbers_into_today_s_form(value, kept):
    assert phone(value) == kept


def test_state_knows_words_without_diacritics():
    assert state("da tra KET QUA").status is Status.returned


def test_no_column_name_means_two_columns():
    names = [fold(n) for column in Column for n in (column.value, *ALIASES[column])]
    assert len(names) == len(set(names))


def test_the_document_describes_every_column_by_all_its_names():
    text = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
    for column in Column:
        line = next(x for x in text.splitlines() if x.startswith(f"| {column.value} |"))
        for name in ALIASES[column]:
            assert name in line, f"{column.value}: {name}"


# ---- speed ---------------------------------------------------------------------------------------
@sqlite_only
def test_import_of_five_thousand_rows_keeps_the_pace_of_fifty_thousand_in_two_minutes(
    office, book, session
):
    rows = [
        {
            "Ngày nhận": f"{1 + n % 28:02d}/{1 + n % 12:02d}/2013",
            "Người nộp": f"Nguyễn Văn {chr(65 + n % 26)}",
        }
        | (RUNNING if n % 10 == 0 else {})
        for n in range(5000)
    ]
    path = book(*rows)
    started = time.process_time()  # of this process: others on the machine do not count
    report = take(path, office)
    took = time.process_time() - started
    assert (report.imported, report.problems) == (5000, [])
    assert session.query(Event).count() == 5000
    assert db.session.query(DossierStep).count() == 500 * 3
    assert took < 12, f"{took:.1f} s"
