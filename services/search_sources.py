"""What the search from anywhere looks through besides dossiers: a list, in the order of the answer.

A further source is one more entry here, and one in `views.search_places`, which says where a hit leads
and who may see it.
"""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from services import people, search


class Hit(NamedTuple):
    """One line of an answer: the key of what was found, its name, and what tells it from its like."""

    id: str
    title: str
    hint: str


class Source(NamedTuple):
    """`find(text, on, limit)` gives the best hits, read through the scope of the session."""

    name: str
    find: Callable[[str, dt.date, int], list[Hit]]


def _people(text: str, _on: dt.date, limit: int) -> list[Hit]:
    return [Hit(one.id, one.name, told(one)) for one in people.find(text, limit=limit)]


def told(one: people.Someone) -> str:
    """“15/03/1990 · 066190001234 · Buôn Kô Tam”: what is known, in this order."""
    born = f"{one.birth_date:%d/%m/%Y}" if one.birth_date else ""
    number = one.id_number or one.tax_code or one.phone or ""
    return " · ".join(part for part in (born, number, one.address or "") if part)


def _procedures(text: str, on: dt.date, limit: int) -> list[Hit]:
    found = search.suggest_procedures(text, on=on, limit=limit)
    return [Hit(one.procedure_id, one.name, f"{one.code} · {one.field}") for one in found]


SOURCES: list[Source] = [Source("people", _people), Source("procedures", _procedures)]
