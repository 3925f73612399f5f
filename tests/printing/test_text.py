"""NĐ 30/2020, Phụ lục I: how moments, counts and gaps are written."""

from datetime import UTC, date, datetime

import pytest

from printing import text
from tests.printing.samples import VN


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 1, 5, 9, 5, tzinfo=VN), "09 giờ 05 phút, ngày 05 tháng 01 năm 2026"),
        (datetime(2026, 2, 28, 17, 0, tzinfo=VN), "17 giờ 00 phút, ngày 28 tháng 02 năm 2026"),
        (datetime(2019, 6, 29, 13, 30, tzinfo=VN), "13 giờ 30 phút, ngày 29 tháng 6 năm 2019"),
        (datetime(2026, 12, 31, 20, 0, tzinfo=UTC), "03 giờ 00 phút, ngày 01 tháng 01 năm 2027"),
        (None, "…… giờ …… phút, ngày …… tháng …… năm ………"),
    ],
)
def test_moment_has_leading_zeros_only_for_small_days_and_first_two_months(at, written):
    assert text.moment(at) == written


def test_moment_refuses_a_time_without_zone():
    with pytest.raises(ValueError, match="time zone"):
        text.moment(datetime(2026, 1, 5, 9, 5))


def test_day_of_a_date_and_of_a_moment_are_the_same_when_it_is_that_day_here():
    late_in_london = datetime(2026, 4, 30, 18, 0, tzinfo=UTC)
    assert text.day(late_in_london) == text.day(date(2026, 5, 1)) == "ngày 01 tháng 5 năm 2026"


def test_cells_take_short_forms():
    at = datetime(2026, 1, 5, 9, 5, tzinfo=VN)
    assert text.short_moment(at) == "05/01/2026 09:05"
    assert text.short_moment(None) == ""


def test_counts_money_and_gaps():
    assert [text.two_digits(n) for n in (1, 9, 10, 123)] == ["01", "09", "10", "123"]
    assert text.dong(105_000) == "105.000 đồng"
    assert text.or_gap("  ") == text.or_gap(None) == text.GAP
    assert text.or_gap(0) == "0"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [("thiếu chữ ký", "Thiếu chữ ký."), ("Đã đủ.", "Đã đủ."), ("ở trang 2 ", "Ở trang 2.")],
)
def test_sentence_begins_with_a_capital_and_ends_with_a_stop(given, sentence):
    assert text.sentence(given) == sentence
