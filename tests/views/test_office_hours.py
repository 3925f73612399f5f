"""An administrator sets hours and days; what would stop every reckoning is refused at its field."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.roles import Role
from models.calendar import CalendarDay, WorkingHours
from models.organisation import Unit
from services.working_time import calendar_of
from tests.factories import dossiers as make
from tests.factories.pages import Page

HOURS, DAYS = "/danh-muc/working_hours/add", "/danh-muc/calendar_day/add"
SATURDAY = {"weekday": "5", "starts": "07:00", "ends": "11:00", "valid_from": "01/01/2014"}


@pytest.fixture
def unit(session: Any) -> Unit:
    found: Unit = session.scalars(sa.select(Unit).where(Unit.code == "DL-648")).one()
    return found


def own_hours(session: Any, unit: Unit) -> list[WorkingHours]:
    return list(session.scalars(sa.select(WorkingHours).where(WorkingHours.unit_id == unit.id)))


def test_a_unit_gets_its_saturday_morning_and_a_split_shift(session, login, unit) -> None:
    admin = login(Role.admin)
    shifts = [{}, {"starts": "11:00", "ends": "12:00"}, {"starts": "13:00", "ends": "15:00"}]
    for shift in shifts:
        answer = admin.post(HOURS, data={**SATURDAY, "unit": unit.id, **shift})
        assert answer.status_code == 303
    session.expire_all()
    saturday = make.now().date()
    assert len(calendar_of(unit, saturday).week[5]) == 3


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts": "10:00", "ends": "12:00"}, "starts"),  # overlaps 07:00–11:00
        ({"starts": "10:00", "ends": "12:00", "valid_to": "31/12/2014"}, "starts"),
        ({"starts": "14:00", "ends": "13:00"}, "ends"),
        ({"weekday": "9", "starts": "13:00", "ends": "14:00"}, "weekday"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(session, login, unit, typed, field):
    admin = login(Role.admin)
    assert admin.post(HOURS, data={**SATURDAY, "unit": unit.id}).status_code == 303
    answer = admin.post(HOURS, data={**SATURDAY, "unit": unit.id, **typed})
    assert answer.status_code == 422
    assert Page(answer).error(field)
    session.expire_all()
    assert len(own_hours(session, unit)) == 1
    assert make.received().due_at is not None


def test_the_same_hours_may_stand_in_another_unit_or_another_time(session, login, unit):
    admin = login(Role.admin)
    other = session.scalars(sa.select(Unit).where(Unit.code == "DL-655")).one()
    past = {"valid_from": "01/01/2010", "valid_to": "31/12/2013"}
    for more in ({"unit": unit.id}, {"unit": other.id}, {"unit": unit.id, **past}):
        assert admin.post(HOURS, data={**SATURDAY, **more}).status_code == 303


def test_a_day_of_the_country_is_written_once(session, login, unit):
    admin = login(Role.admin)
    day = {"day": "25/12/2026", "kind": "off", "name": "Nghỉ", "unit": ""}
    assert admin.post(DAYS, data=day).status_code == 303
    answer = admin.post(DAYS, data=day)
    assert (answer.status_code, bool(Page(answer).error("day"))) == (422, True)
    assert admin.post(DAYS, data={**day, "unit": unit.id}).status_code == 303
    query = sa.select(sa.func.count(CalendarDay.id)).where(CalendarDay.name == "Nghỉ")
    assert session.scalar(query) == 2
