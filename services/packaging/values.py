"""One mapping of a package as the values of a row: each checked against its column."""

import datetime as dt
import enum
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from domain import formula
from domain.errors import DomainError
from domain.terms import Term
from domain.unicode import nfc
from services.packaging import notation
from services.packaging.body import Values
from services.packaging.problem import Problem
from services.part_rules import FORMULAS
from services.version_parts import Column, columns_of

_WHOLE = re.compile(r"\d{1,19}")
_EARLIEST = dt.date(1000, 1, 1)
#: Words of a list that a message has room for.
_SHOWN = 40


def read_row(
    model: type[Any], tree: Any, place: str, problems: list[Problem], apart: Collection[str] = ()
) -> Values:
    """Every content column of a model with its value, None for what is left out.

    apart: further keys that somebody else reads. What is wrong goes to `problems`, at its key.
    """
    return read_columns(columns_of(model), tree, place, problems, apart, FORMULAS.get(model, ()))


def read_columns(
    columns: Sequence[Column],
    tree: Any,
    place: str,
    problems: list[Problem],
    apart: Collection[str] = (),
    formulas: Collection[str] = (),
) -> Values:
    """The same for columns that are given; formulas: the names of those that hold one."""
    if not isinstance(tree, dict):
        problems.append(Problem(place, DomainError("package.expected_map")))
        return {}
    known = [c.name for c in columns]
    for key in tree.keys() - {*known, *apart}:
        error = DomainError("package.unknown_key", key=key[:_SHOWN], known=known)
        problems.append(Problem(f"{place}.{key[:_SHOWN]}", error))
    return {
        c.name: _read(c, tree.get(c.name), f"{place}.{c.name}", problems, c.name in formulas)
        for c in columns
    }


def _read(column: Column, raw: Any, place: str, problems: list[Problem], is_formula: bool) -> Any:
    try:
        value = _value(column, raw)
        if is_formula and value:
            formula.parse(value)
    except DomainError as error:
        problems.append(Problem(place, error))
        return None
    return value


def _value(column: Column, raw: Any) -> Any:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if column.required:
            raise DomainError("value.required")
        return column.default
    if column.kind == "members":
        return _members(column, raw)
    if not isinstance(raw, str):
        raise DomainError("package.expected_text")
    return _READERS[column.kind](column, raw.strip())


def text(column: Column, raw: str) -> str:
    """A text in the form in which it is kept. Errors: value.too_long, value.invalid."""
    if any(ord(char) < 0x20 and char not in "\n\t" for char in raw):
        raise DomainError("value.invalid")
    words = nfc(raw).strip()
    if column.length is not None and len(words) > column.length:
        raise DomainError("value.too_long", limit=column.length)
    return words


def _term(column: Column, raw: str) -> str:
    return str(Term.parse(raw[:_SHOWN]))


def _choice(column: Column, raw: str) -> enum.Enum:
    assert column.members is not None
    for member in column.members:
        if member.value == raw:
            return member
    known = [member.value for member in column.members]
    raise DomainError("package.choice", value=raw[:_SHOWN], known=known)


def _members(column: Column, raw: Any) -> str:
    words = raw if isinstance(raw, list) else str(raw).split()
    if not isinstance(raw, list | str) or not all(isinstance(word, str) for word in words):
        raise DomainError("package.expected_list")
    found = [str(_choice(column, word.strip()).value) for word in words]
    return "\n".join(dict.fromkeys(found))


def _yes_no(column: Column, raw: str) -> bool:
    if raw not in ("true", "false"):
        raise DomainError("package.yes_no")
    return raw == "true"


def _integer(column: Column, raw: str) -> int:
    if not _WHOLE.fullmatch(raw) or int(raw) > column.limit:
        raise DomainError("number.invalid")
    return int(raw)


def _date(column: Column, raw: str) -> dt.date:
    try:
        day = notation.day(raw)
    except ValueError:
        raise DomainError("package.day") from None
    if day < _EARLIEST:
        raise DomainError("package.day")
    return day


_READERS: dict[str, Callable[[Column, str], Any]] = {
    "text": text,
    "document_type": text,
    "register": text,
    "term": _term,
    "choice": _choice,
    "yes_no": _yes_no,
    "integer": _integer,
    "date": _date,
}
