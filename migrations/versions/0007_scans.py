"""Scanned stacks and the pieces they were split into

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.guards import open_rows, protect, secure_rows, unprotect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WORK = sa.text("state IN ('waiting', 'running')")
_TRAY = sa.text("state = 'open'")


def _id(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(as_uuid=False), nullable=nullable)


def _state(name: str, *members: str) -> sa.Column:
    kind = sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=60)
    return sa.Column("state", kind, nullable=False)


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "scan_batch",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _id("unit_id"),
        _id("officer_id", nullable=True),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _state("batchstate", "waiting", "running", "done", "failed"),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("pages_done", sa.Integer(), nullable=False),
        sa.Column("blanks", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(60), nullable=True),
        sa.Column(
            "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        _id("id"),
        _id("agency_id"),
        sa.CheckConstraint("pages_done >= 0", name=op.f("ck_scan_batch_pages")),
        sa.CheckConstraint(
            "state != 'failed' OR error IS NOT NULL", name=op.f("ck_scan_batch_failed_has_error")
        ),
        _points("scan_batch", "unit_id", "unit"),
        _points("scan_batch", "officer_id", "officer"),
        _points("scan_batch", "agency_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_batch")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_scan_batch_agency_id_id")),
        sa.UniqueConstraint("agency_id", "sha256", name=op.f("uq_scan_batch_agency_id_sha256")),
    )
    op.create_index("ix_scan_batch_agency_id_made_at", "scan_batch", ["agency_id", "made_at", "id"])
    op.create_index(
        "ix_scan_batch_work",
        "scan_batch",
        ["made_at", "id"],
        sqlite_where=_WORK,
        postgresql_where=_WORK,
    )
    op.create_table(
        "scan_piece",
        _id("batch_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        _state("piecestate", "open", "filed", "dropped"),
        sa.Column("why", sa.String(60), nullable=True),
        sa.Column("code", sa.String(40), nullable=True),
        _id("dossier_id", nullable=True),
        _id("paper_id", nullable=True),
        _id("attachment_id", nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(200), nullable=True),
        sa.Column("reason", sa.String(400), nullable=True),
        _id("id"),
        _id("agency_id"),
        sa.CheckConstraint("last >= first AND pages >= 1", name=op.f("ck_scan_piece_pages")),
        sa.CheckConstraint(
            "state != 'filed' OR attachment_id IS NOT NULL",
            name=op.f("ck_scan_piece_filed_has_attachment"),
        ),
        sa.CheckConstraint(
            "state != 'open' OR sha256 IS NOT NULL", name=op.f("ck_scan_piece_open_has_file")
        ),
        _points("scan_piece", "batch_id", "scan_batch"),
        _points("scan_piece", "dossier_id", "dossier"),
        _points("scan_piece", "paper_id", "dossier_paper"),
        _points("scan_piece", "attachment_id", "attachment"),
        _points("scan_piece", "agency_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_piece")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_scan_piece_agency_id_id")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_scan_piece_batch_id_number")),
    )
    op.create_index(op.f("ix_scan_piece_sha256"), "scan_piece", ["sha256"])
    op.create_index(
        "ix_scan_piece_tray",
        "scan_piece",
        ["agency_id", "id"],
        sqlite_where=_TRAY,
        postgresql_where=_TRAY,
    )
    for table in ("scan_batch", "scan_piece"):
        protect(table)
        secure_rows(table, "agency")


def downgrade() -> None:
    for table in ("scan_piece", "scan_batch"):
        open_rows(table)
        unprotect(table)
        op.drop_table(table)
