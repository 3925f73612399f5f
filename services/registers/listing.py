"""The entries of a register as a list: narrowed, ordered, page by page, counted, all of them for a file.

What the address or a program asks for comes as a `Narrow`; the scope of the session decides whose entries
are seen. A page costs the same at any depth: it begins at a place in the order, not at a number.
"""

import base64
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain import names
from domain.codes import EntryState
from domain.data_fields import FieldSpec
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.dossier import Dossier
from models.register import Register, RegisterEntry, RegisterValue
from services import narrowing
from services.acting import Actor
from services.recording import record
from services.transaction import transaction
from services.turns import Condition, plain

#: Entries are counted up to here.
COUNTED = 1000
#: An entry “ends soon” when its last day is at most so many days away.
SOON = 30
BATCH = 500
#: So many values are gone through before the entries are.
FEW = 1000
#: What a list may be ordered by → the column; the day of the end may be missing, then it comes last.
ORDERS: dict[str, Any] = {
    "registered_on": RegisterEntry.registered_on,
    "number": RegisterEntry.number,
    "holder": RegisterEntry.holder_sort,
    "valid_to": RegisterEntry.valid_to,
}
NEWEST = "-registered_on"
_DAYS = frozenset({"registered_on", "valid_to"})


class Span(NamedTuple):
    """Days from … to …, both included; None where there is no bound."""

    first: dt.date | None = None
    last: dt.date | None = None


class Narrow(NamedTuple):
    """What a list is narrowed by. data: (key or key-tu, key-den; text), as `services.narrowing` reads it."""

    q: str = ""
    state: EntryState | None = None
    registered: Span = Span()
    ends: Span = Span()
    data: narrowing.Pairs = ()
    agency_id: str | None = None

    @property
    def any(self) -> bool:
        """Whether anything is searched or narrowed."""
        return self != Narrow()


class Asked(NamedTuple):
    """The whole question. fields: those by which whoever asks may narrow; today: decides what has expired."""

    register: Register
    narrow: Narrow
    fields: Sequence[FieldSpec]
    today: dt.date
    order: str = NEWEST


class Entries(NamedTuple):
    """A page; `after` opens the next one and `before` the one before it, None at the ends.

    total: entries on all pages, up to COUNTED + 1.
    """

    rows: list[RegisterEntry]
    before: str | None
    after: str | None
    total: int


# ---- which entries -------------------------------------------------------------------------------
def standing_is(state: EntryState, today: dt.date) -> Condition:
    """`domain.register.standing` as a condition."""
    over = sa.and_(RegisterEntry.valid_to.is_not(None), RegisterEntry.valid_to < today)
    if state is EntryState.expired:
        return sa.and_(RegisterEntry.state == EntryState.valid, over)
    if state is EntryState.valid:
        return sa.and_(RegisterEntry.state == EntryState.valid, sa.not_(over))
    return RegisterEntry.state == state


def _conditions(asked: Asked) -> Iterator[Condition]:
    narrow = asked.narrow
    yield RegisterEntry.register_id == asked.register.id
    words = names.fold(narrow.q).split()
    yield from (RegisterEntry.search_key.contains(word, autoescape=True) for word in words)
    if narrow.q.strip() and not words:
        yield sa.false()
    if narrow.state is not None:
        yield standing_is(narrow.state, asked.today)
    if narrow.agency_id:
        yield RegisterEntry.agency_id == narrow.agency_id
    yield from _between(RegisterEntry.registered_on, narrow.registered)
    yield from _between(RegisterEntry.valid_to, narrow.ends)
    for one in narrowing.asked_of(asked.fields, narrow.data) if narrow.data else ():
        yield from _has(one)


def _between(column: Any, span: Span) -> Iterator[Condition]:
    if span.first is not None:
        yield column >= span.first
    if span.last is not None:
        yield column <= span.last


def _has(one: narrowing.Asked) -> Iterator[Condition]:
    """The entry has a value like this; what cannot be read narrows nothing."""
    if one.problem is not None:
        return
    value = plain(RegisterValue).c
    if tests := narrowing.tests_of(one.spec, one.given, value):
        # Where few values fit, an index says at once whose they are; where many do, one comes upon
        # enough of them by looking into the entries in their order.
        mine = sa.and_(value.key == one.spec.key, *tests)
        few = db.session.scalars(sa.select(value.entry_id).where(mine).limit(FEW + 1)).all()
        if len(few) <= FEW:
            yield RegisterEntry.id.in_(few)
        else:
            inside = sa.select(value.id).where(mine, value.entry_id == RegisterEntry.id)
            yield inside.correlate(RegisterEntry).exists()


def count(asked: Asked, most: int = COUNTED) -> int:
    """How many entries, never counting beyond `most` + 1."""
    return len(_some(_conditions(asked), most))


def _some(conditions: Iterable[Condition], most: int) -> Sequence[str]:
    """The ids of the entries in no order, at most `most` + 1 of them."""
    query = sa.select(RegisterEntry.id).where(*conditions).limit(most + 1)
    return db.session.scalars(query).all()


def counts(
    registers: Sequence[Register], today: dt.date, soon: int = SOON
) -> dict[str, tuple[int, int]]:
    """Register → how many of its entries are in force, and how many of those end soon; up to COUNTED + 1."""
    found = {}
    for register in registers:
        asked = Asked(register, Narrow(state=EntryState.valid), (), today)
        ending = Narrow(state=EntryState.valid, ends=coming(today, soon))
        found[register.id] = (count(asked), count(asked._replace(narrow=ending)))
    return found


def coming(today: dt.date, days: int = SOON) -> Span:
    """The days in which what ends soon ends."""
    return Span(today, today + dt.timedelta(days=days))


# ---- in which order, from where ------------------------------------------------------------------
def page(
    asked: Asked, *, after: str | None = None, before: str | None = None, limit: int = 25
) -> Entries:
    """The entries after a place, or before one, and how many there are on all pages.

    A place that is none is the beginning. Where few entries fit, those are put in order; an order that is
    read from an index until enough are found would look at all that do not fit.
    """
    keys = _keys(asked.order)
    back = bool(before) and not after
    mark = _opened(after or before, asked.order)
    conditions = list(_conditions(asked))
    some = _some(conditions, COUNTED)
    query = sa.select(RegisterEntry)
    few = asked.narrow.any and len(some) <= COUNTED
    query = query.where(RegisterEntry.id.in_(some)) if few else query.where(*conditions)
    if mark is not None:
        query = query.where(_beyond(keys, mark, back))
    query = query.order_by(*_ordered(keys, back)).limit(limit + 1)
    rows = list(db.session.scalars(query))
    more, rows = len(rows) > limit, rows[:limit]
    if back:
        rows.reverse()
    earlier = more if back and mark else mark is not None
    later = mark is not None if back else more
    return Entries(
        rows,
        _sealed(rows[0], asked.order) if rows and earlier else None,
        _sealed(rows[-1], asked.order) if rows and later else None,
        len(some),
    )


def every(asked: Asked) -> Iterator[RegisterEntry]:
    """All entries in their order, fetched in batches and let go again."""
    query = sa.select(RegisterEntry).where(*_conditions(asked))
    query = query.order_by(*_ordered(_keys(asked.order), False))
    yield from db.session.scalars(query.execution_options(yield_per=BATCH))


Keys = list[tuple[Any, bool]]


def _keys(order: str) -> Keys:
    """What is ordered by, each with whether it descends; the id last, so that the order is total."""
    name, down = order.removeprefix("-"), order.startswith("-")
    column = ORDERS[name]
    missing: Keys = [(column.is_(None), False)] if name == "valid_to" else []
    return [*missing, (column, down), (RegisterEntry.id, down)]


def _ordered(keys: Keys, back: bool) -> list[Any]:
    return [key.desc() if down != back else key.asc() for key, down in keys]


def _beyond(keys: Keys, mark: list[Any], back: bool) -> Condition:
    """Entries that come after the mark, or before it when going back."""
    options: list[Condition] = []
    equal: list[Condition] = []
    for (key, down), value in zip(keys, mark, strict=True):
        descends = down != back
        if isinstance(value, bool):  # whether the day is missing: no comes before yes
            if value is descends:
                options.append(sa.and_(*equal, key.is_(sa.false() if value else sa.true())))
        elif value is not None:
            options.append(sa.and_(*equal, key < value if descends else key > value))
        equal.append(key.is_(None) if value is None else key == value)
    return sa.or_(*options)


def _sealed(row: RegisterEntry, order: str) -> str:
    name = order.removeprefix("-")
    value = getattr(row, ORDERS[name].key)
    plain_value = value.isoformat() if isinstance(value, dt.date) else value
    place = json.dumps([order, plain_value, row.id], ensure_ascii=False)
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _opened(cursor: str | None, order: str) -> list[Any] | None:
    """The values of a cursor in the order of the keys; None for none, or for one of another order."""
    if not cursor:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        given, raw, row_id = place
        if given != order or not isinstance(row_id, str) or "\0" in f"{raw}{row_id}":
            return None
        name = order.removeprefix("-")
        value = dt.date.fromisoformat(raw) if raw is not None and name in _DAYS else raw
        if not (value is None and name == "valid_to") and not isinstance(value, str | dt.date):
            return None
    except (ValueError, TypeError):
        return None
    return [*([value is None] if name == "valid_to" else []), value, row_id]


# ---- leaving the product -------------------------------------------------------------------------
def note_export(
    register: Register, *, actor: Actor, at: dt.datetime, form: str, query: str
) -> None:
    """Leave the event that entries of a register left the product as a file, which ones and in which form."""
    with transaction():
        changes = {"form": form, "query": query}
        record(Tag.catalogue_export, register, actor=actor, at=at, changes=changes)


def seen(register: Register, entry_id: str) -> RegisterEntry:
    """An entry of this register. Errors: row.not_found, also where it belongs to somebody else."""
    query = sa.select(RegisterEntry).where(
        RegisterEntry.id == entry_id, RegisterEntry.register_id == register.id
    )
    found = db.session.scalars(query).first()
    if found is None:
        raise DomainError("row.not_found")
    return found


def numbered(register: Register, number: str) -> RegisterEntry | None:
    """An entry of this register by its number, whatever the marks and letter case."""
    query = sa.select(RegisterEntry).where(
        RegisterEntry.register_id == register.id,
        sa.func.mc_fold(RegisterEntry.number) == sa.func.mc_fold(number.strip()),
    )
    return db.session.scalars(query.order_by(RegisterEntry.id)).first()


def find(registers: Sequence[Register], text: str, limit: int) -> list[RegisterEntry]:
    """The newest among the first entries of these registers that hold all the words of a text."""
    words = names.fold(text).split()
    if not registers or not words:
        return []
    query = sa.select(RegisterEntry.id).where(
        RegisterEntry.register_id.in_([one.id for one in registers]),
        *(RegisterEntry.search_key.contains(word, autoescape=True) for word in words),
    )
    ids = db.session.scalars(query.limit(10 * limit)).all()
    newest = sa.select(RegisterEntry).where(RegisterEntry.id.in_(ids))
    newest = newest.order_by(RegisterEntry.registered_on.desc(), RegisterEntry.id.desc())
    return list(db.session.scalars(newest.limit(limit)))


def dossier_of(entry: RegisterEntry) -> Dossier | None:
    """The dossier that made an entry, if it may be seen from here."""
    if entry.dossier_id is None:
        return None
    query = sa.select(Dossier).where(Dossier.id == entry.dossier_id)
    return db.session.scalars(query).first()


def followed_by(entry: RegisterEntry) -> RegisterEntry | None:
    """The entry that came in the place of this one."""
    query = sa.select(RegisterEntry).where(RegisterEntry.replaces_id == entry.id)
    return db.session.scalars(query.order_by(RegisterEntry.entered_at.desc())).first()


def in_place_of(entry: RegisterEntry) -> RegisterEntry | None:
    """The entry in whose place this one came."""
    if entry.replaces_id is None:
        return None
    query = sa.select(RegisterEntry).where(RegisterEntry.id == entry.replaces_id)
    return db.session.scalars(query).first()
