"""The verbs of scanned stacks: take one in, file its pieces, deal with what waits in the tray."""

import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.dossier import Dossier, DossierPaper
from models.ids import uuid7
from models.scan import BatchState, PieceState, ScanBatch, ScanPiece
from services import attachments
from services.acting import Actor, Post
from services.filestore import FileStore
from services.recording import record
from services.scanning.kinds import kind_of
from services.scanning.splitting import Piece
from services.scanning.tray import pieces
from services.transaction import one_at_a_time, transaction

MAX_SCAN = 100_000_000
LONGEST_REASON = 300


@dataclass(frozen=True)
class Place:
    """Where things lie: files of dossiers, scans not yet filed, pages under way; and the secret of marks."""

    files: FileStore
    scans: FileStore
    desk: Path
    secret: str

    @classmethod
    def below(cls, uploads: str | Path, secret: str) -> "Place":
        """Everything below the folder of uploads."""
        root = Path(uploads)
        return cls(FileStore(root), FileStore(root / "scans"), root / "scans" / "desk", secret)


class Taken(NamedTuple):
    """A file taken in; `again` when the same bytes had been handed in before."""

    batch_id: str
    again: bool


# ---- taking in -----------------------------------------------------------------------------------
def take(
    stream: BinaryIO,
    name: str,
    *,
    source: str,
    post: Post,
    actor: Actor,
    at: dt.datetime,
    place: Place,
    limit: int = MAX_SCAN,
) -> Taken:
    """Keep a scanned file and put it in the queue. The same bytes are the same batch; one that had
    failed is tried again. Errors: file.empty, file.too_large, scan.type."""
    sha256, size = place.scans.take(stream, limit)
    _check_kind(place, sha256)
    with transaction():
        one_at_a_time(f"scan:{post.agency_id}:{sha256}")
        query = sa.select(ScanBatch).where(
            ScanBatch.agency_id == post.agency_id, ScanBatch.sha256 == sha256
        )
        known = db.session.scalars(query).one_or_none()
        if known is not None:
            if known.state is BatchState.failed:
                _again(known, actor, post, at)
            return Taken(known.id, True)
        batch = ScanBatch(
            id=uuid7(),
            agency_id=post.agency_id,
            name=_last(name),
            source=source,
            sha256=sha256,
            size=size,
            unit_id=post.unit_id,
            officer_id=actor.officer_id,
            made_by=actor.name,
            made_at=at,
            state=BatchState.waiting,
        )
        db.session.add(batch)
        db.session.flush()
        _note(Tag.scan_receive, batch, actor, post, at, name=batch.name, size=size)
        return Taken(batch.id, False)


def retry(batch_id: str, *, actor: Actor, at: dt.datetime) -> None:
    """Put a file that failed back into the queue. Errors: row.not_found, scan.running."""
    with transaction():
        batch = db.session.get(ScanBatch, batch_id, with_for_update=True, populate_existing=True)
        if batch is None:
            raise DomainError("row.not_found")
        if batch.state is not BatchState.failed:
            raise DomainError("scan.running")
        post = actor.post(agency_id=batch.agency_id) or actor.home
        _again(batch, actor, post, at)


def _again(batch: ScanBatch, actor: Actor, post: Post, at: dt.datetime) -> None:
    batch.state, batch.error, batch.attempts = BatchState.waiting, None, 0
    _note(Tag.scan_receive, batch, actor, post, at, name=batch.name, size=batch.size)


def _check_kind(place: Place, sha256: str) -> None:
    with place.scans.path(sha256).open("rb") as file:
        head = file.read(1024)
    try:
        kind_of(head)
    except DomainError:
        place.scans.remove(sha256)
        raise


def _last(name: str) -> str:
    """The name without any path; what stands before its ending is cut when it is long."""
    plain = " ".join(name.replace("\\", "/").rsplit("/", 1)[-1].split()) or "scan"
    return plain if len(plain) <= 255 else plain[:240] + plain[-15:]


def _note(tag: Tag, row: Any, actor: Actor, post: Post, at: dt.datetime, **changes: Any) -> None:
    record(tag, row, actor=actor, at=at, post=post, changes=changes)


# ---- filing --------------------------------------------------------------------------------------
def settle(
    batch: ScanBatch,
    number: int,
    piece: Piece,
    pdf: bytes,
    *,
    actor: Actor,
    at: dt.datetime,
    place: Place,
) -> PieceState:
    """File one piece of a batch in its dossier, or put it into the tray; done again, nothing changes.

    The attachment carries a key of the batch and the piece: work broken off after it finds it again.
    """
    batch_id, name = batch.id, batch.name
    known = db.session.scalar(
        sa.select(ScanPiece.state).where(ScanPiece.batch_id == batch_id, ScanPiece.number == number)
    )
    if known is not None:
        return known
    row = ScanPiece(
        id=uuid7(),
        agency_id=batch.agency_id,
        batch_id=batch_id,
        number=number,
        first=piece.numbers[0],
        last=piece.numbers[-1],
        pages=len(piece.numbers),
        size=len(pdf),
        code=piece.code,
        state=PieceState.open,
        why=piece.why,
    )
    if piece.sign is not None:
        row.dossier_id, row.paper_id = piece.sign.dossier_id, piece.sign.paper_id
        try:
            row.attachment_id = _attached(
                row, pdf, name, _key(batch_id, number), actor=actor, at=at, place=place
            )
            row.state, row.handled_at, row.handled_by = PieceState.filed, at, actor.name
        except DomainError as error:
            row.why = error.code
    if row.state is PieceState.open:
        row.sha256 = place.scans.put(pdf)
    with transaction():
        one_at_a_time(f"scan:{batch_id}:{number}")
        db.session.add(row)
    return row.state


def _key(batch_id: str, number: int) -> str:
    return str(uuid.uuid5(uuid.UUID(batch_id), f"piece {number}"))


def _attached(
    row: ScanPiece,
    pdf: bytes,
    name: str,
    key: str,
    *,
    actor: Actor,
    at: dt.datetime,
    place: Place,
) -> str:
    assert row.dossier_id is not None
    paper = db.session.get(DossierPaper, row.paper_id) if row.paper_id else None
    stem = name.rpartition(".")[0] or name
    made = attachments.attach(
        row.dossier_id,
        pdf,
        f"{stem[:200]}-{row.first:03d}.pdf",
        paper_id=row.paper_id,
        title=paper.name if paper is not None else stem,
        actor=actor,
        at=at,
        store=place.files,
        op_id=key,
    )
    return made.id


# ---- the tray ------------------------------------------------------------------------------------
def file_piece(
    piece_id: str,
    dossier_id: str,
    paper_id: str | None,
    *,
    actor: Actor,
    at: dt.datetime,
    place: Place,
) -> ScanPiece:
    """A person says where pages from the tray belong. Sent twice, they are attached once.

    Errors: row.not_found, scan.done, dossier.not_found, and those of `attachments.attach`.
    """
    piece = _piece(piece_id, actor)
    if piece.state is PieceState.filed and piece.dossier_id == dossier_id:
        return piece
    if piece.state is not PieceState.open or piece.sha256 is None:
        raise DomainError("scan.done")
    if db.session.get(Dossier, dossier_id) is None:
        raise DomainError("dossier.not_found", field="dossier_id")
    pdf, name = place.scans.get(piece.sha256), piece.batch.name
    draft = ScanPiece(first=piece.first, dossier_id=dossier_id, paper_id=paper_id)
    key = _key(piece.batch_id, piece.number)
    made = _attached(draft, pdf, name, key, actor=actor, at=at, place=place)
    with transaction():
        row = _piece(piece_id, actor, lock=True)
        if row.state is PieceState.open:
            row.state, row.attachment_id = PieceState.filed, made
            row.dossier_id, row.paper_id = dossier_id, paper_id
            row.handled_at, row.handled_by, row.sha256 = at, actor.name, None
        elif row.attachment_id != made or row.dossier_id != dossier_id:
            raise DomainError("scan.done")  # somebody else was quicker
    return row


def drop_piece(piece_id: str, reason: str, *, actor: Actor, at: dt.datetime) -> ScanPiece:
    """Throw pages of the tray away, saying why. Errors: row.not_found, scan.done, value.required."""
    why = " ".join(reason.split())
    if not why:
        raise DomainError("value.required", field="reason")
    if len(why) > LONGEST_REASON:
        raise DomainError("value.too_long", field="reason", limit=LONGEST_REASON)
    with transaction():
        row = _piece(piece_id, actor, lock=True)
        if row.state is PieceState.dropped:
            return row
        if row.state is not PieceState.open:
            raise DomainError("scan.done")
        row.state, row.reason = PieceState.dropped, why
        row.handled_at, row.handled_by = at, actor.name
        pages = [row.first, row.last]
        record(
            Tag.scan_drop,
            row,
            actor=actor,
            at=at,
            post=_post(row, actor),
            reason=why,
            changes={"pages": pages, "name": row.batch.name},
        )
    return row


def restore_piece(piece_id: str, *, actor: Actor, at: dt.datetime) -> ScanPiece:
    """Take thrown-away pages back into the tray. Errors: row.not_found, scan.done once they are gone."""
    with transaction():
        row = _piece(piece_id, actor, lock=True)
        if row.state is PieceState.open:
            return row
        if row.state is not PieceState.dropped or row.sha256 is None:
            raise DomainError("scan.done")
        row.state, row.reason = PieceState.open, None
        row.handled_at = row.handled_by = None
        changes = {"pages": [row.first, row.last], "name": row.batch.name}
        record(Tag.scan_restore, row, actor=actor, at=at, post=_post(row, actor), changes=changes)
    return row


def _piece(piece_id: str, actor: Actor, lock: bool = False) -> ScanPiece:
    query = pieces(actor).where(ScanPiece.id == piece_id)
    if lock:
        query = query.with_for_update(of=ScanPiece).execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise DomainError("row.not_found")
    return found


def _post(row: ScanPiece, actor: Actor) -> Post | None:
    return actor.post(agency_id=row.agency_id)
