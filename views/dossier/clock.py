"""The clock of a dossier as people read it: what is left, what was promised, and why."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from domain.codes import Clock
from domain.deadline import Remaining, explain_text, remaining
from models.dossier import Dossier
from printing.hand_overs import outcome
from services.dossier.clock import reckoning
from services.working_time import calendar_of


@dataclass(frozen=True)
class ClockFace:
    """left: working time left or the delay, None when the clock does not run; `paused` says that it
    stands; `verdict`: early, on_time or late once the work is done, else empty."""

    left: Remaining | None
    paused: bool
    verdict: str
    due_at: dt.datetime | None
    first_due_at: dt.datetime | None
    lines: list[str]


def face(dossier: Dossier, at: dt.datetime) -> ClockFace:
    """The clock now; a running pause is reckoned up to now in the explanation, as in the engine."""
    paused = any(p.ends is None for p in dossier.pauses)
    ended = dossier.status.clock is Clock.stopped
    runs = dossier.status.clock is Clock.runs and not paused
    return ClockFace(
        left=left(dossier, at) if runs else None,
        paused=paused and not ended,
        verdict=verdict(dossier) if ended else "",
        due_at=dossier.due_at,
        first_due_at=dossier.original_due_at,
        lines=explained(dossier, at),
    )


def left(dossier: Any, at: dt.datetime) -> Remaining | None:
    """Working time between now and the appointment."""
    if dossier.due_at is None:
        return None
    return remaining(at, dossier.due_at, calendar_of(dossier.competent, at.date()))


def verdict(dossier: Dossier) -> str:
    """Whether the work was done before, on or after its day; nothing for what was given up."""
    granted = dossier.outcome is not None and dossier.outcome.value in ("granted", "refused")
    return outcome(dossier.processed_at, dossier.due_at) if granted else ""


def explained(dossier: Dossier, at: dt.datetime) -> list[str]:
    """The reckoning day by day."""
    found = reckoning(dossier, as_of=at)
    return explain_text(found, gettext) if found is not None else []
