"""Guards that live in the database itself, for migrations to put up and take down.

SQLite copies a table to alter it and drops its triggers on the way: a migration that alters a
guarded table calls `protect()` for it again.
"""

import sqlalchemy as sa
from alembic import op

#: Tables whose rows are only ever inserted.
APPEND_ONLY = ("event", "message", "issued_paper", "fee_receipt", "register_paper")

_PG_FUNCTIONS = """
CREATE OR REPLACE FUNCTION mc_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;
CREATE OR REPLACE FUNCTION mc_keep_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the owner of a row of % never changes', TG_TABLE_NAME
  USING ERRCODE = 'insufficient_privilege'; END $$;
"""
_PG_SEES = """
CREATE OR REPLACE FUNCTION mc_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('app.agencies', true), '') = '*' $$;
CREATE OR REPLACE FUNCTION mc_agencies() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN coalesce(current_setting('app.agencies', true), '') IN ('', '*')
    THEN ARRAY[]::uuid[] ELSE string_to_array(current_setting('app.agencies', true), ',')::uuid[] END $$;
-- plpgsql, because it is asked for one row at a time and must stay out of every plan: a policy that
-- spells its sub-query out costs more to plan than most pages cost to read.
CREATE OR REPLACE FUNCTION mc_leg_here(dossier uuid) RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM public.dossier_leg
    WHERE dossier_id = dossier AND agency_id = ANY (public.mc_agencies()));
END $$;
"""


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def install_functions() -> None:
    """The trigger and scope functions of PostgreSQL."""
    if _postgresql():
        op.execute(sa.text(_PG_FUNCTIONS.replace(":", "\\:")))
        op.execute(sa.text(_PG_SEES.replace(":", "\\:")))


def drop_functions() -> None:
    """Take them away again."""
    if _postgresql():
        for name in (
            *("mc_refuse()", "mc_keep_owner()", "mc_leg_here(uuid)", "mc_all()", "mc_agencies()"),
        ):
            op.execute(f"DROP FUNCTION IF EXISTS {name}")


def protect(table: str) -> None:
    """The owner of a row never changes; an append-only table refuses every change."""
    if _postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_owner BEFORE UPDATE OF agency_id ON {table} FOR EACH ROW "
            "WHEN (OLD.agency_id IS DISTINCT FROM NEW.agency_id) EXECUTE FUNCTION mc_keep_owner()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_owner")
        if table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION mc_refuse()"
            )
            op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append")
        return
    op.execute(
        f"CREATE TRIGGER {table}_owner BEFORE UPDATE OF agency_id ON {table} "
        "WHEN OLD.agency_id IS NOT NEW.agency_id "
        f"BEGIN SELECT RAISE(ABORT, 'the owner of a row of {table} never changes'); END"
    )
    if table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def unprotect(table: str) -> None:
    """Take the triggers of a table away, before it is dropped."""
    names = ["owner", *(("append",) if _postgresql() else ("update", "delete"))]
    for name in names:
        if name == "owner" or table in APPEND_ONLY:
            on = f" ON {table}" if _postgresql() else ""
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")


def secure_rows(table: str, kind: str) -> None:
    """Row-level security on PostgreSQL: `agency` by owner, `dossier`/`part` also by a leg there."""
    if not _postgresql():
        return
    own = "((SELECT mc_all()) OR agency_id = ANY ((SELECT mc_agencies())::uuid[]))"
    seen = own
    if kind == "leg":
        seen = f"({own} OR sender_id = ANY ((SELECT mc_agencies())::uuid[]))"
    elif kind in ("dossier", "part"):
        key = "id" if kind == "dossier" else "dossier_id"
        seen = f"({own} OR mc_leg_here({key}))"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY mc_read ON {table} FOR SELECT USING {seen}")
    op.execute(f"CREATE POLICY mc_add ON {table} FOR INSERT WITH CHECK {own}")
    op.execute(f"CREATE POLICY mc_change ON {table} FOR UPDATE USING {own} WITH CHECK {own}")
    op.execute(f"CREATE POLICY mc_remove ON {table} FOR DELETE USING {own}")


def open_rows(table: str) -> None:
    """Take row-level security away."""
    if _postgresql():
        for policy in ("mc_read", "mc_add", "mc_change", "mc_remove"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
