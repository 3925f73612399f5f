"""Ways to look for dossiers by the words of their names, one statement each.

On PostgreSQL whole words, then parts of one or two words by trigrams; FTS5 on SQLite.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from models.base import db
from models.dossier import Dossier
from models.types import Id

_NUMBER = re.compile("[0-9]")
Narrow = Callable[[sa.Select[Any]], sa.Select[Any]]


#: Where the next page of a pass begins; every statement of a pass has these values.
LAST: Any = sa.bindparam("last", type_=Id)


class Pass(NamedTuple):
    """One way of looking: how it narrows the dossiers, by which column its pages go, from which place on.

    wider: what the next group finds is worth a page of its own. name: passes of one name differ only
    in their `values`, so that their statement is built once. at_once: finds what the whole group finds,
    with one more column that is true for what comes first.
    """

    narrow: Narrow
    key: Any
    place: Any = LAST
    wider: bool = False
    name: str = ""
    values: Mapping[str, str] = MappingProxyType({})
    at_once: Narrow | None = None


# ---- by name -----------------------------------------------------------------------------------
def by_name(name: str) -> Pass:
    """The whole name of the owner, folded: an index gives the newest at once, however many there are."""
    same = Dossier.name_key == sa.bindparam("name")
    values = {"name": name}
    return Pass(lambda q: q.where(same), Dossier.id, wider=True, name="name", values=values)


# ---- by words ------------------------------------------------------------------------------------
#: The search index: a table of keys and their words on PostgreSQL, FTS5 with numbers of its own on SQLite.
KEYS = sa.table(
    "dossier_search",
    sa.column("dossier_id", Id),
    sa.column("search_key", sa.Text),
    sa.column("words"),
)
_SIMPLE: Any = sa.literal_column("'simple'::regconfig")
_FTS = sa.table("dossier_search", sa.column("rowid", sa.Integer))
_FTS_ROW = sa.table("dossier_search_row", sa.column("id", sa.Integer), sa.column("dossier_id", Id))
_ROW_OF_LAST = sa.select(_FTS_ROW.c.id).where(_FTS_ROW.c.dossier_id == LAST).scalar_subquery()


def _has(name: str) -> sa.ColumnElement[bool]:
    """The words are written into the statement: planned without them it may read all dossiers."""
    typed = sa.bindparam(name, type_=sa.Text, literal_execute=True)
    return KEYS.c.words.bool_op("@@")(sa.cast(typed, TSQUERY))


_ALL = _has("all")
#: As the index of marked keys (migration 0011) says it.
_MARKED: Any = sa.literal_column("dossier_search.words @@ '~'::tsquery", type_=sa.Boolean)
_BY_THREE = sa.or_(_ALL, sa.and_(_MARKED, _has("single")))
_PHRASE = KEYS.c.words.bool_op("@@")(
    sa.func.phraseto_tsquery(_SIMPLE, sa.bindparam("phrase", type_=sa.Text))
)
#: So many words are mostly one person's: all who have them fit on a page.
DISTINCT = 3


def by_words(words: list[str]) -> list[list[Pass]]:
    """The words side by side as typed, then all of them in any order, then unfinished."""
    if not postgresql():
        return _full_text(words)
    if len(words) < DISTINCT:
        return [_unfinished(words), _parts_of_words(words)]
    return [_whole_words(words), _unfinished(words)]


def postgresql() -> bool:
    """Whether the session at hand speaks to PostgreSQL."""
    return bool(db.session.get_bind().dialect.name == "postgresql")


def join_keys(query: sa.Select[Any]) -> sa.Select[Any]:
    """The dossiers of a query with their search keys."""
    return query.join(KEYS, KEYS.c.dossier_id == Dossier.id)


def _wanted(words: list[str], unfinished: str = "") -> tuple[str, Any, dict[str, str]]:
    """All these words in any order and, if given, one that begins with `unfinished`.

    What it is called, its condition and values: by the entries `a_b_c`, a before b (migration 0011),
    when three words are asked for. Keys of too many words to have such entries are marked, and few
    enough to be looked through by single words.
    """
    beginning = [f"{unfinished}:*"] if unfinished else []
    single = " & ".join([*words, *beginning])
    first, *others = sorted({w for w in words if not _NUMBER.search(w)}) or [""]
    if unfinished and not _NUMBER.search(unfinished):
        found = [f"{first}_{second}_{unfinished}:*" for second in others]
    else:
        found = [f"{first}_{others[0]}_{third}" for third in others[1:]]
        found += beginning if found else []
    if not found:
        return "", _ALL, {"all": single}
    numbers = [w for w in words if _NUMBER.search(w)]
    return "by three ", _BY_THREE, {"all": " & ".join([*found, *numbers]), "single": single}


# Folded words are letters and digits only: nothing needs escaping, here or in a pattern.
def _whole_words(words: list[str]) -> list[Pass]:
    """All words, none of them unfinished."""
    name, condition, values = _wanted(words)
    values["phrase"] = " ".join(words)
    return _ordered(f"whole {name}", values, condition)


def _unfinished(words: list[str]) -> list[Pass]:
    """The last word may be unfinished, as while one types; the index reads all words that begin so."""
    name, condition, values = _wanted(words[:-1], words[-1])
    values["phrase"] = " ".join(words)
    if len(words) == 1:
        return [_keyed("one word", values, condition)]
    return _ordered(name, values, condition)


def _ordered(name: str, values: Mapping[str, str], condition: Any) -> list[Pass]:
    """The words side by side as typed, then in any order."""
    if condition is _BY_THREE:
        return _gathered(name, values)
    side_by_side = _keyed(f"{name}side by side", values, _PHRASE)
    at_once: Narrow = lambda q: join_keys(q).where(condition).add_columns(_PHRASE)  # noqa: E731
    if name:
        side_by_side = side_by_side._replace(at_once=at_once)
    return [side_by_side, _keyed(f"{name}in any order", values, condition, sa.not_(_PHRASE))]


#: Three words are few dossiers: all are gathered first, or the planner goes through the newest instead.
_HITS: Any = (
    sa.select(KEYS.c.dossier_id, _PHRASE.label("near"))
    .where(_BY_THREE)
    .cte("hits")
    .prefix_with("MATERIALIZED")
)


def _gathered(name: str, values: Mapping[str, str]) -> list[Pass]:
    def hits(*wanted: Any) -> Narrow:
        return lambda q: q.join(_HITS, _HITS.c.dossier_id == Dossier.id).where(*wanted)

    at_once: Narrow = lambda q: hits()(q).add_columns(_HITS.c.near)  # noqa: E731
    near, far = _HITS.c.near, sa.not_(_HITS.c.near)
    ways = ((near, "side by side", at_once), (far, "in any order", None))
    return [
        Pass(hits(way), _HITS.c.dossier_id, name=f"{name}{title}", values=values, at_once=first)
        for way, title, first in ways
    ]


def _parts_of_words(words: list[str]) -> list[Pass]:
    """By trigrams: what is typed stands anywhere in a word."""
    key = KEYS.c.search_key
    each = [key.like(f"%{w}%") if len(w) > 2 else key.regexp_match(rf"\m{w}") for w in words]
    return [_keyed("", {}, *each)]


def _keyed(name: str, values: Mapping[str, str], *wanted: Any) -> Pass:
    narrow: Narrow = lambda q: join_keys(q).where(*wanted)  # noqa: E731
    return Pass(narrow, KEYS.c.dossier_id, name=name, values=values)


def _full_text(words: list[str]) -> list[list[Pass]]:
    whole = " AND ".join(f'"{word}"' for word in words)
    unfinished = " AND ".join(f'"{word}"*' for word in words)
    phrase = f'"{" ".join(words)}"'
    if len(words) == 1:
        wanted = [[unfinished]]
    elif len(words) < DISTINCT:
        wanted = [[phrase, f"({unfinished}) NOT {phrase}"]]
    else:
        wanted = [[phrase, f"({whole}) NOT {phrase}"], [unfinished]]
    return [[Pass(_matching(m), _FTS.c.rowid, _ROW_OF_LAST) for m in group] for group in wanted]


def _matching(expression: str) -> Narrow:
    match = sa.text("dossier_search MATCH :wanted").bindparams(
        sa.bindparam("wanted", expression, unique=True)
    )

    def narrow(query: sa.Select[Any]) -> sa.Select[Any]:
        joined = query.join(_FTS_ROW, _FTS_ROW.c.dossier_id == Dossier.id)
        return joined.join(_FTS, _FTS.c.rowid == _FTS_ROW.c.id).where(match)

    return narrow
