"""How much time is left: days as long as they are, then hours and minutes."""

import pytest

from domain.deadline import remaining
from tests.domain.calendars import at, calendar

KNOWN = calendar("2026-04-13", saturday="07:00-11:30")


@pytest.mark.parametrize(
    ("now", "due", "overdue", "days", "hours", "minutes"),
    [
        ("2026-04-06T10:00", "2026-04-09T09:00", False, 2, 7, 0),
        ("2026-04-06T09:00", "2026-04-09T09:00", False, 3, 0, 0),
        ("2026-04-09T08:59", "2026-04-09T09:00", False, 0, 0, 1),
        ("2026-04-09T09:00", "2026-04-09T09:00", False, 0, 0, 0),
        ("2026-04-09T09:01", "2026-04-09T09:00", True, 0, 0, 1),
        ("2026-04-10T11:00", "2026-04-09T09:00", True, 1, 2, 0),
        ("2026-04-09T20:00", "2026-04-09T17:00", True, 0, 0, 0),
        ("2026-04-05T12:00", "2026-04-06T08:00", False, 0, 1, 0),
        ("2026-04-10T14:00", "2026-04-14T14:00", False, 2, 0, 0),
        ("2026-04-12T12:00", "2026-04-14T07:30", False, 0, 0, 30),
        ("2026-04-10T07:00", "2026-04-14T07:00", False, 2, 0, 0),
    ],
)
def test_remaining_is_counted_in_working_time(
    now: str, due: str, overdue: bool, days: int, hours: int, minutes: int
) -> None:
    """opencps#1252, #1280 and opencps-lessons.md §3.4 no. 10: never in raw calendar time."""
    left = remaining(at(now), at(due), KNOWN)
    assert (left.overdue, left.days, left.hours, left.minutes) == (overdue, days, hours, minutes)


def test_the_due_minute_itself_is_in_time_to_its_last_second() -> None:
    due = at("2026-04-09T09:00")
    assert not remaining(due.replace(second=59), due, KNOWN).overdue
    assert remaining(at("2026-04-09T09:01"), due, KNOWN).overdue


def test_a_day_is_a_day_and_not_eight_hours() -> None:
    """Over a half Saturday one day is left, although it has 4.5 hours."""
    left = remaining(at("2026-04-10T11:30"), at("2026-04-11T11:30"), KNOWN)
    assert (left.days, left.hours, left.total_minutes) == (1, 0, 210 + 270)
