"""Find dossiers by whatever is known: a code, a number, words of names.

Numbers go to B-trees, words to the full-text index beside the dossiers (FTS5 on SQLite; on PostgreSQL
whole words, then parts of one or two words by trigrams). Everything is read through the scope of the
session; nothing is ever counted.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from domain import names, numbering
from domain.codes import Status
from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.procedure import Procedure
from models.types import Id
from services.lookup import (
    Person,
    Suggestion,
    find_applicants,
    phone_of,
    suggest_procedures,
    words_of,
)

__all__ = [
    "Found",
    "Person",
    "Results",
    "Suggestion",
    "find",
    "find_applicants",
    "suggest_procedures",
]

#: In a cursor: the beginning of a group.
START = "start"
#: From this many digits on, the end of an identity or telephone number is meant too.
TAIL = 4

_DIGITS = re.compile(r"[\d\s.\-]+")
_NUMBER = re.compile("[0-9]")


class Found(NamedTuple):
    """One line of a result list."""

    id: str
    code: str | None
    legacy_code: str | None
    owner_name: str
    procedure: str
    status: Status
    due_at: datetime | None
    received_at: datetime


class Results(NamedTuple):
    """A page of findings; `after` opens the next page and is None on the last one.

    wider: the next page has what fits less well, if there is any.
    """

    rows: tuple[Found, ...]
    after: str | None
    wider: bool = False


# ---- dossiers ------------------------------------------------------------------------------------
Narrow = Callable[[sa.Select[Any]], sa.Select[Any]]


#: Where the next page of a pass begins; every statement of a pass has these values.
_LAST: Any = sa.bindparam("last", type_=Id)
_MOST: Any = sa.bindparam("most", type_=sa.Integer)


class _Pass(NamedTuple):
    """One way of looking: how it narrows the dossiers, by which column its pages go, from which place on.

    wider: what the next group finds is worth a page of its own. name: passes of one name differ only
    in their `values`, so that their statement is built once. at_once: finds what the whole group finds,
    with one more column that is true for what comes first.
    """

    narrow: Narrow
    key: Any
    place: Any = _LAST
    wider: bool = False
    name: str = ""
    values: Mapping[str, str] = MappingProxyType({})
    at_once: Narrow | None = None


def find(text: str, *, limit: int = 20, after: str | None = None) -> Results:
    """Dossiers that `text` may mean: exact codes and numbers first, then the newest.

    A code, an old code, an identity or telephone number (whole or its last 4 digits or more), the
    number part of a code, a whole name, or words of names in any order, with or without diacritics.
    Who is found by a whole name comes first; names that only have its words are on the next page.
    Errors: request.invalid for a cursor that is none.
    """
    groups = _plan(text)
    rank, last = _cursor(after)
    for first, group in _ranked(groups):
        if rank >= first + len(group):
            continue
        found = _gather(group, first, max(rank, first), last, limit)
        if group[0].wider and found.rows and found.after is None:
            return Results(found.rows, f"{first + len(group)}.{START}", wider=True)
        if found.rows or after is not None:
            return found
    return Results((), None)


def _ranked(groups: list[list[_Pass]]) -> Iterator[tuple[int, list[_Pass]]]:
    rank = 0
    for group in groups:
        yield rank, group
        rank += len(group)


def _gather(group: list[_Pass], first: int, rank: int, last: str | None, limit: int) -> Results:
    """Walk the passes of a group until the page is full; a dossier is listed by its first pass."""
    few = _at_once(group[0], limit) if rank == first and last is None else None
    if few is not None:
        return few
    rows: list[tuple[int, Found]] = []
    for number in range(rank, first + len(group)):
        look = group[number - first]
        further = last if number == rank else None
        found = _rows(look, limit + 1 - len(rows), further)
        rows += [(number, Found._make(row)) for row in found]
        if len(rows) > limit:
            number, row = rows[limit - 1]
            return Results(tuple(r for _, r in rows[:limit]), f"{number}.{row.id}")
    return Results(tuple(r for _, r in rows), None)


def _at_once(look: _Pass, limit: int) -> Results | None:
    """All that a group finds, if it fits on the page."""
    if look.at_once is None:
        return None
    narrow = look.at_once
    query = _built(look, "at once", lambda: narrow(_query()).limit(_MOST))
    rows = db.session.execute(query, {**look.values, "most": limit + 1}).all()
    if len(rows) > limit:
        return None
    ordered = sorted(rows, key=lambda row: (row[-1], row[0]), reverse=True)
    return Results(tuple(Found._make(row[:-1]) for row in ordered), None)


def _rows(look: _Pass, most: int, last: str | None) -> Iterable[Any]:
    def build() -> sa.Select[Any]:
        query = look.narrow(_query()).order_by(look.key.desc()).limit(_MOST)
        return query if last is None else query.where(look.key < look.place)

    given = {**look.values, "most": most} | ({} if last is None else {"last": last})
    return db.session.execute(_built(look, "further" if last else "", build), given)


_statements: dict[tuple[str, str], sa.Select[Any]] = {}


def _built(look: _Pass, part: str, build: Callable[[], sa.Select[Any]]) -> sa.Select[Any]:
    if not look.name:
        return build()
    key = (look.name, part)
    if key not in _statements:
        _statements[key] = build()
    return _statements[key]


def _query() -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Dossier.id,
        Dossier.code,
        Dossier.legacy_code,
        Dossier.owner_name,
        Procedure.name,
        Dossier.status,
        Dossier.due_at,
        Dossier.received_at,
    )
    return sa.select(*columns).join(Procedure, Procedure.id == Dossier.procedure_id)


def _cursor(after: str | None) -> tuple[int, str | None]:
    if after is None:
        return 0, None
    rank, _, last = after.partition(".")
    if not rank.isdecimal() or len(rank) > 2 or len(last) not in (36, len(START)):
        raise DomainError("request.invalid")
    return int(rank), None if last == START else last


def _plan(text: str) -> list[list[_Pass]]:
    """Groups of passes; a later group is tried only when the earlier ones find nothing at all."""
    typed = " ".join(names.nfc(text).split())
    groups = []
    if any(c.isdigit() for c in typed):
        groups.append(_by_number(typed))
    words = words_of(typed)
    if len(words) > 1:
        groups.append([_by_name(" ".join(words))])
    if words:
        groups += _by_words(words)
    return groups


# ---- by number -----------------------------------------------------------------------------------
def _by_number(typed: str) -> list[_Pass]:
    exact = sa.or_(*_same(typed))
    passes = [_by_id(lambda q: q.where(exact))]
    if _DIGITS.fullmatch(typed):
        digits = re.sub(r"\D", "", typed)
        ends = _ends(digits)
        rest = sa.not_(sa.func.coalesce(exact, sa.false()))
        passes.append(_by_id(lambda q: ends(q).where(rest)))
    return passes


def _by_id(narrow: Narrow) -> _Pass:
    """A pass over few rows, newest first: ids are made in the order of time."""
    return _Pass(narrow, Dossier.id)


def _same(typed: str) -> list[sa.ColumnElement[bool]]:
    """Whole codes and numbers, each by the B-tree of its column."""
    code = "".join(typed.upper().split())
    found: list[sa.ColumnElement[bool]] = [
        Dossier.code.in_({code, _tidy(code)}),
        Dossier.legacy_code.in_({typed, typed.upper()}),
    ]
    digits = re.sub(r"[\s.\-]", "", typed)
    if digits.isdecimal() and len(digits) in (9, 10, 12, 13):
        number = f"{digits[:10]}-{digits[10:]}" if len(digits) == 13 else digits
        found.append(Dossier.owner_id_number == number)
    phone = phone_of(typed)
    if phone:
        found.append(Dossier.owner_phone == phone)
    return found


def _tidy(code: str) -> str:
    """The code with the dashes that scanners and phones put in place of "-"."""
    if numbering.looks_like_code(code):
        parsed = numbering.parse_code(code)
        return f"{parsed.unit}-{parsed.day:%y%m%d}-{code[-_digits_at_end(code) :]}"
    return code


def _digits_at_end(code: str) -> int:
    return len(code) - len(code.rstrip("0123456789"))


def _ends(digits: str) -> Narrow:
    """Dossiers whose number part is `digits`, or whose identity or telephone number ends so."""
    serial = digits.zfill(TAIL)
    if _postgresql():
        ending = rf"\m{serial}\M" if len(digits) < TAIL else rf"{digits}\M"
        return lambda q: _join_keys(q).where(_KEYS.c.search_key.regexp_match(ending))
    tails = [_tail(Dossier.code, f"-{serial}")]
    if len(digits) >= TAIL:
        tails += [_tail(Dossier.owner_id_number, digits), _tail(Dossier.owner_phone, digits)]
    return lambda q: q.where(sa.or_(*tails))


def _tail(column: Any, ending: str) -> sa.ColumnElement[bool]:
    """`column` ends in `ending`; the last four characters have an index of their own."""
    last = sa.func.substr(column, sa.literal_column("-4"), type_=sa.String)
    return sa.and_(last == ending[-TAIL:], column.like(f"%{ending}"))


# ---- by name -----------------------------------------------------------------------------------
def _by_name(name: str) -> _Pass:
    """The whole name of the owner, folded: an index gives the newest at once, however many there are."""
    same = Dossier.name_key == sa.bindparam("name")
    values = {"name": name}
    return _Pass(lambda q: q.where(same), Dossier.id, wider=True, name="name", values=values)


# ---- by words ------------------------------------------------------------------------------------
#: The search index: a table of keys and their words on PostgreSQL, FTS5 with numbers of its own on SQLite.
_KEYS = sa.table(
    "dossier_search",
    sa.column("dossier_id", Id),
    sa.column("search_key", sa.Text),
    sa.column("words"),
)
_SIMPLE: Any = sa.literal_column("'simple'::regconfig")
_FTS = sa.table("dossier_search", sa.column("rowid", sa.Integer))
_FTS_ROW = sa.table("dossier_search_row", sa.column("id", sa.Integer), sa.column("dossier_id", Id))
_ROW_OF_LAST = sa.select(_FTS_ROW.c.id).where(_FTS_ROW.c.dossier_id == _LAST).scalar_subquery()


def _has(name: str) -> sa.ColumnElement[bool]:
    """The words are written into the statement: planned without them it may read all dossiers."""
    typed = sa.bindparam(name, type_=sa.Text, literal_execute=True)
    return _KEYS.c.words.bool_op("@@")(sa.cast(typed, TSQUERY))


_ALL = _has("all")
#: As the index of marked keys (migration 0011) says it.
_MARKED: Any = sa.literal_column("dossier_search.words @@ '~'::tsquery", type_=sa.Boolean)
_BY_THREE = sa.or_(_ALL, sa.and_(_MARKED, _has("single")))
_PHRASE = _KEYS.c.words.bool_op("@@")(
    sa.func.phraseto_tsquery(_SIMPLE, sa.bindparam("phrase", type_=sa.Text))
)
#: So many words are mostly one person's: all who have them fit on a page.
DISTINCT = 3


def _by_words(words: list[str]) -> list[list[_Pass]]:
    """The words side by side as typed, then all of them in any order, then unfinished."""
    if not _postgresql():
        return _full_text(words)
    if len(words) < DISTINCT:
        return [_unfinished(words), _parts_of_words(words)]
    return [_whole_words(words), _unfinished(words)]


def _postgresql() -> bool:
    return bool(db.session.get_bind().dialect.name == "postgresql")


def _join_keys(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.join(_KEYS, _KEYS.c.dossier_id == Dossier.id)


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
def _whole_words(words: list[str]) -> list[_Pass]:
    """All words, none of them unfinished."""
    name, condition, values = _wanted(words)
    values["phrase"] = " ".join(words)
    return _ordered(f"whole {name}", values, condition)


def _unfinished(words: list[str]) -> list[_Pass]:
    """The last word may be unfinished, as while one types; the index reads all words that begin so."""
    name, condition, values = _wanted(words[:-1], words[-1])
    values["phrase"] = " ".join(words)
    if len(words) == 1:
        return [_keyed("one word", values, condition)]
    return _ordered(name, values, condition)


def _ordered(name: str, values: Mapping[str, str], condition: Any) -> list[_Pass]:
    """The words side by side as typed, then in any order."""
    if condition is _BY_THREE:
        return _gathered(name, values)
    side_by_side = _keyed(f"{name}side by side", values, _PHRASE)
    at_once: Narrow = lambda q: _join_keys(q).where(condition).add_columns(_PHRASE)  # noqa: E731
    if name:
        side_by_side = side_by_side._replace(at_once=at_once)
    return [side_by_side, _keyed(f"{name}in any order", values, condition, sa.not_(_PHRASE))]


#: Three words are few dossiers: all are gathered first, or the planner goes through the newest instead.
_HITS: Any = (
    sa.select(_KEYS.c.dossier_id, _PHRASE.label("near"))
    .where(_BY_THREE)
    .cte("hits")
    .prefix_with("MATERIALIZED")
)


def _gathered(name: str, values: Mapping[str, str]) -> list[_Pass]:
    def hits(*wanted: Any) -> Narrow:
        return lambda q: q.join(_HITS, _HITS.c.dossier_id == Dossier.id).where(*wanted)

    at_once: Narrow = lambda q: hits()(q).add_columns(_HITS.c.near)  # noqa: E731
    near, far = _HITS.c.near, sa.not_(_HITS.c.near)
    ways = ((near, "side by side", at_once), (far, "in any order", None))
    return [
        _Pass(hits(way), _HITS.c.dossier_id, name=f"{name}{title}", values=values, at_once=first)
        for way, title, first in ways
    ]


def _parts_of_words(words: list[str]) -> list[_Pass]:
    """By trigrams: what is typed stands anywhere in a word."""
    key = _KEYS.c.search_key
    each = [key.like(f"%{w}%") if len(w) > 2 else key.regexp_match(rf"\m{w}") for w in words]
    return [_keyed("", {}, *each)]


def _keyed(name: str, values: Mapping[str, str], *wanted: Any) -> _Pass:
    narrow: Narrow = lambda q: _join_keys(q).where(*wanted)  # noqa: E731
    return _Pass(narrow, _KEYS.c.dossier_id, name=name, values=values)


def _full_text(words: list[str]) -> list[list[_Pass]]:
    whole = " AND ".join(f'"{word}"' for word in words)
    unfinished = " AND ".join(f'"{word}"*' for word in words)
    phrase = f'"{" ".join(words)}"'
    if len(words) == 1:
        wanted = [[unfinished]]
    elif len(words) < DISTINCT:
        wanted = [[phrase, f"({unfinished}) NOT {phrase}"]]
    else:
        wanted = [[phrase, f"({whole}) NOT {phrase}"], [unfinished]]
    return [[_Pass(_matching(m), _FTS.c.rowid, _ROW_OF_LAST) for m in group] for group in wanted]


def _matching(expression: str) -> Narrow:
    match = sa.text("dossier_search MATCH :wanted").bindparams(
        sa.bindparam("wanted", expression, unique=True)
    )

    def narrow(query: sa.Select[Any]) -> sa.Select[Any]:
        joined = query.join(_FTS_ROW, _FTS_ROW.c.dossier_id == Dossier.id)
        return joined.join(_FTS, _FTS.c.rowid == _FTS_ROW.c.id).where(match)

    return narrow
