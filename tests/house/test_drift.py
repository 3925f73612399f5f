"""Models and migrations cannot drift apart: the same tables, columns, keys, indexes and checks."""

import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_appbuilder.models.sqla import Model
from sqlalchemy.dialects import sqlite

from models.base import db
from tests.tools.engines import sqlite_only

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")


def _compared(_thing, name, kind, _reflected, _other) -> bool:
    """Search indexes and change marks belong to the migrations alone."""
    own = ("dossier_search", "change_mark")
    return not (kind in ("table", "index") and any(part in (name or "") for part in own))


def test_models_and_migrations_say_the_same(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _compared}
        )
        assert compare_metadata(context, Model.metadata) == []


def test_every_check_and_foreign_key_of_the_models_is_in_the_database(app):
    with app.app_context():
        inspector = sa.inspect(db.engine)
        for table in Model.metadata.sorted_tables:
            kept = {c["name"] for c in inspector.get_check_constraints(table.name)}
            kept |= {c["name"] for c in inspector.get_foreign_keys(table.name)}
            wanted = (sa.CheckConstraint, sa.ForeignKeyConstraint)
            if table.name.startswith("ab_"):  # the framework names some of its own only on one side
                continue
            declared = {str(c.name) for c in table.constraints if isinstance(c, wanted)}
            assert declared <= kept, table.name


@sqlite_only
def test_every_check_says_in_the_database_what_it_says_in_the_models(app):
    """SQLite keeps the words of a check as they were written; PostgreSQL rewrites them."""
    with app.app_context():
        inspector = sa.inspect(db.engine)
        differing = []
        for table in Model.metadata.sorted_tables:
            kept = {c["name"]: c["sqltext"] for c in inspector.get_check_constraints(table.name)}
            for check in table.constraints:
                if isinstance(check, sa.CheckConstraint) and check.name in kept:
                    words = check.sqltext.compile(
                        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
                    )
                    if _plain(str(words)) != _plain(kept[check.name]):
                        differing.append((str(check.name), str(words), kept[check.name]))
    assert differing == []


def _plain(words: str) -> str:
    bare = re.sub(r"\s+", " ", words).strip()
    return re.sub(r"\b\w+\.(\w+)", r"\1", bare).replace('"', "")
