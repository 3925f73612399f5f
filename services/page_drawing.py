"""A program of its own: draws one page of a PDF, or counts them, within limits of time and memory.

The library that reads PDFs meets arbitrary bytes and is not safe for threads. Here a file that
crashes it, or keeps it busy, ends this process and nothing else. It loads nothing of the product.
"""

import io
import resource
import sys

import pypdfium2 as pdfium
from PIL import Image, ImageChops

SECONDS, MEMORY = 10, 1_500_000_000
#: Dots of one picture; a page of odd shape becomes narrower than was asked for.
DOTS = 12_000_000
#: How the caller is told what was wrong.
NO_SUCH_PAGE, BROKEN = 3, 4
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def draw(page: pdfium.PdfPage, width: int, turn: int) -> bytes:
    """The page as PNG of few colours, so many dots wide after it was turned clockwise."""
    wide, high = page.get_size()
    if min(wide, high) <= 0:
        raise ValueError("a page without a size")
    across = high if turn in (90, 270) else wide
    scale = min(width / across, (DOTS / (wide * high)) ** 0.5)
    image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    few = image.quantize(128) if coloured(image) else image.convert("L").quantize(16)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def coloured(image: Image.Image) -> bool:
    """Whether there is more than grey on a page."""
    red, green, blue = image.resize((96, 96)).split()
    apart = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return any(part.getextrema()[1] > 24 for part in apart)  # type: ignore[operator]


def main(number: int, width: int, turn: int) -> int:
    """From a PDF the picture of a page, or for page 0 how many there are; gives the exit status."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        with pdfium.PdfDocument(sys.stdin.buffer.read()) as document:
            if number > len(document):
                return NO_SUCH_PAGE
            found = draw(document[number - 1], width, turn) if number else b"%d" % len(document)
    except (pdfium.PdfiumError, ValueError, OSError, MemoryError):
        return BROKEN
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
