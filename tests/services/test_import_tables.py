"""Any table is read as it comes: its encoding, separator and headings are found, rows come one by one."""

import datetime as dt

import pytest
from openpyxl import Workbook

from domain.errors import DomainError
from services.importing import tables
from tests.domain.test_encodings import in_1258, in_vn3

TEXT = "Mã{d}Tên{d}Địa chỉ\r\n01{d}Nguyễn Thị Ước{d}Thôn 3, xã Ea Kpam\r\n\r\n02{d}Đỗ Văn Tám{d}Buôn Hồ\r\n"


def file(tmp_path, data):
    path = tmp_path / "file"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        in_1258,
        in_vn3,
    ],
    ids=["utf-8", "utf-8 with its mark", "utf-16", "utf-16 bare", "1258", "tcvn3"],
)
def test_csv_is_read_in_every_encoding_and_with_every_separator(tmp_path, encode, delimiter):
    path = file(tmp_path, encode(TEXT.format(d=delimiter)))
    seen = tables.look(path)
    assert seen.form.delimiter == delimiter
    assert [head.casefold() for head in seen.heads] == ["mã", "tên", "địa chỉ"]
    read = [(number, cells[1].casefold()) for number, cells in tables.rows(path, seen.form)]
    assert [number for number, _ in read] == [2, 4]
    assert tables._words(read[0][1]) == "nguyễn thị ước"
    assert tables.count(path, seen.form) == 2


def test_comma_within_an_address_is_no_separator(tmp_path):
    path = file(tmp_path, b'a,b\n1,"x, y, z"\n2,"p, q"\n')
    assert tables.look(path).form.delimiter == ","
    assert list(tables.rows(path, tables.look(path).form)) == [
        (2, ["1", "x, y, z"]),
        (3, ["2", "p, q"]),
    ]


def test_workbook_typed_in_an_old_font_is_read_as_it_was_meant(tmp_path):
    book = Workbook()
    for row in (("M·", "Tªn"), ("01", "NguyÔn ThÞ Hång"), ("02", "Lª V¨n T¸m")):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    seen = tables.look(tmp_path / "x.xlsx")
    assert seen.form.encoding == "vn3"
    assert [cells[1] for _, cells in tables.rows(tmp_path / "x.xlsx", seen.form)] == [
        "Nguyễn Thị Hồng",
        "Lê Văn Tám",
    ]


def test_headings_stand_below_a_title_or_where_somebody_says(tmp_path):
    data = "Danh sách hộ;;\n;;\nMã;Tên;Số\n1;Hoa;2\n2;Lan;3\n".encode()
    path = file(tmp_path, data)
    assert tables.look(path).form.head == 3
    seen = tables.look(path, head=4)
    assert (seen.heads, [number for number, _ in seen.sample]) == (["1", "Hoa", "2"], [5])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b"\r\n\r\n", "file.empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "import.old_excel"),
        ("Señor;Müller;naïve".encode("latin-1"), "import.encoding"),
        (b"PK\x03\x04 broken", "import.not_readable"),
        (b'a;b\n"x;y\n', "import.broken_off"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path, data, code):
    with pytest.raises(DomainError) as refused:
        tables.look(file(tmp_path, data))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (None, ""),
        (12.0, "12"),
        (1.5, "1,5"),
        (dt.datetime(2026, 7, 1), "01/07/2026"),
        (dt.datetime(2026, 7, 1, 8, 5), "01/07/2026 08:05"),
        (dt.time(7, 30), "07:30"),
        ("Hoa", "Hoa"),
    ],
)
def test_cell_is_shown_as_a_person_would_type_it(cell, words):
    assert tables.shown(cell) == words
