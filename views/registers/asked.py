"""What the address of a register's list asks for; everything stands in it, so that Back keeps it.

The names are those of the generated lists: `q`, `state`, `registered_on_from`, `valid_to_to`, `order`,
`rows`, `after`, `before`; those of the register's own fields begin with `d-`. What an address holds wrongly
is left out, never an error; only a day or a number that cannot be read is told.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from domain import days
from domain.codes import EntryState
from domain.data_fields import FieldSpec
from domain.errors import DomainError
from models.register import Register
from services import narrowing, reference
from services.acting import Actor
from services.registers import definition, listing
from services.registers.listing import Narrow, Span
from views.fields import read_key

SIZES = (25, 50, 100)
LONGEST, MOST_ASKED = 120, 40
#: What the names of filters over the register's own fields begin with.
DATA = "d-"
#: Spans of days: beginning of their names → the part of `Narrow`.
SPANS = {"registered_on": "registered", "valid_to": "ends"}


ALL = Narrow()


@dataclass(frozen=True)
class Wanted:
    """One list as its address has it. typed: the text of every day; problems: which cannot be read."""

    register: Register
    narrow: Narrow = ALL
    order: str = ""
    after: str = ""
    before: str = ""
    rows: int = SIZES[0]
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, DomainError] = field(default_factory=dict)

    @property
    def pairs(self) -> dict[str, str]:
        """The conditions as they stand in an address, without order and place."""
        narrow = self.narrow
        pairs = {"q": narrow.q, "state": narrow.state.value if narrow.state else ""}
        pairs |= {"agency": narrow.agency_id or "", **self.typed}
        pairs |= {f"{DATA}{name}": text for name, text in narrow.data}
        return {name: text for name, text in pairs.items() if text}

    def query(self, **changes: Any) -> str:
        """The query string of this list, with changes; empty values are left out."""
        other = replace(self, **changes)
        rows = "" if other.rows == SIZES[0] else str(other.rows)
        place = {"order": other.order, "rows": rows, "after": other.after, "before": other.before}
        return urlencode({k: v for k, v in {**other.pairs, **place}.items() if v})

    def asked(self, fields: tuple[FieldSpec, ...], today: dt.date) -> listing.Asked:
        """The question as the service takes it."""
        order = self.order or listing.NEWEST
        return listing.Asked(self.register, self.narrow, fields, today, order)


def read(register: Register, args: Mapping[str, str]) -> Wanted:
    """What an address asks for."""
    rows, order, state = args.get("rows", ""), args.get("order", ""), args.get("state", "")
    typed, spans, problems = _spans(args)
    narrow = Narrow(
        q=" ".join(args.get("q", "").split())[:LONGEST],
        state=EntryState(state) if state in set(EntryState) else None,
        data=_data(args),
        agency_id=_agency(args.get("agency", "")),
        **spans,
    )
    return Wanted(
        register,
        narrow,
        order if order.removeprefix("-") in listing.ORDERS else "",
        args.get("after", ""),
        args.get("before", ""),
        int(rows) if rows in map(str, SIZES) else SIZES[0],
        typed,
        problems,
    )


def _spans(
    args: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, Span], dict[str, DomainError]]:
    typed: dict[str, str] = {}
    found: dict[str, Span] = {}
    problems: dict[str, DomainError] = {}
    for stem, part in SPANS.items():
        ends: list[dt.date | None] = []
        for name in (f"{stem}_from", f"{stem}_to"):
            typed[name] = args.get(name, "").strip()[:20]
            day = None
            try:
                day = days.read(typed[name]) if typed[name] else None
            except DomainError as error:
                problems[name] = error
            ends.append(day)
        found[part] = Span(*ends)
    return typed, found, problems


def _data(args: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = ((n.removeprefix(DATA), v.strip()) for n, v in args.items() if n.startswith(DATA))
    return tuple((name, text[:LONGEST]) for name, text in pairs if text)[:MOST_ASKED]


def _agency(text: str) -> str | None:
    agency_id = read_key(text)
    unit = reference.unit(agency_id) if agency_id else None
    return unit.id if unit is not None and unit.is_agency else None


# ---- the fields of whoever asks ------------------------------------------------------------------
def roles_of(actor: Actor) -> frozenset[str]:
    """The names of the roles that somebody holds, as fields name their readers."""
    return frozenset(role.value for role in actor.roles)


def listed_fields(register: Register, actor: Actor) -> tuple[FieldSpec, ...]:
    """The listed fields that somebody may read: by these a list is narrowed, these are its columns."""
    seen = definition.seen_fields(definition.fields_of(register), roles_of(actor))
    return tuple(f for f in seen if f.listed)


def filters(wanted: Wanted, fields: tuple[FieldSpec, ...]) -> list[narrowing.Asked]:
    """Each field a list may be narrowed by, with what was typed for it."""
    return narrowing.asked_of(fields, wanted.narrow.data)
