"""Working time: whether the office is open, how long it was, and walking through it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from domain.calendar import (
    DEFAULT_CALENDAR,
    Calendar,
    add_working_minutes,
    counted_moment,
    is_working,
    next_opening,
    to_minute,
    working_minutes,
)
from domain.errors import DomainError
from tests.domain.calendars import at, calendar, calendars, day, moments, session

#: Half a Saturday; Monday 13/04 off; Saturday 18/04 worked in full instead of it.
SWAPPED = calendar(
    "2026-04-13",
    saturday="07:00-11:30",
    d20260418="07:30-11:30 13:00-17:00",
    d20260415="08:00-10:00",
)


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-04-06T06:59", False),
        ("2026-04-06T07:00", True),
        ("2026-04-06T11:30", True),
        ("2026-04-06T11:31", False),
        ("2026-04-06T13:29", False),
        ("2026-04-06T17:00", True),
        ("2026-04-06T17:01", False),
        ("2026-04-11T11:00", True),
        ("2026-04-11T14:00", False),
        ("2026-04-12T09:00", False),
        ("2026-04-13T09:00", False),
        ("2026-04-18T16:59", True),
        ("2026-04-15T09:00", True),
        ("2026-04-15T10:30", False),
    ],
)
def test_is_working_reads_the_week_and_its_exceptions(moment: str, opened: bool) -> None:
    assert is_working(at(moment), SWAPPED) is opened


@pytest.mark.parametrize(
    ("moment", "opening", "counted"),
    [
        ("2026-04-06T06:00", "2026-04-06T07:00", "2026-04-06T07:00"),
        ("2026-04-06T07:00", "2026-04-06T07:00", "2026-04-06T07:00"),
        ("2026-04-06T09:00", "2026-04-06T13:30", "2026-04-06T09:00"),
        ("2026-04-06T12:00", "2026-04-06T13:30", "2026-04-06T13:30"),
        ("2026-04-06T17:00", "2026-04-07T07:00", "2026-04-06T17:00"),
        ("2026-04-06T17:01", "2026-04-07T07:00", "2026-04-07T07:00"),
        ("2026-04-11T12:00", "2026-04-14T07:00", "2026-04-14T07:00"),
        ("2026-04-15T10:30", "2026-04-16T07:00", "2026-04-16T07:00"),
    ],
)
def test_next_opening_and_counted_moment_skip_closed_hours(
    moment: str, opening: str, counted: str
) -> None:
    assert next_opening(at(moment), SWAPPED) == at(opening)
    assert counted_moment(at(moment), SWAPPED) == at(counted)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-04-06T16:00", "2026-04-07T17:30", 540),
        ("2026-04-06T11:00", "2026-04-06T14:00", 60),
        ("2026-04-10T16:00", "2026-04-14T08:00", 60 + 270 + 60),
        ("2026-04-06T17:00", "2026-04-07T07:00", 0),
        ("2026-04-07T09:00", "2026-04-06T09:00", 0),
        ("2026-04-14T16:30", "2026-04-16T07:10", 30 + 120 + 10),
        ("2026-04-17T17:00", "2026-04-20T07:00", 480),
    ],
)
def test_working_minutes_counts_only_open_time(start: str, end: str, minutes: int) -> None:
    assert working_minutes(at(start), at(end), SWAPPED) == minutes


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-04-06T09:00", 150, "2026-04-06T11:30"),
        ("2026-04-06T09:00", 151, "2026-04-06T13:31"),
        ("2026-04-06T17:00", 1, "2026-04-07T07:01"),
        ("2026-04-06T20:00", 240, "2026-04-07T11:00"),
        ("2026-04-06T20:00", 0, "2026-04-07T07:00"),
        ("2026-04-10T16:00", 60 + 270, "2026-04-11T11:30"),
        ("2026-04-10T16:00", 60 + 271, "2026-04-14T07:01"),
    ],
)
def test_add_working_minutes_stops_at_the_closing_it_reaches(
    start: str, minutes: int, end: str
) -> None:
    assert add_working_minutes(at(start), minutes, SWAPPED) == at(end)


def test_add_working_minutes_refuses_to_walk_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_minutes(at("2026-04-06T09:00"), -1, DEFAULT_CALENDAR)


def test_a_moment_is_read_at_its_minute_in_local_time() -> None:
    """Naive means local; seconds belong to the minute they lie in."""
    local = at("2026-04-06T09:00")
    assert to_minute(datetime(2026, 4, 6, 9, 0, 59, 999_999)) == local
    assert to_minute(datetime(2026, 4, 6, 2, 0, 30, tzinfo=UTC)) == local
    assert to_minute(local).isoformat() == "2026-04-06T09:00:00+07:00"


def test_a_moment_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(DomainError) as caught:
        to_minute(datetime.max.replace(tzinfo=UTC))
    assert caught.value.code == "moment.out_of_range"
    with pytest.raises(DomainError) as caught:
        next_opening(at("9999-12-31T20:00"), DEFAULT_CALENDAR)
    assert caught.value.code == "moment.out_of_range"


@pytest.mark.parametrize(
    "shifts", ["11:30-07:00", "07:00-07:00", "07:00-11:30 11:00-17:00", "13:00-17:00 07:00-13:30"]
)
def test_calendar_refuses_hours_that_end_early_or_overlap(shifts: str) -> None:
    sessions = tuple(map(session, shifts.split()))
    for week, days in (({0: sessions}, {}), ({}, {day("2026-04-06"): sessions})):
        with pytest.raises(DomainError) as caught:
            Calendar(week, days)
        assert caught.value.code == "calendar.session_invalid"


def test_calendar_takes_shifts_in_any_order_and_meeting_shifts() -> None:
    sessions = tuple(map(session, ("13:30-17:00", "07:00-11:30", "11:30-12:00")))
    assert Calendar({0: sessions}).spans(day("2026-04-06")) == ((420, 690), (690, 720), (810, 1020))


def test_calendar_refuses_an_eighth_weekday() -> None:
    with pytest.raises(DomainError) as caught:
        Calendar({7: ()})
    assert caught.value.code == "calendar.day_invalid"


def test_calendars_of_two_units_do_not_disturb_each_other() -> None:
    """opencps-lessons.md §3.4 no. 9: hours kept in static fields were shared by all sites."""
    early, late = calendar(hours="06:00-10:00"), calendar(hours="10:00-14:00")
    for _ in range(2):
        assert next_opening(at("2026-04-06T00:00"), early) == at("2026-04-06T06:00")
        assert next_opening(at("2026-04-06T00:00"), late) == at("2026-04-06T10:00")


@settings(deadline=None, max_examples=150)
@given(calendars(), st.tuples(moments(), moments(), moments()).map(sorted))
def test_working_minutes_add_up_over_any_cut(known: Calendar, cuts: list[datetime]) -> None:
    start, middle, end = cuts
    whole = working_minutes(start, end, known)
    parts = working_minutes(start, middle, known) + working_minutes(middle, end, known)
    assert whole == parts
    assert 0 <= whole <= (end - start) // timedelta(minutes=1)


@settings(deadline=None, max_examples=150)
@given(calendars(), moments(), st.integers(0, 4000), st.integers(0, 4000))
def test_walking_and_measuring_are_inverse_and_walks_add_up(
    known: Calendar, start: datetime, first: int, second: int
) -> None:
    reached = add_working_minutes(start, first, known)
    assert working_minutes(start, reached, known) == first
    assert is_working(reached, known)
    onward = add_working_minutes(reached, second, known)
    assert working_minutes(start, onward, known) == first + second
    if second:
        assert onward == add_working_minutes(start, first + second, known)


@settings(deadline=None, max_examples=100)
@given(calendars(), moments())
def test_counted_moment_is_the_first_working_moment(known: Calendar, moment: datetime) -> None:
    counted = counted_moment(moment, known)
    assert counted >= moment
    assert is_working(counted, known)
    assert working_minutes(moment, counted, known) == 0
    assert counted_moment(counted, known) == counted
