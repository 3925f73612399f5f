"""The mark of units and procedures, kept in memory by a process; dossiers by the whole name of their owner

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TOPIC = "catalogue"
TABLES = (
    *("unit", "procedure_field", "procedure", "procedure_version"),
    *("required_document", "fee_rule", "case_term", "procedure_step", "document_type"),
)
EVENTS = ("INSERT", "UPDATE", "DELETE")


def _triggers(postgresql: bool) -> list[tuple[str, str, str]]:
    """(name, table, statement) of every trigger; on SQLite each event has its own."""
    if postgresql:
        return [
            (
                f"{table}_marks_{TOPIC}",
                table,
                f"CREATE TRIGGER {table}_marks_{TOPIC} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION mc_mark('{TOPIC}')",
            )
            for table in TABLES
        ]
    change = f"UPDATE change_mark SET value = value + 1 WHERE topic = '{TOPIC}'"
    names = [(f"{t}_{e.lower()}_marks_{TOPIC}", t, e) for t in TABLES for e in EVENTS]
    return [
        (name, table, f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {change}; END")
        for name, table, event in names
    ]


#: The key nobody sorted by becomes the one by which people are looked up.
NAMES = (
    "ALTER TABLE dossier RENAME COLUMN sort_key TO name_key",
    "UPDATE dossier SET name_key = mc_fold(owner_name)",
    "CREATE INDEX ix_dossier_name_key ON dossier (name_key, id)",
)
NAMES_DOWN = (
    "DROP INDEX ix_dossier_name_key",
    "ALTER TABLE dossier RENAME COLUMN name_key TO sort_key",
)


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("SELECT set_config('app.agencies', '*', true)")
    for statement in NAMES:
        bind.exec_driver_sql(statement)
    bind.execute(sa.text("INSERT INTO change_mark (topic, value) VALUES (:t, 1)"), {"t": TOPIC})
    for _name, _table, statement in _triggers(bind.dialect.name == "postgresql"):
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    for name, table, _statement in _triggers(postgresql):
        bind.exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    for statement in NAMES_DOWN:
        bind.exec_driver_sql(statement)
    bind.execute(sa.text("DELETE FROM change_mark WHERE topic = :t"), {"t": TOPIC})
