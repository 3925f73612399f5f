"""Files among the data, blank forms of papers to hand in, the order of fees

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: Columns that known tables gain.
MORE = {
    "attachment": (("data_key", sa.String(40)), ("readers", sa.String(300))),
    "required_document": (
        ("blank_name", sa.String(255)),
        ("blank_type", sa.String(20)),
        ("blank_size", sa.Integer()),
        ("blank_sha256", sa.String(64)),
    ),
}
BLANK = "ix_required_document_blank_sha256"
#: Fees stood by their code; they keep that order until somebody moves one.
PLACES = """
UPDATE fee_rule SET position = (
  SELECT count(*) FROM fee_rule AS other
  WHERE other.version_id = fee_rule.version_id
    AND (other.code < fee_rule.code OR (other.code = fee_rule.code AND other.id <= fee_rule.id))
)
"""


def upgrade() -> None:
    for table, columns in MORE.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index(BLANK, "required_document", ["blank_sha256"])
    op.add_column(
        "fee_rule", sa.Column("position", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute(PLACES)


def downgrade() -> None:
    op.drop_column("fee_rule", "position")
    op.drop_index(BLANK, "required_document")
    for table, columns in MORE.items():
        for name, _ in columns:
            op.drop_column(table, name)
