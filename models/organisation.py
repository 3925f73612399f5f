"""The tree of units: province, district, commune, department, counter, with dates and successors."""

import datetime as dt
import enum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from domain.deadline import Policy
from models.base import CATALOGUE, Row, ScopeKind, Screen, Sourced, field, related
from models.types import Choice, Id, Text


class UnitKind(enum.StrEnum):
    """Kinds of units; the depth of the tree is data, no level is presupposed."""

    province = "province"
    district = "district"
    commune = "commune"
    department = "department"
    counter = "counter"


class Unit(Sourced, Row):
    """A body or a part of it. An agency owns rows; departments and counters belong to their agency."""

    __tablename__ = "unit"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Unit"),
        plural=_l("Units"),
        menu="organisation",
        icon="bi-diagram-3",
        roles=CATALOGUE,
        order=("code", "asc"),
        children=("UnitSuccessor", "WorkingHours"),
    )

    code: Mapped[str] = field(_l("Code"), Text(40), unique=True, listed=True, searched=True)
    name: Mapped[str] = field(_l("Short name"), Text(200), listed=True, searched=True)
    full_name: Mapped[str] = field(_l("Official name"), Text(300), listed=True, searched=True)
    kind: Mapped[UnitKind] = field(_l("Kind"), Choice(UnitKind), listed=True, faceted=True)
    parent_id: Mapped[str | None] = field(
        _l("Belongs to"), Id, sa.ForeignKey("unit.id"), index=True, edited=False, exported=False
    )
    is_agency: Mapped[bool] = field(
        _l("Owns records"),
        default=False,
        help=_l("A body of its own, such as a people's committee; departments do not"),
    )
    function: Mapped[str | None] = field(
        _l("Function"),
        Text(20),
        default=None,
        help=_l("Function by which steps of a procedure find this department, such as TCKH"),
    )
    official_code: Mapped[str | None] = field(
        _l("Identifier"),
        Text(40),
        default=None,
        help=_l("Agency identifier printed in dossier codes"),
    )
    gso_code: Mapped[str | None] = field(_l("Statistics code"), Text(10), default=None)
    place_name: Mapped[str | None] = field(
        _l("Place name on documents"), Text(100), default=None, help=_l("Decree 30/2020, Annex I")
    )
    abbr: Mapped[str | None] = field(_l("Abbreviation in document numbers"), Text(40), default=None)
    phone: Mapped[str | None] = field(_l("Telephone"), Text(40), default=None)
    address: Mapped[str | None] = field(_l("Address"), Text(300), default=None)
    policy: Mapped[Policy] = field(
        _l("Hour of the appointment"),
        Choice(Policy),
        default=Policy.keep_time,
        help=_l("Keep the hour of receipt, or the end of the day"),
    )
    valid_from: Mapped[dt.date] = field(_l("Valid from"), sa.Date, listed=True)
    valid_to: Mapped[dt.date | None] = field(_l("Valid to"), sa.Date, default=None, listed=True)

    parent: Mapped["Unit | None"] = related(
        _l("Belongs to"), foreign_keys=[parent_id], remote_side="Unit.id"
    )

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        )

    def __str__(self):
        return self.full_name


class UnitSuccessor(Sourced, Row):
    """Which unit took over from which; many to many, because communes were split as well as merged."""

    __tablename__ = "unit_successor"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Successor"),
        plural=_l("Successors of units"),
        menu="organisation",
        icon="bi-arrow-left-right",
        roles=CATALOGUE,
    )

    from_code: Mapped[str] = field(_l("Old code"), Text(10), listed=True, searched=True)
    from_name: Mapped[str] = field(_l("Old unit"), Text(200), listed=True, searched=True)
    unit_id: Mapped[str] = field(
        _l("New unit"), Id, sa.ForeignKey("unit.id"), edited=False, exported=False
    )
    share: Mapped[str] = field(_l("Share"), Text(10), default="whole", listed=True)

    unit: Mapped[Unit] = related(_l("New unit"), foreign_keys=[unit_id], listed=True)

    def __str__(self):
        return f"{self.from_name} → {self.unit}"
