"""Look up while typing: applicants known to the agency, and procedures in force."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain import names
from domain.errors import DomainError
from models.applicant import Applicant
from models.base import db
from models.procedure import Level, Procedure, ProcedureField, ProcedureVersion, VersionState
from services import reference
from services.offering import offers


class Person(NamedTuple):
    """An applicant known to the agency."""

    id: str
    name: str
    kind: str
    id_number: str | None
    tax_code: str | None
    phone: str | None
    address: str | None


class Suggestion(NamedTuple):
    """A published procedure with the version that is in force."""

    procedure_id: str
    version_id: str
    code: str
    name: str
    field: str


#: More words, or longer ones, narrow nothing.
MOST_WORDS, LONGEST_WORD = 8, 30


def words_of(text: str) -> list[str]:
    """The words to look for: letters and digits only, without diacritics and case."""
    return [w[:LONGEST_WORD] for w in names.fold(text).split()][:MOST_WORDS]


def phone_of(text: str) -> str | None:
    """The telephone number that `text` is, if it is one."""
    try:
        return names.normalise_phone(text)
    except DomainError:
        return None


# ---- applicants ----------------------------------------------------------------------------------
def find_applicants(text: str, *, limit: int = 20) -> tuple[Person, ...]:
    """Applicants of the agencies in scope by number, telephone or words of the name."""
    words = words_of(text)
    if not words:
        return ()
    digits = re.sub(r"[\s.\-]", "", text)
    phone = phone_of(text)
    by_number: list[sa.ColumnElement[bool]] = []
    if digits.isdecimal() and len(digits) >= 9:
        by_number = [Applicant.id_number == digits, Applicant.tax_code == digits]
    if phone:
        by_number.append(Applicant.phone == phone)
    if by_number:
        found = _people(sa.or_(*by_number), limit)
        if found:
            return found
    key = " " + Applicant.search_key
    return _people(sa.and_(*(key.like(f"% {w}%") for w in words)), limit)


def _people(condition: sa.ColumnElement[bool], limit: int) -> tuple[Person, ...]:
    columns = (
        Applicant.id,
        Applicant.name,
        Applicant.kind,
        Applicant.id_number,
        Applicant.tax_code,
        Applicant.phone,
        Applicant.address,
    )
    query = sa.select(*columns).where(condition).order_by(Applicant.id.desc()).limit(limit)
    return tuple(Person(*row) for row in db.session.execute(query))


# ---- procedures ----------------------------------------------------------------------------------
def suggest_procedures(
    text: str,
    *,
    on: date,
    levels: Collection[Level] = (),
    agency_id: str | None = None,
    limit: int = 15,
) -> tuple[Suggestion, ...]:
    """Procedures in force on a day, best first: by code, short word, initials ("dktlhkd"), words.

    `levels` keeps those that these kinds of offices resolve; agency_id: those that this agency offers,
    and what the whole code asks for, which may be received here for another agency. An empty text gives
    the first ones.
    """
    best: dict[str, tuple[int, Suggestion]] = {}
    for *shown, aliases in reference.plain(
        ("in force", on, tuple(sorted(levels))), lambda: _in_force(on, levels)
    ):
        found = Suggestion(*shown)
        rank = _fit(found, aliases or "", text)
        here = agency_id is None or rank == 0 or offers(agency_id, found.procedure_id)
        if rank is not None and here:
            best[found.procedure_id] = (rank, found)
    return tuple(s for _, s in sorted(best.values(), key=lambda p: (p[0], p[1].code))[:limit])


def _in_force(on: date, levels: Collection[Level]) -> tuple[tuple[Any, ...], ...]:
    """What a suggestion shows of every procedure in force, and its short words."""
    query = (
        sa.select(
            Procedure.id,
            ProcedureVersion.id,
            Procedure.code,
            Procedure.name,
            ProcedureField.name,
            Procedure.aliases,
        )
        .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
        .join(ProcedureField, ProcedureField.id == Procedure.procedure_field_id)
        .where(
            ProcedureVersion.state == VersionState.published,
            ProcedureVersion.valid_from <= on,
            sa.or_(ProcedureVersion.valid_to.is_(None), ProcedureVersion.valid_to >= on),
        )
        .order_by(Procedure.code, ProcedureVersion.valid_from)
    )
    if levels:
        query = query.where(Procedure.level.in_(levels))
    return tuple(tuple(row) for row in db.session.execute(query))


def _fit(found: Suggestion, aliases: str, text: str) -> int | None:
    """How well a procedure fits: 0 best, None not at all."""
    asked = names.fold(text)
    words, joined = asked.split(), asked.replace(" ", "")
    code, name = names.fold(found.code), names.fold(found.name).split()
    initials = "".join(w[0] for w in name)
    short = {names.fold(a).replace(" ", "") for a in re.split(r"[,;/]", aliases)}
    tests = (
        code == asked,
        joined in short,
        code.startswith(asked),
        initials == joined,
        len(joined) > 1 and initials.startswith(joined),
        " ".join(name).startswith(asked),
        _led_by(words, name),
        len(joined) > 2 and joined in initials,
        f" {asked}" in f" {' '.join(name)}",
        all(any(w.startswith(word) for w in (*name, *short)) for word in words),
    )
    return next((rank for rank, fits in enumerate(tests) if fits), None)


def _led_by(words: list[str], name: list[str]) -> bool:
    """The name begins with the first word, and the others follow in this order, whatever is between."""
    rest = iter(name)
    begins = len(words) > 1 and name[0] == words[0]
    return begins and all(any(one.startswith(word) for one in rest) for word in words)
