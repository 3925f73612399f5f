"""Values as people write and read them: one reading and one writing for forms, files and the API.

`read` takes text (or what a spreadsheet cell or JSON holds) and gives the value to keep; `text` is
its opposite. Dates are dd/mm/yyyy, thousands have dots and decimals a comma.
"""

import contextlib
import datetime as dt
import enum
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from domain import days, money
from domain.deadline import Term, TermUnit
from domain.errors import DomainError
from domain.unicode import nfc
from models.base import Row, db
from models.types import LOCAL
from views import present
from views.generated.columns import Column
from views.generated.titles import title

_TIMES = ("%H:%M", "%Hh%M", "%H:%M:%S")
_YES, _NO = {"1", "true", "yes", "x", "có", "on"}, {"0", "false", "no", "", "không", "off"}
_GROUPED = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?$")
_COMMAS = re.compile(r"\d{1,3}(,\d{3})+")
_HALF = re.compile("[\ud800-\udfff]")
_EARLIEST = dt.date(1000, 1, 1)


# ---- reading -------------------------------------------------------------------------------------
def read(column: Column, raw: Any) -> Any:
    """The value to keep; None for an empty optional one. Raises DomainError at the field."""
    if isinstance(raw, str):
        raw = nfc(raw).strip()
    if raw is None or raw == "":
        if column.kind == "yes_no":
            return False
        if column.required:
            raise DomainError("value.required", field=column.name)
        return None
    return _READERS[column.kind](column, raw)


def _text(column: Column, raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # a spreadsheet keeps the code 12 as 12.0
    words = nfc(str(raw)).strip()
    if _HALF.search(words):  # half a letter, no database takes it
        raise DomainError("value.invalid", field=column.name)
    if not column.ui.multiline:
        words = " ".join(words.split())
    if column.length is not None and len(words) > column.length:
        raise DomainError("value.too_long", field=column.name, limit=column.length)
    return words


def _decimal(column: Column, raw: Any) -> Decimal:
    words = str(raw).replace("\xa0", "").replace(" ", "")
    if _GROUPED.match(words) or "," in words:
        words = words.replace(".", "").replace(",", ".")
    try:
        value = Decimal(words)
    except InvalidOperation:
        raise DomainError("number.invalid", field=column.name) from None
    if not value.is_finite() or abs(value.adjusted()) > 15:
        raise DomainError("number.invalid", field=column.name)
    return value


def _integer(column: Column, raw: Any) -> int:
    if isinstance(raw, bool):
        raise DomainError("number.invalid", field=column.name)
    if isinstance(raw, str):
        raw = _digits(column, raw)
    value = _decimal(column, raw)
    if value != value.to_integral_value() or abs(value) > column.limit:
        raise DomainError("money.invalid" if column.kind == "money" else "number.invalid",
                          field=column.name)  # fmt: skip
    return int(value)


def _digits(column: Column, typed: str) -> str:
    """Whole numbers without their grouping. “12,000” may be twelve or twelve thousand: in đồng it
    is thousands, elsewhere it is asked for once more."""
    sign, words = ("-", typed[1:]) if typed.startswith("-") else ("", typed)
    if column.kind == "money":
        try:
            return f"{sign}{money.parse_vnd(words)}"
        except DomainError as error:
            raise DomainError(error.code, field=column.name) from None
    if _COMMAS.fullmatch(words):
        raise DomainError("number.comma", field=column.name, dots=typed.replace(",", "."))
    return typed


def _yes_no(column: Column, raw: Any) -> bool:
    word = str(raw).casefold()
    if word in _YES or word == gettext("Yes").casefold():
        return True
    if word in _NO or word == gettext("No").casefold():
        return False
    raise DomainError("value.invalid", field=column.name)


def _date(column: Column, raw: Any) -> dt.date:
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    value = raw if isinstance(raw, dt.date) else _day(column, str(raw))
    if value < _EARLIEST:
        raise DomainError("date.invalid", field=column.name)
    return value


def _day(column: Column, words: str) -> dt.date:
    latest = present.now().date() if column.ui.past else None
    try:
        return days.read(words, latest)
    except DomainError as error:
        raise DomainError(error.code, field=column.name, **error.facts) from None


def _time(column: Column, raw: Any) -> dt.time:
    value = raw if isinstance(raw, dt.time) else _parsed(raw, _TIMES)
    if value is None:
        raise DomainError("time.invalid", field=column.name)
    return value.time() if isinstance(value, dt.datetime) else value


def _moment(column: Column, raw: Any) -> dt.datetime:
    value = raw if isinstance(raw, dt.datetime) else _moment_of(column, str(raw))
    if value is None or value.date() < _EARLIEST or value.year > 9998:
        raise DomainError("date.invalid", field=column.name)
    return value.replace(tzinfo=LOCAL) if value.tzinfo is None else value.astimezone(LOCAL)


def _moment_of(column: Column, words: str) -> dt.datetime | None:
    """A day with an hour before or after it, or alone; ISO 8601 from programs."""
    if words[4:5] == "-":
        with contextlib.suppress(ValueError):
            return dt.datetime.fromisoformat(words)
    first, _, rest = words.partition(" ")
    day, hour = (rest, first) if rest and _parsed(first, _TIMES) else (first, rest)
    clock = _parsed(hour.strip() or "00:00", _TIMES)
    return dt.datetime.combine(_day(column, day), clock.time()) if clock else None


def _parsed(raw: Any, forms: tuple[str, ...]) -> dt.datetime | None:
    for form in forms:
        try:
            return dt.datetime.strptime(str(raw), form)  # noqa: DTZ007 - local by definition
        except ValueError:
            continue
    return None


def _choice(column: Column, raw: Any) -> enum.Enum:
    for member in column.members or ():
        if raw == member or raw == member.value or str(raw).casefold() == title(member).casefold():
            return member
    raise DomainError("value.choice", field=column.name)


def _members(column: Column, raw: Any) -> str:
    """Members by value or by word, divided by lines, semicolons or commas; kept one to a line."""
    parts = [part.strip() for part in re.split(r"[\n;,]", str(raw)) if part.strip()]
    return "\n".join(dict.fromkeys(_choice(column, part).value for part in parts))


def _relation(column: Column, raw: Any) -> Row:
    """The row meant by an object, an id or a unique code, as far as the present scope sees it."""
    if isinstance(raw, Row):
        return raw
    if isinstance(raw, dict):
        raw = raw.get("id")
    target = column.target
    assert target is not None
    row = db.session.scalars(sa.select(target).where(target.id == str(raw))).one_or_none()
    if row is None and coded(target):
        row = db.session.scalars(sa.select(target).where(target.code == str(raw))).one_or_none()
    if row is None:
        raise DomainError("value.choice", field=column.name)
    return row


def _term(column: Column, raw: Any) -> str:
    """A term as the engine writes it, from "3wd" or from “3 working days” in the reader's language."""
    written = str(raw).strip()
    for unit in TermUnit:
        words = title(unit).casefold()
        if unit is TermUnit.same_day and written.casefold() == words:
            return str(Term(1, unit))
        amount, _, rest = written.casefold().partition(" ")
        if rest.strip() == words and amount.isdecimal():
            return str(Term(int(amount), unit))
    try:
        return str(Term.parse(written))
    except DomainError as error:
        raise DomainError(error.code, field=column.name, **error.facts) from None


def term_words(value: str) -> str:
    """“3wd” as “3 working days” in the reader's language."""
    found = Term.parse(value)
    if found.unit is TermUnit.same_day:
        return title(found.unit)
    return f"{found.amount} {title(found.unit)}"


_READERS: dict[str, Callable[[Column, Any], Any]] = {
    "term": _term,
    "text": _text,
    "integer": _integer,
    "money": _integer,
    "decimal": _decimal,
    "yes_no": _yes_no,
    "date": _date,
    "time": _time,
    "moment": _moment,
    "choice": _choice,
    "members": _members,
    "relation": _relation,
}


# ---- writing -------------------------------------------------------------------------------------
def text(column: Column, value: Any) -> str:
    """The value as a person reads it; empty for none."""
    if value is None:
        return ""
    if column.kind == "yes_no":
        return gettext("Yes") if value else gettext("No")
    if column.kind == "choice":
        return title(value)
    if column.kind == "members":
        named = {m.value: title(m) for m in column.members or ()}
        return "; ".join(named.get(part, part) for part in value.splitlines())
    return _WRITERS.get(column.kind, str)(value)


def number(value: int | Decimal) -> str:
    """1234567.5 → 1.234.567,5"""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


_WRITERS: dict[str, Callable[[Any], str]] = {
    "term": term_words,
    "money": number,
    "decimal": number,
    "date": lambda value: f"{value:%d/%m}/{value.year:04d}",
    "time": lambda value: f"{value:%H:%M}",
    "moment": lambda value: f"{value:%d/%m}/{value.year:04d} {value:%H:%M}",
}


def coded(model: type[Row]) -> bool:
    """Whether rows of the model are known by a unique `code`."""
    column = model.__table__.c.get("code")
    return column is not None and bool(column.unique)


def cell(column: Column, value: Any) -> Any:
    """The value for a spreadsheet: dates and numbers as such, a related row by its code or id."""
    if value is None or column.kind in {"date", "integer", "money", "time", "decimal"}:
        return value
    if column.kind == "relation":
        return value.code if coded(type(value)) else value.id
    return text(column, value)


def plain(column: Column, value: Any) -> Any:
    """The value for JSON: ISO dates, codes of closed lists, a related row as {id, text}."""
    if isinstance(value, Row):
        return {"id": value.id, "text": str(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
