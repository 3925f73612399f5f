"""Numbers that an import needs: counters raised by many at once, ids of moments long ago."""

import datetime as dt
import os

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from models.base import db
from models.ids import uuid7
from models.paper import NumberCounter


def raised(agency_id: str, scheme: str, period: str, *, by: int = 0, to: int = 0) -> int:
    """Raise a counter by so much, or to at least so much; the number at which it then stands.

    The counter row stays locked until the transaction ends, like that of `services.numbers`.
    """
    table = NumberCounter.__table__
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    higher = table.c.last + by
    insert = dialect.insert(table).values(
        id=uuid7(), agency_id=agency_id, scheme=scheme, period=period, last=max(by, to)
    )
    statement = insert.on_conflict_do_update(
        index_elements=["agency_id", "scheme", "period"],
        set_={"last": sa.case((higher < to, to), else_=higher)},
    ).returning(table.c.last)
    return int(db.session.execute(statement).scalar_one())


def id_at(moment: dt.datetime, row: int) -> str:
    """A UUIDv7 of the moment of receipt: old dossiers stand among old ones, in book order."""
    stamp = int(moment.timestamp() * 1000) & ((1 << 48) - 1)
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = (stamp << 80) | (0x7 << 76) | ((row & 0xFFF) << 64) | (0b10 << 62) | tail
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
