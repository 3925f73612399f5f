"""What was handed in becomes a PDF: told by its content, checked, made small enough to keep.

A picture may be a phone's: 50 megapixels, lying on its side. It becomes a page of at most A4 at 200
dots per inch. A PDF is kept byte for byte, because a signature in it must stay valid, or refused.
"""

import io
import logging
from collections.abc import Iterator
from typing import NamedTuple

import pillow_heif
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, PdfObject

from domain.errors import DomainError

pillow_heif.register_heif_opener(thumbnails=False)
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks would quote file contents

MAX_PIXELS = 50_000_000
MAX_PAGES = 1000
#: Pages of one TIFF, and the work they may make altogether.
MAX_FRAMES, MAX_TOTAL_PIXELS = 200, 1_000_000_000
#: A4 in inches, and the dots kept per inch of it.
SHORT, LONG, DPI = 8.27, 11.69, 200
#: A page becomes smaller by coarser compression until it is below this many bytes.
PAGE_BYTES = 900_000
QUALITIES = (80, 65, 50, 35)

_TYPES = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jfif", ".jpe"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    "image/heic": (".heic", ".heif"),
}
_FORMATS = {
    "image/jpeg": ("JPEG",),  # with more than one picture inside, the first
    "image/png": ("PNG",),
    "image/tiff": ("TIFF",),
    "image/heic": ("HEIF",),
}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_ACTIVE = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/FileAttachment",
    "/RichMedia",
    "/ImportData",
    "/SubmitForm",
    "/GoToE",
    "/XFA",
}
#: Objects looked at in one PDF; a scan has a few per page.
MAX_OBJECTS = 300_000


class Converted(NamedTuple):
    """The PDF to keep, its number of pages, and the media type of what was handed in."""

    pdf: bytes
    pages: int
    original_type: str


def to_pdf(data: bytes, name: str = "") -> Converted:
    """The PDF of a PDF, JPEG, PNG, TIFF or HEIC file; `name` must not claim to be another kind.

    Errors: file.empty, file.type, file.mismatch, file.broken, file.encrypted, file.active,
    file.too_many_pages, file.too_many_pixels.
    """
    if not data:
        raise DomainError("file.empty", field="file")
    kind = media_type(data)
    _check_name(kind, name)
    if kind == "application/pdf":
        return Converted(data, check_pdf(data), kind)
    pages = [_page(image) for image in pictures(data, kind)]
    return Converted(joined(pages), len(pages), kind)


def media_type(data: bytes) -> str:
    """The media type told by the first bytes. Errors: file.type."""
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] in (b"II*\0", b"MM\0*"):
        return "image/tiff"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "image/heic"
    raise DomainError("file.type", field="file")


def _check_name(kind: str, name: str) -> None:
    """Phones confuse kinds of pictures; a picture called PDF, or a PDF called program, is a lie."""
    dot = name.rfind(".")
    ending = name[dot:].lower() if dot > 0 else ""
    if not ending or ending in _TYPES[kind]:
        return
    pictures = [e for k, endings in _TYPES.items() if k != "application/pdf" for e in endings]
    if kind == "application/pdf" or ending not in pictures:
        raise DomainError("file.mismatch", field="file")


# ---- PDF -----------------------------------------------------------------------------------------
def check_pdf(data: bytes) -> int:
    """The number of pages of a PDF that may be kept. Errors: as `to_pdf`."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise DomainError("file.encrypted", field="file")
        _refuse_active(reader)
        pages = len(reader.pages)
    except DomainError:
        raise
    except (
        Exception
    ):  # the parser meets arbitrary bytes: whatever it stumbles over, the file is broken
        raise DomainError("file.broken", field="file") from None
    if not pages:
        raise DomainError("file.broken", field="file")
    if pages > MAX_PAGES:
        raise DomainError("file.too_many_pages", field="file", limit=MAX_PAGES)
    return pages


def _refuse_active(reader: PdfReader) -> None:
    """Walk everything that can be reached; scripts, programs and hidden files have names."""
    waiting: list[PdfObject] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    looked_at = 0
    while waiting:
        item: PdfObject | None = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            item = item.get_object()
        looked_at += 1
        if looked_at > MAX_OBJECTS:
            raise DomainError("file.broken", field="file")
        if isinstance(item, DictionaryObject):
            _refuse_names(item)
            waiting += [v for v in item.values() if _has_parts(v)]
        elif isinstance(item, ArrayObject):
            waiting += [v for v in item if _has_parts(v)]


def _has_parts(value: object) -> bool:
    return isinstance(value, IndirectObject | DictionaryObject | ArrayObject)


def _refuse_names(item: DictionaryObject) -> None:
    named = {str(item[key]) for key in ("/S", "/Type", "/Subtype") if key in item}
    present = {k for k, v in item.items() if not isinstance(v, NullObject)}
    if _ACTIVE & (named | present):
        raise DomainError("file.active", field="file")


# ---- pictures ------------------------------------------------------------------------------------
def pictures(data: bytes, kind: str) -> Iterator[Image.Image]:
    """The pictures of a file one after the other, upright, none larger than a page needs."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS[kind]) as image:
            frames = ImageSequence.Iterator(image) if kind == "image/tiff" else iter([image])
            total = 0
            for number, frame in enumerate(frames, 1):
                if number > MAX_FRAMES:
                    raise DomainError("file.too_many_pages", field="file", limit=MAX_FRAMES)
                total += _pixels(frame)
                if total > MAX_TOTAL_PIXELS:
                    raise DomainError("file.too_many_pixels", field="file", limit=_millions(total))
                yield _fitted(frame)
    except DomainError:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError):
        raise DomainError("file.broken", field="file") from None


def _pixels(image: Image.Image) -> int:
    """Known from the header: nothing is unpacked before this is checked."""
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise _too_many_pixels()
    return pixels


def _too_many_pixels() -> DomainError:
    return DomainError("file.too_many_pixels", field="file", limit=_millions(MAX_PIXELS))


def _millions(pixels: int) -> int:
    return min(pixels, MAX_TOTAL_PIXELS) // 1_000_000


def _fitted(frame: Image.Image) -> Image.Image:
    if frame.mode == "1":  # a fax page is small as it is, and grey would blur it
        return ImageOps.exif_transpose(frame.copy())
    longest, shortest = round(LONG * DPI), round(SHORT * DPI)
    upright = frame.height >= frame.width
    box = (shortest, longest) if upright else (longest, shortest)
    if frame.format in ("JPEG", "MPO"):
        frame.draft("RGB", box)
    image = _flat(frame)
    image.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.getexif().update(frame.getexif())
    return ImageOps.exif_transpose(image)


def _flat(image: Image.Image) -> Image.Image:
    """Grey or RGB without transparency, on white paper."""
    if image.mode in ("L", "RGB"):
        return image.copy()
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        above = image.convert("RGBA")
        paper = Image.new("RGBA", above.size, "white")
        return Image.alpha_composite(paper, above).convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits, stretched from its darkest to its lightest."""
    grey = image.convert("F")
    low, high = (float(edge) for edge in grey.getextrema())  # type: ignore[arg-type]
    scale = 255 / max(high - low, 1.0)
    return grey.point(lambda value: value * scale - low * scale).convert("L")


def _page(image: Image.Image) -> bytes:
    """One page as PDF, as large as the picture and at most A4."""
    short, long = sorted(image.size)
    resolution = max(short / SHORT, long / LONG, 100)
    if image.mode == "1":
        return _saved(image, resolution=resolution)
    for quality in QUALITIES:
        page = _saved(image, resolution=resolution, quality=quality)
        if len(page) <= PAGE_BYTES:
            break
    return page


def _saved(image: Image.Image, **options: float) -> bytes:
    out = io.BytesIO()
    image.save(out, "PDF", **options)
    return out.getvalue()


def joined(pages: list[bytes]) -> bytes:
    """The same picture always becomes the same bytes: no date, no random identifier."""
    writer = PdfWriter()
    for page in pages:
        writer.append(io.BytesIO(page), import_outline=False)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
