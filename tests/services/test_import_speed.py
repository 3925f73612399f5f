"""Importing an old book: fifty thousand rows in far less than two minutes, on either database."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from models.base import db
from models.dossier import DossierStep
from models.event import Event
from tests.services import old_book, small_office
from tests.services.old_book import RUNNING, take
from tests.services.small_office import Office
from tests.tools.engines import postgresql_only, sqlite_only
from tests.tools.postgres import Cluster

ROWS = 5000
#: Seconds of processor for so many rows, at the pace of 50,000 in two minutes. Seconds of the
#: clock would tell how busy others keep the machine.
BOUND = 12


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def book(tmp_path):
    """`book(rows)` writes a CSV of rows (dicts of cells that differ from a good row)."""
    return partial(old_book.write, tmp_path)


def many(count: int) -> list[dict[str, str]]:
    """Rows of one year; every tenth still runs."""
    return [
        {
            "Ngày nhận": f"{1 + n % 28:02d}/{1 + n % 12:02d}/2013",
            "Người nộp": f"Nguyễn Văn {chr(65 + n % 26)}",
        }
        | (RUNNING if n % 10 == 0 else {})
        for n in range(count)
    ]


def import_many(book, office, session) -> float:
    """Import the book; seconds of processor that this process needed."""
    path = book(*many(ROWS))
    started = time.process_time()
    report = take(path, office)
    took = time.process_time() - started
    assert (report.imported, report.problems) == (ROWS, [])
    assert session.query(Event).count() == ROWS
    assert session.query(DossierStep).count() == ROWS // 10 * 3
    return took


def server_seconds(cluster: Cluster) -> float:
    """Seconds of processor that the private server and its processes have needed so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid = int(stat.parent.name)
            _state, parent, *rest = stat.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if pid == cluster.server.pid:
            ticks += sum(map(int, rest[9:13]))  # its own, and of the processes it has seen end
        elif int(parent) == cluster.server.pid:
            ticks += sum(map(int, rest[9:11]))
    return ticks / os.sysconf("SC_CLK_TCK")


@sqlite_only
def test_import_of_five_thousand_rows_keeps_the_pace_on_sqlite(office, book, session):
    took = import_many(book, office, session)
    assert took < BOUND, f"{took:.1f} s"


@postgresql_only
def test_import_of_five_thousand_rows_keeps_the_pace_on_postgresql(office, book, session, cluster):
    before = server_seconds(cluster)
    took = import_many(book, office, session) + server_seconds(cluster) - before
    assert took < BOUND, f"{took:.1f} s"


def test_import_asks_and_writes_by_the_batch_and_never_by_the_row(office, book, session):
    path, seen = book(*many(60)), Counter()

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        words = statement.split()
        seen[" ".join(words[:3]) if words[0] == "INSERT" else words[0]] += 1

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        take(path, office, batch=20)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    written = {what: times for what, times in seen.items() if what.startswith("INSERT")}
    tables = ("dossier", "dossier_leg", "dossier_step", "event")
    assert {f"INSERT INTO {t}": 3 for t in tables}.items() <= written.items()
    assert sum(seen.values()) < 60, seen


@postgresql_only
def test_import_sends_each_batch_in_one_statement(office, book, session):
    path, repeated = book(*many(20)), []

    def note(_connection, _cursor, statement, _parameters, _context, many):
        if many:
            repeated.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        take(path, office)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert repeated == []
