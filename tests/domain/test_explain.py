"""The reckoning in sentences: what --explain and the dossier page show."""

from domain.codes import PauseKind
from domain.deadline import LineKind, PauseMode, Policy, Term, explain_text, reckon
from domain.explain import _LINES, NOTES
from tests.domain.calendars import OFFICE_2026, at, calendar, pause


def test_explain_text_tells_every_day_and_why() -> None:
    found = reckon(
        Term.parse("3wd"),
        at("2026-04-23T20:00"),
        OFFICE_2026,
        pauses=[pause("2026-04-28T16:00", "2026-04-29T08:00")],
    )
    assert explain_text(found) == [
        "23/04/2026  received at 20:00 23/04/2026",
        "24/04/2026  outside working time: counts as received at 07:00 24/04/2026",
        "24/04/2026  day of receipt: not counted",
        "25/04/2026  day off (weekly rest)",
        "26/04/2026  day off (weekly rest)",
        "27/04/2026  day off (holiday)",
        "28/04/2026  working day 1",
        "29/04/2026  working day 2",
        "30/04/2026  day off (holiday)",
        "01/05/2026  day off (holiday)",
        "02/05/2026  day off (weekly rest)",
        "03/05/2026  day off (weekly rest)",
        "04/05/2026  working day 3",
        "04/05/2026  due without pause or extension: 07:00 04/05/2026",
        "28/04/2026  paused until 08:00 29/04/2026: 2 h 00 min of working time (supplement)",
        "04/05/2026  paused time given back: 2 h 00 min, until 09:00 04/05/2026",
        "04/05/2026  due: 09:00 04/05/2026",
    ]


def test_explain_text_speaks_the_language_of_its_gettext() -> None:
    found = reckon(Term.parse("4wh"), at("2026-04-06T15:00"), OFFICE_2026)
    spoken = explain_text(found, lambda message: message.replace("due", "hạn trả"))
    assert spoken[-1] == "07/04/2026  hạn trả: 09:00 07/04/2026"


def test_explain_text_names_makeup_days_changed_hours_and_moved_ends() -> None:
    known = calendar(d20260411="07:30-11:30", d20260413="07:00-10:00")
    days = explain_text(reckon(Term.parse("2wd"), at("2026-04-10T09:00"), known))
    assert "11/04/2026  working day 1 (make-up working day)" in days
    assert "13/04/2026  working day 2 (other hours on this day)" in days
    moved = explain_text(reckon(Term.parse("2cd"), at("2026-04-10T09:00"), known))
    assert moved[-3] == "13/04/2026  the term ended on a day off: moved to closing at " + (
        "10:00 13/04/2026"
    )


def test_explain_text_tells_restart_extension_and_open_pause() -> None:
    found = reckon(
        Term.parse("3wd"),
        at("2026-04-06T09:00"),
        OFFICE_2026,
        pauses=[
            pause("2026-04-07T09:00", "2026-04-08T10:00"),
            pause("2026-04-09T09:00", None, PauseKind.outage),
        ],
        mode=PauseMode.restart,
        extended_to=at("2026-04-20T09:00"),
        as_of=at("2026-04-09T10:00"),
    )
    told = explain_text(found)
    assert "08/04/2026  supplement received at 10:00 08/04/2026: the term starts again" in told
    assert (
        "09/04/2026  paused and not yet resumed: so far 1 h 00 min of working time (outage)" in told
    )
    assert "20/04/2026  re-appointed to 09:00 20/04/2026" in told
    assert told[-1] == "20/04/2026  due: 09:00 20/04/2026"


def test_every_kind_of_line_and_note_has_a_sentence() -> None:
    assert set(_LINES) == set(LineKind)
    assert {kind.value for kind in PauseKind} <= set(NOTES)
    for term in ("3wd", "4wh", "3cd", "same-day"):
        for policy in Policy:
            found = reckon(Term.parse(term), at("2026-04-10T16:00"), OFFICE_2026, policy=policy)
            assert all("%(" not in line for line in explain_text(found))
