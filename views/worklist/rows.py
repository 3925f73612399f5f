"""The rows of the work-list in words: time left and why, time in hand, what comes next."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from domain.codes import Clock, PauseKind, Status, StepKind, StepState
from domain.deadline import Calendar, Remaining, remaining
from domain.roles import Role
from domain.text import N_
from models.base import db
from models.organisation import Unit
from services import worklist as service
from services.acting import Actor
from services.working_time import calendar_of
from views.generated.titles import title

#: What is usually done next with a step of this kind: the name of the button, the act.
NEXT: dict[StepKind, tuple[str, str]] = {
    StepKind.receive: (N_("Forward"), "chuyen"),
    StepKind.assign: (N_("Assign"), "phan-cong"),
    StepKind.work: (N_("Propose"), "chuyen"),
    StepKind.sign: (N_("Sign"), "ky-duyet"),
    StepKind.number: (N_("Number and stamp"), "hoan-thanh"),
    StepKind.consult: (N_("Give an opinion"), "cho-y-kien"),
    StepKind.return_result: (N_("Return the result"), ""),
}
#: Statuses in which the citizen has the turn, in words.
_CITIZEN = {
    Status.awaiting_supplement: N_("awaiting supplement"),
    Status.awaiting_payment: N_("awaiting payment"),
}


@dataclass(frozen=True)
class Line:
    """One row.

    left: working time until the step or the dossier is due, whichever comes first; None where no
    clock runs. paused: the clock stands. cause: for whom or what it waits, when that is not us.
    idle: how long it lies in a hand. next, act: the button, and the act it opens (empty: the page).
    """

    item: service.Item
    left: Remaining | None
    paused: bool
    cause: str
    idle: str
    next: str
    act: str
    due: dt.datetime | None


def lines(items: Iterable[service.Item], actor: Actor, now: dt.datetime) -> list[Line]:
    """Rows in their order; a calendar is read once for each unit at work."""
    clock = Clocks(now)
    return [line(item, actor, clock) for item in items]


class Clocks:
    """Working time between a moment and now, by the calendar of the unit that does the step."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self._known: dict[str, Calendar] = {}

    def calendar(self, unit_id: str) -> Calendar:
        """The unit's calendar as seen today."""
        if unit_id not in self._known:
            unit = db.session.get(Unit, unit_id)
            self._known[unit_id] = calendar_of(unit, self.now.date())
        return self._known[unit_id]

    def left(self, unit_id: str, due: dt.datetime) -> Remaining:
        """Working time until a due moment, or the delay."""
        return remaining(self.now, due, self.calendar(unit_id))

    def since(self, unit_id: str, moment: dt.datetime | None) -> str:
        """Working time from a moment until now, in whole days or hours; empty without a moment."""
        if moment is None or moment > self.now:
            return ""
        return coarse(remaining(moment, self.now, self.calendar(unit_id)))


def coarse(time: Remaining) -> str:
    """“2 days”, “3 hours”, “less than an hour”: as exact as somebody needs who looks at a list."""
    if time.days:
        return ngettext("%(num)d day", "%(num)d days", time.days)
    if time.hours:
        return ngettext("%(num)d hour", "%(num)d hours", time.hours)
    return gettext("less than an hour")


def _short(time: Remaining) -> Remaining:
    """Hours matter while it is a matter of hours."""
    return time._replace(hours=0, minutes=0) if time.days > 1 else time


def line(item: service.Item, actor: Actor, clock: Clocks) -> Line:
    """One row in words."""
    cause = _cause(item, clock)
    runs = item.status.clock is Clock.runs and item.paused is None
    due = item.due
    label, act = _next(item, actor, waits=bool(cause))
    return Line(
        item,
        _short(clock.left(item.unit_id, due)) if due and runs else None,
        item.status.clock is Clock.paused or item.paused is not None,
        cause,
        "" if cause else _idle(item, clock),
        gettext(label),
        act,
        due,
    )


def _cause(item: service.Item, clock: Clocks) -> str:
    """For whom or what the step waits; empty when it is ours to do."""
    if item.kind is not StepKind.consult:
        if item.status in _CITIZEN:
            return _for(gettext(_CITIZEN[item.status]), item, clock, item.paused_since)
        if item.paused is not None:
            return _for(_pause(item.paused), item, clock, item.paused_since)
    if item.asked:
        return gettext("awaiting the opinion of %(unit)s", unit=item.asked)
    if item.answering:
        return gettext("awaiting %(agency)s (interlinked)", agency=item.answering)
    if item.state is not StepState.waiting:
        return ""
    return _for(_outside(item), item, clock, item.opened_at)


def _outside(item: service.Item) -> str:
    if item.external_body:
        return gettext("awaiting %(body)s", body=item.external_body)
    return {
        StepKind.posting: gettext("posted in public"),
        StepKind.wait_applicant: gettext("awaiting the applicant"),
        StepKind.wait_payment: gettext("awaiting payment"),
        StepKind.transfer: gettext("awaiting another agency (interlinked)"),
    }.get(item.kind, gettext("awaiting an answer"))


def _pause(kind: str) -> str:
    return title(PauseKind(kind)) if kind in set(PauseKind) else gettext("Paused").lower()


def _for(words: str, item: service.Item, clock: Clocks, since: dt.datetime | None) -> str:
    """Words and for how long: “awaiting supplement 3 days”."""
    return f"{words} {clock.since(item.unit_id, since)}".strip()


def _idle(item: service.Item, clock: Clocks) -> str:
    """How long the step lies where it is, in working time."""
    time = clock.since(item.unit_id, item.taken_at or item.opened_at)
    if not time:
        return ""
    if item.holder_id is None:
        return gettext("taken by nobody for %(time)s", time=time)
    return gettext("in hand for %(time)s", time=time)


def _next(item: service.Item, actor: Actor, *, waits: bool) -> tuple[str, str]:
    """The button of the row and the act it opens."""
    hands = {actor.officer_id, *(p.for_id for p in actor.posts)}
    if waits or item.kind not in NEXT:
        return N_("Open"), ""
    if item.holder_id is not None and item.holder_id not in hands:
        return (
            (N_("Assign"), "phan-cong") if _heads(actor, item) else (N_("Take over"), "nhan-viec")
        )
    own = actor.post(item.role, unit_id=item.unit_id)
    if item.role is Role.officer and own is None and _heads(actor, item):
        return N_("Assign"), "phan-cong"
    return NEXT[item.kind]


def _heads(actor: Actor, item: service.Item) -> bool:
    return actor.post(Role.head, unit_id=item.unit_id) is not None
