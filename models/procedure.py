"""Procedures and their versions: what is asked, who does what in which term, what it costs."""

import datetime as dt
import enum

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.codes import ApplicantKind, Channel, FeeMoment, StepKind
from domain.deadline import PauseMode
from domain.roles import Role
from models.base import CATALOGUE, Row, ScopeKind, Screen, Sourced, field, related
from models.data_columns import CONDITION, DataColumns
from models.types import Choice, Id, Members, TermText, Text


class ProcedureField(Sourced, Row):
    """A field of administration (lĩnh vực)."""

    __tablename__ = "procedure_field"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Field of administration"),
        plural=_l("Fields of administration"),
        menu="procedures",
        icon="bi-collection",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    code: Mapped[str] = field(_l("Code"), Text(40), unique=True, listed=True, searched=True)
    name: Mapped[str] = field(_l("Name"), Text(300), listed=True, searched=True)
    position: Mapped[int] = field(_l("Order"), default=0)

    def __str__(self):
        return self.name


class DocumentType(Sourced, Row):
    """A kind of paper that procedures ask for (giấy tờ)."""

    __tablename__ = "document_type"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Kind of document"),
        plural=_l("Kinds of documents"),
        menu="procedures",
        icon="bi-file-earmark-text",
        roles=CATALOGUE,
        order=("code", "asc"),
    )

    code: Mapped[str] = field(_l("Code"), Text(60), unique=True, listed=True, searched=True)
    name: Mapped[str] = field(_l("Name"), Text(500), listed=True, searched=True)
    template_no: Mapped[str | None] = field(_l("Form"), Text(100), default=None, listed=True)
    from_register: Mapped[bool] = field(
        _l("Obtainable from a register"),
        default=False,
        help=_l("Decree 309/2026, Article 4(2a): what a connected register holds is not asked for"),
    )

    def __str__(self):
        return self.name


class Level(enum.StrEnum):
    """Which kind of office resolves a procedure."""

    province = "province"
    district = "district"
    commune = "commune"
    land_office = "land_office"


class Procedure(Sourced, Row):
    """An administrative procedure (thủ tục hành chính); what changes with the law is in its versions."""

    __tablename__ = "procedure"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Procedure"),
        plural=_l("Procedures"),
        menu="procedures",
        icon="bi-journal-text",
        roles=CATALOGUE,
        order=("code", "asc"),
        children=("ProcedureVersion",),
    )

    code: Mapped[str] = field(
        _l("Procedure code"), Text(40), unique=True, listed=True, searched=True
    )
    name: Mapped[str] = field(_l("Name"), Text(600), listed=True, searched=True, multiline=True)
    level: Mapped[Level] = field(_l("Resolved by"), Choice(Level), listed=True, faceted=True)
    subjects: Mapped[str | None] = field(
        _l("Who may apply"), Members(ApplicantKind, 500), default=None
    )
    how: Mapped[str | None] = field(_l("How to file"), Members(Channel, 1000), default=None)
    conditions: Mapped[str | None] = field(
        _l("Requirements and conditions"), Text(4000), default=None, multiline=True
    )
    result: Mapped[str | None] = field(_l("Result"), Text(600), default=None)
    result_code: Mapped[str | None] = field(_l("Result code"), Text(40), default=None)
    aliases: Mapped[str | None] = field(
        _l("Short words"),
        Text(200),
        default=None,
        help=_l("Words by which clerks look it up, such as gpxd"),
    )
    search_key: Mapped[str] = field(
        _l("Search key"), Text(1000), default="", edited=False, exported=False
    )
    procedure_field_id: Mapped[str] = field(
        _l("Field"),
        Id,
        sa.ForeignKey("procedure_field.id"),
        index=True,
        edited=False,
        exported=False,
    )

    procedure_field: Mapped[ProcedureField] = related(
        _l("Field"), foreign_keys=[procedure_field_id], listed=True
    )
    versions: Mapped[list["ProcedureVersion"]] = relationship(back_populates="procedure")

    def __str__(self):
        return f"{self.code} · {self.name}"


class ProcedureUnit(Row):
    """One agency at which a procedure is offered; one without any of these is offered everywhere."""

    __tablename__ = "procedure_unit"
    __scope__ = ScopeKind.shared

    procedure_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("procedure.id"))
    unit_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("unit.id"))

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("procedure_id", "unit_id"))


class VersionState(enum.StrEnum):
    """A draft may change; a published version is read-only; a retired one receives nothing new."""

    draft = "draft"
    published = "published"
    retired = "retired"


class ProcedureVersion(Sourced, Row):
    """One state of a procedure's law. A dossier keeps the version it was received under."""

    __tablename__ = "procedure_version"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Version of a procedure"),
        plural=_l("Versions of procedures"),
        menu="procedures",
        icon="bi-layers",
        roles=CATALOGUE,
        order=("valid_from", "desc"),
        children=(
            *("CaseTerm", "DataField", "RequiredDocument", "ProcedureStep", "FeeRule"),
            *("ProcedureResult", "StepAction"),
        ),
    )

    key: Mapped[str] = field(_l("Version"), Text(20), listed=True)
    state: Mapped[VersionState] = field(
        _l("State"),
        Choice(VersionState),
        default=VersionState.draft,
        listed=True,
        faceted=True,
        edited=False,
    )
    valid_from: Mapped[dt.date] = field(_l("Valid from"), sa.Date, listed=True)
    valid_to: Mapped[dt.date | None] = field(_l("Valid to"), sa.Date, default=None, listed=True)
    legal_term: Mapped[str | None] = field(
        _l("Legal term"),
        TermText(20),
        default=None,
        listed=True,
        help=_l("Such as 3 working days or 3wd; 24wh = working hours, 15cd = days, same-day"),
    )
    local_term: Mapped[str | None] = field(
        _l("Promised term"),
        TermText(20),
        default=None,
        help=_l("A shorter term that the unit promises"),
    )
    extra_term: Mapped[str | None] = field(
        _l("Added in mountainous communes"), TermText(20), default=None
    )
    term_note: Mapped[str | None] = field(
        _l("Note on the term"), Text(1000), default=None, multiline=True
    )
    pause_mode: Mapped[PauseMode] = field(
        _l("Clock after a supplement"),
        Choice(PauseMode),
        default=PauseMode.pause,
        help=_l(
            "Decree 61/2018, Article 19(4): the term starts again; later practice subtracts the wait"
        ),
    )
    legal_basis: Mapped[str | None] = field(
        _l("Legal basis"), Text(2000), default=None, multiline=True
    )
    procedure_id: Mapped[str] = field(
        _l("Procedure"), Id, sa.ForeignKey("procedure.id"), index=True, edited=False, exported=False
    )

    procedure: Mapped[Procedure] = related(
        _l("Procedure"), foreign_keys=[procedure_id], listed=True
    )
    case_terms: Mapped[list["CaseTerm"]] = relationship(
        back_populates="version", order_by="CaseTerm.position"
    )
    data_fields: Mapped[list["DataField"]] = relationship(
        back_populates="version", order_by="DataField.position, DataField.id"
    )
    documents: Mapped[list["RequiredDocument"]] = relationship(
        back_populates="version", order_by="RequiredDocument.position"
    )
    steps: Mapped[list["ProcedureStep"]] = relationship(
        back_populates="version", order_by="ProcedureStep.position"
    )
    fees: Mapped[list["FeeRule"]] = relationship(
        back_populates="version", order_by="FeeRule.position, FeeRule.code"
    )
    results: Mapped[list["ProcedureResult"]] = relationship(  # noqa: F821
        back_populates="version", order_by="ProcedureResult.position"
    )
    actions: Mapped[list["StepAction"]] = relationship(  # noqa: F821
        back_populates="version", order_by="StepAction.position"
    )

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("procedure_id", "key"))

    def __str__(self):
        return f"{self.procedure} ({self.key})"


class CaseTerm(Sourced, Row):
    """The legal term of one case of a version, where it differs: 7 days for a house, 10 for others."""

    __tablename__ = "case_term"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Term of a case"),
        plural=_l("Terms by case"),
        menu="procedures",
        icon="bi-hourglass-split",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    position: Mapped[int] = field(_l("Order"), default=0, listed=True)
    case: Mapped[str] = field(_l("Case"), Text(40), listed=True)
    name: Mapped[str] = field(_l("Case in words"), Text(300), listed=True, searched=True)
    term: Mapped[str] = field(_l("Legal term"), TermText(20), listed=True)
    version_id: Mapped[str] = field(
        _l("Version"),
        Id,
        sa.ForeignKey("procedure_version.id"),
        index=True,
        edited=False,
        exported=False,
    )

    version: Mapped[ProcedureVersion] = related(
        _l("Version"), foreign_keys=[version_id], back_populates="case_terms"
    )

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("version_id", "case"))

    def __str__(self):
        return self.name


class DataField(DataColumns, Sourced, Row):
    """One field of the data that a version asks for; columns of a table name it as `group`."""

    __tablename__ = "data_field"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Data field"),
        plural=_l("Data fields"),
        menu="procedures",
        icon="bi-input-cursor-text",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    stages: Mapped[str | None] = field(
        _l("Filled in at"),
        Text(60),
        default=None,
        help=_l("“intake” or numbers of steps, separated by commas; empty: at the counter"),
    )
    version_id: Mapped[str] = field(
        _l("Version"),
        Id,
        sa.ForeignKey("procedure_version.id"),
        index=True,
        edited=False,
        exported=False,
    )

    version: Mapped[ProcedureVersion] = related(
        _l("Version"), foreign_keys=[version_id], back_populates="data_fields"
    )

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("version_id", "key"))

    def __str__(self):
        return self.label


class RequiredDocument(Sourced, Row):
    """One component of a dossier (thành phần hồ sơ), with the case in which it is asked."""

    __tablename__ = "required_document"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Required document"),
        plural=_l("Required documents"),
        menu="procedures",
        icon="bi-list-check",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    position: Mapped[int] = field(_l("Order"), default=0, listed=True)
    name: Mapped[str] = field(_l("Document"), Text(800), listed=True, searched=True, multiline=True)
    originals: Mapped[int] = field(_l("Originals"), default=1, listed=True)
    copies: Mapped[int] = field(_l("Copies"), default=0, listed=True)
    required: Mapped[bool] = field(_l("Required"), default=True, listed=True)
    condition: Mapped[str | None] = field(
        _l("Case"),
        Text(40),
        default=None,
        help=_l("Only in this case, such as authorised or mortgaged"),
    )
    only_if: Mapped[str | None] = field(_l("Only if"), Text(1000), default=None, help=CONDITION)
    condition_text: Mapped[str | None] = field(
        _l("Case in words"), Text(500), default=None, listed=True
    )
    from_register: Mapped[bool] = field(_l("Obtainable from a register"), default=False)
    #: The blank form that goes with it, as a file of the store; all four are there or none.
    blank_name: Mapped[str | None] = field(_l("Blank form"), Text(255), default=None, edited=False)
    blank_type: Mapped[str | None] = field(
        _l("Kind of blank form"), Text(20), default=None, edited=False, exported=False
    )
    blank_size: Mapped[int | None] = field(
        _l("Size of blank form"), default=None, edited=False, exported=False
    )
    blank_sha256: Mapped[str | None] = field(
        _l("Fingerprint of blank form"),
        Text(64),
        default=None,
        index=True,
        edited=False,
        exported=False,
    )
    version_id: Mapped[str] = field(
        _l("Version"),
        Id,
        sa.ForeignKey("procedure_version.id"),
        index=True,
        edited=False,
        exported=False,
    )
    type_id: Mapped[str | None] = field(
        _l("Kind of document"), Id, sa.ForeignKey("document_type.id"), edited=False, exported=False
    )

    version: Mapped[ProcedureVersion] = related(
        _l("Version"), foreign_keys=[version_id], back_populates="documents"
    )
    type: Mapped[DocumentType | None] = related(_l("Kind of document"), foreign_keys=[type_id])

    def __str__(self):
        return self.name


class ProcedureStep(Sourced, Row):
    """One step of the internal process (quy trình nội bộ). Steps of one group run in parallel and join."""

    __tablename__ = "procedure_step"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Step"),
        plural=_l("Steps"),
        menu="procedures",
        icon="bi-signpost-split",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    position: Mapped[int] = field(_l("Order"), listed=True)
    group: Mapped[int | None] = field(
        _l("Parallel group"), default=None, help=_l("Steps of one group run side by side and join")
    )
    name: Mapped[str] = field(_l("Work"), Text(400), listed=True, searched=True)
    kind: Mapped[StepKind] = field(_l("Kind"), Choice(StepKind), listed=True, faceted=True)
    function: Mapped[str | None] = field(_l("Department"), Text(20), default=None, listed=True)
    role: Mapped[Role] = field(_l("Role"), Choice(Role), listed=True)
    term: Mapped[str | None] = field(_l("Duration"), TermText(20), default=None, listed=True)
    silence: Mapped[bool] = field(
        _l("Silence means consent"),
        default=False,
        help=_l("At the end of its term the step agrees by itself"),
    )
    outside_total: Mapped[bool] = field(_l("Outside the legal term"), default=False)
    external_body: Mapped[str | None] = field(_l("Outside body"), Text(200), default=None)
    target_level: Mapped[Level | None] = field(_l("Passed to level"), Choice(Level), default=None)
    only_if: Mapped[str | None] = field(
        _l("Only if"), Text(1000), default=None, help=_l("Otherwise the step is passed over")
    )
    same_as: Mapped[int | None] = field(
        _l("Same person as step"),
        default=None,
        help=_l("The number of an earlier step: who did it gets this one"),
    )
    version_id: Mapped[str] = field(
        _l("Version"),
        Id,
        sa.ForeignKey("procedure_version.id"),
        index=True,
        edited=False,
        exported=False,
    )

    version: Mapped[ProcedureVersion] = related(
        _l("Version"), foreign_keys=[version_id], back_populates="steps"
    )

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("version_id", "position"))

    def __str__(self):
        return f"{self.position}. {self.name}"


class FeeRule(Sourced, Row):
    """A fee or charge of a version: amount, when it is collected, on which resolution it rests."""

    __tablename__ = "fee_rule"
    __scope__ = ScopeKind.shared
    __screen__ = Screen(
        title=_l("Fee"),
        plural=_l("Fee schedule"),
        menu="procedures",
        icon="bi-cash-coin",
        roles=CATALOGUE,
        order=("position", "asc"),
    )

    position: Mapped[int] = field(_l("Order"), default=0, listed=True)
    code: Mapped[str] = field(_l("Code"), Text(40), listed=True)
    name: Mapped[str] = field(_l("Name"), Text(300), listed=True, searched=True)
    amount: Mapped[int | None] = field(
        _l("Amount (đồng)"),
        sa.BigInteger,
        default=None,
        listed=True,
        help=_l("Empty: the amount is not confirmed; the clerk enters it from the resolution"),
    )
    per: Mapped[str] = field(_l("Per"), Text(20), default="case")
    cap: Mapped[int | None] = field(_l("Cap (đồng)"), sa.BigInteger, default=None)
    moment: Mapped[FeeMoment] = field(_l("Collected"), Choice(FeeMoment), listed=True)
    refundable: Mapped[bool] = field(_l("Refundable"), default=False)
    condition: Mapped[str | None] = field(_l("Case"), Text(200), default=None)
    only_if: Mapped[str | None] = field(_l("Only if"), Text(1000), default=None, help=CONDITION)
    quantity: Mapped[str | None] = field(
        _l("Quantity"),
        Text(1000),
        default=None,
        help=_l(
            "A formula over the data; empty: counted by the clerk, once where nothing is counted"
        ),
    )
    free_if: Mapped[str | None] = field(
        _l("Free of charge if"), Text(1000), default=None, help=CONDITION
    )
    valid_from: Mapped[dt.date | None] = field(_l("Valid from"), sa.Date, default=None, listed=True)
    valid_to: Mapped[dt.date | None] = field(_l("Valid to"), sa.Date, default=None, listed=True)
    legal_basis: Mapped[str | None] = field(_l("Legal basis"), Text(500), default=None)
    version_id: Mapped[str] = field(
        _l("Version"),
        Id,
        sa.ForeignKey("procedure_version.id"),
        index=True,
        edited=False,
        exported=False,
    )

    version: Mapped[ProcedureVersion] = related(
        _l("Version"), foreign_keys=[version_id], back_populates="fees", listed=True
    )

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.CheckConstraint("amount >= 0", name="amount"))

    def __str__(self):
        return self.name
