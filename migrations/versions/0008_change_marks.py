"""What changed last, by topic; whole words of the search keys on PostgreSQL

A process keeps identities, calendars and procedures in memory and asks only whether the mark of
their topic is still the same. Triggers raise the marks, inside the transaction of the change: who
sees the change sees the new mark.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Topic → table → the columns whose change counts (none named: all).
TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "identity": {
        "ab_user": ("active", "username", "password", "first_name", "last_name", "email"),
        "ab_user_role": (),
        "ab_role": (),
        "officer": (),
        "stand_in": (),
        "unit": (),
    },
    "calendar": {"unit": (), "working_hours": (), "calendar_day": ()},
}
FUNCTION = """
CREATE FUNCTION mc_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
BEGIN
  UPDATE public.change_mark SET value = value + 1 WHERE topic = TG_ARGV[0];
  RETURN NULL;
END $$"""
WORDS = (
    "ALTER TABLE dossier_search ADD COLUMN words tsvector NOT NULL "
    "GENERATED ALWAYS AS (to_tsvector('simple', search_key)) STORED",
    # Without a list of late entries, which every search would have to read through.
    "CREATE INDEX ix_dossier_search_words ON dossier_search USING gin (words) "
    "WITH (fastupdate = off)",
)
WORDS_DOWN = (
    "DROP INDEX ix_dossier_search_words",
    "ALTER TABLE dossier_search DROP COLUMN words",
)


def _triggers(postgresql: bool) -> list[tuple[str, str, str]]:
    """(name, table, statement) of every trigger."""
    return [
        trigger
        for topic, tables in TOPICS.items()
        for table, columns in tables.items()
        for trigger in (_pg if postgresql else _sqlite)(topic, table, columns)
    ]


def _pg(topic: str, table: str, columns: tuple[str, ...]) -> list[tuple[str, str, str]]:
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    name = f"{table}_marks_{topic}"
    return [
        (
            name,
            table,
            f"CREATE TRIGGER {name} AFTER INSERT OR DELETE OR TRUNCATE OR {update} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION mc_mark('{topic}')",
        )
    ]


def _sqlite(topic: str, table: str, columns: tuple[str, ...]) -> list[tuple[str, str, str]]:
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    found = []
    for event in ("INSERT", "DELETE", update):
        name = f"{table}_{event.split()[0].lower()}_marks_{topic}"
        change = f"UPDATE change_mark SET value = value + 1 WHERE topic = '{topic}'"
        found.append(
            (name, table, f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {change}; END")
        )
    return found


def upgrade() -> None:
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    marks = op.create_table(
        "change_mark",
        sa.Column("topic", sa.String(20), primary_key=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(marks, [{"topic": topic, "value": 1} for topic in TOPICS])
    for statement in (FUNCTION, *WORDS) if postgresql else ():
        bind.exec_driver_sql(statement)
    for _name, _table, statement in _triggers(postgresql):
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    bind = op.get_bind()
    postgresql = bind.dialect.name == "postgresql"
    for name, table, _statement in _triggers(postgresql):
        bind.exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    for statement in (*WORDS_DOWN, "DROP FUNCTION mc_mark()") if postgresql else ():
        bind.exec_driver_sql(statement)
    op.drop_table("change_mark")
