"""QR and Code128 marks as data addresses: made in memory, neither is ever a file.

The QR carries a link with a random token; the barcode carries the dossier code, which by itself
opens nothing (the public look-up shows no personal data for a code alone). Both are pictures of
whole modules and not vector drawings: a tenth of the engine's time, and as sharp on paper.
"""

import base64
import io
from functools import lru_cache

import segno
from PIL import Image
from reportlab.graphics.barcode.code128 import Code128

DATA_PREFIX = "data:image/png;base64,"
QR_ERROR_LEVEL = "m"  # 15 % of the mark may be soiled: enough for paper carried in a pocket
# Any of the eight masks makes a valid mark; trying them all for the fairest one takes four times
# as long as the rest of the mark, and random tokens leave no pattern for it to break up.
QR_MASK = 3
PIXELS = 3  # a module; a viewer that blurs one pixel at each edge still leaves it readable


@lru_cache(maxsize=64)  # the copies of one slip, and its reprint a moment later
def qr_image(payload: str) -> str:
    """`payload` as a QR mark with the quiet zone of four modules that the standard asks.

    ValueError when the payload is empty or longer than a QR holds.
    """
    if not payload:
        raise ValueError("a QR mark needs something to say")
    mark = segno.make(payload, error=QR_ERROR_LEVEL, micro=False, mask=QR_MASK)
    return mark.png_data_uri(scale=PIXELS, border=4)


@lru_cache(maxsize=64)
def cover_image(payload: str) -> str:
    """The mark of a cover sheet: a third of it may be soiled or torn, and a scanner still reads it."""
    if not payload:
        raise ValueError("a QR mark needs something to say")
    mark = segno.make(payload, error="h", micro=False, boost_error=False)
    return mark.png_data_uri(scale=PIXELS, border=4)


@lru_cache(maxsize=64)
def barcode_image(text: str) -> str:
    """`text` as a Code128 mark one pixel high; the form stretches it. ASCII only: ValueError."""
    if not text or not text.isascii():
        raise ValueError("a Code128 mark needs ASCII text")
    coded = Code128(text)
    coded.validate()
    coded.encode()
    # Bars are upper-case, spaces lower-case letters, A/a one module wide.
    row = b"".join(
        (b"\x00" if run.isupper() else b"\xff") * (ord(run.upper()) - 64)
        for run in coded.decompose()
    )
    mark = Image.frombytes("L", (len(row), 1), row).resize(
        (len(row) * PIXELS, 1), Image.Resampling.NEAREST
    )
    out = io.BytesIO()
    mark.convert("1").save(out, "PNG")
    return DATA_PREFIX + base64.b64encode(out.getvalue()).decode()
