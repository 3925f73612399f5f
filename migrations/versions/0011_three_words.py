"""Three words of a name as one entry of the search index on PostgreSQL

A name of three frequent words is found by reading three long lists of dossiers and keeping what is in
all of them; most of the time goes by for names that nobody has. Any two words of a search key with a
third one (`a_b_c`, the two in alphabetical order) are entries of their own now, each with few dossiers;
the third may be unfinished. Keys of very many words are marked `~` instead and have an index of their own.

Revision: 0011, after 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: A key of n words has n·(n−1)·(n−2)/2 entries: 3 for three, 12 for four, 168 for eight.
MOST = 8
FUNCTION = f"""
CREATE FUNCTION mc_search_words(key text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  word text[] := ARRAY(
    SELECT w FROM pg_catalog.unnest(pg_catalog.string_to_array(key, ' ')) AS w
    WHERE w <> '' AND w !~ '[0-9]' GROUP BY w ORDER BY w COLLATE "C");
  many int := pg_catalog.cardinality(word);
  entries text[] := '{{}}';
BEGIN
  IF many > {MOST} THEN
    entries := ARRAY['~'];
  ELSE
    FOR i IN 1 .. many - 1 LOOP
      FOR j IN i + 1 .. many LOOP
        FOR k IN 1 .. many LOOP
          IF k <> i AND k <> j THEN
            entries := entries || (word[i] || '_' || word[j] || '_' || word[k]);
          END IF;
        END LOOP;
      END LOOP;
    END LOOP;
  END IF;
  RETURN pg_catalog.to_tsvector('pg_catalog.simple'::regconfig, key)
    || pg_catalog.array_to_tsvector(entries);
END $$"""
INDEX = (
    "CREATE INDEX ix_dossier_search_words ON dossier_search USING gin (words) "
    "WITH (fastupdate = off)"
)


MARKED = (
    "CREATE INDEX ix_dossier_search_marked ON dossier_search USING gin (words) "
    "WITH (fastupdate = off) WHERE words @@ '~'::tsquery"
)


def _words(expression: str) -> tuple[str, ...]:
    return (
        "DROP INDEX ix_dossier_search_words",
        "ALTER TABLE dossier_search DROP COLUMN words",
        "ALTER TABLE dossier_search ADD COLUMN words tsvector NOT NULL "
        f"GENERATED ALWAYS AS ({expression}) STORED",
        INDEX,
    )


def _run(*statements: str) -> None:
    bind = op.get_bind()
    for statement in statements if bind.dialect.name == "postgresql" else ():
        bind.exec_driver_sql(statement)


def upgrade() -> None:
    _run(FUNCTION, *_words("mc_search_words(search_key)"), MARKED)


def downgrade() -> None:
    _run("DROP INDEX ix_dossier_search_marked", *_words("to_tsvector('simple', search_key)"))
    _run("DROP FUNCTION mc_search_words(text)")
