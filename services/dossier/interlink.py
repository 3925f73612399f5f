"""Between agencies (liên thông): legs and messages, each written by its own agency.

The dossier's row belongs to the agency that received it. An officer of another agency changes that row
only through a message to its owner; on one node the message is delivered in the same transaction.
"""

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from domain.codes import Outcome, Status, StepKind, StepState
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierStep
from models.event import Message
from models.ids import uuid7
from models.organisation import Unit
from models.procedure import ProcedureStep, ProcedureVersion
from models.scope import everything
from services.acting import Actor, system
from services.dossier import clock, steps
from services.recording import plain as as_json, record

#: What an agency does with a request for which the procedure names no steps: work on it, sign it.
_REQUEST = (("work", Role.officer), ("sign", Role.leader))
#: Functions that take what no department of the same function does: a commune's officials, the office.
_GENERAL = ("UBX", "VP")


# ---- the dossier's own row -----------------------------------------------------------------------
def set_at_home(dossier: Dossier, actor: Actor, at: dt.datetime, **values: Any) -> None:
    """Set columns of the dossier's row: directly by its owner, through a message by anyone else."""
    changed = {k: v for k, v in values.items() if getattr(dossier, k) != v}
    if not changed:
        return
    if actor.post(agency_id=dossier.agency_id) is None:
        sender = actor.home.agency_id
        message(dossier, sender, dossier.agency_id, "change", at, changed)
    with as_owner(dossier, actor):
        for name, value in changed.items():
            setattr(dossier, name, value)
        db.session.flush()


def as_owner(dossier: Dossier, actor: Actor) -> AbstractContextManager[None]:
    """Write rows of the dossier's owner: the actor's own agency, or one that a message was sent to."""
    return nullcontext() if actor.post(agency_id=dossier.agency_id) else everything()


def resolve(
    dossier: Dossier, actor: Actor, at: dt.datetime, outcome: Outcome, result: dict[str, str]
) -> None:
    """The work is done: the clock stops, the result waits at the counter (status 9)."""
    set_at_home(
        dossier,
        actor,
        at,
        status=Status.processed,
        outcome=outcome,
        processed_at=at,
        result_no=result.get("result_no") or dossier.result_no,
        result_text=result.get("result_text") or dossier.result_text,
    )


def message(
    dossier: Dossier,
    sender: str,
    receiver: str,
    kind: str,
    at: dt.datetime,
    body: dict[str, Any],
    reply_to: str | None = None,
) -> Message:
    """Write a message of one agency to another; what was received is a message of the receiver's own."""
    row = Message(
        id=uuid7(),
        agency_id=sender,
        dossier_id=dossier.id,
        to_agency_id=receiver,
        kind=kind,
        reply_to=reply_to,
        sent_at=at,
        body=as_json(body),
    )
    db.session.add(row)
    db.session.flush()
    return row


# ---- handing over --------------------------------------------------------------------------------
def lay_out_forwarding(
    dossier: Dossier, leg: DossierLeg, version: ProcedureVersion, round_: int = 1
) -> None:
    """Steps of an office that receives for another one: receive, pass on, return (NĐ 61/2018 Đ18 k3)."""
    kinds = {d.kind: d for d in version.steps}
    plans = (
        (1, StepKind.receive, kinds.get(StepKind.receive), "Tiếp nhận, chuyển hồ sơ"),
        (2, StepKind.transfer, None, f"Giải quyết tại {dossier.competent.full_name}"),
        (3, StepKind.return_result, kinds.get(StepKind.return_result), "Trả kết quả"),
    )
    counter = dossier.counter
    for position, kind, definition, name in plans:
        db.session.add(
            DossierStep(
                agency_id=dossier.agency_id,
                dossier=dossier,
                leg=leg,
                leg_id=leg.id,
                definition_id=definition.id if definition else None,
                position=position,
                round=round_,
                kind=kind,
                name=definition.name if definition else name,
                role=Role.clerk,
                unit=counter,
                state=StepState.pending,
                term=definition.term if definition else None,
            )
        )


def send_waiting(
    dossier: Dossier, opened: list[DossierStep], *, actor: Actor, at: dt.datetime
) -> None:
    """Hand over to the agency that a transfer step which just opened waits for.

    Where the receiving agency cannot be told from the dossier, the step stays open until an officer
    chooses it with `transfer`.
    """
    for step in opened:
        if step.kind is StepKind.transfer:
            target = target_of(dossier, step)
            if target is None:
                step.state = StepState.open
            else:
                send(dossier, step, target, step.name, actor=actor, at=at)


def target_of(dossier: Dossier, step: DossierStep) -> Unit | None:
    """The competent agency, the one named at the counter, or the only superior of that level."""
    named = dossier.details.get("transfer_to") or dossier.competent_id
    unit = db.session.get(Unit, named)
    if unit is not None and unit.is_agency and unit.id != step.agency_id:
        return unit
    definition = _definition(step)
    level = definition.target_level if definition else None
    above = db.session.get_one(Unit, step.agency_id).parent
    while above is not None:
        if above.is_agency and level is not None and above.kind.value == level.value:
            return above
        above = above.parent
    return None


def send(
    dossier: Dossier,
    step: DossierStep,
    target: Unit,
    request: str,
    *,
    actor: Actor,
    at: dt.datetime,
) -> DossierLeg:
    """Write the hand-over message and, as the receiving agency, open its leg and steps."""
    sent = message(
        dossier,
        step.agency_id,
        target.id,
        "hand_over",
        at,
        {
            "dossier": dossier.code,
            "step": step.id,
            "request": request,
            "owner": dossier.owner_name,
            "procedure": dossier.procedure.code,
            "due_at": step.due_at or dossier.due_at,
            "sent_by": actor.name,
        },
    )
    with everything():
        return _receive_leg(dossier, step, target, sent, request, at)


def _receive_leg(
    dossier: Dossier,
    step: DossierStep,
    target: Unit,
    sent: Message,
    request: str,
    at: dt.datetime,
) -> DossierLeg:
    leg = DossierLeg(
        agency_id=target.id,
        dossier=dossier,
        position=len(dossier.legs) + 1,
        sender_id=step.agency_id,
        sender_step_id=step.id,
        message_id=sent.id,
        request=request,
        opened_at=at,
    )
    db.session.add(leg)
    leg.due_at = clock.leg_due(dossier, step, target, at)
    if clock.is_whole(dossier, step, target):
        lay_out_whole(dossier, leg, dossier.procedure_version, at)
    else:
        _plan_request(dossier, leg, step, at)
    db.session.flush()
    by = system(target.id)
    opened = steps.open_next(dossier, leg, at, step.agency_id)
    for first in opened:
        first.sent_by = step.unit.full_name
    record(
        Tag.message_receive,
        leg,
        dossier=dossier,
        actor=by,
        at=at,
        changes={"from": step.unit.full_name, "message": sent.id},
    )
    message(dossier, target.id, step.agency_id, "receipt", at, {}, reply_to=sent.id)
    db.session.flush()
    return leg


def lay_out_whole(
    dossier: Dossier, leg: DossierLeg, version: ProcedureVersion, at: dt.datetime, round_: int = 1
) -> None:
    """The steps of a version as the competent agency does them: the counter that received has its own."""
    for definition in version.steps:
        if definition.kind not in (StepKind.receive, StepKind.return_result):
            unit = steps.unit_for(leg.agency_id, definition.function, at.date())
            planned = steps.plan(leg, dossier, definition, unit)
            planned.round = round_
            db.session.add(planned)


def _plan_request(dossier: Dossier, leg: DossierLeg, step: DossierStep, at: dt.datetime) -> None:
    """Two steps of the other agency: the department with the same function works, its leader signs."""
    for position, (kind, role) in enumerate(_REQUEST, 1):
        function = "UBND" if role is Role.leader else _function(step)
        unit = steps.unit_for(leg.agency_id, function, at.date(), _GENERAL)
        db.session.add(
            DossierStep(
                agency_id=leg.agency_id,
                dossier=dossier,
                leg=leg,
                position=position,
                kind=StepKind(kind),
                name=leg.request or step.name,
                role=role,
                unit=unit,
                state=StepState.pending,
                term=step.term if position == 1 else None,
            )
        )


def _function(step: DossierStep) -> str | None:
    """The function that the plan names, else that of the department which asks."""
    definition = _definition(step)
    found: str | None = definition.function if definition else None
    return found or step.unit.function


def _definition(step: DossierStep) -> ProcedureStep | None:
    return db.session.get(ProcedureStep, step.definition_id) if step.definition_id else None
