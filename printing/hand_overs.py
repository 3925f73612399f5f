"""The lines of the control slip: who gave the dossier to whom, when, and how each stood in time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from domain.codes import StepKind, StepState
from models.dossier import Dossier, DossierStep
from printing.contexts import HandoverLine, Outcome
from services.dossier.steps import AD_HOC

_CLOSED = (StepState.done, StepState.sent_back)
_LONGEST_NOTE = 120


def lines(dossier: Dossier) -> Iterator[HandoverLine]:
    """One line for each unit that gave the dossier on, in order; last, the one that has it now."""
    began = [s for s in dossier.steps if s.opened_at is not None]
    began.sort(key=lambda s: (s.opened_at, s.id))
    closed = sorted((s for s in began if s.state in _CLOSED), key=attrgetter("finished_at"))
    for step in closed:
        yield _answered(step) if _consulted(step) else _given(step, _next(step, began))
    for step in began:
        if step.state in (StepState.open, StepState.waiting):
            yield HandoverLine(unit=step.unit.full_name)


def _next(step: DossierStep, began: list[DossierStep]) -> DossierStep | None:
    """The step that this one led to: opened when it was finished, of its own leg first."""
    following = [s for s in began if s.opened_at == step.finished_at and s is not step]
    same = [s for s in following if s.leg_id == step.leg_id]
    return next(iter(same or following), None)


def _consulted(step: DossierStep) -> bool:
    """Whether an officer asked for this opinion, beside the way the dossier goes."""
    return step.kind is StepKind.consult and step.position >= AD_HOC


def _answered(step: DossierStep) -> HandoverLine:
    """An opinion goes back to whoever asked for it and is there the moment it is given."""
    line = _given(step, None)
    return replace(line, taken_at=step.finished_at, taker=step.sent_by or "")


def _given(step: DossierStep, following: DossierStep | None) -> HandoverLine:
    holder = following.holder if following is not None else None
    note = step.note or ""
    return HandoverLine(
        unit=step.unit.full_name,
        given_at=step.finished_at,
        giver=step.finished_by or "",
        taken_at=following.taken_at if following is not None else None,
        taker=holder.full_name if holder is not None else "",
        outcome=outcome(step.finished_at, step.due_at),
        note=note if len(note) <= _LONGEST_NOTE else f"{note[:_LONGEST_NOTE]}…",
    )


def outcome(finished_at: dt.datetime | None, due_at: dt.datetime | None) -> Outcome:
    """Before the due day: early; up to the due moment: on time; after it: late; unknown: empty."""
    if finished_at is None or due_at is None:
        return ""
    if finished_at.replace(second=0, microsecond=0) > due_at:
        return "late"
    return "early" if finished_at.date() < due_at.date() else "on_time"
