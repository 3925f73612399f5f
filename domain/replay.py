"""What a plan of steps would have made of dossiers that are long done: when each step would have begun
and ended, where they would have queued. No rule of law, only arithmetic in working time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from domain.calendar import Calendar, add_working_minutes


@dataclass(frozen=True)
class Planned:
    """A step of the plan: what names it, and the group it runs in side by side with others."""

    key: str
    group: int | None = None


@dataclass(frozen=True)
class Past:
    """A dossier as it was: when it was received, how many working minutes each step of the plan takes
    it. A step that is not named is passed over."""

    received_at: datetime
    minutes: Mapping[str, int]
    calendar: Calendar


@dataclass(frozen=True)
class Stay:
    """One dossier at one step, from when to when, and how many working minutes."""

    key: str
    starts: datetime
    ends: datetime
    minutes: int


def walk_plan(plan: Sequence[Planned], past: Past) -> tuple[list[Stay], datetime]:
    """The stays of a dossier, step after step, those of one group side by side; and its end."""
    stays: list[Stay] = []
    here = past.received_at
    for block in _blocks(plan):
        ends = [here]
        for step in block:
            minutes = past.minutes.get(step.key)
            if minutes is None:
                continue
            end = add_working_minutes(here, minutes, past.calendar) if minutes else here
            stays.append(Stay(step.key, here, end, minutes))
            ends.append(end)
        here = max(ends)
    return stays, here


def _blocks(plan: Sequence[Planned]) -> list[list[Planned]]:
    keyed = [
        (("alone", n) if s.group is None else ("group", s.group), s) for n, s in enumerate(plan)
    ]
    return [[s for _, s in pairs] for _, pairs in groupby(keyed, key=lambda pair: pair[0])]


def share(values: Iterable[int], part: float) -> int:
    """The value that this part of all values does not exceed (nearest rank); 0 of nothing."""
    ordered = sorted(values)
    if not ordered:
        return 0
    rank = -(-len(ordered) * part // 1)  # rounded up
    return ordered[max(0, int(rank) - 1)]


def peak(stays: Iterable[Stay]) -> tuple[int, datetime | None]:
    """The most dossiers that were at a step at once, and the first moment at which they were."""
    turns = sorted(
        turn
        for stay in stays
        if stay.ends > stay.starts
        for turn in ((stay.starts, 1), (stay.ends, -1))
    )
    most, here, when = 0, 0, None
    for moment, change in turns:
        here += change
        if here > most:
            most, when = here, moment
    return most, when
