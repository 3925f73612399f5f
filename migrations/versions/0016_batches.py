"""Acts on many rows, with what undoes them; people by their tax code

Events of one act on several rows share a key. Only those that have one stand in its index: most
events are of one row. A tax code is looked for in all agencies at once.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX, TAX_CODE = "ix_event_batch_id", "ix_applicant_tax_code"


def upgrade() -> None:
    op.add_column("event", sa.Column("batch_id", sa.Uuid(as_uuid=False), nullable=True))
    some = sa.text("batch_id IS NOT NULL")
    op.create_index(INDEX, "event", ["batch_id"], sqlite_where=some, postgresql_where=some)
    op.create_index(TAX_CODE, "applicant", ["tax_code"])


def downgrade() -> None:
    op.drop_index(TAX_CODE, table_name="applicant")
    op.drop_index(INDEX, table_name="event")
    op.drop_column("event", "batch_id")
