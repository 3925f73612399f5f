"""HTML to PDF: one function, closed to every file and address outside the product.

The engine is xhtml2pdf with three decisions around it: fonts registered once per process, the
product's sheet parsed once per process, and a resource policy that reads nothing but the data
addresses our own templates write. `docs/papers.md` has the measurements.
"""

import io
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.lib.units import mm
from xhtml2pdf import document
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.context import pisaContext
from xhtml2pdf.default import DEFAULT_CSS

from domain.unicode import nfc
from printing import codes, stamp, typefaces

SHEET = Path(__file__).parent / "forms" / "_shared" / "style.css"
POLICY = ResourceAccessPolicy.server(
    base_dir=None,
    allow_remote=False,
    max_resource_bytes=256 * 1024,
    max_local_bytes=256 * 1024,
    max_image_pixels=1_000_000,
    max_render_seconds=30,
    max_document_bytes=4 * 1024 * 1024,
)
# Streams as bytes, not as text of base 85: a quarter smaller and faster to write.
rl_config.useA85 = 0
log = logging.getLogger(__name__)


class PaperError(Exception):
    """A paper could not be made, or (strict) not exactly as its template says."""


@dataclass(frozen=True, slots=True)
class PageSize:
    """A sheet of paper and its margins (top, right, bottom, left); millimetres."""

    width: float
    height: float
    margins: tuple[float, float, float, float]
    base_size: float  # points; the sheet's sizes are shares of it

    @property
    def inner_width(self) -> float:
        """Width between the margins, in points."""
        return float((self.width - self.margins[1] - self.margins[3]) * mm)


# A4 margins: NĐ 30/2020, PL I. On A5 they shrink with the sheet; the left one keeps room to file.
A5 = PageSize(148, 210, (7, 9, 7, 13), 9.8)
A4 = PageSize(210, 297, (20, 15, 20, 30), 13)
A4_LANDSCAPE = PageSize(297, 210, (15, 10, 14, 15), 12)


def render_pdf(html: str, *, title: str, paper: PageSize, strict: bool = False) -> bytes:
    """`html` (what stands inside <body>) as PDF bytes, its Vietnamese in NFC.

    `strict` turns what the engine only complains about (a letter no face can draw, a style it
    ignores) into PaperError; the tests run so, while an office prints what can be printed.
    A reference to any file or address is a PaperError always.
    """
    typefaces.register()
    out = io.BytesIO()
    with _complaints() as heard:
        _convert(_page(nfc(html), nfc(title), paper), out)
    if heard and strict:
        raise PaperError("; ".join(heard))
    if heard:
        # Only the number: a complaint may quote the paper, and logs hold no personal data.
        log.warning("paper printed with complaints of the engine: %d", len(heard))
    return stamp.put(out.getvalue())


def page_count(pdf: bytes) -> int:
    """How many pages a document made here has (its page objects are written in the open)."""
    return len(re.findall(rb"/Type /Page\b", pdf))


def warm_up() -> None:
    """Load faces, sheet and engine now, so that the first citizen of the day does not wait."""
    marks = (codes.qr_image("warm"), codes.barcode_image("0"))
    body = "".join(f'<img src="{mark}" width="9" height="9">' for mark in marks)
    body += "<table><tr><td>Ấm <b>áp</b> <i>cả</i> <b><i>ngày</i></b></td></tr></table>"
    render_pdf(body, title="", paper=A5)


def _convert(page: str, out: io.BytesIO) -> None:
    try:
        document.pisaDocument(
            page,
            out,
            default_css=_sheet(),
            encoding="utf-8",
            link_callback=_only_own_images,
            resource_policy=POLICY,
        )
    except PaperError:
        raise
    except Exception as error:
        raise PaperError(f"cannot set the paper: {type(error).__name__}: {error}") from error


def _only_own_images(address: object, _base: object = None) -> str:
    if str(address).startswith(codes.DATA_PREFIX):
        return str(address)
    raise PaperError("a paper asked for a resource outside the product")


def _page(body: str, title: str, paper: PageSize) -> str:
    """The whole document. Pages after the first carry their number at the top (NĐ 30/2020)."""
    top, right, bottom, left = paper.margins
    inner = f"left:{left}mm; width:{paper.width - left - right}mm"
    size = f"size:{paper.width}mm {paper.height}mm"
    rest_top = top + 6
    return (
        f'<html lang="vi"><head><title>{escape(title)}</title><style>'
        f"@page {{ {size}; margin:{top}mm {right}mm {bottom}mm {left}mm }}"
        f"@page rest {{ {size};"
        f" @frame number {{ -pdf-frame-content:page-number; {inner}; top:{top - 3}mm; height:7mm }}"
        f" @frame body {{ {inner}; top:{rest_top}mm; height:{paper.height - rest_top - bottom}mm }}"
        f"}} body {{ font-size:{paper.base_size}pt }}</style></head><body>"
        f'<div id="page-number"><p class="center"><pdf:pagenumber></p></div>{body}</body></html>'
    )


@cache
def _sheet() -> str:
    return str(DEFAULT_CSS) + SHEET.read_text(encoding="utf-8")


class _OwnContext(pisaContext):  # type: ignore[misc]
    """The engine's context with the product's sheet parsed once per process, not per document."""

    _parsed: dict[str, Any] = {}

    def _parseCSSSource(self, text: str, sourceName: str) -> Any:
        if not text.startswith(DEFAULT_CSS.strip()[:40]):
            return super()._parseCSSSource(text, sourceName)
        if text not in self._parsed:
            self._parsed[text] = super()._parseCSSSource(text, sourceName)
        return self._parsed[text]


# The library builds its context by this name and offers no argument for it.
document.pisaContext = _OwnContext


class _Listener(logging.Handler):
    """Collects the engine's warnings of one thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self.thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.heard.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    library = logging.getLogger("xhtml2pdf")
    library.propagate = False  # its warnings quote the text of the paper
    listener = _Listener()
    library.addHandler(listener)
    try:
        yield listener.heard
    finally:
        library.removeHandler(listener)
