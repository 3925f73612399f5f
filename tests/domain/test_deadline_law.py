"""The law of deadlines as tables: every row with its source."""

import time as clock
from datetime import UTC, datetime, time

import pytest

from domain.calendar import Calendar
from domain.deadline import DEFAULT_CALENDAR, DEFAULT_WEEK, Policy, Term, TermUnit, reckon
from domain.errors import DomainError
from tests.domain.calendars import OFFICE_2026, at, calendar

#: 07:30–11:30 and 13:30–17:00: a day of 7.5 hours; and a day of 9.
SHORT = calendar("2024-04-30", "2024-05-01", hours="07:30-11:30 13:30-17:00")
LONG = calendar(hours="07:00-11:30 13:00-17:30")
EIGHT = calendar(hours="07:30-11:30 13:00-17:00")
HALF_SATURDAY = calendar(hours="07:30-11:30 13:30-17:00", saturday="07:30-11:30")


@pytest.mark.parametrize(
    ("source", "known", "received", "term", "due"),
    [
        (
            "one-stop.md §3, first vector",
            OFFICE_2026,
            "2026-04-06T09:00",
            "3wd",
            "2026-04-09T09:00",
        ),
        (
            "one-stop.md §3: 27/04 in lieu",
            OFFICE_2026,
            "2026-04-23T10:00",
            "3wd",
            "2026-04-29T10:00",
        ),
        ("NQ 28/2026: 24/11 off", OFFICE_2026, "2026-11-20T08:15", "3wd", "2026-11-26T08:15"),
        ("4 h received 20:00", OFFICE_2026, "2026-04-06T20:00", "4wh", "2026-04-07T11:00"),
        ("OpenCPS 1: 7.5 h day", SHORT, "2024-03-04T09:00", "15wd", "2024-03-25T09:00"),
        ("OpenCPS 1: 7.5 h day", SHORT, "2024-03-04T09:00", "5wd", "2024-03-11T09:00"),
        ("OpenCPS 1: 9 h day", LONG, "2024-03-04T09:00", "15wd", "2024-03-25T09:00"),
        ("OpenCPS 2: half Saturday", HALF_SATURDAY, "2026-04-08T14:00", "3wd", "2026-04-11T11:30"),
        ("OpenCPS 2: is one day", HALF_SATURDAY, "2026-04-10T09:00", "2wd", "2026-04-13T09:00"),
        ("OpenCPS 3: receipt on 30/4", SHORT, "2024-04-30T09:00", "2wd", "2024-05-06T07:30"),
        ("OpenCPS 4: 4 h at 20:00", SHORT, "2024-03-04T20:00", "4wh", "2024-03-05T11:30"),
        ("OpenCPS 4: 2 h at 17:30", SHORT, "2024-03-04T17:30", "2wh", "2024-03-05T09:30"),
        (
            "OpenCPS 7: beyond 257 days",
            OFFICE_2026,
            "2026-12-01T09:00",
            "300wd",
            "2028-01-25T09:00",
        ),
        (
            "BLDS Đ147 k2: day of receipt",
            OFFICE_2026,
            "2026-04-06T07:00",
            "1wd",
            "2026-04-07T07:00",
        ),
        ("before opening", OFFICE_2026, "2026-04-06T05:00", "1wd", "2026-04-07T07:00"),
        ("in the lunch break", OFFICE_2026, "2026-04-06T12:15", "1wd", "2026-04-07T13:30"),
        ("at the lunch closing", OFFICE_2026, "2026-04-06T11:30", "1wd", "2026-04-07T11:30"),
        ("at closing", OFFICE_2026, "2026-04-06T17:00", "1wd", "2026-04-07T17:00"),
        ("after closing", OFFICE_2026, "2026-04-06T17:01", "1wd", "2026-04-08T07:00"),
        ("on a Sunday", OFFICE_2026, "2026-04-05T09:00", "1wd", "2026-04-07T07:00"),
        ("on a holiday", OFFICE_2026, "2026-04-30T09:00", "1wd", "2026-05-05T07:00"),
        ("hours over lunch", OFFICE_2026, "2026-04-06T10:30", "2wh", "2026-04-06T14:30"),
        ("hours over a weekend", OFFICE_2026, "2026-04-10T16:00", "8wh", "2026-04-13T16:00"),
        ("hours reach lunch", OFFICE_2026, "2026-04-06T09:30", "2wh", "2026-04-06T11:30"),
        ("calendar days", OFFICE_2026, "2026-04-06T09:00", "15cd", "2026-04-21T09:00"),
        (
            "BLDS Đ148 k5: ends Saturday",
            OFFICE_2026,
            "2026-04-10T10:00",
            "15cd",
            "2026-04-28T17:00",
        ),
        ("BLDS Đ148 k5: ends 30/4", OFFICE_2026, "2026-04-15T10:00", "15cd", "2026-05-04T17:00"),
        ("calendar days after closing", OFFICE_2026, "2026-04-06T19:00", "1cd", "2026-04-08T07:00"),
        ("ends on half a Saturday", HALF_SATURDAY, "2026-04-08T14:00", "3cd", "2026-04-11T11:30"),
        ("same day before 15:00", OFFICE_2026, "2026-04-06T14:59", "same-day", "2026-04-06T17:00"),
        ("same day from 15:00", OFFICE_2026, "2026-04-06T15:00", "same-day", "2026-04-07T17:00"),
        ("same day, Friday late", OFFICE_2026, "2026-04-10T16:00", "same-day", "2026-04-13T17:00"),
        (
            "same day, after closing",
            OFFICE_2026,
            "2026-04-06T18:00",
            "same-day",
            "2026-04-07T17:00",
        ),
        ("same day, on a Sunday", OFFICE_2026, "2026-04-05T16:00", "same-day", "2026-04-06T17:00"),
        ("same day, Saturday", HALF_SATURDAY, "2026-04-11T09:00", "same-day", "2026-04-11T11:30"),
    ],
)
def test_reckon_gives_the_due_moment_of_the_law(
    source: str, known: Calendar, received: str, term: str, due: str
) -> None:
    found = reckon(Term.parse(term), at(received), known)
    assert found.due_at == at(due), source
    assert found.original_due_at == at(due)
    assert found.paused_minutes == 0


@pytest.mark.parametrize(
    ("received", "term", "due"),
    [
        ("2026-04-06T09:00", "3wd", "2026-04-09T17:00"),
        ("2026-04-08T09:00", "3wd", "2026-04-11T11:30"),
        ("2026-04-06T09:00", "3cd", "2026-04-09T17:00"),
        ("2026-04-06T09:00", "4cd", "2026-04-10T17:00"),
        ("2026-04-06T09:00", "2wh", "2026-04-06T11:00"),
        ("2026-04-06T09:00", "same-day", "2026-04-06T17:00"),
    ],
)
def test_reckon_ends_at_closing_when_the_unit_chose_end_of_day(
    received: str, term: str, due: str
) -> None:
    found = reckon(Term.parse(term), at(received), HALF_SATURDAY, policy=Policy.end_of_day)
    assert found.due_at == at(due)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-05-04T06:00", "2026-05-05T08:00"),  # the due day opens later: its opening
        ("2026-05-04T09:10", "2026-05-05T09:10"),
        ("2026-05-04T10:30", "2026-05-05T14:00"),  # falls in its lunch break: the opening after
        ("2026-05-04T16:45", "2026-05-05T16:00"),  # it closes earlier: its last closing
    ],
)
def test_reckon_keeps_the_time_as_far_as_the_due_day_has_it(received: str, due: str) -> None:
    known = calendar(d20260505="08:00-10:00 14:00-16:00")
    assert reckon(Term.parse("1wd"), at(received), known).due_at == at(due)


def test_a_makeup_day_is_worked_with_its_own_hours() -> None:
    """opencps-lessons.md §3.4 no. 7: make-up days always took the hours of Monday."""
    known = calendar("2026-05-04", d20260509="07:30-11:30")
    friday = at("2026-05-08T14:00")
    assert reckon(Term.parse("1wd"), friday, known).due_at == at("2026-05-09T11:30")
    assert reckon(Term.parse("5wh"), friday, known).due_at == at("2026-05-09T09:30")


def test_a_site_without_hours_has_no_silent_weekend_work() -> None:
    """opencps-lessons.md §3.4 no. 7, and the rule never to loop for ever."""
    empty = Calendar({})
    gone = Calendar({}, {at("2026-01-05T00:00").date(): DEFAULT_WEEK[0]})
    for known in (empty, gone):
        for term in ("1wd", "1wh", "1cd", "same-day"):
            with pytest.raises(DomainError) as caught:
                reckon(Term.parse(term), at("2026-04-06T09:00"), known)
            assert caught.value.code == "calendar.empty"


def test_the_cutoff_of_a_unit_may_differ() -> None:
    term = Term.parse("same-day")
    found = reckon(term, at("2026-04-06T10:00"), DEFAULT_CALENDAR, cutoff=time(10))
    assert found.due_at == at("2026-04-07T17:00")


@pytest.mark.parametrize(
    "received",
    [
        datetime(2026, 4, 6, 9, 0),
        datetime(2026, 4, 6, 9, 0, 59),
        datetime(2026, 4, 6, 2, 0, tzinfo=UTC),
    ],
)
def test_reckon_takes_naive_input_as_local_and_answers_aware(received: datetime) -> None:
    found = reckon(Term.parse("3wd"), received, DEFAULT_CALENDAR)
    assert found.due_at.isoformat() == "2026-04-09T09:00:00+07:00"
    assert found.counted_from.isoformat() == "2026-04-06T09:00:00+07:00"


@pytest.mark.parametrize(
    ("text", "amount", "unit", "shown"),
    [
        ("3wd", 3, TermUnit.wd, "3wd"),
        (" 4 WH ", 4, TermUnit.wh, "4wh"),
        ("15cd", 15, TermUnit.cd, "15cd"),
        ("same-day", 1, TermUnit.same_day, "same-day"),
        ("same_day", 1, TermUnit.same_day, "same-day"),
        ("9999wd", 9999, TermUnit.wd, "9999wd"),
    ],
)
def test_term_is_read_and_written(text: str, amount: int, unit: TermUnit, shown: str) -> None:
    term = Term.parse(text)
    assert (term.amount, term.unit, str(term)) == (amount, unit, shown)
    assert Term.parse(str(term)) == term


@pytest.mark.parametrize(
    "text", ["", "3", "wd", "0wd", "-3wd", "3.5wd", "3d", "03wd", "10000wd", "1٣wd", "2same-day"]
)
def test_term_refuses_what_is_no_term(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        Term.parse(text)
    assert caught.value.code == "term.invalid"
    assert text in caught.value.text()


def test_term_refuses_more_than_one_same_day_and_none_at_all() -> None:
    for amount, unit in ((2, TermUnit.same_day), (0, TermUnit.wd), (10_000, TermUnit.wh)):
        with pytest.raises(DomainError, match=r"term\.invalid"):
            Term(amount, unit)


def test_a_receipt_at_the_end_of_the_calendar_is_refused_with_a_sentence() -> None:
    with pytest.raises(DomainError) as caught:
        reckon(Term.parse("3wd"), at("9999-12-30T09:00"), DEFAULT_CALENDAR)
    assert caught.value.code == "moment.out_of_range"


@pytest.mark.parametrize("term", ["2520wd", "9999wh", "3650cd"])
def test_ten_years_in_one_call_are_instant(term: str) -> None:
    parsed, received = Term.parse(term), at("2026-04-06T09:00")
    took = []
    for _ in range(5):
        started = clock.perf_counter()
        reckon(parsed, received, OFFICE_2026)
        took.append(clock.perf_counter() - started)
    assert min(took) < 0.050
