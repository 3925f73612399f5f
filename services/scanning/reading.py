"""A scanned file as pictures of its pages, one after the other: PDF, TIFF, JPEG, PNG.

Nothing of the file itself is kept: a page is drawn, looked at and written anew, so that scripts or
programs hidden in a PDF end here. One page is in memory at a time.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
from PIL import Image

from domain.errors import DomainError
from services.convert import LONG, MAX_FRAMES, SHORT, pictures
from services.scanning.kinds import kind_of

#: Dots per inch at which pages are kept (NĐ 30/2020 Phụ lục I asks for 200), and for a second look.
DPI, FINE_DPI = 200, 300
MAX_PAGES = 1000
#: What one drawn page may have at most; a larger sheet is drawn coarser.
MAX_DRAWN = 16_000_000


class Page(NamedTuple):
    """One page: its number from 1, its picture, and the picture with more dots, if there is one."""

    number: int
    image: Image.Image
    finer: Callable[[], Image.Image] | None = None


def count(path: Path) -> int:
    """How many pages a file has. Errors: file.*, scan.type; a file that cannot be opened is broken."""
    kind = _kind(path)
    if kind == "application/pdf":
        with _opened(path) as document:
            total = len(document)
    else:
        total = _frames(path)
    if not total:
        raise DomainError("file.broken", field="file")
    most = MAX_PAGES if kind == "application/pdf" else MAX_FRAMES
    if total > most:
        raise DomainError("file.too_many_pages", field="file", limit=most)
    return total


def pages(path: Path, without: Collection[int] = ()) -> Iterator[Page]:
    """The pages in their order, those in `without` left out. Errors: as `count`."""
    kind = _kind(path)
    if kind == "application/pdf":
        yield from _drawn(path, without)
        return
    for number, image in enumerate(pictures(path.read_bytes(), kind), 1):
        if number not in without:
            yield Page(number, _plain(image))


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        return kind_of(file.read(1024))


# ---- PDF -----------------------------------------------------------------------------------------
def _opened(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        code = "file.encrypted" if "password" in str(error).lower() else "file.broken"
        raise DomainError(code, field="file") from None


def _drawn(path: Path, without: Collection[int]) -> Iterator[Page]:
    with _opened(path) as document:
        for number in range(1, len(document) + 1):
            if number in without:
                continue
            try:
                page = document[number - 1]
                yield Page(number, draw(page, DPI), partial(draw, page, FINE_DPI))
                page.close()
            except (pdfium.PdfiumError, MemoryError, ValueError):
                raise DomainError("file.broken", field="file") from None


def draw(page: pdfium.PdfPage, dpi: int) -> Image.Image:
    """A page of a PDF as a picture in RGB, coarser where it would be too large."""
    width, height = page.get_size()
    scale = dpi / 72
    area = max(width * height * scale * scale, 1)
    if area > MAX_DRAWN:
        scale *= (MAX_DRAWN / area) ** 0.5
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return drawn.convert("RGB")


# ---- pictures ------------------------------------------------------------------------------------
def _frames(path: Path) -> int:
    try:
        with Image.open(path, formats=("TIFF", "JPEG", "PNG")) as image:
            return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
    except Image.DecompressionBombError:
        raise DomainError("file.too_many_pixels", field="file", limit=50) from None
    except Exception:  # arbitrary bytes: whatever the reader stumbles over, the file is broken
        raise DomainError("file.broken", field="file") from None


def _plain(image: Image.Image) -> Image.Image:
    """RGB and no larger than A4 at `DPI`; a fax page becomes grey on the way down."""
    plain = image.convert("L") if image.mode == "1" else image
    short, long = round(SHORT * DPI), round(LONG * DPI)
    box = (short, long) if plain.height >= plain.width else (long, short)
    if plain.width > box[0] or plain.height > box[1]:
        plain.thumbnail(box, Image.Resampling.BOX)
    return plain.convert("RGB")
