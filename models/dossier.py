"""The dossier with its legs and steps.

A dossier is owned by the agency that received it, for ever. When another agency works on it, that agency
writes its own leg and steps; hand-overs are messages (`models/event.py`), never a change of owner.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.codes import Channel, Outcome, Status, StepKind, StepState
from domain.roles import Role
from models.base import Row, ScopeKind, field, related
from models.types import Choice, Id, Json, Moment, Text


class Dossier(Row):
    """A citizen's dossier (hồ sơ), pinned to the version of its procedure it was received under."""

    __tablename__ = "dossier"
    __scope__ = ScopeKind.dossier

    code: Mapped[str | None] = field(
        _l("Dossier code"),
        Text(40),
        unique=True,
        default=None,
        listed=True,
        help=_l("Given at receipt; a visit that ended in guidance or refusal has none"),
    )
    legacy_code: Mapped[str | None] = field(_l("Old number"), Text(60), index=True, default=None)
    book: Mapped[str | None] = field(_l("Book"), Text(20), default=None)
    book_order: Mapped[int | None] = field(_l("Order in the book"), default=None)
    status: Mapped[Status] = field(_l("Status"), Choice(Status), listed=True)
    outcome: Mapped[Outcome | None] = field(_l("Outcome"), Choice(Outcome), default=None)
    channel: Mapped[Channel] = field(_l("Channel"), Choice(Channel), default=Channel.in_person)

    procedure_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("procedure.id"), index=True)
    version_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("procedure_version.id"))
    applicant_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("applicant.id"), index=True)
    counter_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("unit.id"))
    competent_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("unit.id"))
    receiver_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("officer.id"))

    # snapshot of the people as they stood on the day of receipt
    owner_name: Mapped[str] = field(_l("Applicant"), Text(300), listed=True)
    owner_kind: Mapped[str] = field(_l("Kind"), Text(40), default="citizen")
    owner_id_number: Mapped[str | None] = field(_l("ID number"), Text(20), index=True, default=None)
    owner_phone: Mapped[str | None] = field(_l("Telephone"), Text(20), index=True, default=None)
    owner_email: Mapped[str | None] = field(_l("E-mail"), Text(200), default=None)
    owner_address: Mapped[str | None] = field(_l("Address"), Text(400), default=None)
    submitter_name: Mapped[str | None] = field(_l("Submitted by"), Text(300), default=None)
    submitter_id_number: Mapped[str | None] = field(
        _l("Submitter's ID number"), Text(20), default=None
    )
    submitter_phone: Mapped[str | None] = field(_l("Submitter's telephone"), Text(20), default=None)
    authorisation: Mapped[str | None] = field(_l("Authorisation"), Text(300), default=None)

    subject: Mapped[str] = field(_l("Content of the request"), Text(1000))
    cases: Mapped[list[str]] = mapped_column(Json, default=list)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    sets: Mapped[int] = field(_l("Number of sets"), default=1)
    return_method: Mapped[str] = field(_l("Result received"), Text(20), default="counter")
    return_address: Mapped[str | None] = field(_l("Return address"), Text(400), default=None)

    received_at: Mapped[dt.datetime] = field(_l("Received at"), Moment, listed=True)
    term: Mapped[str | None] = field(_l("Term"), Text(20), default=None)
    due_at: Mapped[dt.datetime | None] = field(_l("Due at"), Moment, default=None, listed=True)
    original_due_at: Mapped[dt.datetime | None] = field(
        _l("First appointment"), Moment, default=None
    )
    extended_to: Mapped[dt.datetime | None] = field(_l("Extended to"), Moment, default=None)
    extended_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    extensions: Mapped[int] = mapped_column(default=0)
    supplement_requests: Mapped[int] = mapped_column(default=0)
    processed_at: Mapped[dt.datetime | None] = field(_l("Resolved at"), Moment, default=None)
    returned_at: Mapped[dt.datetime | None] = field(_l("Returned at"), Moment, default=None)
    result_no: Mapped[str | None] = field(_l("Result number"), Text(60), default=None)
    result_text: Mapped[str | None] = field(_l("Result"), Text(1000), default=None)
    returned_to: Mapped[str | None] = field(_l("Handed to"), Text(300), default=None)
    returned_to_id: Mapped[str | None] = field(_l("Receiver's ID number"), Text(20), default=None)
    slip_collected: Mapped[bool | None] = mapped_column(default=None)

    search_key: Mapped[str] = mapped_column(sa.Text, default="")
    name_key: Mapped[str] = mapped_column(Text(400), default="")
    version: Mapped[int] = mapped_column(default=1)

    procedure: Mapped["Procedure"] = related(  # noqa: F821
        _l("Procedure"), foreign_keys=[procedure_id], listed=True
    )
    procedure_version: Mapped["ProcedureVersion"] = relationship(foreign_keys=[version_id])  # noqa: F821
    applicant: Mapped["Applicant | None"] = relationship(foreign_keys=[applicant_id])  # noqa: F821
    counter: Mapped["Unit"] = relationship(foreign_keys=[counter_id])  # noqa: F821
    competent: Mapped["Unit"] = relationship(foreign_keys=[competent_id])  # noqa: F821
    agency: Mapped["Unit"] = relationship(foreign_keys="Dossier.agency_id")  # noqa: F821
    receiver: Mapped["Officer | None"] = relationship(foreign_keys=[receiver_id])  # noqa: F821
    legs: Mapped[list["DossierLeg"]] = relationship(
        back_populates="dossier", order_by="DossierLeg.position"
    )
    steps: Mapped[list["DossierStep"]] = relationship(
        back_populates="dossier", order_by="DossierStep.position"
    )
    papers: Mapped[list["DossierPaper"]] = relationship(
        back_populates="dossier", order_by="DossierPaper.position"
    )
    pauses: Mapped[list["DossierPause"]] = relationship(
        back_populates="dossier", order_by="DossierPause.starts"
    )
    supplements: Mapped[list["SupplementRequest"]] = relationship(
        back_populates="dossier", order_by="SupplementRequest.requested_at"
    )

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_dossier_agency_id_received_at", "agency_id", "received_at", "id"),
            sa.Index("ix_dossier_agency_id_status_due_at", "agency_id", "status", "due_at", "id"),
            sa.Index("ix_dossier_received_at", "received_at", "id"),
            sa.Index("ix_dossier_name_key", "name_key", "id"),
            sa.CheckConstraint(
                "status != 'returned' OR returned_at IS NOT NULL", name="returned_has_moment"
            ),
            sa.CheckConstraint(
                "status != 'processed' OR (processed_at IS NOT NULL AND outcome IS NOT NULL)",
                name="processed_has_outcome",
            ),
            sa.CheckConstraint(
                "code IS NOT NULL OR status IN ('new', 'not_accepted', 'withdrawn')",
                name="received_has_code",
            ),
            sa.CheckConstraint("extensions BETWEEN 0 AND 1", name="extended_once"),
            sa.CheckConstraint("sets >= 1", name="sets"),
        )

    def __str__(self):
        return self.code or self.owner_name


class OfDossier(Row):
    """Part of a dossier: seen by whoever sees the dossier, written by the agency that made it."""

    __abstract__ = True
    __scope__ = ScopeKind.dossier


class DossierLeg(OfDossier):
    """One agency's stretch of a dossier's journey. The first leg is the receiving agency's own."""

    __tablename__ = "dossier_leg"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    sender_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("unit.id"))
    sender_step_id: Mapped[str | None] = mapped_column(Id)
    message_id: Mapped[str | None] = mapped_column(Id, unique=True)
    request: Mapped[str | None] = mapped_column(Text(1000))
    answer: Mapped[str | None] = mapped_column(Text(2000))
    opened_at: Mapped[dt.datetime] = mapped_column(Moment)
    due_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    finished_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    dossier: Mapped[Dossier] = relationship(back_populates="legs", foreign_keys=[dossier_id])
    agency: Mapped["Unit"] = relationship(foreign_keys="DossierLeg.agency_id")  # noqa: F821

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.UniqueConstraint("dossier_id", "position"),
            sa.Index("ix_dossier_leg_agency_id_dossier_id", "agency_id", "dossier_id"),
        )


class DossierStep(OfDossier):
    """One step of work: which department, who holds it, since when, until when, what came of it."""

    __tablename__ = "dossier_step"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"))
    leg_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier_leg.id"), index=True)
    definition_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("procedure_step.id"))
    position: Mapped[int] = mapped_column()
    round: Mapped[int] = mapped_column(default=1)
    group: Mapped[int | None] = mapped_column()
    kind: Mapped[StepKind] = mapped_column(Choice(StepKind))
    name: Mapped[str] = mapped_column(Text(400))
    role: Mapped[Role] = mapped_column(Choice(Role))
    unit_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("unit.id"))
    holder_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("officer.id"))
    state: Mapped[StepState] = mapped_column(Choice(StepState), default=StepState.pending)
    term: Mapped[str | None] = mapped_column(Text(20))
    silence: Mapped[bool] = mapped_column(default=False)
    outside_total: Mapped[bool] = mapped_column(default=False)
    external_body: Mapped[str | None] = mapped_column(Text(200))
    only_if: Mapped[str | None] = mapped_column(Text(1000))
    same_as: Mapped[int | None] = mapped_column()
    sent_by: Mapped[str | None] = mapped_column(Text(200))
    opened_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    taken_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    due_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    finished_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    finished_by: Mapped[str | None] = mapped_column(Text(200))
    note: Mapped[str | None] = mapped_column(Text(2000))

    dossier: Mapped[Dossier] = relationship(back_populates="steps", foreign_keys=[dossier_id])
    leg: Mapped[DossierLeg] = relationship(foreign_keys=[leg_id])
    unit: Mapped["Unit"] = relationship(foreign_keys=[unit_id])  # noqa: F821
    holder: Mapped["Officer | None"] = relationship(foreign_keys=[holder_id])  # noqa: F821

    @classmethod
    def keys(cls):
        live = "state IN ('open', 'waiting')"
        return (
            *super().keys(),
            sa.UniqueConstraint("leg_id", "position", "round"),
            sa.Index("ix_dossier_step_dossier_id_unit_id", "dossier_id", "unit_id"),
            sa.Index(
                "ix_dossier_step_worklist",
                "unit_id",
                "role",
                "due_at",
                "id",
                sqlite_where=sa.text(live),
                postgresql_where=sa.text(live),
            ),
            sa.Index(
                "ix_dossier_step_holder",
                "holder_id",
                "due_at",
                "id",
                sqlite_where=sa.text(live),
                postgresql_where=sa.text(live),
            ),
        )


class DataValue(OfDossier):
    """The value of a field that lists are narrowed by; all values stand in `Dossier.details`.

    One of text (folded, at most 200 characters), number and day is filled, by the kind of the field.
    """

    __tablename__ = "data_value"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    key: Mapped[str] = mapped_column(Text(40))
    text: Mapped[str | None] = mapped_column(Text(200))
    number: Mapped[Decimal | None] = mapped_column(sa.Numeric(24, 6))
    day: Mapped[dt.date | None] = mapped_column(sa.Date)

    dossier: Mapped[Dossier] = relationship(foreign_keys=[dossier_id])

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_data_value_key_text", "key", "text", "dossier_id"),
            sa.Index("ix_data_value_key_number", "key", "number", "dossier_id"),
            sa.Index("ix_data_value_key_day", "key", "day", "dossier_id"),
        )


class DossierPaper(OfDossier):
    """A paper handed in: which component it answers, in what form, how many."""

    __tablename__ = "dossier_paper"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    document_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("required_document.id"))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(Text(800))
    originals: Mapped[int] = mapped_column(default=0)
    copies: Mapped[int] = mapped_column(default=0)
    handed_in: Mapped[bool] = mapped_column(default=True)
    received_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(Text(400))

    dossier: Mapped[Dossier] = relationship(back_populates="papers", foreign_keys=[dossier_id])


class DossierPause(OfDossier):
    """An interval in which the clock stands: supplement, payment, force majeure, outage."""

    __tablename__ = "dossier_pause"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    kind: Mapped[str] = mapped_column(Text(20))
    reason: Mapped[str | None] = mapped_column(Text(1000))
    starts: Mapped[dt.datetime] = mapped_column(Moment)
    ends: Mapped[dt.datetime | None] = mapped_column(Moment)

    dossier: Mapped[Dossier] = relationship(back_populates="pauses", foreign_keys=[dossier_id])

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.CheckConstraint("ends IS NULL OR ends >= starts", name="interval"),
        )


class SupplementRequest(OfDossier):
    """One complete request to the citizen; its items say which paper, what is wrong, what is needed."""

    __tablename__ = "supplement_request"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    requested_at: Mapped[dt.datetime] = mapped_column(Moment)
    requested_by: Mapped[str] = mapped_column(Text(200))
    reason: Mapped[str] = mapped_column(Text(1000))
    before_intake: Mapped[bool] = mapped_column(default=False)
    override_by: Mapped[str | None] = mapped_column(Text(200))
    answer_by: Mapped[dt.datetime | None] = mapped_column(Moment)
    answered_at: Mapped[dt.datetime | None] = mapped_column(Moment)

    dossier: Mapped[Dossier] = relationship(back_populates="supplements", foreign_keys=[dossier_id])
    items: Mapped[list["SupplementItem"]] = relationship(
        back_populates="supplement", order_by="SupplementItem.position"
    )


class SupplementItem(OfDossier):
    """One line of a supplement request."""

    __tablename__ = "supplement_item"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    supplement_id: Mapped[str] = mapped_column(
        Id, sa.ForeignKey("supplement_request.id"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    paper: Mapped[str] = mapped_column(Text(800))
    wrong: Mapped[str] = mapped_column(Text(800))
    needed: Mapped[str] = mapped_column(Text(800))
    copy: Mapped[str | None] = mapped_column(Text(20))  # original, certified, copy; None: not said
    answered: Mapped[bool] = mapped_column(default=False)

    supplement: Mapped[SupplementRequest] = relationship(back_populates="items")
