"""The one typeface on paper: Tinos, metric-compatible with Times New Roman (NĐ 30/2020, PL I).

Shipped with the product (`printing/fonts/`, SIL Open Font License), registered once per process.
"""

from functools import cache, lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus.tables import CellStyle
from xhtml2pdf.default import DEFAULT_FONT

FAMILY = "tinos"
REGULAR, BOLD, ITALIC, BOLD_ITALIC = "Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"
FOLDER = Path(__file__).parent / "fonts"
FILES = {
    REGULAR: "Tinos-Regular.ttf",
    BOLD: "Tinos-Bold.ttf",
    ITALIC: "Tinos-Italic.ttf",
    BOLD_ITALIC: "Tinos-BoldItalic.ttf",
}


@cache
def register() -> None:
    """Make the four faces known to reportlab and to xhtml2pdf; further calls do nothing.

    Registered here and not by @font-face: the sheet then needs no file access at all, and the
    faces (2 MB) are parsed once per process instead of once per document.
    """
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, FOLDER / file))
    pdfmetrics.registerFontFamily(FAMILY, REGULAR, BOLD, ITALIC, BOLD_ITALIC)
    DEFAULT_FONT[FAMILY] = FAMILY
    # Every page and every cell of a table opens in a face, used or not: one that is in the file,
    # so that no paper names a face that it does not bring along.
    rl_config.canvas_basefontname = CellStyle.fontname = REGULAR


@lru_cache(maxsize=20_000)  # a register repeats its words: names, places, procedures
def width(text: str, face: str, size: float) -> float:
    """Width of `text` in points when set in `face` at `size` points."""
    register()
    return float(pdfmetrics.stringWidth(text, face, size))
