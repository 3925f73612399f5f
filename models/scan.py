"""Scanned stacks: each file taken in, and the pieces it was split into."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Row
from models.types import Choice, Id, Json, Moment, Text


class BatchState(enum.StrEnum):
    """How far a scanned file is."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


class PieceState(enum.StrEnum):
    """Whether a piece lies in the tray, went to its dossier, or was thrown away."""

    open = "open"
    filed = "filed"
    dropped = "dropped"


class ScanBatch(Row):
    """One scanned file: where it came from, how many of its pages are done, what went wrong.

    The same bytes are one batch of their agency, however often they are handed in.
    """

    __tablename__ = "scan_batch"

    name: Mapped[str] = mapped_column(Text(255))
    source: Mapped[str] = mapped_column(Text(20))
    sha256: Mapped[str] = mapped_column(Text(64))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    unit_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("unit.id"))
    officer_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("officer.id"), default=None)
    made_by: Mapped[str] = mapped_column(Text(200))
    made_at: Mapped[dt.datetime] = mapped_column(Moment)
    state: Mapped[BatchState] = mapped_column(Choice(BatchState), default=BatchState.waiting)
    pages: Mapped[int | None] = mapped_column(default=None)
    pages_done: Mapped[int] = mapped_column(default=0)
    blanks: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    error: Mapped[str | None] = mapped_column(Text(60), default=None)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    pieces: Mapped[list["ScanPiece"]] = relationship(
        back_populates="batch", order_by="ScanPiece.number"
    )

    @classmethod
    def keys(cls):
        waiting = "state IN ('waiting', 'running')"
        return (
            *super().keys(),
            sa.UniqueConstraint("agency_id", "sha256"),
            sa.Index("ix_scan_batch_agency_id_made_at", "agency_id", "made_at", "id"),
            sa.Index(
                "ix_scan_batch_work",
                "made_at",
                "id",
                sqlite_where=sa.text(waiting),
                postgresql_where=sa.text(waiting),
            ),
            sa.CheckConstraint("pages_done >= 0", name="pages"),
            sa.CheckConstraint("state != 'failed' OR error IS NOT NULL", name="failed_has_error"),
        )


class ScanPiece(Row):
    """Pages of a batch that belong together. In the tray it says why it waits and what it may be.

    `dossier_id` and `paper_id` are the guess while it is open, and where it went once it is filed.
    """

    __tablename__ = "scan_piece"

    batch_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("scan_batch.id"))
    number: Mapped[int] = mapped_column()
    first: Mapped[int] = mapped_column()
    last: Mapped[int] = mapped_column()
    pages: Mapped[int] = mapped_column()
    sha256: Mapped[str | None] = mapped_column(Text(64), index=True, default=None)
    size: Mapped[int] = mapped_column(default=0)
    state: Mapped[PieceState] = mapped_column(Choice(PieceState), default=PieceState.open)
    why: Mapped[str | None] = mapped_column(Text(60), default=None)
    code: Mapped[str | None] = mapped_column(Text(40), default=None)
    dossier_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("dossier.id"), default=None)
    paper_id: Mapped[str | None] = mapped_column(
        Id, sa.ForeignKey("dossier_paper.id"), default=None
    )
    attachment_id: Mapped[str | None] = mapped_column(
        Id, sa.ForeignKey("attachment.id"), default=None
    )
    handled_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    handled_by: Mapped[str | None] = mapped_column(Text(200), default=None)
    reason: Mapped[str | None] = mapped_column(Text(400), default=None)

    batch: Mapped[ScanBatch] = relationship(back_populates="pieces", foreign_keys=[batch_id])

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.UniqueConstraint("batch_id", "number"),
            sa.Index(
                "ix_scan_piece_tray",
                "agency_id",
                "id",
                sqlite_where=sa.text("state = 'open'"),
                postgresql_where=sa.text("state = 'open'"),
            ),
            sa.CheckConstraint("last >= first AND pages >= 1", name="pages"),
            sa.CheckConstraint(
                "state != 'filed' OR attachment_id IS NOT NULL", name="filed_has_attachment"
            ),
            sa.CheckConstraint("state != 'open' OR sha256 IS NOT NULL", name="open_has_file"),
        )
