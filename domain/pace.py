"""How fast work goes and how long it still takes, measured and never guessed."""

from typing import NamedTuple

#: Before so many seconds nothing is said: the first moments tell nothing about the rest.
LEAST_SECONDS = 1.0


class Pace(NamedTuple):
    """Rows a second, and the seconds that are left at this pace."""

    speed: float
    left: float


def pace(done: int, left: int, seconds: float) -> Pace | None:
    """The pace of `done` rows in so many seconds; None while nothing can be said."""
    if done <= 0 or seconds < LEAST_SECONDS:
        return None
    speed = done / seconds
    return Pace(speed, left / speed)
