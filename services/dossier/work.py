"""Inside the departments: hand on, assign, propose, sign, send back."""

import datetime as dt
from typing import Any

from domain.codes import StepKind, StepState, Verb
from domain.dossier import check_reason
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep
from models.officer import Officer
from services.acting import Actor
from services.dossier import interlink, steps
from services.dossier.flow import NAMING, move_on
from services.dossier.forms import plain
from services.dossier.guard import check, post_for, post_on, step_of
from services.recording import record
from services.registers import results
from services.transaction import locked, repeated, transaction

_TAGS = {
    Verb.forward: Tag.dossier_forward,
    Verb.propose: Tag.dossier_propose,
    Verb.approve: Tag.dossier_approve,
}


def forward(
    dossier: Dossier,
    *,
    actor: Actor,
    at: dt.datetime,
    note: str | None = None,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Hand the dossier on to the next step (NĐ 61/2018 Đ18 k2). Errors: dossier.stale, guards."""
    return _complete(Verb.forward, dossier, actor, at, note, step_id, version, op_id)


def propose(
    dossier: Dossier,
    *,
    proposal: str,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """The specialist's proposal goes up for review (NĐ 61/2018 Đ19 k2). Errors: value.required, guards."""
    if not plain(proposal):
        raise DomainError("value.required", field="note")
    return _complete(Verb.propose, dossier, actor, at, proposal, step_id, version, op_id)


def approve(
    dossier: Dossier,
    *,
    actor: Actor,
    at: dt.datetime,
    note: str | None = None,
    result_no: str | None = None,
    result_text: str | None = None,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Sign (NĐ 61/2018 Đ19 k3). Where no later step names the result, it is named here.

    Errors: dossier.no_result when it is not; guards.
    """
    result = {"result_no": plain(result_no), "result_text": plain(result_text)}
    return _complete(Verb.approve, dossier, actor, at, note, step_id, version, op_id, result=result)


def _complete(
    verb: Verb,
    dossier: Dossier,
    actor: Actor,
    at: dt.datetime,
    note: str | None,
    step_id: str | None,
    version: int | None,
    op_id: str | None,
    result: dict[str, str] | None = None,
) -> Dossier:
    """Close the step in hand and open what follows; the one path of every act that moves work on."""
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        status = check(verb, dossier, actor, step, at)
        assert step is not None
        silent = verb is Verb.approve and not any((result or {}).values())
        if silent and _has_last_word(step) and not results.names_result(dossier, at.date()):
            raise DomainError("dossier.no_result", field="result_text")
        interlink.set_at_home(dossier, actor, at, status=status)
        steps.close(step, actor, at, plain(note) or None)
        opened = move_on(dossier, step, actor, at, result)
        record(
            _TAGS[verb],
            step,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            reason=plain(note) or None,
            changes={"step": step.name, "next": [s.name for s in opened]},
            op_id=op_id,
        )
    return dossier


def _has_last_word(step: DossierStep) -> bool:
    """Whether no later step of the plan names the result: then its absence would show too late."""
    if step.definition_id is None:
        return False
    later = [s for s in step.dossier.steps if s.leg_id == step.leg_id]
    names = NAMING | {StepKind.transfer}
    return not any(
        s.position > step.position and s.kind in names and s.state is StepState.pending
        for s in later
        if s.position < steps.AD_HOC
    )


def take_over(
    dossier: Dossier,
    *,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
    batch_id: str | None = None,
) -> Dossier:
    """Take a step of one's own post in hand, also from a colleague. Errors: step.not_open, guards."""
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        check(Verb.take_over, dossier, actor, step, at)
        if step is None or post_on(actor, step) is None:
            raise DomainError("dossier.role_not_allowed")
        before = step.holder.full_name if step.holder else None
        hands = [hand(step, actor.officer_id)]
        step.holder_id, step.taken_at = actor.officer_id, step.taken_at or at
        record(
            Tag.dossier_take_over,
            step,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            changes={"holder": [before, actor.name], "hands": hands},
            op_id=op_id,
            batch_id=batch_id,
        )
    return dossier


def assign(
    dossier: Dossier,
    *,
    officer_id: str,
    actor: Actor,
    at: dt.datetime,
    note: str | None = None,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
    batch_id: str | None = None,
) -> Dossier:
    """The head gives the work to an officer of the department, or moves it to another one.

    On a step of assigning, the step is done and the officer gets what follows (NĐ 61/2018 Đ19 k1).
    Errors: officer.not_found, officer.inactive, officer.outside, guards.
    """
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id) if step_id else _assignable(dossier, actor)
        check(Verb.assign, dossier, actor, step, at)
        if step is None:
            raise DomainError("step.not_open")
        officer = _colleague(officer_id, step, actor)
        before = step.holder.full_name if step.holder else None
        hands = []
        if step.kind is StepKind.assign:
            if post_on(actor, step) is None:
                raise DomainError("dossier.role_not_allowed")
            steps.close(step, actor, at, plain(note) or None)
            for following in move_on(dossier, step, actor, at):
                if following.unit_id == officer.unit_id:
                    hands.append(hand(following, officer.id))
                    following.holder_id = officer.id
        else:
            hands.append(hand(step, officer.id))
            step.holder_id, step.taken_at = officer.id, None
        record(
            Tag.dossier_assign,
            step,
            dossier=dossier,
            actor=actor,
            at=at,
            post=actor.post(Role.head, Role.leader, agency_id=step.agency_id),
            reason=plain(note) or None,
            changes={"holder": [before, officer.full_name], "hands": hands},
            op_id=op_id,
            batch_id=batch_id,
        )
    return dossier


def hand(step: DossierStep, after: str | None) -> list[Any]:
    """In whose hand a step was, since when, and in whose it comes: what gives it back reads this."""
    return [step.id, step.holder_id, step.taken_at, after]


def _assignable(dossier: Dossier, actor: Actor) -> DossierStep | None:
    """The head's own assigning step, else the work that is open in the head's department."""
    heads = {p.unit_id for p in actor.posts if p.role is Role.head}
    leads = {p.agency_id for p in actor.posts if p.role is Role.leader}
    found = [s for s in steps.live(dossier) if s.unit_id in heads or s.agency_id in leads]
    return next((s for s in found if s.kind is StepKind.assign), found[0] if found else None)


def _colleague(officer_id: str, step: DossierStep, actor: Actor) -> Officer:
    officer = db.session.get(Officer, officer_id)
    if officer is None:
        raise DomainError("officer.not_found", field="officer_id")
    if not officer.active:
        raise DomainError("officer.inactive", field="officer_id")
    if officer.unit_id != step.unit_id:
        raise DomainError("officer.outside", field="officer_id")
    head = actor.post(Role.head, unit_id=step.unit_id)
    if head is None and actor.post(Role.leader, agency_id=step.agency_id) is None:
        raise DomainError("dossier.role_not_allowed")
    return officer


def send_back(
    dossier: Dossier,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Return the work to whoever did it before, with the reason (NĐ 61/2018 Đ19 k2–3)."""
    reason = check_reason(Verb.send_back, plain(reason))
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        status = check(Verb.send_back, dossier, actor, step, at)
        assert step is not None
        interlink.set_at_home(dossier, actor, at, status=status)
        steps.close(step, actor, at, reason, StepState.sent_back)
        db.session.flush()
        reopened = steps.reopen_before(dossier, step, at, actor.name)
        record(
            Tag.dossier_send_back,
            step,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step),
            reason=reason,
            changes={"to": [s.name for s in reopened]},
            op_id=op_id,
        )
    return dossier


def comment(
    dossier: Dossier, *, text: str, actor: Actor, at: dt.datetime, op_id: str | None = None
) -> Dossier:
    """A note in the history of the dossier. Errors: value.required."""
    if not plain(text):
        raise DomainError("value.required", field="text")
    with transaction():
        dossier = locked(dossier, op_id=op_id, moves=False)
        if not repeated(op_id):
            check(Verb.comment, dossier, actor, None, at)
            record(
                Tag.dossier_comment,
                dossier,
                dossier=dossier,
                actor=actor,
                at=at,
                post=post_for(Verb.comment, dossier, actor),
                reason=plain(text),
                op_id=op_id,
            )
    return dossier
