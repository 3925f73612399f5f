"""Saved views of lists

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import open_rows, protect, secure_rows, unprotect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = "saved_view"
#: A view that the administrator of all agencies has shared is seen in all of them.
SEEN = "(SELECT mc_all()) OR agency_id = ANY ((SELECT mc_agencies())::uuid[]) OR everywhere"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("query", sa.String(2000), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("default_for", sa.String(200), nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agency_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f(f"fk_{TABLE}_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["unit.id"], name=op.f(f"fk_{TABLE}_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("agency_id", "id", name=op.f(f"uq_{TABLE}_agency_id_id")),
        sa.UniqueConstraint("user_id", "list", "name", name=op.f(f"uq_{TABLE}_user_id_list_name")),
    )
    op.create_index("ix_saved_view_list", TABLE, ["list"])
    protect(TABLE)
    secure_rows(TABLE, "agency")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER POLICY mc_read ON {TABLE} USING ({SEEN})")
    op.create_table(
        "list_choice",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list", sa.String(80), nullable=False),
        sa.Column("columns", sa.String(1000), nullable=True),
        sa.Column("view_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("opens_all", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["ab_user.id"], name=op.f("fk_list_choice_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["view_id"],
            [f"{TABLE}.id"],
            name=op.f("fk_list_choice_view_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("user_id", "list", name=op.f("pk_list_choice")),
    )
    op.create_index(op.f("ix_list_choice_view_id"), "list_choice", ["view_id"])


def downgrade() -> None:
    op.drop_table("list_choice")
    open_rows(TABLE)
    unprotect(TABLE)
    op.drop_table(TABLE)
