"""Column types that behave the same on SQLite and PostgreSQL."""

import datetime as dt
import enum
import unicodedata
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from domain.calendar import TZ as LOCAL

NOWHERE = "00000000-0000-0000-0000-000000000000"

Json = sa.JSON().with_variant(JSONB(), "postgresql")


class Id(TypeDecorator):
    """UUID kept as text in Python. A malformed id finds nothing instead of failing in the database."""

    impl = sa.Uuid(as_uuid=False)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        try:
            return str(uuid.UUID(str(value)))
        except ValueError:
            return NOWHERE


class Moment(TypeDecorator):
    """An instant: stored as UTC, read back in Asia/Ho_Chi_Minh. A naive value is taken as local."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=LOCAL)
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=dt.UTC)
        return value.astimezone(LOCAL)


class Text(TypeDecorator):
    """Text in Unicode NFC, without surrounding space: the one door for typed and imported words."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


class TermText(Text):
    """A term of the deadline engine as text: "3wd", "24wh", "15cd", "same-day"."""

    cache_ok = True


class Members(Text):
    """One or several members of a closed list as text, one value on each line."""

    cache_ok = True

    def __init__(self, members: type[enum.StrEnum], length: int) -> None:
        super().__init__(length)
        self.members = members


def Choice(members: type[enum.Enum], guarded: bool = True) -> sa.Enum:
    """A closed list kept as its value; guarded by a CHECK unless the list grows with every release."""
    return sa.Enum(
        members,
        native_enum=False,
        create_constraint=guarded,
        length=60,
        name=members.__name__.lower(),
        values_callable=lambda e: [m.value for m in e],
    )
