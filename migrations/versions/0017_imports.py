"""Files taken into a register piece by piece, and their lines that were wrong

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import open_rows, protect, secure_rows, unprotect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATES = ("mapping", "trying", "tried", "storing", "paused", "done", "stopped")
COUNTS = ("total", "line", "done", "created", "changed", "same", "wrong")
TABLES = ("register_import", "import_line")


def _id(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _json(name: str, nullable: bool = False) -> sa.Column:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def _moment(name: str, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _owned(table: str) -> list[sa.schema.SchemaItem]:
    return [
        _id("id"),
        _id("agency_id"),
        sa.ForeignKeyConstraint(["agency_id"], ["unit.id"], name=op.f(f"fk_{table}_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("agency_id", "id", name=op.f(f"uq_{table}_agency_id_id")),
    ]


def _runs() -> None:
    table = "register_import"
    state = sa.Enum(*STATES, name="runstate", native_enum=False, create_constraint=True, length=60)
    op.create_table(
        table,
        sa.Column("register", sa.String(60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        _moment("made_at", nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        *(_json(name) for name in ("form", "heads", "sample", "places")),
        sa.Column("match_by", sa.String(60), nullable=True),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("wanted", sa.String(10), nullable=True),
        _id("job_id", nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        _json("tried", nullable=True),
        _id("tried_since", nullable=True),
        sa.Column("done_before", sa.Integer(), nullable=False),
        *(_moment(name) for name in ("begun_at", "beat_at", "finished_at")),
        sa.Column("said", sa.String(500), nullable=True),
        *_owned(table),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "wanted IS NULL OR wanted IN ('pause', 'stop')", name=op.f(f"ck_{table}_wanted")
        ),
        sa.CheckConstraint(
            "done >= 0 AND done = created + changed + same + wrong",
            name=op.f(f"ck_{table}_counts"),
        ),
    )
    op.create_index("ix_register_import_register", table, ["register", "id"])


def _lines() -> None:
    table = "import_line"
    op.create_table(
        table,
        _id("run_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _json("cells"),
        _json("mistakes"),
        *_owned(table),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["register_import.id"],
            name=op.f(f"fk_{table}_run_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_import_line_run_id", table, ["run_id", "number"])


def upgrade() -> None:
    _runs()
    _lines()
    for table in TABLES:
        protect(table)
        secure_rows(table, "agency")


def downgrade() -> None:
    for table in reversed(TABLES):
        open_rows(table)
        unprotect(table)
        op.drop_table(table)
