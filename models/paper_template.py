"""Templates of printed papers that administrators write: a version of each stays as it was published."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Row, ScopeKind
from models.types import Choice, Id, Moment, Text

#: The longest template, in bytes.
LONGEST_BODY = 100_000


class TemplateState(enum.StrEnum):
    """A draft may change; a published one is printed from and read-only; a retired one is kept."""

    draft = "draft"
    published = "published"
    retired = "retired"


class SheetSize(enum.StrEnum):
    """The sheet of paper."""

    a5 = "a5"
    a4 = "a4"
    a4_landscape = "a4_landscape"


class PaperTemplate(Row):
    """One version of a template. `form` is a code of the built-in papers or one of the office's own.

    series: the versions that follow one another, at most one of them in use and one a draft; it is the
    form, or the form of one procedure. Issued papers name the version that they were printed from.
    """

    __tablename__ = "paper_template"
    __scope__ = ScopeKind.shared

    series: Mapped[str] = mapped_column(Text(80))
    number: Mapped[int] = mapped_column(default=1)
    form: Mapped[str] = mapped_column(Text(40))
    procedure_id: Mapped[str | None] = mapped_column(
        Id, sa.ForeignKey("procedure.id"), index=True, default=None
    )
    name: Mapped[str] = mapped_column(Text(300))
    size: Mapped[SheetSize] = mapped_column(Choice(SheetSize), default=SheetSize.a5)
    state: Mapped[TemplateState] = mapped_column(Choice(TemplateState), default=TemplateState.draft)
    body: Mapped[str] = mapped_column(Text(LONGEST_BODY))
    note: Mapped[str | None] = mapped_column(Text(500), default=None)
    made_by: Mapped[str] = mapped_column(Text(200))
    made_at: Mapped[dt.datetime] = mapped_column(Moment)
    changed_by: Mapped[str] = mapped_column(Text(200))
    changed_at: Mapped[dt.datetime] = mapped_column(Moment)

    @classmethod
    def keys(cls):
        one = {
            state: {"sqlite_where": words, "postgresql_where": words}
            for state in ("draft", "published")
            for words in [sa.text(f"state = '{state}'")]
        }
        return (
            *super().keys(),
            sa.UniqueConstraint("series", "number"),
            *(
                sa.Index(f"uq_paper_template_{state}", "series", unique=True, **where)
                for state, where in one.items()
            ),
            sa.CheckConstraint("number >= 1", name="number"),
        )

    def __str__(self):
        return f"{self.name} ({self.number})"
