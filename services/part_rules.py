"""What administrators write into the parts of a procedure version, checked before it is kept.

One door for the designer, the generated screens, imports and the API: `services.catalogue` asks `check`.
What can only be said of a whole draft is said by its checks, not here.
"""

import datetime as dt
import keyword
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain import data_fields, formula
from domain.data_fields import IN_ROWS, INTAKE, LISTS, FieldSpec
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.base import Row, db
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
)
from services.dossier.data import choices_of, stages_of

#: Columns that hold a condition or a calculation.
FORMULAS: dict[type[Row], tuple[str, ...]] = {
    DataField: ("required_if", "show_if", "calculated", "check"),
    RequiredDocument: ("only_if",),
    ProcedureStep: ("only_if",),
    FeeRule: ("only_if", "quantity", "free_if"),
}
#: Kinds whose value lies between two bounds; those of a date are days from today.
BOUNDED = frozenset({FieldKind.number, FieldKind.money, FieldKind.date})
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[a-z0-9_]+")
#: A default is read without the day: bounds are asked when a form is filled in.
_ANY_DAY = dt.date(2000, 1, 1)


def check(row: Row) -> None:
    """Refuse what cannot work in a part of a version, at its field.

    Errors: formula.*, data.*, case.key, step.same_as, period.backwards, number.invalid, value.*.
    """
    for name in FORMULAS.get(type(row), ()):
        if text := getattr(row, name):
            formula.parse(text, field=name)
    rule = _RULES.get(type(row))
    if rule is not None:
        rule(row)


# ---- fields of data ------------------------------------------------------------------------------
def _field(row: DataField) -> None:
    _key(row)
    if row.group:
        _column(row)
    elif row.kind is not FieldKind.group and _others(row, DataField.group == row.key):
        raise DomainError("data.has_columns", field="kind")
    if row.kind in LISTS:
        _choices(row)
    if row.kind in BOUNDED:
        _bounds(row)
    _stages(row)
    _default(row)


def _key(row: DataField) -> None:
    if not _KEY.fullmatch(row.key or ""):
        raise DomainError("data.key", field="key")
    if keyword.iskeyword(row.key):
        raise DomainError("data.key_word", field="key", word=row.key)
    if _others(row, DataField.key == row.key):
        raise DomainError("data.key_taken", field="key")


def _column(row: DataField) -> None:
    """A column belongs to a table of the same version and holds one plain value."""
    if row.kind not in IN_ROWS:
        raise DomainError("data.column_kind", field="kind")
    if not _others(row, DataField.key == row.group, DataField.kind == FieldKind.group):
        raise DomainError("data.no_table", field="group", name=row.group)


def _others(row: DataField, *where: sa.ColumnElement[bool]) -> bool:
    query = sa.select(DataField.id).where(
        DataField.version_id == row.version_id, DataField.id != row.id, *where
    )
    return db.session.scalar(query.limit(1)) is not None


def _choices(row: DataField) -> None:
    found = choices_of(row.choices)
    if not found:
        raise DomainError("data.choices", field="choices")
    for code, _ in found:
        if not _CODE.fullmatch(code):
            raise DomainError("data.choice_code", field="choices", choice=code)
    code, times = Counter(code for code, _ in found).most_common(1)[0]
    if times > 1:
        raise DomainError("data.choice_twice", field="choices", choice=code)


def _bounds(row: DataField) -> None:
    least, most = _bound(row, "least"), _bound(row, "most")
    if least is not None and most is not None and most < least:
        raise DomainError("data.bounds", field="most")


def _bound(row: DataField, name: str) -> Decimal | None:
    text = getattr(row, name)
    if not text:
        return None
    number = data_fields.read_number(text, field=name)
    if row.kind is not FieldKind.number and number != number.to_integral_value():
        raise DomainError("number.invalid", field=name)
    return number


def _stages(row: DataField) -> None:
    for stage in sorted(stages_of(row.stages)):
        if stage != INTAKE and not (stage.isdecimal() and int(stage) > 0):
            raise DomainError("data.stage", field="stages", stage=stage)


def _default(row: DataField) -> None:
    """What stands in the empty form can be read as an answer."""
    if not row.default or row.kind not in IN_ROWS:
        return
    if row.kind is FieldKind.choices:
        if row.default not in dict(choices_of(row.choices)):
            raise DomainError("value.choice", field="default")
        return
    spec = FieldSpec("default", row.label, row.kind, choices=choices_of(row.choices))
    data_fields.parse(spec, row.default, "default", _ANY_DAY)


# ---- papers, steps, fees, cases ------------------------------------------------------------------
def _case(name: str) -> Callable[[Any], None]:
    def checked(row: Any) -> None:
        code = getattr(row, name)
        if code and not (_KEY.fullmatch(code) and not keyword.iskeyword(code)):
            raise DomainError("case.key", field=name)

    return checked


def _paper(row: RequiredDocument) -> None:
    _case("condition")(row)
    for name in ("originals", "copies"):
        if (getattr(row, name) or 0) < 0:
            raise DomainError("number.invalid", field=name)


def _step(row: ProcedureStep) -> None:
    if row.same_as is not None and not 0 < row.same_as < (row.position or 0):
        raise DomainError("step.same_as", field="same_as")


def _fee(row: FeeRule) -> None:
    _case("condition")(row)
    _period(row)


def _period(row: Any) -> None:
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        raise DomainError("period.backwards", field="valid_to")


def _case_term(row: CaseTerm) -> None:
    _case("case")(row)
    query = sa.select(CaseTerm.id).where(
        CaseTerm.version_id == row.version_id, CaseTerm.id != row.id, CaseTerm.case == row.case
    )
    if db.session.scalar(query.limit(1)) is not None:
        raise DomainError("row.duplicate", field="case")


_RULES: dict[type[Row], Callable[[Any], None]] = {
    DataField: _field,
    RequiredDocument: _paper,
    ProcedureStep: _step,
    FeeRule: _fee,
    CaseTerm: _case_term,
    ProcedureVersion: _period,
}
