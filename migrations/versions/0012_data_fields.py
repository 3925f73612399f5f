"""Data that a procedure asks for, conditions over it, and the values that lists are narrowed by

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import open_rows, protect, secure_rows, unprotect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TOPIC = "catalogue"
EVENTS = ("INSERT", "UPDATE", "DELETE")
#: Columns that known tables gain.
MORE = {
    "required_document": (("only_if", sa.String(1000)),),
    "fee_rule": (
        ("only_if", sa.String(1000)),
        ("quantity", sa.String(1000)),
        ("free_if", sa.String(1000)),
        ("valid_from", sa.Date()),
        ("valid_to", sa.Date()),
    ),
    "procedure_step": (("only_if", sa.String(1000)), ("same_as", sa.Integer())),
    "dossier_step": (("only_if", sa.String(1000)), ("same_as", sa.Integer())),
}
_TEXTS = (
    *(("group", 40), ("help", 1000), ("required_if", 1000), ("show_if", 1000)),
    *(("calculated", 1000), ("default", 500), ("choices", 8000), ("least", 20), ("most", 20)),
    *(("check", 1000), ("check_message", 300), ("stages", 60), ("readers", 300)),
    *(("label_en", 300), ("source", 500)),
)


def _id(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _marks(table: str) -> list[str]:
    """Triggers that say that the catalogue has changed, as in migration 0010."""
    if op.get_bind().dialect.name == "postgresql":
        return [
            f"CREATE TRIGGER {table}_marks_{TOPIC} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
            f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION mc_mark('{TOPIC}')"
        ]
    change = f"UPDATE change_mark SET value = value + 1 WHERE topic = '{TOPIC}'"
    return [
        f"CREATE TRIGGER {table}_{event.lower()}_marks_{TOPIC} AFTER {event} ON {table} "
        f"BEGIN {change}; END"
        for event in EVENTS
    ]


def upgrade() -> None:
    for table, columns in MORE.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    _data_field()
    _data_value()
    for statement in _marks("data_field"):
        op.get_bind().exec_driver_sql(statement)


def _data_field() -> None:
    op.create_table(
        "data_field",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        *(sa.Column(name, sa.String(length), nullable=True) for name, length in _TEXTS),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("required", "listed", "searched")
        ),
        _id("version_id"),
        _id("id"),
        _id("agency_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["unit.id"], name=op.f("fk_data_field_agency_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["procedure_version.id"], name=op.f("fk_data_field_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_field")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_data_field_agency_id_id")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_data_field_version_id_key")),
    )
    op.create_index(op.f("ix_data_field_version_id"), "data_field", ["version_id"])
    protect("data_field")


def _data_value() -> None:
    op.create_table(
        "data_value",
        _id("dossier_id"),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("text", sa.String(200), nullable=True),
        sa.Column("number", sa.Numeric(24, 6), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        _id("id"),
        _id("agency_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["unit.id"], name=op.f("fk_data_value_agency_id")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_data_value_dossier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_value")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_data_value_agency_id_id")),
    )
    op.create_index(op.f("ix_data_value_dossier_id"), "data_value", ["dossier_id"])
    for column in ("text", "number", "day"):
        op.create_index(f"ix_data_value_key_{column}", "data_value", ["key", column, "dossier_id"])
    protect("data_value")
    secure_rows("data_value", "part")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    names = [f"data_field_marks_{TOPIC}"]
    if not postgresql:
        names = [f"data_field_{event.lower()}_marks_{TOPIC}" for event in EVENTS]
    for name in names:
        op.get_bind().exec_driver_sql(
            f"DROP TRIGGER {name}" + (" ON data_field" if postgresql else "")
        )
    open_rows("data_value")
    for table in ("data_value", "data_field"):
        unprotect(table)
        op.drop_table(table)
    for table, columns in MORE.items():
        for name, _kind in columns:
            op.drop_column(table, name)
