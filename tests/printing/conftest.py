"""Reading papers back: their text, their pages as pictures, the marks on them."""

import io
import re
import subprocess
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest

from tests.tools import programs

WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')
Reader = Callable[[bytes], str]


def squeezed(text: str) -> str:
    """Text without any white space: lines break where they must, words stay what they are."""
    return "".join(text.split())


@pytest.fixture
def words() -> Reader:
    """Text of a PDF by pypdf, squeezed."""

    def read(pdf: bytes) -> str:
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        return squeezed("".join(page.extract_text() for page in pages))

    return read


@pytest.fixture
def layout(tmp_path: Path) -> Reader:
    """Text of a PDF by pdftotext, lines as they stand on the page."""
    program = programs.pdftotext()

    def read(pdf: bytes) -> str:
        file = tmp_path / "paper.pdf"
        file.write_bytes(pdf)
        command = [str(program), "-layout", str(file), "-"]
        text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        assert unicodedata.is_normalized("NFC", text)
        return text

    return read


@dataclass(frozen=True)
class Box:
    """Where a word stands on its page; points from the upper left corner."""

    word: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: "Box") -> bool:
        """Whether the two words are printed over one another, by more than accents may touch."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.5 and down > 0.3 * (self.bottom - self.top)


@pytest.fixture
def boxes(tmp_path: Path) -> Callable[[bytes], list[list[Box]]]:
    """The words of each page with their places."""
    program = programs.pdftotext()

    def read(pdf: bytes) -> list[list[Box]]:
        file = tmp_path / "paper.pdf"
        file.write_bytes(pdf)
        command = [str(program), "-bbox", str(file), "-"]
        listing = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        return [
            [Box(word, *map(float, place)) for *place, word in WORD.findall(page)]
            for page in listing.split("<page ")[1:]
        ]

    return read


@pytest.fixture
def marks(tmp_path: Path) -> Callable[[bytes], set[str]]:
    """What a scanner reads from the first page, as `QR-Code:…` and `CODE-128:…`."""
    draw, scan = programs.pdftoppm(), programs.zbarimg()

    def read(pdf: bytes) -> set[str]:
        file = tmp_path / "paper.pdf"
        file.write_bytes(pdf)
        picture = tmp_path / "page"
        command = [str(draw), "-r", "200", "-png", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run([*command, str(file), str(picture)], check=True)
        found = subprocess.run(
            [str(scan), "--quiet", f"{picture}.png"], capture_output=True, check=False, text=True
        )
        return set(found.stdout.split("\n")) - {""}

    return read
