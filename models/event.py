"""Events and messages: what happened and what was sent. Rows are only ever inserted."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from domain.events import Tag
from models.base import Row, ScopeKind
from models.dossier import OfDossier
from models.types import Choice, Id, Json, Moment, Text


class Event(Row):
    """One act: who, in which role and for whom, when, on what, what changed and why."""

    __tablename__ = "event"
    __scope__ = ScopeKind.dossier

    tag: Mapped[Tag] = mapped_column(Choice(Tag, guarded=False))
    at: Mapped[dt.datetime] = mapped_column(Moment)
    dossier_id: Mapped[str | None] = mapped_column(Id)
    subject_kind: Mapped[str] = mapped_column(Text(40))
    subject_id: Mapped[str] = mapped_column(Text(40))
    actor_id: Mapped[str | None] = mapped_column(Id)
    actor_name: Mapped[str] = mapped_column(Text(200))
    actor_role: Mapped[str] = mapped_column(Text(100))
    actor_unit: Mapped[str] = mapped_column(Text(300))
    for_name: Mapped[str | None] = mapped_column(Text(200))
    address: Mapped[str | None] = mapped_column(Text(60))
    reason: Mapped[str | None] = mapped_column(Text(2000))
    changes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    op_id: Mapped[str | None] = mapped_column(Id, unique=True)
    #: Acts on several rows at once share it.
    batch_id: Mapped[str | None] = mapped_column(Id, default=None)

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_event_dossier_id_at", "dossier_id", "at", "id"),
            sa.Index("ix_event_subject", "subject_kind", "subject_id", "id"),
            sa.Index("ix_event_agency_id_at", "agency_id", "at", "id"),
            sa.Index(
                "ix_event_batch_id",
                "batch_id",
                sqlite_where=sa.text("batch_id IS NOT NULL"),
                postgresql_where=sa.text("batch_id IS NOT NULL"),
            ),
        )


class Message(OfDossier):
    """A message between agencies: hand-over, answer, receipt. Outbox and inbox are this one table."""

    __tablename__ = "message"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    to_agency_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("unit.id"), index=True)
    kind: Mapped[str] = mapped_column(Text(20))
    reply_to: Mapped[str | None] = mapped_column(Id, index=True)
    sent_at: Mapped[dt.datetime] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
