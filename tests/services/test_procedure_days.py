"""A version published for a coming day: nobody has to do anything on that day."""

import datetime as dt
from typing import Any

import pytest

from domain.events import Tag
from models.event import Event
from models.procedure import VersionState
from services import lookup, procedure
from tests.factories import dossiers as made
from tests.services.dossier.common import BUSINESS, MONDAY, act, intake, refuses

START = dt.date(2026, 4, 13)
BEFORE = dt.datetime.combine(START - dt.timedelta(days=1), MONDAY.timetz())
ON = dt.datetime.combine(START, MONDAY.timetz())


@pytest.fixture
def versions(session: Any) -> tuple[Any, Any]:
    """The version in force, and the one that takes its place on Monday 13/04/2026."""
    who: dict[str, Any] = {"actor": made.actor("quantri", MONDAY), "at": MONDAY}
    old = made.version_of(BUSINESS, MONDAY.date())
    new = procedure.draft_from(old, **who)
    new.valid_from = START
    session.commit()
    return old, procedure.publish(new, **who)


def offered(day: dt.date) -> str:
    """The version that the counter's own search offers on a day."""
    found = lookup.suggest_procedures(BUSINESS, on=day)
    return next(s.version_id for s in found if s.code == BUSINESS)


def form(version: Any) -> Any:
    made_of = intake(at=MONDAY)
    papers = tuple(
        made.HandedIn(d.name, d.id)
        for d in version.documents
        if d.required and d.condition is None and not d.from_register
    )
    return made.intake(BUSINESS, version_id=version.id, papers=papers, owner=made_of.owner)


def test_until_its_day_the_old_version_is_offered_and_received_under(versions):
    old, new = versions
    assert offered(BEFORE.date()) == old.id
    with refuses("procedure.not_published", "version_id"):
        act("receive", form(new), who="tiepnhan", at=BEFORE)
    assert act("receive", form(old), who="tiepnhan", at=BEFORE).version_id == old.id


def test_on_its_day_the_new_version_is_taken_without_anybody_doing_anything(versions):
    old, new = versions
    assert offered(ON.date()) == new.id
    with refuses("procedure.not_published", "version_id"):
        act("receive", form(old), who="tiepnhan", at=ON)
    assert act("receive", form(new), who="tiepnhan", at=ON).version_id == new.id


def test_the_counter_and_the_page_of_a_version_are_told_what_is_coming(versions):
    old, new = versions
    assert procedure.soon(old, BEFORE.date()) == START
    assert procedure.soon(new, ON.date()) is None
    assert procedure.in_force(new, BEFORE.date()) == old
    assert procedure.in_force(old, ON.date()) == new


def test_retire_before_its_day_lets_the_old_version_go_on(versions, session):
    old, new = versions
    assert old.valid_to == BEFORE.date()
    procedure.retire(new, actor=made.actor("quantri", MONDAY), at=MONDAY)
    assert (old.valid_to, new.state) == (None, VersionState.retired)
    assert offered(ON.date()) == old.id
    last = session.query(Event).filter(Event.subject_id == new.id).order_by(Event.id.desc()).first()
    assert (last.tag, last.changes["restores"]) == (Tag.procedure_retire, [old.key])


def test_retire_after_its_day_gives_nothing_back(versions):
    old, new = versions
    procedure.retire(new, actor=made.actor("quantri", ON), at=ON)
    assert old.valid_to == BEFORE.date()
    assert [
        s for s in lookup.suggest_procedures(BUSINESS, on=ON.date()) if s.code == BUSINESS
    ] == []
