"""Which kind of copy a supplement request asks for

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supplement_item", sa.Column("copy", sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column("supplement_item", "copy")
