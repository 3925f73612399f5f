"""Walking the steps: which unit does a step, which opens next, when it is due."""

import datetime as dt
from collections.abc import Sequence

from domain.codes import StepKind, StepState
from domain.deadline import Term
from domain.dossier import StepDef, opening, send_back_target
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierStep
from models.organisation import Unit
from models.procedure import ProcedureStep
from services import reference
from services.acting import Actor
from services.dossier import data
from services.dossier.clock import step_due

#: Steps added by officers (a consultation, a transfer) stand beside the plan, from this position on.
AD_HOC = 1000
#: Kinds of steps during which we wait for somebody outside the office.
WAITING = frozenset(
    {
        StepKind.wait_applicant,
        StepKind.wait_payment,
        StepKind.posting,
        StepKind.external,
        StepKind.transfer,
    }
)


def unit_for(
    agency_id: str, function: str | None, on: dt.date, otherwise: tuple[str, ...] = ()
) -> Unit:
    """The department of an agency that has this function on that day.

    Without such a department, the first with a function of `otherwise`, else the agency's own
    leadership does it, so that no step is lost.
    Errors: unit.not_found when the agency has no department at all.
    """
    return unit_with(function, reference.departments(agency_id, on), otherwise)


def unit_with(function: str | None, units: Sequence[Unit], otherwise: tuple[str, ...] = ()) -> Unit:
    """As `unit_for`, among departments that are at hand."""
    if not units:
        raise DomainError("unit.not_found")
    by_function = {u.function: u for u in reversed(units) if u.function}
    found = (by_function.get(name) for name in (function, *otherwise, "UBND") if name)
    return next((unit for unit in found if unit is not None), units[0])


def plan(leg: DossierLeg, dossier: Dossier, definition: ProcedureStep, unit: Unit) -> DossierStep:
    """A pending step of a leg, copied from its definition so that it never changes under way."""
    return DossierStep(
        agency_id=leg.agency_id,
        dossier=dossier,
        leg=leg,
        leg_id=leg.id,
        definition_id=definition.id,
        position=definition.position,
        group=definition.group,
        kind=definition.kind,
        name=definition.name,
        role=definition.role,
        unit=unit,
        state=StepState.pending,
        term=definition.term,
        silence=definition.silence,
        outside_total=definition.outside_total,
        external_body=definition.external_body,
        only_if=definition.only_if,
        same_as=definition.same_as,
    )


def current(leg_steps: list[DossierStep]) -> list[DossierStep]:
    """The latest round of every position."""
    latest: dict[int, DossierStep] = {}
    for step in leg_steps:
        known = latest.get(step.position)
        if known is None or step.round > known.round:
            latest[step.position] = step
    return [latest[p] for p in sorted(latest)]


def open_next(
    dossier: Dossier, leg: DossierLeg, at: dt.datetime, sent_by: str
) -> list[DossierStep]:
    """Open the steps that may start now: the next one, or all of a parallel group, or none yet.

    A step whose condition is not met is passed over, and what follows it may start instead.
    """
    steps = current([s for s in dossier.steps if s.leg_id == leg.id and s.position < AD_HOC])
    due, passed = due_of(steps, {s.position: s.state for s in steps}, dossier, at)
    for step in steps:
        if step.position in passed:
            step.state, step.finished_at = StepState.cancelled, at
    opened = [s for s in steps if s.position in due]
    for step in opened:
        open_step(step, at, sent_by)
        _give(step, steps)
    return opened


def due_of(
    steps: list[DossierStep], states: dict[int, StepState], dossier: Dossier, at: dt.datetime
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The positions that open in these states, and those that the data passes over first."""
    conditions = {s.position: s.only_if for s in steps if s.only_if}
    known = data.known(dossier, at.date()) if conditions else None
    return opening(
        _definitions(steps),
        states,
        lambda seq: known is None or known.holds(conditions.get(seq)),
    )


def _give(step: DossierStep, steps: list[DossierStep]) -> None:
    """“Same person as step X”: whoever held that step gets this one, if the unit is the same."""
    if step.same_as is None:
        return
    before = next((s for s in steps if s.position == step.same_as), None)
    if before is not None and before.unit_id == step.unit_id:
        step.holder_id = before.holder_id


def open_step(step: DossierStep, at: dt.datetime, sent_by: str) -> None:
    """Let a step start now; its own deadline counts from here."""
    step.state = StepState.waiting if step.kind in WAITING else StepState.open
    step.opened_at, step.sent_by = at, sent_by
    step.due_at = step_due(step, step.unit, at)


def add_beside(
    dossier: Dossier,
    step: DossierStep,
    kind: StepKind,
    name: str,
    at: dt.datetime,
    actor: Actor,
    *,
    term: str | None,
    unit: Unit,
) -> DossierStep:
    """A step that an officer adds beside the one in hand; the work cannot move on before it is closed."""
    if term:
        Term.parse(term)
    taken = [s.position for s in dossier.steps if s.leg_id == step.leg_id]
    added = DossierStep(
        agency_id=step.agency_id,
        dossier=dossier,
        leg=step.leg,
        position=max(AD_HOC, max(taken) + 1),
        kind=kind,
        name=name,
        role=Role.officer if kind is StepKind.consult else step.role,
        unit=unit,
        state=StepState.pending,
        term=term,
    )
    db.session.add(added)
    open_step(added, at, actor.name)
    return added


def reopen_before(
    dossier: Dossier, step: DossierStep, at: dt.datetime, sent_by: str
) -> list[DossierStep]:
    """Open a new round of the nearest earlier work; `step` waits for it in a new round of its own.

    Errors: step.nothing_to_send_back.
    """
    steps = current([s for s in dossier.steps if s.leg_id == step.leg_id and s.position < AD_HOC])
    targets = send_back_target(_definitions(steps), step.position)
    opened = []
    for old in steps:
        if min(targets) <= old.position <= step.position and _again(old, targets, step):
            fresh = _next_round(old)
            if old.position in targets:
                open_step(fresh, at, sent_by)
                fresh.holder_id = old.holder_id
                opened.append(fresh)
    return opened


def _again(old: DossierStep, targets: tuple[int, ...], step: DossierStep) -> bool:
    return old.position in targets or old.position >= step.position or old.position > max(targets)


def _next_round(old: DossierStep) -> DossierStep:
    copied = [
        "agency_id",
        "dossier_id",
        "leg_id",
        "definition_id",
        "position",
        "group",
        "kind",
        "name",
        "role",
        "unit_id",
        "term",
        "silence",
        "outside_total",
        "external_body",
        "only_if",
        "same_as",
    ]
    fresh = DossierStep(**{name: getattr(old, name) for name in copied})
    fresh.round, fresh.state = old.round + 1, StepState.pending
    db.session.add(fresh)
    db.session.flush()
    return fresh


def _definitions(steps: list[DossierStep]) -> list[StepDef]:
    return [StepDef(s.position, s.kind, s.group) for s in steps]


def close(
    step: DossierStep,
    actor: Actor,
    at: dt.datetime,
    note: str | None = None,
    state: StepState = StepState.done,
) -> None:
    """Finish a step; who did it and when stays on it."""
    step.state, step.finished_at, step.finished_by = state, at, actor.name
    step.taken_at = step.taken_at or at
    step.holder_id = step.holder_id or actor.officer_id
    if note:
        step.note = note


def live(dossier: Dossier) -> list[DossierStep]:
    """Steps that somebody holds or waits for now."""
    return [s for s in dossier.steps if s.state in (StepState.open, StepState.waiting)]


def leg_of(dossier: Dossier, agency_id: str) -> DossierLeg:
    """The newest leg of an agency. Errors: scope.outside when it has none."""
    mine = [leg for leg in dossier.legs if leg.agency_id == agency_id]
    if not mine:
        raise DomainError("scope.outside")
    return mine[-1]
