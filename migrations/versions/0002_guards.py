"""Guards of the database itself: append-only tables, owners for ever, row-level security, search

Revision: 0002, after 0001
"""

from alembic import op

from migrations.guards import (
    drop_functions,
    install_functions,
    open_rows,
    protect,
    secure_rows,
    unprotect,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNED = (
    "applicant",
    "attachment",
    "calendar_day",
    "document_type",
    "dossier",
    "dossier_fee",
    "dossier_leg",
    "dossier_paper",
    "dossier_pause",
    "dossier_step",
    "event",
    "fee_receipt",
    "fee_rule",
    "issued_paper",
    "land_type",
    "message",
    "national_status",
    "number_counter",
    "officer",
    "paper_form",
    "procedure",
    "procedure_field",
    "procedure_step",
    "procedure_version",
    "required_document",
    "stand_in",
    "supplement_item",
    "supplement_request",
    "unit",
    "unit_successor",
    "working_hours",
)
ROWS = {
    "applicant": "agency",
    "dossier_leg": "leg",
    "dossier": "dossier",
    "attachment": "part",
    "dossier_fee": "part",
    "dossier_paper": "part",
    "dossier_pause": "part",
    "dossier_step": "part",
    "event": "part",
    "fee_receipt": "part",
    "issued_paper": "part",
    "message": "part",
    "supplement_item": "part",
    "supplement_request": "part",
}

FOLD_PG = r"""
CREATE OR REPLACE FUNCTION mc_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(lower(regexp_replace(normalize(
    translate(value, 'ĐđÐðɃƀ', 'DdDdBb'), NFKD),
    U&'[\0300-\036F\200B-\200D\2060\FEFF\00AD]', '', 'g')),
    '[^[:alnum:]]+', ' ', 'g'))
$$
"""
# The rowid of `dossier` may change when the file is vacuumed, so the index has numbers of its own.
SEARCH_SQLITE = (
    "CREATE TABLE dossier_search_row (id INTEGER PRIMARY KEY, dossier_id CHAR(32) NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE dossier_search USING fts5("
    "search_key, tokenize='unicode61', prefix='2 3 4')",
    "CREATE TRIGGER dossier_search_add AFTER INSERT ON dossier BEGIN "
    "INSERT INTO dossier_search_row (dossier_id) VALUES (NEW.id); "
    "INSERT INTO dossier_search (rowid, search_key) SELECT id, NEW.search_key "
    "FROM dossier_search_row WHERE dossier_id = NEW.id; END",
    "CREATE TRIGGER dossier_search_change AFTER UPDATE OF search_key ON dossier "
    "WHEN OLD.search_key IS NOT NEW.search_key BEGIN "
    "UPDATE dossier_search SET search_key = NEW.search_key WHERE rowid = "
    "(SELECT id FROM dossier_search_row WHERE dossier_id = NEW.id); END",
    "CREATE TRIGGER dossier_search_remove AFTER DELETE ON dossier BEGIN "
    "DELETE FROM dossier_search WHERE rowid = "
    "(SELECT id FROM dossier_search_row WHERE dossier_id = OLD.id); "
    "DELETE FROM dossier_search_row WHERE dossier_id = OLD.id; END",
)


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    install_functions()
    for table in OWNED:
        protect(table)
    for table, kind in ROWS.items():
        secure_rows(table, kind)
    driver = op.get_bind().exec_driver_sql
    if _postgresql():
        driver("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        driver(FOLD_PG)
        driver("CREATE INDEX ix_dossier_search ON dossier USING gin (search_key gin_trgm_ops)")
        return
    for statement in SEARCH_SQLITE:
        driver(statement)


def downgrade() -> None:
    driver = op.get_bind().exec_driver_sql
    if _postgresql():
        driver("DROP INDEX ix_dossier_search")
        driver("DROP FUNCTION IF EXISTS mc_fold(text)")
    else:
        for name in ("add", "change", "remove"):
            driver(f"DROP TRIGGER dossier_search_{name}")
        driver("DROP TABLE dossier_search")
        driver("DROP TABLE dossier_search_row")
    for table in ROWS:
        open_rows(table)
    for table in OWNED:
        unprotect(table)
    drop_functions()
