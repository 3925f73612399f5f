"""Give back what was assigned or taken over: the work is in the hand it was in before.

For minutes only, by who did it, and only while nobody has done anything with the dossier since. Where an
assigning step was done, it stays done: the work that followed lies with the department, in nobody's hand,
and is assigned again. What was forwarded, proposed or signed is with somebody else and never comes back so.
"""

import datetime as dt
import uuid
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.codes import StepState, Verb
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.dossier import Dossier, DossierStep
from models.event import Event
from services.acting import Actor
from services.dossier.guard import check
from services.recording import record
from services.transaction import locked, repeated, transaction

#: What can be given back, and the verb by whose right.
_VERBS = {Tag.dossier_assign: Verb.assign, Tag.dossier_take_over: Verb.take_over}
#: Events after which a dossier is still as it was.
_READING = (Tag.dossier_read, Tag.file_read, Tag.paper_reprint, Tag.message_send)
_MOST = 200


class Given(NamedTuple):
    """One's last act on several dossiers that can still be given back: its key, what, when, how many."""

    id: str
    tag: Tag
    at: dt.datetime
    rows: int


class Row(NamedTuple):
    """What became of one dossier: its name, and why it stays as it is (None: it was given back)."""

    name: str
    error: DomainError | None


def recent(*, actor: Actor, at: dt.datetime, within: dt.timedelta) -> Given | None:
    """The actor's newest assigning or taking over of several that can still be given back."""
    query = (
        sa.select(Event.batch_id, Event.tag, Event.at)
        .where(
            Event.agency_id.in_({post.agency_id for post in actor.posts}),
            Event.at > at - within,
            Event.batch_id.is_not(None),
            Event.actor_id == actor.officer_id,
            Event.tag.in_([*_VERBS, Tag.dossier_give_back]),
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(_MOST)
    )
    rows = db.session.execute(query).all()
    gone = {row.batch_id for row in rows if row.tag is Tag.dossier_give_back}
    found = [row for row in rows if row.tag in _VERBS and _key(row.batch_id) not in gone]
    if not found:
        return None
    newest = found[0]
    count = sum(row.batch_id == newest.batch_id for row in found)
    return Given(newest.batch_id, newest.tag, newest.at, count)


def give_back(batch_id: str, *, actor: Actor, at: dt.datetime, within: dt.timedelta) -> list[Row]:
    """Give back every dossier of an act on several; each in a transaction of its own.

    Errors: bulk.not_found, bulk.not_yours, bulk.too_late.
    """
    query = sa.select(Event).where(Event.batch_id == batch_id, Event.tag.in_(_VERBS))
    events = db.session.scalars(query.order_by(Event.id)).all()
    if not events:
        raise DomainError("bulk.not_found")
    if any(event.actor_id is None or event.actor_id != actor.officer_id for event in events):
        raise DomainError("bulk.not_yours")
    if at > min(event.at for event in events) + within:
        raise DomainError("bulk.too_late", minutes=int(within.total_seconds() // 60))
    facts = [(e.id, e.dossier_id, e.tag, e.changes.get("hands") or []) for e in events]
    return [_given_back(*fact, key=_key(batch_id), actor=actor, at=at) for fact in facts]


def _given_back(
    event_id: str,
    dossier_id: str | None,
    tag: Tag,
    hands: list[Any],
    *,
    key: str,
    actor: Actor,
    at: dt.datetime,
) -> Row:
    name = "–"
    try:
        with transaction():
            dossier = locked(dossier_id or "")
            name = dossier.code or dossier.owner_name
            if any(repeated(str(uuid.uuid5(uuid.UUID(key), step_id))) for step_id, *_ in hands):
                return Row(name, None)
            _refuse_changed(dossier, event_id)
            if not hands:
                raise DomainError("bulk.no_return")
            for step_id, before, taken, after in hands:
                step = _step(dossier, step_id, after)
                check(_VERBS[tag], dossier, actor, step, at)
                _put(step, before, taken, key, actor, at)
    except DomainError as error:
        return Row(name, error)
    return Row(name, None)


def _put(
    step: DossierStep,
    before: str | None,
    taken: str | None,
    key: str,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Into the hand it was in, since the same moment."""
    was = step.holder.full_name if step.holder else None
    step.holder_id = before
    step.taken_at = dt.datetime.fromisoformat(taken) if taken else None
    db.session.flush()
    db.session.refresh(step, ["holder"])
    record(
        Tag.dossier_give_back,
        step,
        dossier=step.dossier,
        actor=actor,
        at=at,
        changes={"holder": [was, step.holder.full_name if step.holder else None]},
        op_id=str(uuid.uuid5(uuid.UUID(key), step.id)),
        batch_id=key,
    )


def _refuse_changed(dossier: Dossier, event_id: str) -> None:
    """Whatever was done with the dossier since rests on who has it."""
    query = sa.select(Event.actor_name).where(
        Event.dossier_id == dossier.id, Event.id > event_id, Event.tag.not_in(_READING)
    )
    who = db.session.scalar(query.order_by(Event.id.desc()).limit(1))
    if who is not None:
        raise DomainError("bulk.changed_by", who=who)


def _step(dossier: Dossier, step_id: str, after: str | None) -> DossierStep:
    step = next((s for s in dossier.steps if s.id == step_id), None)
    if step is None or step.state not in (StepState.open, StepState.waiting):
        raise DomainError("step.not_open")
    if step.holder_id != after:
        raise DomainError("bulk.changed_by", who=step.holder.full_name if step.holder else "–")
    return step


def _key(batch_id: str) -> str:
    """The key of giving back, from that of the act: given back once."""
    return str(uuid.uuid5(uuid.UUID(batch_id), "give back"))
