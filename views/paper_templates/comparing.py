"""Two versions of a template, line by line."""

import difflib
from typing import NamedTuple

AROUND = 3


class Line(NamedTuple):
    """A line of the difference: kind same, added, removed or gap; its number in either version."""

    kind: str
    before: int | None
    after: int | None
    text: str


def difference(before: str, after: str) -> list[Line]:
    """What was taken out and put in, with a few lines around; empty where nothing differs."""
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[Line] = []
    for group in matcher.get_grouped_opcodes(AROUND):
        if found:
            found.append(Line("gap", None, None, ""))
        for act, old_from, old_to, new_from, new_to in group:
            if act == "equal":
                pairs = zip(range(old_from, old_to), range(new_from, new_to), strict=True)
                found += [Line("same", a + 1, b + 1, old[a]) for a, b in pairs]
                continue
            found += [Line("removed", n + 1, None, old[n]) for n in range(old_from, old_to)]
            found += [Line("added", None, n + 1, new[n]) for n in range(new_from, new_to)]
    return found
