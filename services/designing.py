"""Shaping a draft version, or a register of the office's own: parts are added, changed, copied, moved and
taken out; the numbers and names by which they refer to one another follow. Each act is one transaction."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.ids import uuid7
from models.outcome import ProcedureResult
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    VersionState,
)
from models.register import Register, RegisterField, RegisterUse
from services import catalogue, register_rules
from services.acting import Actor
from services.draft_checks.naming import BUILT_IN
from services.part_names import NAMES, column_renamed, names_of, next_key, renamed, with_name
from services.part_order import (
    LISTS,
    Owner,
    Part,
    arranged,
    columns_of,
    last_place,
    number,
    numbered,
    owner_name,
    refuse_referred,
    rows_of,
    shifted,
)
from services.part_rules import FORMULAS, check
from services.recording import record
from services.refusals import flush
from services.transaction import transaction

__all__ = ["add", "arranged", "change", "check", "copy", "move", "numbered", "remove"]

Values = dict[str, Any]
#: What actions of steps call by its code → the column in which they do.
_ACTS_ON: dict[type[Any], str] = {FeeRule: "fee", ProcedureResult: "result"}


def add(
    owner: Owner,
    model: type[Any],
    values: Values,
    *,
    actor: Actor,
    at: dt.datetime,
    row_id: str | None = None,
) -> Any:
    """Add a part at the end of its list; a field, case or fee without a name gets one from its words.

    row_id: made when the form was opened; sent twice it makes one part.
    Errors: procedure.read_only, those of `catalogue.create` and of `part_rules.check`.
    """
    with transaction():
        owner = _held(type(owner), owner.id)
        rows = rows_of(owner, model)
        values = {**with_name(model, values, rows), owner_name(model): owner}
        if numbered(model):
            values["position"] = last_place(rows) + 1
        return catalogue.create(model, values, actor=actor, at=at, row_id=row_id)


def change(
    part: Part, values: Values, *, actor: Actor, at: dt.datetime, seen: str | None = None
) -> Any:
    """Change a part. A field, column or case that gets another name keeps its place in everything that
    calls it by its name.

    seen: `catalogue.stamp()` of what was shown. Errors: as `catalogue.update` and `part_rules.check`.
    """
    with transaction():
        version, part = _gripped(part)
        others = (row for row in rows_of(version, type(part)) if row is not part)
        values = with_name(type(part), values, others)
        name = NAMES.get(type(part), "id")
        before, table = getattr(part, name), getattr(part, "group", None)
        row: Any = catalogue.update(part, values, actor=actor, at=at, seen=seen)
        if before != getattr(row, name):
            _rename(version, row, before or "", table, actor, at)
        return row


def copy(part: Part, *, actor: Actor, at: dt.datetime) -> Any:
    """Put a copy behind a part, a table with its columns; names that must differ get a number.

    Errors: procedure.read_only, row.not_found.
    """
    with transaction():
        version, part = _gripped(part)
        columns = columns_of(part, version)
        fresh = _twin(part, version, actor)
        twins = [_twin(c, version, actor, group=fresh.key) for c in columns]
        if numbered(type(part)):
            made = [fresh, *twins]
            rows = [r for r in arranged(rows_of(version, type(part))) if r not in made]
            place = rows.index(part) + len(columns) + 1
            number(version, [*rows[:place], *made, *rows[place:]])
        changes: Values = {name: [None, value] for name, value in _values(fresh).items()}
        changes["from"] = str(part)
        if twins:
            changes["columns"] = [c.key for c in twins]
        record(Tag.catalogue_create, fresh, actor=actor, at=at, changes=changes)
        return fresh


def move(part: Part, by: int, *, actor: Actor, at: dt.datetime) -> Any:
    """Move a part `by` places among its like; beyond the end it stays at the end. A table takes its
    columns along; what refers to steps by number follows. One event, none where nothing moves.

    Errors: procedure.read_only, row.not_found, step.order.
    """
    with transaction():
        version, part = _gripped(part)
        moved: Any = part
        rows = arranged(rows_of(version, type(part)))
        order = shifted(rows, part, by)
        before = moved.position
        if order != rows:
            number(version, order)
            changes = {"position": [before, moved.position]}
            record(Tag.catalogue_update, moved, actor=actor, at=at, changes=changes)
        return moved


def remove(part: Part, *, actor: Actor, at: dt.datetime) -> None:
    """Take a part out, a table with its columns; those behind it move up.

    Errors: procedure.read_only, row.not_found, step.referred.
    """
    with transaction():
        version, part = _gripped(part)
        if isinstance(part, ProcedureStep):
            refuse_referred(version, part)
        if isinstance(part, RegisterField):
            register_rules.refuse_used(part)
        catalogue.delete([part, *columns_of(part, version)], actor=actor, at=at)
        if numbered(type(part)):
            number(version, arranged(rows_of(version, type(part))))


# ---- helpers -------------------------------------------------------------------------------------
def _held(model: type[Any], owner_id: str) -> Any:
    """The draft or the register as it stands now, kept from others until the act is done."""
    query = sa.select(model).where(model.id == owner_id)
    owner = db.session.scalars(
        query.with_for_update(of=model).execution_options(populate_existing=True)
    ).one_or_none()
    if owner is None:
        raise DomainError("row.not_found")
    if isinstance(owner, ProcedureVersion) and owner.state is not VersionState.draft:
        raise DomainError("procedure.read_only")
    if isinstance(owner, Register) and owner.use is RegisterUse.closed:
        raise DomainError("register.not_open")
    return owner


def _gripped(part: Part) -> tuple[Any, Any]:
    """The draft and a part of it as they stand now; the part may have gone meanwhile."""
    state: Any = sa.inspect(part)
    model: type[Any] = type(part)
    query = sa.select(model).where(model.id == state.identity[0])
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise DomainError("row.not_found")
    owner = owner_name(model)
    kind = Register if owner == "register" else ProcedureVersion
    return _held(kind, getattr(found, f"{owner}_id")), found


def _values(part: Part) -> Values:
    mapper: Any = sa.inspect(part).mapper
    return {c.key: getattr(part, c.key) for c in mapper.column_attrs}


def _twin(part: Part, version: ProcedureVersion, actor: Actor, **changes: Any) -> Any:
    """A copy at the end of the list, written but not recorded."""
    rows = rows_of(version, type(part))
    changes |= {"id": uuid7(), "agency_id": actor.home.agency_id}
    if name := NAMES.get(type(part)):
        changes[name] = next_key(getattr(part, name), names_of(rows))
    if numbered(type(part)):
        changes["position"] = last_place(rows) + 1
    fresh = type(part)(**{**_values(part), **changes})
    db.session.add(fresh)
    flush(type(part))
    return fresh


def _rename(
    version: ProcedureVersion, row: Any, old: str, table: str | None, actor: Actor, at: dt.datetime
) -> None:
    """What calls a field, a column of `table` or a case by its old name calls it by its new one."""
    if isinstance(row, CaseTerm) and not _only_case(version, old):
        return
    new = getattr(row, NAMES[type(row)])
    lists = ("data_fields",) if isinstance(row, RegisterField) else LISTS.values()
    for part in (one for name in lists for one in getattr(version, name)):
        values = _named_anew(part, row, old, new, table)
        if values:
            catalogue.update(part, values, actor=actor, at=at)


def _named_anew(part: Any, row: Any, old: str, new: str, table: str | None) -> Values:
    """Column → value of what a part says of a name that has changed."""
    values: Values = {}
    if type(row) in _ACTS_ON:
        column = _ACTS_ON[type(row)]
        return {column: new} if getattr(part, column, None) == old else {}
    if isinstance(row, DataField | RegisterField) and getattr(part, "group", None) == old:
        values["group"] = new
    if isinstance(part, ProcedureResult) and part.found_by == old:
        values["found_by"] = new
    if isinstance(part, ProcedureResult) and not table:
        fresh = _filled_anew(part.fills or "", old, new)
        if fresh != (part.fills or ""):
            values["fills"] = fresh
    if isinstance(row, CaseTerm) and getattr(part, "condition", None) == old:
        values["condition"] = new
    for name in FORMULAS.get(type(part), ()):
        text = getattr(part, name) or ""
        fresh = column_renamed(text, table, old, new) if table else renamed(text, old, new)
        if fresh != text:
            values[name] = fresh
    return values


def _filled_anew(fills: str, old: str, new: str) -> str:
    """The lines “field = formula” with the name changed in the formulas alone."""
    lines = []
    for line in fills.splitlines():
        key, sign, text = line.partition("=")
        lines.append(f"{key}={renamed(text, old, new)}" if sign else line)
    return "\n".join(lines)


def _only_case(version: ProcedureVersion, name: str) -> bool:
    """Whether a name can mean nothing but this case: no field, no case that the counter knows itself."""
    return name not in BUILT_IN and all(row.key != name for row in version.data_fields)
