"""Rows of a list that stand together because a column has the same value in them.

A group is the first thing the rows are ordered by, so that paging by key goes on unchanged. Values of a
closed list stand in its own order, related rows in the order in which they were entered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext, ngettext

from models.base import Row
from views.generated import values
from views.generated.columns import Column, Register

if TYPE_CHECKING:
    from sqlalchemy.orm import Query

KINDS = frozenset({"choice", "yes_no", "relation", "date"})


class Head(NamedTuple):
    """What stands above the rows of a group: its value in words, and how many rows it says it has."""

    label: str
    count: str


@cache
def possible(register: Register) -> dict[str, Column]:
    """The columns by which the rows of a list can be grouped."""
    return {c.name: c for c in register.shown if c.kind in KINDS}


def keys(column: Column) -> list[tuple[Any, bool]]:
    """Expressions to order by, as `listing` takes them; rows without a value come last."""
    return [
        *([(column.key.is_(None), False)] if _nullable(column) else []),
        (_key(column), False),
    ]


def _nullable(column: Column) -> bool:
    return not column.required and column.kind != "yes_no"


def _key(column: Column) -> Any:
    if column.kind != "choice":
        return column.key
    places = {member: place for place, member in enumerate(column.members or ())}
    return sa.case(places, value=column.key)


def place(column: Column, row: Row) -> Any:
    """Where a row stands among the groups, as a cursor keeps it."""
    value = getattr(row, column.key.key)
    if value is None or column.kind in ("yes_no", "relation"):
        return value
    return value.isoformat() if column.kind == "date" else list(column.members or ()).index(value)


def restored(column: Column, raw: Any) -> list[Any]:
    """The values of a cursor in the order of `keys`. Errors: ValueError, TypeError."""
    kinds = {"choice": int, "yes_no": bool, "relation": str, "date": str}
    if raw is not None and type(raw) is not kinds[column.kind]:
        raise ValueError
    if raw is None and not _nullable(column):
        raise ValueError
    value = dt.date.fromisoformat(raw) if column.kind == "date" and raw is not None else raw
    return [raw is None, value] if _nullable(column) else [value]


def heads(column: Column, rows: Sequence[Row], found: Query[Any], whole: bool) -> dict[int, Head]:
    """Number of the first row of each group on a page → its head.

    found: all rows of the list; whole: they are few enough to be counted by group, in one statement.
    Else the heads count the rows of the page, and say so.
    """
    first: dict[Any, int] = {}
    here: dict[Any, int] = {}
    for number, row in enumerate(rows):
        key = getattr(row, column.key.key)
        first.setdefault(key, number)
        here[key] = here.get(key, 0) + 1
    totals = _totals(column, found) if whole else {}
    return {
        number: Head(_words(column, rows[number]), _count(here[key], totals.get(key)))
        for key, number in first.items()
    }


def _totals(column: Column, found: Query[Any]) -> dict[Any, int]:
    query = found.with_entities(column.key, sa.func.count()).group_by(column.key)
    return {row[0]: row[1] for row in query.order_by(None)}


def _words(column: Column, row: Row) -> str:
    value = values.text(column, getattr(row, column.name)) or gettext("not given")
    return f"{column.ui.label}: {value}"


def _count(here: int, total: int | None) -> str:
    if total is not None:
        return ngettext("%(num)d row in all", "%(num)d rows in all", total)
    return ngettext("%(num)d row on this page", "%(num)d rows on this page", here)
