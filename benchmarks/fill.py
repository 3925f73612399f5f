"""Dossiers in bulk: what five years of an office leave in the product's own tables.

Every row could have come from the verbs: codes and numbers run without hole and go on when the next
dossier is received, the columns of a status agree, ids follow time. Only the due moments are rough.
"""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from benchmarks.dossiers import COLUMNS, Maker
from benchmarks.offices import Reference, read
from domain.calendar import TZ

YEARS = 5
#: Dossiers under way at the end; the rest has been returned.
BACKLOG = 4_000
#: Dossiers written at a time.
STRETCH = 10_000
#: Up to here the references between rows are checked while loading; a large load trusts them.
CHECKED = 20_000


def product(dsn: str, rows: int) -> Reference:
    """Fill a database that `init` has made with `rows` dossiers. `dsn` is that of a superuser."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET app.agencies = '*'")
        connection.execute("SET maintenance_work_mem = '512MB'")
        if rows > CHECKED:
            connection.execute("SET session_replication_role = replica")
        reference = read(connection)
        indexes = _drop_indexes(connection)
        maker = Maker(reference, _days(), rows, min(BACKLOG, rows // 5))
        with ThreadPoolExecutor(1) as writer:  # the next rows are made while these are written
            pending = writer.submit(lambda: None)
            for stretch in _stretches(maker, rows):
                pending.result()
                pending = writer.submit(_write, connection, stretch)
            pending.result()
        _write(connection, {"number_counter": list(_counters(maker))})
        for statement in indexes:
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return reference


def _days() -> list[dt.date]:
    """The weekdays of the last years, yesterday included."""
    today = dt.datetime.now(TZ).date()
    days = (today - dt.timedelta(days=n) for n in range(YEARS * 365, 0, -1))
    return [day for day in days if day.weekday() < 5]


def _stretches(maker: Maker, rows: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    for first in range(0, rows, STRETCH):
        yield maker.stretch(first, min(first + STRETCH, rows))


def _write(connection: psycopg.Connection[Any], stretch: dict[str, list[tuple[Any, ...]]]) -> None:
    with connection.transaction():
        for table, rows in stretch.items():
            statement = f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN"
            with connection.cursor().copy(statement) as copy:  # type: ignore[arg-type]
                for row in rows:
                    copy.write_row(row)


def _counters(maker: Maker) -> Iterator[tuple[Any, ...]]:
    """The last numbers given, so that numbering goes on."""
    dice = random.Random(7)
    scheme: Counter[tuple[str, str, str]] = Counter()
    for (agency, day), last in maker.numbers.items():
        scheme[agency, "dossier", day.isoformat()] = last
    for (agency, year), last in maker.orders.items():
        scheme[agency, "book", str(year)] = last
    for (agency, name, period), last in scheme.items():
        yield str(uuid.UUID(int=dice.getrandbits(128), version=4)), agency, name, period, last


def _drop_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    """Drop what is quicker built afterwards; returns the statements that build it again."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes LEFT JOIN pg_constraint ON conname = indexname "
        "WHERE schemaname = 'public' AND conname IS NULL AND tablename = ANY (%s)",
        [[*COLUMNS, "dossier_search"]],
    ).fetchall()
    for name, _definition in found:
        connection.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]
