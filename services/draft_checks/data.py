"""The data fields of a version: names, kinds, lists, bounds, tables, places, conditions."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from domain import data_fields, formula
from domain.data_fields import IN_ROWS, INTAKE, LISTS, FieldSpec
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.procedure import DataField, ProcedureVersion
from services.dossier.data import choices_of, specs, stages_of
from services.draft_checks import columns, conditions
from services.draft_checks.conditions import Place
from services.draft_checks.finding import Finding, found
from services.draft_checks.naming import Names, first_stage
from services.draft_checks.rows import ENDS, KEY

_DAY = dt.date(2026, 1, 2)
#: Kinds that have bounds.
BOUNDED = frozenset({FieldKind.number, FieldKind.money, FieldKind.date, FieldKind.file})
#: Kinds that lists cannot be narrowed by.
_WIDE = frozenset({FieldKind.group, FieldKind.long_text, FieldKind.heading, FieldKind.file})
#: Kinds that a calculation can give, with the type it must have; the others take any value as text.
_CALCULATED: dict[FieldKind, type[Any] | None] = {
    FieldKind.number: Decimal,
    FieldKind.money: Decimal,
    FieldKind.date: dt.date,
    FieldKind.yes_no: bool,
    FieldKind.text: None,
    FieldKind.long_text: None,
}


def check(version: ProcedureVersion, names: Names) -> Iterator[Finding]:
    """What is wrong with the fields, one after the other, then what ties them together."""
    times = Counter(row.key for row in version.data_fields)
    for row in version.data_fields:
        yield from _name(row, times[row.key], names)
        yield from _list(row)
        yield from _bounds(row)
        yield from _default(row)
        if row.group:
            yield from columns.check(row, names)
        else:
            yield from columns.check_table(row, names)
            yield from _placed(row, version)
            yield from _conditions(row, names)
        if row.calculated:
            yield from _calculated(row, names)
    yield from _circle(version)


# ---- one field -----------------------------------------------------------------------------------
def _name(row: DataField, times: int, names: Names) -> Iterator[Finding]:
    at = ("data", row, "key")
    if not KEY.fullmatch(row.key or ""):
        yield found("data.key", *at)
    if times > 1:
        yield found("data.key_taken", *at)
    if row.key in formula.RESERVED:
        yield found("data.key_word", *at, word=row.key)
    if row.key in formula.FUNCTIONS:
        yield found("data.key_function", *at, key=row.key)
    if row.key in names.cases:
        yield found("data.key_case", *at, key=row.key)
    if not (row.label_en or "").strip():
        yield found("data.no_english", "data", row, "label_en")


def _list(row: DataField) -> Iterator[Finding]:
    if row.kind not in LISTS:
        return
    codes = Counter(code for code, _ in choices_of(row.choices))
    if not codes:
        yield found("data.choices", "data", row, "choices")
    for code, times in codes.items():
        if times > 1:
            yield found("data.choice_twice", "data", row, "choices", choice=code)


def _bounds(row: DataField) -> Iterator[Finding]:
    read = {}
    for name in ("least", "most"):
        text = (getattr(row, name) or "").strip()
        if not text:
            continue
        if row.kind not in BOUNDED:
            yield found("data.bound_unused", "data", row, name)
        elif (number := _number(text)) is None:
            yield found("data.bound", "data", row, name, bound=text)
        else:
            read[name] = number
    if len(read) == 2 and read["least"] > read["most"]:
        yield found("data.bounds", "data", row, "most")


def _number(text: str) -> Decimal | None:
    """A bound as the form and the engine both read it."""
    try:
        number = data_fields.read_number(text)
        plain = Decimal(text.replace(",", "."))
    except (DomainError, InvalidOperation):
        return None
    return number if number == plain else None


def _default(row: DataField) -> Iterator[Finding]:
    if not row.default or row.kind not in IN_ROWS | {FieldKind.choices}:
        return
    fits = row.default in dict(choices_of(row.choices))
    if row.kind is not FieldKind.choices:
        spec = FieldSpec(row.key, row.label, row.kind, choices=choices_of(row.choices))
        try:
            data_fields.parse(spec, row.default, row.key, _DAY)
            fits = True
        except DomainError:
            fits = False
    if not fits:
        yield found("data.default", "data", row, "default", default=row.default)


def _placed(row: DataField, version: ProcedureVersion) -> Iterator[Finding]:
    """Where a field is filled in, by whom, and whether lists may be narrowed by it."""
    if row.listed and row.kind in _WIDE:
        yield found("data.not_filterable", "data", row, "listed", kind=row.kind)
    if row.check and not row.check_message:
        yield found("data.no_check_message", "data", row, "check_message")
    filled = {INTAKE: Role.clerk}
    filled |= {str(s.position): s.role for s in version.steps if s.kind not in ENDS}
    readers = (row.readers or "").split()
    for stage in sorted(stages_of(row.stages) or {INTAKE}):
        if stage not in filled:
            yield found("data.stage", "data", row, "stages", stage=stage)
        elif readers and filled[stage].value not in readers and _asks(row):
            step = 1 if stage == INTAKE else int(stage)
            yield found("data.not_reader", "data", row, "readers", step=step, role=filled[stage])


def _asks(row: DataField) -> bool:
    return row.kind is not FieldKind.heading and not row.calculated


def _conditions(row: DataField, names: Names) -> Iterator[Finding]:
    stage = first_stage(row)
    for name in ("show_if", "required_if", "check"):
        place = Place("data", row, name, stage)
        yield from conditions.check(getattr(row, name), place, names)
    yield from conditions.check(row.calculated, Place("data", row, "calculated"), names)


def _calculated(row: DataField, names: Names) -> Iterator[Finding]:
    """Whether a calculation gives what the field takes."""
    if row.kind not in _CALCULATED:
        yield found("data.calculated_kind", "data", row, "calculated", kind=row.kind)
        return
    wanted, condition = _CALCULATED[row.kind], conditions.read(row.calculated)
    tries = columns.tries_of(row, names) if row.group else names.tries
    if condition is None or wanted is None:
        return
    try:
        value = formula.evaluate(condition, tries, _DAY)
    except DomainError:
        return
    if value is not None and not isinstance(value, wanted):
        yield found("data.calculated_type", "data", row, "calculated", kind=row.kind)


# ---- all fields ----------------------------------------------------------------------------------
def _circle(version: ProcedureVersion) -> Iterator[Finding]:
    """Fields whose visibility or value depends on itself; the finding stands at the first of them."""
    try:
        data_fields.ordered([_readable(spec) for spec in specs(version)])
    except DomainError as error:
        labels = error.facts["fields"]
        row = next(r for r in version.data_fields if r.label in labels)
        field = "calculated" if row.calculated else "show_if"
        yield found(error.code, "data", row, field, **error.facts)


def _readable(spec: FieldSpec) -> FieldSpec:
    """A field without what cannot be read, which is found elsewhere."""
    return replace(
        spec,
        show_if=spec.show_if if conditions.read(spec.show_if) else "",
        calculated=spec.calculated if conditions.read(spec.calculated) else "",
    )
