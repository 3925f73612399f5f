"""The dossier's deadline: gathered here, reckoned by `domain.deadline`, stored on the dossier."""

import datetime as dt
from collections.abc import Collection

from domain.codes import StepKind, StepState
from domain.deadline import Pause, PauseKind, Reckoning, Term, reckon
from models.dossier import Dossier, DossierStep
from models.organisation import Unit
from models.procedure import ProcedureVersion
from services.working_time import calendar_of

#: Steps that go on while the citizen is asked for papers or money: only what stops the office counts.
_GOES_ON = frozenset({StepKind.consult, StepKind.external, StepKind.posting})
_STOPS_ALL = frozenset({PauseKind.force_majeure, PauseKind.outage})


def term_of(
    version: ProcedureVersion, extra: bool = False, cases: Collection[str] = ()
) -> Term | None:
    """The term promised to the citizen: that of the case, else the local one, else the legal one.

    extra: the commune is mountainous or remote, where land procedures have more working days.
    cases: cases of the visit, such as `other_works`; the last one that has a term decides.
    """
    of_case = [t.term for t in version.case_terms if t.case in cases]
    text = of_case[-1] if of_case else version.local_term or version.legal_term
    if text is None:
        return None
    term = Term.parse(text)
    if extra and version.extra_term:
        more = Term.parse(version.extra_term)
        if more.unit is term.unit:
            return Term(term.amount + more.amount, term.unit)
    return term


def preview(
    version: ProcedureVersion,
    unit: Unit,
    received_at: dt.datetime,
    extra: bool = False,
    cases: Collection[str] = (),
) -> Reckoning | None:
    """The reckoning a receipt at this moment would get; None for a procedure without a term."""
    term = term_of(version, extra, cases)
    if term is None:
        return None
    return reckon(term, received_at, calendar_of(unit, received_at.date()), policy=unit.policy)


def reckoning(dossier: Dossier, as_of: dt.datetime | None = None) -> Reckoning | None:
    """The whole reckoning of a dossier, pauses and extension included; a running pause up to `as_of`."""
    if dossier.term is None:
        return None
    unit = dossier.competent
    return reckon(
        Term.parse(dossier.term),
        dossier.received_at,
        calendar_of(unit, dossier.received_at.date()),
        pauses=[Pause(p.starts, p.ends, PauseKind(p.kind)) for p in dossier.pauses],
        policy=unit.policy,
        mode=dossier.procedure_version.pause_mode,
        extended_to=dossier.extended_to,
        extended_at=dossier.extended_at,
        as_of=as_of,
    )


def set_due(dossier: Dossier) -> None:
    """Store the due moment that the engine gives; the first one is written once and kept."""
    found = reckoning(dossier)
    if found is None:
        return
    dossier.due_at = found.due_at
    if dossier.original_due_at is None:
        dossier.original_due_at = found.original_due_at


def step_due(
    step: DossierStep, unit: Unit, opened_at: dt.datetime, pauses: Collection[Pause] = ()
) -> dt.datetime | None:
    """When a step opened at this moment should be done, by the calendar of the unit that does it."""
    if step.term is None:
        return None
    calendar = calendar_of(unit, opened_at.date())
    term = Term.parse(step.term)
    return reckon(term, opened_at, calendar, pauses=pauses, policy=unit.policy).due_at


def is_whole(dossier: Dossier, sender: DossierStep, target: Unit) -> bool:
    """Whether an agency gets the dossier as a whole, as the competent one, and not a part of the work."""
    return sender.agency_id == dossier.agency_id and target.id == dossier.competent_id


def leg_due(
    dossier: Dossier,
    sender: DossierStep,
    target: Unit,
    opened_at: dt.datetime,
    pauses: Collection[Pause] = (),
) -> dt.datetime | None:
    """The leg's own deadline, on the receiving agency's calendar; its clock starts at its receipt."""
    text = dossier.term if is_whole(dossier, sender, target) else sender.term
    if text is None:
        return dossier.due_at
    calendar = calendar_of(target, opened_at.date())
    term = Term.parse(text)
    return reckon(term, opened_at, calendar, pauses=pauses, policy=target.policy).due_at


def set_inner_dues(dossier: Dossier) -> None:
    """Give steps in hand and other agencies the working time lost while the dossier's clock stood."""
    pauses = [Pause(p.starts, p.ends, PauseKind(p.kind)) for p in dossier.pauses]
    for step in dossier.steps:
        if step.opened_at is None or step.state not in (StepState.open, StepState.waiting):
            continue
        counted = [p for p in pauses if step.kind not in _GOES_ON or p.kind in _STOPS_ALL]
        step.due_at = step_due(step, step.unit, step.opened_at, counted)
    senders = {step.id: step for step in dossier.steps}
    for leg in dossier.legs:
        sender = senders.get(leg.sender_step_id or "")
        if sender is not None and leg.finished_at is None:
            leg.due_at = leg_due(dossier, sender, leg.agency, leg.opened_at, pauses)
