"""Pages as pictures: their size, their turn, what is refused, and the folder that keeps them."""

import io
import multiprocessing
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from domain.errors import DomainError
from services import pages
from services.pages import image_of, page_count, page_image
from tests.services.scans import pdf


def marked() -> bytes:
    """A page of 600 × 800 points whose upper left quarter is black."""
    sheet = Image.new("RGB", (600, 800), "white")
    sheet.paste((0, 0, 0), (0, 0, 300, 400))
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=72)
    return out.getvalue()


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("L")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(marked())
    return path


@pytest.mark.parametrize(
    ("turn", "size", "black"),
    [
        (0, (600, 800), (0.25, 0.25)),
        (90, (600, 450), (0.75, 0.25)),
        (180, (600, 800), (0.75, 0.75)),
        (270, (600, 450), (0.25, 0.75)),
        (-90, (600, 450), (0.25, 0.75)),
    ],
)
def test_page_image_is_as_wide_as_asked_and_turned_clockwise(file, turn, size, black):
    image = opened(page_image(file, 1, width=600, turn=turn))
    assert all(abs(a - b) <= 1 for a, b in zip(image.size, size, strict=True))
    for x, y in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]:
        dot = image.getpixel((int(image.width * x), int(image.height * y)))
        assert (dot < 60) == ((x, y) == black)


@pytest.mark.parametrize(("asked", "width"), [(-5, 40), (0, 40), (99_999, 2400)])
def test_page_image_keeps_its_width_in_bounds(file, asked, width):
    assert abs(opened(page_image(file, 1, width=asked)).width - width) <= 1


def test_page_image_of_an_odd_shape_is_bounded():
    writer = PdfWriter()
    writer.add_blank_page(10, 14_000)
    out = io.BytesIO()
    writer.write(out)
    image = opened(image_of(out.getvalue(), 1, width=2000))
    assert image.width * image.height < 13_000_000


@pytest.mark.parametrize("number", [-1, 0, 4])
def test_page_that_is_not_there_is_refused(number):
    with pytest.raises(DomainError) as refused:
        image_of(pdf(3), number, width=400)
    assert refused.value.code == "row.not_found"


def test_page_count_counts(tmp_path):
    path = tmp_path / "three.pdf"
    path.write_bytes(pdf(3))
    assert page_count(path) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7 nothing more",
        marked()[:300],
        pdf(1, lambda writer: writer.encrypt("secret")),
    ],
)
def test_broken_and_locked_files_are_refused(data):
    with pytest.raises(DomainError) as refused:
        image_of(data, 1, width=400)
    assert refused.value.code == "file.broken"


def test_page_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(pages, "PATIENCE", 0.001)
    with pytest.raises(DomainError) as refused:
        image_of(marked(), 1, width=400)
    assert refused.value.code == "file.broken"


# ---- the folder of pictures ----------------------------------------------------------------------
def test_picture_is_drawn_once_and_then_kept(tmp_path, monkeypatch):
    data = marked()  # written once: the file says in which second it was made
    first = image_of(data, 1, width=400, kept=tmp_path)
    monkeypatch.setattr(pages, "_run", lambda *_: pytest.fail("drawn again"))
    assert image_of(data, 1, width=400, kept=tmp_path) == first
    kept = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert [p.stat().st_mode & 0o077 for p in kept] == [0]


def test_folder_of_pictures_stays_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "_run", lambda *_: b"x" * 600_000)
    monkeypatch.setattr(pages, "_place", lambda _k, _p, n, *_: tmp_path / "00" / f"{n}.png")
    for number in range(1, 9):
        image_of(b"any", number, width=400, kept=tmp_path)
    assert sum(p.stat().st_size for p in tmp_path.rglob("*.png")) <= pages.PART_BYTES
    assert (tmp_path / "00" / "8.png").exists()


def _leaf(folder: Path) -> list[bytes]:
    return [image_of(marked(), 1, width=400 + n % 2, kept=folder) for n in range(4)]


def test_folder_of_pictures_is_safe_for_several_processes(tmp_path):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        answers = pool.map(_leaf, [tmp_path] * 3)
    assert len({bytes(a) for answer in answers for a in answer}) == 2
    assert [p for p in tmp_path.rglob(".*") if p.is_file()] == []
