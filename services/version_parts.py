"""What a procedure version consists of: its parts, and their columns in the order of declaration.

The columns are read from the models, so that a new one is compared and packed without being named here.
"""

import enum
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from domain.unicode import nfc
from models.base import Sourced, Ui
from models.outcome import ProcedureResult
from models.procedure import ProcedureVersion, RequiredDocument
from models.types import Members, TermText, Text
from services.part_order import LISTS

#: Part of a version → its model, in the order in which a procedure is read.
PARTS: dict[str, type[Any]] = {name: model for model, name in LISTS.items()}
#: Order in a list is where a part stands; the key of a version and its state are not its content.
_APART = {"position"}
#: The relations that are content, each known by its code: the kind of a paper, the register of a result.
_RELATIONS = {
    RequiredDocument: {"type": "document_type"},
    ProcedureResult: {"register": "register"},
}
#: Columns that no form asks for, and that are content all the same: the blank form of a paper, known by
#: its fingerprint. Its kind and size follow from what it is.
_FILED = {RequiredDocument: frozenset({"blank_name", "blank_sha256"})}


@dataclass(frozen=True, eq=False)
class Column:
    """One column of content. kind: text, term, members, choice, yes_no, integer, date, document_type,
    register.

    limit: largest integer. members: of a choice. default: what a row has that says nothing.
    """

    name: str
    ui: Ui
    kind: str
    required: bool = False
    length: int | None = None
    limit: int = 0
    members: type[enum.Enum] | None = None
    default: Any = None


def columns_of(model: Any) -> tuple[Column, ...]:
    """The content columns of a procedure, a version or a part; the source of a row stands last."""
    return _columns(model)


@cache
def _columns(model: Any) -> tuple[Column, ...]:
    mapper: Any = sa.inspect(model)
    filed = _FILED.get(model, frozenset())
    found = [
        _column(name, column)
        for name, column in mapper.columns.items()
        if (_is_content(column) or name in filed) and name not in _APART
    ]
    for name, kind in _RELATIONS.get(model, {}).items():
        ui: Ui = mapper.relationships[name].info["ui"]
        found.append(Column(name, ui, kind))
    found.sort(key=lambda c: (c.name in Sourced.__annotations__, c.ui.order))
    return tuple(found)


def _is_content(column: sa.Column[Any]) -> bool:
    ui = column.info.get("ui")
    return isinstance(ui, Ui) and ui.edited and not column.foreign_keys


def _column(name: str, column: sa.Column[Any]) -> Column:
    type_: Any = column.type
    default: Any = column.default
    scalar = default.arg if default is not None and default.is_scalar else None
    return Column(
        name,
        column.info["ui"],
        _kind(type_),
        required=not column.nullable and default is None,
        length=getattr(type_, "length", None),
        limit=2**63 - 1 if isinstance(type_, sa.BigInteger) else 2**31 - 1,
        members=getattr(type_, "enum_class", None) or getattr(type_, "members", None),
        default=scalar,
    )


def _kind(type_: Any) -> str:
    for known, kind in _KINDS:
        if isinstance(type_, known):
            return kind
    raise TypeError(f"no kind for {type_!r}")


_KINDS: tuple[tuple[type[Any], str], ...] = (
    (sa.Enum, "choice"),
    (TermText, "term"),
    (Members, "members"),
    (Text, "text"),
    (sa.Boolean, "yes_no"),
    (sa.Integer, "integer"),
    (sa.Date, "date"),
)


def value_of(row: Any, column: Column) -> Any:
    """A column's value as it counts: texts in one form, nothing for an empty one, a kind of paper by its
    code, the default where a row that was never kept says nothing."""
    value = getattr(row, column.name)
    if value is None:
        return column.default
    if column.kind in ("document_type", "register"):
        return value.code
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return nfc(value).strip() or None
    return value


def values_of(row: Any) -> dict[str, Any]:
    """All content of a row, by column."""
    return {column.name: value_of(row, column) for column in columns_of(type(row))}


def rows_of(version: ProcedureVersion, part: str) -> list[Any]:
    """The rows of one part in their order, the same at every reading."""
    rows: list[Any] = list(getattr(version, part))
    return sorted(rows, key=lambda row: (row.position or 0, row.id or ""))


def name_of(row: Any) -> str:
    """What a part is called: a step without its number, which moves."""
    return str(getattr(row, "label", None) or getattr(row, "name", None) or row)
