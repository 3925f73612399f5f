"""The steps of a version as a drawing from top to bottom: boxes, lines between them, words wrapped.

`layout` knows geometry alone; `diagram` gives it the words of the reader's language. Lengths are units of
the drawing, one pixel where it is not scaled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from flask_babel import gettext

from domain.codes import StepKind
from domain.errors import DomainError
from domain.steps import StepDef, blocks
from models.procedure import ProcedureStep, ProcedureVersion
from services.dossier.steps import WAITING
from views.generated.titles import title
from views.generated.values import term_words

#: Two lanes side by side still fit on a telephone; words are 13 units high.
WIDE, LANE, GAP, MARGIN = 272, 152, 12, 8
PAD, SLANT, LINE, BETWEEN = 10, 12, 18, 36
SIZE = 13
#: More lanes than fit are not shrunk but scrolled to.
MOST_LANES = 2
#: Room for the sign before the word of a mark.
SIGN = 20
#: Lines that a text may take before it is cut; the list beside the drawing has all of it.
_MOST = {"name": 4, "if": 3}
_NARROW = frozenset("ijlt frI.,:;'’|!()[]-1")
_BROAD = frozenset("mwMW@%—")


class Words(NamedTuple):
    """What a box says: its style (kind, name, who, term, if, note, mark) and its text."""

    style: str
    text: str


@dataclass(frozen=True)
class Content:
    """A step as a box says it. shape: work, end or wait. mark: error, warning or empty."""

    id: str
    words: tuple[Words, ...]
    shape: str = "work"
    dashed: bool = False
    mark: str = ""


class Text(NamedTuple):
    """A line of words at its place."""

    style: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """A step at its place; `outline` are the corners of a box that is no rectangle."""

    content: Content
    x: float
    y: float
    width: float
    height: float
    texts: tuple[Text, ...]

    @property
    def sign(self) -> tuple[float, float]:
        """Where the sign of a mark stands: before its word."""
        return self.texts[-1].x - SIGN, self.texts[-1].y - SIZE + 1

    @property
    def outline(self) -> str:
        """A waiting step has six corners, so that shape and not colour alone tells it."""
        x, y, right, low, middle = (
            *(self.x, self.y, self.x + self.width),
            *(self.y + self.height, self.y + self.height / 2),
        )
        corners = [(x + SLANT, y), (right - SLANT, y), (right, middle)]
        corners += [(right - SLANT, low), (x + SLANT, low), (x, middle)]
        return points(corners)


class Line(NamedTuple):
    """A line by its corners; one that ends at a box has a tip."""

    corners: tuple[tuple[float, float], ...]
    tip: bool = True

    @property
    def points(self) -> str:
        """The corners as SVG writes them."""
        return points(self.corners)


@dataclass(frozen=True)
class Diagram:
    """The drawing: its size, boxes in the order of the steps, lines between; `scrolled` when wide."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    scrolled: bool


def points(corners: Iterable[tuple[float, float]]) -> str:
    """Corners as SVG writes them."""
    return " ".join(f"{x:g},{y:g}" for x, y in corners)


def diagram(version: ProcedureVersion, findings: Iterable[Any] = ()) -> Diagram | None:
    """The steps of a version; None where there are none.

    findings: anything with `part_id` and `severity`; the gravest marks the box of its step.
    """
    marks: dict[str, str] = {}
    for finding in findings:
        if finding.part_id and marks.get(finding.part_id) != "error":
            marks[finding.part_id] = finding.severity
    by_place = {step.position: step for step in version.steps}
    order = blocks([StepDef(s.position, s.kind, s.group) for s in version.steps])
    contents = [
        [_content(by_place[one.seq], marks.get(by_place[one.seq].id, "")) for one in block]
        for block in order
    ]
    return layout(contents) if contents else None


# ---- words ---------------------------------------------------------------------------------------
def _content(step: ProcedureStep, mark: str) -> Content:
    words = [*_words(step)]
    if mark:
        words.append(Words("mark", gettext("Error") if mark == "error" else gettext("Remark")))
    ends = step.kind in (StepKind.receive, StepKind.return_result)
    shape = "end" if ends else "wait" if step.kind in WAITING else "work"
    return Content(step.id, tuple(words), shape, bool(step.only_if), mark)


def _words(step: ProcedureStep) -> Iterable[Words]:
    yield Words("kind", f"{step.position} · {title(step.kind)}")
    yield Words("name", step.name)
    yield Words("who", " · ".join(filter(None, (title(step.role), step.function))))
    if step.external_body:
        yield Words("who", step.external_body)
    if step.target_level:
        yield Words("who", title(step.target_level))
    if step.term:
        yield Words("term", _term(step.term))
    if step.only_if:
        yield Words("if", f"{gettext('Only if')}: {step.only_if}")
    if step.same_as is not None:
        yield Words("note", gettext("Same person as step %(step)s", step=step.same_as))
    if step.silence:
        yield Words("note", gettext("Silence means consent"))
    if step.outside_total:
        yield Words("note", gettext("Outside the legal term"))


def _term(text: str) -> str:
    try:
        return term_words(text)
    except DomainError:
        return text


# ---- geometry ------------------------------------------------------------------------------------
def layout(contents: Sequence[Sequence[Content]]) -> Diagram:
    """Blocks one below the other, the steps of a block side by side, forked and joined."""
    lanes = max(len(block) for block in contents)
    inner = max(WIDE, lanes * LANE + (lanes - 1) * GAP)
    middle, y = MARGIN + inner / 2, float(MARGIN)
    rows: list[list[Box]] = []
    for block in contents:
        rows.append(_row(block, middle, y))
        y += max(box.height for box in rows[-1]) + BETWEEN
    lines = [line for before, row in pairwise(rows) for line in _join(before, row)]
    boxes = tuple(box for row in rows for box in row)
    return Diagram(
        inner + 2 * MARGIN, y - BETWEEN + MARGIN, boxes, tuple(lines), lanes > MOST_LANES
    )


def _row(block: Sequence[Content], middle: float, y: float) -> list[Box]:
    width = WIDE if len(block) == 1 else LANE
    left = middle - (len(block) * width + (len(block) - 1) * GAP) / 2
    return [_box(one, left + n * (width + GAP), y, width) for n, one in enumerate(block)]


def _box(content: Content, x: float, y: float, width: float) -> Box:
    pad = PAD + (SLANT if content.shape == "wait" else 0)
    texts: list[Text] = []
    for style, text in content.words:
        aside = SIGN if style == "mark" else 0
        room = width - 2 * pad - aside
        for line in wrapped(text, room, _MOST.get(style, 2), style in ("name", "mark")):
            place = y + PAD + LINE * len(texts) + SIZE
            texts.append(Text(style, line, x + pad + aside, place))
    return Box(content, x, y, width, 2 * PAD + LINE * len(texts), tuple(texts))


def _join(before: Sequence[Box], row: Sequence[Box]) -> list[Line]:
    """Lines from one row to the next, over a bar in the middle where lanes part or come together."""
    low = max(box.y + box.height for box in before)
    bar = low + BETWEEN / 2
    starts = [(box.x + box.width / 2, box.y + box.height) for box in before]
    ends = [(box.x + box.width / 2, box.y) for box in row]
    if len(starts) == len(ends) == 1:
        return [Line((starts[0], ends[0]))]
    middle = (min(x for x, _ in starts) + max(x for x, _ in starts)) / 2
    down = [Line(((x, y), (x, bar), (middle, bar)), tip=False) for x, y in starts]
    return [*down, *(Line(((middle, bar), (x, bar), (x, y))) for x, y in ends)]


# ---- words in a width ----------------------------------------------------------------------------
def length(text: str, bold: bool = False) -> float:
    """About how wide a text is drawn, rather too wide than too narrow."""
    units = sum(
        0.36 if c in _NARROW else 0.95 if c in _BROAD else 0.72 if c.isupper() else 0.6
        for c in text
    )
    return units * SIZE * (1.06 if bold else 1)


def wrapped(text: str, room: float, most: int, bold: bool = False) -> list[str]:
    """The text in lines that fit, at most so many; what is cut off ends in “…”."""
    lines: list[str] = []
    for word in text.split():
        for piece in _pieces(word, room, bold):
            joined = f"{lines[-1]} {piece}" if lines else piece
            if lines and length(joined, bold) <= room:
                lines[-1] = joined
            else:
                lines.append(piece)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and length(f"{last}…", bold) > room:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def _pieces(word: str, room: float, bold: bool) -> list[str]:
    """A word, cut where it is longer than a line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and length(pieces[-1] + letter, bold) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces
