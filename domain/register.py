"""Registers that an office defines for itself: what an entry's number looks like, how long it holds.

No article of law says which registers there are: the decree behind each does. What holds for all of them:
a number is given once and never again, and what was entered is changed by a further act, never overwritten
in silence (docs/registers.md).
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from domain.codes import EntryState
from domain.errors import DomainError


def standing(kept: EntryState, valid_to: dt.date | None, today: dt.date) -> EntryState:
    """How an entry stands on a day: one that is kept as valid expires after its last day."""
    over = kept is EntryState.valid and valid_to is not None and valid_to < today
    return EntryState.expired if over else kept


def months_after(day: dt.date, months: int) -> dt.date:
    """The day before the same date so many months later: a year from 10/03/2026 ends on 09/03/2027."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        same = dt.date(year, month + 1, day.day)
    except ValueError:  # there is no such day in that month: the period ends with the month
        first = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
        return first - dt.timedelta(days=1)
    return same - dt.timedelta(days=1)


_PLACE = re.compile(r"\{([^{}]*)\}")
_COUNT = re.compile(r"so(?::([1-9]))?")
LONGEST = 60


@dataclass(frozen=True)
class EntryNumber:
    """The number of an entry by a pattern such as `{so:3}/{nam}/GP-SDLĐ`.

    `{so}` is the running number, `{so:3}` with at least three digits, `{nam}` the year, `{don_vi}` the
    agency's code. The running number starts again each year where `yearly`. Errors: register.pattern.
    """

    unit: str
    year: int
    pattern: str
    yearly: bool = True
    kind: ClassVar[str] = "register"

    def __post_init__(self) -> None:
        check_pattern(self.pattern)

    @property
    def period(self) -> str:
        return str(self.year) if self.yearly else "-"

    def format(self, n: int) -> str:
        def put(match: re.Match[str]) -> str:
            word = match[1].strip()
            if counted := _COUNT.fullmatch(word):
                return f"{n:0{int(counted[1] or 1)}d}"
            return str(self.year) if word == "nam" else self.unit

        return _PLACE.sub(put, self.pattern)


def check_pattern(pattern: str, field: str = "pattern") -> None:
    """Refuse a pattern without a running number or with a place nobody knows. Errors: register.pattern."""
    words = [word.strip() for word in _PLACE.findall(pattern)]
    counts = [word for word in words if _COUNT.fullmatch(word)]
    known = all(word in ("nam", "don_vi") or _COUNT.fullmatch(word) for word in words)
    rest = _PLACE.sub("", pattern)
    if len(counts) != 1 or not known or "{" in rest or "}" in rest:
        raise DomainError("register.pattern", field=field)


class Fill(NamedTuple):
    """One line of `fills`: a field of the register and the formula that fills it."""

    key: str
    formula: str


def fills_of(text: str | None) -> list[Fill]:
    """The lines “field = formula”; a line without a sign is a field that keeps its name."""
    found = []
    for line in (text or "").splitlines():
        key, sign, rest = line.partition("=")
        if key.strip():
            found.append(Fill(key.strip(), rest.strip() if sign else key.strip()))
    return found
