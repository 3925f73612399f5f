"""What one paper of the office's own design may use up: work, time, and pictures made for it alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Characters and steps in all; a step counts as so many characters.
WORK, STEP = 3_000_000, 40
SECONDS = 2.0
#: The longest single text, and the largest amount that is reckoned with.
LONGEST, LARGEST = 300_000, 10**15
#: Macros within macros.
DEEPEST = 30


class TooMuch(Exception):
    """The template repeats or grows beyond what any paper needs."""


class Budget:
    """Counts down while one template is filled in."""

    def __init__(self) -> None:
        self.left = WORK
        self.until = time.monotonic() + SECONDS
        self.depth = 0
        self.pictures: set[str] = set()

    def spend(self, length: int = 0) -> None:
        """One step, which made a text of this length."""
        self.left -= STEP + max(length, 0)
        if self.left < 0 or length > LONGEST or time.monotonic() > self.until:
            raise TooMuch


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def spending() -> Iterator[Budget]:
    """A budget for the block."""
    budget = Budget()
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


def current() -> Budget:
    """The budget of the template in hand; one of its own outside of any."""
    return _current.get() or Budget()
