"""What every verb is asked: one event that says all, nothing on a refusal, once per form, no stale page.

Each verb acts inside the scope of its officer, as a request does, so that a verb which reaches for
rows of another agency fails here and not in an office.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from domain.calendar import TZ
from domain.codes import StepKind
from domain.errors import DomainError
from domain.events import Tag
from models.base import Row, db
from models.dossier import Dossier, DossierStep
from models.event import Event, Message
from models.fee import DossierFee
from models.ids import uuid7
from models.organisation import Unit
from models.scope import everything, within
from services import dossier as verbs
from services.acting import Actor, scope_of
from services.dossier.forms import HandedIn, Lack
from services.dossier.steps import live
from tests.factories import dossiers as made

BUSINESS, SUSPENSION = made.BUSINESS, made.SUSPENSION
#: Chấm dứt hộ kinh doanh: counter, officer, tax office (silence is consent), officer, head, counter.
CLOSING = "1.001266"
#: Giấy phép xây dựng: head assigns; officer and a consultation side by side; head; leader; registrar.
BUILDING = "1.013225"
#: Giao đất: two steps of work, the leader signs, payment, the land office writes it in the books.
LAND = "1.013949"
#: Mai táng phí: the commune works, its district decides.
FUNERAL = "1.001731"
MONDAY = dt.datetime(2026, 4, 6, 9, 0, tzinfo=TZ)
LACKS = (Lack("Bản sao hợp đồng thuê", "mờ, không đọc được", "bản sao rõ"),)


def later(**time: float) -> dt.datetime:
    """Some time after the receipt on Monday 06/04/2026 at 09:00."""
    return MONDAY + dt.timedelta(**time)


def version(code: str, at: dt.datetime = MONDAY) -> dict[str, Any]:
    """The version in force on a day with all its unconditional papers, as arguments of an intake."""
    found = made.version_of(code, at.date())
    papers = tuple(
        HandedIn(d.name, d.id, d.originals or 0, d.copies or 0)
        for d in found.documents
        if d.required and d.condition is None and not d.from_register
    )
    return {"version_id": found.id, "papers": papers}


def intake(code: str = BUSINESS, at: dt.datetime = MONDAY, **changes: Any) -> verbs.Intake:
    """What a clerk types on that day."""
    return made.intake(code, **{**version(code, at), **changes})


def received(code: str = BUSINESS, *, at: dt.datetime = MONDAY, **changes: Any) -> Dossier:
    """A dossier received on that Monday morning."""
    return made.received(code, at=at, **{**version(code, at), **changes})


def at_step(kind: StepKind, code: str = BUSINESS, **changes: Any) -> Dossier:
    """The same, led forward until a step of this kind is open."""
    return made.at_step(kind, code, at=MONDAY, **{**version(code), **changes})


def at_work(code: str = SUSPENSION, **changes: Any) -> Dossier:
    """In the hands of the department's officer."""
    return at_step(StepKind.work, code, **changes)


def processed(**changes: Any) -> Dossier:
    """The result waits at the counter."""
    return at_step(StepKind.return_result, SUSPENSION, **changes)


def step(dossier: Dossier, kind: StepKind) -> DossierStep:
    """The live step of a kind."""
    return next(s for s in live(dossier) if s.kind is kind)


def unit(code: str) -> Unit:
    """A unit by its code."""
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def key(row: Row) -> str:
    """Id of a row, also of one that its session has let go."""
    found: str = sa.inspect(row).identity[0]
    return found


def officer(username: str, at: dt.datetime = MONDAY) -> Actor:
    """The demonstration officer as of a moment."""
    return made.actor(username, at)


def act(
    verb: str, *args: Any, who: str | Actor, at: dt.datetime | None = None, **facts: Any
) -> Any:
    """Do a verb as a request of this officer does: inside the officer's scope, rows read afresh."""
    at = at or later(hours=1)
    actor = officer(who, at) if isinstance(who, str) else who
    scope = scope_of(actor)
    if args and isinstance(args[0], Dossier):
        dossier_id = key(args[0])
        db.session.rollback()
        db.session.expunge_all()
        with within(scope):
            found = db.session.get(Dossier, dossier_id)
            assert found is not None, "the officer does not see the dossier"
            getattr(verbs, verb)(found, *args[1:], actor=actor, at=at, **facts)
        db.session.expunge_all()
        with everything():
            return db.session.get_one(Dossier, dossier_id)
    with within(scope):
        return getattr(verbs, verb)(*args, actor=actor, at=at, **facts)


# ---- events --------------------------------------------------------------------------------------
def events(dossier: Dossier | None = None) -> list[Event]:
    """All events, or those of one dossier, oldest first."""
    query = sa.select(Event).where(Event.dossier_id.is_not(None)).order_by(Event.id)
    if dossier is not None:
        query = query.where(Event.dossier_id == key(dossier))
    return list(db.session.scalars(query))


def messages(dossier: Dossier) -> list[Message]:
    """The messages between agencies about a dossier, oldest first."""
    query = sa.select(Message).where(Message.dossier_id == key(dossier)).order_by(Message.id)
    return list(db.session.scalars(query))


def fees(dossier: Dossier) -> list[DossierFee]:
    """What is due for a dossier."""
    query = sa.select(DossierFee).where(DossierFee.dossier_id == key(dossier))
    return list(db.session.scalars(query))


@contextmanager
def new_events() -> Iterator[list[Event]]:
    """The events that the block leaves."""
    known = {e.id for e in events()}
    found: list[Event] = []
    yield found
    found += [e for e in events() if e.id not in known]


# ---- refusals ------------------------------------------------------------------------------------
def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a verb may write."""
    db.session.rollback()
    kept = {}
    for table in Row.metadata.sorted_tables:
        if table.name.startswith(
            ("dossier", "supplement", "fee_rec", "message", "event", "number")
        ):
            rows = db.session.connection().execute(sa.select(table).order_by(table.c.id))
            kept[table.name] = [tuple(map(repr, row)) for row in rows]
    return kept


@contextmanager
def refuses(code: str, field_: str | None = None) -> Iterator[None]:
    """The block is refused with this code at this field, and leaves the database as it was."""
    before = stored()
    with pytest.raises(DomainError) as refusal:
        yield
    assert (refusal.value.code, refusal.value.field) == (code, field_)
    assert stored() == before


# ---- one verb ------------------------------------------------------------------------------------
def _no_facts(_: Dossier) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Case:
    """One verb in its ordinary use, for the checks that all verbs share.

    unit: code of the unit the event must name.
    wrong: accounts that may not do it, with the refusal each gets.
    versioned: whether an outdated page is refused.
    also: events of an agency that a message reaches in the same transaction.
    """

    verb: str
    make: Callable[[], Dossier]
    who: str
    tag: Tag
    role: str
    unit: str
    facts: Callable[[Dossier], dict[str, Any]] = _no_facts
    reason: str | None = None
    changes: tuple[str, ...] = ()
    at: dt.datetime = field(default_factory=lambda: later(hours=1))
    wrong: tuple[tuple[str, str], ...] = ()
    versioned: bool = True
    also: tuple[Tag, ...] = ()

    def do(self, dossier: Dossier, who: str | Actor | None = None, **more: Any) -> Any:
        """The act itself."""
        return act(
            self.verb, dossier, who=who or self.who, at=self.at, **self.facts(dossier), **more
        )


def leaves_its_event(case: Case) -> Event:
    """Exactly one event: who, in which role and unit, for nobody else, when, why, what changed."""
    dossier = case.make()
    with new_events() as found:
        case.do(dossier)
    assert [e.tag for e in found] == [*case.also, case.tag]
    event = found[-1]
    who = officer(case.who)
    assert (event.actor_id, event.actor_name) == (who.officer_id, who.name)
    assert (event.actor_role, event.actor_unit) == (case.role, unit(case.unit).full_name)
    assert (event.for_name, event.at, event.reason) == (None, case.at, case.reason)
    assert set(event.changes) == set(case.changes)
    assert event.dossier_id == key(dossier)
    return event


def is_done_once(case: Case) -> None:
    """The form sent twice with one key, from the same page: done once, and no refusal."""
    dossier = case.make()
    form = {**case.facts(dossier), "op_id": uuid7()}
    if case.versioned:
        form["version"] = dossier.version
    act(case.verb, dossier, who=case.who, at=case.at, **form)
    before = stored()
    act(case.verb, dossier, who=case.who, at=case.at, **form)
    assert stored() == before


def refuses_a_stale_page(case: Case) -> None:
    """Somebody else acted meanwhile: a sentence, and nothing changes."""
    dossier = case.make()
    with refuses("dossier.stale"):
        case.do(dossier, version=dossier.version - 1)


def refuses_everybody_else(case: Case) -> None:
    """Another role, another department, another agency: each is refused, nothing changes."""
    assert case.wrong, "name who may not do it"
    dossier = case.make()
    facts, before, answers = case.facts(dossier), stored(), {}
    for who, _ in case.wrong:
        with pytest.raises(DomainError) as refusal:
            getattr(verbs, case.verb)(dossier, actor=officer(who), at=case.at, **facts)
        answers[who] = refusal.value.code
    assert answers == dict(case.wrong), answers
    assert stored() == before


def returned() -> Dossier:
    """Handed over: nothing more is done."""
    return act(
        "return_result",
        processed(),
        who="tiepnhan",
        receiver="Nguyễn Thị Hoa",
        receiver_id="066190001234",
        slip_collected=True,
    )
