"""Two versions of a procedure side by side: what was added, taken out, changed, moved.

Parts are matched by what names them, not by their number: where a step is put between two others the
rest stays what it was, although every number behind it is another.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from models.outcome import ProcedureResult, StepAction
from models.procedure import CaseTerm, DataField, FeeRule, ProcedureStep, ProcedureVersion
from models.register import Register, RegisterField
from services.dossier.data import stages_of
from services.version_parts import PARTS, Column, columns_of, name_of, rows_of, value_of

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
#: The section of what the version says itself: its terms, its period, its legal basis.
GENERAL = "version"
#: The sections of a register of the office's own.
REGISTER, REGISTER_FIELDS = "register", "register_fields"
#: From this likeness on, two steps or papers are the same one with another wording.
_ALIKE = 0.7
#: Pairs whose words are compared; more than fifty by fifty are no procedure, and would take minutes.
_MOST_LOOKED_INTO = 2500
#: What names a version; its period alone is content.
_NAMES = {"key"}


@dataclass(frozen=True)
class Change:
    """One column that differs.

    section: `version` or a part, see `version_parts.PARTS`. what: added, removed, changed or moved; a part
    that was added or removed has one line for each column that says something. place: where the part
    stands, `steps[3]` in the new version, or `-steps[3]` in the old one when it was removed. label: of the
    column. before, after: values as kept, for `moved` the places in the list, counted from 1.
    """

    section: str
    what: str
    place: str
    name: str
    column: str
    label: Any
    before: Any = None
    after: Any = None


def compare(old: ProcedureVersion, new: ProcedureVersion) -> list[Change]:
    """Everything in which two versions differ, general things first, each part in the order of `new`."""
    found = _own(old, new)
    matched = {part: _matched(part, rows_of(old, part), rows_of(new, part)) for part in PARTS}
    moves = _renumbered(rows_of(old, "steps"), rows_of(new, "steps"), matched["steps"])
    for part in PARTS:
        found += _part(part, rows_of(old, part), rows_of(new, part), matched[part], moves)
    return found


def compare_registers(old: Register, new: Register) -> list[Change]:
    """In what two definitions of a register differ: what it says itself, then its fields."""
    was, now = _fields(old), _fields(new)
    pairs = _matched(REGISTER_FIELDS, was, now)
    return [*differing(REGISTER, old, new), *_part(REGISTER_FIELDS, was, now, pairs, {})]


def _fields(register: Register) -> list[RegisterField]:
    return sorted(register.data_fields, key=lambda row: (row.position or 0, row.id or ""))


def unchanged(new: ProcedureVersion, changes: Sequence[Change]) -> dict[str, int]:
    """Part → how many of its rows in the new version are as they were."""
    touched = {c.place for c in changes if c.what != REMOVED}
    return {
        part: sum(f"{part}[{n}]" not in touched for n in range(1, len(getattr(new, part)) + 1))
        for part in PARTS
    }


def before(version: ProcedureVersion) -> ProcedureVersion | None:
    """The version that one is most usefully compared with: the published one before it, else the nearest
    other one; None where there is no other."""
    others = [v for v in version.procedure.versions if v.id != version.id]
    earlier = [v for v in others if _live(v) and v.valid_from <= version.valid_from]
    live = earlier or [v for v in others if _live(v)] or others
    return max(live, key=lambda v: (v.valid_from, v.key), default=None)


def _live(version: ProcedureVersion) -> bool:
    return version.state.value != "draft"


# ---- columns -------------------------------------------------------------------------------------
def _own(old: ProcedureVersion, new: ProcedureVersion) -> list[Change]:
    columns = [c for c in columns_of(ProcedureVersion) if c.name not in _NAMES]
    return _differing(GENERAL, GENERAL, "", columns, old, new)


def differing(section: str, old: Any, new: Any) -> list[Change]:
    """The columns in which two rows of the same kind differ."""
    return _differing(section, section, "", columns_of(type(new)), old, new)


def _differing(
    section: str, place: str, name: str, columns: Sequence[Column], old: Any, new: Any
) -> list[Change]:
    pairs = [(c, value_of(old, c), value_of(new, c)) for c in columns]
    return [
        Change(section, CHANGED, place, name, c.name, c.ui.label, was, now)
        for c, was, now in pairs
        if was != now
    ]


def _alone(section: str, what: str, place: str, row: Any) -> list[Change]:
    """What a part says that is in one version only."""
    found = []
    for column in columns_of(type(row)):
        value = value_of(row, column)
        if value is None or (value == column.default and column.kind != "choice"):
            continue
        pair = (None, value) if what == ADDED else (value, None)
        found.append(
            Change(section, what, place, name_of(row), column.name, column.ui.label, *pair)
        )
    return found


# ---- parts ---------------------------------------------------------------------------------------
Pairs = list[tuple[int, int]]


def _part(
    part: str, old: list[Any], new: list[Any], pairs: Pairs, moves: dict[int, int]
) -> list[Change]:
    partner = {j: i for i, j in pairs}
    stayed = _in_order(pairs)
    found: list[Change] = []
    for j, row in enumerate(new):
        place = f"{part}[{j + 1}]"
        if j not in partner:
            found += _alone(part, ADDED, place, row)
            continue
        i = partner[j]
        if part != "fees" and (i, j) not in stayed:
            label = type(row).__table__.c.position.info["ui"].label
            found.append(Change(part, MOVED, place, name_of(row), "position", label, i + 1, j + 1))
        changed = _differing(part, place, name_of(row), columns_of(type(row)), old[i], row)
        found += [c for c in changed if not _only_renumbered(c, moves)]
    gone = sorted(set(range(len(old))) - {i for i, _ in pairs})
    for i in gone:
        found += _alone(part, REMOVED, f"-{part}[{i + 1}]", old[i])
    return found


def _renumbered(old: list[Any], new: list[Any], pairs: Pairs) -> dict[int, int]:
    """Number of a step in the old version → its number in the new one."""
    return {old[i].position: new[j].position for i, j in pairs}


def _only_renumbered(change: Change, moves: dict[int, int]) -> bool:
    """Whether a column names the same steps as before, by their new numbers."""
    if change.column in ("same_as", "step"):
        return moves.get(change.before) == change.after and change.after is not None
    if change.column != "stages":
        return False
    stages = stages_of(change.before)
    return stages_of(change.after) == {
        str(moves.get(int(s), s)) if s.isdecimal() else s for s in stages
    }


def _in_order(pairs: Pairs) -> set[tuple[int, int]]:
    """The most pairs that keep their order (longest increasing run); the others have moved."""
    ends: list[int] = []
    runs: list[list[tuple[int, int]]] = []
    for i, j in sorted(pairs, key=lambda pair: pair[1]):
        at = bisect_left(ends, i)
        run = [*(runs[at - 1] if at else []), (i, j)]
        ends[at : at + 1], runs[at : at + 1] = [i], [run]
    return set(runs[-1]) if runs else set()


# ---- matching ------------------------------------------------------------------------------------
def matched_steps(
    old: list[ProcedureStep], new: list[ProcedureStep]
) -> list[tuple[ProcedureStep, ProcedureStep]]:
    """The steps of two versions that are the same work, by name, kind and role."""
    return [(old[i], new[j]) for i, j in _matched("steps", old, new)]


def _matched(part: str, old: list[Any], new: list[Any]) -> Pairs:
    """Pairs (index in old, index in new) of what is the same part, the most alike first."""
    model = PARTS.get(part, RegisterField)
    likeness = _LIKENESS.get(model, _by_name)
    pairs = _paired(likeness, old, new, [])
    if likeness is not _by_name:
        return pairs
    left = (len(old) - len(pairs)) * (len(new) - len(pairs))
    if left <= _MOST_LOOKED_INTO:
        pairs = _paired(_by_words, old, new, pairs)
    return [*pairs, *_replaced(old, new, pairs)]


def _paired(
    likeness: Callable[[Any, Any], float], old: list[Any], new: list[Any], pairs: Pairs
) -> Pairs:
    """The pairs given, and those that a likeness finds among the rest."""
    taken_old, taken_new = {i for i, _ in pairs}, {j for _, j in pairs}
    scores = [
        (likeness(a, b), i, j)
        for i, a in enumerate(old)
        for j, b in enumerate(new)
        if i not in taken_old and j not in taken_new
    ]
    found = [*pairs]
    for score, i, j in sorted(scores, key=lambda s: (-s[0], abs(s[1] - s[2]), s[1], s[2])):
        if score >= _ALIKE and i not in taken_old and j not in taken_new:
            found.append((i, j))
            taken_old.add(i)
            taken_new.add(j)
    return found


def _replaced(old: list[Any], new: list[Any], pairs: Pairs) -> Pairs:
    """Exactly one out and one in between the same neighbours, of the same kind: reworded altogether."""
    marks = sorted([(-1, -1), *_in_order(pairs), (len(old), len(new))])
    taken_old, taken_new = {i for i, _ in pairs}, {j for _, j in pairs}
    found = []
    for (i, j), (next_i, next_j) in pairwise(marks):
        out = [n for n in range(i + 1, next_i) if n not in taken_old]
        into = [n for n in range(j + 1, next_j) if n not in taken_new]
        if len(out) == len(into) == 1 and _same_kind(old[out[0]], new[into[0]]):
            found.append((out[0], into[0]))
    return found


def _same_kind(a: Any, b: Any) -> bool:
    if isinstance(a, ProcedureStep):
        return bool(a.kind is b.kind and a.role is b.role)
    return bool((a.condition or None) == (b.condition or None))


def _by_name(a: Any, b: Any) -> float:
    """How alike two steps or papers of the same wording are; those of another are not."""
    return _alike(a, b, 1.0) if a.name == b.name else 0.0


def _by_words(a: Any, b: Any) -> float:
    return _alike(a, b, SequenceMatcher(None, a.name, b.name, False).ratio())


def _alike(a: Any, b: Any, words: float) -> float:
    """How alike two steps or papers are, 0 to 1: by their words, then by who does what, or the case."""
    if not isinstance(a, ProcedureStep):
        return 0.9 * words + 0.1 * ((a.condition or None) == (b.condition or None))
    same = 0.2 * (a.kind is b.kind) + 0.1 * (a.role is b.role)
    return 0.6 * words + same + 0.1 * ((a.function or None) == (b.function or None))


def _named(name: str) -> Callable[[Any, Any], float]:
    return lambda a, b: float(getattr(a, name) == getattr(b, name))


def _fee(a: FeeRule, b: FeeRule) -> float:
    """By code; a code that stands for several cases is told apart by the case and the period."""
    if a.code != b.code:
        return 0.0
    same = [(a.condition or None) == (b.condition or None), a.valid_from == b.valid_from]
    return 0.7 + 0.1 * sum(same) + 0.1 * (a.name == b.name)


def _action(a: StepAction, b: StepAction) -> float:
    """By what is done with what; then by when, and by what is said."""
    if (a.kind, a.form, a.fee, a.result) != (b.kind, b.form, b.fee, b.result):
        return 0.0
    return 0.7 + 0.1 * (a.moment is b.moment) + 0.1 * (a.text == b.text) + 0.1 * (a.step == b.step)


_LIKENESS: dict[type[Any], Callable[[Any, Any], float]] = {
    CaseTerm: _named("case"),
    DataField: _named("key"),
    RegisterField: _named("key"),
    FeeRule: _fee,
    ProcedureResult: _named("code"),
    StepAction: _action,
}

__all__ = ["Change", "before", "compare", "compare_registers", "differing", "unchanged"]
