"""Reading an old book: which files and cells are understood, what is refused and why."""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from domain.codes import Status
from domain.errors import DomainError
from domain.names import fold
from services.importing.columns import ALIASES, Column
from services.importing.values import When, id_number, phone, state, when
from tests.services import old_book, small_office
from tests.services.old_book import HEADER, RUNNING, found, one, take
from tests.services.small_office import Office


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def book(tmp_path):
    """`book(rows)` writes a CSV of rows (dicts of cells that differ from a good row)."""
    return partial(old_book.write, tmp_path)


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
