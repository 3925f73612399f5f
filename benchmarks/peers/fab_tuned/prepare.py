"""From the peers' tables to the tuned ones: folded search column with trigrams, order, accounts."""

import os

import sqlalchemy as sa

SEARCH = "code || ' ' || applicant_name || ' ' || coalesce(phone, '')"
STATEMENTS = (
    "ALTER TABLE dossier ADD COLUMN search_text text",
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # the folding of tuning.fold(), done in SQL for the bulk load
    f"UPDATE dossier SET search_text = lower(unaccent({SEARCH}))",
    "CREATE INDEX ix_dossier_search ON dossier USING gin (search_text gin_trgm_ops)",
    "CREATE INDEX ix_dossier_received_id ON dossier (received_at, id)",
    "VACUUM ANALYZE dossier",
)


def main() -> None:
    """Prepare the database of DATABASE_URL; the tables are filled already."""
    os.environ["FAB_SYNC"] = "1"
    import app

    product = app.create_app()
    with product.app_context():
        engine = app.db.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in STATEMENTS:
                connection.execute(sa.text(statement))


if __name__ == "__main__":
    main()
