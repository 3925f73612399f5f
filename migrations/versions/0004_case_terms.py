"""Terms that differ by case within one version of a procedure

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import protect, unprotect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_term",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(40), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("term", sa.String(20), nullable=False),
        sa.Column("version_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("source", sa.String(500), nullable=True),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["unit.id"], name=op.f("fk_case_term_agency_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["procedure_version.id"], name=op.f("fk_case_term_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_term")),
        sa.UniqueConstraint("agency_id", "id", name=op.f("uq_case_term_agency_id_id")),
        sa.UniqueConstraint("version_id", "case", name=op.f("uq_case_term_version_id_case")),
    )
    op.create_index(op.f("ix_case_term_version_id"), "case_term", ["version_id"], unique=False)
    protect("case_term")


def downgrade() -> None:
    unprotect("case_term")
    op.drop_index(op.f("ix_case_term_version_id"), table_name="case_term")
    op.drop_table("case_term")
