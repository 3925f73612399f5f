"""Days as people write them are understood; what could be another day is refused."""

import datetime as dt

import pytest

from domain import days
from domain.errors import DomainError

FEBRUARY = dt.date(2026, 2, 1)


@pytest.mark.parametrize(
    "typed",
    ["1/2/26", "01/02/2026", "1-2-2026", "1.2.26", "010226", "01022026", "1 2 26", " 1 / 2 / 26 ",
     "2026-02-01"],
)  # fmt: skip
def test_reads_a_day_however_it_is_written(typed):
    assert days.read(typed) == FEBRUARY


@pytest.mark.parametrize(
    ("typed", "latest", "year"),
    [
        ("1/2/49", None, 2049),
        ("1/2/50", None, 1950),
        ("1/2/99", None, 1999),
        ("1/2/26", dt.date(2026, 3, 1), 2026),
        ("1/2/26", dt.date(2026, 1, 31), 1926),
        ("1/2/40", dt.date(2026, 3, 1), 1940),
        ("1/2/2040", dt.date(2026, 3, 1), 2040),
    ],
)
def test_century_of_a_short_year(typed, latest, year):
    assert days.read(typed, latest).year == year


@pytest.mark.parametrize("typed", ["2/13/26", "02/13/2026", "12/31/2026", "2-13-26"])
def test_says_that_the_month_came_first(typed):
    with pytest.raises(DomainError) as refused:
        days.read(typed)
    assert refused.value.code == "date.month_first"


@pytest.mark.parametrize(
    "typed",
    ["", "x", "30/2/26", "29/2/2025", "0/1/26", "32/1/26", "1/2", "1/2/026", "1/2-26", "13/13/26",
     "1/2/20266", "١/٢/٢٦", "1/2/0000", "12"],
)  # fmt: skip
def test_refuses_what_is_no_day(typed):
    with pytest.raises(DomainError) as refused:
        days.read(typed)
    assert refused.value.code == "date.invalid"
