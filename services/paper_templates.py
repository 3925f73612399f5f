"""Templates of papers: draft → published (read-only, printed from) → retired; which one is printed from."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.codes import Status, StepKind
from domain.data_fields import FieldSpec
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from domain.unicode import nfc
from models.base import db
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from models.paper_template import LONGEST_BODY, PaperTemplate, SheetSize, TemplateState
from models.procedure import DataField, ProcedureVersion
from models.register import Register
from services import catalogue, reference
from services.acting import Actor
from services.dossier import data
from services.dossier.steps import live
from services.recording import record
from services.refusals import flush
from services.transaction import transaction

#: A code of a paper of one's own.
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
#: Who prints the paper that a procedure ends with, and at which steps before its end.
PRINTERS = (Role.officer, Role.registrar, Role.head, Role.leader)
AT_STEPS = frozenset({StepKind.sign, StepKind.number})


class InUse(NamedTuple):
    """A published template. `procedure_id` None: printed for every procedure without one of its own."""

    id: str
    form: str
    procedure_id: str | None
    name: str
    size: str
    body: str


# ---- which one -----------------------------------------------------------------------------------
def in_use() -> Sequence[InUse]:
    """Every published template."""
    return reference.plain(("paper templates",), _published)


def _published() -> Sequence[InUse]:
    columns = (getattr(PaperTemplate, name) for name in InUse._fields)
    query = sa.select(*columns).where(PaperTemplate.state == TemplateState.published)
    rows = db.session.execute(query.order_by(PaperTemplate.name, PaperTemplate.id))
    return [InUse(*row) for row in rows]


def current(form: str, procedure_id: str | None) -> InUse | None:
    """What a form is printed from for a procedure: its own template, that of all, or none."""
    fitting = [one for one in in_use() if one.form == form]
    own = (one for one in fitting if one.procedure_id == procedure_id)
    general = (one for one in fitting if one.procedure_id is None)
    return next(own, None) or next(general, None)


def names() -> dict[str, str]:
    """Code of every form that has ever had a template → the name of its newest version."""
    found = reference.plain(("names of paper templates",), _named)
    return dict(found)


def _named() -> Sequence[tuple[str, str]]:
    query = sa.select(PaperTemplate.form, PaperTemplate.name)
    rows = db.session.execute(query.order_by(PaperTemplate.number, PaperTemplate.id))
    return [(form, name) for form, name in rows]


def versions(series: str) -> list[PaperTemplate]:
    """All versions, the newest first."""
    query = sa.select(PaperTemplate).where(PaperTemplate.series == series)
    return list(db.session.scalars(query.order_by(PaperTemplate.number.desc())))


def series_of(form: str, procedure_id: str | None) -> str:
    """The key under which versions follow one another."""
    return f"{form}@{procedure_id}" if procedure_id else form


# ---- what it is printed from ---------------------------------------------------------------------
def register_of(form: str) -> Register | None:
    """The register whose entries a form is printed of, if it is a certificate."""
    return next((one for one in reference.registers() if one.form == form), None)


def fields_of(procedure_id: str | None, form: str = "") -> tuple[FieldSpec, ...]:
    """The fields that the versions of a procedure ask for or have asked for, the newest word counts;
    without one those of the register that this form is a certificate of."""
    if procedure_id is None:
        register = register_of(form)
        return data.specs_of(register.data_fields) if register is not None else ()
    query = sa.select(ProcedureVersion).where(ProcedureVersion.procedure_id == procedure_id)
    found: dict[str, FieldSpec] = {}
    for version in db.session.scalars(query.order_by(ProcedureVersion.valid_from)):
        found.update({spec.key: spec for spec in data.specs(version)})
    return tuple(found.values())


def keys() -> frozenset[str]:
    """The names of the fields of all procedures and registers."""
    query = sa.select(DataField.key).where(DataField.group.is_(None)).distinct()
    of_registers = (f for one in reference.registers() for f in one.data_fields if not f.group)
    return frozenset(db.session.scalars(query)) | {field.key for field in of_registers}


def note_look(dossier: Dossier, *, actor: Actor, at: dt.datetime) -> None:
    """Leave the event that somebody looked at a dossier while trying a template, once an hour."""
    with transaction():
        before = sa.select(Event.id).where(
            Event.tag == Tag.dossier_read,
            Event.dossier_id == dossier.id,
            Event.actor_id == actor.officer_id,
            Event.at > at - dt.timedelta(hours=1),
        )
        if db.session.scalars(before.limit(1)).first() is None:
            record(Tag.dossier_read, dossier, dossier=dossier, actor=actor, at=at)


# ---- printing a paper of one's own ---------------------------------------------------------------
def may_print(dossier: Dossier, actor: Actor) -> bool:
    """Whether this officer may now print the papers that the procedure ends with."""
    try:
        check_print(dossier, actor)
    except DomainError:
        return False
    return True


def check_print(dossier: Dossier, actor: Actor) -> None:
    """Errors: dossier.role_not_allowed, paper.too_early."""
    if actor.post(*PRINTERS) is None:
        raise DomainError("dossier.role_not_allowed")
    done = dossier.status in (Status.processed, Status.returned)
    if not done and not any(step.kind in AT_STEPS for step in live(dossier)):
        raise DomainError("paper.too_early")


# ---- verbs ---------------------------------------------------------------------------------------
def create(
    form: str,
    *,
    name: str,
    size: str,
    body: str,
    actor: Actor,
    at: dt.datetime,
    procedure_id: str | None = None,
    note: str = "",
    row_id: str | None = None,
) -> PaperTemplate:
    """A draft of a form, or of one procedure's; where there is a draft already, that one.

    Errors: dossier.role_not_allowed, template.code, template.too_long, value.required.
    """
    _administrator(actor)
    if not CODE.fullmatch(form):
        raise DomainError("template.code", field="form")
    with transaction():
        series = series_of(form, procedure_id)
        known = versions(series)
        draft = next((one for one in known if one.state is TemplateState.draft), None)
        if draft is not None:
            return draft
        row = PaperTemplate(
            id=row_id or uuid7(),
            agency_id=actor.home.agency_id,
            series=series,
            number=max((one.number for one in known), default=0) + 1,
            form=form,
            procedure_id=procedure_id,
            state=TemplateState.draft,
            made_by=actor.name,
            made_at=at,
        )
        _write(row, name, size, body, note, actor, at)
        db.session.add(row)
        flush(PaperTemplate)
        changes = {"name": [None, row.name], "form": form, "number": row.number}
        record(Tag.catalogue_create, row, actor=actor, at=at, changes=changes)
    return row


def change(
    template: PaperTemplate,
    *,
    name: str,
    size: str,
    body: str,
    note: str = "",
    seen: str | None = None,
    actor: Actor,
    at: dt.datetime,
) -> PaperTemplate:
    """Write a draft. `seen`: the stamp of what was shown; nothing is recorded where nothing changes.

    Errors: row.stale, row.not_found, template.draft_only, template.too_long, value.required.
    """
    _administrator(actor)
    with transaction():
        row = _held(template)
        _refuse_used(row)
        if seen is not None and seen != catalogue.stamp(row):
            raise DomainError("row.stale")
        before = {n: getattr(row, n) for n in ("name", "size", "note")}
        lines = row.body
        _write(row, name, size, body, note, actor, at)
        changes: dict[str, Any] = {
            n: [old, getattr(row, n)] for n, old in before.items() if old != getattr(row, n)
        }
        if lines != row.body:
            changes["lines"] = [lines.count("\n") + 1, row.body.count("\n") + 1]
        if not changes:
            db.session.expire(row)
            return row
        flush(PaperTemplate)
        record(Tag.catalogue_update, row, actor=actor, at=at, changes=changes)
    return row


def publish(
    template: PaperTemplate, *, seen: str | None = None, actor: Actor, at: dt.datetime
) -> PaperTemplate:
    """Print from a draft from now on; the version before it is retired. Whoever calls has tried it.

    seen: the stamp of what was tried. Errors: row.stale, row.not_found, template.draft_only.
    """
    _administrator(actor)
    with transaction():
        row = _held(template)
        _refuse_used(row)
        if seen is not None and seen != catalogue.stamp(row):
            raise DomainError("row.stale")
        before = [v for v in versions(row.series) if v.state is TemplateState.published]
        for old in before:
            old.state = TemplateState.retired
        db.session.flush()
        row.state = TemplateState.published
        flush(PaperTemplate)
        changes = {"name": row.name, "number": row.number, "replaces": [v.number for v in before]}
        record(Tag.template_publish, row, actor=actor, at=at, changes=changes)
    return row


def retire(template: PaperTemplate, *, actor: Actor, at: dt.datetime) -> PaperTemplate:
    """Print no longer from a version: what stood before any template counts again.

    Errors: row.not_found, template.not_live.
    """
    _administrator(actor)
    with transaction():
        row = _held(template)
        if row.state is not TemplateState.published:
            raise DomainError("template.not_live")
        row.state = TemplateState.retired
        changes = {"name": row.name, "number": row.number}
        record(Tag.template_retire, row, actor=actor, at=at, changes=changes)
    return row


def discard(template: PaperTemplate, *, actor: Actor, at: dt.datetime) -> None:
    """Throw a draft away. Errors: row.not_found, template.draft_only."""
    _administrator(actor)
    with transaction():
        row = _held(template)
        _refuse_used(row)
        changes = {"name": [row.name, None], "form": row.form, "number": row.number}
        record(Tag.catalogue_delete, row, actor=actor, at=at, changes=changes)
        db.session.delete(row)
        flush(PaperTemplate)


# ---- helpers -------------------------------------------------------------------------------------
def _administrator(actor: Actor) -> None:
    if actor.post(Role.admin) is None:
        raise DomainError("dossier.role_not_allowed")


def _held(template: PaperTemplate) -> PaperTemplate:
    """The row as it stands now, kept from others until the act is done."""
    identity: Any = sa.inspect(template)
    query = sa.select(PaperTemplate).where(PaperTemplate.id == identity.identity[0])
    row = db.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise DomainError("row.not_found")
    return row


def _refuse_used(row: PaperTemplate) -> None:
    """Papers are printed again from what was published: it is read-only."""
    if row.state is not TemplateState.draft:
        raise DomainError("template.draft_only")


def _write(
    row: PaperTemplate, name: str, size: str, body: str, note: str, actor: Actor, at: dt.datetime
) -> None:
    row.name, row.note = " ".join(nfc(name).split()), nfc(note).strip() or None
    row.body = plain(body).strip()
    if not row.name or not row.body:
        raise DomainError("value.required", field="name" if not row.name else "body")
    if len(row.name) > 300:
        raise DomainError("value.too_long", field="name", limit=300)
    if len(row.note or "") > 500:
        raise DomainError("value.too_long", field="note", limit=500)
    if len(row.body.encode()) > LONGEST_BODY:
        raise DomainError("template.too_long", field="body", limit=LONGEST_BODY // 1000)
    if size not in set(SheetSize):
        raise DomainError("value.choice", field="size")
    row.size = SheetSize(size)
    row.changed_by, row.changed_at = actor.name, at


def plain(body: str) -> str:
    """The text of a template: composed letters, one sign for the end of a line."""
    return nfc(body).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
