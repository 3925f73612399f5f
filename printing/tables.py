"""Long tables (register books, reports), drawn by reportlab and paged by ourselves.

xhtml2pdf, and reportlab's own splitting of a table, take time that grows with the square of the
rows. Here each cell is broken into lines beforehand, rows are dealt out to pages by their known
heights, and every page is one small table under a repeated header: time grows with the rows.
Cells are plain text, never read as markup, so nothing written in a dossier can reach a file.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Table

from domain.unicode import nfc
from printing import breaking, typefaces
from printing.engine import PageSize

SIDE, ABOVE, BELOW = 1.6, 1.5, 2.5  # points around the text of a cell
Cells = list[list[str]]  # the lines of each cell of a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its share of the width, and whether its cells are centred."""

    share: float
    centred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTableSpec:
    """A table and what stands before and after it.

    `header` holds the header rows, `spans` the joined header cells as ((column, row) of the
    first, (column, row) of the last); text of a joined cell stands in its first cell.
    """

    title: str
    columns: Sequence[Column]
    header: Sequence[Sequence[str]]
    rows: Sequence[Sequence[str]]
    spans: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    font_size: float = 8
    before: Sequence[Flowable] = ()
    after: Sequence[Flowable] = ()

    @property
    def leading(self) -> float:
        """From one line of a cell to the next, in points."""
        return self.font_size * 1.2

    def widths(self, room: float) -> list[float]:
        """The columns' widths in `room` points."""
        total = sum(column.share for column in self.columns)
        return [room * column.share / total for column in self.columns]


def render_table(spec: LongTableSpec, *, paper: PageSize) -> bytes:
    """The table as PDF bytes: header repeated on every page, “Trang x/y” below each."""
    typefaces.register()
    top, right, bottom, left = (side * mm for side in paper.margins)
    width, height = paper.width * mm, paper.height * mm
    room = height - top - bottom
    frame = Frame(left, bottom, paper.inner_width, room, 0, 0, 0, 0)
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=(width, height), title=nfc(spec.title), lang="vi")
    document.addPageTemplates([PageTemplate(frames=[frame])])
    numbered = partial(_NumberedCanvas, right_edge=width - right)
    document.build(_story(spec, paper.inner_width, room), canvasmaker=numbered)
    return out.getvalue()


def _story(spec: LongTableSpec, width: float, height: float) -> list[Flowable]:
    widths = spec.widths(width)
    header = _header(spec, widths)
    body = [
        [
            breaking.lines(cell, typefaces.REGULAR, spec.font_size, column - 2 * SIDE)
            for cell, column in zip(row, widths, strict=True)
        ]
        for row in spec.rows
    ]
    heights = _header_heights(spec, header)
    room = height - sum(heights) - 1
    opening = sum(item.wrap(width, height)[1] + item.getSpaceAfter() + item.getSpaceBefore()
                  for item in spec.before)  # fmt: skip
    story = list(spec.before)
    for page in _pages(spec, body, room - opening, room):
        if len(story) > len(spec.before):
            story.append(PageBreak())
        story.append(_table(spec, widths, (header, heights), page))
    return [*story, *spec.after]


def _row_height(spec: LongTableSpec, row: Cells) -> float:
    return max(map(len, row)) * spec.leading + ABOVE + BELOW


def _pages(
    spec: LongTableSpec, rows: Sequence[Cells], first: float, room: float
) -> Iterator[list[Cells]]:
    """Rows dealt out to pages; `first` is the room under the head, `room` that of other pages."""
    page: list[Cells] = []
    left = first
    for row in _cut_to_fit(spec, rows, room):
        need = _row_height(spec, row)
        if need > left:
            yield page
            page, left = [], room
        page.append(row)
        left -= need
    yield page


def _cut_to_fit(spec: LongTableSpec, rows: Sequence[Cells], room: float) -> Iterator[Cells]:
    """A row taller than a page goes on in further rows, so that none of its text is lost."""
    most = int((room - ABOVE - BELOW) // spec.leading)
    for row in rows:
        for start in range(0, max(map(len, row)), most):
            yield [cell[start : start + most] for cell in row]


def _table(
    spec: LongTableSpec,
    widths: list[float],
    header: tuple[list[Cells], list[float]],
    page: list[Cells],
) -> Table:
    cells, heights = header
    return Table(
        [["\n".join(cell) for cell in row] for row in (*cells, *page)],
        widths,
        [*heights, *(_row_height(spec, row) for row in page)],
        style=_style(spec),
    )


def _header(spec: LongTableSpec, widths: Sequence[float]) -> list[Cells]:
    """Header cells, broken to the width they span."""
    wide = {start: sum(widths[start[0] : end[0] + 1]) for start, end in spec.spans}
    header = []
    for r, cells in enumerate(spec.header):
        rooms = [wide.get((c, r), widths[c]) - 2 * SIDE for c in range(len(cells))]
        header.append(
            [
                breaking.balanced(cell, typefaces.BOLD, spec.font_size, room)
                for cell, room in zip(cells, rooms, strict=True)
            ]
        )
    return header


def _header_heights(spec: LongTableSpec, header: list[Cells]) -> list[float]:
    """Heights of the header rows; a cell joined downwards needs its room over all it joins."""
    down = {start: end for start, end in spec.spans if end[1] > start[1]}
    heights = [
        max(
            (_row_height(spec, [cell]) for c, cell in enumerate(row) if (c, r) not in down),
            default=0.0,
        )
        for r, row in enumerate(header)
    ]
    for (column, first), (_, last) in down.items():
        lacking = _row_height(spec, [header[first][column]]) - sum(heights[first : last + 1])
        heights[last] += max(lacking, 0)
    return heights


def _style(spec: LongTableSpec) -> list[tuple[Any, ...]]:
    size, head, body = spec.font_size, len(spec.header) - 1, len(spec.header)
    return [
        ("FONT", (0, 0), (-1, head), typefaces.BOLD, size, spec.leading),
        ("ALIGN", (0, 0), (-1, head), "CENTER"),
        ("VALIGN", (0, 0), (-1, head), "MIDDLE"),
        ("FONT", (0, body), (-1, -1), typefaces.REGULAR, size, spec.leading),
        ("VALIGN", (0, body), (-1, -1), "TOP"),
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("LEFTPADDING", (0, 0), (-1, -1), SIDE),
        ("RIGHTPADDING", (0, 0), (-1, -1), SIDE),
        ("TOPPADDING", (0, 0), (-1, -1), ABOVE),
        ("BOTTOMPADDING", (0, 0), (-1, -1), BELOW),
        *(("SPAN", start, end) for start, end in spec.spans),
        *(
            ("ALIGN", (index, body), (index, -1), "CENTER")
            for index, column in enumerate(spec.columns)
            if column.centred
        ),
    ]


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Keeps the pages back until their number is known."""

    def __init__(self, *args: Any, right_edge: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._right_edge = right_edge
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, start=1):
            self.__dict__.update(page)
            self.setFont(typefaces.REGULAR, 9)
            self.drawRightString(self._right_edge, 7 * mm, f"Trang {number}/{len(self._kept)}")
            super().showPage()
        super().save()
