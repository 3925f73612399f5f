"""A running dossier goes on under another version of its procedure.

Each step in hand becomes the one that the administrator has named for it, with the same holder and
since the same moment; what was done stays in the history. The appointment that the citizen was given
never becomes later by this.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.codes import StepKind, StepState, Verb
from domain.data_fields import FieldSpec, words
from domain.deadline import Pause, PauseKind, Term, reckon
from domain.dossier import check_reason
from domain.errors import DomainError
from domain.events import Tag
from domain.names import fold
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierStep
from models.procedure import ProcedureStep, ProcedureVersion
from services.acting import Actor
from services.dossier import clock, data, interlink, steps
from services.dossier.forms import plain
from services.dossier.guard import check
from services.dossier.intake import lay_out, published
from services.recording import record
from services.transaction import locked, repeated, transaction
from services.working_time import calendar_of

#: Kinds that may go on as one another: somebody of the office has the work in hand. All others wait for
#: something of their own kind, an answer or money, which must still find its step.
_ALIKE = frozenset({StepKind.assign, StepKind.work, StepKind.sign, StepKind.number})
#: Where values stand that the new version does not ask for, by the key of the version they come from.
LEFT = "left"
KEPT, RECKONED = "kept", "reckoned"

#: Id of a step of the old version → id of the one that takes its place.
StepMap = Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """What moving a dossier would do. Labels of fields: carried along; left behind, with the words of
    their values; asked for by the new version and not there. steps: (work, the work it goes on as, empty
    if nobody has said)."""

    carried: tuple[str, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    needed: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    due_at: dt.datetime | None = None
    refusal: DomainError | None = field(default=None, compare=False)


def move_version(
    dossier: Dossier,
    *,
    version_id: str,
    mapping: StepMap,
    reason: str,
    deadline: str = KEPT,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Let the dossier go on under another version of its procedure that is in force.

    deadline: `kept` leaves the term and all due moments; `reckoned` takes those of the new version, the
    day promised to the citizen being the latest. What the new version does not ask for is kept aside.
    Errors: move.*, dossier.same_procedure, dossier.reason_required, procedure.not_published, guards.
    """
    reason = check_reason(Verb.move_version, plain(reason))
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        check(Verb.move_version, dossier, actor, None, at)
        chosen = published(version_id, at.date())
        old = data.version_of(dossier)
        _refuse_wrong(dossier, old, chosen)
        pairs = _pairs(dossier, old, chosen, mapping)
        due, found = dossier.due_at, told(dossier, chosen, mapping, at)
        with interlink.as_owner(dossier, actor):
            _put_aside(dossier, old, chosen)
            _papers(dossier, chosen)
        interlink.set_at_home(
            dossier, actor, at, version_id=chosen.id, **_term(dossier, chosen, deadline)
        )
        db.session.expire(dossier, ["procedure_version"])
        with interlink.as_owner(dossier, actor):
            for leg in plan_legs(dossier):
                _replan(dossier, leg, chosen, pairs, at, actor, deadline)
            if deadline == RECKONED:
                _reckon(dossier, due)
            db.session.flush()
        record(
            Tag.dossier_move_version,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=actor.post(Role.admin),
            reason=reason,
            changes=_changes(old, chosen, found, due, dossier.due_at),
            op_id=op_id,
        )
    return dossier


def _changes(
    old: ProcedureVersion,
    new: ProcedureVersion,
    found: Told,
    before: dt.datetime | None,
    after: dt.datetime | None,
) -> dict[str, Any]:
    """What the event says: words, never values, for not everybody may read those."""
    said: dict[str, Any] = {"version": [old.key, new.key], "steps": [list(p) for p in found.steps]}
    if found.lost:
        said["left"] = [label for label, _value in found.lost]
    if found.needed:
        said["needed"] = list(found.needed)
    if before != after:
        said["due_at"] = [before, after]
    return said


def _refuse_wrong(dossier: Dossier, old: ProcedureVersion, new: ProcedureVersion) -> None:
    if new.id == old.id:
        raise DomainError("dossier.same_procedure", field="version_id")
    if new.procedure_id != dossier.procedure_id:
        raise DomainError("move.other_procedure", field="version_id")


# ---- which step becomes which --------------------------------------------------------------------
def plan_legs(dossier: Dossier) -> list[DossierLeg]:
    """The legs that follow the steps of the version: our own, or that of the competent agency."""
    if dossier.competent_id == dossier.agency_id:
        return dossier.legs[:1]
    senders = {s.id: s for s in dossier.steps}
    found = []
    for leg in dossier.legs:
        sender = senders.get(leg.sender_step_id or "")
        if sender is None or leg.finished_at is not None:
            continue
        if clock.is_whole(dossier, sender, leg.agency):
            found.append(leg)
    return found


def in_hand(dossier: Dossier) -> list[DossierStep]:
    """The steps of the plan that somebody holds or waits for now; what was asked beside it stays."""
    legs = {leg.id for leg in plan_legs(dossier)}
    return [s for s in steps.live(dossier) if s.leg_id in legs and s.position < steps.AD_HOC]


def may_become(old: StepKind, new: StepKind) -> bool:
    """Whether a step of one kind can go on as one of another."""
    return old is new or {old, new} <= _ALIKE


def _pairs(
    dossier: Dossier, old: ProcedureVersion, new: ProcedureVersion, mapping: StepMap
) -> dict[str, ProcedureStep]:
    """Old definition → new one, checked. Errors: move.no_step, move.unmapped, move.kind."""
    known = {s.id: s for s in new.steps}
    pairs = {key: known[value] for key, value in mapping.items() if value in known}
    live = in_hand(dossier)
    if not live and plan_legs(dossier):
        raise DomainError("move.no_step")
    missing = [s.name for s in live if (s.definition_id or "") not in pairs]
    if missing:
        raise DomainError("move.unmapped", steps=missing)
    for step in live:
        goal = pairs[step.definition_id or ""]
        if not may_become(step.kind, goal.kind):
            raise DomainError("move.kind", old=step.name, new=goal.name)
    return pairs


# ---- the new plan --------------------------------------------------------------------------------
def _replan(
    dossier: Dossier,
    leg: DossierLeg,
    new: ProcedureVersion,
    pairs: Mapping[str, ProcedureStep],
    at: dt.datetime,
    actor: Actor,
    deadline: str,
) -> None:
    """Lay out the steps of the new version as a further round, and put the leg where it stood."""
    was = steps.current([s for s in dossier.steps if s.leg_id == leg.id])
    was = [s for s in was if s.position < steps.AD_HOC]
    rounds = max((s.round for s in dossier.steps if s.leg_id == leg.id), default=0)
    if leg.sender_step_id is None:
        lay_out(dossier, leg, new, at, round_=rounds + 1)
    else:
        interlink.lay_out_whole(dossier, leg, new, at, round_=rounds + 1)
    db.session.flush()
    fresh = {
        s.definition_id: s for s in dossier.steps if s.leg_id == leg.id and s.round == rounds + 1
    }
    live: list[DossierStep] = []
    for step in was:
        goal = pairs.get(step.definition_id or "")
        following = fresh.get(goal.id) if goal is not None else None
        if step.state in (StepState.open, StepState.waiting):
            assert following is not None
            _go_on(dossier, step, following, deadline)
            live.append(following)
        elif following is not None and step.state is StepState.done:
            _done_before(step, following)
        if step.state in (StepState.pending, StepState.open, StepState.waiting):
            step.state, step.finished_at = StepState.cancelled, at
    _settle(list(fresh.values()), live, at, actor)


def _go_on(dossier: Dossier, step: DossierStep, following: DossierStep, deadline: str) -> None:
    """The step in hand continues as another: since when, sent by whom, and its holder if the post is
    the same."""
    if following.state in (StepState.open, StepState.waiting):
        return  # two that ran side by side go on as one, which has a holder already
    following.state = step.state if following.kind is step.kind else StepState.open
    following.opened_at, following.sent_by = step.opened_at, step.sent_by
    if (following.unit_id, following.role) == (step.unit_id, step.role):
        following.holder_id, following.taken_at = step.holder_id, step.taken_at
    if deadline == KEPT:
        following.term, following.due_at = step.term, step.due_at
    for leg in dossier.legs:  # an agency that was asked answers to the step that waits
        if leg.sender_step_id == step.id:
            leg.sender_step_id = following.id


def _done_before(step: DossierStep, following: DossierStep) -> None:
    following.state = StepState.done
    for name in ("opened_at", "taken_at", "due_at", "finished_at", "finished_by", "holder_id"):
        setattr(following, name, getattr(step, name))


def _settle(
    fresh: Sequence[DossierStep], live: Sequence[DossierStep], at: dt.datetime, actor: Actor
) -> None:
    """Close what stands before the work in hand, open what runs beside it, leave the rest to come."""
    first = min(s.position for s in live)
    groups = {s.group for s in live if s.group is not None}
    first = min([first, *(s.position for s in fresh if s.group in groups)])
    for step in fresh:
        beside = step.group is not None and step.group in groups
        if step.state is StepState.pending and step.position < first:
            step.state, step.finished_at = StepState.cancelled, at
        elif step.state is StepState.pending and beside:
            steps.open_step(step, at, actor.name)
        elif step.state is StepState.done and step.position > first and not beside:
            step.state, step.finished_at, step.finished_by = StepState.pending, None, None
            step.opened_at = step.taken_at = step.due_at = step.holder_id = None


# ---- the clock -----------------------------------------------------------------------------------
def _term(dossier: Dossier, new: ProcedureVersion, deadline: str) -> dict[str, Any]:
    """The term of the new version, where it is asked for and leads to no later day."""
    found = _reckoned(dossier, new) if deadline == RECKONED else None
    if found is None or (dossier.due_at is not None and found > dossier.due_at):
        return {}
    return {"term": str(clock.term_of(new, cases=dossier.cases))}


def _reckoned(dossier: Dossier, new: ProcedureVersion) -> dt.datetime | None:
    """When the dossier would be due under another version, its pauses and re-appointment counted."""
    term = clock.term_of(new, cases=dossier.cases)
    if term is None:
        return None
    unit = dossier.competent
    return reckon(
        Term.parse(str(term)),
        dossier.received_at,
        calendar_of(unit, dossier.received_at.date()),
        pauses=[Pause(p.starts, p.ends, PauseKind(p.kind)) for p in dossier.pauses],
        policy=unit.policy,
        mode=new.pause_mode,
        extended_to=dossier.extended_to,
        extended_at=dossier.extended_at,
    ).due_at


def _reckon(dossier: Dossier, promised: dt.datetime | None) -> None:
    """All due moments by the terms as they are now, none later than what was promised."""
    db.session.flush()
    clock.set_due(dossier)
    if promised is not None and dossier.due_at is not None:
        dossier.due_at = min(dossier.due_at, promised)
    clock.set_inner_dues(dossier)


# ---- data and papers -----------------------------------------------------------------------------
def _put_aside(dossier: Dossier, old: ProcedureVersion, new: ProcedureVersion) -> None:
    """Carry the data along; what the new version has no field for stays with the dossier, unshown."""
    before = dict((dossier.details or {}).get(data.KEY) or {})
    data.carry(dossier, old, new)
    after = (dossier.details or {}).get(data.KEY) or {}
    aside = {key: value for key, value in before.items() if key not in after}
    if aside:
        left = dict((dossier.details or {}).get(LEFT) or {})
        dossier.details = {**(dossier.details or {}), LEFT: {**left, old.key: aside}}


def _papers(dossier: Dossier, new: ProcedureVersion) -> None:
    """Papers that were handed in answer the components of the same name."""
    known = {fold(d.name): d.id for d in new.documents}
    for paper in dossier.papers:
        if paper.document_id is not None:
            paper.document_id = known.get(fold(paper.name))


def told(dossier: Dossier, new: ProcedureVersion, mapping: StepMap, at: dt.datetime) -> Told:
    """What moving the dossier to `new` would do, for whoever decides; nothing is changed."""
    old = data.version_of(dossier)
    values = data.values_of(dossier, old)
    kinds = {f.key: f.kind for f in data.specs(old)}
    fields = {f.key: f for f in data.specs(new)}
    before = {f.key: f for f in data.specs(old)}
    kept = {k for k in values if k in fields and fields[k].kind is kinds[k]}
    names = {s.id: s.name for s in new.steps}
    pairs = [
        (s.name, names.get(mapping.get(s.definition_id or "", ""), "")) for s in in_hand(dossier)
    ]
    return Told(
        carried=tuple(fields[k].label for k in fields if k in kept),
        lost=tuple(
            (f.label, words(f, values[k]))
            for k, f in before.items()
            if k in values and k not in kept
        ),
        needed=_needed(dossier, new, {k: values[k] for k in kept}, at),
        steps=tuple(pairs),
        due_at=dossier.due_at,
        refusal=_refusal(dossier, old, new, mapping),
    )


def _refusal(
    dossier: Dossier, old: ProcedureVersion, new: ProcedureVersion, mapping: StepMap
) -> DomainError | None:
    try:
        _refuse_wrong(dossier, old, new)
        _pairs(dossier, old, new, mapping)
    except DomainError as error:
        return error
    return None


def _needed(
    dossier: Dossier, new: ProcedureVersion, values: Mapping[str, Any], at: dt.datetime
) -> tuple[str, ...]:
    """Labels of what the new version demands at the counter and the dossier does not have."""
    known = data.Known(new, dossier.cases or (), dict(values), at.date())
    found = (f for f in data.specs(new) if f.stands_at("intake") and f.key not in values)
    return tuple(f.label for f in found if _demanded(f, known))


def _demanded(spec: FieldSpec, known: data.Known) -> bool:
    if spec.calculated or not known.holds(spec.show_if):
        return False
    return spec.required or bool(spec.required_if and known.holds(spec.required_if))
