"""Connections to the database, set up so that an acknowledged dossier survives a power cut."""

from typing import Any

import sqlalchemy as sa
from flask import Flask
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


sa.event.listen(Engine, "connect", _prepare)
sa.event.listen(Engine, "begin", _begin)
