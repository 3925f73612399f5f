"""Synthetic scans: our own printed papers as a scanner gives them back, turned, slanted, noisy, soiled.

Everything comes from a seed, so that a sheet that fails can be looked at again.
"""

import io
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import cv2
import numpy as np
import pypdfium2 as pdfium

from domain import marks
from domain.marks import Mark
from printing import contexts as c
from printing.registry import render
from tests.printing import samples

SECRET = "only-for-tests-" * 4
PUBLIC = "https://motcua.daklak.gov.vn"
#: Each real print is scanned so many times, never twice alike.
SCANS_OF_EACH = 10
PAPERS = (
    "Đơn đề nghị cấp giấy phép xây dựng nhà ở riêng lẻ",
    "Bản sao giấy tờ chứng minh quyền sử dụng đất",
    "Bản vẽ thiết kế xây dựng kèm theo giấy chứng nhận thẩm duyệt",
    "Giấy cam kết bảo đảm an toàn đối với công trình liền kề",
)
PEOPLE = ("Nguyễn Thị Hoa", "H’Hương Êban", "Y Bhiăm Niê", "Trần Đình Khuê", "Phạm Quốc Đạt")


class Sheet(NamedTuple):
    """One scanned sheet in grey, and what it must be matched with."""

    grey: Any
    code: str
    paper: int
    cover: bool
    seed: int


def code_of(number: int) -> str:
    """A dossier of its own for each print."""
    return f"H15.50.{number % 17:02d}.{number % 23:02d}-26{1 + number % 12:02d}08-{number:04d}"


def dossier_id(code: str) -> str:
    """The id that the dossier with this code has."""
    return f"id-of-{code}"


def paper_id(code: str, number: int) -> str | None:
    """The id of a paper of that dossier."""
    return f"paper-{number}-of-{code}" if number else None


def true_mark(mark: Mark) -> bool:
    """Whether the mark is one that was printed here."""
    return marks.agrees(mark, SECRET, dossier_id(mark.code), paper_id(mark.code, mark.paper))


def slip_address(code: str) -> str:
    """What the QR mark of a slip says."""
    return f"{PUBLIC}/tra-cuu/{code}?k={marks.slip_token(SECRET, dossier_id(code))}"


@lru_cache(maxsize=2)
def printed(number: int) -> tuple[bytes, str, int]:
    """One real paper as PDF, its code, and the number of the paper its cover names."""
    code = code_of(number)
    received = samples.RECEIVED + timedelta(days=number % 200, minutes=number)
    party = c.Party(
        name=PEOPLE[number % len(PEOPLE)], id_no=f"0661{number:08d}", phone="0905123456"
    )
    if number % 2:
        paper = number % (len(PAPERS) + 1)
        return cover(code, paper, party, received), code, paper
    address = slip_address(code)
    if number % 10 == 0:
        sheet = samples.control(code=code, qr=address, applicant=party, received_at=received)
        return render("control_slip", sheet), code, 0
    sheet = samples.slip(code=code, qr=address, applicant=party, received_at=received)
    return render("receipt_slip", sheet), code, 0


def cover(code: str, paper: int, party: c.Party, at: datetime) -> bytes:
    """The cover sheet of one paper."""
    qr = marks.cover_text(SECRET, code, paper, dossier_id(code), paper_id(code, paper))
    name = PAPERS[paper - 1] if paper else "Giấy tờ khác của hồ sơ"
    line = c.CoverLine(number=paper, paper=name, qr=qr)
    context = c.CoverContext(
        head=samples.SECTION,
        issued_at=at,
        code=code,
        applicant=party,
        procedure=samples.REQUEST,
        lines=(line,),
    )
    return render("cover_sheet", context)


def drawn(pdf: bytes, dpi: int, page: int = 0) -> Any:
    """A page of a PDF in grey."""
    with pdfium.PdfDocument(io.BytesIO(pdf)) as document:
        image = document[page].render(scale=dpi / 72).to_pil().convert("L")
    return np.asarray(image)


@lru_cache(maxsize=2)
def _page(number: int, dpi: int) -> tuple[Any, str, int]:
    pdf, code, paper = printed(number)
    return drawn(pdf, dpi), code, paper


def sheet(seed: int) -> Sheet:
    """The sheet with this number: a print, scanned badly in a way of its own."""
    number = seed // SCANS_OF_EACH + 1
    chance = np.random.default_rng(seed)
    dpi = int(chance.choice((200, 200, 240)))
    grey, code, paper = _page(number, dpi)
    return Sheet(scanned(grey, chance), code, paper, bool(number % 2), seed)


def scanned(grey: Any, chance: np.random.Generator) -> Any:
    """The page as a scanner gives it back: paper, light, feeder, sensor and file each do their part."""
    page = _soiled(_pale(grey, chance), chance)
    page = _fed(page, chance)
    page = _sensed(page, chance)
    return np.rot90(page, int(chance.integers(4))).copy()


def _pale(grey: Any, chance: np.random.Generator) -> Any:
    """Ink that is not black on paper that is not white, unevenly lit."""
    ink, paper = chance.uniform(0, 110), chance.uniform(185, 255)
    tones = np.clip(ink + np.arange(256) * ((paper - ink) / 255), 0, 255).astype(np.uint8)
    page = cv2.LUT(grey, tones)
    if chance.random() < 0.3:
        shade = np.linspace(chance.uniform(0.75, 1), 1, grey.shape[1], dtype=np.float32)
        page = (page * shade[None, :]).astype(np.uint8)
    return page


def _soiled(page: Any, chance: np.random.Generator) -> Any:
    """Stains of coffee, punched holes, a pen stroke."""
    height, width = page.shape
    for _ in range(int(chance.integers(0, 4))):
        size = int(chance.integers(15, width // 10))
        left, top = int(chance.integers(width - 2 * size)), int(chance.integers(height - 2 * size))
        part = page[top : top + 2 * size, left : left + 2 * size]
        stain = np.ones(part.shape, np.float32)
        cv2.circle(stain, (size, size), size, float(chance.uniform(0.6, 0.9)), -1)
        part[:] = (part * stain).astype(np.uint8)
    if chance.random() < 0.4:
        for share in (0.4, 0.6):
            cv2.circle(page, (width // 40, int(height * share)), width // 60, 20, -1)
    if chance.random() < 0.3:
        ends = [(int(chance.integers(width)), int(chance.integers(height))) for _ in range(2)]
        cv2.line(page, ends[0], ends[1], 70, 2, cv2.LINE_AA)
    return page


def _fed(page: Any, chance: np.random.Generator) -> Any:
    """Slanted by up to five degrees, and at the dots of another scanner."""
    height, width = page.shape
    angle, scale = chance.uniform(-5, 5), chance.uniform(0.85, 1.15)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    size = (int(width * scale * 1.06), int(height * scale * 1.06))
    matrix[:, 2] += ((size[0] - width) / 2, (size[1] - height) / 2)
    edge = int(chance.choice((255, 20)))
    return cv2.warpAffine(page, matrix, size, flags=cv2.INTER_LINEAR, borderValue=edge)


@lru_cache(maxsize=1)
def _grain() -> Any:
    """Noise of a sensor, larger than any page; each scan takes its own part of it."""
    return np.random.default_rng(7).normal(0, 16, (3600, 3600)).astype(np.int8)


def _sensed(page: Any, chance: np.random.Generator) -> Any:
    """Blur, noise, dust, and the artefacts of the file."""
    if chance.random() < 0.5:
        page = cv2.GaussianBlur(page, (0, 0), chance.uniform(0.5, 1.1))
    height, width = page.shape
    top, left = int(chance.integers(3600 - height)), int(chance.integers(3600 - width))
    grain = _grain()[top : top + height, left : left + width]
    strength = float(chance.uniform(2, 22)) / 16
    page = cv2.addWeighted(page, 1.0, grain, strength, 0, dtype=cv2.CV_8U)
    if chance.random() < 0.3:
        dust = chance.integers(0, page.size, page.size // 400)
        page.reshape(-1)[dust] = chance.choice((0, 255), dust.size)
    quality = int(chance.integers(25, 90))
    _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def checked(seed: int) -> tuple[int, str]:
    """Whether the sheet was matched: `right`, `none` or `wrong`; for a pool of processes."""
    from services.scanning.marks import find

    cv2.setNumThreads(1)
    made = sheet(seed)
    found = [mark for mark in find(made.grey).marks if mark.proof and true_mark(mark)]
    if not found:
        return seed, "none"
    wanted = (made.code, made.paper, made.cover)
    good = all((mark.code, mark.paper, mark.cover) == wanted for mark in found)
    return seed, "right" if good else "wrong"
