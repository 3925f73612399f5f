"""The base of everything kept, and the words in which a model declares its own screens.

A register is declared once, as a class: `field()` gives a column its label, help and place on the
screens, `Screen` gives the class its menu, roles and scope. The generated screens (`views/generated/`)
read nothing else. `docs/low-code.md` shows a whole register in under thirty lines.
"""

import enum
from dataclasses import dataclass, field as dc_field
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.models.sqla import Model
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from domain.roles import Role
from models.ids import uuid7
from models.types import Id, Text

Model.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
db = SQLAlchemy(model_class=Model)


# ---- the declaration vocabulary ------------------------------------------------------------------
@dataclass(frozen=True)
class Ui:
    """How one column appears: its label, the rule it comes from, and where it is shown."""

    label: Any
    help: Any = ""
    listed: bool = False
    searched: bool = False
    faceted: bool = False
    exported: bool = True
    edited: bool = True
    multiline: bool = False
    past: bool = False
    order: int = dc_field(default=0, compare=False)


_order = iter(range(1_000_000))


def _ui(label: Any, options: dict[str, Any]) -> dict[str, Any]:
    names = ("help", "listed", "searched", "faceted", "exported", "edited", "multiline", "past")
    chosen = {n: options.pop(n) for n in names if n in options}
    return {"ui": Ui(label=label, order=next(_order), **chosen)}


def field(label: Any, *args: Any, **options: Any) -> Any:
    """A column with its Vietnamese face.

    `label` and `help` are translatable; `listed`, `searched` (text, without diacritics), `faceted`
    (filter by value), `exported`, `edited` and `multiline` place it; `past` is a day that has passed,
    such as a birth. The rest goes to `mapped_column`.
    """
    info = _ui(label, options)
    return mapped_column(*args, info=info, **options)


def related(label: Any, *args: Any, **options: Any) -> Any:
    """A many-to-one relation with its face; its picker asks the server and never loads the table."""
    info = _ui(label, options)
    return relationship(*args, info=info, **options)


class ScopeKind(enum.StrEnum):
    """Who sees a row: `shared` whoever may read, `agency` its owner, `dossier` the dossier's readers."""

    shared = "shared"
    agency = "agency"
    dossier = "dossier"


@dataclass(frozen=True)
class Screen:
    """One declaration of menu, roles and order; see `field()` for the columns.

    roles: role → verbs, a string of the letters r(ead) a(dd) e(dit) d(elete) x(export) i(mport).
    menu: key of `views.generated.menus`; order: (column, "asc"|"desc"); children: class names shown below.
    """

    title: Any
    plural: Any
    menu: str
    roles: dict[Role, str]
    icon: str = "bi-table"
    order: tuple[str, str] = ("id", "asc")
    children: tuple[str, ...] = ()
    help: Any = ""


READ_ALL = {
    Role.clerk: "r",
    Role.officer: "r",
    Role.head: "r",
    Role.leader: "r",
    Role.cashier: "r",
    Role.registrar: "r",
    Role.auditor: "rx",
    Role.province_leader: "r",
}
CATALOGUE = {**READ_ALL, Role.admin: "raedxi"}


# ---- mixins --------------------------------------------------------------------------------------
class Row(Model):
    """Every business row: a UUIDv7 and the agency that owns it for ever (reliability: one owner per row)."""

    __abstract__ = True
    __scope__ = ScopeKind.agency
    __screen__: Screen | None = None

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)

    @declared_attr
    def agency_id(cls) -> Mapped[str]:
        return mapped_column(Id, sa.ForeignKey("unit.id"), nullable=False)

    @declared_attr.directive
    def __table_args__(cls) -> tuple:
        return cls.keys()

    @classmethod
    def keys(cls) -> tuple:
        """Constraints of the table; subclasses add theirs and keep `super().keys()`."""
        return (sa.UniqueConstraint("agency_id", "id"),)


class Sourced:
    """Where a row's content comes from, and how sure it is."""

    source: Mapped[str | None] = field(
        _l("Source"), Text(500), help=_l("Document this row comes from"), default=None
    )


@dataclass(frozen=True)
class Record:
    """A pointer to any row, for events: class name and id."""

    kind: str
    id: str
