"""Working time of one unit: its week, its dated exceptions, and walking through both.

Inside this module a moment of a day is a number of minutes after midnight, a span is a pair
(opening, closing) of them. Moments are aware datetimes in Asia/Ho_Chi_Minh, at whole minutes:
the seconds of a reading are dropped, so that a moment belongs to the minute it lies in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple

from domain.errors import DomainError

#: Official time of Vietnam: UTC+7, no summer time (QĐ 134/2002/QĐ-TTg, chưa xác minh).
TZ = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

#: A calendar that has no working day for ten years in a row has no working time.
_LONGEST_REST_DAYS = 3653

Span = tuple[int, int]
Spans = tuple[Span, ...]


class Session(NamedTuple):
    """One shift of a day, from opening to closing (local time, whole minutes)."""

    start: time
    end: time


_OFFICE_DAY = (Session(time(7), time(11, 30)), Session(time(13, 30), time(17)))

#: Monday to Friday 07:00–11:30 and 13:30–17:00 (one-stop.md §3; to be set per unit).
DEFAULT_WEEK: Mapping[int, tuple[Session, ...]] = dict.fromkeys(range(5), _OFFICE_DAY)


@dataclass(frozen=True)
class Calendar:
    """Hours of a unit: `week` by weekday (0 = Monday), `days` the dated exceptions.

    A date in `days` replaces its weekday: empty or None is a day off, sessions are the hours of
    a make-up, swapped or shortened day. Errors: calendar.session_invalid, calendar.day_invalid.
    """

    week: Mapping[int, tuple[Session, ...]]
    days: Mapping[date, tuple[Session, ...] | None] = field(default_factory=dict)
    _week: tuple[Spans, ...] = field(init=False, repr=False, compare=False)
    _days: dict[date, Spans] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not set(self.week) <= set(range(7)):
            raise DomainError("calendar.day_invalid")
        week = tuple(_spans(self.week.get(weekday, ())) for weekday in range(7))
        days = {day: _spans(sessions or ()) for day, sessions in self.days.items()}
        object.__setattr__(self, "_week", week)
        object.__setattr__(self, "_days", days)

    def spans(self, day: date) -> Spans:
        """Working spans of `day` in order, empty on a day off."""
        found = self._days.get(day)
        return self._week[day.weekday()] if found is None else found

    def is_working_day(self, day: date) -> bool:
        """A day with at least one session, however short, is one working day."""
        return bool(self.spans(day))

    def is_exception(self, day: date) -> bool:
        """Whether the hours of `day` come from a dated row and not from the week."""
        return day in self._days

    def is_weekly_rest(self, day: date) -> bool:
        """Whether the weekday of `day` is normally off."""
        return not self._week[day.weekday()]

    def days_from(self, day: date) -> Iterator[tuple[date, Spans]]:
        """Every day from `day` on with its spans, days off too.

        Errors: calendar.empty after ten years without a working day, never an endless walk.
        """
        rest = 0
        while True:
            spans = self.spans(day)
            yield day, spans
            rest = 0 if spans else rest + 1
            if rest > _LONGEST_REST_DAYS:
                raise DomainError("calendar.empty")
            day = _next(day)

    def next_working_day(self, day: date) -> tuple[date, Spans]:
        """First working day strictly after `day`. Errors: calendar.empty."""
        return next(found for found in self.days_from(_next(day)) if found[1])


def _next(day: date) -> date:
    if day == date.max:
        raise DomainError("moment.out_of_range")
    return day + timedelta(days=1)


def _spans(sessions: tuple[Session, ...]) -> Spans:
    spans = tuple(sorted((_minutes(start), _minutes(end)) for start, end in sessions))
    ends = [0, *(end for _, end in spans)]
    if any(start < ends[i] or end <= start for i, (start, end) in enumerate(spans)):
        raise DomainError("calendar.session_invalid")
    return spans


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


#: The calendar of a unit that has set nothing.
DEFAULT_CALENDAR = Calendar(DEFAULT_WEEK)


def to_minute(moment: datetime) -> datetime:
    """`moment` in Asia/Ho_Chi_Minh at its whole minute; a naive moment is taken as local."""
    if moment.tzinfo is None:
        return moment.replace(second=0, microsecond=0, tzinfo=TZ)
    try:
        return moment.astimezone(TZ).replace(second=0, microsecond=0)
    except OverflowError:
        raise DomainError("moment.out_of_range") from None


def minute_of(moment: datetime) -> int:
    """Minutes after midnight."""
    return moment.hour * 60 + moment.minute


def at_minute(day: date, minute: int) -> datetime:
    """The aware moment `minute` minutes after midnight of `day`."""
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=TZ)


def clamp(minute: int, spans: Spans) -> int:
    """The working minute of a working day that stands for `minute` (closings count as working).

    Before opening → the opening; between two sessions → the opening of the later one; after the
    last closing → that closing. Never leaves the day.
    """
    for start, end in spans:
        if minute <= end:
            return max(minute, start)
    return spans[-1][1]


def is_working(moment: datetime, calendar: Calendar) -> bool:
    """Whether the office is open at `moment`; its opening and closing minutes included."""
    moment = to_minute(moment)
    minute = minute_of(moment)
    return any(start <= minute <= end for start, end in calendar.spans(moment.date()))


def next_opening(moment: datetime, calendar: Calendar) -> datetime:
    """First opening of a session at or after `moment`. Errors: calendar.empty."""
    moment = to_minute(moment)
    least = minute_of(moment)
    for day, spans in calendar.days_from(moment.date()):
        for start, _ in spans:
            if start >= least:
                return at_minute(day, start)
        least = 0
    raise AssertionError("days_from never ends")


def counted_moment(moment: datetime, calendar: Calendar) -> datetime:
    """When something that happened at `moment` counts as happened: now if open, else next opening.

    Receipt after closing, on a day off or on a holiday counts as received at the opening of the
    next working day (one-stop.md §3; local rule, chưa xác minh). Errors: calendar.empty.
    """
    moment = to_minute(moment)
    return moment if is_working(moment, calendar) else next_opening(moment, calendar)


def working_minutes(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Working minutes between two moments; 0 when `end` is not after `start`."""
    start, end = to_minute(start), to_minute(end)
    if end <= start:
        return 0
    first, last = start.date(), end.date()
    from_minute, to_end = minute_of(start), minute_of(end)
    if first == last:
        return _overlap(calendar.spans(first), from_minute, to_end)
    total = _overlap(calendar.spans(first), from_minute, 1440)
    day = _next(first)
    while day < last:
        for opening, closing in calendar.spans(day):
            total += closing - opening
        day = _next(day)
    return total + _overlap(calendar.spans(last), 0, to_end)


def _overlap(spans: Spans, start: int, end: int) -> int:
    return sum(max(0, min(closing, end) - max(opening, start)) for opening, closing in spans)


class Walked(NamedTuple):
    """Working minutes used on one day while walking working time, and the minute reached."""

    day: date
    minutes: int
    until: int


def walk(start: datetime, minutes: int, calendar: Calendar) -> Iterator[Walked]:
    """The working days used by walking `minutes` (> 0) of working time on from `start`.

    The last row holds the moment reached; it may be a closing, never the opening after it.
    Errors: calendar.empty.
    """
    start = to_minute(start)
    least = minute_of(start)
    for day, spans in calendar.days_from(start.date()):
        used = 0
        for opening, closing in spans:
            opening = max(opening, least)
            available = max(0, closing - opening)
            if minutes - used <= available:
                yield Walked(day, minutes, opening + minutes - used)
                return
            used += available
        if used:
            yield Walked(day, used, spans[-1][1])
        minutes -= used
        least = 0


def add_working_minutes(start: datetime, minutes: int, calendar: Calendar) -> datetime:
    """The moment `minutes` (≥ 0) of working time after `start`; additive in `minutes`.

    0 minutes gives `start` itself, or the next opening when the office is closed.
    Errors: calendar.empty.
    """
    if minutes < 0:
        raise ValueError("working time is walked forward only")
    if minutes == 0:
        return counted_moment(start, calendar)
    *_, last = walk(start, minutes, calendar)
    return at_minute(last.day, last.until)
