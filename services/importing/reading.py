"""Reading CSV and XLSX row by row, however large: which cell stands in which column."""

import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from domain.errors import DomainError
from services.importing.columns import Column, check, recognise

#: The names of the columns stand within the first rows, below the title of the book.
HEADER_WITHIN = 30
_LONGEST_CELL = 131_072

Numbered = tuple[int, list[Any]]


class Raw(NamedTuple):
    """One row: its number in the file as people see it, and what stands in the known columns."""

    number: int
    cells: dict[Column, Any]


def read(path: Path) -> Iterator[Raw]:
    """The rows of a book below its header; empty rows are left out.

    Errors: import.not_readable, import.column_missing.
    """
    rows = _csv(path) if path.suffix.lower() in (".csv", ".txt", ".tsv") else _xlsx(path)
    head = list(islice(rows, HEADER_WITHIN))
    start, columns = _header(head)
    check(columns)
    yield from _below(iter(head[start:]), columns)
    yield from _below(rows, columns)


def _below(rows: Iterator[Numbered], columns: dict[int, Column]) -> Iterator[Raw]:
    for number, cells in rows:
        found = {c: _value(cells[p]) for p, c in columns.items() if p < len(cells)}
        kept = {column: value for column, value in found.items() if value is not None}
        if kept:
            yield Raw(number, kept)


def _value(cell: Any) -> Any:
    """None for an empty cell; text without surrounding space."""
    if isinstance(cell, str):
        return cell.strip() or None
    return cell


def _header(head: list[Numbered]) -> tuple[int, dict[int, Column]]:
    """Where the data begin, and the columns; form 06 names some columns in a second row."""
    found = [recognise(cells) for _, cells in head]
    best = max(range(len(found)), key=lambda i: len(found[i]), default=0)
    if not found or not found[best]:
        return 0, {}
    columns, start = dict(found[best]), best + 1
    for near in (best - 1, best + 1):
        more = found[near] if 0 <= near < len(found) else {}
        fresh = {p: c for p, c in more.items() if c not in columns.values()}
        if len(fresh) > 1:
            columns |= fresh
            start = max(start, near + 1)
    return start, columns


# ---- CSV -----------------------------------------------------------------------------------------
def _csv(path: Path) -> Iterator[Numbered]:
    csv.field_size_limit(_LONGEST_CELL)
    text = _text(path)
    try:
        with text:
            sample = text.read(20_000)
            text.seek(0)
            reader = csv.reader(text, delimiter=_delimiter(sample))
            begins = 1
            for cells in reader:
                yield begins, list(cells)
                begins = reader.line_num + 1
    except (UnicodeError, csv.Error):
        raise DomainError("import.not_readable") from None


def _text(path: Path) -> io.TextIOWrapper:
    try:
        with path.open("rb") as file:
            start = file.read(2)
        wide = start in (b"\xff\xfe", b"\xfe\xff")
        return path.open(encoding="utf-16" if wide else "utf-8-sig", newline="")
    except OSError:
        raise DomainError("import.not_readable") from None


def _delimiter(sample: str) -> str:
    return max(",;\t", key=sample.count)


# ---- XLSX ----------------------------------------------------------------------------------------
def _xlsx(path: Path) -> Iterator[Numbered]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        raise DomainError("import.not_readable") from None
    try:
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, list(cells)
    finally:
        book.close()
