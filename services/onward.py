"""What would follow if a step were done now: looked at before several dossiers are moved at once.

Nothing is changed here. The guards are those of the verbs, the next steps those of the state machine,
so that a plan says what the verb would do, or why it would refuse.
"""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from domain.codes import StepKind, StepState, Verb
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep
from models.organisation import Unit
from services.acting import Actor
from services.dossier import interlink, steps
from services.dossier.clock import step_due
from services.dossier.guard import check, post_on

#: What leads a step of this kind on; any other is left by `forward`.
ONWARD: dict[StepKind, Verb] = {
    StepKind.assign: Verb.assign,
    StepKind.work: Verb.propose,
    StepKind.consult: Verb.answer_consult,
    StepKind.sign: Verb.approve,
    StepKind.number: Verb.finish,
    StepKind.return_result: Verb.return_result,
}
#: What leads several dossiers on at once: the same words fit all of them.
TOGETHER = frozenset({Verb.forward, Verb.propose})


class Next(NamedTuple):
    """A step that would open: where, for which role, until when by its own term."""

    name: str
    unit: str
    role: Role | None
    due_at: dt.datetime | None


class Plan(NamedTuple):
    """One dossier: what would be done to it and what would open then, or why it cannot be done."""

    dossier: Dossier
    step: DossierStep
    verb: Verb
    next: tuple[Next, ...]
    error: DomainError | None


def verb_of(step: DossierStep) -> Verb:
    """The verb that leads this step on."""
    return ONWARD.get(step.kind, Verb.forward)


def gathered(step_ids: Collection[str]) -> dict[str, DossierStep]:
    """Steps that may be seen, by id, with all that a plan looks at."""
    whole = selectinload(DossierStep.dossier)
    query = (
        sa.select(DossierStep)
        .where(DossierStep.id.in_(step_ids))
        .options(
            whole.selectinload(Dossier.steps).joinedload(DossierStep.unit),
            whole.selectinload(Dossier.legs),
            whole.selectinload(Dossier.pauses),
            whole.joinedload(Dossier.procedure),
        )
    )
    return {step.id: step for step in db.session.scalars(query).unique()}


def plan(
    step: DossierStep,
    *,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    verb: Verb | None = None,
    named: bool = False,
) -> Plan:
    """What `verb` would do; without one, what leads the step on, if that may be done to several at once.

    version: the one the officer was looking at; named: the result is named with the act.
    """
    alone, dossier = verb is None, step.dossier
    verb = verb or verb_of(step)
    try:
        if version is not None and version != dossier.version:
            raise DomainError("dossier.stale")
        if step.state not in (StepState.open, StepState.waiting):
            raise DomainError("step.not_open")
        if alone and verb not in TOGETHER:
            raise DomainError("dossier.one_by_one")
        check(verb, dossier, actor, step, at)
        if verb is Verb.assign:
            _check_lead(step, actor)
        stays = verb is Verb.assign and step.kind is not StepKind.assign
        found = () if stays else _opens(step, at)
        if verb is not Verb.assign and not named:
            _check_result(dossier, found)
    except DomainError as error:
        return Plan(dossier, step, verb, (), error)
    return Plan(dossier, step, verb, tuple(_next(dossier, s, at) for s in found), None)


def _check_lead(step: DossierStep, actor: Actor) -> None:
    """As `assign` itself: a step of assigning is one's own, other work that of one's department."""
    leads = actor.post(Role.head, unit_id=step.unit_id) or actor.post(
        Role.leader, agency_id=step.agency_id
    )
    if leads is None or (step.kind is StepKind.assign and post_on(actor, step) is None):
        raise DomainError("dossier.role_not_allowed")


def _check_result(dossier: Dossier, found: tuple[DossierStep, ...]) -> None:
    """As at the end of the work: where only the return follows, a result must have a name."""
    returns = any(s.kind is StepKind.return_result for s in found)
    if returns and dossier.outcome is None and not (dossier.result_no or dossier.result_text):
        raise DomainError("dossier.no_result")


def _opens(step: DossierStep, at: dt.datetime) -> tuple[DossierStep, ...]:
    """The steps of the leg that open once this one is done; none where others must be done first."""
    if step.position >= steps.AD_HOC:
        return ()
    mine = (s for s in step.dossier.steps if s.leg_id == step.leg_id and s.position < steps.AD_HOC)
    leg = steps.current(list(mine))
    states = {s.position: StepState.done if s is step else s.state for s in leg}
    due, _passed = steps.due_of(leg, states, step.dossier, at)
    return tuple(s for s in leg if s.position in due)


def _next(dossier: Dossier, step: DossierStep, at: dt.datetime) -> Next:
    unit: Unit = step.unit
    if step.kind is StepKind.transfer:
        target = interlink.target_of(dossier, step)
        if target is not None:
            return Next(step.name, target.full_name, None, step_due(step, unit, at))
    where = step.external_body or unit.full_name
    role = None if step.kind in steps.WAITING else step.role
    return Next(step.name, where, role, step_due(step, unit, at))
