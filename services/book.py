"""The register book (sổ theo dõi hồ sơ, TT 03/2025 form 07, TT 01/2018 form 06), page by page."""

import base64
import datetime as dt
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.calendar import TZ
from domain.codes import Outcome, Status
from domain.errors import DomainError
from models import marks
from models.base import db
from models.dossier import Dossier
from models.organisation import Unit
from models.procedure import Procedure
from models.scope import current

#: Lines fetched at a time while the whole book is written out.
STRETCH = 500
#: By what the lines of a page may stand together before the moment of receipt: group → its key.
GROUPS: dict[str, Any] = {
    "procedure": Procedure.code,
    "competent": Unit.full_name,
    "status": sa.case({status: n for n, status in enumerate(Status)}, value=Dossier.status),
}


class Line(NamedTuple):
    """One line of the book; `order` is the number within the year's book."""

    id: str
    order: int | None
    code: str
    legacy_code: str | None
    procedure_code: str
    procedure: str
    sets: int
    owner_name: str
    address: str | None
    phone: str | None
    competent: str
    received_at: dt.datetime
    due_at: dt.datetime | None
    extended_to: dt.datetime | None
    returned_at: dt.datetime | None
    return_method: str
    returned_to: str | None
    status: Status
    outcome: Outcome | None
    result_no: str | None
    result_text: str | None


class Lines(NamedTuple):
    """A page of the book; `after` opens the next page and is None on the last one."""

    rows: tuple[Line, ...]
    after: str | None


def rows(
    agency_id: str,
    year: int,
    *,
    field_id: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    after: str | None = None,
    limit: int = 25,
    group: str = "",
) -> Lines:
    """Dossiers received by an agency in a year, in the order of receipt.

    `field_id` keeps one field of administration; `start` and `end` (both included) narrow the days;
    group: one of GROUPS, whose lines then stand together.
    Visits that ended without acceptance have no number and are not in the book.
    Errors: request.invalid.
    """
    first, beyond = _span(year, start, end)
    given = {"agency": agency_id, "first": first, "beyond": beyond, "most": limit + 1}
    if field_id:
        given["field"] = field_id
    if after is not None:
        given |= _place(after, group)
    query = _query(field_id is not None and field_id != "", after is not None, group)
    found = [Line._make(row) for row in db.session.execute(query, given)]
    more = len(found) > limit
    return Lines(tuple(found[:limit]), _cursor(found[limit - 1], group) if more else None)


def every(
    agency_id: str,
    year: int,
    *,
    field_id: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Iterator[Line]:
    """The whole book, line after line, for export and print; memory stays that of one stretch."""
    after: str | None = None
    while True:
        page = rows(
            agency_id, year, field_id=field_id, start=start, end=end, after=after, limit=STRETCH
        )
        yield from page.rows
        after = page.after
        if after is None:
            return


def years(agency_id: str) -> tuple[int, ...]:
    """The years that have a book, the newest first; looked for again only after a change."""
    return marks.kept(("book years", agency_id, current()), lambda: _years(agency_id))


def _years(agency_id: str) -> tuple[int, ...]:
    bounds = []
    for order in (Dossier.received_at.desc(), Dossier.received_at.asc()):
        query = sa.select(Dossier.received_at).where(
            Dossier.agency_id == agency_id, Dossier.code.is_not(None)
        )
        bounds.append(db.session.scalars(query.order_by(order).limit(1)).first())
    newest, oldest = bounds
    return tuple(range(newest.year, oldest.year - 1, -1)) if newest and oldest else ()


def _span(year: int, start: dt.date | None, end: dt.date | None) -> tuple[dt.datetime, dt.datetime]:
    """From the first moment to the one that is no longer included."""
    if not 1900 <= year <= 9000:
        raise DomainError("date.invalid", field="year")
    first = max(start or dt.date.min, dt.date(year, 1, 1))
    last = min(end or dt.date.max, dt.date(year, 12, 31))
    return _midnight(first), _midnight(last + dt.timedelta(days=1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=TZ)


@lru_cache
def _query(of_field: bool, further: bool, group: str = "") -> sa.Select[Any]:
    """Built once: what differs from page to page are its values."""
    value = sa.bindparam
    columns: tuple[Any, ...] = (
        Dossier.id,
        Dossier.book_order,
        Dossier.code,
        Dossier.legacy_code,
        Procedure.code,
        Procedure.name,
        Dossier.sets,
        Dossier.owner_name,
        Dossier.owner_address,
        Dossier.owner_phone,
        Unit.full_name,
        Dossier.received_at,
        Dossier.due_at,
        Dossier.extended_to,
        Dossier.returned_at,
        Dossier.return_method,
        Dossier.returned_to,
        Dossier.status,
        Dossier.outcome,
        Dossier.result_no,
        Dossier.result_text,
    )
    query = (
        sa.select(*columns)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .join(Unit, Unit.id == Dossier.competent_id)
        .where(
            Dossier.agency_id == value("agency"),
            Dossier.code.is_not(None),
            Dossier.received_at >= value("first"),
            Dossier.received_at < value("beyond"),
        )
        .order_by(*((GROUPS[group],) if group else ()), Dossier.received_at, Dossier.id)
        .limit(value("most", type_=sa.Integer))
    )
    if further:
        query = query.where(*_beyond(group))
    return query.where(Procedure.procedure_field_id == value("field")) if of_field else query


def _beyond(group: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What comes after a line, by its moment, its id and the value of its group."""
    at, key, value = Dossier.received_at, Dossier.id, sa.bindparam
    moment, last = value("moment", type_=at.type), value("last", type_=key.type)
    later = sa.or_(at > moment, sa.and_(at == moment, key > last))
    if not group:
        return later, at >= moment  # the second lets the index start there
    place, known = GROUPS[group], value("group", type_=GROUPS[group].type)
    return (sa.or_(place > known, sa.and_(place == known, later)),)


def _cursor(line: Line, group: str) -> str:
    parts: list[Any] = [line.received_at.isoformat(), line.id]
    parts += [_value(line, group)] if group else []
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _value(line: Line, group: str) -> str | int:
    if group == "status":
        return list(Status).index(line.status)
    return line.procedure_code if group == "procedure" else line.competent


def _place(after: str, group: str) -> dict[str, Any]:
    try:
        parts = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        moment, last, *grouped = parts
        found = {"moment": dt.datetime.fromisoformat(moment), "last": str(last)}
        if group:
            kind = int if group == "status" else str
            if type(grouped[0]) is not kind:
                raise ValueError
            found["group"] = grouped[0]
    except (ValueError, TypeError, IndexError):
        raise DomainError("request.invalid") from None
    return found
