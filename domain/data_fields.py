"""The data that a procedure asks for, as an administrator has defined it: kinds of fields, reading what
was typed, conditions, calculated values.

A value has the shape of its kind: text kinds a text, `number` a Decimal, `money` whole đồng (int), `date` a
day, `yes_no` a bool, `choices` a list of codes, `person`, `organisation`, `address` and `land_parcel` texts
by part, `file` a list of references (`domain.data_files`), `group` a list of rows (column → value). Not
filled in is None everywhere. `freeze` gives JSON, `thaw` takes it back. No article of law says what is
asked: the decree that the procedure names does.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from domain import formula
from domain.data_reading import parse, read, read_number, worked_out
from domain.data_words import freeze, thaw, typed_again, words, written
from domain.errors import DomainError
from domain.field_kinds import (
    IN_ROWS,
    INTAKE,
    LISTS,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_ROWS,
    PARTS,
    FieldKind,
    FieldSpec,
    Values,
)

__all__ = [
    "INTAKE",
    "IN_ROWS",
    "LISTS",
    "LONGEST_LINE",
    "LONGEST_TEXT",
    "MOST_ROWS",
    "PARTS",
    "FieldKind",
    "FieldSpec",
    "Filled",
    "Values",
    "fill",
    "freeze",
    "initial",
    "ordered",
    "parse",
    "read_number",
    "thaw",
    "typed_again",
    "words",
    "written",
]


@dataclass(frozen=True)
class Filled:
    """What came of reading: the values, the keys that are shown, and problems by path.

    A path is the name of the input: `key`, `key-part`, `key-row-column`.
    """

    values: Values
    shown: frozenset[str]
    problems: dict[str, DomainError] = field(default_factory=dict)


def fill(
    fields: Sequence[FieldSpec],
    typed: Mapping[str, Any],
    *,
    today: dt.date,
    facts: Mapping[str, Any] | None = None,
    before: Values | None = None,
    stage: str | None = INTAKE,
) -> Filled:
    """Read what was typed into the fields of a stage; the other fields keep their value of `before`.

    typed: key → text, list of codes (choices), part → text, or rows. facts: other names that conditions
    may use, such as the cases of the visit. stage: None reads every field (an API, an import).
    Fields that are not shown have no value, calculated ones are worked out anew, and only what is shown
    is demanded. Nothing raises for what a person typed; a wrong definition does (formula.circle).
    """
    before = before or {}
    facts = facts or {}
    problems: dict[str, DomainError] = {}
    values: Values = {}
    shown: set[str] = set()
    names_now: dict[str, Any] = {**dict.fromkeys(f.key for f in fields), **facts}
    for spec in ordered(fields):
        here = stage is None or spec.filled_at(stage)
        if spec.show_if and not _holds(spec.show_if, names_now, today):
            values[spec.key] = names_now[spec.key] = None
            continue
        shown.add(spec.key)
        if spec.calculated:
            values[spec.key] = worked_out(spec, names_now, today)
        elif not here:
            values[spec.key] = before.get(spec.key)
        elif spec.asks:
            values[spec.key] = read(spec, typed.get(spec.key), spec.key, problems, today)
        names_now[spec.key] = values.get(spec.key)
    found = {**facts, **values}
    for spec in fields:
        if spec.key in shown and (stage is None or spec.filled_at(stage)):
            _demand(spec, found, problems, today)
    kept = {f.key: values[f.key] for f in fields if values.get(f.key) is not None}
    return Filled(kept, frozenset(shown), problems)


def initial(fields: Iterable[FieldSpec]) -> dict[str, Any]:
    """What stands in the inputs of an empty form: the defaults, as typed."""
    return {f.key: f.default for f in fields if f.default and f.asks}


def ordered(fields: Sequence[FieldSpec]) -> list[FieldSpec]:
    """The fields, each after those that its visibility and its value depend on.

    Errors: formula.circle; formula.* for what cannot be read.
    """
    known = {f.key: f for f in fields}
    graph = {f.key: _needs(f) & known.keys() for f in fields}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = [known[key].label for key in error.args[1]]
        raise DomainError("formula.circle", fields=circle) from None
    return [known[key] for key in order]


def _needs(spec: FieldSpec) -> frozenset[str]:
    texts = (t for t in (spec.show_if, spec.calculated) if t)
    return frozenset().union(*(formula.parse(text).names for text in texts))


def _holds(text: str, values: Mapping[str, Any], today: dt.date) -> bool:
    """A condition over a field that is not there is not met: an old definition never stops the work."""
    try:
        return formula.holds(text, values, today)
    except DomainError:
        return False


# ---- what must be there --------------------------------------------------------------------------
def _demand(
    spec: FieldSpec, values: Values, problems: dict[str, DomainError], today: dt.date
) -> None:
    """Whether a field that is shown may stay as it is. A message that stands already is enough."""
    if any(path == spec.key or path.startswith(f"{spec.key}-") for path in problems):
        return
    value = values.get(spec.key)
    needed = spec.required or (spec.required_if and _holds(spec.required_if, values, today))
    if needed and value is None:
        first = next(iter(PARTS.get(spec.kind, ())), None)
        path = f"{spec.key}-{first}" if first else spec.key
        problems[path] = DomainError("value.required", field=path)
    elif value is not None and spec.check and not _holds(spec.check, values, today):
        problems[spec.key] = (
            DomainError("data.refused", field=spec.key, sentence=spec.check_message)
            if spec.check_message
            else DomainError("value.invalid", field=spec.key)
        )
