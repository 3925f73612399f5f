"""The sentences of a reckoning: English message ids, filled where they are displayed."""

from datetime import date, datetime

from domain.codes import PauseKind
from domain.terms import Line, LineKind, Reckoning
from domain.text import N_, Gettext, untranslated
from domain.titles import TITLES

#: Why a day is off or has other hours, and why a clock stood still.
NOTES: dict[str, str] = {
    "weekly_rest": N_("weekly rest"),
    "holiday": N_("holiday"),
    "makeup": N_("make-up working day"),
    "changed_hours": N_("other hours on this day"),
    **TITLES[PauseKind],
}

_LINES: dict[LineKind, str] = {
    LineKind.received: N_("received at %(at)s"),
    LineKind.counted_from: N_("outside working time: counts as received at %(at)s"),
    LineKind.not_counted: N_("day of receipt: not counted"),
    LineKind.working_day: N_("working day %(number)s"),
    LineKind.calendar_day: N_("day %(number)s"),
    LineKind.day_off: N_("day off"),
    LineKind.hours: N_("%(duration)s of working time, until %(at)s"),
    LineKind.same_day: N_("same day, until closing at %(at)s"),
    LineKind.after_cutoff: N_("received after the cutoff: until closing at %(at)s"),
    LineKind.moved: N_("the term ended on a day off: moved to closing at %(at)s"),
    LineKind.original_due: N_("due without pause or extension: %(at)s"),
    LineKind.restarted: N_("supplement received at %(at)s: the term starts again"),
    LineKind.paused: N_("paused until %(at)s: %(duration)s of working time"),
    LineKind.paused_open: N_("paused and not yet resumed: so far %(duration)s of working time"),
    LineKind.credited: N_("paused time given back: %(duration)s, until %(at)s"),
    LineKind.extended: N_("re-appointed to %(at)s"),
    LineKind.due: N_("due: %(at)s"),
}

_HOURS_UNIT = N_("%(hours)s h %(minutes)s min")


def explain_line(line: Line, gettext: Gettext = untranslated) -> str:
    """One line as a sentence, without its date."""
    sentence = gettext(_LINES[line.kind]) % {
        "at": _moment(line.at) if line.at else "",
        "number": line.number,
        "duration": _duration(line.minutes, gettext),
    }
    return f"{sentence} ({gettext(NOTES[line.note])})" if line.note else sentence


def explain_text(reckoning: Reckoning, gettext: Gettext = untranslated) -> list[str]:
    """The reckoning day by day, one sentence per line, each with its date dd/mm/yyyy."""
    return [f"{_day(line.date)}  {explain_line(line, gettext)}" for line in reckoning.lines]


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _moment(moment: datetime) -> str:
    return f"{moment:%H:%M %d/%m/%Y}"


def _duration(minutes: int, gettext: Gettext) -> str:
    hours, rest = divmod(minutes, 60)
    return gettext(_HOURS_UNIT) % {"hours": hours, "minutes": f"{rest:02d}"}
