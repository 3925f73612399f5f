"""Mistakes of a template, each named with its line, before anything is printed from it.

A mistake is a `DomainError` at the field `body` whose facts have `line`; the sandbox refuses by itself
what these checks would miss.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SecurityError

from domain.errors import DomainError
from domain.field_kinds import PART_NAMES
from printing.own import sandbox
from printing.own.budget import TooMuch
from printing.own.shapes import ANY, VALUE, Scope, Shape, shared

#: The longest template in bytes, and how many mistakes are told at once.
LONGEST_BODY, MOST = 100_000, 20
#: What an administrator may write, as the library's parts of a template; the rest is refused.
ALLOWED = (
    *(nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.AssignBlock),
    *(nodes.Macro, nodes.CallBlock, nodes.Import, nodes.FromImport),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Getattr, nodes.Getitem, nodes.Slice),
    *(nodes.Filter, nodes.Test, nodes.Call, nodes.Keyword, nodes.CondExpr, nodes.Concat),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
)
_TAGS = {
    nodes.Include: "{% include %}",
    nodes.Extends: "{% extends %}",
    nodes.Block: "{% block %}",
    nodes.With: "{% with %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.Scope: "{% autoescape %}",
    nodes.ExprStmt: "{% do %}",
    nodes.Pow: "**",
    nodes.Dict: "{…: …}",
    nodes.NSRef: "namespace",
}
_SAME_LIST = frozenset({"list", "sort", "unique", "select", "reject", "selectattr", "rejectattr"})
_ONE_OF = frozenset({"first", "last"})


def mistake(code: str, line: int, **facts: Any) -> DomainError:
    """A mistake of a template at a line."""
    return DomainError(f"template.{code}", field="body", line=line, **facts)


def check(body: str, known: Scope) -> list[DomainError]:
    """Every mistake that can be seen without printing, in the order of lines; empty: none."""
    if len(body.encode()) > LONGEST_BODY:
        return [DomainError("template.too_long", field="body", limit=LONGEST_BODY // 1000)]
    try:
        tree = super(sandbox.Sandbox, sandbox.environment())._parse(body, "body", "<body>")
        found = _Checker(known).check(tree)
    except TemplateSyntaxError as error:
        return [syntax(error)]
    except RecursionError:
        return [mistake("nested", 1)]
    return sorted(found, key=lambda error: error.facts["line"])[:MOST]


# ---- what the library says -----------------------------------------------------------------------
_OPEN = re.compile(r"innermost block that needs to be closed is '(\w+)'")
_UNKNOWN_TAG = re.compile(r"Encountered unknown tag '(\w+)'")
_NO_FILTER = re.compile(r"No (filter|test) named '(\w+)'")
_UNDEFINED = re.compile(r"^'(\w+)' is undefined$")
_OF_NONE = re.compile(r"^'?None'? has no (?:attribute|element) '?(\w+)'?$")
_NO_PART = re.compile(r"has no (?:attribute|element) '?(\w+)'?$")
_UNSAFE = re.compile(r"attribute '(\w+)'")


def syntax(error: TemplateSyntaxError) -> DomainError:
    """What cannot be read."""
    words, line = error.message or "", error.lineno
    if found := _UNKNOWN_TAG.search(words):
        return mistake("tag", line, tag=f"{{% {found[1]} %}}")
    if found := _OPEN.search(words):
        return mistake("unclosed", line, tag=f"{{% {found[1]} %}}")
    if found := _NO_FILTER.search(words):
        return mistake("filter", line, name=found[2])
    return mistake("syntax", line)


def refusal(error: BaseException) -> DomainError:
    """What went wrong while a template was filled in, with the line it happened at."""
    if isinstance(error, TemplateSyntaxError):
        return syntax(error)
    line, words = line_of(error), str(error)
    if isinstance(error, TooMuch | RecursionError | MemoryError):
        return mistake("endless", line)
    if isinstance(error, SyntaxError):
        return mistake("nested", line)
    if isinstance(error, SecurityError) and (found := _UNSAFE.search(words)):
        return mistake("forbidden", line, what=found[1])
    if isinstance(error, SecurityError) and words in sandbox.Sandbox.intercepted_binops:
        return mistake("forbidden", line, what=words)
    if isinstance(error, TemplateError):
        for code, pattern in (("empty", _OF_NONE), ("unknown", _UNDEFINED), ("unknown", _NO_PART)):
            if found := pattern.search(words):
                return mistake(code, line, name=found[1])
    return mistake("value", line)


def line_of(error: BaseException) -> int:
    """The last line of the body that was at work; 1 when it was none."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<body>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


# ---- names ---------------------------------------------------------------------------------------
Names = dict[str, Shape]


class _Checker:
    """Walks a template and knows what each name stands for."""

    def __init__(self, known: Scope) -> None:
        self.top: Names = dict(known.names)
        self.found: list[DomainError] = []

    def check(self, tree: nodes.Template) -> list[DomainError]:
        names = dict(self.top)
        for node in tree.body:
            self.statement(node, names)
        return self.found

    def say(self, code: str, node: nodes.Node, **facts: Any) -> None:
        if len(self.found) < 10 * MOST:
            lines = (part.lineno for part in (node, *node.find_all(nodes.Node)) if part.lineno)
            self.found.append(mistake(code, next(lines, 1), **facts))

    def unknown(
        self, node: nodes.Node, name: str, among: Iterable[str], code: str = "unknown"
    ) -> Shape:
        """A name that is not there, with the one that was probably meant."""
        near = difflib.get_close_matches(name.split(".")[-1], list(among), n=1, cutoff=0.6)
        if near:
            stem = name.rpartition(".")[0]
            like = f"{stem}.{near[0]}" if stem else near[0]
            self.say(f"{code}_like", node, name=name, like=like)
        else:
            self.say(code, node, name=name)
        return ANY

    # statements
    def statement(self, node: nodes.Node, names: Names) -> None:
        if not isinstance(node, ALLOWED):
            what = next((words for kind, words in _TAGS.items() if isinstance(node, kind)), "")
            self.say("forbidden", node, what=what or type(node).__name__)
            return
        walk = getattr(self, f"on_{type(node).__name__.lower()}", None)
        if walk is not None:
            walk(node, names)

    def block(self, body: Iterable[nodes.Node], names: Names) -> None:
        for node in body:
            self.statement(node, names)

    def on_output(self, node: nodes.Output, names: Names) -> None:
        for part in node.nodes:
            shape = VALUE if isinstance(part, nodes.TemplateData) else self.value(part, names)
            if shape.item is not None or shape.parts is not None:
                several = "several" if shape.item is not None else "parts"
                self.say(several, part, name=_written(part))

    def on_for(self, node: nodes.For, names: Names) -> None:
        if node.recursive:
            self.say("forbidden", node, what="recursive")
        shape = self.value(node.iter, names)
        inner = {**names, "loop": ANY}
        self.bind(node.target, shape.item or ANY, inner)
        if node.test is not None:
            self.value(node.test, inner)
        self.block(node.body, inner)
        self.block(node.else_, dict(names))

    def on_if(self, node: nodes.If, names: Names) -> None:
        self.value(node.test, names)
        for body in (node.body, node.elif_, node.else_):
            self.block(body, names)

    def on_assign(self, node: nodes.Assign, names: Names) -> None:
        self.bind(node.target, self.value(node.node, names), names)

    def on_assignblock(self, node: nodes.AssignBlock, names: Names) -> None:
        if node.filter is not None:
            self.say("forbidden", node, what="{% set … | … %}")
        self.block(node.body, dict(names))
        self.bind(node.target, VALUE, names)

    def on_macro(self, node: nodes.Macro, names: Names) -> None:
        names[node.name] = ANY
        inner = {**names, "caller": ANY}
        for default in node.defaults:
            self.value(default, names)
        for argument in node.args:
            inner[argument.name] = ANY
        self.block(node.body, inner)

    def on_callblock(self, node: nodes.CallBlock, names: Names) -> None:
        self.value(node.call, names)
        inner = {**names, **{argument.name: ANY for argument in node.args}}
        self.block(node.body, inner)

    def on_import(self, node: nodes.Import, names: Names) -> None:
        self.imported(node)
        names[node.target] = shared()

    def on_fromimport(self, node: nodes.FromImport, names: Names) -> None:
        self.imported(node)
        blocks = shared().parts or {}
        for entry in node.names:
            name, alias = entry if isinstance(entry, tuple) else (entry, entry)
            if name not in blocks:
                self.unknown(node, name, blocks)
            names[alias] = ANY

    def imported(self, node: nodes.Import | nodes.FromImport) -> None:
        if not (isinstance(node.template, nodes.Const) and node.template.value == sandbox.SHARED):
            self.say("forbidden", node, what="{% import %}")

    def bind(self, target: nodes.Node, shape: Shape, names: Names) -> None:
        if isinstance(target, nodes.Name):
            if target.name.startswith("_"):
                self.say("forbidden", target, what=target.name)
            names[target.name] = shape
        elif isinstance(target, nodes.Tuple):
            for part in target.items:
                self.bind(part, ANY, names)
        else:
            self.say("forbidden", target, what="namespace")

    # expressions
    def value(self, node: nodes.Node, names: Names) -> Shape:
        if not isinstance(node, ALLOWED):
            self.statement(node, names)
            return ANY
        walk = getattr(self, f"in_{type(node).__name__.lower()}", None)
        if walk is not None:
            shape: Shape = walk(node, names)
            return shape
        for part in node.iter_child_nodes():
            self.value(part, names)
        return VALUE if isinstance(node, nodes.Const | nodes.Compare) else ANY

    def in_name(self, node: nodes.Name, names: Names) -> Shape:
        if node.name in names:
            return names[node.name]
        return self.unknown(node, node.name, names)

    def in_getattr(self, node: nodes.Getattr, names: Names) -> Shape:
        return self.part(node, node.node, node.attr, names)

    def in_getitem(self, node: nodes.Getitem, names: Names) -> Shape:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self.part(node, node.node, node.arg.value, names)
        shape = self.value(node.node, names)
        self.value(node.arg, names)
        return shape.item if shape.item and isinstance(node.arg, nodes.Const) else ANY

    def part(self, node: nodes.Node, owner: nodes.Node, name: str, names: Names) -> Shape:
        shape = self.value(owner, names)
        if name.startswith("_"):
            self.say("forbidden", node, what=name)
            return ANY
        if shape.free:
            return ANY
        if shape.item is not None:
            self.say("several", node, name=_written(owner))
            return ANY
        if shape.pieces is not None:
            called = {PART_NAMES[piece]: piece for piece in shape.pieces}
            if name in called or name in shape.pieces:
                return VALUE
            if name not in sandbox.TEXT_METHODS:
                return self.unknown(node, f"{_written(owner)}.{name}", shape.pieces)
            return ANY
        if shape.parts is None:
            if name not in sandbox.TEXT_METHODS and name not in sandbox.DATE_PARTS:
                self.unknown(node, f"{_written(owner)}.{name}", ())
            return ANY
        if name in shape.parts:
            return shape.parts[name]
        return self.unknown(node, f"{_written(owner)}.{name}", shape.parts)

    def in_filter(self, node: nodes.Filter, names: Names) -> Shape:
        known = sandbox.filters()
        if node.name not in known:
            self.unknown(node, node.name, known, "filter")
        shape = self.value(node.node, names) if node.node is not None else VALUE
        for part in (*node.args, *(pair.value for pair in node.kwargs)):
            self.value(part, names)
        for part in (node.dyn_args, node.dyn_kwargs):
            if part is not None:
                self.say("forbidden", node, what="*")
        if node.name in _SAME_LIST:
            return shape
        if node.name in _ONE_OF:
            return shape.item or ANY
        return ANY if node.name in ("map", "default", "d") else VALUE

    def in_test(self, node: nodes.Test, names: Names) -> Shape:
        if node.name not in sandbox.TESTS:
            self.unknown(node, node.name, sandbox.TESTS, "filter")
        self.value(node.node, names)
        for part in node.args:
            self.value(part, names)
        return VALUE

    def in_condexpr(self, node: nodes.CondExpr, names: Names) -> Shape:
        self.value(node.test, names)
        first = self.value(node.expr1, names)
        second = self.value(node.expr2, names) if node.expr2 is not None else first
        return first if first == second else ANY

    def in_or(self, node: nodes.Or, names: Names) -> Shape:
        first, second = self.value(node.left, names), self.value(node.right, names)
        return first if first.parts == second.parts and first.item == second.item else ANY

    def in_call(self, node: nodes.Call, names: Names) -> Shape:
        self.value(node.node, names)
        for part in (*node.args, *(pair.value for pair in node.kwargs)):
            self.value(part, names)
        for part in (node.dyn_args, node.dyn_kwargs):
            if part is not None:
                self.say("forbidden", node, what="*")
        return ANY

    def in_list(self, node: nodes.List, names: Names) -> Shape:
        for part in node.items:
            self.value(part, names)
        return Shape(item=ANY)


def _written(node: nodes.Node) -> str:
    """A name as it is written, as far as it is one."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{_written(node.node)}.{node.arg.value}"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _written(node.node)
    return "…"
