"""Applicants: citizens, household businesses, enterprises, organisations; dossiers keep a snapshot."""

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from domain.codes import ApplicantKind
from domain.roles import Role
from models.base import Row, Screen, field
from models.types import Choice, Text


class Applicant(Row):
    """A person or body known to one agency. Its history is in the event log."""

    __tablename__ = "applicant"
    __screen__ = Screen(
        title=_l("Applicant"),
        plural=_l("Applicants"),
        menu="dossiers",
        icon="bi-person-vcard",
        roles={Role.clerk: "rae", Role.head: "r", Role.leader: "r", Role.auditor: "r"},
        order=("sort_key", "asc"),
    )

    kind: Mapped[ApplicantKind] = field(
        _l("Kind"), Choice(ApplicantKind), default=ApplicantKind.citizen, listed=True, faceted=True
    )
    name: Mapped[str] = field(_l("Name"), Text(300), listed=True, searched=True)
    id_number: Mapped[str | None] = field(
        _l("ID number"), Text(20), default=None, listed=True, searched=True
    )
    old_id_number: Mapped[str | None] = field(
        _l("Old ID number"), Text(20), default=None, searched=True
    )
    tax_code: Mapped[str | None] = field(_l("Tax code"), Text(20), default=None, searched=True)
    birth_date: Mapped[dt.date | None] = field(
        _l("Date of birth"), sa.Date, default=None, past=True
    )
    sex: Mapped[str | None] = field(_l("Sex"), Text(10), default=None)
    phone: Mapped[str | None] = field(
        _l("Telephone"), Text(20), default=None, listed=True, searched=True
    )
    email: Mapped[str | None] = field(_l("E-mail"), Text(200), default=None)
    address: Mapped[str | None] = field(_l("Address"), Text(400), default=None, listed=True)
    search_key: Mapped[str] = field(
        _l("Search key"), Text(800), default="", edited=False, exported=False
    )
    sort_key: Mapped[str] = field(
        _l("Sort key"), Text(400), default="", edited=False, exported=False
    )

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_applicant_agency_id_id_number", "agency_id", "id_number"),
            sa.Index("ix_applicant_agency_id_old_id_number", "agency_id", "old_id_number"),
            sa.Index("ix_applicant_tax_code", "tax_code"),
            sa.Index("ix_applicant_agency_id_phone", "agency_id", "phone"),
            sa.Index("ix_applicant_agency_id_sort_key", "agency_id", "sort_key", "id"),
        )

    def __str__(self):
        return self.name
