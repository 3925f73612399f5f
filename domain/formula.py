"""Conditions and calculated values that administrators write: `dien_tich > 50 và uy_quyen`.

A formula sees values by name and a few functions, nothing else: it is parsed, checked against a closed
list of constructions, and evaluated by simpleeval without attributes, indexing, loops or powers; a part of
a field (`nguoi_thue.ten`) is looked up among its parts, which are data and nothing else. A value
that is not filled in is None: arithmetic with it gives None, an order with it is false.
"""

import ast
import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from simpleeval import EvalWithCompoundTypes, InvalidExpression

from domain.errors import DomainError
from domain.formula_text import PART, RESERVED, Plain, plain
from domain.formula_values import FUNCTIONS, OPERATORS, functions, number

__all__ = ["FUNCTIONS", "PART", "RESERVED", "Formula", "evaluate", "holds", "parse"]

#: A condition of the law fits in a line; what is longer is a mistake or an attack.
MOST_CHARACTERS, MOST_NODES, DEEPEST = 1000, 240, 60
LARGEST = Decimal(10) ** 18

_NODES = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Compare, ast.Eq, ast.NotEq, ast.Lt),
    *(ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Call, ast.Name, ast.Load, ast.Constant),
    *(ast.IfExp, ast.List, ast.Tuple),
)


@dataclass(frozen=True)
class Formula:
    """A checked formula: its text, the names of the values it uses, and its tree."""

    text: str
    names: frozenset[str]
    tree: Any

    @property
    def called(self) -> frozenset[str]:
        """The functions it calls, by their English names."""
        calls = (node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call))
        return frozenset(FUNCTIONS.get(f.id, f.id) for f in calls if isinstance(f, ast.Name))


def parse(text: str, *, field: str | None = None) -> Formula:
    """The formula, checked.

    Errors: formula.too_long, formula.invalid, formula.forbidden, formula.comma, formula.function.
    """
    if len(text) > MOST_CHARACTERS:
        raise DomainError("formula.too_long", field=field, limit=MOST_CHARACTERS)
    try:
        return _parsed(text)
    except DomainError as error:
        raise DomainError(error.code, field=field, **error.facts) from None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Formula:
    read = plain(text)
    try:
        tree = ast.parse(read.text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DomainError("formula.invalid", place=read.place(error)) from None
    nodes = list(ast.walk(tree))
    if len(nodes) > MOST_NODES or _depth(tree) > DEEPEST:
        raise DomainError("formula.too_long", limit=MOST_CHARACTERS)
    lists = {id(part) for node in nodes for part in _lists(node)}
    for node in nodes:
        _check(node, read, lists)
    return Formula(text, names_in(tree.body), tree.body)


def names_in(tree: ast.AST) -> frozenset[str]:
    """The names of values in a tree, or in a part of one; names of functions are none."""
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    return frozenset(n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in called)


def evaluate(formula: Formula | str, values: Mapping[str, Any], today: dt.date) -> Any:
    """What a formula gives. Errors: formula.unknown (a name without value), formula.mismatch.

    values: name → text, number, bool, day, list of texts, list of rows (dict), or None.
    """
    found = parse(formula) if isinstance(formula, str) else formula
    for name in sorted(found.names):
        if name not in values:
            raise DomainError("formula.unknown", name=name)
    evaluator = _kept.evaluator
    evaluator.functions = functions(today)
    evaluator.names = {name: number(values[name]) for name in found.names}
    try:
        result = evaluator.eval(found.text, previously_parsed=found.tree)
        if isinstance(result, Decimal) and abs(result) > LARGEST:
            raise ValueError
    except _FAILURES as error:
        if isinstance(error, DomainError) and error.code.startswith("formula."):
            raise  # an operator says itself what is wrong
        raise DomainError("formula.mismatch", formula=found.text) from None
    finally:
        evaluator.names = {}
    return result


class _Kept(threading.local):
    """An evaluator for each thread: making one costs more than most formulas."""

    def __init__(self) -> None:
        self.evaluator = EvalWithCompoundTypes(operators=OPERATORS, functions={}, names={})


_kept = _Kept()


#: What values that do not fit together make of operators and functions.
_FAILURES = (
    *(DomainError, InvalidExpression, TypeError, ValueError, ArithmeticError),
    *(AttributeError, LookupError, RecursionError),
)


def holds(formula: Formula | str, values: Mapping[str, Any], today: dt.date) -> bool:
    """Whether a condition is met; one that cannot be decided is not. Errors: formula.unknown."""
    try:
        return bool(evaluate(formula, values, today))
    except DomainError as error:
        if error.code == "formula.unknown":
            raise
        return False


# ---- reading -------------------------------------------------------------------------------------
def _depth(node: ast.AST) -> int:
    level, depth = [node], 0
    while level:
        level = [child for one in level for child in ast.iter_child_nodes(one)]
        depth += 1
    return depth


def _lists(node: ast.AST) -> list[ast.AST]:
    """The lists that something is looked for in: only there round brackets make one."""
    if not isinstance(node, ast.Compare):
        return []
    pairs = zip(node.ops, node.comparators, strict=True)
    return [part for sign, part in pairs if isinstance(sign, ast.In | ast.NotIn)]


def _check(node: ast.AST, read: Plain, lists: set[int]) -> None:
    if not isinstance(node, _NODES):
        raise DomainError("formula.forbidden", what=_words(node, read))
    if isinstance(node, ast.Call):
        name = _words(node.func, read)
        known = name in FUNCTIONS or "." in name  # a part of a field, see formula_text
        if not isinstance(node.func, ast.Name) or not known or node.keywords:
            raise DomainError("formula.function", name=name)
    if isinstance(node, ast.Tuple) and id(node) not in lists:
        raise DomainError("formula.comma", what=_words(node, read))
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else ()
    if not all(isinstance(part, ast.Constant) for part in parts):
        raise DomainError("formula.forbidden", what=_words(node, read))
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value = _literal(_words(node, read))  # type: ignore[assignment]


def _literal(written: str) -> Decimal:
    if (literal := Decimal(written)) > LARGEST:
        raise DomainError("formula.forbidden", what=f"{written[:20]}…")
    return literal


def _words(node: Any, read: Plain) -> str:
    if not hasattr(node, "col_offset"):
        return type(node).__name__
    return read.words(node.col_offset, node.end_col_offset)
