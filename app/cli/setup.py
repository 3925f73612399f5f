"""Bring the database up to this release: `flask --app run init`, the first act of each start."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from flask import Flask
from flask.cli import with_appcontext

import config
from app import health, roles
from models.base import db
from models.scope import everything

#: Any constant will do, so long as every process of the product uses the same one.
LOCK = 7_305_220_118


@click.command("init")
@with_appcontext
def init_command() -> None:
    """Create or update tables, roles and reference data of DATABASE_URL."""
    from flask import current_app

    initialise(current_app)


@click.command("new-migration")
@click.argument("name")
@with_appcontext
def new_migration_command(name: str) -> None:
    """Write a migration from the difference between the models and DATABASE_URL."""
    number = int(health.head() or 0) + 1
    settings = alembic_config(db.engine.url)
    command.revision(settings, message=name, autogenerate=True, rev_id=f"{number:04d}")


def initialise(app: Flask) -> None:
    """Migrate, sync roles and load the seeds of PROFILE, one process at a time over all hosts.

    A repeated run finds everything done and takes well under a second.
    """
    from seeds import demo, loader

    with app.app_context(), alone(), everything():
        migrate()
        roles.sync(app)
        loader.load(app.config["PROFILE"])
        if app.config["DEMO"]:
            demo.load(app.config["DEMO_DOSSIERS"])


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the one lock of this database; workers and hosts starting together wait their turn."""
    if db.engine.dialect.name == "sqlite":
        lock = _file_lock(db.engine.url.database)
    else:
        lock = _advisory_lock(db.engine)
    with lock:
        yield


@contextlib.contextmanager
def _file_lock(database: str | None) -> Iterator[None]:
    path = Path(database or "memory").resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _advisory_lock(engine: sa.Engine) -> Iterator[None]:
    # A session lock on a connection of its own: it outlives the transactions of the migrations and
    # disappears with the process if that dies.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})


def migrate(revision: str = "head") -> None:
    """Run the migrations up to `revision`; nothing is loaded when the database is current."""
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if revision == "head" and present == health.head():
        return
    command.upgrade(alembic_config(db.engine.url), revision)


def alembic_config(url: sa.URL) -> Config:
    """Alembic's settings for one database, without a web application."""
    settings = Config()
    settings.set_main_option("script_location", str(config.ROOT / "migrations"))
    text = url.render_as_string(hide_password=False)
    settings.set_main_option("sqlalchemy.url", text.replace("%", "%%"))
    return settings
