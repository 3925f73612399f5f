"""Small code lists of the law: national statuses, paper forms, land types."""

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from domain.codes import Clock
from models.base import CATALOGUE, Row, ScopeKind, Screen, Sourced, field
from models.types import Members, Text


class NationalStatus(Sourced, Row):
    """Status codes 1–10 exchanged with the national portal."""

    __tablename__ = "national_status"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("National status"),
        plural=_l("National statuses"),
        menu="reference",
        icon="bi-123",
        roles=CATALOGUE,
        order=("number", "asc"),
    )

    number: Mapped[int] = field(_l("Number"), unique=True, listed=True)
    code: Mapped[str] = field(_l("Code"), Text(40), unique=True, listed=True)
    name: Mapped[str] = field(_l("Name"), Text(200), listed=True, searched=True)
    clock: Mapped[str] = field(_l("Clock"), Members(Clock, 40), listed=True)

    def __str__(self):
        return self.name


class PaperForm(Sourced, Row):
    """The prescribed paper forms and their numbers in the circulars of 2018 and 2025."""

    __tablename__ = "paper_form"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Paper form"),
        plural=_l("Paper forms"),
        menu="reference",
        icon="bi-printer",
        roles=CATALOGUE,
        order=("code", "asc"),
    )

    code: Mapped[str] = field(_l("Code"), Text(40), unique=True, listed=True)
    name: Mapped[str] = field(_l("Name"), Text(300), listed=True, searched=True)
    number_2018: Mapped[str | None] = field(
        _l("Number in 2018"), Text(10), default=None, listed=True
    )
    number_2025: Mapped[str | None] = field(
        _l("Number in 2025"), Text(10), default=None, listed=True
    )

    def __str__(self):
        return self.name


class LandType(Sourced, Row):
    """Codes of land types (loại đất) with their dates."""

    __tablename__ = "land_type"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Land type"),
        plural=_l("Land types"),
        menu="reference",
        icon="bi-map",
        roles=CATALOGUE,
        order=("code", "asc"),
    )

    code: Mapped[str] = field(_l("Code"), Text(10), listed=True, searched=True)
    name: Mapped[str] = field(_l("Name"), Text(300), listed=True, searched=True)
    group: Mapped[str | None] = field(_l("Group"), Text(100), default=None, listed=True)
    valid_from: Mapped[dt.date | None] = field(_l("Valid from"), sa.Date, default=None)
    valid_to: Mapped[dt.date | None] = field(_l("Valid to"), sa.Date, default=None)

    def __str__(self):
        return f"{self.code} · {self.name}"
