"""Certificates of entries: each is kept as it was printed, so that a reprint is the same paper."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from domain.codes import EntryState
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.register import Register, RegisterEntry, RegisterPaper
from services import paper_templates
from services.acting import Actor, Post
from services.paper_templates import PRINTERS, InUse
from services.papers import Printed
from services.recording import record
from services.registers.definition import by_id, may
from services.transaction import one_at_a_time, repeated, transaction


def template_of(register: Register) -> InUse | None:
    """What certificates of this register are printed from; None where there is nothing to print from."""
    return paper_templates.current(register.form, None) if register.form else None


def may_print(register: Register, entry: RegisterEntry, actor: Actor) -> bool:
    """Whether this officer prints certificates of the entry's agency."""
    if not may(register, actor, "read"):
        return False
    writes = may(register, actor, "write") and actor.post(agency_id=entry.agency_id) is not None
    return writes or actor.post(*PRINTERS, agency_id=entry.agency_id) is not None


def papers_of(entry: RegisterEntry) -> Sequence[RegisterPaper]:
    """The certificates that were printed of an entry, the newest first."""
    query = sa.select(RegisterPaper).where(RegisterPaper.entry_id == entry.id)
    return db.session.scalars(query.order_by(RegisterPaper.issued_at.desc())).all()


def issue(
    entry: RegisterEntry,
    content: dict[str, Any],
    *,
    template: InUse,
    actor: Actor,
    at: dt.datetime,
    row_id: str | None = None,
) -> RegisterPaper:
    """Keep a certificate with the frozen values it is printed from (`printing.register_papers`).

    row_id: made when the page was opened; sent twice it is printed once. Errors: register.not_valid,
    dossier.role_not_allowed.
    """
    with transaction():
        if row_id:
            one_at_a_time(row_id)
            made = db.session.get(RegisterPaper, row_id)
            if made is not None:
                return made
        row = _held(entry.id)
        _refuse(row, actor)
        paper = RegisterPaper(
            id=row_id or uuid7(),
            agency_id=row.agency_id,
            entry_id=row.id,
            form=template.form,
            number=row.number,
            issued_at=at,
            issued_by=actor.name,
            content=content,
            template_id=template.id,
        )
        db.session.add(paper)
        changes = {"paper": template.name, "number": row.number}
        post = _post(actor, row.agency_id)
        record(Tag.register_print, paper, actor=actor, at=at, post=post, changes=changes)
    return paper


def reprint(
    paper: RegisterPaper, *, actor: Actor, at: dt.datetime, op_id: str | None = None
) -> Printed:
    """Print again: the same values under “BẢN IN LẠI”, and an event. Returns which print this is.

    Errors: register.not_valid, dossier.role_not_allowed, row.not_found.
    """
    paper_id, entry_id = paper.id, paper.entry_id
    with transaction():
        row = _held(entry_id)
        if repeated(op_id):
            return last_print(paper_id)
        _refuse(row, actor)
        kept = db.session.get_one(RegisterPaper, paper_id)
        number = last_print(paper_id).number + 1
        record(
            Tag.register_reprint,
            kept,
            actor=actor,
            at=at,
            post=_post(actor, row.agency_id),
            changes={"paper": kept.form, "number": kept.number, "print": number},
            op_id=op_id,
        )
    return Printed(number, at)


def last_print(paper_id: str) -> Printed:
    """The newest print of a certificate. Errors: row.not_found."""
    query = sa.select(Event.at).where(
        Event.subject_kind == RegisterPaper.__name__,
        Event.subject_id == paper_id,
        Event.tag.in_((Tag.register_print, Tag.register_reprint)),
    )
    moments = list(db.session.scalars(query.order_by(Event.id)))
    if not moments:
        raise DomainError("row.not_found")
    return Printed(len(moments), moments[-1])


def _held(entry_id: str) -> RegisterEntry:
    """The entry as it stands now, kept from others until the print is recorded. Errors: row.not_found."""
    query = sa.select(RegisterEntry).where(RegisterEntry.id == entry_id)
    query = query.with_for_update(of=RegisterEntry).execution_options(populate_existing=True)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise DomainError("row.not_found")
    return row


def _refuse(row: RegisterEntry, actor: Actor) -> None:
    """What was revoked or replaced is not printed, again neither."""
    if not may_print(by_id(row.register_id), row, actor):
        raise DomainError("dossier.role_not_allowed")
    if row.state is not EntryState.valid:
        raise DomainError("register.not_valid")


def _post(actor: Actor, agency_id: str) -> Post | None:
    return actor.post(*PRINTERS, agency_id=agency_id) or actor.post(agency_id=agency_id)
