"""How each person likes to see the screens

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("theme", sa.String(10), nullable=True),
        sa.Column("density", sa.String(20), nullable=True),
        sa.Column("language", sa.String(2), nullable=True),
        sa.CheckConstraint(
            "theme IN ('system', 'light', 'dark')", name=op.f("ck_preference_theme")
        ),
        sa.CheckConstraint(
            "density IN ('comfortable', 'compact')", name=op.f("ck_preference_density")
        ),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_preference_language")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["ab_user.id"],
            name=op.f("fk_preference_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preference")),
    )


def downgrade() -> None:
    op.drop_table("preference")
