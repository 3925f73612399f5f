"""Search beside the dossiers: words under row-level security, last digits on SQLite

A policy must be checked before any operator that could leak a value, and LIKE could: on a table
with row-level security PostgreSQL never uses a trigram index. So the search keys stand in a table
of their own, without policy, only ever joined to `dossier`, whose policy decides what is seen.

Revision: 0003, after 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PG = (
    "DROP INDEX ix_dossier_search",
    "CREATE TABLE dossier_search (dossier_id uuid PRIMARY KEY, search_key text NOT NULL)",
    "CREATE INDEX ix_dossier_search ON dossier_search USING gin (search_key gin_trgm_ops)",
    """
CREATE FUNCTION mc_search_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM public.dossier_search WHERE dossier_id = OLD.id;
    RETURN OLD;
  END IF;
  INSERT INTO public.dossier_search VALUES (NEW.id, NEW.search_key)
  ON CONFLICT (dossier_id) DO UPDATE SET search_key = EXCLUDED.search_key;
  RETURN NEW;
END $$""",
    "CREATE TRIGGER dossier_search_add AFTER INSERT OR DELETE ON dossier "
    "FOR EACH ROW EXECUTE FUNCTION mc_search_key()",
    "CREATE TRIGGER dossier_search_change AFTER UPDATE OF search_key ON dossier FOR EACH ROW "
    "WHEN (OLD.search_key IS DISTINCT FROM NEW.search_key) EXECUTE FUNCTION mc_search_key()",
    # Rows that logical replication applies are searched at the receiver too.
    "ALTER TABLE dossier ENABLE ALWAYS TRIGGER dossier_search_add",
    "ALTER TABLE dossier ENABLE ALWAYS TRIGGER dossier_search_change",
    "SELECT set_config('app.agencies', '*', true)",
    "INSERT INTO dossier_search SELECT id, search_key FROM dossier",
)
PG_DOWN = (
    "DROP TRIGGER dossier_search_change ON dossier",
    "DROP TRIGGER dossier_search_add ON dossier",
    "DROP FUNCTION mc_search_key()",
    "DROP TABLE dossier_search",
    "CREATE INDEX ix_dossier_search ON dossier USING gin (search_key gin_trgm_ops)",
)
SQLITE = (
    "CREATE INDEX ix_dossier_search_code ON dossier (substr(code, -4))",
    "CREATE INDEX ix_dossier_search_id_number ON dossier (substr(owner_id_number, -4))",
    "CREATE INDEX ix_dossier_search_phone ON dossier (substr(owner_phone, -4))",
)
SQLITE_DOWN = (
    "DROP INDEX ix_dossier_search_phone",
    "DROP INDEX ix_dossier_search_id_number",
    "DROP INDEX ix_dossier_search_code",
)


def _run(postgresql: tuple[str, ...], sqlite: tuple[str, ...]) -> None:
    bind = op.get_bind()
    for statement in postgresql if bind.dialect.name == "postgresql" else sqlite:
        bind.exec_driver_sql(statement)


def upgrade() -> None:
    _run(PG, SQLITE)


def downgrade() -> None:
    _run(PG_DOWN, SQLITE_DOWN)
