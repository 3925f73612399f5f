"""Words across every page of a paper that counts for nothing: a draft on trial prints real forms."""

import contextlib
import io
from collections.abc import Iterator
from contextvars import ContextVar

from pypdf import PageObject, PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from printing import typefaces

_words: ContextVar[str] = ContextVar("stamp", default="")


@contextlib.contextmanager
def stamped(words: str) -> Iterator[None]:
    """Every paper that is drawn inside the block bears these words."""
    token = _words.set(words)
    try:
        yield
    finally:
        _words.reset(token)


def put(pdf: bytes) -> bytes:
    """The paper, with the words across each of its pages where there are any."""
    words = _words.get()
    if not words:
        return pdf
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for page in writer.pages:
        page.merge_page(_across(float(page.mediabox.width), float(page.mediabox.height), words))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _across(width: float, height: float, words: str) -> PageObject:
    """A page of this size (points) with nothing but the words from corner to corner."""
    typefaces.register()
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=(width, height))
    size = 0.7 * (width**2 + height**2) ** 0.5 / max(1.0, typefaces.width(words, typefaces.BOLD, 1))
    canvas.setFont(typefaces.BOLD, size)
    canvas.setFillGray(0.55, 0.35)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(55 if height > width else 35)
    canvas.drawCentredString(0, -size / 3, words)
    canvas.save()
    return PdfReader(sheet).pages[0]
