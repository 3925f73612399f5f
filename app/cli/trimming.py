"""Leave out of Bootstrap's sheet what no page of ours names.

A rule stays when each of its classes is a word of a template, a script or a Python file, or begins
like one that is put together there (``btn-{{ kind }}``). That keeps too much rather than too little.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("app", "views", "models", "domain", "services")
KINDS = {".html", ".js", ".py"}
#: Put on by Bootstrap's own script for the parts in use.
BY_SCRIPT = frozenset(
    {"show", "showing", "hiding", "fade", "collapse", "collapsing", "offcanvas-backdrop"}
)
_WORD = re.compile(r"[A-Za-z][\w-]*")
_BEGUN = re.compile(r"([A-Za-z][\w-]*-)(?:\{\{|\{%|\{[a-z]|['\"]\s*[~+])")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_NEGATED = re.compile(r":not\([^()]*(?:\([^()]*\)[^()]*)*\)")
_COMMA = re.compile(r",(?![^()]*\))")


class Named(NamedTuple):
    """Words of the sources, and beginnings of words that are finished when a page is drawn."""

    words: frozenset[str]
    begun: tuple[str, ...]

    def covers(self, selector: str) -> bool:
        """Whether a selector can meet an element of ours."""
        classes = _CLASS.findall(_NEGATED.sub("", selector))
        return all(c in self.words or c.startswith(self.begun) for c in classes)


def named(root: Path = ROOT) -> Named:
    """All that the sources may put into a class attribute."""
    words, begun = set(BY_SCRIPT), set()
    for place in PLACES:
        for path in sorted((root / place).rglob("*")):
            if path.suffix in KINDS and "vendor" not in path.parts:
                text = path.read_text(encoding="utf-8")
                words |= set(_WORD.findall(text))
                begun |= set(_BEGUN.findall(text))
    return Named(frozenset(words), tuple(sorted(begun)))


def blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Heads and bodies of the outermost blocks; a statement without a block has no body."""
    at = 0
    while at < len(sheet):
        brace, end = sheet.find("{", at), sheet.find(";", at)
        if brace < 0:
            return
        if 0 <= end < brace:
            yield sheet[at : end + 1], ""
            at = end + 1
            continue
        depth, stop = 1, brace + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(sheet[stop], 0)
            stop += 1
        yield sheet[at:brace], sheet[brace + 1 : stop - 1]
        at = stop


def trim(sheet: str, names: Named) -> str:
    """The sheet without rules that meet nothing; groups left empty go too."""
    kept = []
    for head, body in blocks(re.sub(r"/\*(?!!).*?\*/", "", sheet, flags=re.DOTALL)):
        licence, _, head = head.rpartition("*/")
        kept.append(f"{licence}*/" if licence else "")
        kept.append(_kept(head, body, names))
    return "".join(kept)


def _kept(head: str, body: str, names: Named) -> str:
    start = head.lstrip()
    if start.startswith(("@media", "@supports", "@layer")):
        inner = trim(body, names)
        return f"{head}{{{inner}}}" if inner else ""
    if start.startswith("@") or not body:
        return f"{head}{{{body}}}" if body else head
    selectors = [s for s in _COMMA.split(head) if names.covers(s)]
    return f"{','.join(selectors)}{{{body}}}" if selectors else ""
