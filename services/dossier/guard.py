"""May this officer do this now? The facts are gathered here; the answer is `domain.dossier`'s."""

import datetime as dt
from dataclasses import replace

from domain.codes import FeeMoment, Status, StepKind, StepState, Verb
from domain.deadline import days_to_due, to_minute
from domain.dossier import TRANSITIONS, Facts, allowed_verbs, next_status
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep
from models.fee import DossierFee
from services.acting import Actor, Post
from services.dossier import data
from services.dossier.steps import AD_HOC, live

SUSPENSIONS = frozenset({"force_majeure", "outage"})


def post_on(actor: Actor, step: DossierStep) -> Post | None:
    """The post through which the actor may work on a step: same role, same unit, own or stood in for.

    A department is asked for its opinion as a whole: its head may give it too.
    """
    if Role.system in actor.roles:
        return actor.home
    post = actor.post(step.role, unit_id=step.unit_id)
    if post is None and step.kind is StepKind.consult:
        return actor.post(Role.head, unit_id=step.unit_id)
    return post


def holds(actor: Actor, step: DossierStep) -> bool:
    """Whether the step is in the actor's hand: held by the actor, by one stood in for, or by nobody yet."""
    post = post_on(actor, step)
    if post is None or step.state not in (StepState.open, StepState.waiting):
        return False
    return step.holder_id in (None, actor.officer_id, post.for_id)


def step_of(dossier: Dossier, actor: Actor, step_id: str | None) -> DossierStep | None:
    """The live step meant: the one named, else the first in the actor's hand, else the first of the post."""
    steps = live(dossier)
    if step_id is not None:
        found = next((s for s in steps if s.id == step_id), None)
        if found is None:
            raise DomainError("step.not_open")
        return found
    mine = [s for s in steps if holds(actor, s)]
    if mine:
        return mine[0]
    return next((s for s in steps if post_on(actor, s)), None)


def fee_due(dossier: Dossier, moments: frozenset[FeeMoment]) -> int:
    """What is still unpaid of the fees that are due at these moments, in đồng."""
    fees = db.session.query(DossierFee).filter(DossierFee.dossier_id == dossier.id)
    return sum(f.amount - f.paid for f in fees if f.moment in moments)


def facts(
    dossier: Dossier,
    actor: Actor,
    step: DossierStep | None,
    at: dt.datetime,
    *,
    has_result: bool | None = None,
    override: bool = False,
    verb: Verb | None = None,
) -> Facts:
    """What the guards look at, as it stands now: those of one verb, or of all."""
    owing = frozenset(FeeMoment) if verb in (None, Verb.return_result) else frozenset()
    open_pauses = [p for p in dossier.pauses if p.ends is None]
    return Facts(
        supplement_requests=dossier.supplement_requests,
        override_by_leader=override,
        extensions=dossier.extensions,
        is_holder=step is not None and holds(actor, step),
        step_kind=step.kind if step is not None else None,
        paused=any(p.kind in SUSPENSIONS for p in open_pauses),
        has_result=bool(dossier.result_text or dossier.result_no)
        if has_result is None
        else has_result,
        outcome=dossier.outcome,
        fee_due=fee_due(dossier, owing) if owing else 0,
        overdue=dossier.due_at is not None and to_minute(at) > to_minute(dossier.due_at),
        days_to_due=days_to_due(at, dossier.due_at) if dossier.due_at else None,
    )


def check(
    verb: Verb,
    dossier: Dossier,
    actor: Actor,
    step: DossierStep | None,
    at: dt.datetime,
    **known: bool,
) -> Status:
    """The status after the verb. Errors: whatever `domain.dossier.next_status` refuses."""
    roles = _roles(verb, dossier, actor, step)
    found = facts(dossier, actor, step, at, verb=verb, **known)
    if found.override_by_leader and verb is Verb.request_supplement:
        roles, found = roles | {Role.head}, replace(found, is_holder=True)
    elif step is not None and not _fits(verb, step):
        raise DomainError("dossier.wrong_step")
    if step is not None and verb in _COMPLETING and _side_work(dossier, step):
        raise DomainError("dossier.consult_open")
    if verb is Verb.forward and step is not None and step.kind is StepKind.wait_payment:
        owed = fee_due(dossier, frozenset({FeeMoment.on_supplement}))
        if owed:
            raise DomainError("dossier.fee_unpaid", field="fee", amount=owed)
    status = next_status(verb, dossier.status, roles, facts=found)
    if verb in _LEAVING and Role.system not in actor.roles:
        data.refuse_missing(dossier, step, at.date())
    return status


#: Verbs that end the current step, so that nothing asked beside it may still be open.
_COMPLETING = frozenset(
    {Verb.forward, Verb.propose, Verb.approve, Verb.finish, Verb.refuse, Verb.send_back}
)
#: Those among them that lead it on: the data demanded at the step must be there.
_LEAVING = frozenset({Verb.forward, Verb.propose, Verb.approve, Verb.finish, Verb.answer_consult})
#: Verbs of a step: the role is the one the step asks for. The others go by any role held here.
_OF_STEP = _COMPLETING | {
    Verb.consult,
    Verb.answer_consult,
    Verb.request_supplement,
    Verb.request_payment,
    Verb.transfer,
    Verb.record_data,
}


def _side_work(dossier: Dossier, step: DossierStep) -> bool:
    if step.position >= AD_HOC:
        return False
    return any(s.position >= AD_HOC and s.leg_id == step.leg_id for s in live(dossier))


#: Verbs of the counter that gave the receipt: no other agency does them.
_AT_HOME = frozenset(
    {
        Verb.receive_supplement,
        Verb.record_payment,
        Verb.return_result,
        Verb.withdraw,
        Verb.correct_procedure,
    }
)


#: Verbs of whoever is in charge: a department that was only asked for an opinion does none of them.
_IN_CHARGE = frozenset({Verb.suspend, Verb.resume, Verb.stop, Verb.correct_procedure})


def post_for(verb: Verb, dossier: Dossier, actor: Actor) -> Post | None:
    """The post through which the actor does a verb of the whole dossier, for its event; own first."""
    may = {role for row in TRANSITIONS if row.verb is verb for role in row.roles}
    if Role.system in actor.roles:
        return actor.home
    return next((p for p in _posts(verb, dossier, actor) if p.role in may), None)


def _posts(verb: Verb, dossier: Dossier, actor: Actor) -> list[Post]:
    """The posts that count for a verb of the whole dossier: those held in an agency at work on it."""
    agencies = {dossier.agency_id}
    if verb not in _AT_HOME:
        agencies |= {leg.agency_id for leg in dossier.legs}
    steps = dossier.steps
    if verb in _IN_CHARGE:
        steps = [s for s in steps if s.position < AD_HOC and s.kind is not StepKind.consult]
    units = {s.unit_id for s in steps}
    return [
        p
        for p in actor.posts
        if p.agency_id in agencies and (p.role is not Role.head or p.unit_id in units)
    ]


def _roles(verb: Verb, dossier: Dossier, actor: Actor, step: DossierStep | None) -> frozenset[Role]:
    """The roles that count: on a step those held in its unit, else those held in an agency at work."""
    if Role.system in actor.roles or verb is Verb.move_version:
        return actor.roles  # a version of a procedure is of all agencies: so is moving to it
    if step is not None and verb in _OF_STEP:
        return frozenset(p.role for p in actor.posts if p.unit_id == step.unit_id)
    return frozenset(p.role for p in _posts(verb, dossier, actor))


def allowed(
    dossier: Dossier, actor: Actor, step: DossierStep | None, at: dt.datetime
) -> tuple[Verb, ...]:
    """Exactly the acts this officer may do on this dossier now, for the buttons of its page."""
    found = facts(dossier, actor, step, at, has_result=True)
    blocked = step is not None and _side_work(dossier, step)
    verbs = []
    leader = actor.post(Role.leader, agency_id=dossier.agency_id)
    under_way = dossier.status is Status.processing and not found.paused
    if dossier.supplement_requests and leader and under_way:
        verbs.append(Verb.request_supplement)
    for verb in Verb:
        roles = _roles(verb, dossier, actor, step)
        stopped = (blocked and verb in _COMPLETING) or not _fits(verb, step)
        if not stopped and verb in allowed_verbs(dossier.status, roles, found):
            verbs.append(verb)
    return tuple(dict.fromkeys(verbs))


_KINDS: dict[Verb, frozenset[StepKind]] = {
    Verb.forward: frozenset(
        {
            StepKind.receive,
            StepKind.external,
            StepKind.posting,
            StepKind.wait_applicant,
            StepKind.wait_payment,
        }
    ),
    Verb.propose: frozenset({StepKind.work}),
    Verb.assign: frozenset({StepKind.assign, StepKind.work, StepKind.consult}),
    Verb.approve: frozenset({StepKind.sign}),
    Verb.refuse: frozenset({StepKind.sign}),
    Verb.consult: frozenset({StepKind.work}),
    Verb.answer_consult: frozenset({StepKind.consult}),
    Verb.request_supplement: frozenset({StepKind.work}),
    Verb.request_payment: frozenset({StepKind.work, StepKind.wait_payment}),
    Verb.transfer: frozenset({StepKind.work, StepKind.receive, StepKind.transfer}),
    Verb.finish: frozenset({StepKind.receive, StepKind.number, StepKind.return_result}),
    Verb.send_back: frozenset({StepKind.sign, StepKind.number, StepKind.work}),
}


def _fits(verb: Verb, step: DossierStep | None) -> bool:
    """Whether the verb belongs to the kind of the step in hand; verbs without a step always fit."""
    kinds = _KINDS.get(verb)
    if kinds is None:
        return True
    return step is not None and step.kind in kinds
