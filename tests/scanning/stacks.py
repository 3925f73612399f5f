"""Stacks of real paper for the tests: slips and cover sheets of dossiers, pages of text, backs."""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from models.dossier import Dossier
from printing import papers
from printing.engine import A4, render_pdf
from printing.papers import Lookup
from printing.registry import render
from tests.factories import dossiers as make
from tests.printing import samples
from tests.scanning import sheets

PUBLIC = "https://motcua.daklak.gov.vn"


def lookup(secret: str) -> Lookup:
    """Where marks lead, signed with the secret of the application under test."""
    return Lookup(PUBLIC, secret)


def covers(dossier: Dossier, secret: str) -> list[Any]:
    """The cover sheets of a dossier as scanned pages, in the order of its papers."""
    pdf = papers.cover_sheets(dossier, at=make.now(), lookup=lookup(secret))
    count = sum(p.handed_in for p in dossier.papers) + 1
    return [sheets.drawn(pdf, 150, page) for page in range(count)]


def slip(dossier: Dossier, secret: str) -> Any:
    """The slip of a dossier as a scanned page."""
    on = papers.Occasion(at=make.now(), officer="Trần Thanh Hùng")
    made = papers._Maker(dossier, on, lookup(secret), dossier.agency)
    return sheets.drawn(render("receipt_slip", made.receipt_slip()), 200)


@lru_cache(maxsize=32)
def text(number: int = 1) -> Any:
    """A page of print without any mark of ours."""
    party = samples.c.Party(name=f"Người nộp số {number}", address=f"Thôn {number}, xã Ea Tu")
    sheet = samples.refusal(code="", qr="", applicant=party, reason=f"Lý do {number}. " * 20)
    return sheets.drawn(render("refusal", sheet), 150)


@lru_cache(maxsize=8)
def dense(number: int) -> Any:
    """An A4 page full of print, at the dots of a usual scanner."""
    words = (
        f"{number}. " + "Căn cứ Luật Tổ chức chính quyền địa phương và đề nghị của người nộp; " * 3
    )
    lines = "".join(f"<p>{words}</p>" for _ in range(14))
    return sheets.drawn(render_pdf(lines, title="", paper=A4), 200)


def back(seed: int) -> Any:
    """The back of a sheet as a scanner gives it back: slanted, grey, grainy, and nothing on it."""
    chance = np.random.default_rng(seed)
    paper = sheets._pale(np.full((1754, 1240), 255, np.uint8), chance)
    return sheets._sensed(sheets._fed(paper, chance), chance)


def scanned(page: Any, seed: int) -> Any:
    """The page badly scanned."""
    return sheets.scanned(page, np.random.default_rng(seed))


def pdf(*pages: Any, quality: int = 70, dpi: int = 150) -> bytes:
    """The pages as one file, the way a scanner writes it."""
    images = [Image.fromarray(page) for page in pages]
    out = io.BytesIO()
    images[0].save(
        out, "PDF", save_all=True, append_images=images[1:], quality=quality, resolution=dpi
    )
    return out.getvalue()


def tiff(*pages: Any) -> bytes:
    """The pages as one TIFF, black and white, the way a fax or an old scanner writes it."""
    images = [Image.fromarray(page).convert("1") for page in pages]
    out = io.BytesIO()
    images[0].save(
        out, "TIFF", save_all=True, append_images=images[1:], compression="group4", dpi=(200, 200)
    )
    return out.getvalue()


def coloured(seed: int) -> Any:
    """A page in colour: print, a red seal over it, a signature in blue, a small photograph."""
    chance = np.random.default_rng(seed)
    page = np.repeat(dense(seed)[:, :, None], 3, axis=2).astype(np.float32)
    high, wide = page.shape[:2]
    rows, columns = np.mgrid[0:high, 0:wide]
    around = np.hypot(rows - high * 0.7, columns - wide * 0.6)
    seal = (around > wide * 0.13) & (around < wide * 0.15)
    page[seal] = (205, 30, 45)
    wave = high * 0.72 + 30 * np.sin(columns[0] / 25.0)
    pen = (np.abs(rows - wave[None, :]) < 3) & (columns > wide * 0.3) & (columns < wide * 0.5)
    page[pen] = (30, 50, 170)
    tones = chance.normal(128, 60, (12, 9, 3)).clip(0, 255)
    photo = np.kron(tones, np.ones((20, 20, 1)))
    page[40 : 40 + photo.shape[0], 40 : 40 + photo.shape[1]] = photo
    page += chance.normal(0, 4, page.shape)
    return page.clip(0, 255).astype(np.uint8)
