"""A model read once: what `field()`, `related()` and `Screen` say, in the form screens use."""

import enum
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, RelationshipProperty

from models.base import Row, Screen, Sourced, Ui
from models.types import Id, Members, Moment, TermText

Kind = Literal[
    "text",
    "integer",
    "money",
    "decimal",
    "yes_no",
    "date",
    "moment",
    "time",
    "choice",
    "relation",
    "term",
    "members",
]
#: Kinds that are aligned right and compared as numbers.
NUMBERS = frozenset({"integer", "money", "decimal"})
INTEGER_LIMITS = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


@dataclass(frozen=True, eq=False)
class Column:
    """One declared column or relation; `target` is the model a relation leads to."""

    name: str
    ui: Ui
    kind: Kind
    attribute: InstrumentedAttribute[Any]
    required: bool
    length: int | None = None
    limit: int = INTEGER_LIMITS["integer"]
    members: type[enum.Enum] | None = None
    target: type[Row] | None = None
    default: Any = None

    @property
    def numeric(self) -> bool:
        """Whether its values stand at the right edge."""
        return self.kind in NUMBERS

    @property
    def key(self) -> InstrumentedAttribute[Any]:
        """The column in the table: a relation's is its foreign key."""
        if self.kind != "relation":
            return self.attribute
        local = next(iter(self.attribute.property.local_columns))
        return getattr(self.attribute.class_, local.key)


@dataclass(frozen=True, eq=False)
class Register:
    """A declared model with its columns in the order of their declaration."""

    model: type[Row]
    screen: Screen
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    def get(self, name: str | None) -> Column | None:
        """The column of this name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    def where(self, flag: str) -> tuple[Column, ...]:
        """Columns whose declaration has this flag: listed, searched, faceted, exported, edited."""
        return tuple(c for c in self.columns if getattr(c.ui, flag))

    @property
    def shown(self) -> tuple[Column, ...]:
        """What the page of one row shows; a column with every flag off stays inside."""
        return tuple(c for c in self.columns if c.ui.listed or c.ui.exported or c.ui.edited)

    @property
    def relations(self) -> tuple[Column, ...]:
        """The many-to-one relations with a face."""
        return tuple(c for c in self.columns if c.kind == "relation")

    @property
    def place(self) -> int:
        """Where the register was declared among all; the menu keeps that order."""
        return max(column.ui.order for column in self.columns)

    @property
    def name(self) -> str:
        """Class name of the model: the name of its permissions and of its events."""
        return self.model.__name__


@cache
def register_of(model: type[Row]) -> Register:
    """The register a model declares."""
    found = [*_plain(model), *_relations(model)]
    # The source of a row was declared before, and belongs at the end.
    found.sort(key=lambda column: (column.name in Sourced.__annotations__, column.ui.order))
    return Register(model, model.__screen__, tuple(found))  # type: ignore[arg-type]


def _plain(model: type[Row]) -> list[Column]:
    """Columns with a face; a foreign key is shown by its relation, never by its bare id."""
    return [
        _column(model, name, column)
        for name, column in sa.inspect(model).columns.items()
        if "ui" in column.info and not column.foreign_keys
    ]


def _column(model: type[Row], name: str, column: sa.Column[Any]) -> Column:
    ui: Ui = column.info["ui"]
    kind = kind_of(column)
    default = (
        column.default.arg if column.default is not None and column.default.is_scalar else None
    )
    return Column(
        name,
        ui,
        kind,
        getattr(model, name),
        required=not column.nullable and kind != "yes_no",
        length=getattr(column.type, "length", None) if kind == "text" else None,
        limit=INTEGER_LIMITS.get(_visit(column), INTEGER_LIMITS["integer"]),
        members=getattr(column.type, "members" if kind == "members" else "enum_class", None),
        default=default,
    )


def _relations(model: type[Row]) -> list[Column]:
    found = []
    for relation in sa.inspect(model).relationships:
        if "ui" in relation.info:
            found.append(_relation(model, relation))
    return found


def _relation(model: type[Row], relation: RelationshipProperty[Any]) -> Column:
    required = not any(column.nullable for column in relation.local_columns)
    attribute = getattr(model, relation.key)
    ui = relation.info["ui"]
    return Column(relation.key, ui, "relation", attribute, required, target=relation.mapper.class_)


def _visit(column: sa.Column[Any]) -> str:
    inner = getattr(column.type, "impl_instance", column.type)
    return {"small_integer": "smallint", "big_integer": "bigint"}.get(
        inner.__visit_name__, "integer"
    )


def kind_of(column: sa.Column[Any]) -> Kind:
    """How a column is typed, shown and read; a BigInteger is an amount in whole đồng."""
    kinds: tuple[tuple[type[Any], Kind], ...] = (
        (sa.Enum, "choice"),
        (Moment, "moment"),
        (sa.BigInteger, "money"),
        (sa.Boolean, "yes_no"),
        (sa.Integer, "integer"),
        (sa.Numeric, "decimal"),
        (sa.Date, "date"),
        (sa.Time, "time"),
        (sa.String, "text"),
    )
    inner = column.type
    if isinstance(inner, TermText):
        return "term"
    if isinstance(inner, Members):
        return "members"
    if isinstance(inner, sa.types.TypeDecorator) and not isinstance(inner, Moment | Id):
        inner = inner.impl_instance
    for type_, kind in kinds:
        if isinstance(inner, type_):
            return kind
    raise TypeError(f"{column}: a column of type {column.type!r} has no face")
