"""Saved views of lists: an address under a name, kept by one account, shared with roles if it likes."""

import datetime as dt

import sqlalchemy as sa
from flask_appbuilder.models.sqla import Model
from sqlalchemy.orm import Mapped, mapped_column

from domain.roles import Role
from models.base import Row
from models.types import Id, Members, Moment, Text

LONGEST_NAME, LONGEST_QUERY, LONGEST_COLUMNS = 80, 2000, 1000


class SavedView(Row):
    """What an address of a list asks for, under a name. `list` names the list, `query` is its address.

    user_id: whose view it is. roles: with whom it is shared, one to a line; default_for: those of them
    whose members see it when they open the list. everywhere: shared by the administrator of all agencies,
    so that roles of every agency have it; else it stays within its agency.
    """

    __tablename__ = "saved_view"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    list: Mapped[str] = mapped_column(Text(80))
    name: Mapped[str] = mapped_column(Text(LONGEST_NAME))
    query: Mapped[str] = mapped_column(sa.String(LONGEST_QUERY))
    roles: Mapped[str] = mapped_column(Members(Role, 200), default="")
    default_for: Mapped[str] = mapped_column(Members(Role, 200), default="")
    everywhere: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[str] = mapped_column(Text(200))
    changed_at: Mapped[dt.datetime] = mapped_column(Moment)

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.UniqueConstraint("user_id", "list", "name"),
            sa.Index("ix_saved_view_list", "list"),
        )

    def __str__(self):
        return self.name


class ListChoice(Model):
    """How an account likes one list: no business row, like a preference, without agency and events.

    columns: their names in order, divided by dots; NULL where nothing was chosen. view_id: the view that
    the plain address opens; opens_all: it opens no view at all, whatever the role has.
    """

    __tablename__ = "list_choice"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    list: Mapped[str] = mapped_column(Text(80), primary_key=True)
    columns: Mapped[str | None] = mapped_column(sa.String(LONGEST_COLUMNS), default=None)
    view_id: Mapped[str | None] = mapped_column(
        Id, sa.ForeignKey("saved_view.id", ondelete="SET NULL"), index=True, default=None
    )
    opens_all: Mapped[bool] = mapped_column(default=False)
