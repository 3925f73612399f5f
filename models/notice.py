"""What officers are told by the product itself: a line, the dossier it is about, whether it was read."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.dossier import Dossier, OfDossier
from models.types import Id, Moment, Text


class Notice(OfDossier):
    """One line for one officer."""

    __tablename__ = "notice"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    officer_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("officer.id"))
    text: Mapped[str] = mapped_column(Text(500))
    at: Mapped[dt.datetime] = mapped_column(Moment)
    read_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)

    dossier: Mapped[Dossier] = relationship(foreign_keys=[dossier_id])

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_notice_officer_id", "officer_id", "at", "id"),
            sa.Index(
                "ix_notice_unread",
                "officer_id",
                sqlite_where=sa.text("read_at IS NULL"),
                postgresql_where=sa.text("read_at IS NULL"),
            ),
        )
