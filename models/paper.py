"""Numbers and papers that were issued. A paper is kept as issued, so that a reprint is the same paper."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Row
from models.dossier import OfDossier
from models.types import Id, Json, Moment, Text


class NumberCounter(Row):
    """The last number given out in one scheme, by one unit, in one period; locked while it is raised."""

    __tablename__ = "number_counter"

    scheme: Mapped[str] = mapped_column(Text(40))
    period: Mapped[str] = mapped_column(Text(10))
    last: Mapped[int] = mapped_column(default=0)

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("agency_id", "scheme", "period"))


class IssuedPaper(OfDossier):
    """One issued paper: its number and the frozen values it was printed from."""

    __tablename__ = "issued_paper"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    form: Mapped[str] = mapped_column(Text(40))
    number: Mapped[str | None] = mapped_column(Text(60))
    issued_at: Mapped[dt.datetime] = mapped_column(Moment)
    issued_by: Mapped[str] = mapped_column(Text(200))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    # The template it was printed from; none: the form that comes with the product. Without a foreign
    # key, which SQLite could not take away again; a trigger keeps every template that was in use.
    template_id: Mapped[str | None] = mapped_column(Id, default=None)

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.Index("ix_issued_paper_number", "agency_id", "form", "number"),
        )
