"""Work off the request: sweeps every minute, scanned stacks at once; one process at a time does either."""

import contextlib
import datetime as dt
import fcntl
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale, gettext

from app import clock, trials as app_trials
from domain.errors import DomainError
from models.base import db
from models.scope import everything
from services import attachments, register_imports, trials
from services.filestore import FileStore
from services.scanning import work
from services.scanning.filing import Place
from services.scanning.watching import Watcher
from services.sweeping import Swept, sweep
from views import jobs as long_work

log = logging.getLogger("motcua.jobs")

#: Seconds between two looks. A step whose silence means consent agrees at most this much late.
EVERY = 60
#: The same for scans; one dropped on the page of this process is seen at once.
SCANS_EVERY = 2
#: When files that no dossier points to (an upload cut off half-way) are cleared away.
NIGHTLY = dt.time(2, 30)
#: Any constants that differ from each other and from the lock of `flask init`.
LOCK, SCAN_LOCK = 7_305_220_119, 7_305_220_120


def start(app: Flask) -> tuple[threading.Thread, ...]:
    """Work from now on in threads of this process, for as long as the process lives."""
    never, watcher = threading.Event(), watching(app)

    def minute() -> None:
        never.wait(EVERY)
        with contextlib.suppress(Exception):
            run(app)
        long_work.start(app)

    def moment() -> None:
        work.AWAKE.wait(SCANS_EVERY)
        work.AWAKE.clear()
        scan(app, watcher)

    threads = (_forever("sweep", minute), _forever("scan", moment))
    for thread in threads:
        thread.start()
    return threads


def _forever(name: str, act: Callable[[], None]) -> threading.Thread:
    def loop() -> None:
        while True:
            with contextlib.suppress(Exception):
                act()

    return threading.Thread(target=loop, name=name, daemon=True)


def run(app: Flask) -> Swept | None:
    """One sweep, or None when another process is at it; a failure is logged and raised."""
    with app.app_context(), everything():
        try:
            with _turn("sweep", LOCK) as mine:
                if not mine:
                    return None
                if clock.now().minute == NIGHTLY.minute and clock.now().hour == NIGHTLY.hour:
                    attachments.sweep(FileStore(Path(app.config["UPLOAD_DIR"])))
                    work.sweep(place(app), clock.now())
                    files = register_imports.store_below(app.config["UPLOAD_DIR"])
                    register_imports.sweep(files, clock.now())
                trials.sweep(app_trials.folder(app), clock.now())
                return sweep(clock.now())
        except Exception:
            log.exception("sweep failed")
            raise
        finally:
            db.session.remove()


# ---- scanned stacks ------------------------------------------------------------------------------
def place(app: Flask) -> Place:
    """Where scans and files lie."""
    return Place.below(app.config["UPLOAD_DIR"], app.config["SECRET_KEY"])


def watching(app: Flask) -> Watcher | None:
    """The watcher of the folder that scanners write into, if there is one."""

    def say(error: DomainError) -> str:
        with force_locale("vi"):
            return error.text(gettext)

    folder = app.config["SCAN_DIR"]
    return Watcher(Path(folder), say) if folder else None


def scan(app: Flask, watcher: Watcher | None = None) -> int | None:
    """Take in what lies in the watched folder and work off the queue; None when another process is at it."""
    with app.app_context(), everything():
        try:
            with _turn("scan", SCAN_LOCK) as mine:
                if not mine:
                    return None
                if watcher is not None:
                    watcher.look(place(app), clock.now())
                return work.run(place(app), clock.now)
        except Exception:
            log.exception("scanning failed")
            raise
        finally:
            db.session.remove()


@contextlib.contextmanager
def _turn(name: str, key: int) -> Iterator[bool]:
    """True for the one process on all hosts whose turn it is; nobody waits."""
    if db.engine.dialect.name == "sqlite":
        path = Path(db.engine.url.database or "memory").resolve()
        with path.with_name(f"{path.name}.{name}").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
        try:
            yield bool(mine)
        finally:
            if mine:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": key})
