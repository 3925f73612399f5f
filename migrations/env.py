"""Alembic's environment: every table of the product and of FAB's security, on both databases."""

import flask_appbuilder.security.sqla.models  # noqa: F401  (the ab_* tables are ours to migrate)
from alembic import context
from flask_appbuilder.models.sqla import Model
from sqlalchemy import create_engine, pool

import models  # noqa: F401

config = context.config


def run(connection) -> None:
    """Run inside one transaction; a batch copy of a table is how SQLite alters it."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        include_object=_ours,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


def _render(kind, item, _context):
    """Write plain SQLAlchemy types into migrations, which never import the product."""
    if kind != "type":
        return False
    plain = {
        "Id": "sa.Uuid(as_uuid=False)",
        "Moment": "sa.DateTime(timezone=True)",
        "JSON": 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
    }
    if type(item).__name__ in ("Text", "TermText") and type(item).__module__ == "models.types":
        return f"sa.String({item.impl.length})"
    return plain.get(type(item).__name__, False)


def _ours(_object, name, kind, _reflected, _compared) -> bool:
    """Leave alone what the search indexes and the change marks keep for themselves (0002, 0008)."""
    own = ("dossier_search", "change_mark")
    return not (kind in ("table", "index") and any(part in (name or "") for part in own))


if context.is_offline_mode():
    raise SystemExit("Migrations need a database: give its address.")
given = config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
    with engine.connect() as opened:
        run(opened)
        opened.commit()
