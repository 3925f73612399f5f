"""From a file in the queue to papers in their dossiers: leads the process of the pages, then files.

Whoever holds the lock of this work runs it, one process of the whole installation at a time. Killed at
any moment, it is taken up by the next: pages that are done are not done again, and a piece that is in
its dossier is not put there twice.
"""

import contextlib
import datetime as dt
import json
import logging
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.officer import Officer
from models.scan import BatchState, PieceState, ScanBatch, ScanPiece
from models.scope import Scope, everything, within
from services.acting import Actor, actor_of, scope_of, system
from services.convert import joined
from services.recording import record
from services.scanning import matching
from services.scanning.filing import Place, settle
from services.scanning.splitting import Piece, split
from services.scanning.tray import UNDER_WAY
from services.transaction import transaction

log = logging.getLogger(__name__)
Now = Callable[[], dt.datetime]

ROOT = Path(__file__).resolve().parents[2]
#: A file whose process ended so often without a word is given up.
ATTEMPTS = 3
#: Seconds between two notes of how far a file is.
NOTE_EVERY = 0.7
#: Wakes the workers of this process when something was handed in here.
AWAKE = threading.Event()
#: Thrown-away pages, and files that could not be read, are kept so long.
KEPT = dt.timedelta(days=30)
_ORPHAN = 24 * 3600
#: All that the process of the pages is told: neither the secret nor the database.
_BARE = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def due() -> list[str]:
    """Files in the queue, the oldest first; also those whose worker was killed. Needs all agencies."""
    query = sa.select(ScanBatch.id).where(ScanBatch.state.in_(UNDER_WAY))
    return list(db.session.scalars(query.order_by(ScanBatch.made_at, ScanBatch.id).limit(50)))


def run(place: Place, now: Now) -> int:
    """Work through everything in the queue; gives how many files were finished. Needs the lock."""
    finished = 0
    for batch_id in due():
        with contextlib.suppress(Crashed):
            work(batch_id, place=place, now=now)
            finished += 1
        db.session.remove()
    return finished


class Crashed(Exception):
    """The process of the pages ended without a word; the file stays in the queue."""


def work(batch_id: str, *, place: Place, now: Now) -> BatchState:
    """One file: its pages, its pieces, its end. Raises Crashed when it is to be tried once more."""
    if not _claimed(batch_id, now):
        return BatchState.failed
    desk = place.desk / batch_id
    desk.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        batch = db.session.get_one(ScanBatch, batch_id)
        _look(batch_id, place.scans.path(batch.sha256), desk)
        _file(batch_id, desk, place, now)
    except DomainError as error:
        _end(batch_id, now, error=error)
        state = BatchState.failed
    else:
        state = BatchState.done
    shutil.rmtree(desk, ignore_errors=True)
    return state


def _claimed(batch_id: str, now: Now) -> bool:
    with transaction():
        batch = db.session.get_one(ScanBatch, batch_id, populate_existing=True)
        if batch.state not in UNDER_WAY:
            return False
        batch.state, batch.attempts = BatchState.running, batch.attempts + 1
        spent = batch.attempts > ATTEMPTS
    if spent:
        _end(batch_id, now, error=DomainError("scan.crashed"))
    return not spent


# ---- the pages -----------------------------------------------------------------------------------
def _look(batch_id: str, file: Path, desk: Path) -> None:
    """Let the other process look at every page, and note how far it is."""
    done, noted = len(list(desk.glob("*.json"))), 0.0
    with contextlib.closing(_said(file, desk)) as saying:
        for said in saying:
            if "error" in said:
                raise DomainError(said["error"], **said["facts"])
            if "total" in said:
                _progress(batch_id, done, said["total"])
            else:
                done += 1
                if time.monotonic() - noted > NOTE_EVERY:
                    noted = time.monotonic()
                    _progress(batch_id, done)
    _progress(batch_id, done)


def _said(file: Path, desk: Path) -> Generator[dict[str, Any]]:
    """What the process of the pages says, line by line."""
    command = [sys.executable, "-m", "services.scanning.sheets", str(file), str(desk)]
    with subprocess.Popen(
        command, cwd=ROOT, env=_BARE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        whole = False
        try:
            for line in process.stdout:
                yield json.loads(line)
            whole = True
        finally:
            if not whole:
                process.kill()
            process.stdout.close()
            status = process.wait()
    if status not in (0, 3):
        log.warning("pages of a scan ended with %d", status)
        raise Crashed


def _progress(batch_id: str, done: int, total: int | None = None) -> None:
    with transaction():
        values: dict[str, int] = {"pages_done": done} | ({"pages": total} if total else {})
        db.session.execute(sa.update(ScanBatch).where(ScanBatch.id == batch_id).values(**values))


# ---- the pieces ----------------------------------------------------------------------------------
def _file(batch_id: str, desk: Path, place: Place, now: Now) -> None:
    """Split, and file each piece in the name of whoever handed the stack in."""
    facts = [
        (int(path.stem), json.loads(path.read_bytes())) for path in sorted(desk.glob("*.json"))
    ]
    actor = _actor(db.session.get_one(ScanBatch, batch_id), now())
    own = _scope(actor)
    with within(own):
        pieces = split(matching.sheets(facts, place.secret))
        for number, piece in enumerate(pieces, 1):
            batch = db.session.get_one(ScanBatch, batch_id)
            pdf = _joined(desk, piece)
            settle(batch, number, piece, pdf, actor=actor, at=now(), place=place)
    blanks = sum(1 for _, found in facts if found["blank"])
    _end(batch_id, now, blanks=blanks)


def _actor(batch: ScanBatch, at: dt.datetime) -> Actor:
    """Who handed the stack in, with the posts held now; the product itself for a watched folder."""
    officer = db.session.get(Officer, batch.officer_id) if batch.officer_id else None
    if officer is not None:
        actor = actor_of(officer, at)
        if actor.post(agency_id=batch.agency_id):
            return actor
    return system(batch.agency_id, batch.unit_id)


def _scope(actor: Actor) -> Scope:
    """The product acts for one agency here, and sees no other."""
    if actor.officer_id is not None:
        return scope_of(actor)
    own = frozenset({actor.home.agency_id})
    return Scope(agencies=own, departments=None, writes=own)


def _joined(desk: Path, piece: Piece) -> bytes:
    return joined([(desk / f"{number:04d}.pdf").read_bytes() for number in piece.numbers])


def _end(batch_id: str, now: Now, *, blanks: int = 0, error: DomainError | None = None) -> None:
    with transaction():
        batch = db.session.get_one(ScanBatch, batch_id, populate_existing=True)
        batch.finished_at, batch.blanks = now(), blanks
        changes: dict[str, Any] = {"name": batch.name, "pages": batch.pages}
        if error is None:
            batch.state = BatchState.done
            filed = sum(p.state is PieceState.filed for p in batch.pieces)
            changes |= {"filed": filed, "tray": len(batch.pieces) - filed, "blanks": blanks}
        else:
            batch.state, batch.error, batch.facts = BatchState.failed, error.code, error.facts
            changes |= {"error": error.code}
        by = system(batch.agency_id, batch.unit_id)
        tag = Tag.scan_finish if error is None else Tag.scan_fail
        record(tag, batch, actor=by, at=batch.finished_at, changes=changes)


# ---- afterwards ----------------------------------------------------------------------------------
def sweep(place: Place, at: dt.datetime) -> int:
    """Remove scans that nothing needs any more; gives their number. Needs all agencies."""
    removed = 0
    for name in list(place.scans.old(_ORPHAN)):
        if not _needed(name, at):
            place.scans.remove(name)
            removed += 1
    return removed


def _needed(name: str, at: dt.datetime) -> bool:
    recent = ScanBatch.made_at > at - KEPT
    failed = sa.and_(ScanBatch.state == BatchState.failed, recent)
    source = sa.select(ScanBatch.id).where(
        ScanBatch.sha256 == name, sa.or_(ScanBatch.state.in_(UNDER_WAY), failed)
    )
    fresh = ScanPiece.handled_at > at - KEPT
    thrown = sa.and_(ScanPiece.state == PieceState.dropped, fresh)
    pages = sa.select(ScanPiece.id).where(
        ScanPiece.sha256 == name, sa.or_(ScanPiece.state == PieceState.open, thrown)
    )
    with everything():
        return any(db.session.scalar(q.limit(1)) is not None for q in (source, pages))
