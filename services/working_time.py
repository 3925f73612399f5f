"""The working calendar of a unit, gathered from its rows for the deadline engine."""

import datetime as dt
from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from domain.deadline import DEFAULT_WEEK, Calendar, Session
from models import marks
from models.base import db
from models.calendar import CalendarDay, DayKind, WorkingHours
from models.organisation import Unit

#: How far ahead a change of working hours is looked for; terms are days or weeks, never years.
HORIZON = dt.timedelta(days=800)

Week = dict[int, tuple[Session, ...]]

#: Calendars of this process by unit and day, each with the mark of `calendar` it was read under.
_kept: dict[tuple[str | None, dt.date], tuple[str, Calendar]] = {}
MOST_KEPT = 2_000
_topic = marks.Topic("calendar", WorkingHours, CalendarDay, Unit)


def lineage(unit: Unit) -> list[str]:
    """Ids from the unit up to the root."""
    chain: list[str] = []
    here: Unit | None = unit
    while here is not None and here.id not in chain:
        chain.append(here.id)
        here = here.parent
    return chain


def calendar_of(unit: Unit | None, on: dt.date) -> Calendar:
    """The calendar of a unit as seen on a day: its own hours or its nearest superior's, all exceptions.

    Without a unit: the default calendar with the national days.
    """
    key, mark = (unit.id if unit is not None else None, on), _topic.mark()
    if mark is None:
        return _gathered(unit, on)
    known = _kept.get(key)
    if known is not None and known[0] == mark:
        return known[1]
    found = _gathered(unit, on)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = (mark, found)
    return found


def _gathered(unit: Unit | None, on: dt.date) -> Calendar:
    chain = lineage(unit) if unit is not None else []
    hours = _hours(chain, on)
    week = _week(hours, on)
    days = _changed_weeks(hours, on) | _exceptions(chain, week, on)
    return Calendar(week, days)


def _hours(chain: list[str], on: dt.date) -> list[list[Any]]:
    """Rows of the unit, of its superiors in order, and at last the default ones."""
    columns = (
        WorkingHours.unit_id,
        WorkingHours.weekday,
        WorkingHours.starts,
        WorkingHours.ends,
        WorkingHours.valid_from,
        WorkingHours.valid_to,
    )
    query = sa.select(*columns).where(
        sa.or_(WorkingHours.unit_id.in_(chain), WorkingHours.unit_id.is_(None)),
        sa.or_(WorkingHours.valid_to.is_(None), WorkingHours.valid_to >= on),
    )
    grouped: dict[str | None, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        grouped[row.unit_id].append(row)
    return [grouped[i] for i in (*chain, None) if i in grouped]


def _week(hours: list[list[Any]], on: dt.date) -> Week:
    """Each weekday from the nearest unit that has hours for it on this day: a unit that only adds its
    Saturday morning keeps the Monday to Friday of its superior."""
    if not hours:
        return dict(DEFAULT_WEEK)
    week: Week = {}
    for layer in hours:
        mine: dict[int, list[Session]] = defaultdict(list)
        for row in layer:
            if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on):
                mine[row.weekday].append(Session(row.starts, row.ends))
        for weekday, sessions in mine.items():
            week.setdefault(weekday, tuple(sorted(sessions)))
    return week


def _changed_weeks(hours: list[list[Any]], on: dt.date) -> dict[dt.date, tuple[Session, ...]]:
    """Days after a coming change of hours, each with the hours valid on it."""
    rows = [row for layer in hours for row in layer]
    turns = {r.valid_from for r in rows if r.valid_from > on}
    turns |= {r.valid_to + dt.timedelta(days=1) for r in rows if r.valid_to}
    if not turns or min(turns) > on + HORIZON:
        return {}
    day, days = min(turns), {}
    while day <= on + HORIZON:
        days[day] = _week(hours, day).get(day.weekday(), ())
        day += dt.timedelta(days=1)
    return days


def _exceptions(chain: list[str], week: Week, on: dt.date) -> dict[dt.date, tuple[Session, ...]]:
    columns = (CalendarDay.day, CalendarDay.kind, CalendarDay.as_weekday, CalendarDay.unit_id)
    query = sa.select(*columns).where(
        sa.or_(CalendarDay.unit_id.in_(chain), CalendarDay.unit_id.is_(None)),
        CalendarDay.day >= on - dt.timedelta(days=31),
    )
    rank = {unit_id: -i for i, unit_id in enumerate(chain)}
    found = sorted(db.session.execute(query), key=lambda r: rank.get(r.unit_id, -len(chain)))
    days: dict[dt.date, tuple[Session, ...]] = {}
    for row in found:  # the nearest unit comes last and wins
        worked = row.kind is not DayKind.off
        days[row.day] = week.get(row.as_weekday or 0, ()) if worked else ()
    return days
