"""Reading the event log: newest first, by what an auditor asks, a page at a time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from domain.events import Tag
from models.base import db
from models.dossier import Dossier
from models.event import Event


@dataclass(frozen=True)
class Asked:
    """What is looked for; None means any. `actor` is part of a name, `start`/`end` whole days."""

    tag: Tag | None = None
    actor: str | None = None
    code: str | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None


@dataclass(frozen=True)
class Page:
    """One page of events and the cursor of the next, older one (None at the end)."""

    events: Sequence[Event]
    older: str | None


def page(asked: Asked, *, after: str | None = None, limit: int = 50) -> Page:
    """Events of the agencies in scope. `after`: id of the last event of the page before."""
    query = sa.select(Event).order_by(Event.id.desc()).limit(limit + 1)
    if after:
        query = query.where(Event.id < after)
    if asked.tag:
        query = query.where(Event.tag == asked.tag)
    if asked.actor:
        pattern = asked.actor.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(Event.actor_name.ilike(f"%{pattern}%", escape="\\"))
    if asked.start:
        query = query.where(Event.at >= asked.start)
    if asked.end:
        query = query.where(Event.at < asked.end)
    if asked.code:
        of_code = sa.select(Dossier.id).where(Dossier.code == asked.code.strip().upper())
        query = query.where(Event.dossier_id.in_(of_code))
    found = list(db.session.scalars(query))
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def codes(events: Sequence[Event]) -> dict[str, str]:
    """Dossier id → code, for the events of one page."""
    ids = {e.dossier_id for e in events if e.dossier_id}
    query = sa.select(Dossier.id, Dossier.code).where(Dossier.id.in_(ids))
    return {i: code for i, code in db.session.execute(query) if code}
