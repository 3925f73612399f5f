"""What the database itself must know: `mc_fold`, the search form of a text, and Vietnamese order.

SQLite gets both from Python on every connection, PostgreSQL as SQL of its own: the migrations run
`FOLD_PG`, and its collation `vi-x-icu` is built in.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from domain.names import fold, sort_key
from models.base import Row

#: Same answer as domain.names.fold for Vietnamese and the Ê Đê and M'nông letters.
FOLD_PG = r"""
CREATE OR REPLACE FUNCTION mc_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(lower(regexp_replace(normalize(
    translate(value, 'ĐđÐðɃƀ', 'DdDdBb'), NFKD),
    U&'[\0300-\036F\200B-\200D\2060\FEFF\00AD]', '', 'g')),
    '[^[:alnum:]]+', ' ', 'g'))
$$
"""
DROP_FOLD_PG = "DROP FUNCTION IF EXISTS mc_fold(text)"
VIETNAMESE = "vi-x-icu"


def _compare(left: str, right: str) -> int:
    first, second = sort_key(left), sort_key(right)
    return (first > second) - (first < second)


def _teach(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    connection.create_function(
        "mc_fold", 1, lambda text: None if text is None else fold(str(text)), deterministic=True
    )
    connection.create_collation(VIETNAMESE, _compare)


sa.event.listen(Engine, "connect", _teach)
sa.event.listen(Row.metadata, "before_create", sa.DDL(FOLD_PG).execute_if(dialect="postgresql"))
