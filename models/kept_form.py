"""What somebody had typed when the session ended; kept for an hour, for that person alone."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.models.sqla import Model
from sqlalchemy.orm import Mapped, mapped_column

from models.ids import uuid7
from models.types import Id, Json, Moment


class KeptForm(Model):
    """A form that was sent too late. `fields` is [[name, value]]; neither files nor passwords."""

    __tablename__ = "kept_form"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=uuid7)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    path: Mapped[str] = mapped_column(sa.String(500))
    fields: Mapped[list[Any]] = mapped_column(Json)
