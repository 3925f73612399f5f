"""`flask --app run deadline`: the vectors of the law, from the command line, in Vietnamese."""

import datetime as dt
import re
import time

import pytest
import sqlalchemy as sa

from app.cli.deadline import deadline_command
from models.base import db
from models.calendar import CalendarDay, DayKind, WorkingHours
from models.organisation import Unit
from models.scope import everything
from tests.tools.engines import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def deadline(app):
    """Call the command; its answer as (exit code, lines)."""

    def call(*arguments: str) -> tuple[int, list[str]]:
        answer = app.test_cli_runner().invoke(deadline_command, list(arguments))
        assert answer.exception is None or isinstance(answer.exception, SystemExit), (
            answer.exception
        )
        return answer.exit_code, answer.output.splitlines()

    return call


def due(deadline, received: str, term: str, *more: str) -> str:
    code, lines = deadline("--received", received, "--term", term, *more)
    assert code == 0, lines
    assert len(lines) == 1
    return lines[0]


# fmt: off
VECTORS = [
    # received, term, due — the week of Monday to Friday 07:00–11:30, 13:30–17:00
    ("2026-04-06T09:00", "3wd", "2026-04-09T09:00"),
    ("2026-04-23T10:00", "3wd", "2026-04-29T10:00"),   # 27/04 is a day in lieu (BLLĐ Đ111 k3)
    ("2026-11-20T09:00", "3wd", "2026-11-26T09:00"),   # 24/11 is a holiday (NQ 28/2026/QH16)
    ("2026-04-06T20:00", "4wh", "2026-04-07T11:00"),   # four hours after the next opening
    ("2026-04-06T17:30", "2wh", "2026-04-07T09:00"),
    ("2026-04-04T10:00", "3wd", "2026-04-09T07:00"),   # Saturday counts as Monday's opening
    ("2026-04-29T15:00", "1wd", "2026-05-04T15:00"),   # over 30/4, 1/5 and a week-end
    ("2026-04-06T12:15", "3wd", "2026-04-09T13:30"),   # in the lunch break: the opening after it
    ("2026-04-06T09:00", "15cd", "2026-04-21T09:00"),
    ("2026-04-11T09:00", "15cd", "2026-04-28T07:00"),  # from Monday 13/04 07:00 on
    ("2026-04-06T14:59", "same-day", "2026-04-06T17:00"),
    ("2026-04-06T15:00", "same-day", "2026-04-07T17:00"),  # after 15:00: the next working day
    ("2026-04-03T16:00", "same-day", "2026-04-06T17:00"),
    ("2026-01-09T09:00", "1wd", "2026-01-10T09:00"),   # Saturday 10/01 makes up for 02/01
    ("2026-04-06T09:00", "24wh", "2026-04-09T09:00"),
]
# fmt: on


@pytest.mark.parametrize(("received", "term", "expected"), VECTORS)
def test_deadline_prints_the_due_moment_in_iso_form(deadline, received, term, expected):
    assert due(deadline, received, term) == f"{expected}+07:00"


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ((), "2026-04-09T09:00"),
        (("2026-04-07T16:00/2026-04-08T17:30",), "2026-04-10T10:00"),  # 1 h and a whole day
        (("2026-04-07T17:30/2026-04-08T06:30",), "2026-04-09T09:00"),  # outside working hours
        (
            ("2026-04-07T08:00/2026-04-07T10:00", "2026-04-07T09:00/2026-04-07T11:00"),
            "2026-04-09T14:00",  # three hours, counted once
        ),
        (("2026-04-11T08:00/2026-04-12T16:00",), "2026-04-09T09:00"),  # a week-end
    ],
)
def test_deadline_adds_exactly_the_working_time_of_pauses(deadline, pauses, expected):
    more = [word for pause in pauses for word in ("--pause", pause)]
    found = due(deadline, "2026-04-06T09:00", "3wd", *more)
    assert found == f"{expected}+07:00"


def test_deadline_can_start_again_after_a_supplement(deadline):
    pause = ("--pause", "2026-04-07T16:00/2026-04-08T08:15")
    found = due(deadline, "2026-04-06T09:00", "3wd", *pause, "--restart")
    assert found == "2026-04-13T08:15+07:00"


def test_deadline_knows_the_policies_and_an_extension(deadline):
    assert due(deadline, "2026-04-06T09:00", "3wd", "--end-of-day") == "2026-04-09T17:00+07:00"
    moved = due(deadline, "2026-04-06T09:00", "3wd", "--extended-to", "2026-04-16T09:00")
    assert moved == "2026-04-16T09:00+07:00"


def test_deadline_explains_day_by_day_in_vietnamese(deadline):
    code, lines = deadline("--received", "2026-04-23T10:00", "--term", "3wd", "--explain")
    assert code == 0
    assert lines[0] == "2026-04-29T10:00+07:00"
    days = [line[:10] for line in lines[1:]]
    assert days[0] == "23/04/2026"
    assert {"24/04/2026", "25/04/2026", "26/04/2026", "27/04/2026", "28/04/2026"} <= set(days)
    assert lines[-1].startswith("29/04/2026") and "10:00 29/04/2026" in lines[-1]
    assert len(lines) >= 9
    assert all(re.match(r"\d\d/\d\d/\d{4}  \S", line) for line in lines[1:])


# ---- the calendar of one unit --------------------------------------------------------------------
@pytest.fixture
def own_hours(app) -> str:
    """A district that works on Saturday mornings and has a local day off; its code."""
    with app.app_context(), everything():
        place = db.session.scalars(sa.select(Unit).where(Unit.code == "DL-648")).one()
        shifts = [(d, 7, 30, 11, 30) for d in range(6)] + [(d, 13, 0, 16, 30) for d in range(5)]
        for weekday, h1, m1, h2, m2 in shifts:
            db.session.add(
                WorkingHours(
                    agency_id=place.id,
                    unit_id=place.id,
                    weekday=weekday,
                    starts=dt.time(h1, m1),
                    ends=dt.time(h2, m2),
                    valid_from=dt.date(2020, 1, 1),
                )
            )
        off = CalendarDay(
            agency_id=place.id,
            unit_id=place.id,
            day=dt.date(2026, 4, 9),
            kind=DayKind.off,
            name="Lễ của huyện",
        )
        db.session.add(off)
        db.session.commit()
        db.session.remove()
    return "DL-648"


@pytest.mark.parametrize(
    ("unit", "received", "term", "expected"),
    [
        ("DL-648", "2026-04-06T09:00", "3wd", "2026-04-10T09:00"),  # 09/04 is off there
        ("DL-648", "2026-04-10T09:00", "1wd", "2026-04-11T09:00"),  # Saturday morning is a day
        ("DL-648", "2026-04-10T15:00", "1wd", "2026-04-11T11:30"),  # no such minute on Saturday
        ("DL-648", "2026-04-06T09:00", "4wh", "2026-04-06T14:30"),
        ("DL-648-TCKH", "2026-04-06T09:00", "3wd", "2026-04-10T09:00"),  # as its agency does
        ("DL-655", "2026-04-06T09:00", "3wd", "2026-04-09T09:00"),  # the neighbour does not
    ],
)
def test_deadline_takes_the_hours_and_days_of_the_unit(
    deadline, own_hours, unit, received, term, expected
):
    assert due(deadline, received, term, "--unit", unit) == f"{expected}+07:00"


# ---- bad input -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--received", "hôm qua", "--term", "3wd"), "hôm qua"),
        (("--received", "2026-13-06T09:00", "--term", "3wd"), "2026-13-06T09:00"),
        (("--received", "2026-04-06T09:00", "--term", "3 ngày"), "3 ngày"),
        (("--received", "2026-04-06T09:00", "--term", "0wd"), "0wd"),
        (("--received", "2026-04-06T09:00", "--term", "-3wd"), "-3wd"),
        (("--received", "2026-04-06T09:00", "--term", "3wd", "--unit", "XX"), ""),
        (("--received", "2026-04-06T09:00", "--term", "3wd", "--pause", "x/y"), "x"),
        (
            (
                *("--received", "2026-04-06T09:00", "--term", "3wd"),
                *("--pause", "2026-04-08T09:00/2026-04-07T09:00"),
            ),
            "",
        ),
        (("--received", "9999-12-31T09:00", "--term", "3wd"), ""),
    ],
)
def test_deadline_answers_bad_input_with_one_vietnamese_sentence(deadline, arguments, word):
    code, lines = deadline(*arguments)
    assert code != 0
    assert len(lines) == 1
    assert word in lines[0]
    assert "Traceback" not in lines[0]
    assert re.search("[ăâđêôơưàáạảãéèẹẻẽíìịóòọúùụýỳ]", lines[0].lower()), lines[0]


def test_deadline_without_its_words_says_what_is_missing(deadline):
    code, lines = deadline("--term", "3wd")
    assert code != 0
    assert "--received" in " ".join(lines)


def test_deadline_of_ten_years_is_instant(deadline):
    started = time.perf_counter()
    assert due(deadline, "2026-04-06T09:00", "2500wd").startswith("2036")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(("received", "term", "expected"), VECTORS)
def test_without_a_database_the_same_days_are_off(deadline, monkeypatch, received, term, expected):
    def no_table(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("no such table"))

    monkeypatch.setattr("app.cli.deadline.calendar_of", no_table)
    assert due(deadline, received, term) == f"{expected}+07:00"
