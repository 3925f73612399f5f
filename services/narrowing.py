"""Lists narrowed by the data of one procedure: which fields it may be, what was asked, as conditions."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain import days, names
from domain.data_fields import LISTS, FieldSpec, read_number, thaw, words
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from domain.money import parse_vnd
from models.base import db
from models.dossier import DataValue, Dossier
from models.procedure import ProcedureVersion, VersionState
from services import reference
from services.dossier import data
from services.turns import Condition, plain

#: Ends of an interval, as they stand behind the name of a field in an address.
FROM, TO = "tu", "den"
#: Kinds that are narrowed by an interval.
SPANS = frozenset({FieldKind.number, FieldKind.money, FieldKind.date})
Pairs = Sequence[tuple[str, str]]


class Asked(NamedTuple):
    """One field a list may be narrowed by: `given` is what was typed, by "" or FROM and TO.

    problem: what is wrong with it; it then narrows nothing.
    """

    spec: FieldSpec
    given: dict[str, str]
    problem: DomainError | None = None

    @property
    def spans(self) -> bool:
        """Whether it is asked for from one value to another."""
        return self.spec.kind in SPANS


def fields_of(procedure_id: str | None, on: dt.date) -> tuple[FieldSpec, ...]:
    """The listed fields of a procedure, those of its newest version in force first; each name once."""
    if procedure_id is None:
        return ()
    query = sa.select(ProcedureVersion.id).where(
        ProcedureVersion.procedure_id == procedure_id,
        ProcedureVersion.state != VersionState.draft,
        ProcedureVersion.valid_from <= on,
    )
    ids = db.session.scalars(query.order_by(ProcedureVersion.valid_from.desc())).all()
    found: dict[str, FieldSpec] = {}
    for version in (reference.version(one) for one in ids):
        for spec in data.specs(version) if version is not None else ():
            if spec.listed:
                found.setdefault(spec.key, spec)
    return tuple(found.values())


def asked(procedure_id: str | None, pairs: Pairs, on: dt.date) -> list[Asked]:
    """Every field a list of this procedure may be narrowed by, with what was typed for it."""
    return asked_of(fields_of(procedure_id, on), pairs)


def asked_of(fields: Iterable[FieldSpec], pairs: Pairs) -> list[Asked]:
    """Each of these fields with what was typed for it."""
    typed = dict(pairs)
    found = []
    for spec in fields:
        ends = (FROM, TO) if spec.kind in SPANS else ("",)
        given = {
            end: typed.get(f"{spec.key}-{end}" if end else spec.key, "").strip() for end in ends
        }
        problem = None
        try:
            _conditions(spec, given)
        except DomainError as error:
            problem = error
        found.append(Asked(spec, given, problem))
    return found


def conditions(procedure_id: str | None, pairs: Pairs, on: dt.date) -> list[Condition]:
    """What was asked, as conditions over `Dossier`; what cannot be read narrows nothing."""
    found: list[Condition] = []
    for one in asked(procedure_id, pairs, on) if pairs else ():
        if one.problem is None:
            found += _conditions(one.spec, one.given)
    return found


def _conditions(spec: FieldSpec, given: Mapping[str, str]) -> list[Condition]:
    value = plain(DataValue).c
    tests = tests_of(spec, given, value)
    if not tests:
        return []
    mine = sa.and_(value.dossier_id == Dossier.id, value.key == spec.key)
    return [sa.select(value.id).where(mine, *tests).correlate(Dossier).exists()]


def tests_of(spec: FieldSpec, given: Mapping[str, str], value: Any) -> list[Condition]:
    """What was typed for a field, as conditions over the columns text, number and day of `value`.

    Errors: number.invalid, money.invalid, date.invalid for what cannot be read.
    """
    tests: list[Condition] = []
    if spec.kind in SPANS:
        column, read = _span(spec, value)
        if given.get(FROM):
            tests.append(column >= read(given[FROM]))
        if given.get(TO):
            tests.append(column <= read(given[TO]))
    elif text := given.get("", ""):
        tests += _matches(spec, value.text, text)
    return tests


def _matches(spec: FieldSpec, column: Any, text: str) -> list[Condition]:
    if spec.kind in LISTS:
        return [column.like(f"%|{text}|%") if text in dict(spec.choices) else sa.false()]
    if spec.kind is FieldKind.yes_no:
        return [column == text]
    return [column.like(f"%{word}%") for word in names.fold(text).split()]


def _span(spec: FieldSpec, value: Any) -> tuple[Any, Any]:
    if spec.kind is FieldKind.date:
        return value.day, days.read
    if spec.kind is FieldKind.money:
        return value.number, lambda text: Decimal(parse_vnd(text))
    return value.number, read_number


def shown(dossier_ids: Iterable[str], procedure_id: str | None, on: dt.date) -> dict[str, str]:
    """Dossier → its listed values in words, “Tuyến đường: Hùng Vương · Diện tích: 40”."""
    fields = fields_of(procedure_id, on)
    ids = list(dossier_ids)
    if not fields or not ids:
        return {}
    rows = db.session.execute(sa.select(Dossier.id, Dossier.details).where(Dossier.id.in_(ids)))
    return {row.id: _said(fields, row.details or {}) for row in rows}


def _said(fields: Sequence[FieldSpec], details: Mapping[str, Any]) -> str:
    values = thaw(fields, details.get(data.KEY) or {})
    said = ((f, words(f, values[f.key])) for f in fields if f.key in values)
    return " · ".join(f"{spec.label}: {text}" for spec, text in said if text)


def values_of(dossier_ids: Iterable[str], fields: Sequence[FieldSpec]) -> dict[str, dict[str, str]]:
    """Dossier → key of a field → its value in words, for fields that stand in columns of their own."""
    ids = list(dossier_ids)
    if not fields or not ids:
        return {}
    rows = db.session.execute(sa.select(Dossier.id, Dossier.details).where(Dossier.id.in_(ids)))
    found = {}
    for row in rows:
        values = thaw(fields, (row.details or {}).get(data.KEY) or {})
        found[row.id] = {f.key: words(f, values[f.key]) for f in fields if f.key in values}
    return found
