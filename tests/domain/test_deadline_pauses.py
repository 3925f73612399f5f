"""Pauses, restart and extension: what stops the clock, and what moves the appointment."""

import pytest

from domain.deadline import (
    DEFAULT_CALENDAR,
    Pause,
    PauseKind,
    PauseMode,
    Policy,
    Term,
    check_extension,
    days_to_due,
    reckon,
)
from domain.errors import DomainError
from tests.domain.calendars import OFFICE_2026, at, calendar, pause

EIGHT = calendar(hours="07:30-11:30 13:00-17:00")
THREE = Term.parse("3wd")
RECEIVED = at("2026-04-06T09:00")  # due without pause: Thursday 09/04 09:00


@pytest.mark.parametrize(
    ("source", "pauses", "minutes", "due"),
    [
        ("issue: 16:00 to 17:30 next day", [("04-07T16:00", "04-08T17:30")], 540, "04-10T10:00"),
        ("resume exactly at closing", [("04-07T16:00", "04-08T17:00")], 540, "04-10T10:00"),
        ("resume the next morning", [("04-07T16:00", "04-09T07:00")], 540, "04-10T10:00"),
        ("pause after closing", [("04-07T18:00", "04-08T08:00")], 60, "04-09T10:00"),
        ("pause over a night", [("04-07T17:00", "04-08T07:00")], 0, "04-09T09:00"),
        ("pause over lunch", [("04-07T11:30", "04-07T13:30")], 0, "04-09T09:00"),
        (
            "OpenCPS 6: every hop counts",
            [("04-07T09:00", "04-08T20:00"), ("04-08T20:00", "04-09T08:00")],
            360 + 480 + 60,
            "04-13T08:00",
        ),
        (
            "overlapping pauses count once",
            [("04-07T09:00", "04-07T11:00"), ("04-07T10:00", "04-07T11:30")],
            150,
            "04-09T11:30",
        ),
        (
            "one pause inside another",
            [("04-07T07:00", "04-07T11:30"), ("04-07T08:00", "04-07T09:00")],
            270,
            "04-09T15:30",
        ),
        ("before receipt", [("04-03T09:00", "04-06T08:00")], 0, "04-09T09:00"),
        ("begun before receipt", [("04-03T09:00", "04-06T10:00")], 60, "04-09T10:00"),
        ("over a weekend", [("04-08T16:00", "04-13T08:00")], 1080, "04-13T11:00"),
        (
            "when already late: the delay stays",
            [("04-10T09:00", "04-10T11:00")],
            120,
            "04-09T11:00",
        ),
    ],
)
def test_pauses_add_exactly_their_working_time(
    source: str, pauses: list[tuple[str, str]], minutes: int, due: str
) -> None:
    known = [pause(f"2026-{start}", f"2026-{end}") for start, end in pauses]
    for order in (known, known[::-1]):
        found = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=order)
        assert (found.paused_minutes, found.due_at) == (minutes, at(f"2026-{due}")), source
        assert found.original_due_at == at("2026-04-09T09:00")


@pytest.mark.parametrize("resumed", ["2026-04-08T17:30", "2026-04-08T17:00"])
def test_an_evening_resume_adds_nine_hours_and_not_eighteen(resumed: str) -> None:
    """opencps-lessons.md §3.4 no. 5, on a day of 8 hours."""
    found = reckon(THREE, RECEIVED, EIGHT, pauses=[pause("2026-04-07T16:00", resumed)])
    assert found.paused_minutes == 540


def test_pauses_of_every_kind_stop_the_clock() -> None:
    for kind in PauseKind:
        stopped = pause("2026-04-07T08:00", "2026-04-07T09:00", kind)
        found = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=[stopped])
        assert found.paused_minutes == 60


def test_an_open_pause_counts_up_to_as_of_only() -> None:
    still = [pause("2026-04-07T16:00", None)]
    ignored = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=still)
    assert (ignored.due_at, ignored.paused_minutes) == (at("2026-04-09T09:00"), 0)
    now = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=still, as_of=at("2026-04-08T17:30"))
    assert (now.due_at, now.paused_minutes) == (at("2026-04-10T10:00"), 540)
    early = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=still, as_of=at("2026-04-07T15:00"))
    assert early.due_at == at("2026-04-09T09:00")


def test_a_pause_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(DomainError, match=r"pause\.invalid"):
        pause("2026-04-07T16:00", "2026-04-07T15:59")
    assert Pause(RECEIVED, RECEIVED).end == RECEIVED


def test_a_supplement_restarts_the_clock_when_the_procedure_says_so() -> None:
    """NĐ 61/2018 Đ19 k4: the time is counted again from the beginning."""
    supplement = pause("2026-04-07T16:00", "2026-04-14T10:00")
    found = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=[supplement], mode=PauseMode.restart)
    assert found.due_at == at("2026-04-17T10:00")
    assert found.counted_from == at("2026-04-14T10:00")
    assert found.original_due_at == at("2026-04-09T09:00")
    assert found.paused_minutes == 0


def test_the_last_supplement_restarts_and_other_pauses_after_it_are_added() -> None:
    pauses = [
        pause("2026-04-07T16:00", "2026-04-14T10:00"),
        pause("2026-04-08T08:00", "2026-04-09T08:00"),
        pause("2026-04-07T08:00", "2026-04-07T10:00", PauseKind.payment),
        pause("2026-04-14T09:00", "2026-04-14T11:00", PauseKind.outage),
        pause("2026-04-15T08:00", "2026-04-15T09:00", PauseKind.payment),
    ]
    found = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=pauses, mode=PauseMode.restart)
    assert found.paused_minutes == 60 + 60
    assert found.due_at == at("2026-04-17T14:00")


def test_only_a_supplement_restarts() -> None:
    paid = pause("2026-04-07T16:00", "2026-04-08T17:30", PauseKind.payment)
    found = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=[paid], mode=PauseMode.restart)
    assert found.due_at == at("2026-04-10T10:00")
    assert found.counted_from == RECEIVED


def test_a_supplement_received_in_the_evening_restarts_the_next_morning() -> None:
    supplement = pause("2026-04-07T16:00", "2026-04-09T20:00")
    found = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, pauses=[supplement], mode=PauseMode.restart)
    assert found.counted_from == at("2026-04-10T07:00")
    assert found.due_at == at("2026-04-15T07:00")


@pytest.mark.parametrize(
    ("extended_to", "due"),
    [
        ("2026-04-14T10:00", "2026-04-14T10:00"),
        ("2026-04-14T12:15", "2026-04-14T13:30"),
        ("2026-04-14T20:00", "2026-04-14T17:00"),
        ("2026-04-12T10:00", "2026-04-13T17:00"),
        ("2026-04-08T10:00", "2026-04-09T09:00"),
    ],
)
def test_an_extension_only_ever_moves_the_appointment_later(extended_to: str, due: str) -> None:
    """NĐ 61/2018 Đ19 k9; the original appointment stays readable for ever."""
    found = reckon(THREE, RECEIVED, DEFAULT_CALENDAR, extended_to=at(extended_to))
    assert found.due_at == at(due)
    assert found.original_due_at == at("2026-04-09T09:00")


def test_pauses_after_the_extension_are_added_to_it() -> None:
    pauses = [
        pause("2026-04-07T08:00", "2026-04-07T10:00"),
        pause("2026-04-09T08:00", "2026-04-09T09:30", PauseKind.outage),
    ]
    found = reckon(
        THREE,
        RECEIVED,
        DEFAULT_CALENDAR,
        pauses=pauses,
        extended_to=at("2026-04-14T10:00"),
        extended_at=at("2026-04-08T09:00"),
    )
    assert found.due_at == at("2026-04-14T11:30")
    standing = reckon(
        THREE, RECEIVED, DEFAULT_CALENDAR, pauses=pauses, extended_to=at("2026-04-14T10:00")
    )
    assert standing.due_at == at("2026-04-14T10:00")


def test_a_restart_later_than_the_extension_wins() -> None:
    found = reckon(
        THREE,
        RECEIVED,
        DEFAULT_CALENDAR,
        pauses=[pause("2026-04-09T08:00", "2026-04-20T10:00")],
        mode=PauseMode.restart,
        extended_to=at("2026-04-14T10:00"),
    )
    assert found.due_at == at("2026-04-23T10:00")


def test_pauses_are_added_exactly_under_end_of_day_too() -> None:
    found = reckon(
        THREE,
        RECEIVED,
        DEFAULT_CALENDAR,
        pauses=[pause("2026-04-07T08:00", "2026-04-07T09:00")],
        policy=Policy.end_of_day,
    )
    assert found.due_at == at("2026-04-10T08:00")


@pytest.mark.parametrize(
    ("now", "notice", "code"),
    [
        ("2026-04-08T16:59", 1, None),
        ("2026-04-09T07:00", 1, "extension.too_late"),
        ("2026-04-09T07:00", 0, None),
        ("2026-04-08T16:59", 2, "extension.too_late"),
        ("2026-04-10T07:00", 0, "extension.too_late"),
    ],
)
def test_an_extension_comes_at_the_latest_one_day_before(
    now: str, notice: int, code: str | None
) -> None:
    """NĐ 61/2018 Đ19 k9: “chậm nhất 01 ngày” before the due date; the number is a setting."""
    due, later = at("2026-04-09T09:00"), at("2026-04-14T09:00")
    if code is None:
        check_extension(at(now), due, later, notice_days=notice)
        return
    with pytest.raises(DomainError) as caught:
        check_extension(at(now), due, later, notice_days=notice)
    assert caught.value.code == code


def test_an_extension_must_be_later_than_the_appointment() -> None:
    now, due = at("2026-04-07T09:00"), at("2026-04-09T09:00")
    for moment in (due, at("2026-04-08T09:00")):
        with pytest.raises(DomainError) as caught:
            check_extension(now, due, moment)
        assert (caught.value.code, caught.value.field) == ("extension.not_later", "extended_to")


def test_days_to_due_counts_calendar_days() -> None:
    due = at("2026-04-09T09:00")
    days = [days_to_due(at(now), due) for now in ("2026-04-08T23:59", "2026-04-09T23:00")]
    assert [*days, days_to_due(at("2026-04-12T08:00"), due)] == [1, 0, -3]


def test_holidays_inside_a_pause_neither_gain_nor_lose() -> None:
    """27/04 is off: a pause from 24/04 to 28/04 is two hours, not two days."""
    found = reckon(
        THREE,
        at("2026-04-23T10:00"),
        OFFICE_2026,
        pauses=[pause("2026-04-24T16:00", "2026-04-28T08:00")],
    )
    assert found.paused_minutes == 120
    assert found.due_at == at("2026-04-29T14:00")
