"""Tables and their columns: what a row of a table can hold and reckon."""

from collections.abc import Iterator
from typing import Any

from domain import formula
from domain.data_fields import IN_ROWS
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.procedure import DataField
from services.draft_checks import conditions
from services.draft_checks.conditions import Place
from services.draft_checks.finding import Finding, found
from services.draft_checks.naming import Names


def check(row: DataField, names: Names) -> Iterator[Finding]:
    """What is wrong with a column."""
    table = names.fields.get(row.group or "")
    if table is None or table.kind is not FieldKind.group:
        yield found("data.no_table", "data", row, "group", name=row.group)
    if row.kind not in IN_ROWS:
        yield found("data.column_kind", "data", row, "kind", kind=row.kind)
    if row.listed:
        yield found("data.column_listed", "data", row, "listed")
    for name in ("show_if", "required_if", "check"):
        if getattr(row, name):
            yield found("data.column_condition", "data", row, name)
    if row.calculated:
        yield from _reckoned(row, names)


def check_table(row: DataField, names: Names) -> Iterator[Finding]:
    """What is wrong with a field as a table."""
    if row.kind is FieldKind.group and not names.columns.get(row.key):
        yield found("data.no_columns", "data", row, "kind")


def tries_of(row: DataField, names: Names) -> dict[str, Any]:
    """Values to try for what a column is reckoned from: those of its row."""
    return names.row_tries(names.columns.get(row.group or "", {}).values())


def _reckoned(row: DataField, names: Names) -> Iterator[Finding]:
    """A column is reckoned from those of its row that have a value by then."""
    place = Place("data", row, "calculated")
    try:
        condition = formula.parse(row.calculated or "")
    except DomainError as error:
        yield place.found(error.code, **error.facts)
        return
    own = names.columns.get(row.group or "", {})
    later = _later(row, own)
    known = True
    for name in sorted(condition.names):
        if name not in own:
            yield place.found("formula.outside_row", name=name)
            known = False
        elif name in later:
            yield place.found("formula.row_order", name=own[name].label)
    if known:
        yield from conditions.fitting(condition, place, tries_of(row, names))


def _later(row: DataField, own: dict[str, DataField]) -> set[str]:
    """The column itself and the calculated ones behind it."""
    order = list(own)
    behind = order[order.index(row.key) :] if row.key in own else []
    return {key for key in behind if own[key].calculated}
