"""How a visit begins: an empty page, the page as sent, a person or a guided visit taken up again."""

import datetime as dt
from typing import Any

from domain.codes import ApplicantKind, Status
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.dossier import Dossier
from services.acting import Actor
from services.dossier import data
from views.counter import batch, lines
from views.counter.desk import Desk
from views.counter.form import LAND, CounterForm


def opened(actor: Actor, at: dt.datetime) -> Desk:
    """An empty page."""
    desk = Desk(CounterForm(formdata=None), actor, at)
    _offer_agencies(desk)
    desk.lay_out()
    return desk


def posted(typed: Any, actor: Actor, at: dt.datetime) -> Desk:
    """The page as it was sent."""
    desk = Desk(CounterForm(formdata=typed), actor, at, typed=typed)
    _offer_agencies(desk)
    desk.lay_out()
    desk.batch = batch.lines_of(typed)
    if "l-0-seen" in typed:
        desk.lacks = lines.lacks(typed, [])
    return desk


def again(dossier: Dossier, actor: Actor, at: dt.datetime) -> Desk:
    """A visit that ended in guidance, taken up again with everything it had."""
    if dossier.status is not Status.new:
        raise DomainError("dossier.already_received")
    desk = next_of(dossier, actor, at)
    desk.form.fill(id=dossier.id)
    if dossier.submitter_name:
        desk.form.fill(
            has_submitter=True,
            submitter_name=dossier.submitter_name,
            submitter_id_number=dossier.submitter_id_number,
            submitter_phone=dossier.submitter_phone,
            authorisation=dossier.authorisation,
        )
    return take_over(desk, dossier)


def take_over(desk: Desk, dossier: Dossier) -> Desk:
    """The same request as another dossier: procedure, cases, papers and the way of return."""
    desk.form.fill(
        subject=dossier.subject,
        channel=dossier.channel.value,
        sets=dossier.sets,
        return_method=dossier.return_method,
        return_address=dossier.return_address,
        competent_id=dossier.competent_id,
        **{f"land_{k}": v for k, v in (dossier.details or {}).get("land", {}).items() if k in LAND},
    )
    _offer_agencies(desk)
    desk.ticked = frozenset(dossier.cases)
    desk.given = data.values_of(dossier)
    if desk.form.id.data != dossier.id:  # another dossier has files of its own
        kinds = {f.key: f.kind for f in data.specs(data.version_of(dossier))}
        desk.given = {k: v for k, v in desk.given.items() if kinds[k] is not FieldKind.file}
    desk.choose(dossier.procedure_version)
    return _retick(desk, dossier)


def _retick(desk: Desk, dossier: Dossier) -> Desk:
    kept = {p.document_id: p for p in dossier.papers if p.document_id}
    for line in desk.papers:
        paper = kept.get(line.document.id)
        if paper is not None:
            line.form.handed_in.data = paper.handed_in
            line.form.originals.data = paper.originals or line.document.originals
            line.form.copies.data = paper.copies or line.document.copies
    others = [p for p in dossier.papers if not p.document_id]
    for form, paper in zip(desk.extra, others, strict=False):
        form.name.data, form.originals.data, form.copies.data = (
            paper.name,
            paper.originals,
            paper.copies,
        )
    return desk


def next_of(dossier: Dossier, actor: Actor, at: dt.datetime) -> Desk:
    """A new visit of the owner of a dossier: the person filled in, all else empty."""
    desk = opened(actor, at)
    body = dossier.owner_kind in {ApplicantKind.enterprise, ApplicantKind.organisation}
    desk.form.fill(
        owner_kind=dossier.owner_kind,
        owner_name=dossier.owner_name,
        owner_id_number=None if body else dossier.owner_id_number,
        owner_tax_code=dossier.owner_id_number if body else None,
        owner_phone=dossier.owner_phone,
        owner_email=dossier.owner_email,
        owner_address=dossier.owner_address,
    )
    person = dossier.applicant
    if person is not None:
        desk.form.fill(owner_birth_date=person.birth_date, owner_sex=person.sex)
    return desk


def _offer_agencies(desk: Desk) -> None:
    """Our own agency first, then the one that was chosen; all others are asked from the server."""
    own = desk.agency
    offered = {own.id: own.full_name}
    chosen = desk.competent
    offered.setdefault(chosen.id, chosen.full_name)
    desk.form.competent_id.choices = list(offered.items())
    desk.form.competent_id.data = chosen.id
    desk.form.extra_term.data = bool(desk.form.extra_term.data)
