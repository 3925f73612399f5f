"""Find the people and bodies that dossiers are about: by name and birth year, number, telephone, tax code.

Whole numbers go to the B-trees of the register of applicants. Names go the way of the dossiers, whose index
holds words without diacritics: who has none within sight has nothing to be listed. Everything is read
through the scope of the session; nothing is ever counted.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain import days, names
from domain.codes import ApplicantKind
from domain.errors import DomainError
from models.applicant import Applicant
from models.base import db
from models.dossier import Dossier
from models.scope import current
from services import search
from services.lookup import phone_of, words_of

#: Dossiers of one name that are looked through, and of words or digits that may mean several.
MOST_OF_NAME, MOST_OF_WORDS = 5000, 400
_DIGITS = re.compile(r"[\d\s.\-]+")
_YEAR = re.compile(r"(18|19|20)\d\d")
#: Whole identity numbers and tax codes have so many digits.
_WHOLE = (9, 10, 12, 13)


class Someone(NamedTuple):
    """A person or body of the register of applicants."""

    id: str
    name: str
    kind: ApplicantKind
    birth_date: dt.date | None
    id_number: str | None
    tax_code: str | None
    phone: str | None
    address: str | None


class _Asked(NamedTuple):
    """What was typed: words of a name, a span of birth days."""

    words: list[str]
    born: tuple[dt.date, dt.date] | None


def find(text: str, *, limit: int = 7) -> tuple[Someone, ...]:
    """People that `text` may mean: by a whole number or name if there are any, else by parts of it.

    “nguyen van a 1990”, “nguyen van a 15/03/1990”; an identity number, whole or its last 4 digits or more;
    a telephone number; a tax code.
    """
    typed = " ".join(names.nfc(text).split())
    found: dict[str, Someone] = {}
    looks = _by_number(typed, limit) if _DIGITS.fullmatch(typed) else _by_words(typed, limit)
    for people in looks:
        for one in people:
            found.setdefault(one.id, one)
        if found:
            break
    return tuple(found.values())[:limit]


def dossiers_of(person: Applicant, *, after: str | None = None, limit: int = 25) -> search.Results:
    """Dossiers of a person within sight, the newest first: also those that another agency's entry of the
    same identity number has.

    Errors: request.invalid for a cursor that is none.
    """
    if after is not None and len(after) != 36:
        raise DomainError("request.invalid")
    same: list[sa.ColumnElement[bool]] = [Dossier.applicant_id == person.id]
    for number in filter(None, (person.id_number, person.old_id_number)):
        same.append(Dossier.owner_id_number == number)
    query = search.listed().where(sa.or_(*same))
    if after is not None:
        query = query.where(Dossier.id < after)
    rows = db.session.execute(query.order_by(Dossier.id.desc()).limit(limit + 1)).all()
    shown = tuple(search.Found._make(row) for row in rows[:limit])
    return search.Results(shown, shown[-1].id if len(rows) > limit else None)


# ---- by number -----------------------------------------------------------------------------------
def _by_number(typed: str, limit: int) -> Iterator[list[Someone]]:
    digits = re.sub(r"\D", "", typed)
    phone = phone_of(typed)
    if len(digits) in _WHOLE:
        tax = {digits, f"{digits[:10]}-{digits[10:]}"} if len(digits) == 13 else {digits}
        yield _people([Applicant.tax_code.in_(tax)], limit)
        yield _people(_numbered(digits), limit)
    if phone:
        yield _people(_phoned(phone), limit)
    if len(digits) >= search.TAIL:
        ids = _any(search.ends(digits))
        ending = f"%{digits}"
        tails = (Applicant.id_number, Applicant.old_id_number, Applicant.phone, Applicant.tax_code)
        yield _people([Applicant.id.in_(ids), sa.or_(*(c.like(ending) for c in tails))], limit)


def _numbered(number: str) -> list[sa.ColumnElement[bool]]:
    """By the indexes of one agency; whoever sees all of them goes by the dossiers, which have one."""
    if current().agencies is None:
        ids = _any(lambda q: q.where(Dossier.owner_id_number == number))
        return [Applicant.id.in_(ids)]
    return [sa.or_(Applicant.id_number == number, Applicant.old_id_number == number)]


def _phoned(phone: str) -> list[sa.ColumnElement[bool]]:
    if current().agencies is None:
        ids = _any(lambda q: q.where(Dossier.owner_phone == phone))
        return [Applicant.id.in_(ids)]
    return [Applicant.phone == phone]


# ---- by name -------------------------------------------------------------------------------------
def _by_words(typed: str, limit: int) -> Iterator[list[Someone]]:
    asked = _asked(typed)
    if not asked.words:
        return
    born = [] if asked.born is None else [Applicant.birth_date.between(*asked.born)]
    name = " ".join(asked.words)
    ids = _newest(lambda q: q.where(Dossier.name_key == name), Dossier.id, MOST_OF_NAME)
    found = _people([Applicant.id.in_(ids), *born], limit)
    yield found
    for group in search.by_words(asked.words):
        if found:
            return
        for look in group:
            ids = _seen(look)
            people = _people([Applicant.id.in_(ids), *born], MOST_OF_WORDS)
            found += [one for one in people if _is_called(one, asked.words)]
            if look.at_once is not None:
                break  # that was the whole group
        yield found


def _seen(look: search.Pass) -> list[str]:
    """Whose dossiers one way of looking finds; a group that is found at once has no order."""
    if look.at_once is not None:
        return _any(look.at_once, look.values)
    return _newest(look.narrow, look.key, MOST_OF_WORDS, look.values)


def _asked(typed: str) -> _Asked:
    """The words, and the birth day or year that stands behind them."""
    first, _, last = typed.rpartition(" ")
    if first and (born := _span(last)) is not None:
        return _Asked(words_of(first), born)
    return _Asked(words_of(typed), None)


def _span(text: str) -> tuple[dt.date, dt.date] | None:
    if _YEAR.fullmatch(text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if not re.search(r"[/\-.]", text):
        return None
    try:
        day = days.read(text)
    except DomainError:
        return None
    return day, day


def _is_called(one: Someone, words: Iterable[str]) -> bool:
    """Whether the words, the last of them perhaps unfinished, are of the name and not of the request."""
    own = names.fold(one.name).split()
    *whole, last = words
    return all(word in own for word in whole) and any(word.startswith(last) for word in own)


# ---- reading -------------------------------------------------------------------------------------
def _newest(
    narrow: search.Narrow, key: Any, most: int, values: Mapping[str, str] | None = None
) -> list[str]:
    """Whose the newest dossiers are that fit, each once; few enough to be asked for by their keys."""
    query = narrow(sa.select(Dossier.applicant_id)).order_by(key.desc()).limit(most)
    return _each_once(db.session.scalars(query, dict(values or {})))


def _any(narrow: search.Narrow, values: Mapping[str, str] | None = None) -> list[str]:
    """The same of few dossiers, in no order: asked for the newest, the database would go through all."""
    query = narrow(sa.select(Dossier.applicant_id)).limit(MOST_OF_WORDS)
    return _each_once(db.session.scalars(query, dict(values or {})))


def _each_once(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(one for one in ids if one is not None))


def _people(conditions: list[sa.ColumnElement[bool]], limit: int) -> list[Someone]:
    columns: tuple[Any, ...] = (
        Applicant.id,
        Applicant.name,
        Applicant.kind,
        Applicant.birth_date,
        Applicant.id_number,
        Applicant.tax_code,
        Applicant.phone,
        Applicant.address,
    )
    query = sa.select(*columns).where(*conditions).order_by(Applicant.id.desc()).limit(limit)
    return [Someone._make(row) for row in db.session.execute(query)]
