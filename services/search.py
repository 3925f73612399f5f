"""Find dossiers by whatever is known: a code, a number, words of names.

Numbers go to B-trees, words to the full-text index beside the dossiers (FTS5 on SQLite; on PostgreSQL
whole words, then parts of one or two words by trigrams). Everything is read through the scope of the
session; nothing is ever counted.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain import names, numbering
from domain.codes import Status
from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.procedure import Procedure
from services.lookup import (
    Person,
    Suggestion,
    find_applicants,
    phone_of,
    suggest_procedures,
    words_of,
)
from services.search_words import KEYS, Narrow, Pass, by_name, by_words, join_keys, postgresql

__all__ = [
    "Found",
    "Narrow",
    "Pass",
    "Person",
    "Results",
    "Suggestion",
    "by_words",
    "find",
    "find_applicants",
    "suggest_procedures",
]

#: How many a statement gives.
_MOST: Any = sa.bindparam("most", type_=sa.Integer)
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


def _ranked(groups: list[list[Pass]]) -> Iterator[tuple[int, list[Pass]]]:
    rank = 0
    for group in groups:
        yield rank, group
        rank += len(group)


def _gather(group: list[Pass], first: int, rank: int, last: str | None, limit: int) -> Results:
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


def _at_once(look: Pass, limit: int) -> Results | None:
    """All that a group finds, if it fits on the page."""
    if look.at_once is None:
        return None
    narrow = look.at_once
    query = _built(look, "at once", lambda: narrow(listed()).limit(_MOST))
    rows = db.session.execute(query, {**look.values, "most": limit + 1}).all()
    if len(rows) > limit:
        return None
    ordered = sorted(rows, key=lambda row: (row[-1], row[0]), reverse=True)
    return Results(tuple(Found._make(row[:-1]) for row in ordered), None)


def _rows(look: Pass, most: int, last: str | None) -> Iterable[Any]:
    def build() -> sa.Select[Any]:
        query = look.narrow(listed()).order_by(look.key.desc()).limit(_MOST)
        return query if last is None else query.where(look.key < look.place)

    given = {**look.values, "most": most} | ({} if last is None else {"last": last})
    return db.session.execute(_built(look, "further" if last else "", build), given)


_statements: dict[tuple[str, str], sa.Select[Any]] = {}


def _built(look: Pass, part: str, build: Callable[[], sa.Select[Any]]) -> sa.Select[Any]:
    if not look.name:
        return build()
    key = (look.name, part)
    if key not in _statements:
        _statements[key] = build()
    return _statements[key]


def listed() -> sa.Select[Any]:
    """What a line says of every dossier in scope; to be narrowed, ordered and limited."""
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


def _plan(text: str) -> list[list[Pass]]:
    """Groups of passes; a later group is tried only when the earlier ones find nothing at all."""
    typed = " ".join(names.nfc(text).split())
    groups = []
    if any(c.isdigit() for c in typed):
        groups.append(_by_number(typed))
    words = words_of(typed)
    if len(words) > 1:
        groups.append([by_name(" ".join(words))])
    if words:
        groups += by_words(words)
    return groups


# ---- by number -----------------------------------------------------------------------------------
def _by_number(typed: str) -> list[Pass]:
    exact = sa.or_(*_same(typed))
    passes = [_by_id(lambda q: q.where(exact))]
    if _DIGITS.fullmatch(typed):
        digits = re.sub(r"\D", "", typed)
        found = ends(digits)
        rest = sa.not_(sa.func.coalesce(exact, sa.false()))
        passes.append(_by_id(lambda q: found(q).where(rest)))
    return passes


def _by_id(narrow: Narrow) -> Pass:
    """A pass over few rows, newest first: ids are made in the order of time."""
    return Pass(narrow, Dossier.id)


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


def ends(digits: str) -> Narrow:
    """Dossiers whose number part is `digits`, or whose identity or telephone number ends so."""
    serial = digits.zfill(TAIL)
    if postgresql():
        ending = rf"\m{serial}\M" if len(digits) < TAIL else rf"{digits}\M"
        return lambda q: join_keys(q).where(KEYS.c.search_key.regexp_match(ending))
    tails = [_tail(Dossier.code, f"-{serial}")]
    if len(digits) >= TAIL:
        tails += [_tail(Dossier.owner_id_number, digits), _tail(Dossier.owner_phone, digits)]
    return lambda q: q.where(sa.or_(*tails))


def _tail(column: Any, ending: str) -> sa.ColumnElement[bool]:
    """`column` ends in `ending`; the last four characters have an index of their own."""
    last = sa.func.substr(column, sa.literal_column("-4"), type_=sa.String)
    return sa.and_(last == ending[-TAIL:], column.like(f"%{ending}"))
