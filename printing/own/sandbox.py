"""The environment of templates that administrators write: sees the given values and the shared blocks,
counts every step, and knows only what stands in closed lists.

Nothing here trusts the checks of `checks.py`, which exist to name mistakes; each limit holds by itself.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache, wraps
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, filters as stock, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from domain.field_kinds import part_name
from printing import templates
from printing.engine import PageSize
from printing.own.budget import DEEPEST, LARGEST, LONGEST, TooMuch, current
from printing.registry import Paper

SHARED = "_shared/macros.html"
#: Filters of the library that are left; ours of `printing.templates` come to them.
STOCK = (
    *("abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "join"),
    *("last", "length", "list", "lower", "map", "reject", "rejectattr", "replace", "round"),
    *("select", "selectattr", "sort", "string", "sum", "title", "trim", "truncate", "unique"),
    "upper",
)
#: Those that work on several values; all others take single ones.
ON_SEVERAL = frozenset(
    {
        *("count", "first", "join", "last", "length", "list", "map", "reject", "rejectattr"),
        *("select", "selectattr", "sort", "sum", "unique", "d", "default"),
    }
)
TESTS = (
    *("defined", "undefined", "none", "string", "number", "odd", "even", "divisibleby", "in"),
    *("==", "!=", "<", ">", "<=", ">=", "eq", "ne", "lt", "gt", "le", "ge", "true", "false"),
)
TEXT_METHODS = frozenset({"isascii", "lower", "upper", "strip", "startswith", "endswith"})
LOOP_PARTS = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "cycle"}
)
PAPER_PARTS = frozenset({"heading", "form_note", "title", "name", "size"})
DATE_PARTS = frozenset({"day", "month", "year", "hour", "minute"})
#: Filters that draw; what they drew is the only picture a paper may show.
DRAWING = frozenset({"qr", "barcode", "cover_mark"})
MOST_NUMBERS = 1_000
_SINGLE = (str, int, float, Decimal, date, type(None), Undefined, PageSize)


class Data:
    """What the dossier's own fields say, by key; a field that is not filled in says nothing."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = {key: _lines(value) for key, value in values.items()}

    def __getitem__(self, key: object) -> Any:
        return self._values.get(key, Said()) if isinstance(key, str) else ""


class Said(str):
    """A field in words; by name the parts of a person, organisation, address or parcel, each in words.

    A part that is not filled in says nothing, as in a dossier that knows the field as a plain text.
    """

    parts: dict[str, str] = {}

    def __getitem__(self, key: Any) -> Any:
        part = part_name(key) if isinstance(key, str) else None
        return super().__getitem__(key) if part is None else str(self.parts.get(part, ""))


def _lines(value: Any) -> Any:
    if isinstance(value, list):
        return [Data(row) for row in value]
    if not isinstance(value, dict):
        return Said(value)
    said = Said(value.get("", ""))
    said.parts = value
    return said


# ---- what is counted -----------------------------------------------------------------------------
class _Counted:
    """Goes through several values, each of which costs a step and the text that is repeated."""

    def __init__(self, values: Iterable[Any], cost: int) -> None:
        self.values = values if isinstance(values, list | tuple | range) else list(values)
        self.cost = cost

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Any]:
        budget = current()
        for value in self.values:
            budget.spend(min(self.cost, LONGEST))
            yield value


def _counted(values: Any, cost: int) -> _Counted:
    if isinstance(values, str) and values:
        raise TypeError("a text is no list")
    return _Counted(values, cost)


def _flat(values: Any) -> Any:
    """A list of single values: lists within lists grow without end."""
    return [_single(value) for value in values]


def _single(value: Any) -> Any:
    if not isinstance(value, _SINGLE):
        raise SecurityError("list")
    return value


def _joined(parts: list[Any]) -> Any:
    """What `~` makes: escaped like everything else."""
    found = [_text(part) for part in parts]
    _fits(sum(map(len, found)))
    return Markup("").join(found)


def _text(value: Any) -> str:
    """A single value as text; what is markup stays markup. An undefined one says so."""
    return value if isinstance(value, Markup) else str(_single(value))


def _fits(length: int) -> None:
    if length > LONGEST:
        raise TooMuch
    current().spend(length)


def _finalize(value: Any) -> Any:
    """What is printed: single values only, each counted."""
    text = _text(value)
    current().spend(len(text))
    return text if isinstance(text, Markup) else escape(text)


def _replace(value: Any, old: str, new: str) -> Any:
    text, old, new = str(value), str(old), str(new)
    _fits(len(text) + text.count(old) * len(new))
    return escape(text).replace(escape(old), escape(new))


def _join(values: Iterable[Any], between: str = "", attribute: Any = None) -> Any:
    if attribute is not None:
        raise SecurityError("attribute")
    parts = [_text(value) for value in values]
    _fits(sum(map(len, parts)) + len(str(between)) * len(parts))
    return escape(between).join(parts)


def _round(value: float, digits: int = 0) -> float:
    if not -LARGEST <= value <= LARGEST or not 0 <= digits <= 6:
        raise TooMuch
    return round(value, digits)


def _numbers(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > MOST_NUMBERS:
        raise TooMuch
    return found


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        given = args[1:] if hasattr(function, "jinja_pass_arg") else args
        for value in () if name in ON_SEVERAL else (*given, *kwargs.values()):
            _single(value)
        found = function(*args, **kwargs)
        budget = current()
        budget.spend(len(found) if isinstance(found, str) else 0)
        if name in DRAWING:
            budget.pictures.add(found)
        return found

    return bounded


# ---- the tree ------------------------------------------------------------------------------------
class _Counting(NodeTransformer):
    """Puts the counters into a template: around what loops go through, lists and what is joined."""

    def visit_For(self, node: nodes.For) -> nodes.For:
        repeated = sum(len(data.data) for part in node.body for data in _texts(part))
        self.generic_visit(node)
        node.iter = _filter(node.iter, "_counted", nodes.Const(repeated, lineno=node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _filter(nodes.List(node.nodes, lineno=node.lineno), "_joined")

    def visit_List(self, node: nodes.List) -> nodes.Node:
        self.generic_visit(node)
        return _filter(node, "_flat")

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        self.generic_visit(node)
        return _filter(node, "_flat") if node.ctx == "load" else node


def _texts(node: nodes.Node) -> Iterator[nodes.TemplateData]:
    if isinstance(node, nodes.TemplateData):
        yield node
    yield from node.find_all(nodes.TemplateData)


def _filter(node: nodes.Expr, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, [*args], [], None, None, lineno=node.lineno)


# ---- the environment -----------------------------------------------------------------------------
class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with closed lists: filters, tests, parts of values, and what may be called."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = _Counting().visit(super()._parse(source, name, filename))
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Only what stands in a closed list, and fields of what the paper is given."""
        if attr.startswith("_"):
            return False
        for kind, parts in (
            *((Paper, PAPER_PARTS), (str, TEXT_METHODS)),
            *((date, DATE_PARTS), (LoopContext, LOOP_PARTS)),
        ):
            if isinstance(obj, kind):
                return attr in parts
        given = type(obj).__module__ == "printing.contexts" and not callable(value)
        return given or (isinstance(obj, TemplateModule) and isinstance(value, Macro))

    def is_safe_callable(self, obj: Any) -> bool:
        """Macros, `range`, and the few methods that may be reached."""
        owner = getattr(obj, "__self__", None)
        return (
            isinstance(obj, Macro)
            or obj is _numbers
            or isinstance(owner, Paper | str | LoopContext)
        )

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call what may be called; macros within macros only so deep."""
        if isinstance(__obj, Undefined):
            str(__obj)  # says which one it is
        budget = current()
        budget.depth += 1
        if budget.depth > DEEPEST:
            raise TooMuch
        try:
            found = super().call(__context, __obj, *args, **kwargs)
        finally:
            budget.depth -= 1
        budget.spend(len(found) if isinstance(found, str) else 0)
        return found

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Sums and products of numbers, and texts one after the other; nothing that grows."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _joined([left, right])
        for value in (left, right):
            if not isinstance(value, int | float | Decimal) or operator == "**":
                str(value)  # an undefined value says which one it is
                raise SecurityError(operator)
            if abs(value) > LARGEST:
                raise TooMuch
        current().spend()
        return super().call_binop(context, operator, left, right)


@cache
def environment() -> Sandbox:
    """Built once per process."""
    env = Sandbox(
        autoescape=True,
        undefined=StrictUndefined,
        loader=DictLoader({SHARED: (templates.FOLDER / SHARED).read_text(encoding="utf-8")}),
        finalize=_finalize,
        optimized=False,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters = {name: _bounded(name, function) for name, function in filters().items()}
    env.filters.update(_counted=_counted, _flat=_flat, _joined=_joined)
    env.tests = {name: env.tests[name] for name in TESTS}
    env.globals.clear()
    env.globals["range"] = _numbers
    return env


def filters() -> dict[str, Callable[..., Any]]:
    """Every filter that a template may name."""
    own = {"join": _join, "replace": _replace, "round": _round}
    known = {name: own.get(name, stock.FILTERS[name]) for name in STOCK}
    return {**known, **templates.FILTERS}


@lru_cache(maxsize=64)
def compiled(body: str) -> Template:
    """The template of a body. Errors: those of the library, to be told by `checks`."""
    env = environment()
    code = env.compile(body, name="body", filename="<body>")
    return Template.from_code(env, code, env.globals)  # type: ignore[return-value]
