"""A piece of a file becomes rows: some hundred lines asked and written at once, one event a row.

Where the lines of a piece stand in each other's way, they are taken one after the other instead, so
that each mistake is found at its own line.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from models.base import Row, db
from models.calendar import CalendarDay, WorkingHours
from models.event import Event
from models.ids import uuid7
from models.officer import StandIn
from models.organisation import Unit
from services import part_rules
from services.acting import Actor
from services.catalogue import Line, altered, prepared, unchanged
from services.importing.bulk import Values, insert
from services.recording import event_values
from services.refusals import flush

#: Rows of these are checked against those that are there already.
_ONE_BY_ONE: tuple[type[Row], ...] = (Unit, StandIn, WorkingHours, CalendarDay)
#: How many lines are written together: first all, then fewer, at last each by itself.
SIZES = (1_000, 25, 1)
#: What became of a line: "new", "changed", "same", or what is wrong with it.
Result = str | DomainError


def take(
    model: type[Row], lines: Sequence[Line], *, actor: Actor, at: dt.datetime, since: str
) -> list[Result]:
    """Inside a transaction: take in lines; what became of each.

    since: rows with an event of a later id than this are left alone: somebody else changed them.
    Errors of a line: value.*, row.duplicate, row.not_found, import.row_changed, scope.outside.
    """
    rows = _held(model, [line.row_id for line in lines if line.row_id is not None])
    strange = _changed_since(model, list(rows), since)
    found: list[Result | None] = [_settled(line, rows, strange) for line in lines]
    open_ = [n for n, result in enumerate(found) if result is None]
    results = _many(model, [lines[n] for n in open_], rows, actor, at)
    for n, result in zip(open_, results, strict=True):
        found[n] = result
    return [result for result in found if result is not None]


def ids_by(model: type[Row], name: str, values: Sequence[Any]) -> dict[Any, str]:
    """Value of a unique column → id of the row that has it, of those that are seen here."""
    if not values:
        return {}
    column = getattr(model, name)
    query = sa.select(column, model.id).where(column.in_(values))
    return {value: str(row_id) for value, row_id in db.session.execute(query)}


# ---- what is there -------------------------------------------------------------------------------
def _held(model: type[Row], ids: Sequence[str]) -> dict[str, Row]:
    """Rows as they stand now, kept from others, always in the same order; nobody waits in a circle."""
    if not ids:
        return {}
    query = (
        sa.select(model)
        .where(model.id.in_(ids))
        .order_by(model.id)
        .with_for_update(of=model)
        .execution_options(populate_existing=True)
    )
    return {str(row.id): row for row in db.session.scalars(query)}


def _changed_since(
    model: type[Row], ids: Sequence[str], since: str
) -> dict[str, tuple[str, dt.datetime]]:
    """Id → (who, when) of the rows that were changed since."""
    if not ids:
        return {}
    query = (
        sa.select(Event.subject_id, Event.actor_name, Event.at)
        .where(Event.subject_kind == model.__name__, Event.subject_id.in_(ids), Event.id > since)
        .order_by(Event.id)
    )
    return {row_id: (name, at) for row_id, name, at in db.session.execute(query)}


def _settled(
    line: Line, rows: dict[str, Row], strange: dict[str, tuple[str, dt.datetime]]
) -> Result | None:
    """What is known of a line before anything is written."""
    if line.row_id is None:
        return None
    row = rows.get(line.row_id)
    if row is None:
        return DomainError("row.not_found")
    if unchanged(row, line.values):
        return "same"
    if line.row_id in strange:
        name, at = strange[line.row_id]
        return DomainError("import.row_changed", name=name, at=f"{at:%H:%M %d/%m/%Y}")
    return None


# ---- all at once ---------------------------------------------------------------------------------
def _many(
    model: type[Row],
    lines: Sequence[Line],
    rows: dict[str, Row],
    actor: Actor,
    at: dt.datetime,
    sizes: tuple[int, ...] = SIZES,
) -> list[Result]:
    """Lines together as far as they can be written together, else in ever smaller parts."""
    if issubclass(model, _ONE_BY_ONE) or part_rules.ruled(model):
        sizes = sizes[-1:]
    results: list[Result] = []
    for begin in range(0, len(lines), sizes[0]):
        part = lines[begin : begin + sizes[0]]
        try:
            with db.session.begin_nested():
                results += _at_once(model, part, rows, actor, at)
        except DomainError as error:
            if len(part) == 1:
                results.append(error)
            else:
                results += _many(model, part, rows, actor, at, sizes[1:] or (1,))
    return results


def _at_once(
    model: type[Row], lines: Sequence[Line], rows: dict[str, Row], actor: Actor, at: dt.datetime
) -> list[Result]:
    """All lines with one writing of rows and one of events. Errors: those of any of them."""
    results: list[Result] = []
    events: list[Values] = []
    with db.session.no_autoflush:
        for line in lines:
            if line.row_id is None:
                tag, result = Tag.catalogue_create, "new"
                row, changes = prepared(model, line.values, actor)
            else:
                tag, result, row = Tag.catalogue_update, "changed", rows[line.row_id]
                changes = altered(row, line.values, actor)
            if changes:
                events.append(event_values(tag, row, actor=actor, at=at, changes=changes))
            results.append(result if changes else "same")
    flush(model)
    _write(events)
    return results


def _write(events: Sequence[Values]) -> None:
    """Below the unit of work, because row-level security is asked once a statement."""
    insert(db.session, Event.__table__, [{"id": uuid7(), **values} for values in events])
