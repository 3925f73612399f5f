"""What administrators write into registers of their own, and what procedures do to them, checked at once."""

import keyword
import re
from typing import Any

import sqlalchemy as sa

from domain import formula
from domain.codes import ResultAct
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from domain.register import check_pattern, fills_of
from models.base import db
from models.outcome import ActionKind, ProcedureResult, StepAction
from models.register import Register, RegisterEntry, RegisterField

_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_MONTHS = range(1, 1201)
#: What of a field decides how its values are read: with entries it stays.
_FIXED = ("key", "kind", "group")


def register(row: Register) -> None:
    """Errors: register.code, register.pattern, register.no_field, register.date_field, register.months,
    register.two_ends."""
    if not _CODE.fullmatch(row.code or "") or keyword.iskeyword(row.code):
        raise DomainError("register.code", field="code")
    if _changed(row, "code") and _has_entries(row.id):
        raise DomainError("register.kind_fixed", field="code")
    check_pattern(row.pattern or "")
    if row.months is not None and row.months not in _MONTHS:
        raise DomainError("register.months", field="months")
    if row.months and row.ends_key:
        raise DomainError("register.two_ends", field="months")
    fields = {f.key: f for f in row.data_fields} if row.id else {}
    for name in ("holder_key", "starts_key", "ends_key"):
        key = getattr(row, name)
        if not key:
            continue
        if key not in fields or fields[key].group:
            raise DomainError("register.no_field", field=name, name=key)
        if name != "holder_key" and fields[key].kind is not FieldKind.date:
            raise DomainError("register.date_field", field=name)


def field(row: RegisterField) -> None:
    """Beside the rules of every field. Errors: register.file, register.kind_fixed."""
    if row.kind is FieldKind.file:
        raise DomainError("register.file", field="kind")
    state: Any = sa.inspect(row)
    if state.persistent and _has_entries(row.register_id):
        for name in _FIXED:
            if _changed(row, name):
                raise DomainError("register.kind_fixed", field=name)


def refuse_used(row: RegisterField) -> None:
    """A field that was filled in stays: its values would be unreadable. Errors: register.field_used."""
    if _has_entries(row.register_id):
        raise DomainError("register.field_used")


def result(row: ProcedureResult) -> None:
    """Errors: result.found_by, result.fills, formula.*."""
    if row.act is not ResultAct.create and not row.found_by:
        raise DomainError("result.found_by", field="found_by")
    for n, fill in enumerate(fills_of(row.fills), 1):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", fill.key) or not fill.formula:
            raise DomainError("result.fills", field="fills", n=n)
        formula.parse(fill.formula, field="fills")


#: Kind of action → the column that it cannot be without.
NEEDS = {
    ActionKind.print: ("form",),
    ActionKind.fee: ("fee",),
    ActionKind.notify: ("notified", "text"),
    ActionKind.register: ("result",),
}


def action(row: StepAction) -> None:
    """Errors: action.needs."""
    for name in NEEDS.get(row.kind, ()):
        if not getattr(row, name):
            raise DomainError("action.needs", field=name)


def _changed(row: Any, name: str) -> bool:
    return bool(sa.inspect(row).attrs[name].history.deleted)


def _has_entries(register_id: str | None) -> bool:
    query = sa.select(RegisterEntry.id).where(RegisterEntry.register_id == register_id)
    return db.session.scalar(query.limit(1)) is not None
