"""Files that arrive: told by content, made PDF, refused where they are broken or would act."""

import io
import struct
import time
import warnings
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from domain.errors import DomainError
from services import convert
from tests.services.scans import pdf, photo, picture


def refused(code: str, data: bytes, name: str = "") -> DomainError:
    with pytest.raises(DomainError) as error:
        convert.to_pdf(data, name)
    assert error.value.code == code
    assert error.value.text()
    return error.value


def pages_of(data: bytes):
    return PdfReader(io.BytesIO(data)).pages


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture(form="JPEG"), "image/jpeg"),
        (picture(form="PNG"), "image/png"),
        (picture(form="PNG", mode="L"), "image/png"),
        (picture(form="PNG", mode="P"), "image/png"),
        (picture(form="PNG", mode="RGBA"), "image/png"),
        (picture(form="JPEG", mode="CMYK"), "image/jpeg"),
        (picture(form="TIFF", mode="1", compression="group4"), "image/tiff"),
        (picture(form="TIFF", mode="I;16"), "image/tiff"),
        (picture(form="HEIF"), "image/heic"),
        (pdf(), "application/pdf"),
    ],
)
def test_convert_makes_one_page_of_every_accepted_kind(data, kind):
    made = convert.to_pdf(data)
    assert (made.pages, made.original_type) == (1, kind)
    assert made.pdf.startswith(b"%PDF-")
    assert len(pages_of(made.pdf)) == 1


def test_convert_keeps_a_pdf_byte_for_byte_because_it_may_be_signed():
    data = pdf(3)
    assert convert.to_pdf(data, "đơn.PDF") == (data, 3, "application/pdf")


def test_convert_makes_a_page_of_every_frame_of_a_tiff():
    frames = [Image.new("L", (300 + i, 400), 255) for i in range(5)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    made = convert.to_pdf(out.getvalue(), "quyet-dinh.tif")
    assert made.pages == len(pages_of(made.pdf)) == 5


def test_convert_refuses_a_tiff_of_too_many_frames(monkeypatch):
    monkeypatch.setattr(convert, "MAX_FRAMES", 3)
    frames = [Image.new("1", (50, 50), 1) for _ in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    refused("file.too_many_pages", out.getvalue())


@pytest.mark.parametrize(("orientation", "tall"), [(1, False), (3, False), (6, True), (8, True)])
def test_convert_puts_a_picture_upright(orientation, tall):
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = convert.to_pdf(picture((800, 600), exif=exif))
    box = pages_of(made.pdf)[0].mediabox
    assert (box.height > box.width) is tall
    drawn = pages_of(made.pdf)[0].images[0].image.convert("L")
    width, height = drawn.size
    corners = [(2, 2), (width - 3, 2), (width - 3, height - 3), (2, height - 3)]
    black = [i for i, place in enumerate(corners) if drawn.getpixel(place) < 100]
    assert black == [{1: 0, 3: 2, 6: 1, 8: 3}[orientation]]


def test_convert_makes_a_phone_photo_less_than_a_megabyte_of_at_most_a4():
    data = photo()
    assert len(data) > 2_000_000
    made = convert.to_pdf(data, "IMG_2026.jpg")
    assert len(made.pdf) < 1_000_000
    box = pages_of(made.pdf)[0].mediabox
    assert float(box.width) <= 842.5
    assert float(box.height) <= 595.5
    drawn = pages_of(made.pdf)[0].images[0].image
    assert max(drawn.size) <= 2338
    assert max(drawn.size) > 2000


def test_convert_accepts_fifty_megapixels_and_refuses_more():
    made = convert.to_pdf(picture((8660, 5773), mode="L", quality=60))
    assert made.pages == 1
    error = refused("file.too_many_pixels", picture((8700, 5800), "PNG", "1"))
    assert error.facts["limit"] == 50


def test_convert_does_not_unpack_a_bomb():
    chunks = b""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 10_000_000, 9))):
        crc = struct.pack(">I", zlib.crc32(kind + body))
        chunks += struct.pack(">I", len(body)) + kind + body + crc
    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused("file.too_many_pixels", b"\x89PNG\r\n\x1a\n" + chunks)
    assert time.monotonic() - started < 2


def test_convert_makes_the_same_bytes_of_the_same_picture():
    data = picture()
    first = convert.to_pdf(data).pdf
    time.sleep(1.1)
    assert convert.to_pdf(data).pdf == first


def test_convert_leaves_out_where_a_photo_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[29] = "2026:10:08"
    made = convert.to_pdf(picture(exif=exif))
    assert b"PhoneMaker" not in made.pdf
    assert b"2026:10:08" not in made.pdf


@pytest.mark.parametrize(
    ("code", "data", "name"),
    [
        ("file.empty", b"", "a.pdf"),
        ("file.type", b"MZ\x90\0 program", "a.pdf"),
        ("file.type", b"<html><script>", "a.jpg"),
        ("file.type", b"GIF89a" + b"\0" * 50, "a.gif"),
        ("file.type", b"PK\x03\x04", "a.docx"),
        ("file.mismatch", picture(), "a.pdf"),
        ("file.mismatch", pdf(), "a.jpg"),
        ("file.mismatch", pdf(), "a.exe"),
        ("file.mismatch", picture(), "a.html"),
        ("file.broken", picture()[:600], "a.jpg"),
        ("file.broken", b"\xff\xd8\xff" + b"x" * 100, "a.jpg"),
        ("file.broken", b"\x89PNG\r\n\x1a\n" + b"x" * 100, "a.png"),
        ("file.broken", b"II*\0" + b"x" * 100, "a.tif"),
        ("file.broken", b"\0\0\0\x18ftypheic" + b"x" * 100, "a.heic"),
        ("file.broken", b"%PDF-1.7\nnothing", "a.pdf"),
        ("file.broken", pdf()[:200], "a.pdf"),
    ],
)
def test_convert_refuses_with_a_sentence(code, data, name):
    assert refused(code, data, name).field == "file"


@pytest.mark.parametrize("name", ["", "scan", "a.JPG", "a.jpeg", "a.png", ".jpg", "IMG.heic"])
def test_convert_does_not_mind_how_phones_name_a_picture(name):
    assert convert.to_pdf(picture(), name).pages == 1


def _script(writer):
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    )
    names = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), action])})
    tree = DictionaryObject({NameObject("/JavaScript"): writer._add_object(names)})
    writer.root_object[NameObject("/Names")] = tree


def _launch(writer):
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)


def _launch_by_detour(writer):
    kind = writer._add_object(NameObject("/Launch"))
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/A"): DictionaryObject({NameObject("/S"): kind}),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


def _embedded(writer):
    writer.add_attachment("virus.exe", b"MZ")


def _field_script(writer):
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    )
    extra = DictionaryObject({NameObject("/K"): action})
    field = DictionaryObject({NameObject("/FT"): NameObject("/Tx"), NameObject("/AA"): extra})
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([writer._add_object(field)])})
    writer.root_object[NameObject("/AcroForm")] = writer._add_object(form)


@pytest.mark.parametrize("change", [_script, _launch, _launch_by_detour, _embedded, _field_script])
def test_convert_refuses_a_pdf_that_acts(change):
    refused("file.active", pdf(1, change), "đơn.pdf")


def test_convert_lets_a_pdf_open_at_a_page():
    def change(writer):
        place = [writer.pages[0].indirect_reference, NameObject("/Fit")]
        writer.root_object[NameObject("/OpenAction")] = ArrayObject(place)
        writer.add_outline_item(title="Trang 1", page_number=0)

    assert convert.to_pdf(pdf(2, change)).pages == 2


def test_convert_refuses_a_pdf_with_a_password():
    refused("file.encrypted", pdf(1, lambda w: w.encrypt("secret", algorithm="RC4-128")))
    refused("file.encrypted", pdf(1, lambda w: w.encrypt("", "owner", algorithm="RC4-128")))


def test_convert_refuses_a_pdf_that_contains_itself():
    def change(writer):
        pages = writer.root_object["/Pages"]
        pages["/Kids"].append(pages.indirect_reference)
        pages[NameObject("/Count")] = NumberObject(2)

    started = time.monotonic()
    with pytest.raises(DomainError):
        convert.to_pdf(pdf(1, change))
    assert time.monotonic() - started < 5


def test_convert_refuses_a_book_of_a_pdf(monkeypatch):
    monkeypatch.setattr(convert, "MAX_PAGES", 4)
    refused("file.too_many_pages", pdf(5))
