"""Migrations own every table: up and down and up, interrupted and repeated, without the product."""

import ast
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

import config
from app.cli.setup import alembic_config
from migrations.guards import APPEND_ONLY
from models.base import Row
from tests.conftest import ENVIRONMENT

VERSIONS = sorted((config.ROOT / "migrations" / "versions").glob("*.py"))


def settings() -> Config:
    """Alembic's own view of the folder, without a database."""
    found = Config()
    found.set_main_option("script_location", str(config.ROOT / "migrations"))
    return found


def owned() -> set[str]:
    """Every table of a row with an owner."""
    return {
        m.class_.__tablename__
        for m in Row.registry.mappers
        if issubclass(m.class_, Row) and m.class_.__module__.startswith("models.")
    }


@pytest.fixture
def empty(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    cluster = request.getfixturevalue("cluster")
    name = f"migrated_{os.getpid()}"
    cluster.drop(name)
    cluster.create(name)
    yield cluster.url(name)
    cluster.drop(name)


def upgrade(url: str, revision: str = "head") -> None:
    command.upgrade(alembic_config(sa.make_url(url)), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(alembic_config(sa.make_url(url)), revision)


# ---- the whole schema as text --------------------------------------------------------------------
_PG = (
    "SELECT 'column', table_name, column_name, data_type, character_maximum_length::text, "
    "is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled::text "
    "FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'policy', tablename, policyname, cmd, qual, with_check FROM pg_policies",
    "SELECT 'security', relname, relrowsecurity::text, relforcerowsecurity::text FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    "SELECT 'function', p.proname, pg_get_functiondef(p.oid) FROM pg_proc p LEFT JOIN pg_depend d "
    "ON d.objid = p.oid AND d.deptype = 'e' WHERE p.pronamespace = 'public'::regnamespace "
    "AND d.objid IS NULL AND p.prokind = 'f'",
)


def schema(url: str) -> list[str]:
    """Every table, column, constraint, index, trigger, policy and function, one line each."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            rows = database.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master"
            ).fetchall()
        database.close()
    else:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            rows = [row for query in _PG for row in connection.execute(query)]
    lines = (re.sub(r"\s+", " ", " | ".join(map(str, row))) for row in rows)
    return sorted(line for line in lines if "alembic_version" not in line)


def test_up_down_up_gives_the_same_schema_at_every_revision(empty):
    script = ScriptDirectory.from_config(settings())
    revisions = [r.revision for r in reversed(list(script.walk_revisions()))]
    seen = {"base": schema(empty) if not empty.startswith("sqlite") else []}
    for revision in revisions:
        upgrade(empty, revision)
        seen[revision] = schema(empty)
    for revision in ("base", *revisions)[-2::-1]:
        downgrade(empty, revision)
        assert schema(empty) == seen[revision], f"after going down to {revision}"
    upgrade(empty)
    assert schema(empty) == seen[revisions[-1]]


def test_there_is_one_head_and_one_line_of_revisions():
    script = ScriptDirectory.from_config(settings())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert len(list(script.walk_revisions())) == len(VERSIONS)


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_stands_alone_and_can_be_undone(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {"alembic", "sqlalchemy", "migrations.guards"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            module = getattr(node, "module", None)
            names = [module] if module else [alias.name for alias in node.names]
            for name in names:
                assert name in allowed or name.split(".")[0] in {"alembic", "sqlalchemy"}, name
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert {"upgrade", "downgrade"} <= set(functions)
    assert not isinstance(functions["downgrade"].body[-1], ast.Pass)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_every_row_has_a_key_of_owner_and_id_and_an_owner_for_ever(app, engine_name):
    from models.base import db

    with app.app_context(), db.engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in owned():
            keys = [tuple(k["column_names"]) for k in inspector.get_unique_constraints(table)]
            assert ("agency_id", "id") in keys, table
            assert {c["name"]: c for c in inspector.get_columns(table)}["agency_id"][
                "nullable"
            ] is False
        query = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'",
        }[engine_name]
        triggers = set(connection.scalars(sa.text(query)))
    assert {f"{table}_owner" for table in owned()} <= triggers
    endings = {"sqlite": ("update", "delete"), "postgresql": ("append",)}[engine_name]
    assert {f"{table}_{end}" for table in APPEND_ONLY for end in endings} <= triggers


# ---- interrupted ---------------------------------------------------------------------------------
#: Stops the process dead in front of the n-th statement that creates something.
_DIES = """
import os, signal, sys
import sqlalchemy as sa
from alembic import command
from app.cli.setup import alembic_config

left = int(sys.argv[2])

@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def count(_connection, _cursor, statement, *_):
    global left
    if statement.lstrip().startswith(("CREATE", "ALTER", "INSERT")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

command.upgrade(alembic_config(sa.make_url(sys.argv[1])), "head")
"""


@pytest.mark.parametrize("statements", [3, 60, 100])
def test_an_upgrade_that_was_killed_half_way_can_be_repeated(empty, engine_name, statements):
    environment = {**os.environ, **ENVIRONMENT}
    killed = subprocess.run(
        [sys.executable, "-c", _DIES, empty, str(statements)],
        cwd=config.ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    _wait_for_the_server_to_notice(empty, engine_name)
    upgrade(empty)
    assert len([line for line in schema(empty) if "event" in line]) > 5
    upgrade(empty)  # and once more: nothing to do


def _wait_for_the_server_to_notice(url: str, engine_name: str) -> None:
    if engine_name == "sqlite":
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        deadline = time.monotonic() + 10
        while connection.execute(query).fetchone() != (1,):
            assert time.monotonic() < deadline
            time.sleep(0.02)
