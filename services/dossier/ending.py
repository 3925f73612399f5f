"""How a dossier ends: resolved, refused, stopped, withdrawn, handed over; or moved to the right procedure."""

import datetime as dt

from domain.codes import Outcome, Status, StepKind, StepState, Verb
from domain.dossier import check_reason
from domain.errors import DomainError
from domain.events import Tag
from domain.names import normalise_id_number
from models.base import db
from models.dossier import Dossier, DossierStep
from models.procedure import ProcedureVersion
from models.scope import everything
from services import offering, reference
from services.acting import Actor
from services.dossier import clock, data, interlink, later, steps
from services.dossier.flow import move_on
from services.dossier.forms import plain
from services.dossier.guard import check, post_for, post_on, step_of
from services.dossier.intake import lay_out, published
from services.dossier.money import drop_unpaid
from services.recording import record
from services.registers import results
from services.transaction import locked, repeated, transaction


def finish(
    dossier: Dossier,
    *,
    result_no: str | None = None,
    result_text: str | None = None,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """The result is signed and numbered: the clock stops (status 9; NĐ 61/2018 Đ19–20, Đ17 k4).

    Errors: dossier.no_result, guards.
    """
    result = {"result_no": plain(result_no), "result_text": plain(result_text)}
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        named = any((*result.values(), dossier.result_no, dossier.result_text))
        named = named or results.names_result(dossier, at.date())
        check(Verb.finish, dossier, actor, step, at, has_result=named)
        assert step is not None
        if step.kind is StepKind.receive:
            _skip_to_return(dossier, step, actor, at, result)
        elif step.kind is StepKind.return_result:
            results.finish(dossier, actor=actor, at=at, agency_id=step.agency_id)
            interlink.resolve(dossier, actor, at, Outcome.granted, result)
        else:
            steps.close(step, actor, at, result["result_text"] or None)
            move_on(dossier, step, actor, at, result)
        record(
            Tag.dossier_finish,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            changes=result,
            op_id=op_id,
        )
    return dossier


def _skip_to_return(
    dossier: Dossier, step: DossierStep, actor: Actor, at: dt.datetime, result: dict[str, str]
) -> None:
    """Resolved at the counter on the spot: nothing between receipt and return takes place."""
    steps.close(step, actor, at)
    for other in dossier.steps:
        if other.state is StepState.pending and other.kind is not StepKind.return_result:
            other.state = StepState.cancelled
    move_on(dossier, step, actor, at, result)


def refuse(
    dossier: Dossier,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Not eligible after appraisal: the refusal notice is what is handed over (NĐ 61/2018 Đ19 k8)."""
    reason = check_reason(Verb.refuse, plain(reason))
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        check(Verb.refuse, dossier, actor, step, at)
        assert step is not None
        interlink.resolve(dossier, actor, at, Outcome.refused, {"result_text": reason})
        steps.close(step, actor, at, reason)
        with interlink.as_owner(dossier, actor):
            _leave_only_return(dossier, at, actor.name)
            db.session.flush()
        record(
            Tag.dossier_refuse,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            reason=reason,
            op_id=op_id,
        )
    return dossier


def _leave_only_return(dossier: Dossier, at: dt.datetime, by: str) -> None:
    """Cancel all work; what is left is to hand the answer to the citizen."""
    home = dossier.legs[0]
    for step in dossier.steps:
        unfinished = step.state in (StepState.pending, StepState.open, StepState.waiting)
        last = step.kind is StepKind.return_result and step.leg_id == home.id
        if unfinished and not last:
            step.state, step.finished_at = StepState.cancelled, at
    for leg in dossier.legs[1:]:
        leg.finished_at = leg.finished_at or at
    db.session.flush()
    steps.open_next(dossier, home, at, by)


def _cancel(dossier: Dossier, at: dt.datetime) -> None:
    """Nothing more is done: every step and every pause ends."""
    for step in dossier.steps:
        if step.state in (StepState.pending, StepState.open, StepState.waiting):
            step.state, step.finished_at = StepState.cancelled, at
    for leg in dossier.legs[1:]:
        leg.finished_at = leg.finished_at or at
    for pause in dossier.pauses:
        pause.ends = pause.ends or max(at, pause.starts)
    db.session.flush()


def stop(
    dossier: Dossier,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Stop processing, with a notice (status 8; TT 03/2025 form 05). Errors: dossier.reason_required."""
    return _end(
        Verb.stop, Outcome.stopped, Tag.dossier_stop, dossier, reason, actor, at, version, op_id
    )


def withdraw(
    dossier: Dossier,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """At the applicant's own request the papers are handed back (status 7).

    Errors: dossier.reason_required.
    """
    return _end(
        Verb.withdraw,
        Outcome.withdrawn,
        Tag.dossier_withdraw,
        dossier,
        reason,
        actor,
        at,
        version,
        op_id,
    )


def _end(
    verb: Verb,
    outcome: Outcome,
    tag: Tag,
    dossier: Dossier,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    version: int | None,
    op_id: str | None,
) -> Dossier:
    reason = check_reason(verb, plain(reason))
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        status = check(verb, dossier, actor, None, at)
        post = post_for(verb, dossier, actor)
        interlink.set_at_home(
            dossier, actor, at, status=status, outcome=outcome, processed_at=at, result_text=reason
        )
        with everything():
            _cancel(dossier, at)
        record(
            tag,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post,
            reason=reason,
            op_id=op_id,
        )
    return dossier


def return_result(
    dossier: Dossier,
    *,
    receiver: str,
    receiver_id: str,
    slip_collected: bool,
    note: str | None = None,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Hand the result over: identity checked, fee paid, slip collected (NĐ 61/2018 Đ20 k2–4).

    Being late never forbids handing over. Errors: dossier.receiver_required, dossier.fee_unpaid,
    dossier.no_result, id_number.invalid, reason required when the slip is lost; guards.
    """
    if not plain(receiver) or not plain(receiver_id):
        missing = "receiver" if not plain(receiver) else "receiver_id"
        raise DomainError("dossier.receiver_required", field=missing)
    number = normalise_id_number(receiver_id, field="receiver_id")
    if not slip_collected and not plain(note):
        raise DomainError("dossier.reason_required", field="note")
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        status = check(Verb.return_result, dossier, actor, None, at)
        later.refuse_open(dossier)
        dossier.status = status
        dossier.returned_at, dossier.returned_to = at, plain(receiver)
        dossier.returned_to_id, dossier.slip_collected = number, slip_collected
        for step in steps.live(dossier):
            if step.kind is StepKind.return_result:
                steps.close(step, actor, at, plain(note) or None)
        dossier.legs[0].finished_at = at
        record(
            Tag.dossier_return_result,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_for(Verb.return_result, dossier, actor),
            reason=plain(note) or None,
            changes={"receiver": plain(receiver), "slip_collected": slip_collected},
            op_id=op_id,
        )
    return dossier


def correct_procedure(
    dossier: Dossier,
    *,
    version_id: str,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """The clerk chose the wrong procedure: same dossier, same code, same receipt, right procedure.

    The deadline is reckoned again from the receipt; steps done so far stay in the history. Unpaid
    fees of the wrong procedure are no longer due.
    Errors: dossier.same_procedure, dossier.reason_required, procedure.not_published, guards.
    """
    reason = check_reason(Verb.correct_procedure, plain(reason))
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        status = check(Verb.correct_procedure, dossier, actor, None, at)
        chosen = published(version_id, at.date())
        if chosen.id == dossier.version_id:
            raise DomainError("dossier.same_procedure", field="version_id")
        offering.refuse_elsewhere(dossier.competent, chosen.procedure, field="version_id")
        before = {"procedure": dossier.procedure.code, "due_at": dossier.due_at}
        dossier.status = status
        post = post_for(Verb.correct_procedure, dossier, actor)
        _switch(dossier, chosen, actor, at)
        dropped = drop_unpaid(dossier)
        record(
            Tag.dossier_correct_procedure,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post,
            reason=reason,
            changes={
                "procedure": [before["procedure"], chosen.procedure.code],
                "due_at": [before["due_at"], dossier.due_at],
                **({"fees": dropped} if dropped else {}),
            },
            op_id=op_id,
        )
    return dossier


def _switch(dossier: Dossier, chosen: ProcedureVersion, actor: Actor, at: dt.datetime) -> None:
    """Cancel the old plan and lay out the new one, starting after the counter's own step."""
    data.carry(dossier, data.version_of(dossier), reference.version(chosen.id) or chosen)
    dossier.procedure, dossier.procedure_version = chosen.procedure, chosen
    if dossier.status is Status.new:  # guidance only: no clock and no steps yet
        return
    home = dossier.legs[0]
    with everything():  # a leg of another agency ends with the plan it belonged to
        _cancel(dossier, at)
    term = clock.term_of(chosen, cases=dossier.cases)
    dossier.term, dossier.due_at, dossier.original_due_at = str(term) if term else None, None, None
    dossier.extended_to = dossier.extended_at = None
    db.session.flush()
    clock.set_due(dossier)
    home.due_at = dossier.due_at
    _lay_out_again(dossier, chosen, at)
    for step in steps.open_next(dossier, home, at, actor.name):
        step.holder_id, step.taken_at = dossier.receiver_id, at
        if dossier.status is not Status.received:
            steps.close(step, actor, at)
            move_on(dossier, step, actor, at)


def _lay_out_again(dossier: Dossier, chosen: ProcedureVersion, at: dt.datetime) -> None:
    """The steps of the new plan, as a further round of the home leg."""
    home = dossier.legs[0]
    rounds = max((s.round for s in dossier.steps if s.leg_id == home.id), default=0)
    if dossier.competent_id == dossier.agency_id:
        lay_out(dossier, home, chosen, at, round_=rounds + 1)
    else:
        interlink.lay_out_forwarding(dossier, home, chosen, round_=rounds + 1)
    db.session.flush()
