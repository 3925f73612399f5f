"""How a person likes to see the screens; no business row, so it has neither agency nor events."""

import sqlalchemy as sa
from flask_appbuilder.models.sqla import Model
from sqlalchemy.orm import Mapped, mapped_column

#: What may be chosen, the first being what a newcomer gets.
THEMES = ("system", "light", "dark")
DENSITIES = ("comfortable", "compact")
LANGUAGES = ("vi", "en")


def _one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


class Preference(Model):
    """The choices of one account; NULL means that the person has not chosen."""

    __tablename__ = "preference"
    __table_args__ = (
        _one_of("theme", THEMES),
        _one_of("density", DENSITIES),
        _one_of("language", LANGUAGES),
    )

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    theme: Mapped[str | None] = mapped_column(sa.String(10), default=None)
    density: Mapped[str | None] = mapped_column(sa.String(20), default=None)
    language: Mapped[str | None] = mapped_column(sa.String(2), default=None)
