"""Registers that administrators define at run time: what stands in them, their numbers, who may do what;
and the entries of each agency, which are never overwritten in silence."""

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.codes import EntryState
from domain.roles import Role
from models.base import Row, ScopeKind, Sourced, field, related
from models.data_columns import DataColumns
from models.types import Choice, Id, Json, Members, Moment, Text


class RegisterUse(enum.StrEnum):
    """A draft has no entries yet; one in use has; a closed one is only read."""

    draft = "draft"
    open = "open"
    closed = "closed"


_WHO_HELP = _l("Nobody chosen: all officers of the agency")


class Register(Sourced, Row):
    """A register (sổ đăng ký) of the office's own: one definition for all agencies, entries by agency."""

    __tablename__ = "register"
    __scope__ = ScopeKind.shared

    code: Mapped[str] = field(
        _l("Register code"),
        Text(30),
        unique=True,
        listed=True,
        searched=True,
        help=_l("Small letters without marks, as addresses and programs call it: gp_long_duong"),
    )
    name: Mapped[str] = field(_l("Name"), Text(300), listed=True, searched=True)
    entry: Mapped[str | None] = field(
        _l("One entry is called"),
        Text(100),
        default=None,
        help=_l("Such as licence, certificate; empty: entry"),
    )
    use: Mapped[RegisterUse] = field(
        _l("Use"),
        Choice(RegisterUse),
        default=RegisterUse.draft,
        listed=True,
        faceted=True,
        edited=False,
    )
    pattern: Mapped[str] = field(
        _l("Number"),
        Text(60),
        default="{so}/{nam}",
        help=_l("{so} running number, {so:3} with three digits, {nam} year, {don_vi} agency code"),
    )
    yearly: Mapped[bool] = field(_l("Numbers start again each year"), default=True)
    holder_key: Mapped[str | None] = field(
        _l("Holder"),
        Text(40),
        default=None,
        help=_l("The field that names whom an entry is for; empty: the applicant of the dossier"),
    )
    starts_key: Mapped[str | None] = field(
        _l("Valid from"),
        Text(40),
        default=None,
        help=_l("The field with the first day; empty: the day of registration"),
    )
    ends_key: Mapped[str | None] = field(
        _l("Valid to"),
        Text(40),
        default=None,
        help=_l("The field with the last day; empty: by the number of months, else for ever"),
    )
    months: Mapped[int | None] = field(
        _l("Months of validity"), default=None, help=_l("Counted from the first day")
    )
    form: Mapped[str | None] = field(
        _l("Certificate"),
        Text(40),
        default=None,
        help=_l("The paper that is printed of an entry; made under Printed papers"),
    )
    readers: Mapped[str | None] = field(
        _l("May read"), Members(Role, 300), default=None, help=_WHO_HELP
    )
    writers: Mapped[str | None] = field(
        _l("May enter and change"),
        Members(Role, 300),
        default=None,
        help=_l("Nobody chosen: only dossiers write into it"),
    )
    revokers: Mapped[str | None] = field(
        _l("May revoke and restore"),
        Members(Role, 300),
        default=None,
        help=_l("Nobody chosen: only dossiers revoke"),
    )
    exporters: Mapped[str | None] = field(
        _l("May export"),
        Members(Role, 300),
        default=None,
        help=_l("Nobody chosen: auditors alone"),
    )
    legal_basis: Mapped[str | None] = field(
        _l("Legal basis"), Text(2000), default=None, multiline=True
    )

    data_fields: Mapped[list["RegisterField"]] = relationship(
        back_populates="register", order_by="RegisterField.position, RegisterField.id"
    )

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.CheckConstraint("months IS NULL OR months BETWEEN 1 AND 1200", name="months"),
        )

    def __str__(self):
        return self.name


class RegisterField(DataColumns, Sourced, Row):
    """One field of a register. One that is not asked any more stays readable where it was filled in."""

    __tablename__ = "register_field"
    __scope__ = ScopeKind.shared

    retired: Mapped[bool] = field(
        _l("Not asked any more"),
        default=False,
        help=_l("It stays readable in entries where it was filled in"),
    )
    register_id: Mapped[str] = field(
        _l("The register"),
        Id,
        sa.ForeignKey("register.id"),
        index=True,
        edited=False,
        exported=False,
    )

    register: Mapped[Register] = related(
        _l("The register"), foreign_keys=[register_id], back_populates="data_fields"
    )

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("register_id", "key"))

    def __str__(self):
        return self.label


class RegisterEntry(Row):
    """One entry of a register, owned by the agency that made it. Its values stand in `details` by key.

    state: as kept; whether it has expired follows from `valid_to` (`domain.register.standing`).
    dossier_id: the dossier that made it. replaces_id: the entry it came in the place of.
    """

    __tablename__ = "register_entry"

    register_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("register.id"))
    number: Mapped[str] = mapped_column(Text(80))
    holder: Mapped[str] = mapped_column(Text(300))
    state: Mapped[EntryState] = mapped_column(Choice(EntryState), default=EntryState.valid)
    registered_on: Mapped[dt.date] = mapped_column(sa.Date)
    valid_from: Mapped[dt.date | None] = mapped_column(sa.Date, default=None)
    valid_to: Mapped[dt.date | None] = mapped_column(sa.Date, default=None)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    dossier_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    replaces_id: Mapped[str | None] = mapped_column(
        Id, sa.ForeignKey("register_entry.id"), index=True
    )
    entered_by: Mapped[str] = mapped_column(Text(200))
    entered_at: Mapped[dt.datetime] = mapped_column(Moment)
    search_key: Mapped[str] = mapped_column(sa.Text, default="")
    holder_sort: Mapped[str] = mapped_column(Text(400), default="")
    version: Mapped[int] = mapped_column(default=1)

    register: Mapped[Register] = relationship(foreign_keys=[register_id])
    agency: Mapped["Unit"] = relationship(foreign_keys="RegisterEntry.agency_id")  # noqa: F821

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.UniqueConstraint("register_id", "agency_id", "number"),
            sa.Index("ix_register_entry_day", "register_id", "registered_on", "id"),
            sa.Index("ix_register_entry_holder", "register_id", "holder_sort", "id"),
            sa.Index("ix_register_entry_end", "register_id", "valid_to", "id"),
            sa.CheckConstraint("state != 'expired'", name="expiry_follows"),
            sa.CheckConstraint(
                "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"
            ),
        )

    def __str__(self):
        return f"{self.number} · {self.holder}"


class RegisterValue(Row):
    """The value of a listed field of an entry, by which lists are narrowed; see `DataValue`."""

    __tablename__ = "register_value"

    entry_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("register_entry.id"), index=True)
    key: Mapped[str] = mapped_column(Text(40))
    text: Mapped[str | None] = mapped_column(Text(200))
    number: Mapped[Decimal | None] = mapped_column(sa.Numeric(24, 6))
    day: Mapped[dt.date | None] = mapped_column(sa.Date)

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_register_value_key_text", "key", "text", "entry_id"),
            sa.Index("ix_register_value_key_number", "key", "number", "entry_id"),
            sa.Index("ix_register_value_key_day", "key", "day", "entry_id"),
        )


class RegisterPaper(Row):
    """A certificate as it was printed of an entry: its values, frozen, and the template. Never changes."""

    __tablename__ = "register_paper"

    entry_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("register_entry.id"), index=True)
    form: Mapped[str] = mapped_column(Text(40))
    number: Mapped[str] = mapped_column(Text(80))
    issued_at: Mapped[dt.datetime] = mapped_column(Moment)
    issued_by: Mapped[str] = mapped_column(Text(200))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    template_id: Mapped[str] = mapped_column(Id)
