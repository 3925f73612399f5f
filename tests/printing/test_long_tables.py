"""The register book: every row, its header on every page, and time that grows with the rows."""

import io
import sys
import time

import pypdf

from printing.registry import render
from tests.printing import samples
from tests.printing.conftest import squeezed


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_book_has_the_columns_of_the_form_on_every_page():
    found = pages(render("register_book", samples.book(60)))
    assert len(found) > 3
    columns = (
        "STT", "Mã hồ sơ", "Tên TTHC", "Số lượng hồ sơ (bộ)", "Tên cá nhân, tổ chức",
        "Địa chỉ, số điện thoại", "Cơ quan chủ trì giải quyết", "Nhận và trả kết quả",
        "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả", "Phương thức nhận kết quả", "Ký nhận",
        "Ghi chú",
    )  # fmt: skip
    for number, page in enumerate(found, start=1):
        assert f"Trang {number}/{len(found)}" in page
        assert all(squeezed(column) in squeezed(page) for column in columns)


def test_book_prints_a_thousand_rows_in_time_and_every_one_of_them(capsys):
    book = samples.book(1000)
    start = time.process_time()
    pdf = render("register_book", book)
    taken = time.process_time() - start
    with capsys.disabled():
        sys.stdout.write(f"\nregister of 1,000 rows: {taken:.2f} s\n")
    read = squeezed("".join(pages(pdf)))
    assert all(row.code in read for row in book.rows)
    assert squeezed("Tổng cộng: 1000 hồ sơ.") in read
    assert taken < 1.5


def test_book_of_no_rows_still_prints():
    (page,) = pages(render("register_book", samples.book(0)))
    assert "Tổng cộng: 00 hồ sơ." in page


def test_a_row_taller_than_a_page_goes_on_and_loses_nothing():
    rows = (
        samples.register_row(1, note="Ghi chú rất dài " * 400 + "HẾT."),
        samples.register_row(2),
    )
    found = pages(render("register_book", samples.book(rows=rows)))
    read = squeezed("".join(found))
    assert read.count("dài") == 400
    assert "HẾT." in read
    assert rows[1].code in read


def test_words_of_a_full_book_stay_on_the_page_and_do_not_overlap(boxes):
    rows = tuple(
        samples.register_row(n, applicant="Công ty Nông sản Tây Nguyên " * 4, note="x" * 60)
        for n in range(1, 12)
    )
    for page in boxes(render("register_book", samples.book(rows=rows))):
        assert all(box.left >= 0 and box.right <= 297 * 72 / 25.4 for box in page)
        assert all(box.bottom <= 210 * 72 / 25.4 for box in page)
        crossed = [(a.word, b.word) for a in page for b in page if a is not b and a.covers(b)]
        assert crossed == []
