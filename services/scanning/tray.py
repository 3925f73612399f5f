"""What is under way and what waits: scanned files and the pieces that nobody could match."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from models.base import db
from models.dossier import Dossier, DossierPaper
from models.scan import BatchState, PieceState, ScanBatch, ScanPiece
from services.acting import AGENCY_WIDE, Actor

#: More than these are not shown at once; the tray is worked off from its oldest piece.
MOST_BATCHES, MOST_PIECES = 15, 100
UNDER_WAY = (BatchState.waiting, BatchState.running)


class Line(NamedTuple):
    """A piece with the dossier and the paper it belongs to, as far as the reader may see them."""

    piece: ScanPiece
    dossier: Dossier | None
    paper: DossierPaper | None


def sees(actor: Actor) -> sa.ColumnElement[bool]:
    """Whose scans an officer sees: the whole agency's at the counter, else only own ones."""
    return sa.true() if actor.roles & AGENCY_WIDE else ScanBatch.officer_id == actor.officer_id


def pieces(actor: Actor) -> sa.Select[ScanPiece]:
    """The pieces that an officer sees, each with its batch."""
    query = sa.select(ScanPiece).join(ScanPiece.batch).options(contains_eager(ScanPiece.batch))
    return query.where(sees(actor))


def batches(actor: Actor, most: int = MOST_BATCHES) -> list[ScanBatch]:
    """The newest scanned files with their pieces, those under way first."""
    running = ScanBatch.state.in_(UNDER_WAY)
    query = (
        sa.select(ScanBatch)
        .where(sees(actor))
        .options(selectinload(ScanBatch.pieces))
        .order_by(running.desc(), ScanBatch.made_at.desc(), ScanBatch.id.desc())
        .limit(most)
    )
    return list(db.session.scalars(query))


def batch(batch_id: str, actor: Actor) -> ScanBatch | None:
    """One scanned file, if the officer sees it."""
    query = sa.select(ScanBatch).where(ScanBatch.id == batch_id, sees(actor))
    return db.session.scalars(query.options(selectinload(ScanBatch.pieces))).one_or_none()


def waiting(actor: Actor, most: int = MOST_PIECES) -> list[ScanPiece]:
    """The pieces in the tray, oldest first."""
    query = pieces(actor).where(ScanPiece.state == PieceState.open)
    return list(db.session.scalars(query.order_by(ScanPiece.id).limit(most)))


def piece(piece_id: str, actor: Actor) -> ScanPiece | None:
    """One piece, if the officer sees it."""
    return db.session.scalars(pieces(actor).where(ScanPiece.id == piece_id)).one_or_none()


def lines(found: list[ScanPiece]) -> list[Line]:
    """The pieces with what they point to; a dossier out of sight is left out."""
    dossiers = _known(Dossier, {p.dossier_id for p in found})
    by_code = {d.code: d for d in dossiers.values()}
    codes = {p.code for p in found if p.code and p.dossier_id not in dossiers}
    if codes - by_code.keys():
        query = sa.select(Dossier).where(Dossier.code.in_(codes))
        by_code |= {d.code: d for d in db.session.scalars(query)}
    papers = _known(DossierPaper, {p.paper_id for p in found})
    return [
        Line(
            p,
            dossiers.get(p.dossier_id or "") or by_code.get(p.code),
            papers.get(p.paper_id or ""),
        )
        for p in found
    ]


def _known(model: type[Dossier] | type[DossierPaper], ids: set[str | None]) -> dict[str, Any]:
    wanted = [i for i in ids if i]
    if not wanted:
        return {}
    return {row.id: row for row in db.session.scalars(sa.select(model).where(model.id.in_(wanted)))}
