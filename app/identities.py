"""Who the accounts are, kept in memory as long as the marks say that nothing about them has changed.

A closed account, another password, role, post or stand-in raises the mark `identity` in its own
transaction (migration 0008), so the next request of any process reads the person anew. A stand-in
that begins or ends by the clock ends what is kept too.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, g

from app import clock
from models import marks
from models.base import db
from models.scope import NOTHING, Scope
from services.acting import Actor, scope_of

#: More people than this do not work at one server at once; then all are forgotten.
MOST = 2_000


@dataclass(frozen=True)
class Identity:
    """One account: detached from any session; `until` is when a stand-in begins or ends."""

    user: Any
    mark: str
    since: dt.datetime
    actor: Actor | None = None
    scope: Scope = NOTHING
    until: dt.datetime | None = None


def mark() -> marks.Mark | None:
    """The marks at the beginning of this request; one look per request."""
    if "mark" not in g:
        g.mark = marks.read()
        marks.begin(g.mark)
    found: marks.Mark | None = g.mark
    return found


def _kept() -> dict[int, Identity]:
    kept: dict[int, Identity] = current_app.extensions.setdefault("identities", {})
    return kept


def known(user_id: int) -> Identity | None:
    """What is kept of an account and still true; within one request it stays the same."""
    own: Identity | None = g.get("identity")
    if own is not None and own.user is not None and own.user.id == user_id:
        return own
    now, found = mark(), _kept().get(user_id)
    if now is None or found is None or found.mark != now.identity:
        return None
    moment = clock.now()
    if moment < found.since or (found.until is not None and moment >= found.until):
        return None
    g.identity = found
    return found


def keep(user_id: int, user: Any) -> Identity:
    """Keep an account that was just read; a closed or unknown one is not kept."""
    for one in (user, *user.roles, *user.groups) if user is not None else ():
        db.session.expunge(one)
    now = mark()
    found = Identity(user, now.identity if now else "", clock.now())
    g.identity = found
    if now is not None and user is not None:
        kept = _kept()
        if len(kept) >= MOST:
            kept.clear()
        kept[user_id] = found
    return found


def complete(found: Identity, actor: Actor, until: dt.datetime | None) -> Identity:
    """Add the officer of an account, with what the officer may see."""
    scope = scope_of(actor) if actor.posts else NOTHING
    whole = replace(found, actor=actor, scope=scope, until=until)
    g.identity = whole
    kept = _kept()
    if found.user is not None and kept.get(found.user.id) is found:
        kept[found.user.id] = whole
    return whole
