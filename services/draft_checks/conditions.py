"""One condition or calculation: can it be read, are its names known, do its values fit together."""

import ast
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from domain import formula
from domain.errors import DomainError
from domain.field_kinds import PART_NAMES, PARTS, FieldKind, parts_in_words
from domain.formula import Formula
from services.draft_checks.finding import Finding, found
from services.draft_checks.naming import Names, first_stage

_DAY = dt.date(2026, 1, 2)
#: Kinds whose values `sum` adds up.
NUMBERS = frozenset({FieldKind.number, FieldKind.money})


@dataclass(frozen=True)
class Place:
    """Where a condition stands: section, row, column; `decided` is the step at which it is asked.

    decided: 0 at the counter, None where it is asked late or again and again.
    """

    section: str
    part: Any
    field: str
    decided: int | None = None

    def found(self, code: str, /, **facts: Any) -> Finding:
        """A finding here."""
        return found(code, self.section, self.part, self.field, **facts)


def read(text: str | None) -> Formula | None:
    """The formula, None where there is none or it cannot be read."""
    try:
        return formula.parse(text) if text else None
    except DomainError:
        return None


def check(text: str | None, place: Place, names: Names) -> list[Finding]:
    """What is wrong with a condition over the fields and cases of a version."""
    if not text:
        return []
    try:
        condition = formula.parse(text)
    except DomainError as error:
        return [place.found(error.code, **error.facts)]
    unknown = [
        _unknown(name, place, names) for name in sorted(condition.names - names.tries.keys())
    ]
    if unknown:
        return unknown
    return [
        *_late(condition, place, names),
        *_choices(condition, place, names),
        *_sums(condition, place, names),
        *_parts(condition, place, names),
        *fitting(condition, place, names.tries),
    ]


def fitting(condition: Formula, place: Place, tries: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the values of a formula fit together, tried on a value of each kind.

    Every branch is tried by itself, so that a condition before it does not hide it.
    """
    for part in _branches(condition):
        try:
            _value(condition, part, tries)
        except DomainError as error:
            yield place.found(error.code, **error.facts)
            return
    yield from _never(condition, place, tries)


def _unknown(name: str, place: Place, names: Names) -> Finding:
    if table := names.table_of(name):
        return place.found("formula.column_outside", name=name, table=table)
    like = names.nearest(name)
    if like is None:
        return place.found("formula.unknown", name=name)
    return place.found("formula.unknown_like", name=name, like=like)


def _late(condition: Formula, place: Place, names: Names) -> Iterator[Finding]:
    """Fields that are still empty when the condition is asked."""
    if place.decided is None:
        return
    for name in sorted(condition.names & names.fields.keys()):
        field = names.fields[name]
        stage = first_stage(field)
        if stage is not None and stage > place.decided:
            yield place.found("formula.too_late", label=field.label, step=stage)


# ---- parts of the tree ---------------------------------------------------------------------------
@lru_cache(maxsize=1024)
def _nodes(condition: Formula) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(condition.tree))


def _branches(condition: Formula) -> list[ast.AST]:
    """The parts that are tried: what “và”, “hoặc” and “if” join, else the whole."""
    joined = [node for node in _nodes(condition) if isinstance(node, ast.BoolOp | ast.IfExp)]
    parts = [] if condition.tree in joined else [condition.tree]
    for node in joined:
        ends = node.values if isinstance(node, ast.BoolOp) else [node.test, node.body, node.orelse]
        parts += [end for end in ends if end not in joined]
    return parts


def _value(condition: Formula, part: ast.AST, tries: Mapping[str, Any]) -> Any:
    if isinstance(part, ast.Constant):
        return part.value
    if isinstance(part, ast.Name):
        return tries[part.id]
    return formula.evaluate(Formula(condition.text, formula.names_in(part), part), tries, _DAY)


def _comparisons(condition: Formula) -> Iterator[tuple[ast.AST, ast.cmpop, ast.AST]]:
    for node in _nodes(condition):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            yield from zip(sides, node.ops, sides[1:], strict=False)


def _never(condition: Formula, place: Place, tries: Mapping[str, Any]) -> Iterator[Finding]:
    """Comparisons for equality of values that are never equal, such as a day with a text."""
    for left, sign, right in _comparisons(condition):
        if isinstance(sign, ast.Eq | ast.NotEq):
            kinds = {_kind(_value(condition, side, tries)) for side in (left, right)} - {None}
            names = sorted(formula.names_in(left) | formula.names_in(right))
            if len(kinds) > 1 and names:
                yield place.found("formula.never", name=names[0])


def _kind(value: Any) -> type[Any] | None:
    for kind in (bool, Decimal, str, dt.date, list, dict):
        if isinstance(value, kind):
            return kind
    return None


def _choices(condition: Formula, place: Place, names: Names) -> Iterator[Finding]:
    """Codes that are compared with a field but are not among its choices."""
    for left, _sign, right in _comparisons(condition):
        for side, other in ((left, right), (right, left)):
            known = names.choices(side.id) if isinstance(side, ast.Name) else None
            if known is None or not isinstance(side, ast.Name):
                continue
            for code in _texts(other):
                if code not in known:
                    label = names.fields[side.id].label
                    yield place.found("formula.no_choice", code=code, label=label)


def _texts(node: ast.AST) -> list[str]:
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]


def _sums(condition: Formula, place: Place, names: Names) -> Iterator[Finding]:
    """Sums over a column that is not there or has no numbers."""
    for node in _nodes(condition):
        if not isinstance(node, ast.Call) or len(node.args) != 2:
            continue
        table, column = node.args
        name = getattr(node.func, "id", "")
        if formula.FUNCTIONS.get(name) != "sum" or not isinstance(table, ast.Name):
            continue
        for text in _texts(column):
            field = names.columns.get(table.id, {}).get(text)
            if field is None or field.kind not in NUMBERS:
                yield place.found("formula.no_column", table=table.id, column=text)


def _parts(condition: Formula, place: Place, names: Names) -> Iterator[Finding]:
    """Parts that fields of their kind do not have."""
    for node in _nodes(condition):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != formula.PART:
            continue
        owner, part = node.args
        field = names.fields.get(owner.id) if isinstance(owner, ast.Name) else None
        if field is None or field.kind not in PARTS or not isinstance(part, ast.Constant):
            continue  # said by trying it
        if part.value not in PARTS[field.kind]:
            said = str(dict(zip(PART_NAMES.values(), PART_NAMES, strict=True))[str(part.value)])
            facts = {"name": field.key, "part": said, "parts": parts_in_words(field.kind)}
            yield place.found("formula.no_part", **facts)
