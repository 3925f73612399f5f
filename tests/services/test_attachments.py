"""Files of a dossier: told by content, made PDF, kept by fingerprint, read back unchanged."""

import datetime as dt
import io
import os
import random
import struct
import time
import warnings
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from domain.codes import Status
from domain.errors import DomainError
from domain.events import Tag
from models.attachment import Attachment
from models.dossier import DossierPaper
from models.event import Event
from models.ids import uuid7
from services import attachments, convert
from services.attachments import attach, opened, read, sweep
from services.filestore import FileStore
from tests.services import small_office
from tests.services.small_office import NOW, Office


def picture(size=(400, 300), form="JPEG", mode="RGB", **more) -> bytes:
    image = Image.new(mode, size, "white" if mode not in ("1", "I;16") else 1)
    if mode != "I;16":
        ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill=0)
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def photo(width=4000, height=3000, **more) -> bytes:
    """What a phone makes of a page of text on a table: shades, noise and fine marks."""
    chance = random.Random(7)
    small = Image.effect_noise((width // 8, height // 8), 40).convert("RGB")
    image = small.resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    for _ in range(3000):
        x, y = chance.randrange(width), chance.randrange(height)
        pen.line((x, y, x + 30, y + 8), fill=(20, 20, 30), width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, **more)
    return out.getvalue()


def pdf(pages=1, change=None, **write) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refused(code: str, data: bytes, name: str = "") -> DomainError:
    with pytest.raises(DomainError) as error:
        convert.to_pdf(data, name)
    assert error.value.code == code
    assert error.value.text()
    return error.value


def pages_of(data: bytes):
    return PdfReader(io.BytesIO(data)).pages


# ---- conversion ----------------------------------------------------------------------------------
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


# ---- the store -----------------------------------------------------------------------------------
@pytest.fixture
def files(tmp_path) -> FileStore:
    return FileStore(tmp_path / "uploads")


def test_store_keeps_the_same_bytes_once_and_nothing_half(files):
    first, second = files.put(b"abc"), files.put(b"abc")
    assert first == second
    assert files.get(first) == b"abc"
    kept = [p for p in files.root.rglob("*") if p.is_file()]
    assert [p.name for p in kept] == [first]
    assert kept[0].stat().st_mode & 0o077 == 0


def test_store_leaves_nothing_behind_when_writing_fails(files, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        files.put(b"abc")
    assert [p for p in files.root.rglob("*") if p.is_file()] == []


def test_store_repairs_a_damaged_file_when_the_same_is_put_again(files):
    name = files.put(b"abc")
    (files.root / name[:2] / name).write_bytes(b"ab")
    files.put(b"abc")
    assert files.get(name) == b"abc"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "/" + "0" * 63])
def test_store_knows_no_other_names(files, name):
    with pytest.raises(DomainError):
        files.get(name)


# ---- the verb ------------------------------------------------------------------------------------
@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def dossier(office, session):
    made = small_office.dossier(office)
    session.commit()
    return made


def add(dossier, office, files, data=None, name="đơn.jpg", **more):
    actor = more.pop("actor", office.clerk)
    return attach(
        dossier, picture() if data is None else data, name, actor=actor, at=NOW, store=files, **more
    )


def test_attach_keeps_the_file_and_leaves_its_event(dossier, office, files, session):
    made = add(dossier, office, files, io.BytesIO(picture()), "C:\\Ảnh\\đơn đề nghị.jpg")
    session.expire_all()
    kept = session.get(Attachment, made.id)
    assert (kept.original_name, kept.title) == ("đơn đề nghị.jpg", "đơn đề nghị")
    assert (kept.original_type, kept.pages, kept.kind) == ("image/jpeg", 1, "scan")
    assert (kept.added_by, kept.added_at) == ("Nguyễn Thị Mận", NOW)
    assert kept.agency_id == office.agency.id
    data = read(kept, files)
    assert len(data) == kept.size
    event = session.query(Event).one()
    assert (event.tag, event.dossier_id, event.subject_id) == (Tag.file_attach, dossier.id, kept.id)
    assert event.changes["sha256"] == kept.sha256


def test_attach_belongs_to_a_paper_of_the_same_dossier(dossier, office, files, session):
    paper = DossierPaper(
        id=uuid7(), agency_id=office.agency.id, dossier_id=dossier.id, name="Đơn đề nghị"
    )
    session.add(paper)
    session.commit()
    assert add(dossier, office, files, paper_id=paper.id).paper_id == paper.id
    other = small_office.dossier(office, "Người khác")
    session.commit()
    for target, wrong in ((other, paper.id), (dossier, uuid7())):
        with pytest.raises(DomainError) as error:
            add(target, office, files, paper_id=wrong)
        assert (error.value.code, error.value.field) == ("value.invalid", "paper_id")


def test_attach_outdates_no_page_that_somebody_else_has_open(dossier, office, files, session):
    version = dossier.version
    add(dossier, office, files)
    session.expire_all()
    assert dossier.version == version


def test_attach_sent_twice_is_done_once(dossier, office, files, session):
    key = uuid7()
    first = add(dossier, office, files, op_id=key)
    assert add(dossier, office, files, op_id=key).id == first.id
    assert session.query(Attachment).count() == session.query(Event).count() == 1


def test_attach_refuses_a_file_too_large_before_looking_inside(dossier, office, files):
    with pytest.raises(DomainError) as error:
        add(dossier, office, files, io.BytesIO(b"x" * 2_000_001), limit=2_000_000)
    assert (error.value.code, error.value.facts) == ("file.too_large", {"limit": 2})


def test_attach_refuses_when_the_dossier_is_full(dossier, office, files, monkeypatch):
    add(dossier, office, files)
    monkeypatch.setattr(attachments, "MAX_DOSSIER", 5_000)
    with pytest.raises(DomainError) as error:
        add(dossier, office, files)
    assert error.value.code == "file.dossier_full"


def test_attach_refuses_what_the_state_machine_refuses(office, files, session):
    done = small_office.dossier(office, status=Status.returned, returned_at=NOW)
    session.commit()
    with pytest.raises(DomainError) as error:
        add(done, office, files)
    assert error.value.code == "dossier.not_allowed"
    assert session.query(Attachment).count() == session.query(Event).count() == 0


def test_attach_refuses_an_officer_of_another_agency(dossier, files, session):
    other = small_office.build("T88", "H15.88")
    with pytest.raises(DomainError):
        add(dossier, other, files)
    assert session.query(Attachment).count() == 0


def test_attach_refuses_when_somebody_else_changed_the_dossier(dossier, office, files, session):
    with pytest.raises(DomainError) as error:
        add(dossier, office, files, version=dossier.version + 1)
    assert error.value.code == "dossier.stale"


def test_attach_refuses_an_unknown_kind(dossier, office, files):
    with pytest.raises(DomainError) as error:
        add(dossier, office, files, kind="program")
    assert error.value.field == "kind"


def test_opened_leaves_the_event_of_the_reader(dossier, office, files, session):
    made = add(dossier, office, files)
    data = opened(made, actor=office.officer, at=NOW + dt.timedelta(hours=1), store=files)
    assert data.startswith(b"%PDF-")
    last = session.query(Event).order_by(Event.id.desc()).first()
    assert (last.tag, last.actor_name) == (Tag.file_read, "Trần Văn Đào")


@pytest.mark.parametrize("change", ["cut", "other", "gone"])
def test_read_refuses_a_file_that_is_no_longer_what_it_was(dossier, office, files, change):
    made = add(dossier, office, files)
    path = files.root / made.sha256[:2] / made.sha256
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + (b"" if change == "cut" else b"x"))
    with pytest.raises(DomainError) as error:
        read(made, files)
    assert error.value.code == "file.damaged"


def test_sweep_takes_old_files_without_a_row_and_nothing_else(dossier, office, files):
    made = add(dossier, office, files)
    orphan, young = files.put(b"left by a crash"), files.put(b"on its way")
    draft = files.root / orphan[:2] / f".{orphan}.1"
    draft.write_bytes(b"half")
    old = time.time() - attachments.ORPHAN_AGE - 60
    for name in (made.sha256, orphan):
        os.utime(files.root / name[:2] / name, (old, old))
    os.utime(draft, (old, old))
    assert sweep(files) == 1
    assert files.get(young) == b"on its way"
    assert read(made, files)
    assert not draft.exists()
    with pytest.raises(DomainError):
        files.get(orphan)


def test_sweep_spares_an_old_file_that_was_just_put_again(files, session):
    name = files.put(b"again")
    old = time.time() - attachments.ORPHAN_AGE - 60
    os.utime(files.root / name[:2] / name, (old, old))
    files.put(b"again")
    assert sweep(files) == 0
