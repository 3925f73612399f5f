"""The process of the pages: small files that stay legible, upright pages, and no hostile file gets by."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pypdfium2 as pdfium
import pytest
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

import config
from domain.errors import DomainError
from services.convert import joined, to_pdf
from services.scanning import compress, reading, straighten
from tests.scanning import sheets, stacks

TWENTY_PAGES = 2_000_000


def worked(folder: Path, data: bytes) -> tuple[int, list[dict[str, Any]]]:
    """Exit status of the process and what it said, about this file."""
    file, desk = folder / "scan", folder / "desk"
    file.write_bytes(data)
    desk.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "services.scanning.sheets", str(file), str(desk)]
    done = subprocess.run(command, cwd=config.ROOT, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def drawn(pdf: bytes, dpi: int = 150) -> Any:
    with pdfium.PdfDocument(io.BytesIO(pdf)) as document:
        return np.asarray(document[0].render(scale=dpi / 72).to_pil().convert("RGB"))


def test_twenty_pages_of_print_and_colour_stay_below_two_megabytes_and_legible(tmp_path):
    pages = [
        stacks.coloured(n) if n % 4 == 0 else stacks.scanned(stacks.dense(n % 4), n)
        for n in range(20)
    ]
    status, said = worked(tmp_path, stacks.pdf(*pages, quality=92, dpi=200))
    assert (status, said[0], len(said)) == (0, {"total": 20}, 21)
    kept = [path.read_bytes() for path in sorted((tmp_path / "desk").glob("*.pdf"))]
    whole = joined(kept)
    assert len(whole) <= TWENTY_PAGES
    assert to_pdf(whole).pages == 20  # it may be kept as an attachment
    for page in pypdf.PdfReader(io.BytesIO(whole)).pages:
        ink = page["/Resources"]["/XObject"]["/Ink"]
        dots = ink["/Width"] / (float(page.mediabox.width) / 72)
        assert dots >= 150


def test_a_seal_stays_red_and_a_signature_blue():
    kept = drawn(compress.keep(Image.fromarray(stacks.coloured(3))).pdf).astype(int)
    red = (kept[:, :, 0] > kept[:, :, 1] + 70) & (kept[:, :, 0] > kept[:, :, 2] + 70)
    blue = (kept[:, :, 2] > kept[:, :, 0] + 50) & (kept[:, :, 2] > kept[:, :, 1] + 50)
    assert red.sum() > 1000 and blue.sum() > 200


def test_print_that_is_kept_can_be_read_as_before():
    """The mark of a slip, the finest print there is, still reads from the page that was kept."""
    page = sheets._page(2, 200)[0]
    kept = drawn(compress.keep(Image.fromarray(page).convert("RGB")).pdf, 200)
    from services.scanning.marks import find

    assert find(np.ascontiguousarray(kept[:, :, 0])).marks == find(page).marks


@pytest.mark.parametrize("angle", [-4.5, -2.0, -0.6, 0.0, 1.3, 3.3, 5.0])
def test_a_slant_is_measured_to_a_fraction_of_a_degree(angle):
    page = Image.fromarray(stacks.text(1)).convert("RGB")
    slanted = page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(240, 240, 240))
    assert straighten.slant(slanted) == pytest.approx(-angle, abs=0.35)


def test_a_page_that_lies_is_told_from_one_that_stands():
    page = Image.fromarray(stacks.text(2)).convert("RGB")
    assert [straighten.lies(straighten.turned(page, turn)) for turn in (0, 90, 180, 270)] == [
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("seed", range(8))
def test_the_back_of_a_sheet_is_blank_and_a_single_line_is_not(seed):
    back = stacks.back(seed)
    assert compress.keep(straighten.trimmed(Image.fromarray(back).convert("RGB"))).blank
    line = np.full((1754, 1240), 250, np.uint8)
    line[800:830, 200:1075] = stacks.text(seed)[170:200]  # as little as a signature
    assert not compress.keep(Image.fromarray(line).convert("RGB")).blank


def test_pages_that_are_done_are_not_done_again(tmp_path):
    data = stacks.pdf(stacks.text(1), stacks.text(2), stacks.text(3))
    worked(tmp_path, data)
    (tmp_path / "desk" / "0002.json").unlink()
    times = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "desk").iterdir()}
    status, said = worked(tmp_path, data)
    assert (status, said) == (0, [{"total": 3}, {"done": 2}])
    changed = {
        p.name for p in (tmp_path / "desk").iterdir() if times.get(p.name) != p.stat().st_mtime_ns
    }
    assert changed == {"0002.pdf", "0002.json"}


# ---- hostile files -------------------------------------------------------------------------------
def locked_pdf() -> bytes:
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.append(io.BytesIO(stacks.pdf(stacks.text(1))))
    writer.encrypt("mật khẩu", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def huge_pdf() -> bytes:
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(14_000, 14_000)  # five metres square
    writer.write(out)
    return out.getvalue()


def many_pages() -> bytes:
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    for _ in range(reading.MAX_PAGES + 1):
        writer.add_blank_page(100, 100)
    writer.write(out)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"MZ this is a program", "scan.type"),
        (lambda: b"%PDF-1.7 and nothing more", "file.broken"),
        (lambda: stacks.pdf(stacks.text(1))[:4000], "file.broken"),
        (lambda: stacks.tiff(stacks.text(1))[:600], "file.broken"),
        (locked_pdf, "file.encrypted"),
        (many_pages, "file.too_many_pages"),
        (bomb, "file.too_many_pixels"),
    ],
    ids=["program", "empty pdf", "half a pdf", "half a tiff", "locked", "pages", "bomb"],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path, make, code):
    status, said = worked(tmp_path, make())
    assert (status, said[-1]["error"]) == (3, code), said
    assert DomainError(code, **said[-1]["facts"]).text()


def test_a_sheet_of_five_metres_is_drawn_small(tmp_path):
    status, said = worked(tmp_path, huge_pdf())
    assert (status, said) == (0, [{"total": 1}, {"done": 1}])
    with pdfium.PdfDocument(tmp_path / "desk" / "0001.pdf") as document:
        assert max(document[0].get_size()) < 900


def test_scripts_of_a_pdf_do_not_outlive_it(tmp_path):
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.append(io.BytesIO(stacks.pdf(stacks.text(1))))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.write(out)
    status, _ = worked(tmp_path, out.getvalue())
    kept = (tmp_path / "desk" / "0001.pdf").read_bytes()
    assert status == 0 and b"JavaScript" not in kept
    assert to_pdf(kept).pages == 1
