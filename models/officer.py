"""Officers, the department they sit in, and who stands in for whom."""

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, relationship

from domain.roles import Role
from models.base import CATALOGUE, Row, ScopeKind, Screen, field, related
from models.types import Id, Moment, Text


class Officer(Row):
    """A person in office: sits in one department; what the person may do comes from the account's roles."""

    __tablename__ = "officer"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Official"),
        plural=_l("Officers"),
        menu="organisation",
        icon="bi-person-badge",
        roles=CATALOGUE,
        order=("full_name", "asc"),
        children=("StandIn",),
    )

    full_name: Mapped[str] = field(_l("Full name"), Text(120), listed=True, searched=True)
    title: Mapped[str] = field(_l("Title"), Text(120), listed=True)
    phone: Mapped[str | None] = field(_l("Telephone"), Text(40), default=None, listed=True)
    active: Mapped[bool] = field(_l("In office"), default=True, listed=True)
    unit_id: Mapped[str] = field(
        _l("Department"), Id, sa.ForeignKey("unit.id"), index=True, edited=False, exported=False
    )
    user_id: Mapped[int | None] = field(
        _l("Account"), sa.ForeignKey("ab_user.id"), unique=True, default=None, edited=False
    )

    unit: Mapped["Unit"] = related(_l("Department"), foreign_keys=[unit_id], listed=True)  # noqa: F821
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])

    def __str__(self):
        return self.full_name


class StandIn(Row):
    """Delegation for a stated period: the stand-in acts with the rights of the absent officer."""

    __tablename__ = "stand_in"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Stand-in"),
        plural=_l("Stand-ins"),
        menu="organisation",
        icon="bi-people",
        roles={**CATALOGUE, Role.head: "rae", Role.leader: "rae"},
        order=("starts", "desc"),
        help=_l("Decree 61/2018, Article 12(8): every desk has a stand-in"),
    )

    officer_id: Mapped[str] = field(
        _l("Absent officer"),
        Id,
        sa.ForeignKey("officer.id"),
        index=True,
        edited=False,
        exported=False,
    )
    deputy_id: Mapped[str] = field(
        _l("Deputy"), Id, sa.ForeignKey("officer.id"), index=True, edited=False, exported=False
    )
    starts: Mapped[dt.datetime] = field(_l("From"), Moment, listed=True)
    ends: Mapped[dt.datetime] = field(_l("To"), Moment, listed=True)
    document: Mapped[str | None] = field(
        _l("Authorising document"), Text(200), default=None, listed=True
    )

    officer: Mapped[Officer] = related(_l("Absent officer"), foreign_keys=[officer_id], listed=True)
    deputy: Mapped[Officer] = related(_l("Deputy"), foreign_keys=[deputy_id], listed=True)

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.CheckConstraint("ends > starts", name="period"))

    def __str__(self):
        return f"{self.deputy} ← {self.officer}"
