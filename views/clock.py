"""Working time left, for lists whose rows belong to the reader's own agency."""

import datetime as dt
from collections.abc import Callable
from functools import cache

from domain.codes import Clock, Status
from domain.deadline import Calendar
from domain.remaining import Remaining, remaining
from services import reference
from services.acting import Actor
from services.working_time import calendar_of


def reader_clock(
    actor: Actor, at: dt.datetime
) -> Callable[[Status, dt.datetime | None], Remaining | None]:
    """A function of status and due moment; None where no clock runs. The calendar is read once."""

    @cache
    def calendar() -> Calendar:
        unit = reference.unit(actor.home.unit_id) if actor.posts else None
        return calendar_of(unit, at.date())

    def left(status: Status, due_at: dt.datetime | None) -> Remaining | None:
        if due_at is None or status.clock is not Clock.runs:
            return None
        return remaining(at, due_at, calendar())

    return left
