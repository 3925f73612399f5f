"""A folder that a scanner writes into: files that have settled are taken in, and moved when done.

Below the folder lies one folder for each counter or agency, named by its code. A file is taken in by
its bytes, so it does not matter when the work is broken off: seen again, it is known.
"""

import datetime as dt
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from domain.errors import DomainError
from models.base import db
from models.organisation import Unit
from models.scan import BatchState, ScanBatch
from models.scope import Scope, within
from services.acting import system
from services.scanning.filing import MAX_SCAN, Place, take
from services.scanning.kinds import ENDINGS

log = logging.getLogger(__name__)

#: A file is whole when neither its size nor its time has changed for so many seconds.
SETTLED = 4.0
#: A file that could not be taken in is tried again after so many seconds.
LATER = 60.0
DONE, FAILED = "da-xong", "loi"
_CODE = re.compile(r"[A-Za-z0-9.\-]{1,40}")


@dataclass
class _Known:
    """How a file looked, since when, and the batch it became."""

    looks: tuple[int, int]
    since: float
    batch_id: str | None = None


class Watcher:
    """Remembers between two looks how the files of a folder were."""

    def __init__(
        self, folder: Path, say: Callable[[DomainError], str] = str, settled: float = SETTLED
    ) -> None:
        self.folder, self.say, self.settled = folder, say, settled
        self.known: dict[Path, _Known] = {}

    def look(self, place: Place, at: dt.datetime) -> int:
        """Take in what has settled, move what is finished; gives how many files were taken in."""
        taken, present = 0, set()
        for path in self._files():
            present.add(path)
            known = self._noted(path)
            if known is None:
                continue
            if known.batch_id is None:
                known.since = time.monotonic() + LATER  # when it is refused, not at every look
                known.batch_id = self._taken(path, place, at)
                taken += known.batch_id is not None
            if known.batch_id is not None:
                self._moved(path, known.batch_id)
        self.known = {path: known for path, known in self.known.items() if path in present}
        return taken

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(
            path
            for folder in self.folder.iterdir()
            if folder.is_dir() and not folder.is_symlink() and _CODE.fullmatch(folder.name)
            for path in folder.iterdir()
            if path.suffix.lower() in ENDINGS
            and path.name[0] != "."
            and path.is_file()
            and not path.is_symlink()
        )

    def _noted(self, path: Path) -> _Known | None:
        """What is known of a file that has settled."""
        try:
            facts = path.stat()
        except FileNotFoundError:
            return None
        looks = (facts.st_size, facts.st_mtime_ns)
        known = self.known.get(path)
        if known is None or known.looks != looks:
            self.known[path] = _Known(looks, time.monotonic())
            return None
        settled = time.monotonic() - known.since >= self.settled
        return known if settled or known.batch_id is not None else None

    def _taken(self, path: Path, place: Place, at: dt.datetime) -> str | None:
        unit = db.session.scalar(sa.select(Unit).where(Unit.code == path.parent.name.upper()))
        if unit is None:
            log.warning("no unit has the code of a folder of scans")
            return None
        actor = system(unit.agency_id, unit.id)
        own = frozenset({unit.agency_id})
        try:
            with within(Scope(agencies=own, writes=own)), path.open("rb") as file:
                return take(
                    file,
                    path.name,
                    source="folder",
                    post=actor.home,
                    actor=actor,
                    at=at,
                    place=place,
                    limit=MAX_SCAN * 5,
                ).batch_id
        except DomainError as error:
            _aside(path, FAILED, self.say(error))
        except OSError:
            log.warning("a scan could not be read from its folder")
        return None

    def _moved(self, path: Path, batch_id: str) -> None:
        batch = db.session.get(ScanBatch, batch_id, populate_existing=True)
        if batch is None or batch.state in (BatchState.waiting, BatchState.running):
            return
        if batch.state is BatchState.failed:
            error = DomainError(batch.error or "file.broken", **batch.facts)
            _aside(path, FAILED, self.say(error))
        else:
            _aside(path, DONE)


def _aside(path: Path, name: str, why: str = "") -> None:
    """Move a file to the folder of finished or refused ones; a refused one with its reason beside it."""
    folder = path.parent / name
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    path.rename(target)
    if why:
        target.with_suffix(target.suffix + ".txt").write_text(f"{why}\n", encoding="utf-8")
