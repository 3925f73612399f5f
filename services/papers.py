"""Issued papers: a paper is kept as it was issued, so that a reprint is the same paper."""

import datetime as dt
import uuid
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.codes import Verb
from domain.errors import DomainError
from domain.events import Tag
from domain.numbering import DocumentNumber
from models.base import db
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from models.paper import IssuedPaper
from services.acting import Actor
from services.dossier.guard import check
from services.numbers import next_number
from services.recording import record
from services.transaction import locked, made_here, repeated, transaction


class Printed(NamedTuple):
    """One print of a paper: `number` 1 is the original, and when it was made."""

    number: int
    at: dt.datetime


def key_of(op_id: str, form: str) -> str:
    """The key of the paper that an act issues, from the key of the act: sent twice, issued once."""
    return str(uuid.uuid5(uuid.UUID(op_id), form))


def issue(
    dossier: Dossier,
    form: str,
    content: dict[str, Any],
    number_scheme: DocumentNumber | None = None,
    *,
    actor: Actor,
    at: dt.datetime,
    agency_id: str | None = None,
    op_id: str | None = None,
    template_id: str | None = None,
) -> IssuedPaper:
    """Keep a paper with its number and the frozen values it is printed from.

    content: plain JSON values (`printing.papers.content`). A scheme gives the next number of the
    issuing agency and year; without one the number is what `content` already has. agency_id: who
    issues, when not the dossier's owner. template_id: the template it is printed from, for ever; none: the
    form that comes with the product. A repeated key returns the paper issued before.
    Errors: dossier.not_found, dossier.role_not_allowed.
    """
    with transaction():
        dossier = locked(dossier, moves=False)
        known = None if made_here(dossier) else _issued_by(op_id)
        if known is not None:
            return known
        check(Verb.reprint, dossier, actor, None, at)
        owner = agency_id or dossier.agency_id
        paper = IssuedPaper(
            id=uuid7(),
            agency_id=owner,
            dossier_id=dossier.id,
            form=form,
            issued_at=at,
            issued_by=actor.name,
            template_id=template_id,
        )
        if number_scheme is not None:
            content = {**content, "number": _next(owner, number_scheme)}
        paper.number, paper.content = content.get("number") or None, content
        db.session.add(paper)
        record(
            Tag.paper_print,
            paper,
            dossier=dossier,
            actor=actor,
            at=at,
            post=actor.post(agency_id=owner),
            changes={"paper": form, "number": paper.number},
            op_id=op_id,
        )
    return paper


def _next(agency_id: str, scheme: DocumentNumber) -> str:
    """The next “05/TNHS”; the counter stays locked until the commit, so it comes late."""
    return scheme.format(next_number(agency_id, f"document:{scheme.sign}", str(scheme.year)))


def _issued_by(op_id: str | None) -> IssuedPaper | None:
    if op_id is None:
        return None
    found = db.session.scalar(
        sa.select(Event.subject_id).where(Event.op_id == op_id, Event.tag == Tag.paper_print)
    )
    return db.session.get(IssuedPaper, found) if found else None


def reprint(
    paper: IssuedPaper, *, actor: Actor, at: dt.datetime, op_id: str | None = None
) -> Printed:
    """Print again: the same values under “BẢN IN LẠI”, and an event. Returns which print this is.

    Errors: dossier.not_found, dossier.role_not_allowed.
    """
    paper_id, dossier_id = paper.id, paper.dossier_id
    with transaction():
        dossier = locked(dossier_id, moves=False)
        if repeated(op_id):
            return last_print(paper_id)
        check(Verb.reprint, dossier, actor, None, at)
        row = db.session.get(IssuedPaper, paper_id)
        if row is None:
            raise DomainError("row.not_found")
        number = last_print(paper_id).number + 1
        record(
            Tag.paper_reprint,
            row,
            dossier=dossier,
            actor=actor,
            at=at,
            post=actor.post(agency_id=row.agency_id),
            changes={"paper": row.form, "number": row.number, "print": number},
            op_id=op_id,
        )
    return Printed(number, at)


def last_print(paper_id: str) -> Printed:
    """The newest print of a paper. Errors: row.not_found."""
    tags = (Tag.paper_print, Tag.paper_reprint)
    query = sa.select(Event.at).where(
        Event.subject_kind == IssuedPaper.__name__,
        Event.subject_id == paper_id,
        Event.tag.in_(tags),
    )
    moments = list(db.session.scalars(query.order_by(Event.id)))
    if not moments:
        raise DomainError("row.not_found")
    return Printed(len(moments), moments[-1])
