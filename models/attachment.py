"""Scans and files. The bytes lie outside the web root under their SHA-256; the row keeps the proof."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.dossier import Dossier, OfDossier
from models.types import Id, Moment, Text


class Attachment(OfDossier):
    """One stored file of a dossier, as PDF; `original_*` says what was handed in."""

    __tablename__ = "attachment"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    paper_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("dossier_paper.id"), index=True)
    kind: Mapped[str] = mapped_column(Text(20), default="scan")
    #: The data field it answers, and the roles that see it (empty: all who see the dossier).
    data_key: Mapped[str | None] = mapped_column(Text(40), default=None)
    readers: Mapped[str | None] = mapped_column(Text(300), default=None)
    title: Mapped[str] = mapped_column(Text(300))
    original_name: Mapped[str] = mapped_column(Text(255))
    original_type: Mapped[str] = mapped_column(Text(100))
    size: Mapped[int] = mapped_column()
    pages: Mapped[int] = mapped_column(default=1)
    sha256: Mapped[str] = mapped_column(Text(64), index=True)
    added_at: Mapped[dt.datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(Text(200))

    dossier: Mapped[Dossier] = relationship(foreign_keys=[dossier_id])
