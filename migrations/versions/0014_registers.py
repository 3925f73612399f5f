"""Registers that administrators define, their entries; results and actions of procedures; notices

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.guards import open_rows, protect, secure_rows, unprotect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TOPIC = "catalogue"
EVENTS = ("INSERT", "UPDATE", "DELETE")
#: Definitions, which processes keep in memory.
CATALOGUE = ("register", "register_field", "procedure_result", "step_action")
#: What each agency owns.
OWNED = ("register_entry", "register_value", "register_paper")
_FIELD_TEXTS = (
    *(("group", 40), ("help", 1000), ("required_if", 1000), ("show_if", 1000)),
    *(("calculated", 1000), ("default", 500), ("choices", 8000), ("least", 20), ("most", 20)),
    *(("check", 1000), ("check_message", 300), ("readers", 300), ("label_en", 300)),
    ("source", 500),
)


def _postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _id(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _text(name: str, length: int, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _yes_no(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _closed(column: str, name: str, *members: str) -> sa.Column:
    kind = sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=60)
    return sa.Column(column, kind, nullable=False)


def _json(name: str) -> sa.Column:
    return sa.Column(name, sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _table(name: str, *parts: sa.Column | sa.Constraint) -> None:
    op.create_table(
        name,
        *parts,
        _id("id"),
        _id("agency_id"),
        _key(name, "agency_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("agency_id", "id", name=op.f(f"uq_{name}_agency_id_id")),
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _triggers() -> list[tuple[str, str, str]]:
    """(table, name, statement): the catalogue has changed, as in migration 0010."""
    if _postgresql():
        return [
            (
                table,
                f"{table}_marks_{TOPIC}",
                f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION mc_mark('{TOPIC}')",
            )
            for table in CATALOGUE
        ]
    mark = f"UPDATE change_mark SET value = value + 1 WHERE topic = '{TOPIC}'"
    return [
        (t, f"{t}_{e.lower()}_marks_{TOPIC}", f"AFTER {e} ON {t} BEGIN {mark}; END")
        for t in CATALOGUE
        for e in EVENTS
    ]


def upgrade() -> None:
    _definitions()
    _parts()
    _entries()
    _notice()
    for table in (*CATALOGUE, *OWNED, "notice"):
        protect(table)
    for table in OWNED:
        secure_rows(table, "agency")
    secure_rows("notice", "part")
    for _table_name, name, statement in _triggers():
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} {statement}")


def _definitions() -> None:
    _table(
        "register",
        _text("code", 30, nullable=False),
        _text("name", 300, nullable=False),
        _text("entry", 100),
        _closed("use", "registeruse", "draft", "open", "closed"),
        _text("pattern", 60, nullable=False),
        _yes_no("yearly"),
        *(_text(name, 40) for name in ("holder_key", "starts_key", "ends_key")),
        sa.Column("months", sa.Integer(), nullable=True),
        _text("form", 40),
        *(_text(name, 300) for name in ("readers", "writers", "revokers", "exporters")),
        _text("legal_basis", 2000),
        _text("source", 500),
        sa.CheckConstraint(
            "months IS NULL OR months BETWEEN 1 AND 1200", name=op.f("ck_register_months")
        ),
        _unique("register", "code"),
    )
    _table(
        "register_field",
        sa.Column("position", sa.Integer(), nullable=False),
        _text("key", 40, nullable=False),
        _text("label", 300, nullable=False),
        _text("kind", 60, nullable=False),
        *(_text(name, length) for name, length in _FIELD_TEXTS),
        *(_yes_no(name) for name in ("required", "listed", "searched", "retired")),
        _id("register_id"),
        _key("register_field", "register_id", "register"),
        _unique("register_field", "register_id", "key"),
    )
    _index("register_field", "register_id")


def _parts() -> None:
    _table(
        "procedure_result",
        sa.Column("position", sa.Integer(), nullable=False),
        _text("code", 40, nullable=False),
        _text("name", 300, nullable=False),
        _closed("act", "resultact", "create", "amend", "supersede", "revoke"),
        _text("found_by", 40),
        _text("fills", 8000),
        _text("only_if", 1000),
        _text("source", 500),
        _id("register_id"),
        _id("version_id"),
        _key("procedure_result", "register_id", "register"),
        _key("procedure_result", "version_id", "procedure_version"),
        _unique("procedure_result", "version_id", "code"),
    )
    _index("procedure_result", "register_id")
    _index("procedure_result", "version_id")
    _table(
        "step_action",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        _closed("moment", "actionmoment", "entry", "exit"),
        _closed("kind", "actionkind", "print", "fee", "notify", "register"),
        *(_text(name, 40) for name in ("form", "fee", "result")),
        _text("notified", 300),
        _text("text", 500),
        _text("only_if", 1000),
        _text("source", 500),
        _id("version_id"),
        _key("step_action", "version_id", "procedure_version"),
    )
    _index("step_action", "version_id")


def _entries() -> None:
    _table(
        "register_entry",
        _id("register_id"),
        _text("number", 80, nullable=False),
        _text("holder", 300, nullable=False),
        _closed("state", "entrystate", "valid", "expired", "revoked", "replaced"),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _json("details"),
        _id("dossier_id", nullable=True),
        _id("replaces_id", nullable=True),
        _text("entered_by", 200, nullable=False),
        _moment("entered_at"),
        sa.Column("search_key", sa.Text(), nullable=False),
        _text("holder_sort", 400, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("register_entry", "register_id", "register"),
        _key("register_entry", "dossier_id", "dossier"),
        _key("register_entry", "replaces_id", "register_entry"),
        _unique("register_entry", "register_id", "agency_id", "number"),
        sa.CheckConstraint("state != 'expired'", name=op.f("ck_register_entry_expiry_follows")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from",
            name=op.f("ck_register_entry_period"),
        ),
    )
    _index("register_entry", "dossier_id")
    _index("register_entry", "replaces_id")
    for name, column in (("day", "registered_on"), ("holder", "holder_sort"), ("end", "valid_to")):
        op.create_index(
            f"ix_register_entry_{name}", "register_entry", ["register_id", column, "id"]
        )
    _table(
        "register_value",
        _id("entry_id"),
        _text("key", 40, nullable=False),
        _text("text", 200),
        sa.Column("number", sa.Numeric(24, 6), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        _key("register_value", "entry_id", "register_entry"),
    )
    _index("register_value", "entry_id")
    for column in ("text", "number", "day"):
        op.create_index(
            f"ix_register_value_key_{column}", "register_value", ["key", column, "entry_id"]
        )
    _table(
        "register_paper",
        _id("entry_id"),
        _text("form", 40, nullable=False),
        _text("number", 80, nullable=False),
        _moment("issued_at"),
        _text("issued_by", 200, nullable=False),
        _json("content"),
        _id("template_id"),
        _key("register_paper", "entry_id", "register_entry"),
    )
    _index("register_paper", "entry_id")


def _notice() -> None:
    _table(
        "notice",
        _id("dossier_id"),
        _id("officer_id"),
        _text("text", 500, nullable=False),
        _moment("at"),
        _moment("read_at", nullable=True),
        _key("notice", "dossier_id", "dossier"),
        _key("notice", "officer_id", "officer"),
    )
    _index("notice", "dossier_id")
    op.create_index("ix_notice_officer_id", "notice", ["officer_id", "at", "id"])
    where = sa.text("read_at IS NULL")
    op.create_index(
        "ix_notice_unread", "notice", ["officer_id"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    for table, name, _statement in _triggers():
        op.get_bind().exec_driver_sql(
            f"DROP TRIGGER {name}" + (f" ON {table}" if _postgresql() else "")
        )
    for table in ("notice", *reversed(OWNED)):
        open_rows(table)
    for table in ("notice", *reversed(OWNED), *reversed(CATALOGUE)):
        unprotect(table)
        op.drop_table(table)
