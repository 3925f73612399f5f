"""How much working time is left, or how late something is, in days as long as they are."""

from datetime import datetime
from typing import NamedTuple

from domain.calendar import (
    Calendar,
    at_minute,
    clamp,
    counted_moment,
    minute_of,
    to_minute,
    working_minutes,
)


class Remaining(NamedTuple):
    """Working time left, or the delay when `overdue`: days, then hours and minutes of the rest.

    A day is a working day of that calendar, whatever its length; `total_minutes` is the whole.
    """

    overdue: bool
    days: int
    hours: int
    minutes: int
    total_minutes: int


def remaining(now: datetime, due_at: datetime, calendar: Calendar) -> Remaining:
    """Working time between now and the due moment; the due minute itself is still in time.

    For a dossier that is done, pass the moment it was done instead of now: a delay stops growing.
    """
    now, due_at = to_minute(now), to_minute(due_at)
    overdue = now > due_at
    start, end = sorted((now, due_at))
    total = working_minutes(start, end, calendar)
    if not total:
        return Remaining(overdue, 0, 0, 0, 0)
    days, reached = _whole_days(counted_moment(start, calendar), end, calendar)
    hours, minutes = divmod(working_minutes(reached, end, calendar), 60)
    return Remaining(overdue, days, hours, minutes, total)


def _whole_days(start: datetime, end: datetime, calendar: Calendar) -> tuple[int, datetime]:
    """The most working days, each as long as it is, that fit between, and where they end."""
    days, reached = 0, start
    for day, spans in calendar.days_from(start.date()):
        if day > end.date():
            break
        if day == start.date() or not spans:
            continue
        candidate = at_minute(day, clamp(minute_of(start), spans))
        if candidate > end:
            break
        days, reached = days + 1, candidate
    return days, reached


def days_to_due(now: datetime, due_at: datetime) -> int:
    """Calendar days from today to the due day: 0 on the day, negative after it."""
    return (to_minute(due_at).date() - to_minute(now).date()).days
