"""Rows as files: CSV and XLSX out and in, and the printed book.

An export holds exactly the rows of the list it was asked from, row after row, keeping none. A file
can be changed and taken in again: its first column is the id of each row, empty for a new one.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import DomainError
from models.base import Row
from services.catalogue import Line
from views.generated import values
from views.generated.columns import Column, Register
from views.generated.listing import State, loading, ordered

BATCH = 500
MOST_LINES = 50_000
MOST_PRINTED = 5_000
BYTES_OUT = 1 << 16
#: A cell that begins so would be run as a formula when the file is opened.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# ---- out -----------------------------------------------------------------------------------------
def _untold(number: int) -> None:
    """Nobody waits to hear how far it is."""


def rows_of(state: State, told: Callable[[int], None] = _untold) -> Iterator[Row]:
    """The rows of a list in its order, fetched in batches and let go again; `told` hears each number."""
    columns = state.register.where("exported")
    for number, row in enumerate(loading(ordered(state), columns).yield_per(BATCH), start=1):
        yield row
        told(number)


def header(register: Register) -> list[str]:
    """`id` and the labels of the exported columns in the reader's language."""
    return ["id", *(str(c.ui.label) for c in register.where("exported"))]


def as_csv(state: State, told: Callable[[int], None] = _untold) -> Iterator[str]:
    """A CSV file (UTF-8 with its mark, comma) in pieces."""
    columns = state.register.where("exported")
    lines = (
        [row.id, *(_typed(c, getattr(row, c.name)) for c in columns)]
        for row in rows_of(state, told)
    )
    return csv_of(header(state.register), lines)


def csv_of(
    head: Sequence[str], lines: Iterable[Sequence[str]], between: str = ","
) -> Iterator[str]:
    """A table as CSV (UTF-8 with its mark) in pieces; no cell is run as a formula."""
    yield "\ufeff" + _line(head, between)
    for line in lines:
        yield _line([safe(words) for words in line], between)


def _typed(column: Column, value: Any) -> str:
    shown = values.cell(column, value)
    if column.kind in {"integer", "money"}:
        return "" if shown is None else str(shown)
    return shown if isinstance(shown, str) else values.text(column, value)


def safe(words: str) -> str:
    """Words that no spreadsheet runs as a formula."""
    return "'" + words if words.startswith(_FORMULA) else words


def bare(raw: Any) -> Any:
    """The cell that `safe` had written."""
    if isinstance(raw, str) and raw[:1] == "'" and raw[1:].startswith(_FORMULA):
        return raw[1:]
    return raw


def _line(cells: Sequence[str], between: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=between, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def as_xlsx(state: State, told: Callable[[int], None] = _untold) -> Iterator[bytes]:
    """An XLSX workbook in pieces; dates and numbers stay such, text is never a formula."""
    columns = state.register.where("exported")
    lines = (
        [row.id, *(values.cell(c, getattr(row, c.name)) for c in columns)]
        for row in rows_of(state, told)
    )
    return xlsx_of(header(state.register), lines)


def xlsx_of(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A table as an XLSX workbook in pieces; dates and numbers stay such, text is never a formula."""
    return workbook([("", head)], ((0, line) for line in lines))


def workbook(
    sheets: Sequence[tuple[str, Sequence[str]]], lines: Iterable[tuple[int, Sequence[Any]]]
) -> Iterator[bytes]:
    """Several tables as the sheets of one workbook, in pieces: (title, heads), lines as (sheet, cells)."""
    book = Workbook(write_only=True)
    made = [book.create_sheet(title or None) for title, _ in sheets]
    for sheet, (_, head) in zip(made, sheets, strict=True):
        sheet.append([plain_cell(sheet, words) for words in head])
    for number, line in lines:
        sheet = made[number]
        sheet.append([plain_cell(sheet, value) for value in line])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(BYTES_OUT):
            yield piece


def plain_cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    if hasattr(value, "year"):
        cell.number_format = "dd/mm/yyyy hh:mm" if hasattr(value, "hour") else "dd/mm/yyyy"
    return cell


def as_book(state: State, told: Callable[[int], None] = _untold) -> bytes:
    """The list as a printed book (PDF), at most MOST_PRINTED rows. Errors: export.too_long."""
    columns = state.register.where("listed")
    lines = (
        [values.text(c, getattr(row, c.name)) for c in columns] for row in rows_of(state, told)
    )
    heads = [(str(c.ui.label), _share(c)) for c in columns]
    return book_of(str(state.register.screen.plural), heads, lines)


def book_of(
    title: str, heads: Sequence[tuple[str, float]], lines: Iterable[Sequence[str]]
) -> bytes:
    """A table as a printed book (PDF), its lines numbered, at most MOST_PRINTED of them.

    heads: (words, share of the width). Errors: export.too_long.
    """
    from printing.engine import A4_LANDSCAPE
    from printing.tables import Column as Printed, LongTableSpec, render_table

    rows: list[list[str]] = []
    for number, line in enumerate(lines, start=1):
        if number > MOST_PRINTED:
            raise DomainError("export.too_long", limit=MOST_PRINTED)
        rows.append([str(number), *line])
    spec = LongTableSpec(
        title=title,
        columns=[Printed(share=1, centred=True), *(Printed(share=share) for _, share in heads)],
        header=[[gettext("No."), *(words for words, _ in heads)]],
        rows=rows,
        before=_heading(title),
    )
    return render_table(spec, paper=A4_LANDSCAPE)


def _share(column: Column) -> float:
    return 6 if column.kind == "relation" or (column.length or 0) > 100 else 3


def _heading(words: str) -> list[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Spacer, XPreformatted

    from printing import typefaces

    typefaces.register()
    style = ParagraphStyle("heading", fontName=typefaces.BOLD, fontSize=14, alignment=1)
    return [XPreformatted(words.replace("&", "&amp;").replace("<", "&lt;"), style), Spacer(1, 12)]


# ---- in ------------------------------------------------------------------------------------------
def read_file(
    register: Register, content: bytes
) -> tuple[list[Line], list[tuple[int, DomainError]]]:
    """The lines of a CSV or XLSX file with the mistakes found while reading them.

    Errors that concern the file as a whole are raised: import.not_readable, import.column_missing,
    import.too_long.
    """
    table, places = _opened(register, content)
    lines: list[Line] = []
    errors: list[tuple[int, DomainError]] = []
    for number, cells in enumerate(table, start=2):
        if number > MOST_LINES:
            raise DomainError("import.too_long", limit=MOST_LINES)
        if any(c not in (None, "") for c in cells):
            line, wrong = _read_line(number, cells, places)
            lines.append(line)
            errors += [(number, error) for error in wrong]
    return lines, errors


def _opened(
    register: Register, content: bytes
) -> tuple[Iterator[list[Any]], dict[int, Column | None]]:
    table = _xlsx(content) if content.startswith(b"PK") else _csv(content)
    head = next(table, None)
    if head is None:
        raise DomainError("file.empty")
    return table, _places(register, head)


def _places(register: Register, head: list[Any]) -> dict[int, Column | None]:
    """Place in a line → column; None is the id. Columns that are only shown are passed over."""
    known: dict[str, Column | None] = {"id": None}
    for column in register.where("edited"):
        known |= {column.name.casefold(): column, str(column.ui.label).casefold(): column}
    names = [str(words or "").strip().casefold() for words in head]
    places = {place: known[name] for place, name in enumerate(names) if name in known}
    for column in register.where("edited"):
        if column.required and column.default is None and column not in places.values():
            raise DomainError("import.column_missing", column=str(column.ui.label))
    return places


def _read_line(
    number: int, cells: list[Any], places: dict[int, Column | None]
) -> tuple[Line, list[DomainError]]:
    row_id, found, wrong = None, {}, []
    for place, column in places.items():
        raw = cells[place] if place < len(cells) else None
        if column is None:
            row_id = str(raw).strip() if raw not in (None, "") else None
            continue
        try:
            found[column.name] = values.read(column, bare(raw))
        except DomainError as error:
            wrong.append(error)
    return Line(number, row_id, found), wrong


def _csv(content: bytes) -> Iterator[list[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError("import.not_readable") from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    return _refusing(reader, csv.Error)


def _xlsx(content: bytes) -> Iterator[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > 200_000_000:
                raise DomainError("import.not_readable")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError):
        raise DomainError("import.not_readable") from None
    return _refusing(sheet.iter_rows(values_only=True), (ValueError, KeyError, SyntaxError))


def _refusing(table: Iterable[Any], wrong: Any) -> Iterator[list[Any]]:
    try:
        for cells in table:
            yield list(cells)
    except wrong:
        raise DomainError("import.not_readable") from None
