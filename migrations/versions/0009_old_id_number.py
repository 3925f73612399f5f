"""The nine-digit number of before, kept beside the new one so that older dossiers are found

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX = "ix_applicant_agency_id_old_id_number"


def upgrade() -> None:
    op.add_column("applicant", sa.Column("old_id_number", sa.String(20), nullable=True))
    op.create_index(INDEX, "applicant", ["agency_id", "old_id_number"])


def downgrade() -> None:
    op.drop_index(INDEX, "applicant")
    op.drop_column("applicant", "old_id_number")
