"""The deadline engine: the one reckoning behind what is stored, previewed, printed and listed.

Rules (one-stop.md §3; NĐ 61/2018/NĐ-CP Đ17–19; BLDS 2015 Đ147–148, chưa xác minh):

- The day of receipt is not counted. A day is a day whatever its length: a half Saturday is one.
- The time of day is kept (`Policy.keep_time`). Where the due day has no such working minute:
  before opening → opening, in the lunch break → the opening after it, after closing → closing.
  `Policy.end_of_day` takes the closing instead. Terms in hours ignore the policy.
- Receipt outside working time counts as received at the next opening.
- A calendar-day term that ends on a day off ends at the closing of the next working day.
- A same-day term ends at closing; counted from the cutoff (15:00) on, at closing of the next
  working day.
- Every working minute of the union of all pauses, from receipt on, is added to the due moment by
  walking working time. So the time that was left, or the delay, is the same after as before.
- An extension never brings the due moment forward; the original due moment is always kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from domain.calendar import (
    DEFAULT_CALENDAR,
    DEFAULT_WEEK,
    TZ,
    Calendar,
    Session,
    Spans,
    add_working_minutes,
    at_minute,
    clamp,
    counted_moment,
    is_working,
    minute_of,
    next_opening,
    to_minute,
    walk,
    working_minutes,
)
from domain.codes import PauseKind, PauseMode, Policy, TermUnit
from domain.errors import DomainError
from domain.explain import explain_text
from domain.remaining import Remaining, days_to_due, remaining
from domain.terms import (
    Line,
    LineKind,
    Pause,
    Reckoning,
    Term,
)

__all__ = [
    "DEFAULT_CALENDAR",
    "DEFAULT_WEEK",
    "TZ",
    "Calendar",
    "Line",
    "LineKind",
    "Pause",
    "PauseKind",
    "PauseMode",
    "Policy",
    "Reckoning",
    "Remaining",
    "Session",
    "Term",
    "TermUnit",
    "add_working_minutes",
    "check_extension",
    "counted_moment",
    "days_to_due",
    "explain_text",
    "is_working",
    "next_opening",
    "reckon",
    "remaining",
    "to_minute",
    "working_minutes",
]

#: Dossiers received after 15:00 are returned the next working day (one-stop.md §3).
CUTOFF = time(15, 0)


def reckon(
    term: Term,
    received_at: datetime,
    calendar: Calendar,
    *,
    pauses: Iterable[Pause] = (),
    policy: Policy = Policy.keep_time,
    mode: PauseMode = PauseMode.pause,
    extended_to: datetime | None = None,
    extended_at: datetime | None = None,
    cutoff: time = CUTOFF,
    as_of: datetime | None = None,
) -> Reckoning:
    """When a dossier received at `received_at` is due (NĐ 61/2018 Đ17–19), with the reckoning.

    A pause still open is reckoned up to `as_of`, and ignored without it. In restart mode the
    term starts again at the end of the last supplement; other pauses after that are added.
    `extended_to` replaces the due moment when later (on a day off: closing of the next working
    day); pauses after the decision `extended_at` are added to it; without `extended_at` it
    stands as decided. Errors: calendar.empty, moment.out_of_range.
    """
    counter = _Counter(term, calendar, policy, cutoff)
    closed = _closed(pauses, as_of)
    lines, start, original = counter.count(to_minute(received_at), LineKind.received)
    lines.append(_at(LineKind.original_due, original))
    due = original
    resumed = _restart(closed, start) if mode is PauseMode.restart else None
    if resumed is not None:
        again, start, due = counter.count(resumed, LineKind.restarted)
        lines += again
    added, due, paused = _add_pauses(due, start, closed, calendar)
    lines += added
    if extended_to is not None:
        moved = _extended(extended_to, extended_at, closed, calendar)
        lines.append(_at(LineKind.extended, moved))
        due = max(due, moved)
    lines.append(_at(LineKind.due, due))
    return Reckoning(due, original, start, tuple(lines), paused)


@dataclass(frozen=True)
class _Counter:
    """One term on one calendar, counted from a receipt or again from a restart."""

    term: Term
    calendar: Calendar
    policy: Policy
    cutoff: time

    def count(self, moment: datetime, kind: LineKind) -> tuple[list[Line], datetime, datetime]:
        """Lines, the moment counted from and the due moment, without any pause."""
        start = counted_moment(moment, self.calendar)
        lines = [_at(kind, moment)]
        if start != moment:
            lines.append(_at(LineKind.counted_from, start))
        counted = {
            TermUnit.wd: self._working_days,
            TermUnit.wh: self._working_hours,
            TermUnit.cd: self._calendar_days,
            TermUnit.same_day: self._same_day,
        }[self.term.unit](start, lines)
        return lines, start, counted

    def _working_days(self, start: datetime, lines: list[Line]) -> datetime:
        number = 0
        days = self._after_receipt(start, lines)
        while number < self.term.amount:
            day, spans = next(days)
            if not spans:
                lines.append(_off(day, self.calendar))
                continue
            number += 1
            note = _hours_note(day, self.calendar)
            lines.append(Line(day, LineKind.working_day, number=number, note=note))
        return self._on(day, spans, start)

    def _working_hours(self, start: datetime, lines: list[Line]) -> datetime:
        for row in walk(start, self.term.amount * 60, self.calendar):
            last = at_minute(row.day, row.until)
            lines.append(Line(row.day, LineKind.hours, minutes=row.minutes, at=last))
        return last

    def _calendar_days(self, start: datetime, lines: list[Line]) -> datetime:
        days = self._after_receipt(start, lines)
        for number in range(1, self.term.amount + 1):
            day, spans = next(days)
            lines.append(Line(day, LineKind.calendar_day, number=number))
        if spans:
            return self._on(day, spans, start)
        # BLDS 2015 Đ148 k5: a last day off moves the end to the end of the next working day.
        lines.append(_off(day, self.calendar))
        closing = _closing(*self.calendar.next_working_day(day))
        lines.append(_at(LineKind.moved, closing))
        return closing

    def _after_receipt(self, start: datetime, lines: list[Line]) -> Iterator[tuple[date, Spans]]:
        """The days that count: all after the day of receipt (BLDS 2015 Đ147 k2)."""
        days = self.calendar.days_from(start.date())
        lines.append(Line(next(days)[0], LineKind.not_counted))
        return days

    def _same_day(self, start: datetime, lines: list[Line]) -> datetime:
        if start.time() < self.cutoff:
            day, spans, kind = start.date(), self.calendar.spans(start.date()), LineKind.same_day
        else:
            day, spans = self.calendar.next_working_day(start.date())
            kind = LineKind.after_cutoff
        lines.append(Line(day, kind, at=_closing(day, spans)))
        return _closing(day, spans)

    def _on(self, day: date, spans: Spans, start: datetime) -> datetime:
        if self.policy is Policy.end_of_day:
            return _closing(day, spans)
        return at_minute(day, clamp(minute_of(start), spans))


def _at(kind: LineKind, moment: datetime) -> Line:
    return Line(moment.date(), kind, at=moment)


def _closing(day: date, spans: Spans) -> datetime:
    return at_minute(day, spans[-1][1])


def _off(day: date, calendar: Calendar) -> Line:
    note = "weekly_rest" if calendar.is_weekly_rest(day) else "holiday"
    return Line(day, LineKind.day_off, note=note)


def _hours_note(day: date, calendar: Calendar) -> str:
    if not calendar.is_exception(day):
        return ""
    return "makeup" if calendar.is_weekly_rest(day) else "changed_hours"


class _Closed(NamedTuple):
    start: datetime
    end: datetime
    kind: PauseKind
    still_open: bool


def _closed(pauses: Iterable[Pause], as_of: datetime | None) -> list[_Closed]:
    """The pauses with an end, in order of time; one still open ends at `as_of` or is left out."""
    found = []
    for pause in pauses:
        end = pause.end if pause.end is not None else as_of
        if end is not None and to_minute(end) >= to_minute(pause.start):
            ends = to_minute(end)
            found.append(_Closed(to_minute(pause.start), ends, pause.kind, pause.end is None))
    return sorted(found, key=lambda pause: (pause.start, pause.end))


def _restart(pauses: Sequence[_Closed], start: datetime) -> datetime | None:
    """Where the clock starts again: the end of the last supplement after receipt, if any."""
    ends = [pause.end for pause in pauses if pause.kind is PauseKind.supplement]
    return max((end for end in ends if end > start), default=None)


def _add_pauses(
    due: datetime, start: datetime, pauses: Sequence[_Closed], calendar: Calendar
) -> tuple[list[Line], datetime, int]:
    """Lines, the due moment and the minutes added: overlapping pauses count once."""
    lines = []
    total = 0
    reached = start
    for pause in pauses:
        if pause.end <= reached:
            continue
        minutes = working_minutes(max(reached, pause.start), pause.end, calendar)
        kind = LineKind.paused_open if pause.still_open else LineKind.paused
        lines.append(
            Line(pause.start.date(), kind, minutes=minutes, at=pause.end, note=pause.kind.value)
        )
        total += minutes
        reached = pause.end
    if not total:
        return lines, due, 0
    for row in walk(due, total, calendar):
        due = at_minute(row.day, row.until)
        lines.append(Line(row.day, LineKind.credited, minutes=row.minutes, at=due))
    return lines, due, total


def _extended(
    extended_to: datetime,
    extended_at: datetime | None,
    pauses: Sequence[_Closed],
    calendar: Calendar,
) -> datetime:
    """The new appointment as working time, with the pauses that came after it was made."""
    moved = to_minute(extended_to)
    spans = calendar.spans(moved.date())
    if spans:
        moved = at_minute(moved.date(), clamp(minute_of(moved), spans))
    else:
        moved = _closing(*calendar.next_working_day(moved.date()))
    if extended_at is None:
        return moved
    return _add_pauses(moved, to_minute(extended_at), pauses, calendar)[1]


def check_extension(
    now: datetime, due_at: datetime, extended_to: datetime, *, notice_days: int = 1
) -> None:
    """NĐ 61/2018 Đ19 k9: re-appoint at the latest 01 day before the due date, to a later moment.

    Errors: extension.too_late, extension.not_later.
    """
    if days_to_due(now, due_at) < notice_days:
        raise DomainError("extension.too_late", days=notice_days)
    if to_minute(extended_to) <= to_minute(due_at):
        raise DomainError("extension.not_later", field="extended_to")
