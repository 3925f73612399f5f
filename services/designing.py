"""Shaping a draft version: its parts are added, changed, copied, moved and taken out; their numbers and
the names by which they refer to one another follow. Each act is one transaction."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.ids import uuid7
from models.procedure import DataField, ProcedureStep, ProcedureVersion, VersionState
from services import catalogue
from services.acting import Actor
from services.part_names import NAMES, names_of, next_key, renamed, with_name
from services.part_order import (
    LISTS,
    Part,
    arranged,
    columns_of,
    last_place,
    number,
    numbered,
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


def add(
    version: ProcedureVersion,
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
        version = _held(version.id)
        rows = rows_of(version, model)
        values = {**with_name(model, values, rows), "version": version}
        if numbered(model):
            values["position"] = last_place(rows) + 1
        return catalogue.create(model, values, actor=actor, at=at, row_id=row_id)


def change(
    part: Part, values: Values, *, actor: Actor, at: dt.datetime, seen: str | None = None
) -> Any:
    """Change a part. A field that gets another name keeps its columns and its place in conditions.

    seen: `catalogue.stamp()` of what was shown. Errors: as `catalogue.update` and `part_rules.check`.
    """
    with transaction():
        version, part = _gripped(part)
        others = (row for row in rows_of(version, type(part)) if row is not part)
        values = with_name(type(part), values, others)
        before = getattr(part, "key", None)
        row: Any = catalogue.update(part, values, actor=actor, at=at, seen=seen)
        if isinstance(row, DataField) and before != row.key:
            _rename(version, before or "", row.key, actor, at)
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
        catalogue.delete([part, *columns_of(part, version)], actor=actor, at=at)
        if numbered(type(part)):
            number(version, arranged(rows_of(version, type(part))))


# ---- helpers -------------------------------------------------------------------------------------
def _held(version_id: str) -> ProcedureVersion:
    """The draft as it stands now, kept from others until the act is done."""
    query = sa.select(ProcedureVersion).where(ProcedureVersion.id == version_id)
    version = db.session.scalars(
        query.with_for_update(of=ProcedureVersion).execution_options(populate_existing=True)
    ).one_or_none()
    if version is None:
        raise DomainError("row.not_found")
    if version.state is not VersionState.draft:
        raise DomainError("procedure.read_only")
    return version


def _gripped(part: Part) -> tuple[ProcedureVersion, Any]:
    """The draft and a part of it as they stand now; the part may have gone meanwhile."""
    state: Any = sa.inspect(part)
    model: type[Any] = type(part)
    query = sa.select(model).where(model.id == state.identity[0])
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise DomainError("row.not_found")
    return _held(found.version_id), found


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


def _rename(version: ProcedureVersion, old: str, new: str, actor: Actor, at: dt.datetime) -> None:
    """Columns and conditions that call a field by its old name call it by its new one."""
    for part in (one for name in LISTS.values() for one in getattr(version, name)):
        values: Values = {}
        if isinstance(part, DataField) and part.group == old:
            values["group"] = new
        for name in FORMULAS.get(type(part), ()):
            text = getattr(part, name) or ""
            if (fresh := renamed(text, old, new)) != text:
                values[name] = fresh
        if values:
            catalogue.update(part, values, actor=actor, at=at)
