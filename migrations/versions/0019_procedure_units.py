"""Agencies at which a procedure is offered, where it is not offered everywhere

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

from migrations.guards import protect, unprotect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE, TOPIC = "procedure_unit", "catalogue"
EVENTS = ("INSERT", "UPDATE", "DELETE")
KEYS = {"procedure_id": "procedure", "unit_id": "unit", "agency_id": "unit"}


def _triggers() -> list[tuple[str, str]]:
    """(name, statement): the catalogue has changed, as in migration 0010."""
    if op.get_bind().dialect.name == "postgresql":
        return [
            (
                f"{TABLE}_marks_{TOPIC}",
                f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION mc_mark('{TOPIC}')",
            )
        ]
    mark = f"UPDATE change_mark SET value = value + 1 WHERE topic = '{TOPIC}'"
    return [
        (f"{TABLE}_{e.lower()}_marks_{TOPIC}", f"AFTER {e} ON {TABLE} BEGIN {mark}; END")
        for e in EVENTS
    ]


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Uuid(as_uuid=False), nullable=False) for name in (*KEYS, "id")),
        *(
            sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name, target in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("agency_id", "id", name=op.f(f"uq_{TABLE}_agency_id_id")),
        sa.UniqueConstraint(
            "procedure_id", "unit_id", name=op.f(f"uq_{TABLE}_procedure_id_unit_id")
        ),
    )
    protect(TABLE)
    for name, statement in _triggers():
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} {statement}")


def downgrade() -> None:
    unprotect(TABLE)
    on = f" ON {TABLE}" if op.get_bind().dialect.name == "postgresql" else ""
    for name, _statement in _triggers():
        op.get_bind().exec_driver_sql(f"DROP TRIGGER {name}{on}")
    op.drop_table(TABLE)
