"""Working hours per unit and weekday, and the days that differ: off, made up, swapped."""

import datetime as dt
import enum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from models.base import CATALOGUE, Row, ScopeKind, Screen, Sourced, field, related
from models.types import Choice, Id, Text


class DayKind(enum.StrEnum):
    """off: holiday or day in lieu; makeup: a day off that is worked; swapped: worked for another day."""

    off = "off"
    makeup = "makeup"
    swapped = "swapped"


class WorkingHours(Sourced, Row):
    """One session of one weekday; two rows make a split shift. Without a unit: the default of all."""

    __tablename__ = "working_hours"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Working hours"),
        plural=_l("Working hours"),
        menu="calendar",
        icon="bi-clock",
        roles=CATALOGUE,
        order=("weekday", "asc"),
    )

    weekday: Mapped[int] = field(
        _l("Weekday"), sa.SmallInteger, listed=True, help=_l("0 is Monday, 6 is Sunday")
    )
    starts: Mapped[dt.time] = field(_l("From"), sa.Time, listed=True)
    ends: Mapped[dt.time] = field(_l("To"), sa.Time, listed=True)
    valid_from: Mapped[dt.date] = field(_l("Valid from"), sa.Date, listed=True)
    valid_to: Mapped[dt.date | None] = field(_l("Valid to"), sa.Date, default=None, listed=True)
    unit_id: Mapped[str | None] = field(
        _l("Unit"), Id, sa.ForeignKey("unit.id"), index=True, edited=False, exported=False
    )

    unit: Mapped["Unit | None"] = related(  # noqa: F821
        _l("Unit"),
        foreign_keys=[unit_id],
        listed=True,
        help=_l("Empty: every unit without its own hours"),
    )

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
            sa.CheckConstraint("ends > starts", name="session"),
        )

    def __str__(self):
        return f"{self.weekday}: {self.starts:%H:%M}–{self.ends:%H:%M}"


class CalendarDay(Sourced, Row):
    """A dated exception. A worked day takes the hours of the given weekday, else those of Monday."""

    __tablename__ = "calendar_day"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Holiday or swapped day"),
        plural=_l("Holidays and swapped days"),
        menu="calendar",
        icon="bi-calendar-event",
        roles=CATALOGUE,
        order=("day", "desc"),
    )

    day: Mapped[dt.date] = field(_l("Date"), sa.Date, listed=True, index=True)
    kind: Mapped[DayKind] = field(_l("Kind"), Choice(DayKind), listed=True, faceted=True)
    name: Mapped[str] = field(_l("Name"), Text(200), listed=True, searched=True)
    as_weekday: Mapped[int | None] = field(
        _l("With the hours of weekday"),
        sa.SmallInteger,
        default=None,
        help=_l("For a worked day: 0 is Monday; empty means Monday's hours"),
    )
    unit_id: Mapped[str | None] = field(
        _l("Unit"), Id, sa.ForeignKey("unit.id"), index=True, edited=False, exported=False
    )

    unit: Mapped["Unit | None"] = related(  # noqa: F821
        _l("Unit"), foreign_keys=[unit_id], listed=True, help=_l("Empty: the whole country")
    )

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.UniqueConstraint("day", "unit_id"),
            sa.CheckConstraint("as_weekday BETWEEN 0 AND 6", name="weekday"),
        )

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.name}"
