"""The working calendar of a unit, gathered from its rows."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain.calendar import DEFAULT_WEEK, Session
from models.base import db
from models.calendar import CalendarDay, DayKind, WorkingHours
from services.working_time import calendar_of, lineage
from tests.services.dossier.common import unit
from tests.tools.engines import sqlite_only

pytestmark = sqlite_only
MORNING, AFTERNOON = Session(dt.time(7), dt.time(11, 30)), Session(dt.time(13, 30), dt.time(17))
SHORT = Session(dt.time(8), dt.time(11))
TODAY = dt.date(2026, 4, 6)  # a Monday


def hours(code, weekday=0, shift=SHORT, since="2020-01-01", until=None):
    owner = unit(code)
    db.session.add(
        WorkingHours(
            agency_id=owner.agency_id,
            unit_id=owner.id,
            weekday=weekday,
            starts=shift.start,
            ends=shift.end,
            valid_from=dt.date.fromisoformat(since),
            valid_to=dt.date.fromisoformat(until) if until else None,
        )
    )
    db.session.flush()


def day(date, kind, code=None, as_weekday=None):
    owner = unit(code or "DL")
    db.session.add(
        CalendarDay(
            agency_id=owner.agency_id,
            unit_id=owner.id if code else None,
            day=dt.date.fromisoformat(date),
            kind=DayKind(kind),
            name="Ngày thử",
            as_weekday=as_weekday,
        )
    )
    db.session.flush()


def spans(code, date):
    """Opening and closing times of a day, as the engine sees them."""
    found = calendar_of(unit(code), TODAY).spans(dt.date.fromisoformat(date))
    return [(f"{a // 60:02d}:{a % 60:02d}", f"{b // 60:02d}:{b % 60:02d}") for a, b in found]


USUAL = [("07:00", "11:30"), ("13:30", "17:00")]
BRIEF = [("08:00", "11:00")]


def test_a_unit_without_rows_has_the_default_week_and_the_national_days(session):
    assert spans("DL-648", "2026-04-06") == USUAL
    assert spans("DL-648", "2026-04-11") == []
    assert spans("DL-648", "2026-04-27") == []  # a day in lieu


def test_each_weekday_comes_from_the_nearest_unit_above_that_has_hours_for_it(session):
    hours("DL")
    assert spans("DL-648-TCKH", "2026-04-06") == BRIEF
    hours("DL-648", weekday=5)
    # A Saturday morning is added; Monday stays the province's, Tuesday everybody's.
    assert spans("DL-648-TCKH", "2026-04-11") == BRIEF
    assert spans("DL-648-TCKH", "2026-04-06") == BRIEF
    assert spans("DL-648-TCKH", "2026-04-07") == USUAL
    assert spans("DL-655", "2026-04-11") == []


def test_the_lineage_of_a_unit_ends_at_the_root(session):
    codes = [session.get_one(type(unit("DL")), i).code for i in lineage(unit("DL-648-TCKH"))]
    assert codes == ["DL-648-TCKH", "DL-648", "DL"]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-04-13", BRIEF),  # the last Monday of the old hours
        ("2026-04-20", USUAL[:1]),  # the first of the new ones
    ],
)
def test_a_coming_change_of_hours_is_seen_on_its_day(session, date, expected):
    hours("DL-648", until="2026-04-15")
    hours("DL-648", shift=MORNING, since="2026-04-16")
    assert spans("DL-648", date) == expected


@pytest.mark.parametrize(
    ("kind", "as_weekday", "expected"),
    [
        ("off", None, []),
        ("makeup", 4, USUAL),
        ("makeup", None, USUAL),
        ("swapped", 1, USUAL),
    ],
)
def test_a_dated_row_replaces_its_day(session, kind, as_weekday, expected):
    date = "2026-04-08" if kind == "off" else "2026-04-11"
    day(date, kind, as_weekday=as_weekday)
    assert spans("DL-648", date) == expected


def test_the_row_of_the_nearest_unit_wins_over_the_national_one(session):
    day("2026-04-30", "makeup", code="DL-648", as_weekday=3)
    assert spans("DL-648", "2026-04-30") == USUAL
    assert spans("DL-655", "2026-04-30") == []


def test_a_make_up_day_has_the_hours_of_the_weekday_it_stands_for_not_of_monday(session):
    for weekday in range(4):
        hours("DL-648", weekday=weekday, shift=MORNING)
    hours("DL-648", weekday=4, shift=SHORT)
    day("2026-04-11", "makeup", code="DL-648", as_weekday=4)
    assert spans("DL-648", "2026-04-11") == BRIEF


def test_a_database_without_any_hours_still_has_a_week(session):
    session.execute(sa.delete(WorkingHours))
    found = calendar_of(unit("DL-648"), TODAY)
    assert dict(found.week) == dict(DEFAULT_WEEK)
    assert AFTERNOON in found.week[0]


def test_without_a_unit_the_national_calendar_counts(session):
    assert not calendar_of(None, TODAY).is_working_day(dt.date(2026, 4, 30))
    assert calendar_of(None, TODAY).is_working_day(dt.date(2026, 4, 29))


def test_two_units_with_different_hours_never_mix(session):
    hours("DL-648")
    assert [spans(code, "2026-04-06") for code in ("DL-648", "DL-655", "DL-648")] == [
        BRIEF,
        USUAL,
        BRIEF,
    ]
