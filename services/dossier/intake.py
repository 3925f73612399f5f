"""At the counter: receive a dossier, or turn it away with a paper that says why."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa

from domain import names, numbering
from domain.codes import (
    Outcome,
    Status,
    StepKind,
    Verb,
)
from domain.data_fields import Values
from domain.dossier import Facts, next_status
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.applicant import Applicant
from models.base import db
from models.dossier import (
    Dossier,
    DossierLeg,
    DossierPaper,
)
from models.ids import uuid7
from models.organisation import Unit
from models.outcome import ActionMoment
from models.procedure import ProcedureVersion, VersionState
from services import offering, reference
from services.acting import Actor, Post
from services.dossier import actions, clock, data, data_files, interlink, steps
from services.dossier.checking import checked
from services.dossier.forms import Intake, Lack, Person, checked_lacks, plain
from services.dossier.pricing import add_fees
from services.dossier.supplement import add_supplement
from services.numbers import next_numbers, numbering_day
from services.recording import record
from services.transaction import hold, one_at_a_time, repeated, transaction


def receive(form: Intake, *, actor: Actor, at: dt.datetime) -> Dossier:
    """Receive a dossier: number, deadline, steps, fees and event, committed together.

    A form that was already received returns its dossier unchanged; one that was answered with
    guidance at an earlier visit becomes a dossier now. NĐ 61/2018 Đ17 k1c, k3.
    Errors: domain refusals with the form's field.
    """
    # Without autoflush all is written in two strokes instead of one row and one column at a time.
    with transaction(), db.session.no_autoflush:
        one_at_a_time(form.id)
        known = db.session.get(Dossier, form.id)
        if known is not None and known.status is not Status.new:
            return known
        post = _clerk(actor)
        version = published(form.version_id, at.date())
        form = checked(form, at.date())
        offering.refuse_elsewhere(_competent(form.competent_id, post.agency_id), version.procedure)
        values = _data(version, form, at.date())
        dossier = _new(form, version, post, actor, at, known)
        values = data_files.attach(dossier, data.specs(version), values, post.agency_id, actor, at)
        data.keep(dossier, data.specs(version), values)
        asked = data.Known(version, form.cases, values, at.date())
        facts = Facts(papers_missing=_missing(version, form, asked))
        status = next_status(Verb.receive, Status.new, actor.roles, facts=facts)
        _add_parts(dossier, version, form, at, asked)
        _start(dossier, version, form, actor, at)
        if known is None:
            hold(dossier)
        _number(dossier, post, at, status)
        record(
            Tag.dossier_receive,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post,
            changes={
                "code": dossier.code,
                "due_at": dossier.due_at,
                "procedure": version.procedure.code,
            },
            op_id=form.id,
        )
    return dossier


def _clerk(actor: Actor) -> Post:
    post = actor.post(Role.clerk)
    if post is None:
        raise DomainError("dossier.role_not_allowed")
    return post


def published(version_id: str, on: dt.date) -> ProcedureVersion:
    """The version, if it may be used for a receipt on that day. Errors: procedure.*."""
    version = reference.version(version_id)
    if version is None:
        raise DomainError("procedure.not_found", field="version_id")
    started = version.valid_from <= on and (version.valid_to is None or version.valid_to >= on)
    if version.state is not VersionState.published or not started:
        raise DomainError("procedure.not_published", field="version_id")
    return version


def _new(
    form: Intake,
    version: ProcedureVersion,
    post: Post,
    actor: Actor,
    at: dt.datetime,
    known: Dossier | None,
) -> Dossier:
    owner, submitter = form.owner, form.submitter
    applicant = _applicant(owner, post.agency_id)
    competent = _competent(form.competent_id, post.agency_id)
    dossier = known or Dossier(id=form.id, agency_id=post.agency_id, pauses=[])
    values = {
        "legacy_code": plain(form.legacy_code) or None,
        "status": Status.new,
        "channel": form.channel,
        "procedure": version.procedure,
        "procedure_version": version,
        "applicant": applicant,
        "counter": reference.unit(post.unit_id),
        "competent": competent,
        "receiver_id": actor.officer_id,
        "owner_name": owner.name,
        "owner_kind": owner.kind.value,
        "owner_id_number": owner.id_number or owner.tax_code,
        "owner_phone": owner.phone,
        "owner_email": owner.email,
        "owner_address": owner.address,
        "submitter_name": submitter.name if submitter else None,
        "submitter_id_number": submitter.id_number if submitter else None,
        "submitter_phone": submitter.phone if submitter else None,
        "authorisation": plain(form.authorisation) or None,
        "subject": plain(form.subject) or version.procedure.name,
        "cases": list(form.cases),
        "details": form.details,
        "sets": max(1, form.sets),
        "return_method": form.return_method,
        "return_address": plain(form.return_address) or None,
        "received_at": at,
        "supplement_requests": 0,
        "extensions": 0,
        "name_key": names.fold(owner.name),
        "search_key": names.fold(_search_words(form, owner, submitter)),
    }
    for name, value in values.items():
        setattr(dossier, name, value)
    db.session.add(dossier)
    return dossier


def _search_words(form: Intake, owner: Person, submitter: Person | None) -> str:
    number = owner.id_number or owner.tax_code
    words = (form.legacy_code, owner.name, number, owner.phone, submitter and submitter.name)
    return " ".join(w for w in words if w)


def _competent(unit_id: str | None, own_id: str) -> Unit:
    unit = reference.unit(unit_id or own_id)
    if unit is None or not unit.is_agency:
        raise DomainError("unit.not_found", field="competent_id")
    return unit


def _applicant(owner: Person, agency_id: str) -> Applicant:
    """The person as this agency knows them: found by number, updated with what was typed today."""
    known = None
    number = owner.id_number or owner.tax_code
    if number:
        known = known_applicant(owner, agency_id)
    if known is None:
        known = Applicant(agency_id=agency_id)
        db.session.add(known)
    columns = "kind name id_number tax_code birth_date sex phone email address"
    for name in columns.split():
        value = getattr(owner, name)
        older = name == "id_number" and value == known.old_id_number  # the newer number stays
        if value is not None and not older:
            setattr(known, name, value)
    if owner.old_number and owner.old_number != known.id_number:
        known.old_id_number = owner.old_number
    words = (owner.name, known.id_number or number, known.old_id_number, owner.phone)
    known.search_key = names.fold(" ".join(word for word in words if word))
    known.sort_key = names.person_sort_key(owner.name)
    return known


def known_applicant(owner: Person, agency_id: str) -> Applicant | None:
    """The person known under the number, else under the nine digits that the card still carries."""
    column = Applicant.id_number if owner.id_number else Applicant.tax_code
    tries = [column == (owner.id_number or owner.tax_code)]
    if owner.old_number:
        old = owner.old_number
        tries.append(sa.or_(Applicant.id_number == old, Applicant.old_id_number == old))
    if owner.id_number and len(owner.id_number) == 9:
        tries.append(Applicant.old_id_number == owner.id_number)
    for match in tries:
        query = sa.select(Applicant).where(Applicant.agency_id == agency_id, match).limit(1)
        found = db.session.scalars(query).first()
        if found is not None:
            return found
    return None


def _data(version: ProcedureVersion, form: Intake, on: dt.date) -> Values:
    """What was typed into the version's own fields. Errors: the first of them, at its field."""
    filled = data.read(version, form.data, form.cases, on)
    for problem in filled.problems.values():
        raise problem
    return filled.values


def _missing(version: ProcedureVersion, form: Intake, known: data.Known) -> tuple[str, ...]:
    """Components that this case requires and that are not on the table. NĐ 61/2018 Đ17 k1."""
    given = {p.document_id for p in form.papers if p.handed_in}
    return tuple(
        d.name for d in version.documents if d.required and known.asks_for(d) and d.id not in given
    )


def _add_parts(
    dossier: Dossier,
    version: ProcedureVersion,
    form: Intake,
    at: dt.datetime,
    known: data.Known,
) -> None:
    for old in dossier.papers:  # of an earlier visit that ended in guidance
        db.session.delete(old)
    for position, paper in enumerate(form.papers, 1):
        db.session.add(
            DossierPaper(
                agency_id=dossier.agency_id,
                dossier=dossier,
                document_id=paper.document_id,
                position=position,
                name=plain(paper.name),
                originals=paper.originals,
                copies=paper.copies,
                handed_in=paper.handed_in,
                received_at=at if paper.handed_in else None,
                note=plain(paper.note) or None,
            )
        )
    add_fees(dossier, version, form.fees, known)


def _start(
    dossier: Dossier, version: ProcedureVersion, form: Intake, actor: Actor, at: dt.datetime
) -> None:
    """Set the deadline and lay out the steps; the first one, at the counter, is the receiver's own."""
    term = clock.term_of(version, form.extra_term, form.cases)
    dossier.term = str(term) if term else None
    clock.set_due(dossier)
    leg = DossierLeg(
        id=uuid7(),
        agency_id=dossier.agency_id,
        dossier=dossier,
        position=1,
        opened_at=at,
        due_at=dossier.due_at,
    )
    db.session.add(leg)
    if dossier.competent.id == dossier.agency_id:
        lay_out(dossier, leg, version, at)
    else:
        interlink.lay_out_forwarding(dossier, leg, version)
    opened = steps.open_next(dossier, leg, at, actor.name)
    for step in opened:
        step.holder_id, step.taken_at = actor.officer_id, at
    actions.run(dossier, opened, ActionMoment.entry, actor=actor, at=at)


def lay_out(
    dossier: Dossier,
    leg: DossierLeg,
    version: ProcedureVersion,
    at: dt.datetime,
    round_: int = 1,
) -> None:
    """Write the pending steps of a leg from the version's own."""
    departments = reference.departments(dossier.agency_id, at.date())
    counter = dossier.counter or db.session.get_one(Unit, dossier.counter_id)
    for definition in version.steps:
        if definition.kind in (StepKind.receive, StepKind.return_result):
            unit = counter
        else:
            unit = steps.unit_with(definition.function, departments)
        planned = steps.plan(leg, dossier, definition, unit)
        planned.round = round_
        db.session.add(planned)


def _number(dossier: Dossier, post: Post, at: dt.datetime, status: Status) -> None:
    """Code, book and order: late, because the counters stay locked until the commit, but before
    anything is written, because a key of search that changes is indexed twice."""
    agency = reference.unit(post.agency_id)
    assert agency is not None
    day = numbering_day(agency.id, "dossier", at.date())
    dossier.book = str(at.year)
    numbers = next_numbers(agency.id, {"book": dossier.book, "dossier": day.isoformat()})
    dossier.book_order = numbers["book"]
    unit = agency.official_code or agency.code
    dossier.code = numbering.dossier_code(unit, day, numbers["dossier"])
    dossier.search_key = names.fold(f"{dossier.code} {dossier.search_key}")
    dossier.status = status
    db.session.flush()


def _turned_away(
    form: Intake, actor: Actor, at: dt.datetime, verb: Verb, known: Dossier | None
) -> Dossier:
    """A visit that does not become a dossier in process leaves its record and its paper, but no code."""
    post = _clerk(actor)
    version = published(form.version_id, at.date())
    form = checked(form, at.date())
    dossier = _new(form, version, post, actor, at, known)
    values = data.read(version, form.data, form.cases, at.date()).values  # as far as it can be read
    values = data_files.attach(dossier, data.specs(version), values, post.agency_id, actor, at)
    data.keep(dossier, data.specs(version), values)
    dossier.status = next_status(verb, Status.new, actor.roles, facts=Facts())
    asked = data.Known(version, form.cases, values, at.date())
    _add_parts(dossier, version, replace(form, fees=()), at, asked)
    db.session.flush()
    return dossier


def refuse_intake(form: Intake, *, reason: str, actor: Actor, at: dt.datetime) -> Dossier:
    """Refuse at the counter, with the refusal slip (NĐ 61/2018 Đ17 k1b). Errors: dossier.reason_required."""
    if not plain(reason):
        raise DomainError("dossier.reason_required", field="reason")
    with transaction():
        one_at_a_time(form.id)
        known = db.session.get(Dossier, form.id)
        if known is not None and known.status is not Status.new:
            return known
        dossier = _turned_away(form, actor, at, Verb.refuse_intake, known)
        dossier.outcome = Outcome.not_accepted
        dossier.result_text = plain(reason)
        record(
            Tag.dossier_refuse_intake,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=_clerk(actor),
            reason=plain(reason),
            op_id=form.id,
        )
    return dossier


def ask_before_intake(
    form: Intake,
    *,
    items: tuple[Lack, ...],
    reason: str,
    actor: Actor,
    at: dt.datetime,
    op_id: str | None = None,
) -> Dossier:
    """Incomplete at the counter: one complete guidance slip, no acceptance, no clock (NĐ 61/2018 Đ17 k1a).

    `op_id` is the key of this visit: `form.id` stays free for the act that ends the matter, at this
    visit or a later one.
    """
    with transaction():
        one_at_a_time(form.id)
        known = db.session.get(Dossier, form.id)
        if known is not None and (known.status is not Status.new or repeated(op_id)):
            return known
        lacks = checked_lacks(items)
        dossier = _turned_away(form, actor, at, Verb.ask_before_intake, known)
        add_supplement(dossier, lacks, reason, by=actor, at=at, before_intake=True)
        record(
            Tag.dossier_ask_before_intake,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=_clerk(actor),
            reason=plain(reason),
            op_id=op_id,
        )
    return dossier
