"""The pages of one file, in a process of its own: `python -m services.scanning.sheets FILE FOLDER`.

A hostile file can then crash or fill only this process, and the pages use a processor without holding
up a request. Each page leaves `0001.pdf` and then `0001.json`; a page whose facts are there already is
left out, so that work goes on where it was broken off. Standard output says one JSON object a line.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from domain.errors import DomainError
from services.scanning import compress, marks, reading, straighten

#: Address space of the process; a page takes a few hundred megabytes at its worst.
MEMORY = 3 << 30
#: A process that uses more seconds of a processor than this for a page has met a trap.
SECONDS_A_PAGE = 30


def main(file: Path, folder: Path) -> int:
    """Work through the file. Ends with 0, or with 3 after a sentence about the file."""
    _bound()
    try:
        total = reading.count(file)
        _say(total=total)
        turn = 0
        done = {int(path.stem) for path in folder.glob("*.json")}
        resource.setrlimit(resource.RLIMIT_CPU, ((total + 2) * SECONDS_A_PAGE,) * 2)
        for page in reading.pages(file, done):
            turn = _page(page, folder, turn)
            _say(done=page.number)
    except DomainError as error:
        _say(error=error.code, facts=error.facts)
        return 3
    return 0


def _bound() -> None:
    """Little memory, one thread, and behind everybody who waits for an answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(10)
    cv2.setNumThreads(1)


def _page(page: reading.Page, folder: Path, before: int) -> int:
    """Look at one page and keep it; gives the quarter turn that the next page most likely needs."""
    finer = page.finer
    found = marks.find(_grey(page.image), (lambda: _grey(finer())) if finer else None)
    sheet = straighten.trimmed(page.image)
    turn = _quarter(sheet, found.turn, before)
    upright = straighten.level(straighten.turned(sheet, turn))
    kept = compress.keep(upright)
    facts: dict[str, Any] = {
        "marks": [mark.__dict__ for mark in found.marks],
        "unreadable": found.unreadable,
        "blank": kept.blank and not found.marks and not found.unreadable,
        "turn": turn,
    }
    _write(folder / f"{page.number:04d}.pdf", kept.pdf)
    _write(folder / f"{page.number:04d}.json", json.dumps(facts).encode())
    return turn


def _quarter(image: Image.Image, by_mark: int | None, before: int) -> int:
    """A mark knows which way is up; without one the lines of text do, and the page before."""
    if by_mark is not None:
        return by_mark
    lying = straighten.lies(image)
    if lying:
        return before if before in (90, 270) else 270
    return before if before in (0, 180) else 0


def _grey(image: Image.Image) -> marks.Grey:
    return np.ascontiguousarray(image.convert("L"), dtype=np.uint8)


def _write(path: Path, data: bytes) -> None:
    draft = path.with_suffix(
        f".{os.getpid()}"
    )  # one left behind by a killed worker may still write
    draft.write_bytes(data)
    draft.replace(path)


def _say(**facts: Any) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
