"""Templates of printed papers, in versions; an issued paper names the one it was printed from

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import protect, unprotect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE, TOPIC = "paper_template", "catalogue"
EVENTS = ("INSERT", "UPDATE", "DELETE")
#: What never changes once a template has been in use: papers are printed again from it.
KEPT = ("series", "number", "form", "procedure_id", "name", "size", "body")


def _id(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _closed(column: str, name: str, *members: str) -> sa.Column:
    kind = sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=60)
    return sa.Column(column, kind, nullable=False)


def _postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _triggers() -> list[tuple[str, str]]:
    """(name, statement): the catalogue has changed, as in migration 0010; what was in use stays."""
    columns = ", ".join(KEPT)
    used = "OLD.state <> 'draft'"
    if _postgresql():
        kept = f"FOR EACH ROW WHEN ({used}) EXECUTE FUNCTION mc_refuse()"
        return [
            (
                f"{TABLE}_marks_{TOPIC}",
                f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION mc_mark('{TOPIC}')",
            ),
            (f"{TABLE}_kept", f"BEFORE UPDATE OF {columns} ON {TABLE} {kept}"),
            (f"{TABLE}_stays", f"BEFORE DELETE ON {TABLE} {kept}"),
        ]
    mark = f"UPDATE change_mark SET value = value + 1 WHERE topic = '{TOPIC}'"
    refuse = f"SELECT RAISE(ABORT, '{TABLE} is append-only')"
    return [
        *(
            (f"{TABLE}_{e.lower()}_marks_{TOPIC}", f"AFTER {e} ON {TABLE} BEGIN {mark}; END")
            for e in EVENTS
        ),
        (
            f"{TABLE}_kept",
            f"BEFORE UPDATE OF {columns} ON {TABLE} WHEN {used} BEGIN {refuse}; END",
        ),
        (f"{TABLE}_stays", f"BEFORE DELETE ON {TABLE} WHEN {used} BEGIN {refuse}; END"),
    ]


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("series", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(40), nullable=False),
        _id("procedure_id", nullable=True),
        sa.Column("name", sa.String(300), nullable=False),
        _closed("size", "sheetsize", "a5", "a4", "a4_landscape"),
        _closed("state", "templatestate", "draft", "published", "retired"),
        sa.Column("body", sa.String(100_000), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _id("id"),
        _id("agency_id"),
        sa.CheckConstraint("number >= 1", name=op.f(f"ck_{TABLE}_number")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f(f"fk_{TABLE}_procedure_id")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["unit.id"], name=op.f(f"fk_{TABLE}_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("agency_id", "id", name=op.f(f"uq_{TABLE}_agency_id_id")),
        sa.UniqueConstraint("series", "number", name=op.f(f"uq_{TABLE}_series_number")),
    )
    op.create_index(op.f(f"ix_{TABLE}_procedure_id"), TABLE, ["procedure_id"])
    for state in ("draft", "published"):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"uq_{TABLE}_{state}",
            TABLE,
            ["series"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    protect(TABLE)
    for name, statement in _triggers():
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} {statement}")
    op.add_column("issued_paper", _id("template_id", nullable=True))


def downgrade() -> None:
    op.drop_column("issued_paper", "template_id")
    for name, _statement in _triggers():
        op.get_bind().exec_driver_sql(
            f"DROP TRIGGER {name}" + (f" ON {TABLE}" if _postgresql() else "")
        )
    unprotect(TABLE)
    op.drop_table(TABLE)
