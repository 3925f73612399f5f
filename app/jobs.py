"""Scheduled sweeps: each server process asks every minute, one at a time does the work."""

import contextlib
import datetime as dt
import fcntl
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app import clock
from models.base import db
from models.scope import everything
from services import attachments
from services.filestore import FileStore
from services.sweeping import Swept, sweep
from views import jobs as long_work

log = logging.getLogger("motcua.jobs")

#: Seconds between two looks. A step whose silence means consent agrees at most this much late.
EVERY = 60
#: When files that no dossier points to (an upload cut off half-way) are cleared away.
NIGHTLY = dt.time(2, 30)
#: Any constant that differs from the lock of `flask init`.
LOCK = 7_305_220_119


def start(app: Flask) -> threading.Thread:
    """Sweep from now on in a thread of this process, for as long as the process lives."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(EVERY):
            with contextlib.suppress(Exception):
                run(app)
            long_work.start(app)

    thread = threading.Thread(target=work, name="sweep", daemon=True)
    thread.start()
    return thread


def run(app: Flask) -> Swept | None:
    """One sweep, or None when another process is at it; a failure is logged and raised."""
    with app.app_context(), everything():
        try:
            with _turn() as mine:
                if not mine:
                    return None
                if clock.now().minute == NIGHTLY.minute and clock.now().hour == NIGHTLY.hour:
                    attachments.sweep(FileStore(Path(app.config["UPLOAD_DIR"])))
                return sweep(clock.now())
        except Exception:
            log.exception("sweep failed")
            raise
        finally:
            db.session.remove()


@contextlib.contextmanager
def _turn() -> Iterator[bool]:
    """True for the one process on all hosts whose turn it is; nobody waits."""
    if db.engine.dialect.name == "sqlite":
        path = Path(db.engine.url.database or "memory").resolve()
        with path.with_name(path.name + ".sweep").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK})
        try:
            yield bool(mine)
        finally:
            if mine:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
