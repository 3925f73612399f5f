"""Formulas as people write them, brought into the signs and words that Python's parser reads.

Only what this table of signs has gets through: no colon, brace or backslash outside quotes, and a dot only
between a field and a part of it, which becomes a call of PART: no attribute ever reaches the parser.
"""

import keyword
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from domain.errors import DomainError
from domain.field_kinds import part_name, parts_in_words
from domain.unicode import nfc

_WORDS = {"và": "and", "hoặc": "or", "không": "not", "trong": "in", "đúng": "True", "sai": "False"}
_KEPT = frozenset({"and", "or", "not", "in", "if", "else", "True", "False"})
#: Words of the language, in which no name can be written.
RESERVED = frozenset({*keyword.kwlist, *_WORDS, "true", "false", "none"})
_SIGNS = {"=": "==", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "=<": "<=", "=>": ">="}
#: Signs that word processors and other calculators put in.
_SIGNS |= {"×": "*", "÷": "/", "−": "-", "–": "-"}
#: What a part of a field becomes; nobody can write it, since it is no function of the language.
PART = "part_of"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<quoted>"[^"]*"|[“”][^“”]*[“”]|'[^']*'|[‘’][^‘’]*[‘’])
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
    |(?P<part>[^\W\d]\w*\.[^\W\d]\w*(?![\w.]))
    |(?P<name>[^\W\d]\w*)
    |(?P<sign><=|>=|=<|=>|==|!=|<>|[≠≤≥×÷−–=<>+\-*/(),\[\]])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Plain:
    """A formula as Python's parser reads it.

    `starts` are offsets of its tokens in `text`, in bytes of UTF-8 as syntax trees count; `spans` say
    where the same tokens stand in `written`, what the person wrote.
    """

    text: str
    written: str
    starts: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def place(self, error: BaseException) -> int:
        """The character, counted from 1, at which a syntax error shows."""
        offset = getattr(error, "offset", 1) or len(self.text) + 1
        at = bisect_right(self.starts, len(self.text[: offset - 1].encode())) - 1
        return self.spans[at][0] + 1 if at >= 0 and offset <= len(self.text) else self._end()

    def words(self, start: int, end: int) -> str:
        """What the person wrote between two offsets of the tree, shortened."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = max(bisect_left(self.starts, end) - 1, first)
        return self.written[self.spans[first][0] : self.spans[last][1]][:60]

    def _end(self) -> int:
        return max(len(self.written), 1)


def plain(text: str) -> Plain:
    """The formula in Python's words. Errors: formula.invalid with its place, formula.forbidden."""
    if hidden := _CONTROL.search(text):
        raise DomainError("formula.invalid", place=hidden.start() + 1)
    written = nfc(text)
    parts, starts, spans = [], [], []
    size, at, before = 0, 0, ""
    while at < len(written):
        found = _TOKEN.match(written, at)
        kind = found.lastgroup if found else None
        # Two texts side by side would silently become one.
        if found is None or (kind == "quoted" and before == "quoted"):
            raise DomainError("formula.invalid", place=at + 1)
        if kind != "space":
            part, before = _python(kind, found[0]), str(kind)
            parts.append(part)
            starts.append(size)
            spans.append(found.span())
            size += len(part.encode()) + 1
        at = found.end()
    return Plain(" ".join(parts), written, tuple(starts), tuple(spans))


def _python(kind: str | None, token: str) -> str:
    if kind == "quoted":
        return ascii(token[1:-1])
    if kind == "part":
        return _part(token)
    if kind != "name":
        return _SIGNS.get(token, token)
    word = _WORDS.get(token.lower(), token)
    if keyword.iskeyword(word) and word not in _KEPT:
        raise DomainError("formula.forbidden", what=token)
    return word


def _part(token: str) -> str:
    """`nguoi_thue.ten` as a call. Errors: formula.no_part, formula.forbidden."""
    owner, _, name = token.partition(".")
    if owner.lower() in RESERVED or keyword.iskeyword(owner):
        raise DomainError("formula.forbidden", what=token)
    part = part_name(name)
    if part is None:
        raise DomainError("formula.no_part", name=owner, part=name, parts=parts_in_words())
    return f"{PART}({owner}, {part!r})"
