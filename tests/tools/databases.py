"""One live database per engine, put back to its first state before every test.

A store is filled once (migrations and seeds) and frozen; ``reset`` then copies the frozen state.
"""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

from tests.tools.postgres import Cluster, scratch


class Store(Protocol):
    """What the fixtures need of an engine's databases."""

    url: str

    def freeze(self) -> None:
        """Keep the live database as the state every test begins with; nobody may be connected."""

    def reset(self) -> None:
        """Make the live database equal to the frozen state; nobody may be connected."""

    def copy(self, name: str) -> str:
        """Address of a further database in the frozen state."""

    def renew(self, name: str) -> None:
        """Bring such a database back to the frozen state while a server is working on it."""

    def close(self) -> None:
        """Remove everything."""


class SqliteStore:
    """Files in a folder of their own."""

    def __init__(self) -> None:
        self.folder = scratch()
        self.live = self.folder / "live.db"
        self.frozen = self.folder / "frozen.db"
        self.url = f"sqlite:///{self.live}"
        self.renewed = 0

    def freeze(self) -> None:
        """Fold the journal into the file, then keep a copy."""
        with sqlite3.connect(self.live) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.live, self.frozen)

    def reset(self) -> None:
        """Overwrite the live file and forget its journal."""
        self._lay(self.live)

    def copy(self, name: str) -> str:
        """A further file."""
        path = self.folder / f"{name}.db"
        self._lay(path)
        return f"sqlite:///{path}"

    def renew(self, name: str) -> None:
        """Write over it page by page, in a transaction. The marks of change go on: what the server
        keeps in memory under a mark of before must not come true again."""
        self.renewed += 1
        frozen, used = sqlite3.connect(self.frozen), sqlite3.connect(self.folder / f"{name}.db")
        with contextlib.closing(frozen), contextlib.closing(used):
            frozen.backup(used)
            with used:
                used.execute("UPDATE change_mark SET value = value + ?", [self.renewed * 1_000_000])

    def _lay(self, path: Path) -> None:
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.frozen, path)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresStore:
    """Databases of the private server, named after this process and their use."""

    def __init__(self, cluster: Cluster, use: str = "tests") -> None:
        self.cluster = cluster
        self.live = f"live_{use}_{os.getpid()}"
        self.frozen = f"frozen_{use}_{os.getpid()}"
        self.url = cluster.url(self.live)
        cluster.create(self.live)

    def freeze(self) -> None:
        """Keep a copy as template."""
        self.cluster.create(self.frozen, template=self.live)

    def reset(self) -> None:
        """Drop and copy; a connection left open by a test is thrown out."""
        self._lay(self.live)

    def copy(self, name: str) -> str:
        """A further database."""
        self._lay(name)
        return self.cluster.url(name)

    def renew(self, name: str) -> None:
        """Drop and copy; the server finds its connections closed and opens others."""
        self._lay(name)

    def _lay(self, name: str) -> None:
        self.cluster.drop(name)
        self.cluster.create(name, template=self.frozen)

    def close(self) -> None:
        """Nothing to do: the server takes its files with it."""
