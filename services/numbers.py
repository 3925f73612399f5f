"""Numbers: one counter row per agency, scheme and period, raised last in the transaction of its act."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from models.base import db
from models.ids import uuid7
from models.paper import NumberCounter


def next_number(agency_id: str, scheme: str, period: str) -> int:
    """The next number, from 1, without hole or duplicate: an act that fails gives its number back.

    The counter row stays locked until the transaction ends, so this is called as late as possible.
    """
    return next_numbers(agency_id, {scheme: period})[scheme]


def next_numbers(agency_id: str, periods: Mapping[str, str]) -> dict[str, int]:
    """The next numbers of several schemes at once, as `next_number` gives one: scheme → number."""
    table = NumberCounter.__table__
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    # In one order, so that two who take the same numbers never wait for each other.
    rows = [
        {"id": uuid7(), "agency_id": agency_id, "scheme": scheme, "period": periods[scheme]}
        for scheme in sorted(periods)
    ]
    insert = dialect.insert(table).values([row | {"last": 1} for row in rows])
    statement = insert.on_conflict_do_update(
        index_elements=["agency_id", "scheme", "period"], set_={"last": table.c.last + 1}
    ).returning(table.c.scheme, table.c.last)
    return {scheme: int(last) for scheme, last in db.session.execute(statement)}


def expected(agency_id: str, scheme: str, period: str) -> int:
    """The number the next act would get if nobody else acts before; nothing is reserved."""
    table = NumberCounter.__table__
    query = sa.select(table.c.last).where(
        table.c.agency_id == agency_id, table.c.scheme == scheme, table.c.period == period
    )
    return int(db.session.execute(query).scalar() or 0) + 1


def numbering_day(agency_id: str, scheme: str, day: dt.date) -> dt.date:
    """The day to number under: never earlier than the last one used, should the clock be set back."""
    table = NumberCounter.__table__
    query = sa.select(sa.func.max(table.c.period)).where(
        table.c.agency_id == agency_id, table.c.scheme == scheme
    )
    last = db.session.execute(query).scalar()
    return max(day, dt.date.fromisoformat(last)) if last else day
