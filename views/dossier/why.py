"""Why the appointment is on this day: the reckoning in a few sentences, and how much of it is used."""

import datetime as dt
from collections.abc import Iterable, Sequence

from flask_babel import gettext, ngettext

from domain.calendar import working_minutes
from domain.explain import NOTES, explain_line
from domain.terms import Line, LineKind, Reckoning
from models.dossier import Dossier
from services.working_time import calendar_of
from views.generated.values import term_words

#: Days off that are named one by one; beyond them only their number is said.
NAMED = 10
_RECEIVED = (LineKind.received, LineKind.counted_from, LineKind.not_counted)
_AS_THEY_ARE = (LineKind.same_day, LineKind.after_cutoff, LineKind.moved)
_PAUSES = (LineKind.paused, LineKind.paused_open)


def sentences(dossier: Dossier, found: Reckoning) -> list[str]:
    """From the term to the appointment, in the order in which one reckons."""
    return [
        *_term(dossier),
        *_start(found.lines),
        *_counted(found.lines),
        *_off(found.lines),
        *(_line(line) for line in found.lines if line.kind in _AS_THEY_ARE),
        *_pauses(found),
        *_later(found),
        _end(found),
    ]


def used(dossier: Dossier, found: Reckoning, at: dt.datetime) -> int:
    """Working time used so far, in percent of the whole term; pauses are not used."""
    calendar = calendar_of(dossier.competent, dossier.received_at.date())
    start = found.counted_from
    whole = working_minutes(start, found.due_at, calendar) - found.paused_minutes
    now = max(start, min(at, found.due_at))
    spent = working_minutes(start, now, calendar) - found.paused_minutes
    if at >= found.due_at or whole <= 0:
        return 100
    return max(0, min(100, round(100 * spent / whole)))


def _term(dossier: Dossier) -> list[str]:
    version, term = dossier.procedure_version, term_words(dossier.term or "")
    if version.local_term and version.legal_term and version.local_term == dossier.term:
        legal = term_words(version.legal_term)
        return [
            gettext(
                "The term is %(term)s, as the unit promises; the law gives %(legal)s.",
                term=term,
                legal=legal,
            )
        ]
    return [gettext("The term is %(term)s.", term=term)]


def _start(lines: Iterable[Line]) -> list[str]:
    said = [explain_line(line, gettext) for line in lines if line.kind in _RECEIVED]
    return [_sentence("; ".join(said))] if said else []


def _counted(lines: Iterable[Line]) -> list[str]:
    days = [x for x in lines if x.kind in (LineKind.working_day, LineKind.calendar_day)]
    if days:
        # after a restart the numbers begin anew: the last count is the one that holds
        last = max(i for i, x in enumerate(days) if x.number == 1)
        first, end = days[last], days[-1]
        facts = {"first": _day(first.date), "last": _day(end.date)}
        if first.kind is LineKind.working_day:
            words = ngettext(
                "%(num)d working day is counted, from %(first)s to %(last)s.",
                "%(num)d working days are counted, from %(first)s to %(last)s.",
                end.number,
                **facts,
            )
        else:
            words = ngettext(
                "%(num)d day is counted, from %(first)s to %(last)s.",
                "%(num)d days are counted, from %(first)s to %(last)s.",
                end.number,
                **facts,
            )
        return [words]
    hours = [x for x in lines if x.kind is LineKind.hours]
    return [_line(x) for x in hours[-1:]]


def _off(lines: Sequence[Line]) -> list[str]:
    days = [x for x in lines if x.kind is LineKind.day_off]
    if not days:
        return []
    named = [f"{x.date:%d/%m} ({gettext(NOTES[x.note])})" for x in days[:NAMED]]
    rest = len(days) - NAMED
    if rest > 0:
        named.append(ngettext("%(num)d more", "%(num)d more", rest))
    return [gettext("Days off are skipped: %(days)s.", days=", ".join(named))]


def _pauses(found: Reckoning) -> list[str]:
    pauses = [x for x in found.lines if x.kind in _PAUSES]
    if not pauses:
        return []
    without = gettext("Without pauses it would be %(at)s.", at=_moment(found.original_due_at))
    said = [
        gettext("From %(day)s: %(what)s.", day=_day(x.date), what=explain_line(x, gettext))
        for x in pauses
    ]
    if found.paused_minutes:
        said.append(gettext("The working time of the pauses is added to the end."))
    return [without, *said]


def _later(found: Reckoning) -> list[str]:
    moved = (LineKind.restarted, LineKind.extended)
    return [_line(x) for x in found.lines if x.kind in moved]


def _end(found: Reckoning) -> str:
    at = _moment(found.due_at)
    if any(x.kind is LineKind.paused_open for x in found.lines):
        return gettext("If the clock ran on now, the appointment would be %(at)s.", at=at)
    return gettext("So the appointment is %(at)s.", at=at)


def _line(line: Line) -> str:
    return _sentence(explain_line(line, gettext))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _day(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%H:%M %d/%m/%Y}"
