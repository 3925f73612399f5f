"""The words of the deadline engine: terms, pauses, and what a reckoning consists of."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self

from domain.calendar import to_minute
from domain.codes import PauseKind, TermUnit
from domain.errors import DomainError

_TERM = re.compile(r"([1-9]\d{0,3})\s*(wd|wh|cd)", re.ASCII)


@dataclass(frozen=True)
class Term:
    """A length of processing time: 1–9999 of a unit; a same-day term always has amount 1.

    Errors: term.invalid.
    """

    amount: int
    unit: TermUnit

    def __post_init__(self) -> None:
        highest = 1 if self.unit is TermUnit.same_day else 9999
        if not 1 <= self.amount <= highest:
            raise DomainError("term.invalid", field="term", term=f"{self.amount}{self.unit}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "3wd", "4wh", "15cd" or "same-day". Errors: term.invalid."""
        plain = text.strip().lower()
        if plain in ("same-day", "same_day"):
            return cls(1, TermUnit.same_day)
        found = _TERM.fullmatch(plain)
        if not found:
            raise DomainError("term.invalid", field="term", term=text)
        return cls(int(found[1]), TermUnit(found[2]))

    def __str__(self) -> str:
        return "same-day" if self.unit is TermUnit.same_day else f"{self.amount}{self.unit}"


@dataclass(frozen=True)
class Pause:
    """The clock stands still from `start` to `end`; `end` None while it still does.

    Errors: pause.invalid when it ends before it starts.
    """

    start: datetime
    end: datetime | None
    kind: PauseKind = PauseKind.supplement

    def __post_init__(self) -> None:
        if self.end is not None and to_minute(self.end) < to_minute(self.start):
            raise DomainError("pause.invalid")


class LineKind(StrEnum):
    """What one line of the reckoning says; domain/explain.py holds the sentences."""

    received = "received"
    counted_from = "counted_from"
    not_counted = "not_counted"
    working_day = "working_day"
    calendar_day = "calendar_day"
    day_off = "day_off"
    hours = "hours"
    same_day = "same_day"
    after_cutoff = "after_cutoff"
    moved = "moved"
    original_due = "original_due"
    restarted = "restarted"
    paused = "paused"
    paused_open = "paused_open"
    credited = "credited"
    extended = "extended"
    due = "due"


class Line(NamedTuple):
    """One row of the explanation, in the order of the reckoning.

    `number` is the day counted, `minutes` the working time used, `at` the moment reached,
    `note` a key of domain.explain.NOTES ("" for none).
    """

    date: date
    kind: LineKind
    number: int = 0
    minutes: int = 0
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Reckoning:
    """The due moment and why: all moments aware, whole minutes.

    `original_due_at` ignores pauses, restart and extension; `counted_from` is the moment the
    clock counts from (after a restart: the new one); `paused_minutes` is what pauses added.
    """

    due_at: datetime
    original_due_at: datetime
    counted_from: datetime
    lines: tuple[Line, ...]
    paused_minutes: int
