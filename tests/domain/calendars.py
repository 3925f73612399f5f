"""Calendars and readings of moments that the tests of the law share."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from domain.calendar import TZ, Calendar, Session
from domain.deadline import DEFAULT_WEEK, Pause, PauseKind


def at(text: str) -> datetime:
    """ "2026-04-06T09:00" as an aware local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


def day(text: str) -> date:
    return date.fromisoformat(text)


def session(text: str) -> Session:
    """ "07:00-11:30" as a session."""
    start, end = text.split("-")
    return Session(time.fromisoformat(start), time.fromisoformat(end))


def week(hours: str, saturday: str = "") -> dict[int, tuple[Session, ...]]:
    """Monday to Friday with the same hours, Saturday with its own."""
    shifts = tuple(map(session, hours.split()))
    return dict.fromkeys(range(5), shifts) | {5: tuple(map(session, saturday.split()))}


def calendar(*off: str, hours: str = "", saturday: str = "", **days: str) -> Calendar:
    """Days off by date, and days with hours of their own as d20260509="07:00-11:30"."""
    own = {
        date(int(name[1:5]), int(name[5:7]), int(name[7:])): tuple(map(session, text.split()))
        for name, text in days.items()
    }
    shifts = week(hours or "07:00-11:30 13:30-17:00", saturday)
    return Calendar(shifts, {day(text): None for text in off} | own)


def pause(start: str, end: str | None, kind: PauseKind = PauseKind.supplement) -> Pause:
    return Pause(at(start), at(end) if end else None, kind)


#: Monday–Friday, with the days off of 2026 that the vectors of one-stop.md §3 cross.
OFFICE_2026 = Calendar(
    DEFAULT_WEEK,
    dict.fromkeys(map(day, ("2026-04-27", "2026-04-30", "2026-05-01", "2026-11-24"))),
)

_FIRST = datetime(2026, 1, 1, tzinfo=TZ)


def moments() -> st.SearchStrategy[datetime]:
    """Any minute of one year."""
    minutes = st.integers(0, 366 * 24 * 60)
    return minutes.map(lambda minute: _FIRST + timedelta(minutes=minute))


@st.composite
def _shifts(draw: st.DrawFn) -> tuple[Session, ...]:
    """No, one or two shifts of a day, cut at any minutes."""
    count = draw(st.sampled_from((0, 1, 2, 2)))
    cuts = st.lists(st.integers(1, 1438), min_size=2 * count, max_size=2 * count, unique=True)
    minutes = [time(cut // 60, cut % 60) for cut in sorted(draw(cuts))]
    return tuple(map(Session, minutes[::2], minutes[1::2]))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any week with at least one working weekday, with dated exceptions."""
    shifts = {weekday: draw(_shifts()) for weekday in range(7)}
    if not any(shifts.values()):
        shifts[draw(st.integers(0, 6))] = (Session(time(8), time(11)),)
    dates = st.dates(date(2026, 1, 1), date(2027, 6, 30))
    return Calendar(shifts, draw(st.dictionaries(dates, st.none() | _shifts(), max_size=8)))
