"""Entries of registers: entered, changed, revoked, restored, replaced. Each act is one transaction and one
event that says what changed from what to what; a number is given once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from domain.codes import EntryState
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from models.register import Register, RegisterEntry, RegisterValue
from services.acting import Actor, Post
from services.dossier.forms import plain
from services.recording import record
from services.refusals import flush
from services.registers import definition, writing
from services.transaction import one_at_a_time, repeated, transaction


@dataclass(frozen=True)
class Typed:
    """What is typed of an entry: data by key as `domain.data_fields.fill` takes it, and what stands beside.

    number: empty for the next one. registered_on: empty for today. holder: where no field names one.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""
    registered_on: dt.date | None = None
    holder: str = ""


# ---- verbs ---------------------------------------------------------------------------------------
def enter(
    register: Register,
    typed: Typed,
    *,
    actor: Actor,
    at: dt.datetime,
    dossier: Dossier | None = None,
    post: Post | None = None,
    replaces: RegisterEntry | None = None,
    row_id: str | None = None,
) -> RegisterEntry:
    """Enter something new: by hand, or with `dossier` as what that dossier ends with.

    row_id: made when the form was opened; sent twice it makes one entry. replaces: the entry in whose place
    it comes; its numbers stay. Errors: the first at a field; register.not_open, register.number_taken,
    dossier.role_not_allowed.
    """
    with transaction():
        if row_id:
            one_at_a_time(row_id)
        made = db.session.get(RegisterEntry, row_id) if row_id else None
        if made is not None:
            return made
        if dossier is None:
            definition.refuse_without(register, actor, "write")
        used = post or _post(register, actor)
        entry = RegisterEntry(
            id=row_id or uuid7(),
            agency_id=used.agency_id,
            register_id=register.id,
            registered_on=typed.registered_on or at.date(),
            state=EntryState.valid,
            dossier_id=dossier.id if dossier is not None else None,
            replaces_id=replaces.id if replaces is not None else None,
            entered_by=actor.name,
            entered_at=at,
            details={},
        )
        if entry.registered_on > at.date():
            raise DomainError("date.future", field="registered_on")
        holder = typed.holder or (dossier.owner_name if dossier is not None else "")
        with db.session.no_autoflush:
            changes = writing.write(entry, register, typed.data, holder, at.date())
            entry.number = writing.number_of(register, entry, typed.number)
            entry.search_key = writing.search_key(entry, register)
        db.session.add(entry)
        writing.index(entry, register)
        flush(RegisterEntry)
        said = {"number": entry.number, "holder": entry.holder, **changes}
        if replaces is not None:
            said["replaces"] = replaces.number
        record(
            Tag.register_enter, entry, actor=actor, at=at, dossier=dossier, post=used, changes=said
        )
    return entry


def amend(
    entry: RegisterEntry,
    typed: Typed,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    seen: int | None = None,
    dossier: Dossier | None = None,
    post: Post | None = None,
    op_id: str | None = None,
) -> RegisterEntry:
    """Change what stands in an entry, with the reason; what stood there stays in the event.

    seen: the `version` that was looked at. Errors: row.stale, register.not_valid, as `enter`.
    """
    reason = _reason(reason)
    with transaction():
        row, register = _held(entry, seen, op_id)
        if repeated(op_id):
            return row
        if dossier is None:
            definition.refuse_without(register, actor, "write")
        _refuse_ended(row)
        changes = writing.write(row, register, typed.data, typed.holder or row.holder, at.date())
        row.search_key = writing.search_key(row, register)
        db.session.execute(sa.delete(RegisterValue).where(RegisterValue.entry_id == row.id))
        writing.index(row, register)
        flush(RegisterEntry)
        record(
            Tag.register_amend,
            row,
            actor=actor,
            at=at,
            dossier=dossier,
            post=post or _post(register, actor, row.agency_id),
            reason=reason,
            changes={"number": row.number, **changes},
            op_id=op_id,
        )
    return row


def revoke(
    entry: RegisterEntry,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    seen: int | None = None,
    dossier: Dossier | None = None,
    post: Post | None = None,
    op_id: str | None = None,
) -> RegisterEntry:
    """An entry no longer holds; it stays in the register with its number. Errors: register.not_valid."""
    return _turn(
        entry,
        EntryState.revoked,
        Tag.register_revoke,
        _reason(reason),
        actor,
        at,
        seen,
        dossier,
        post,
        op_id,
    )


def restore(
    entry: RegisterEntry,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    seen: int | None = None,
    op_id: str | None = None,
) -> RegisterEntry:
    """A revocation was wrong: the entry holds again. Errors: register.not_revoked."""
    return _turn(
        entry,
        EntryState.valid,
        Tag.register_restore,
        _reason(reason),
        actor,
        at,
        seen,
        None,
        None,
        op_id,
    )


def replace(
    entry: RegisterEntry,
    typed: Typed,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    seen: int | None = None,
    dossier: Dossier | None = None,
    post: Post | None = None,
    row_id: str | None = None,
) -> RegisterEntry:
    """A new entry in the place of an old one, which then counts as replaced. Gives the new one."""
    reason = _reason(reason)
    with transaction():
        if row_id:
            one_at_a_time(row_id)
        made = db.session.get(RegisterEntry, row_id) if row_id else None
        if made is not None:
            return made
        row, register = _held(entry, seen, None)
        fresh = enter(
            register,
            typed,
            actor=actor,
            at=at,
            dossier=dossier,
            post=post or _post(register, actor, row.agency_id),
            replaces=row,
            row_id=row_id,
        )
        _turn(
            row,
            EntryState.replaced,
            Tag.register_replace,
            reason,
            actor,
            at,
            None,
            dossier,
            post,
            None,
        )
    return fresh


def _turn(
    entry: RegisterEntry,
    state: EntryState,
    tag: Tag,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    seen: int | None,
    dossier: Dossier | None,
    post: Post | None,
    op_id: str | None,
) -> RegisterEntry:
    with transaction():
        row, register = _held(entry, seen, op_id)
        if repeated(op_id):
            return row
        if dossier is None:
            right = "write" if state is EntryState.replaced else "revoke"
            definition.refuse_without(register, actor, right)  # type: ignore[arg-type]
        if state is EntryState.valid:
            if row.state is not EntryState.revoked:
                raise DomainError("register.not_revoked")
        else:
            _refuse_ended(row)
        before, row.state = row.state, state
        flush(RegisterEntry)
        record(
            tag,
            row,
            actor=actor,
            at=at,
            dossier=dossier,
            post=post or _post(register, actor, row.agency_id),
            reason=reason,
            changes={"number": row.number, "state": [before, state]},
            op_id=op_id,
        )
    return row


def note_look(entry: RegisterEntry, *, actor: Actor, at: dt.datetime) -> None:
    """Leave the event that somebody looked at an entry, once an hour."""
    with transaction():
        before = sa.select(Event.id).where(
            Event.tag == Tag.register_read,
            Event.subject_kind == RegisterEntry.__name__,
            Event.subject_id == entry.id,
            Event.actor_id == actor.officer_id,
            Event.at > at - dt.timedelta(hours=1),
        )
        if db.session.scalar(before.limit(1)) is None:
            record(Tag.register_read, entry, actor=actor, at=at, changes={"number": entry.number})


# ---- helpers -------------------------------------------------------------------------------------
def _post(register: Register, actor: Actor, agency_id: str | None = None) -> Post:
    """The post that gives the right, in the agency that owns the entry."""
    named = (register.writers or "").split() + (register.revokers or "").split()
    roles = [Role(name) for name in named if name in set(Role)]
    found = actor.post(*roles, agency_id=agency_id) if roles else None
    return found or actor.post(agency_id=agency_id) or actor.home


def _held(
    entry: RegisterEntry, seen: int | None, op_id: str | None
) -> tuple[RegisterEntry, Register]:
    """The entry as it stands now, kept from others until the act is done. Errors: row.stale."""
    query = sa.select(RegisterEntry).where(RegisterEntry.id == entry.id)
    row = db.session.scalars(
        query.with_for_update(of=RegisterEntry).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise DomainError("row.not_found")
    if seen is not None and seen != row.version and not repeated(op_id):
        raise DomainError("row.stale")
    return row, row.register


def _refuse_ended(row: RegisterEntry) -> None:
    if row.state is not EntryState.valid:
        raise DomainError("register.not_valid")


def _reason(text: str) -> str:
    said = plain(text)
    if not said:
        raise DomainError("dossier.reason_required", field="reason")
    return said
