"""A process is killed in the middle of a piece: whoever goes on repeats nothing and leaves nothing out."""

import os
import signal
import subprocess
import sys

import sqlalchemy as sa

from app import clock
from config import ROOT
from models.event import Event
from models.job import Job
from models.reference import LandType
from models.register_import import RegisterImport, RunState
from services import import_runs, jobs as verbs, register_imports
from tests.services import register_files as files
from views import jobs

#: Does the work that waits, and dies inside the transaction of the third piece, its rows written.
DIES = """
import os, signal, sys
from pathlib import Path
from tests.conftest import settings_for
from app import create_app
from services import import_runs, taking_in
from views import jobs
import_runs.PIECE, import_runs.GAP = 10, 0
before, pieces = taking_in.take, []
def take(*given, **more):
    found = before(*given, **more)
    pieces.append(1)
    if len(pieces) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
taking_in.take = take
jobs.work_off(create_app(settings_for(sys.argv[1], Path(sys.argv[2]))))
"""


def test_import_goes_on_where_a_killed_process_left_it(
    app, session, database_url, upload_dir, monkeypatch
):
    monkeypatch.setattr(import_runs, "GAP", 0)
    store = files.store_in(upload_dir)
    run_id = files.begun(store, files.content(45))
    with app.test_request_context():
        files.tried(store, run_id)
    asked = files.ASKED._replace(user_id=admin(session))
    session.execute(sa.delete(Job))
    session.commit()
    register_imports.start_storing(run_id, asked, whole=False, **files.who())
    died = subprocess.run(
        [sys.executable, "-c", DIES, database_url, str(upload_dir)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert state(session, run_id) == (RunState.storing, 20, 20)
    assert register_imports.active(session.get_one(RegisterImport, run_id))

    later = clock.now() + 2 * verbs.LEASE
    monkeypatch.setattr("views.present._now", lambda: later)
    assert jobs.work_off(app) == 1
    assert state(session, run_id) == (RunState.done, 45, 45)
    codes = session.scalars(sa.select(LandType.code).where(LandType.code.like("z%"))).all()
    assert sorted(codes) == sorted(f"z{n}" for n in range(45))
    made = sa.select(sa.func.count(Event.id)).where(Event.subject_kind == "LandType")
    assert session.scalar(made) == 45 + 1


def admin(session) -> int:
    """The account of the administrator."""
    from models.officer import Officer

    officer = session.get_one(Officer, files.who()["actor"].officer_id)
    return int(officer.user_id)


def state(session, run_id) -> tuple[RunState, int, int]:
    """The state, the lines dealt with, the rows that are there."""
    session.rollback()
    run = session.get_one(RegisterImport, run_id)
    rows = sa.select(sa.func.count(LandType.id)).where(LandType.code.like("z%"))
    return run.state, run.done, session.scalar(rows)
