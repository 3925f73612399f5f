"""What the signs and functions of formulas do with values that may not be filled in."""

import ast
import datetime as dt
import operator
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from functools import lru_cache
from typing import Any

from domain import days
from domain.errors import DomainError
from domain.formula_text import PART

#: Texts do not grow beyond what fits into a field.
LONGEST_TEXT = 4000
#: By how many days a date may be moved: some hundred years.
MOST_DAYS = 100_000


# ---- reckoning -----------------------------------------------------------------------------------
def number(value: Any) -> Any:
    """A number as a decimal, so that 0,1 + 0,2 = 0,3; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(str(value))


def _arithmetic(how: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def done(a: Any, b: Any) -> Any:
        if a is None or b is None:
            return None
        if isinstance(a, str) and isinstance(b, str) and how is operator.add:
            return (a + b)[:LONGEST_TEXT]
        if isinstance(a, dt.date) or isinstance(b, dt.date):
            return _moved(how, a, b)
        if not isinstance(a, Decimal) or not isinstance(b, Decimal):
            raise TypeError
        try:
            return how(a, b)
        except (DivisionByZero, InvalidOperation):
            return None

    return done


def _moved(how: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """A day so many days later or earlier; the days from one day to another (the first is not counted).

    Errors: formula.two_dates, formula.date_sign, formula.whole_days.
    """
    if isinstance(a, dt.date) and isinstance(b, dt.date):
        if how is operator.sub:
            return Decimal((a - b).days)
        raise DomainError("formula.two_dates" if how is operator.add else "formula.date_sign")
    day, count = (a, b) if isinstance(a, dt.date) else (b, a)
    if how is not operator.add and not (how is operator.sub and day is a):
        raise DomainError("formula.date_sign")
    if not isinstance(count, Decimal):
        raise DomainError("formula.date_sign")
    if count % 1 or abs(count) > MOST_DAYS:
        raise DomainError("formula.whole_days")
    try:
        return how(day, dt.timedelta(days=int(count)))
    except OverflowError:
        raise DomainError("formula.whole_days") from None


def _signed(how: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def done(a: Any) -> Any:
        if isinstance(a, dt.date):
            raise DomainError("formula.date_sign")
        if a is not None and not isinstance(a, Decimal):
            raise TypeError
        return None if a is None else how(a)

    return done


def _ordered(how: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    def done(a: Any, b: Any) -> bool:
        if a is None or b is None:
            return False
        return bool(how(*_alike(a, b)))

    return done


def _alike(*values: Any) -> tuple[Any, ...]:
    """Values that have an order among themselves: numbers, days or texts."""
    for kind in (Decimal, dt.date, str):
        if all(isinstance(value, kind) for value in values):
            return values
    raise TypeError


def _equal(a: Any, b: Any) -> bool:
    return bool(number(a) == number(b))


def _within(a: Any, b: Any) -> bool:
    """In a list of choices, or as part of a text; nothing is within what is not filled in."""
    if a is None or b is None:
        return False
    if isinstance(b, str) and isinstance(a, str):
        return a in b
    if not isinstance(b, list | tuple):
        raise TypeError
    return any(_equal(a, part) for part in b)


#: Signs of a formula; what does not fit raises any error, what is not filled in gives None or false.
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _arithmetic(operator.add),
    ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
    ast.Eq: _equal,
    ast.NotEq: lambda a, b: not _equal(a, b),
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: lambda a, b: _within(a, b),
    ast.NotIn: lambda a, b: not _within(a, b),
    ast.Not: operator.not_,
    ast.USub: _signed(operator.neg),
    ast.UAdd: _signed(operator.pos),
}


# ---- functions -----------------------------------------------------------------------------------
def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise TypeError
    return list(value)


def _sum(rows: Any, name: Any) -> Decimal:
    """The numbers of one column of a table."""
    if not isinstance(name, str):
        raise TypeError
    found = (number(row.get(name)) for row in _listed(rows))
    return sum((value for value in found if isinstance(value, Decimal)), Decimal(0))


def _round(value: Any, places: Any = Decimal(0)) -> Any:
    """Half up, as money is rounded; places below 0 round to tens, hundreds, thousands."""
    if value is None or places is None:
        return None
    if not isinstance(value, Decimal) or not -9 <= places <= 6 or places % 1:
        raise ValueError
    rounded = value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)
    return rounded.quantize(Decimal(1)) if places < 0 else rounded


def _years(start: Any, end: Any) -> Decimal | None:
    """Whole years from one day to another, as an age is counted."""
    if start is None or end is None:
        return None
    return Decimal(end.year - start.year - ((end.month, end.day) < (start.month, start.day)))


def _days(start: Any, end: Any) -> Decimal | None:
    """Days from the first to the last, both counted."""
    return None if start is None or end is None else Decimal((end - start).days + 1)


def _day(value: Any) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise TypeError
    return days.read(value)


def _among(how: Callable[..., Any]) -> Callable[..., Any]:
    def done(*given: Any) -> Any:
        present = [value for value in given if value is not None]
        return how(_alike(*present)) if present else None

    return done


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, list | tuple | dict) and not value)


def _part(value: Any, name: str) -> Any:
    """A part of a person, organisation, address or parcel; nothing where it is not filled in."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise DomainError("formula.part_of_plain", part=name)
    return number(value.get(name))


#: Function → its Vietnamese name without marks: both may be written.
FUNCTIONS: dict[str, str] = {
    english: meaning
    for names, meaning in {
        ("count", "dem"): "count",
        ("sum", "tong"): "sum",
        ("days", "so_ngay"): "days",
        ("years", "so_nam"): "years",
        ("today", "hom_nay"): "today",
        ("day", "ngay"): "day",
        ("empty", "bo_trong"): "empty",
        ("round", "lam_tron"): "round",
        ("min", "nho_nhat"): "min",
        ("max", "lon_nhat"): "max",
    }.items()
    for english in names
}


@lru_cache(maxsize=8)
def functions(today: dt.date) -> dict[str, Callable[..., Any]]:
    """What the functions of formulas do on that day, by name; what does not fit raises any error."""
    meanings: dict[str, Callable[..., Any]] = {
        "count": lambda rows: Decimal(len(_listed(rows))),
        "sum": _sum,
        "days": _days,
        "years": _years,
        "today": lambda: today,
        "day": _day,
        "empty": _empty,
        "round": _round,
        "min": _among(min),
        "max": _among(max),
    }
    return {name: meanings[meaning] for name, meaning in FUNCTIONS.items()} | {PART: _part}
