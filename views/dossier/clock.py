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
from views.dossier import why


@dataclass(frozen=True)
class ClockFace:
    """left: working time left or the delay, None when the clock does not run; `paused` says that it
    stands; `rest`: what will be left when it runs again; `verdict`: early, on_time or late once the
    work is done, else empty. `used`: percent of the term; `reasons`: the reckoning in sentences,
    `lines`: day by day, `basis`: the law it rests on."""

    left: Remaining | None
    paused: bool
    verdict: str
    due_at: dt.datetime | None
    first_due_at: dt.datetime | None
    lines: list[str]
    rest: Remaining | None = None
    used: int | None = None
    reasons: tuple[str, ...] = ()
    basis: str = ""


def face(dossier: Dossier, at: dt.datetime) -> ClockFace:
    """The clock now; a running pause is reckoned up to now in the explanation, as in the engine."""
    paused = any(p.ends is None for p in dossier.pauses)
    ended = dossier.status.clock is Clock.stopped
    runs = dossier.status.clock is Clock.runs and not paused
    found = reckoning(dossier, as_of=at)
    done = dossier.processed_at if ended else None
    stands = paused and not ended
    return ClockFace(
        left=left(dossier, at) if runs else None,
        paused=stands,
        verdict=verdict(dossier) if ended else "",
        due_at=dossier.due_at,
        first_due_at=dossier.original_due_at,
        lines=explain_text(found, gettext) if found is not None else [],
        rest=_until(dossier, at, found.due_at) if found is not None and stands else None,
        used=why.used(dossier, found, done or at) if found is not None else None,
        reasons=tuple(why.sentences(dossier, found)) if found is not None else (),
        basis=dossier.procedure_version.legal_basis or "" if found is not None else "",
    )


def left(dossier: Any, at: dt.datetime) -> Remaining | None:
    """Working time between now and the appointment."""
    if dossier.due_at is None:
        return None
    return _until(dossier, at, dossier.due_at)


def _until(dossier: Any, at: dt.datetime, due_at: dt.datetime) -> Remaining:
    return remaining(at, due_at, calendar_of(dossier.competent, at.date()))


def verdict(dossier: Dossier) -> str:
    """Whether the work was done before, on or after its day; nothing for what was given up."""
    granted = dossier.outcome is not None and dossier.outcome.value in ("granted", "refused")
    return outcome(dossier.processed_at, dossier.due_at) if granted else ""
