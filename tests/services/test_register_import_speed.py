"""A file into a register: fifty thousand rows in less than two minutes, on either database."""

import time
from collections import Counter

import pytest
import sqlalchemy as sa

from models.base import db
from models.event import Event
from models.reference import LandType
from services import import_runs, register_imports
from tests.services import register_files as files
from tests.services.test_import_speed import server_seconds
from tests.tools.engines import postgresql_only, sqlite_only

ROWS = 2000
#: Seconds of processor for so many rows, at the pace of 50,000 in two minutes.
BOUND = 120 * ROWS / 50_000


@pytest.fixture
def ready(app, session, monkeypatch):
    """`ready(rows)`: an import that was tried and is asked to be stored."""
    monkeypatch.setattr(import_runs, "GAP", 0)
    store = files.store_in(app.config["UPLOAD_DIR"])

    def make(count: int):
        run_id = files.begun(store, files.content(count))
        with app.test_request_context():
            assert files.tried(store, run_id).tried["created"] == count
        register_imports.start_storing(run_id, files.ASKED, whole=False, **files.who())
        return run_id, files.job(store)

    return make


def stored(app, session, run_id, job) -> float:
    """Store it; seconds of processor of this process."""
    with app.test_request_context():
        begun = time.process_time()
        import_runs.carry_out(run_id, job)
        return time.process_time() - begun


def many_there(session) -> tuple[int, int]:
    """Rows and their events."""
    like = LandType.code.like("z%")
    events = sa.select(sa.func.count(Event.id)).where(Event.subject_kind == "LandType")
    return session.scalar(sa.select(sa.func.count(LandType.id)).where(like)), session.scalar(events)


@sqlite_only
def test_two_thousand_rows_keep_the_pace_on_sqlite(app, session, ready):
    took = stored(app, session, *ready(ROWS))
    assert many_there(session) == (ROWS, ROWS + 1)
    assert took < BOUND, f"{took:.1f} s"


@postgresql_only
def test_two_thousand_rows_keep_the_pace_on_postgresql(app, session, ready, cluster):
    run_id, job = ready(ROWS)
    before = server_seconds(cluster)
    took = stored(app, session, run_id, job) + server_seconds(cluster) - before
    assert many_there(session) == (ROWS, ROWS + 1)
    assert took < BOUND, f"{took:.1f} s"


def test_import_asks_and_writes_by_the_piece_and_never_by_the_row(app, session, ready, monkeypatch):
    monkeypatch.setattr(import_runs, "PIECE", 50)
    run_id, job = ready(150)
    seen = Counter()

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        seen[" ".join(statement.split()[:3])] += 1

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        stored(app, session, run_id, job)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert seen["INSERT INTO event"] <= 4
    assert seen["INSERT INTO land_type"] <= 3
    assert sum(seen.values()) < 80, seen
