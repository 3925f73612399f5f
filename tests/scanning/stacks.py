"""Stacks of real paper for the tests: slips and cover sheets of dossiers, pages of text, backs."""

import io
from typing import Any

import numpy as np
from PIL import Image

from models.dossier import Dossier
from printing import papers
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


def text(number: int = 1) -> Any:
    """A page of print without any mark of ours."""
    party = samples.c.Party(name=f"Người nộp số {number}", address=f"Thôn {number}, xã Ea Tu")
    sheet = samples.refusal(code="", qr="", applicant=party, reason=f"Lý do {number}. " * 20)
    return sheets.drawn(render("refusal", sheet), 150)


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
