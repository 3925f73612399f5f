"""A page of a stored PDF as a picture, for looking at it in a page."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops

from domain.errors import DomainError

#: Pictures are drawn in a few widths only, so that the same one is asked for again.
WIDEST = 2400
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def page_image(path: Path, number: int, *, width: int, turn: int = 0) -> bytes:
    """The page with this number (from 1) as PNG, so many dots wide, turned clockwise by quarters.

    Errors: row.not_found for a page that is not there, file.broken.
    """
    return _drawn(path, path.stat().st_mtime_ns, number, max(40, min(width, WIDEST)), turn % 360)


@lru_cache(maxsize=24)
def _drawn(path: Path, _changed: int, number: int, width: int, turn: int) -> bytes:
    import pypdfium2 as pdfium  # only a process that shows pages needs it

    try:
        with pdfium.PdfDocument(path) as document:
            if not 1 <= number <= len(document):
                raise DomainError("row.not_found")
            page = document[number - 1]
            wide, high = page.get_size()
            across = high if turn in (90, 270) else wide
            scale = min(width / max(across, 1), (30_000_000 / max(wide * high, 1)) ** 0.5)
            image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    except pdfium.PdfiumError:
        raise DomainError("file.broken") from None
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    few = image.quantize(128) if _coloured(image) else image.convert("L").quantize(16)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def _coloured(image: Image.Image) -> bool:
    """Whether there is more than grey on a page."""
    red, green, blue = image.resize((96, 96)).split()
    apart = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return any(part.getextrema()[1] > 24 for part in apart)  # type: ignore[operator]
