"""Any table in a CSV or XLSX file: what it is, and its rows one after the other, however many.

A file is looked at once: its encoding, separator, the row of its headings. With that it is read
again and again without holding more than a row.
"""

import codecs
import contextlib
import csv
import datetime as dt
import zipfile
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from domain import encodings
from domain.errors import DomainError
from domain.unicode import nfc

#: Headings stand within the first rows, below the title of a list.
HEAD_WITHIN = 30
#: Rows below the headings that are shown as they will be read.
SHOWN = 5
MOST_COLUMNS = 300
#: Rows by whose words the encoding of a workbook is known.
_LOOKED_AT = 120
_SAMPLE = 1 << 18
#: What an archive may grow to: a small one that is a bomb grows to more.
_MOST_UNPACKED = 400_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError,
           SyntaxError, EOFError, TypeError, csv.Error)  # fmt: skip

Cells = list[Any]
Numbered = tuple[int, Cells]


@dataclass(frozen=True)
class Form:
    """How a file is read: its kind (csv, xlsx), encoding (a codec, or vn3), separator, and the row
    of the headings as people count, from 1."""

    kind: str
    encoding: str
    delimiter: str
    head: int = 1

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Look:
    """What the beginning of a file shows: headings, and the first rows below them."""

    form: Form
    heads: list[str]
    sample: list[Numbered]


def look(path: Path, head: int | None = None) -> Look:
    """See what a file is. head: the row of the headings, where somebody has said it.

    Errors: file.empty, import.not_readable, import.old_excel, import.encoding.
    """
    form = _form_of(path)
    first = list(islice(_all(path, form), _LOOKED_AT))
    if not first:
        raise DomainError("file.empty")
    if form.kind == "xlsx" and encodings.in_vn3(_text_of(first)):
        form = Form("xlsx", "vn3", "")
        first = [(number, [_unicode(cell) for cell in cells]) for number, cells in first]
    chosen = head if head in {number for number, _ in first[:HEAD_WITHIN]} else _head_of(first)
    form = Form(form.kind, form.encoding, form.delimiter, chosen)
    heads = next(cells for number, cells in first if number == chosen)
    below = [row for row in first if row[0] > chosen][:SHOWN]
    return Look(form, [_words(cell) for cell in heads[:MOST_COLUMNS]], below)


def rows(path: Path, form: Form) -> Iterator[Numbered]:
    """The rows below the headings with their numbers, empty ones left out.

    Errors: import.not_readable, import.broken_off.
    """
    return (row for row in _all(path, form) if row[0] > form.head)


def count(path: Path, form: Form) -> int:
    """How many rows there are."""
    return sum(1 for _ in rows(path, form))


def shown(cell: Any) -> str:
    """A cell as a person would type it."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time(0)
        return f"{cell:%d/%m}/{cell.year:04d}" + ("" if midnight else f" {cell:%H:%M}")
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m}/{cell.year:04d}"
    if isinstance(cell, dt.time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return str(cell)


# ---- what the file is ----------------------------------------------------------------------------
def _form_of(path: Path) -> Form:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if not sample:
        raise DomainError("file.empty")
    if sample.startswith(_OLE):
        raise DomainError("import.old_excel")
    if sample.startswith(b"PK"):
        return _workbook(path)
    encoding = _encoding(path, sample)
    return Form("csv", encoding, _delimiter(path, encoding))


def _workbook(path: Path) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise DomainError("import.not_readable")
    except _BROKEN:
        raise DomainError("import.not_readable") from None
    return Form("xlsx", "", "")


def _text_of(first: list[Numbered]) -> str:
    return " ".join(cell for _, cells in first for cell in cells if isinstance(cell, str))


def _encoding(path: Path, sample: bytes) -> str:
    """Errors: import.encoding where the bytes give no Vietnamese in any way that is known."""
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    if _is_utf8(path):
        return "utf-8-sig"
    found = encodings.guess(sample)
    if found is None:
        raise DomainError("import.encoding")
    return found


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(_SAMPLE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """The separator that gives the most rows of one width; a comma within an address gives none."""
    try:
        with contextlib.closing(_lines(path, encoding)) as lines:
            first = list(islice(lines, HEAD_WITHIN + SHOWN))
    except UnicodeError:
        raise DomainError("import.not_readable") from None

    def even(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(first, delimiter=delimiter))
        except csv.Error:
            return 0, 0
        width, times = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1]), default=(0, 0))
        return (times, width) if width > 1 else (0, 0)

    return max(",;\t", key=even)


def _head_of(first: list[Numbered]) -> int:
    """The first row that is as full of words as any: a title above has one cell, rows have numbers."""
    best, most = first[0][0], 0
    for number, cells in first[:HEAD_WITHIN]:
        named = [c for c in cells if isinstance(c, str) and c.strip() and not _numeric(c)]
        if len(named) > most and len(named) == len([c for c in cells if _words(c)]):
            best, most = number, len(named)
    return best


def _numeric(words: str) -> bool:
    return not any(char.isalpha() for char in words)


def _words(cell: Any) -> str:
    return " ".join(nfc(shown(cell)).split())[:200]


# ---- rows ----------------------------------------------------------------------------------------
def _all(path: Path, form: Form) -> Iterator[Numbered]:
    """Every row that is not empty; what cannot be read ends in a sentence."""
    found = _csv(path, form) if form.kind == "csv" else _xlsx(path, form)
    number = 0
    try:
        for number, cells in found:
            if any(cell not in (None, "") for cell in cells):
                yield number, cells
    except _BROKEN:
        if number:
            raise DomainError("import.broken_off", line=number + 1) from None
        raise DomainError("import.not_readable") from None


def _lines(path: Path, encoding: str) -> Generator[str]:
    codec = "latin-1" if encoding == "vn3" else encoding
    with path.open(encoding=codec, newline="") as text:
        if encoding == "vn3":
            yield from map(encodings.from_vn3, text)
        else:
            yield from text


def _csv(path: Path, form: Form) -> Iterator[Numbered]:
    with contextlib.closing(_lines(path, form.encoding)) as lines:
        reader = csv.reader(lines, delimiter=form.delimiter, strict=True)
        begins = 1
        for cells in reader:
            yield begins, list(cells)
            begins = reader.line_num + 1


def _xlsx(path: Path, form: Form) -> Iterator[Numbered]:
    old = form.encoding == "vn3"
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                yield number, [_unicode(c) for c in cells] if old else list(cells)
        finally:
            book.close()


def _unicode(cell: Any) -> Any:
    return encodings.from_vn3(cell) if isinstance(cell, str) else cell
