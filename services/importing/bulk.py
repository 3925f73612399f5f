"""Many rows into one table at once: one statement of arrays on PostgreSQL, one per row on SQLite."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from models.types import Text

Values = dict[str, Any]


def insert(session: Any, table: sa.Table, rows: Sequence[Values]) -> None:
    """Insert rows that all have the same keys; scalar defaults of the other columns apply.

    PostgreSQL asks the functions of row-level security once a statement: with a statement for each
    row they cost as much as the rows. COPY, which is quicker still, it refuses on such tables.
    """
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        names = tuple(rows[0])
        arrays = {_array(name): [row[name] for row in rows] for name in names}
        session.execute(_from_arrays(table, names), arrays)
    else:
        session.execute(sa.insert(table), list(rows))


def _array(name: str) -> str:
    """Name of the parameter of a column; its own name stands for a single value."""
    return f"all_{name}"


@cache
def _from_arrays(table: sa.Table, names: tuple[str, ...]) -> sa.Insert:
    """INSERT … SELECT … FROM unnest(one array for each column)."""
    types = {name: _carrier(table.c[name].type) for name in names}
    arrays = [sa.bindparam(_array(name), type_=ARRAY(types[name], dimensions=1)) for name in names]
    columns = [sa.column(name, types[name]) for name in names]
    rows = sa.func.unnest(*arrays).table_valued(*columns, name="rows").render_derived()
    return sa.insert(table).from_select(list(names), sa.select(*(rows.c[name] for name in names)))


def _carrier(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type that carries a column: a cast to VARCHAR(n) would cut off what is too long."""
    return Text() if isinstance(kind, Text) else kind
