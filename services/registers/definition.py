"""What a register is: its fields, who may do what; a draft is opened for use, closed, opened again.

While it is in use it may still be changed: fields are added, labels changed, fields no longer asked for.
What would make entries unreadable is refused (`services.part_rules`).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Literal

import sqlalchemy as sa

from domain.data_fields import FieldSpec
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.outcome import ProcedureResult
from models.register import Register, RegisterEntry, RegisterUse
from services import catalogue, reference
from services.acting import Actor
from services.dossier import data
from services.part_names import key_of
from services.recording import record
from services.refusals import flush
from services.transaction import transaction

Right = Literal["read", "write", "revoke", "export"]
#: Right → the column that names its roles, who has it where none is named.
_RIGHTS: dict[Right, tuple[str, frozenset[Role]]] = {
    "read": ("readers", frozenset(Role)),
    "write": ("writers", frozenset()),
    "revoke": ("revokers", frozenset()),
    "export": ("exporters", frozenset({Role.auditor})),
}
#: Who always reads: whoever defines it, and whoever audits.
_ALWAYS_READ = frozenset({Role.admin, Role.auditor})


# ---- reading -------------------------------------------------------------------------------------
def every() -> Sequence[Register]:
    """All registers with their fields, by name."""
    return reference.registers()


def by_code(code: str) -> Register | None:
    """A register by its code."""
    return next((one for one in every() if one.code == code), None)


def by_id(register_id: str) -> Register:
    """A register by its id. Errors: row.not_found."""
    found = next((one for one in every() if one.id == register_id), None)
    if found is None:
        raise DomainError("row.not_found")
    return found


def readable(actor: Actor) -> list[Register]:
    """The registers that this officer may read; drafts only by whoever defines them."""
    return [one for one in every() if may(one, actor, "read")]


def fields_of(register: Register, *, all_: bool = False) -> tuple[FieldSpec, ...]:
    """The fields that are asked for; all_: those, too, that are not asked for any more."""
    rows = register.data_fields
    return data.specs_of(row for row in rows if all_ or not row.retired)


def may(register: Register, actor: Actor, right: Right) -> bool:
    """Whether this officer has a right on a register; nobody writes into a draft or a closed one."""
    admin = Role.admin in actor.roles
    if right != "read" and register.use is not RegisterUse.open:
        return (
            right == "export"
            and register.use is RegisterUse.closed
            and _has(register, actor, right)
        )
    if right == "read" and register.use is RegisterUse.draft:
        return admin
    if right == "read" and actor.roles & _ALWAYS_READ:
        return True
    return _has(register, actor, right)


def _has(register: Register, actor: Actor, right: Right) -> bool:
    column, otherwise = _RIGHTS[right]
    named = frozenset((getattr(register, column) or "").split())
    return bool(actor.roles & (named or otherwise))


def refuse_without(register: Register, actor: Actor, right: Right) -> None:
    """Errors: register.not_open for what is not in use, dossier.role_not_allowed."""
    if not may(register, actor, right):
        closed = right != "read" and register.use is not RegisterUse.open
        raise DomainError("register.not_open" if closed else "dossier.role_not_allowed")


def seen_fields(fields: Sequence[FieldSpec], roles: Collection[str]) -> tuple[FieldSpec, ...]:
    """The fields among these that somebody with these roles may read."""
    return tuple(f for f in fields if not f.readers or f.readers & set(roles))


def has_entries(register_id: str) -> bool:
    """Whether anything has ever been entered."""
    query = sa.select(RegisterEntry.id).where(RegisterEntry.register_id == register_id)
    return db.session.scalar(query.limit(1)) is not None


def count(register_id: str) -> int:
    """How many entries there are, as far as they may be seen."""
    query = sa.select(sa.func.count(RegisterEntry.id))
    return int(db.session.scalar(query.where(RegisterEntry.register_id == register_id)) or 0)


# ---- verbs ---------------------------------------------------------------------------------------
def create(
    values: dict[str, Any], *, actor: Actor, at: dt.datetime, row_id: str | None = None
) -> Register:
    """A draft of a register; without a code it gets one from its name. Errors: value.*, register.*."""
    _administrator(actor)
    values = {"pattern": "{so}/{nam}", "yearly": True, **values}
    with transaction():
        if not values.get("code") and values.get("name"):
            taken = set(db.session.scalars(sa.select(Register.code)))
            values = {**values, "code": key_of(str(values["name"]), taken)[:30]}
        row = catalogue.create(Register, values, actor=actor, at=at, row_id=row_id)
        assert isinstance(row, Register)
        return row


def open_(register: Register, *, actor: Actor, at: dt.datetime) -> Register:
    """Put a draft or a closed register into use. Errors: register.in_use, register.no_fields."""
    with transaction():
        row = _held(register, actor)
        if row.use is RegisterUse.open:
            raise DomainError("register.in_use")
        if not any(not f.retired for f in row.data_fields):
            raise DomainError("register.no_fields")
        _use(row, RegisterUse.open, Tag.register_open, actor, at)
    return row


def close(register: Register, *, actor: Actor, at: dt.datetime) -> Register:
    """Enter nothing more; what was entered stays readable. Errors: register.not_open."""
    with transaction():
        row = _held(register, actor)
        if row.use is not RegisterUse.open:
            raise DomainError("register.not_open")
        _use(row, RegisterUse.closed, Tag.register_close, actor, at)
    return row


def discard(register: Register, *, actor: Actor, at: dt.datetime) -> None:
    """Throw a draft away in which nothing was ever entered and that no procedure names.

    Errors: register.in_use, row.in_use.
    """
    with transaction():
        row = _held(register, actor)
        if row.use is not RegisterUse.draft or has_entries(row.id):
            raise DomainError("register.in_use")
        named = sa.select(ProcedureResult.id).where(ProcedureResult.register_id == row.id)
        if db.session.scalar(named.limit(1)) is not None:
            raise DomainError("row.in_use")
        catalogue.delete([*row.data_fields, row], actor=actor, at=at)


def _use(row: Register, use: RegisterUse, tag: Tag, actor: Actor, at: dt.datetime) -> None:
    before, row.use = row.use, use
    flush(Register)
    record(tag, row, actor=actor, at=at, changes={"use": [before, use]})


def _held(register: Register, actor: Actor) -> Register:
    """The register as it stands now, kept from others until the act is done."""
    _administrator(actor)
    query = sa.select(Register).where(Register.id == register.id).with_for_update(of=Register)
    row = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise DomainError("row.not_found")
    return row


def _administrator(actor: Actor) -> None:
    if actor.post(Role.admin) is None:
        raise DomainError("dossier.role_not_allowed")
