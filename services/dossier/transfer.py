"""Ask another agency, or colleagues of another department, and wait for the answer."""

import datetime as dt

from domain.codes import StepKind, StepState, Verb
from domain.deadline import Term
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.organisation import Unit
from services.acting import Actor
from services.dossier import interlink, steps
from services.dossier.flow import move_on
from services.dossier.forms import plain
from services.dossier.guard import check, post_on, step_of
from services.recording import record
from services.transaction import locked, repeated, transaction


def transfer(
    dossier: Dossier,
    *,
    to_agency_id: str,
    request: str,
    term: str | None = None,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Ask another agency for its part and wait for its answer (NĐ 61/2018 Đ19 k6–7).

    The dossier stays ours; the other agency gets a leg with its own deadline. Errors:
    transfer.no_target, value.required, term.invalid, guards.
    """
    if not plain(request):
        raise DomainError("value.required", field="request")
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        status = check(Verb.transfer, dossier, actor, step, at)
        assert step is not None
        target = db.session.get(Unit, to_agency_id)
        if target is None or not target.is_agency or target.id == step.agency_id:
            raise DomainError("transfer.no_target", field="to_agency_id")
        interlink.set_at_home(dossier, actor, at, status=status)
        waiting = step
        if step.kind is StepKind.transfer:
            step.state = StepState.waiting
        else:
            waiting = steps.add_beside(
                dossier,
                step,
                StepKind.transfer,
                plain(request),
                at,
                actor,
                term=term,
                unit=step.unit,
            )
        db.session.flush()
        interlink.send(dossier, waiting, target, plain(request), actor=actor, at=at)
        record(
            Tag.dossier_transfer,
            waiting,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            reason=plain(request),
            changes={"to": target.full_name, "due_at": waiting.due_at},
            op_id=op_id,
        )
    return dossier


def consult(
    dossier: Dossier,
    *,
    unit_ids: tuple[str, ...],
    question: str,
    term: str,
    silence: bool = False,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Ask departments of one's own agency, side by side, with content and term (NĐ 61/2018 Đ19 k5).

    silence: whether no answer at the end of the term counts as consent; only where the sector law
    says so. Errors: value.required, unit.not_found, term.invalid, guards.
    """
    if not plain(question):
        raise DomainError("value.required", field="question")
    if not unit_ids:
        raise DomainError("value.required", field="unit_ids")
    Term.parse(term)
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        status = check(Verb.consult, dossier, actor, step, at)
        assert step is not None
        interlink.set_at_home(dossier, actor, at, status=status)
        asked = [_department(unit_id, step.agency_id) for unit_id in unit_ids]
        for unit in asked:
            beside = steps.add_beside(
                dossier, step, StepKind.consult, plain(question), at, actor, term=term, unit=unit
            )
            beside.silence = silence
        record(
            Tag.dossier_consult,
            step,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            reason=plain(question),
            changes={"asked": [u.full_name for u in asked], "term": term, "silence": silence},
            op_id=op_id,
        )
    return dossier


def _department(unit_id: str, agency_id: str) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.agency_id != agency_id:
        raise DomainError("unit.not_found", field="unit_ids")
    return unit


def answer_consult(
    dossier: Dossier,
    *,
    opinion: str,
    agrees: bool = True,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Give the opinion that was asked for (NĐ 61/2018 Đ19 k5). Errors: value.required, guards."""
    if not plain(opinion):
        raise DomainError("value.required", field="opinion")
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        check(Verb.answer_consult, dossier, actor, step, at)
        assert step is not None
        steps.close(step, actor, at, plain(opinion))
        if step.position < steps.AD_HOC:
            move_on(dossier, step, actor, at)
        record(
            Tag.dossier_answer_consult,
            step,
            dossier=dossier,
            actor=actor,
            at=at,
            post=actor.home if Role.system in actor.roles else post_on(actor, step),
            reason=plain(opinion),
            changes={"agrees": agrees},
            op_id=op_id,
        )
    return dossier
