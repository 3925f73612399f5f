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
from typing import Any, TypeAlias

import sqlalchemy as sa

from domain import data_fields, formula
from domain.data_fields import IN_ROWS, INTAKE, LISTS, FieldSpec
from domain.data_files import MOST_FILES
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.base import Row, db
from models.outcome import ProcedureResult, StepAction
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
)
from models.register import Register, RegisterField
from services import register_rules
from services.dossier.data import choices_of, stages_of

AnyField: TypeAlias = DataField | RegisterField
#: Columns that hold a condition or a calculation.
FORMULAS: dict[type[Row], tuple[str, ...]] = {
    DataField: ("required_if", "show_if", "calculated", "check"),
    RequiredDocument: ("only_if",),
    ProcedureStep: ("only_if",),
    FeeRule: ("only_if", "quantity", "free_if"),
    RegisterField: ("required_if", "show_if", "calculated", "check"),
    ProcedureResult: ("only_if",),
    StepAction: ("only_if",),
}
#: Kinds whose value lies between two bounds; those of a date are days from today, of files how many.
BOUNDED = frozenset({FieldKind.number, FieldKind.money, FieldKind.date, FieldKind.file})
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


def ruled(model: type[Row]) -> bool:
    """Whether rows of this kind are checked against each other, so that each must stand before the next."""
    return model in FORMULAS or model in _RULES


# ---- fields of data ------------------------------------------------------------------------------
def _field(row: AnyField) -> None:
    _key(row)
    if row.group:
        _column(row)
    elif row.kind is not FieldKind.group and others(row, group=row.key):
        raise DomainError("data.has_columns", field="kind")
    if row.kind in LISTS:
        _choices(row)
    if row.kind in BOUNDED:
        _bounds(row)
    if isinstance(row, DataField):
        _stages(row)
    _default(row)
    _demand(row)


def _register_field(row: RegisterField) -> None:
    register_rules.field(row)
    _field(row)


def _key(row: AnyField) -> None:
    if not _KEY.fullmatch(row.key or ""):
        raise DomainError("data.key", field="key")
    if keyword.iskeyword(row.key):
        raise DomainError("data.key_word", field="key", word=row.key)
    if others(row, key=row.key):
        raise DomainError("data.key_taken", field="key")


def _column(row: AnyField) -> None:
    """A column belongs to a table of the same version and holds one plain value."""
    if row.kind not in IN_ROWS:
        raise DomainError("data.column_kind", field="kind")
    if not others(row, key=row.group, kind=FieldKind.group):
        raise DomainError("data.no_table", field="group", name=row.group)


def others(row: AnyField, **wanted: Any) -> bool:
    """Whether another field of the same version or register has these values."""
    model: Any = type(row)
    mine = "register_id" if isinstance(row, RegisterField) else "version_id"
    same = (getattr(model, n) == v for n, v in {mine: getattr(row, mine), **wanted}.items())
    query = sa.select(model.id).where(model.id != row.id, *same)
    return db.session.scalar(query.limit(1)) is not None


def _choices(row: AnyField) -> None:
    found = choices_of(row.choices)
    if not found:
        raise DomainError("data.choices", field="choices")
    for code, _ in found:
        if not _CODE.fullmatch(code):
            raise DomainError("data.choice_code", field="choices", choice=code)
    code, times = Counter(code for code, _ in found).most_common(1)[0]
    if times > 1:
        raise DomainError("data.choice_twice", field="choices", choice=code)


def _bounds(row: AnyField) -> None:
    least, most = _bound(row, "least"), _bound(row, "most")
    if least is not None and most is not None and most < least:
        raise DomainError("data.bounds", field="most")


def _bound(row: AnyField, name: str) -> Decimal | None:
    text = getattr(row, name)
    if not text:
        return None
    number = data_fields.read_number(text, field=name)
    if row.kind is not FieldKind.number and number != number.to_integral_value():
        raise DomainError("number.invalid", field=name)
    if row.kind is FieldKind.file and not 1 <= number <= MOST_FILES:
        raise DomainError("data.most_files", field=name, limit=MOST_FILES)
    return number


def _stages(row: DataField) -> None:
    for stage in sorted(stages_of(row.stages)):
        if stage != INTAKE and not (stage.isdecimal() and int(stage) > 0):
            raise DomainError("data.stage", field="stages", stage=stage)


def _default(row: AnyField) -> None:
    """What stands in the empty form can be read as an answer."""
    if not row.default or row.kind not in IN_ROWS:
        return
    if row.kind is FieldKind.choices:
        if row.default not in dict(choices_of(row.choices)):
            raise DomainError("value.choice", field="default")
        return
    spec = FieldSpec("default", row.label, row.kind, choices=choices_of(row.choices))
    data_fields.parse(spec, row.default, "default", _ANY_DAY)


def _demand(row: AnyField) -> None:
    """Nobody can be asked for what is reckoned, for a title, or for what never stands in the form."""
    if row.calculated:
        for name in ("required", "required_if", "default"):
            if getattr(row, name):
                raise DomainError(f"data.calculated_{name}", field=name)
    asked = next((name for name in ("required", "required_if") if getattr(row, name)), None)
    if asked and row.kind is FieldKind.heading:
        raise DomainError("data.heading_required", field=asked)
    if row.show_if and _never(row.show_if):
        raise DomainError("data.never_shown", field=asked or "show_if")


def _never(condition: str) -> bool:
    """Whether a condition is not met whatever is filled in, as far as it says so itself."""
    read = formula.parse(condition)
    constant = not read.names and "today" not in read.called
    return constant and not formula.holds(read, {}, _ANY_DAY)


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
    Register: register_rules.register,
    RegisterField: _register_field,
    ProcedureResult: register_rules.result,
    StepAction: register_rules.action,
}
