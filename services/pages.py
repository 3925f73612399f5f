"""A page of a stored PDF as a picture, for looking at it in a page.

Pictures are kept in a folder of bounded size. Several processes may use it at once: a picture is
written whole or not at all, and one that another process has just thrown away is drawn again.
"""

import contextlib
import hashlib
import io
import secrets
import subprocess
import sys
from pathlib import Path

from pypdf import PdfReader

from domain.errors import DomainError

#: How wide a picture may be; outside of it the nearest width is drawn.
NARROWEST, WIDEST = 40, 2400
#: Seconds until a page that is still being drawn counts as broken.
PATIENCE = 20
#: The folder of pictures has 256 parts; each keeps its newest within so many bytes.
PART_BYTES = 2_000_000
_PROGRAM = Path(__file__).with_name("page_drawing.py")
_NO_SUCH_PAGE = 3


def page_image(
    path: Path, number: int, *, width: int, turn: int = 0, kept: Path | None = None
) -> bytes:
    """The page with this number (from 1) as PNG, so many dots wide, turned clockwise by quarters.

    kept: the folder of pictures drawn before; without one the page is drawn anew.
    Errors: row.not_found for a page that is not there, file.broken.
    """
    return image_of(path.read_bytes(), number, width=width, turn=turn, kept=kept)


def image_of(
    pdf: bytes, number: int, *, width: int, turn: int = 0, kept: Path | None = None
) -> bytes:
    """The same of a PDF in memory. Errors: as `page_image`."""
    if number < 1:
        raise DomainError("row.not_found")
    width = max(NARROWEST, min(width, WIDEST))
    turn = turn // 90 * 90 % 360
    if kept is None:
        return _run(pdf, number, width, turn)
    place = _place(kept, pdf, number, width, turn)
    with contextlib.suppress(OSError):
        return place.read_bytes()
    picture = _run(pdf, number, width, turn)
    _keep(place, picture)
    return picture


def page_count(path: Path) -> int:
    """How many pages a PDF has. Errors: file.broken."""
    return int(_run(path.read_bytes(), 0, NARROWEST, 0))


def count_of(pdf: bytes) -> int:
    """The same of a PDF that we made ourselves, which may be read in this process."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


def _run(pdf: bytes, number: int, width: int, turn: int) -> bytes:
    """What the drawing program says; it gets no environment, hence no secrets."""
    command = [sys.executable, "-I", str(_PROGRAM), str(number), str(width), str(turn)]
    try:
        done = subprocess.run(
            command, input=pdf, capture_output=True, timeout=PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise DomainError("file.broken") from None
    if done.returncode == _NO_SUCH_PAGE:
        raise DomainError("row.not_found")
    if done.returncode:
        raise DomainError("file.broken")
    return done.stdout


# ---- pictures drawn before -----------------------------------------------------------------------
def _place(kept: Path, pdf: bytes, number: int, width: int, turn: int) -> Path:
    known = hashlib.sha256(pdf)
    known.update(f" {number} {width} {turn}".encode())
    name = known.hexdigest()
    return kept / name[:2] / f"{name}.png"


def _keep(place: Path, picture: bytes) -> None:
    """Keep a picture and throw away the oldest of its part; a full disk is no reason to fail."""
    if len(picture) > PART_BYTES:
        return
    draft = place.with_name(f".{secrets.token_hex(8)}")
    with contextlib.suppress(OSError):
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.touch(mode=0o600)
            draft.write_bytes(picture)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
    _shorten(place.parent)


def _shorten(part: Path) -> None:
    found = []
    for file in part.glob("*"):
        with contextlib.suppress(OSError):  # another process threw it away
            facts = file.stat()
            found.append((facts.st_mtime_ns, facts.st_size, file))
    total = 0
    for _, size, file in sorted(found, reverse=True):
        total += size
        if total > PART_BYTES:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
