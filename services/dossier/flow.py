"""What follows a closed step: the next one, another agency, the answer to another agency, or the end."""

import datetime as dt

from domain.codes import Outcome, StepKind, StepState
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierStep
from models.outcome import ActionMoment
from models.scope import everything
from services.acting import Actor, Post
from services.dossier import actions, interlink, steps
from services.recording import record
from services.registers import results

#: Who does these steps names the result of the dossier, or the answer of the leg.
NAMING = frozenset({StepKind.sign, StepKind.number})


def move_on(
    dossier: Dossier,
    step: DossierStep,
    actor: Actor,
    at: dt.datetime,
    result: dict[str, str] | None = None,
) -> list[DossierStep]:
    """Open what follows a closed step; send what goes to another agency; end the leg or the work."""
    db.session.flush()
    actions.run(dossier, [step], ActionMoment.exit, actor=actor, at=at)
    if step.kind in NAMING:
        _remember(dossier, step.leg, actor, at, result)
    opened = steps.open_next(dossier, step.leg, at, actor.name)
    db.session.flush()
    actions.run(dossier, opened, ActionMoment.entry, actor=actor, at=at)
    interlink.send_waiting(dossier, opened, actor=actor, at=at)
    if leg_is_done(dossier, step.leg):
        answer(dossier, step.leg, actor=actor, at=at, result=result)
    elif any(s.kind is StepKind.return_result for s in opened) and dossier.outcome is None:
        _end_of_work(dossier, step, actor, at, result)
    return opened


def _end_of_work(
    dossier: Dossier,
    step: DossierStep,
    actor: Actor,
    at: dt.datetime,
    result: dict[str, str] | None,
) -> None:
    """Nothing but the return is left: the dossier is resolved, so its result must be named."""
    given = result or {}
    if number := given.get("result_no"):
        interlink.set_at_home(dossier, actor, at, result_no=number)
    results.finish(dossier, actor=actor, at=at, agency_id=step.agency_id)
    if not any((*given.values(), dossier.result_no, dossier.result_text)):
        raise DomainError("dossier.no_result", field="result_text")
    interlink.resolve(dossier, actor, at, Outcome.granted, given)


def _remember(
    dossier: Dossier,
    leg: DossierLeg,
    actor: Actor,
    at: dt.datetime,
    result: dict[str, str] | None,
) -> None:
    """Keep a result that is named before the last step: a register or a payment may follow the signature."""
    found = {name: value for name, value in (result or {}).items() if value}
    if found and leg.sender_step_id is None:
        interlink.set_at_home(dossier, actor, at, **found)
    elif found:
        leg.answer = found.get("result_text") or found["result_no"]


def leg_is_done(dossier: Dossier, leg: DossierLeg) -> bool:
    """Whether a leg of another agency has no step left."""
    if leg.sender_step_id is None or leg.finished_at is not None:
        return False
    closed = (StepState.done, StepState.cancelled, StepState.sent_back)
    mine = steps.current([s for s in dossier.steps if s.leg_id == leg.id])
    return all(s.state in closed for s in mine)


def answer(
    dossier: Dossier,
    leg: DossierLeg,
    *,
    actor: Actor,
    at: dt.datetime,
    result: dict[str, str] | None = None,
) -> None:
    """The other agency is done: its answer goes back and the waiting step of the sender closes."""
    result = {k: v for k, v in (result or {}).items() if v}
    if not result and leg.answer:  # named by a signature before the last step
        result = {"result_text": leg.answer}
    leg.finished_at = at
    leg.answer = result.get("result_text") or result.get("result_no")
    message = interlink.message(
        dossier,
        leg.agency_id,
        leg.sender_id or dossier.agency_id,
        "answer",
        at,
        {"step": leg.sender_step_id, **result, "answered_by": actor.name},
        reply_to=leg.message_id,
    )
    record(
        Tag.message_send,
        leg,
        dossier=dossier,
        actor=actor,
        at=at,
        post=actor.post(agency_id=leg.agency_id),
        changes={"message": message.id, **result},
    )
    with everything():
        _deliver_answer(dossier, leg, result, actor, at)
        db.session.flush()


def _deliver_answer(
    dossier: Dossier, leg: DossierLeg, result: dict[str, str], actor: Actor, at: dt.datetime
) -> None:
    waiting = next((s for s in dossier.steps if s.id == leg.sender_step_id), None)
    if waiting is None or waiting.state is not StepState.waiting:
        return
    post = Post(Role.system, waiting.unit_id, waiting.agency_id, leg.agency.full_name)
    by = Actor(None, actor.name, actor.title, (post,))
    steps.close(waiting, by, at, leg.answer)
    result = result or {"result_text": leg.answer or ""}
    if waiting.position < steps.AD_HOC:
        move_on(dossier, waiting, by, at, result)
    record(
        Tag.dossier_answer_transfer,
        waiting,
        dossier=dossier,
        actor=by,
        at=at,
        changes={"from": leg.agency.full_name, **result},
    )
