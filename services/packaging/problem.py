"""What is wrong with a package, each thing with its place."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from domain.errors import DomainError

#: More than these nobody reads; the rest is counted.
MOST = 100


class Problem(NamedTuple):
    """place: as a path such as `steps[3].term`, empty for the whole; parts are counted from 1."""

    place: str
    error: DomainError


class Refused(Exception):
    """A package that is not taken in, and all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MOST])
        self.more = len(problems) - len(self.problems)
        super().__init__("; ".join(f"{p.place}: {p.error}" for p in self.problems))


def stop(code: str, place: str = "", **facts: Any) -> Refused:
    """A refusal for one reason."""
    return Refused([Problem(place, DomainError(code, **facts))])
