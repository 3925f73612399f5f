"""Connections to the database, set up so that an acknowledged dossier survives a power cut."""

from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask
from psycopg.pq import ExecStatus
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool


def init_app(app: Flask) -> None:
    """Add the engine options of SQLite; PostgreSQL's are settings."""
    uri = app.config["SQLALCHEMY_DATABASE_URI"]
    if uri.startswith("sqlite"):
        options = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
        options.setdefault("connect_args", {"timeout": 20, "check_same_thread": False})
        options.setdefault("poolclass", QueuePool)


def _prepare(connection: Any, _record: Any) -> None:
    """WAL with synchronous=FULL: other settings lose acknowledged writes when power fails."""
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    """Take the write lock at the start of a transaction that will write, so that it never fails half-way."""
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


def _alive(connection: Any, _record: Any, _proxy: Any) -> None:
    """Ask PostgreSQL before a connection is used again: the server may have been started anew meanwhile.

    An empty query; SQLAlchemy's own ping also switches the transactions off and on again.
    """
    driver = getattr(connection, "pgconn", None)
    if driver is None:
        return
    try:
        alive = driver.exec_(b"").status == ExecStatus.EMPTY_QUERY
    except psycopg.Error:
        alive = False
    if not alive:
        raise sa.exc.InvalidatePoolError


sa.event.listen(Engine, "connect", _prepare)
sa.event.listen(Engine, "checkout", _alive)
sa.event.listen(Engine, "begin", _begin)
