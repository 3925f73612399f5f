"""The names that the conditions of a version may use, with a value of each to try them on."""

import datetime as dt
from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from domain.data_fields import INTAKE, LISTS, PARTS
from domain.field_kinds import FieldKind
from models.procedure import DataField, ProcedureVersion
from services.dossier.data import choices_of, stages_of

#: Cases that the counter knows without being told: by the channel, or by who stands there.
BUILT_IN = frozenset({"authorised", "in_person", "not_in_person"})
_DAY = dt.date(2026, 1, 2)
_TRIED: dict[FieldKind, Any] = {
    FieldKind.number: Decimal(1),
    FieldKind.money: Decimal(1),
    FieldKind.date: _DAY,
    FieldKind.yes_no: True,
}
#: A text that is read as a day, so that `day(…)` may be tried on it.
_TEXT = f"{_DAY:%d/%m/%Y}"


def known_cases(version: ProcedureVersion) -> frozenset[str]:
    """Codes of the cases that a version knows: those of its terms, papers and fees, and the built-in."""
    found = [
        *(term.case for term in version.case_terms),
        *(document.condition for document in version.documents),
        *(fee.condition for fee in version.fees),
    ]
    return BUILT_IN | {case for case in found if case}


class Names:
    """Fields by name, columns by table, cases; where a field is filled in first; values to try.

    Headings have no value, so that they are no names.
    """

    def __init__(self, version: ProcedureVersion) -> None:
        fields = [f for f in version.data_fields if f.kind is not FieldKind.heading]
        self.cases = known_cases(version)
        self.fields = {f.key: f for f in fields if not f.group}
        self.columns: dict[str, dict[str, DataField]] = {}
        for column in fields:
            if column.group:
                self.columns.setdefault(column.group, {})[column.key] = column
        self.tries = {key: self._try(f) for key, f in self.fields.items()}
        self.tries |= dict.fromkeys(self.cases - self.fields.keys(), True)

    def with_facts(self, facts: Iterable[str]) -> "Names":
        """The same names and these, which are texts or days that the dossier itself has."""
        other = copy(self)
        other.tries = {**dict.fromkeys(facts, _TEXT), **self.tries}
        return other

    def table_of(self, name: str) -> str | None:
        """The table that has a column of this name."""
        return next((table for table, found in self.columns.items() if name in found), None)

    def nearest(self, name: str) -> str | None:
        """The known name that is most like this one, if any is like it."""
        return next(iter(get_close_matches(name, sorted(self.tries), 1)), None)

    def choices(self, name: str) -> frozenset[str] | None:
        """Codes of the choices of a field; None for a field that has no list of them."""
        found = self.fields.get(name)
        if found is None or found.kind not in LISTS:
            return None
        return frozenset(code for code, _ in choices_of(found.choices))

    def row_tries(self, columns: Iterable[DataField]) -> dict[str, Any]:
        """Values to try for the columns of one row."""
        return {column.key: self._try(column) for column in columns}

    def _try(self, field: DataField) -> Any:
        if field.kind is FieldKind.group:
            return [self.row_tries(self.columns.get(field.key, {}).values())]
        if field.kind in LISTS:
            code = next((code for code, _ in choices_of(field.choices)), _TEXT)
            return [code] if field.kind is FieldKind.choices else code
        if field.kind is FieldKind.file:
            return [_TEXT]
        if field.kind in PARTS:
            return {part: _TRIED.get(kind, _TEXT) for part, kind in PARTS[field.kind].items()}
        return _TRIED.get(field.kind, _TEXT)


def first_stage(field: DataField) -> int | None:
    """The step at which a field is filled in first, 0 at the counter; None for a calculated one."""
    if field.calculated:
        return None
    stages = stages_of(field.stages) or {INTAKE}
    numbers = [0 if s == INTAKE else int(s) for s in stages if s == INTAKE or s.isdecimal()]
    return min(numbers, default=0)
