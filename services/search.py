"""Find dossiers by whatever is known: a code, a number, words of names.

Numbers go to B-trees, words to the full-text index beside the dossiers (FTS5 on SQLite; whole words
on PostgreSQL, and trigrams where no whole word fits). Everything is read through the scope of the
session; nothing is ever counted.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

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


class _Pass(NamedTuple):
    """One way of looking: how it narrows the dossiers, and by which column its pages go.

    wider: what the next group finds is worth a page of its own.
    """

    narrow: Narrow
    key: Any
    place: Callable[[str], Any]
    wider: bool = False


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
    rows: list[tuple[int, Found]] = []
    for number in range(rank, first + len(group)):
        look = group[number - first]
        query = look.narrow(_query()).order_by(look.key.desc()).limit(limit + 1 - len(rows))
        if last is not None and number == rank:
            query = query.where(look.key < look.place(last))
        rows += [(number, Found._make(row)) for row in db.session.execute(query)]
        if len(rows) > limit:
            number, row = rows[limit - 1]
            return Results(tuple(r for _, r in rows[:limit]), f"{number}.{row.id}")
    return Results(tuple(r for _, r in rows), None)


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
    return _Pass(narrow, Dossier.id, lambda last: last)


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
    return _Pass(
        lambda q: q.where(Dossier.name_key == name), Dossier.id, lambda last: last, wider=True
    )


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


def _by_words(words: list[str]) -> list[list[_Pass]]:
    """The words side by side as typed, then all of them in any order and unfinished."""
    if _postgresql():
        return [_whole_words(words), _parts_of_words(words)]
    return [_full_text(words)]


def _postgresql() -> bool:
    return bool(db.session.get_bind().dialect.name == "postgresql")


def _join_keys(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.join(_KEYS, _KEYS.c.dossier_id == Dossier.id)


def _whole_words(words: list[str]) -> list[_Pass]:
    """By the index of whole words; the last one may be unfinished, as while one types.

    Folded words are letters and digits only: nothing needs escaping, here or in a pattern.
    """
    phrase = sa.func.phraseto_tsquery(_SIMPLE, " ".join(words))
    unfinished = sa.func.to_tsquery(_SIMPLE, " & ".join([*words[:-1], f"{words[-1]}:*"]))
    matches, whole = _KEYS.c.words.bool_op("@@")(unfinished), _KEYS.c.words.bool_op("@@")(phrase)
    return _keyed([[whole], [matches, sa.not_(whole)]] if len(words) > 1 else [[matches]])


def _parts_of_words(words: list[str]) -> list[_Pass]:
    """By trigrams: what is typed stands anywhere in a word."""
    key = _KEYS.c.search_key
    each = [key.like(f"%{w}%") if len(w) > 2 else key.regexp_match(rf"\m{w}") for w in words]
    return _keyed([each])


def _keyed(wanted: list[list[Any]]) -> list[_Pass]:
    return [
        _Pass(lambda q, c=c: _join_keys(q).where(*c), _KEYS.c.dossier_id, lambda last: last)  # type: ignore[misc]
        for c in wanted
    ]


def _full_text(words: list[str]) -> list[_Pass]:
    each = " AND ".join(f'"{w}"*' for w in words)
    whole = f'"{" ".join(words)}"'
    wanted = [whole, f"({each}) NOT {whole}"] if len(words) > 1 else [each]
    return [_Pass(_matching(m), _FTS.c.rowid, _row_number) for m in wanted]


def _matching(expression: str) -> Narrow:
    match = sa.text("dossier_search MATCH :wanted").bindparams(
        sa.bindparam("wanted", expression, unique=True)
    )

    def narrow(query: sa.Select[Any]) -> sa.Select[Any]:
        joined = query.join(_FTS_ROW, _FTS_ROW.c.dossier_id == Dossier.id)
        return joined.join(_FTS, _FTS.c.rowid == _FTS_ROW.c.id).where(match)

    return narrow


def _row_number(dossier_id: str) -> sa.ScalarSelect[Any]:
    return sa.select(_FTS_ROW.c.id).where(_FTS_ROW.c.dossier_id == dossier_id).scalar_subquery()
