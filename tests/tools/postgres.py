"""A private PostgreSQL server for one run of the tests, gone when the run ends or is killed."""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.tools import programs

#: Speed only: what survives a power cut has tests of its own, with other settings.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "timezone": "Asia/Ho_Chi_Minh",
}
ADMIN = "postgres"
OWNER = "motcua"
PLAIN = "motcua_plain"


def scratch() -> Path:
    """A new folder, in memory where there is room: data files are copied for every test."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1_000_000_000
    base = memory if roomy else Path(tempfile.gettempdir())
    _remove_orphans(base)
    folder = Path(tempfile.mkdtemp(prefix=f"motcua-{os.getpid()}-", dir=base))
    folder.chmod(0o755)
    return folder


def _remove_orphans(base: Path) -> None:
    # A run that was killed could not clean up; its memory would stay taken for ever.
    for folder in base.glob("motcua-[0-9]*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """Server on a Unix socket: superuser ``postgres``, owner ``motcua``, ``motcua_plain``."""

    def __init__(self, settings: Mapping[str, str] = SETTINGS, folder: Path | None = None) -> None:
        self.bin = programs.postgres()
        self.settings = settings
        self.folder = folder or scratch()
        self.admin: psycopg.Connection | None = None
        # PostgreSQL refuses to run as root.
        self.account: dict[str, str] = {"user": "nobody"} if os.geteuid() == 0 else {}
        if self.account:
            shutil.chown(self.folder, "nobody")
        self._initialise()
        self._start()
        for role in (OWNER, PLAIN):
            self.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE")

    def _initialise(self) -> None:
        self._run(
            *(self.bin / "initdb", "-D", self.folder / "data", "-U", "postgres"),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )

    def _run(self, *command: Path | str) -> None:
        done = subprocess.run(
            [str(c) for c in command],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            **self.account,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)

    def _start(self) -> None:
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        self.log = (self.folder / "log").open("wb")
        self.server = subprocess.Popen(
            [self.bin / "postgres", "-D", "data", "-k", str(self.folder), *options],
            stdout=self.log,
            stderr=self.log,
            cwd=self.folder,
            preexec_fn=_die_with_parent,
            **self.account,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if self.server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop at once and remove every trace."""
        if self.admin is not None:
            self.admin.close()
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait(10)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, statement: str | sql.Composed, database: str = ADMIN) -> None:
        """Run one statement as superuser, outside a transaction."""
        with self._connected(database) as connection:
            connection.execute(statement)

    def value(self, statement: str, database: str = ADMIN) -> object:
        """The first value of a query, as superuser."""
        with self._connected(database) as connection:
            row = connection.execute(statement).fetchone()
            return row[0] if row else None

    @contextmanager
    def _connected(self, database: str) -> Iterator[psycopg.Connection]:
        # A connection costs more than what is asked: the one that makes and drops databases stays open.
        if database != ADMIN:
            with psycopg.connect(self.dsn(database), autocommit=True) as connection:
                yield connection
            return
        if self.admin is None or self.admin.closed:
            self.admin = psycopg.connect(self.dsn(ADMIN), autocommit=True)
        yield self.admin

    def dsn(self, database: str, user: str = "postgres") -> str:
        """Connection string for psycopg."""
        return f"host={self.folder} user={user} dbname={database}"

    def url(self, database: str, user: str = OWNER) -> str:
        """Address for SQLAlchemy."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> None:
        """A database of the owner role, as a copy of `template` (nobody may be connected to it)."""
        self.execute(
            f'CREATE DATABASE "{database}" OWNER {OWNER} TEMPLATE "{template}" STRATEGY FILE_COPY'
        )

    def drop(self, database: str) -> None:
        """Remove a database, throwing out whoever is connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _die_with_parent() -> None:
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)
