"""Marks of change: the same while nothing is written, another one after any commit by anybody."""

import datetime as dt

import sqlalchemy as sa

from models import marks
from models.base import db
from models.calendar import CalendarDay, DayKind
from models.officer import Officer
from models.organisation import Unit
from services.working_time import calendar_of

DAY = dt.date(2026, 10, 8)


def test_a_mark_stays_the_same_while_nothing_is_written(session):
    first = marks.read()
    assert first is not None
    session.scalars(sa.select(Officer)).all()
    session.rollback()
    assert marks.read() == first


def test_a_mark_changes_with_a_commit_and_not_before(session):
    first = marks.read()
    officer = session.scalars(sa.select(Officer)).first()
    officer.title = "Chuyên viên chính"
    session.flush()
    assert marks.read().identity == first.identity
    session.commit()
    after = marks.read()
    assert after.data != first.data
    assert after.identity != first.identity
    assert after.calendar == first.calendar


def test_a_sign_in_leaves_the_mark_of_identities_alone(session):
    first = marks.read()
    session.execute(sa.text("UPDATE ab_user SET login_count = 7"))
    session.commit()
    after = marks.read()
    assert after.data != first.data
    assert after.identity == first.identity
    session.execute(sa.text("UPDATE ab_user SET active = active"))
    session.commit()
    assert marks.read().identity != first.identity


def test_a_mark_is_another_one_behind_a_new_connection(session):
    first = marks.read()
    session.rollback()
    db.engine.dispose()
    assert marks.read() != first


def test_a_kept_calendar_follows_a_new_day_off_at_once(session):
    unit = session.scalars(sa.select(Unit).where(Unit.is_agency)).first()
    before = calendar_of(unit, DAY)
    assert calendar_of(unit, DAY) is before
    off = CalendarDay(agency_id=unit.agency_id, day=DAY, kind=DayKind.off, name="Ngày nghỉ thử")
    off.unit_id = unit.id
    session.add(off)
    session.flush()
    assert calendar_of(unit, DAY).days[DAY] == ()  # seen by its own transaction
    session.commit()
    assert calendar_of(unit, DAY).days[DAY] == ()
    assert calendar_of(unit, DAY) is calendar_of(unit, DAY)
