"""Which heading of a file means which column of a register: by name, without marks, or nearly so."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from domain.unicode import fold

#: A likeness below this is no proposal: a wrong one costs more than an empty field.
LEAST = 0.72
_INSIDE, _JOINED = 0.75, 0.96


def likeness(heading: str, label: str) -> float:
    """How sure it is that a heading means a label, from 0 to 1."""
    one, other = fold(heading), fold(label)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    if one.replace(" ", "") == other.replace(" ", ""):
        return _JOINED
    near = SequenceMatcher(None, one, other).ratio()
    return max(_INSIDE if _within(one.split(), other.split()) else 0.0, near)


def _within(some: list[str], other: list[str]) -> bool:
    """Whether one name is in the other: “Tên” in “Tên lĩnh vực”, but not in a whole sentence."""
    fewer, more = sorted((set(some), set(other)), key=len)
    return fewer <= more and len(more) <= len(fewer) + 2


def propose(headings: Sequence[str], wanted: Sequence[tuple[str, Sequence[str]]]) -> dict[str, int]:
    """Name of a column → position of the heading that means it; each heading is used once.

    wanted: (name, labels by which it is known), the likeliest pair is taken first.
    """
    pairs = [
        (max((likeness(heading, label) for label in labels), default=0.0), -order, -place, name)
        for order, (name, labels) in enumerate(wanted)
        for place, heading in enumerate(headings)
    ]
    found: dict[str, int] = {}
    for sure, _order, place, name in sorted(pairs, reverse=True):
        if sure >= LEAST and name not in found and -place not in found.values():
            found[name] = -place
    return found
