"""Hours and dated days of an office, checked before they are kept.

A mistake in them would stop every reckoning of the units they are for.
"""

import datetime as dt

import sqlalchemy as sa

from domain.errors import DomainError
from models.base import Row, db
from models.calendar import CalendarDay, WorkingHours


def check(row: Row) -> None:
    """Refuse hours that end before they start or overlap others, and a day that is there already.

    Errors: calendar.day_invalid, calendar.session_invalid, row.duplicate, each at its field.
    """
    if isinstance(row, WorkingHours) and None not in (row.weekday, row.starts, row.ends):
        _check_hours(row)
    if isinstance(row, CalendarDay):
        _check_day(row)


def _check_hours(row: WorkingHours) -> None:
    if row.weekday not in range(7):
        raise DomainError("calendar.day_invalid", field="weekday")
    if row.ends <= row.starts:
        raise DomainError("calendar.session_invalid", field="ends")
    query = sa.select(WorkingHours.id).where(
        WorkingHours.id != row.id,
        WorkingHours.unit_id == row.unit_id,
        WorkingHours.weekday == row.weekday,
        WorkingHours.starts < row.ends,
        WorkingHours.ends > row.starts,
        WorkingHours.valid_from <= (row.valid_to or dt.date.max),
        sa.or_(WorkingHours.valid_to.is_(None), WorkingHours.valid_to >= row.valid_from),
    )
    if row.valid_from is not None and db.session.scalar(query.limit(1)) is not None:
        raise DomainError("calendar.session_invalid", field="starts")


def _check_day(row: CalendarDay) -> None:
    """A unique key does not hold for days of the whole country, which have no unit."""
    if row.as_weekday is not None and row.as_weekday not in range(7):
        raise DomainError("calendar.day_invalid", field="as_weekday")
    query = sa.select(CalendarDay.id).where(
        CalendarDay.id != row.id,
        CalendarDay.day == row.day,
        CalendarDay.unit_id == row.unit_id,
    )
    if db.session.scalar(query.limit(1)) is not None:
        raise DomainError("row.duplicate", field="day")
