"""Long work that a person asked for: how far it is, and what came of it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.models.sqla import Model
from sqlalchemy.orm import Mapped, deferred, mapped_column

from models.ids import uuid7
from models.types import Id, Json, Moment

STATES = ("waiting", "running", "done", "failed")


class Job(Model):
    """`heartbeat_at` is renewed with each step: work whose process died is taken up again."""

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        sa.CheckConstraint("done >= 0 AND total >= 0", name="progress"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(2))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(10), default=STATES[0], index=True)
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment)
    heartbeat_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    finished_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    file_name: Mapped[str | None] = mapped_column(sa.String(200), default=None)
    file_type: Mapped[str | None] = mapped_column(sa.String(100), default=None)
    content: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary, default=None))
