"""Views of lists that people keep, share and open by default; columns they like to see.

A view is an address: what it shows is read through the reader's own scope like every list. What a person
keeps alone leaves no event; sharing, changing what is shared and defaults of roles do.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from domain.unicode import nfc
from models.base import db
from models.ids import uuid7
from models.saved_view import (
    LONGEST_COLUMNS,
    LONGEST_NAME,
    LONGEST_QUERY,
    ListChoice,
    SavedView,
)
from services.acting import Actor
from services.kept_views import ALL, NAMES, View, kept, roles_of, view_of
from services.recording import record
from services.refusals import flush
from services.transaction import one_at_a_time, transaction

#: Who may share a view with roles.
SHARERS = (Role.head, Role.leader, Role.province_leader, Role.admin)
#: Views that one account may keep of one list.
MOST = 50


def one(view_id: str, *, user_id: int, actor: Actor) -> View:
    """A view for whoever may change it: its owner, or an administrator where it is shared.

    Errors: row.not_found.
    """
    row = _held(view_id, user_id, actor)
    return view_of([getattr(row, name) for name in NAMES], user_id)


def may_share(actor: Actor) -> bool:
    """Whether this officer may give a view to roles."""
    return actor.post(*SHARERS) is not None


def may_set(actor: Actor) -> bool:
    """Whether this officer may say what a role opens by default."""
    return actor.post(Role.admin) is not None


# ---- verbs ---------------------------------------------------------------------------------------
def save(
    list_key: str,
    *,
    name: str,
    query: str,
    user_id: int,
    actor: Actor,
    at: dt.datetime,
    roles: Iterable[Role] = (),
    row_id: str | None = None,
) -> SavedView:
    """Keep an address of a list under a name, private or shared with roles. A form sent twice keeps one.

    Errors: value.required, value.too_long, view.name_taken, view.too_many, view.too_long,
    dossier.role_not_allowed.
    """
    if not actor.posts:  # an account without an officer
        raise DomainError("dossier.role_not_allowed")
    shared = _shared(roles, actor)
    with transaction():
        one_at_a_time(f"views:{user_id}")
        again = db.session.get(SavedView, row_id) if row_id else None
        if again is not None and again.user_id == user_id:
            return again
        own = sa.select(sa.func.count(SavedView.id)).where(
            SavedView.user_id == user_id, SavedView.list == list_key
        )
        if (db.session.scalar(own) or 0) >= MOST:
            raise DomainError("view.too_many", limit=MOST)
        row = SavedView(
            id=row_id or uuid7(),
            agency_id=actor.home.agency_id,
            user_id=user_id,
            list=list_key,
            name=_named(name, list_key, user_id),
            query=_written(query),
            roles=_lines(shared),
            default_for="",
            everywhere=bool(shared) and may_set(actor),
            made_by=actor.name,
            changed_at=at,
        )
        db.session.add(row)
        flush(SavedView)
        if shared:
            changes = {"list": list_key, "name": row.name, "roles": [[], shared]}
            record(Tag.view_share, row, actor=actor, at=at, changes=changes)
    return row


def change(
    view_id: str,
    *,
    name: str,
    roles: Iterable[Role],
    user_id: int,
    actor: Actor,
    at: dt.datetime,
) -> SavedView:
    """Rename a view, share it or take it back; a role that loses it loses it as default too.

    Errors: row.not_found, value.required, value.too_long, view.name_taken, dossier.role_not_allowed.
    """
    with transaction():
        row = _held(view_id, user_id, actor)
        before, was = roles_of(row.roles), row.name
        wanted = tuple(role for role in Role if role in set(roles))
        if set(wanted) - set(before):
            _shared(wanted, actor)
        row.name = _named(name, row.list, row.user_id, row.id)
        row.roles = _lines(wanted)
        row.default_for = _lines(r for r in roles_of(row.default_for) if r in wanted)
        if row.user_id == user_id:
            row.everywhere = bool(wanted) and may_set(actor)
        row.changed_at = at
        flush(SavedView)
        changes: dict[str, Any] = {"list": row.list, "name": row.name}
        if row.name != was:
            changes["name"] = [was, row.name]
        if set(wanted) != set(before):
            tag = Tag.view_share if wanted else Tag.view_withdraw
            changes["roles"] = [before, wanted]
            record(tag, row, actor=actor, at=at, changes=changes)
        elif wanted and row.name != was:
            record(Tag.view_change, row, actor=actor, at=at, changes=changes)
    return row


def overwrite(
    view_id: str, *, query: str, user_id: int, actor: Actor, at: dt.datetime
) -> SavedView:
    """Let a view show what the list shows now. Errors: row.not_found, view.too_long."""
    with transaction():
        row = _held(view_id, user_id, actor)
        before, row.query, row.changed_at = row.query, _written(query), at
        flush(SavedView)
        if row.roles and row.query != before:
            changes = {"list": row.list, "name": row.name, "query": [before, row.query]}
            record(Tag.view_change, row, actor=actor, at=at, changes=changes)
    return row


def remove(view_id: str, *, user_id: int, actor: Actor, at: dt.datetime) -> str:
    """Delete a view; gives the key of its list. Errors: row.not_found."""
    with transaction():
        row = _held(view_id, user_id, actor)
        list_key = row.list
        if row.roles:
            changes = {
                "list": list_key,
                "name": [row.name, None],
                "roles": [roles_of(row.roles), []],
            }
            record(Tag.view_withdraw, row, actor=actor, at=at, changes=changes)
        choices = sa.update(ListChoice).where(ListChoice.view_id == row.id)
        db.session.execute(choices.values(view_id=None))
        db.session.delete(row)
        flush(SavedView)
    return list_key


def set_default(
    view_id: str, *, roles: Iterable[Role], user_id: int, actor: Actor, at: dt.datetime
) -> SavedView:
    """Say for which of the roles that share a view it is what they open; another view of the same list
    and reach is no longer theirs.

    Errors: dossier.role_not_allowed, row.not_found, view.not_shared.
    """
    if not may_set(actor):
        raise DomainError("dossier.role_not_allowed")
    with transaction():
        row = _held(view_id, user_id, actor)
        one_at_a_time(f"defaults:{row.list}")
        wanted = tuple(role for role in Role if role in set(roles))
        if set(wanted) - set(roles_of(row.roles)):
            raise DomainError("view.not_shared")
        before = roles_of(row.default_for)
        replaced = []
        for other in _beside(row):
            rest = tuple(r for r in roles_of(other.default_for) if r not in wanted)
            if rest != roles_of(other.default_for):
                replaced.append(other.name)
                other.default_for = _lines(rest)
        row.default_for = _lines(wanted)
        flush(SavedView)
        if wanted != before:
            changes = {"list": row.list, "name": row.name, "roles": [before, wanted]}
            changes |= {"replaces": replaced} if replaced else {}
            record(Tag.view_default, row, actor=actor, at=at, changes=changes)
    return row


def open_with(list_key: str, view_id: str, *, user_id: int, actor: Actor) -> None:
    """Say what the plain address opens for this account: a view, ALL, or "" for what its role has.

    Errors: row.not_found.
    """
    known = view_id in ("", ALL) or kept(list_key, user_id=user_id, actor=actor).view(view_id)
    if not known:
        raise DomainError("row.not_found")
    with transaction():
        choice = _choice(list_key, user_id)
        choice.opens_all = view_id == ALL
        choice.view_id = view_id if view_id not in ("", ALL) else None


def choose_columns(list_key: str, names: Sequence[str], *, user_id: int) -> None:
    """Remember the columns of a list for an account, in their order; none: the standard ones again.

    Errors: view.too_long.
    """
    text = ".".join(names)
    if len(text) > LONGEST_COLUMNS:
        raise DomainError("view.too_long")
    with transaction():
        _choice(list_key, user_id).columns = text or None


# ---- helpers -------------------------------------------------------------------------------------
def _choice(list_key: str, user_id: int) -> ListChoice:
    """What the account has chosen of a list, made where there is nothing yet; for this transaction."""
    one_at_a_time(f"views:{user_id}")
    row = db.session.get(ListChoice, (user_id, list_key))
    if row is None:
        row = ListChoice(user_id=user_id, list=list_key, opens_all=False)
        db.session.add(row)
    return row


def _held(view_id: str, user_id: int, actor: Actor) -> SavedView:
    query = sa.select(SavedView).where(SavedView.id == view_id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None or (row.user_id != user_id and not (row.roles and may_set(actor))):
        raise DomainError("row.not_found")
    return row


def _beside(row: SavedView) -> Sequence[SavedView]:
    """The other views of the same list that may be the default of a role for the same people."""
    query = sa.select(SavedView).where(
        SavedView.list == row.list,
        SavedView.id != row.id,
        SavedView.everywhere == row.everywhere,
        SavedView.default_for != "",
    )
    if not row.everywhere:
        query = query.where(SavedView.agency_id == row.agency_id)
    return db.session.scalars(query).all()


def _shared(roles: Iterable[Role], actor: Actor) -> tuple[Role, ...]:
    wanted = tuple(role for role in Role if role in set(roles) and role is not Role.system)
    if wanted and not may_share(actor):
        raise DomainError("dossier.role_not_allowed", field="roles")
    return wanted


def _lines(roles: Iterable[Role]) -> str:
    return "\n".join(role.value for role in roles)


def _named(name: str, list_key: str, user_id: int, view_id: str | None = None) -> str:
    words = " ".join(nfc(name).split())
    if not words:
        raise DomainError("value.required", field="name")
    if len(words) > LONGEST_NAME:
        raise DomainError("value.too_long", field="name", limit=LONGEST_NAME)
    taken = sa.select(SavedView.id).where(
        SavedView.user_id == user_id, SavedView.list == list_key, SavedView.name == words
    )
    if db.session.scalars(taken.where(SavedView.id != view_id)).first() is not None:
        raise DomainError("view.name_taken", field="name")
    return words


def _written(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        raise DomainError("view.too_long")
    return query
