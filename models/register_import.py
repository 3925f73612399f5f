"""Files taken into a register piece by piece: what was chosen, how far it is, which lines were wrong."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Row
from models.types import Choice, Id, Json, Moment, Text


class RunState(enum.StrEnum):
    """Columns are chosen, then the file is tried, then stored; storing can be paused or stopped."""

    mapping = "mapping"
    trying = "trying"
    tried = "tried"
    storing = "storing"
    paused = "paused"
    done = "done"
    stopped = "stopped"


class RegisterImport(Row):
    """One file for one register. `line` is the last line dealt with: it moves in the transaction that
    stores the piece, so that whoever goes on neither repeats nor leaves out a line.

    places: column of the register → position in the file. wanted: “pause” or “stop”, obeyed between
    two pieces. tried_since: an id made when the trial began; what has happened since has later ones.
    done_before, begun_at: where and when the present stretch of work began.
    """

    __tablename__ = "register_import"

    register: Mapped[str] = mapped_column(Text(60))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    made_by: Mapped[str] = mapped_column(Text(200))
    made_at: Mapped[dt.datetime] = mapped_column(Moment)
    file_name: Mapped[str] = mapped_column(Text(200))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    form: Mapped[dict[str, Any]] = mapped_column(Json)
    heads: Mapped[list[str]] = mapped_column(Json)
    sample: Mapped[list[Any]] = mapped_column(Json)
    places: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    match_by: Mapped[str | None] = mapped_column(Text(60), default=None)
    remembered: Mapped[bool] = mapped_column(default=False)
    whole: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RunState] = mapped_column(Choice(RunState), default=RunState.mapping)
    wanted: Mapped[str | None] = mapped_column(Text(10), default=None)
    job_id: Mapped[str | None] = mapped_column(Id, default=None)
    total: Mapped[int] = mapped_column(default=0)
    line: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    tried: Mapped[dict[str, Any] | None] = mapped_column(Json, default=None)
    tried_since: Mapped[str | None] = mapped_column(Id, default=None)
    done_before: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    beat_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    finished_at: Mapped[dt.datetime | None] = mapped_column(Moment, default=None)
    said: Mapped[str | None] = mapped_column(Text(500), default=None)

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_register_import_register", "register", "id"),
            sa.CheckConstraint("wanted IS NULL OR wanted IN ('pause', 'stop')", name="wanted"),
            sa.CheckConstraint(
                "done >= 0 AND done = created + changed + same + wrong", name="counts"
            ),
        )


class ImportLine(Row):
    """A line that was not taken in: its cells as they stood, and what is wrong, [[column, sentence]]."""

    __tablename__ = "import_line"

    run_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("register_import.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column()
    cells: Mapped[list[str]] = mapped_column(Json)
    mistakes: Mapped[list[list[str]]] = mapped_column(Json)

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.Index("ix_import_line_run_id", "run_id", "number"))
