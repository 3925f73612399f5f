"""A page as a small PDF: text as sharp black and white, colour and pictures softly behind it.

Black print is kept at the full number of dots (CCITT group 4); a seal in red, a signature in blue or a
photograph lies under it as a coarser picture. Twenty pages stay below two megabytes, and a red seal
stays red, as NĐ 30/2020 wants of a copy.
"""

import io
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.convert import LONG, SHORT

Grey = NDArray[np.uint8]
#: A page becomes coarser until it is below this many bytes.
PAGE_BYTES = 95_000
#: The picture under the text: share of the dots kept, and quality.
LAYERS = ((0.6, 55), (0.5, 42), (0.5, 28), (0.375, 28), (0.3, 18))
#: Ink below this share of the page is dust: the back of a sheet.
BLANK = 0.0001
_MARGIN = 0.05


class Kept(NamedTuple):
    """One page as PDF bytes, and whether nothing is on it."""

    pdf: bytes
    blank: bool


def keep(image: Image.Image) -> Kept:
    """The page, as small as its text allows."""
    colours = np.asarray(image.convert("RGB"))
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    even = _even(grey)
    ink = _ink(even)
    coloured, soft = _coloured(colours, even)
    blank = _share(coloured) < BLANK and _share(ink) < 0.02 and _share(_firm(grey)) < BLANK
    print_ = ink & ~soft
    fax = _fax(print_)
    for width in (3, 5):
        if len(fax) <= PAGE_BYTES * 0.8:
            break
        print_ = _firm(grey, width) & ~soft  # a noisy scan: smooth it first
        fax = _fax(print_)
    below = _below(colours, print_, coloured, PAGE_BYTES - len(fax))
    return Kept(_pdf(image.size, fax, below), blank)


# ---- what is ink ---------------------------------------------------------------------------------
def _even(grey: Any) -> Grey:
    """The page on evenly white paper, whatever the light was."""
    small = cv2.resize(grey, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    usual = float(np.median(small))  # the bed of the scanner may be whiter than the sheet on it
    small = np.minimum(small, min(usual * 1.06, 255)).astype(np.uint8)
    paper = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), 15)
    paper = cv2.GaussianBlur(paper, (0, 0), 3)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    out: Any = cv2.divide(grey, np.maximum(paper, 30), scale=255)
    return out  # type: ignore[no-any-return]


def _ink(even: Grey, dust: int = 6) -> NDArray[np.bool_]:
    """Where there is print: darker than half-way from the paper to the darkest, specks taken out."""
    soft = cv2.GaussianBlur(even, (3, 3), 0)
    some = soft[::3, ::3]
    darkest, paper = (float(level) for level in np.percentile(some, (0.3, 50)))
    grain = 1.48 * float(np.median(np.abs(some.astype(np.float32) - paper)))
    dark = (soft < paper - max((paper - darkest) * 0.42, 40, 5.5 * grain)).astype(np.uint8)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    small = facts[:, cv2.CC_STAT_AREA] < dust
    small[0] = True
    out: NDArray[np.bool_] = ~small[labels] if count > 1 else np.zeros(dark.shape, bool)
    return out


def _firm(grey: Any, width: int = 5) -> NDArray[np.bool_]:
    """The ink that is left when noise and dust are smoothed away."""
    return _ink(_even(cv2.medianBlur(grey, width)), dust=5 * width)


def _coloured(colours: Any, even: Grey) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where there is a seal, coloured ink or a picture, in whole patches; and what of it is no print.

    Black letters under a seal stay print: only dots that are coloured themselves, and pictures, do not.
    """
    small = cv2.resize(colours, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(small, 5)
    spread = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    limit = float(np.median(spread)) + 45  # tinted paper is no colour
    tones = cv2.resize(even, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA)
    tones = cv2.medianBlur(tones, 7)
    middle = ((tones > 40) & (tones < 200)).astype(np.uint8)
    picture = cv2.morphologyEx(middle, cv2.MORPH_OPEN, np.ones((13, 13), np.uint8))
    vivid = cv2.morphologyEx((spread > limit).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2)))
    patch = _full(cv2.dilate(cv2.bitwise_or(vivid, picture), np.ones((5, 5), np.uint8)), even)
    dots = colours.max(axis=2).astype(np.int16) - colours.min(axis=2) > limit
    return patch, (patch & dots) | _full(picture, even)


def _full(mask: Any, even: Grey) -> NDArray[np.bool_]:
    out: Any = cv2.resize(mask, (even.shape[1], even.shape[0]), interpolation=cv2.INTER_NEAREST)
    return out > 0  # type: ignore[no-any-return]


def _share(mask: NDArray[np.bool_]) -> float:
    """The share of the page that a mask covers; the edges, with shadows and holes, left out."""
    height, width = mask.shape
    top, side = int(height * _MARGIN), int(width * _MARGIN)
    return float(mask[top : height - top, side : width - side].mean())


# ---- what is written -----------------------------------------------------------------------------
def _fax(ink: NDArray[np.bool_]) -> bytes:
    """The mask in CCITT group 4, ink as black."""
    bits = Image.fromarray(ink)
    out = io.BytesIO()
    rows = -(-bits.width // 8) * bits.height
    bits.save(out, "TIFF", compression="group4", strip_size=rows)
    with Image.open(io.BytesIO(out.getvalue())) as written:
        tags = written.tag_v2  # type: ignore[attr-defined]
        start, length = tags[273][0], tags[279][0]
    return out.getvalue()[start : start + length]


def _below(
    colours: Any, ink: NDArray[np.bool_], coloured: NDArray[np.bool_], room: int
) -> tuple[bytes, tuple[int, int]] | None:
    """The picture under the text as JPEG with its size; None where nothing has colour or tone."""
    if _share(coloured) < 0.0002:
        return None
    clean = _without(colours, ink)
    clean[~coloured] = 255
    for share, quality in LAYERS:
        size = (max(round(ink.shape[1] * share), 1), max(round(ink.shape[0] * share), 1))
        layer = Image.fromarray(cv2.resize(clean, size, interpolation=cv2.INTER_AREA))
        out = io.BytesIO()
        layer.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= room:
            break
    return out.getvalue(), size


def _without(colours: Any, ink: NDArray[np.bool_]) -> Any:
    """The page with its print taken out, so that it leaves no shadow under the sharp letters."""
    around = cv2.dilate(colours, np.ones((9, 9), np.uint8))
    wide = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    out = colours.copy()
    out[wide] = around[wide]
    return out


def _pdf(size: tuple[int, int], fax: bytes, below: tuple[bytes, tuple[int, int]] | None) -> bytes:
    """One page, at most A4, with the picture and the print upon it."""
    short, long = sorted(size)
    dots = max(short / SHORT, long / LONG, 100)
    width, height = (f"{side * 72 / dots:.2f}" for side in size)
    place = f"q {width} 0 0 {height} 0 0 cm /%s Do Q\n"
    names, drawn, images = "/Ink 5 0 R", "", []
    images.append(
        _stream(
            f"/Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]} /ImageMask true"
            f" /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms"
            f" << /K -1 /Columns {size[0]} /Rows {size[1]} >>",
            fax,
        )
    )
    if below is not None:
        data, (wide, high) = below
        names, drawn = names + " /Below 6 0 R", place % "Below"
        images.append(
            _stream(
                f"/Type /XObject /Subtype /Image /Width {wide} /Height {high}"
                " /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
                data,
            )
        )
    drawn += place % "Ink"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R"
        f" /Resources << /XObject << {names} >> >> >>".encode(),
        _stream("", drawn.encode()),
        *images,
    ]
    return _file(objects)


def _stream(facts: str, data: bytes) -> bytes:
    head = f"<< {facts} /Length {len(data)} >>\nstream\n".encode()
    return head + data + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n".encode()
    return bytes(out + f"startxref\n{table}\n%%EOF\n".encode())
