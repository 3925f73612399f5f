"""The state of a list as its address holds it, and the rows it asks for.

Everything is read afresh for each request. What an address holds wrongly (an unknown column, a page
that is no number, a cursor of somewhere else) is left out, never an error.
"""

import base64
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Query, selectinload

from domain.errors import DomainError
from domain.names import fold
from models.base import Row, db
from models.ddl import VIETNAMESE
from models.scope import current, visible
from views.generated import groups, values
from views.generated.columns import Column, Register, register_of

SIZES = (25, 50, 100)
#: Rows are counted up to here; a list shows "more than 1.000" instead of counting on.
COUNTED = 1000
FILTERED = frozenset({"choice", "yes_no", "relation"})
SPANNED = frozenset({"date", "moment"})


@dataclass(frozen=True)
class State:
    """What the address says: search words, filters by column, order, cursor and rows per page.

    `order` is a column name, with `-` before it for descending. `after` and `before` are cursors.
    `group` is the column by whose values the rows stand together; `keep` is what else of the look of the
    list (`views.lists`) its links carry on.
    """

    register: Register
    q: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    spans: Mapping[str, Any] = field(default_factory=dict)
    order: str = ""
    after: str = ""
    before: str = ""
    rows: int = SIZES[0]
    group: str = ""
    keep: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether anything is searched or filtered."""
        return bool(self.q or self.filters or self.spans)

    def query(self, **changes: Any) -> str:
        """The query string of this state, with changes; empty values are left out."""
        state = replace(self, **changes)
        pairs = {**state.pairs, **state.keep, "nhom": state.group}
        pairs |= {"after": state.after, "before": state.before}
        return urlencode({k: v for k, v in pairs.items() if v})

    @property
    def pairs(self) -> dict[str, str]:
        """The conditions and the order as they stand in an address, without place and look."""
        pairs = {"q": self.q, **_written(self), "order": self.order}
        pairs |= {"rows": "" if self.rows == SIZES[0] else str(self.rows)}
        return {k: v for k, v in pairs.items() if v}


def _written(state: State) -> dict[str, str]:
    """Filters as they stand in an address."""
    out = {}
    for name, value in state.filters.items():
        if isinstance(value, Row):
            out[name] = value.id
        else:
            out[name] = ("1" if value else "0") if isinstance(value, bool) else value.value
    return out | {name: value.isoformat() for name, value in state.spans.items()}


def read_state(register: Register, args: Mapping[str, str]) -> State:
    """The state an address holds."""
    rows = args.get("rows", "")
    size = int(rows) if rows in map(str, SIZES) else SIZES[0]
    order, group = args.get("order", ""), args.get("nhom", "")
    return State(
        register,
        q=args.get("q", "").strip()[:120],
        filters=_filters(register, args),
        spans=_spans(register, args),
        order=order if order.removeprefix("-") in sortable(register) else "",
        after=args.get("after", ""),
        before=args.get("before", ""),
        rows=size,
        group=group if group in groups.possible(register) else "",
    )


def _filters(register: Register, args: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for column in register.columns:
        if column.kind in FILTERED and args.get(column.name):
            try:
                found[column.name] = values.read(column, args[column.name])
            except DomainError:
                continue
    return found


def _spans(register: Register, args: Mapping[str, str]) -> dict[str, dt.date]:
    """Dates from … to …: `<column>_from` and `<column>_to`, both days included."""
    found = {}
    for column in register.columns:
        for end in ("from", "to"):
            name = f"{column.name}_{end}"
            if column.kind in SPANNED and args.get(name):
                try:
                    found[name] = values.read(_as_day(column), args[name])
                except DomainError:
                    continue
    return found


def _as_day(column: Column) -> Column:
    """The same column read as a day."""
    return replace(column, kind="date", required=False)


def sortable(register: Register) -> dict[str, Column]:
    """Columns a list may be ordered by: those it can show that are kept in the table itself."""
    kept = [c for c in register.columns if c.kind != "relation"]
    able = {c.name for c in register.shown if c.ui.listed or not c.ui.multiline}
    return {c.name: c for c in kept if c.name in able or c.name == register.screen.order[0]}


# ---- which rows ----------------------------------------------------------------------------------
def matching(state: State) -> Query[Any]:
    """All rows of the state, unordered; the scope of the session is added below."""
    query = db.session.query(state.register.model)
    for condition in _conditions(state):
        query = query.filter(condition)
    return query


def _conditions(state: State) -> Iterator[sa.ColumnElement[bool]]:
    for word in fold(state.q).split():
        yield _holds(state.register, word)
    if state.q and not fold(state.q):
        yield sa.false()
    for name, value in state.filters.items():
        key = state.register[name].key
        yield key == (value.id if isinstance(value, Row) else value)
    for name, day in state.spans.items():
        yield _span(state.register, name, day)


def _holds(register: Register, word: str) -> sa.ColumnElement[bool]:
    """Rows in which a searched column holds the word, whatever its marks and letter case."""
    stored = getattr(register.model, "search_key", None)
    if stored is not None:
        return stored.contains(word, autoescape=True)
    folded = [sa.func.mc_fold(c.attribute) for c in register.where("searched")]
    return sa.or_(sa.false(), *(f.contains(word, autoescape=True) for f in folded))


def _span(register: Register, name: str, day: dt.date) -> sa.ColumnElement[bool]:
    column_name, _, end = name.rpartition("_")
    column = register[column_name]
    if column.kind == "date":
        return column.attribute >= day if end == "from" else column.attribute <= day
    start = dt.datetime.combine(day, dt.time(), values.LOCAL)
    if end == "from":
        return column.attribute >= start
    return column.attribute < start + dt.timedelta(days=1)


def counted(state: State) -> int:
    """How many rows, never counting beyond COUNTED + 1.

    The scope is named here once more: rows inside a sub-select are no entities to the session.
    """
    model = state.register.model
    inner = matching(state).with_entities(model.id)
    hidden = visible(model, current())
    inner = inner if hidden is None else inner.filter(hidden)
    limited = inner.limit(COUNTED + 1).subquery()
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(limited)) or 0)


def loading(query: Query[Any], columns: tuple[Column, ...]) -> Query[Any]:
    """Load the relations that will be shown, and what their names are made of, in a few statements.

    Separate statements on purpose: each of them passes through the scope of the session.
    """
    for column in columns:
        if column.kind == "relation" and column.target is not None:
            option = selectinload(column.attribute)
            query = query.options(option)
            if column.target.__screen__ is not None:
                for further in register_of(column.target).relations:
                    query = query.options(option.selectinload(further.attribute))
    return query


# ---- in which order, from where ------------------------------------------------------------------
@dataclass(frozen=True)
class Page:
    """The rows of one page, and the cursors to its neighbours; empty where there is none."""

    rows: list[Row]
    before: str
    after: str


def page_of(state: State, columns: tuple[Column, ...]) -> Page:
    """The page that the state's cursor points to. Deep pages cost as much as the first."""
    backward = bool(state.before) and not state.after
    keys = _keys(state)
    mark = _opened(state.after or state.before, state)
    query = loading(matching(state), columns)
    if mark is not None:
        query = query.filter(_beyond(keys, mark, backward))
    query = query.order_by(*(_directed(k, down != backward) for k, down in keys))
    rows = query.limit(state.rows + 1).all()
    more = len(rows) > state.rows
    rows = rows[: state.rows]
    if backward:
        rows.reverse()
    earlier = more if backward and mark else mark is not None
    later = (mark is not None) if backward else more
    return Page(
        rows,
        _sealed(rows[0], state) if rows and earlier else "",
        _sealed(rows[-1], state) if rows and later else "",
    )


def ordered(state: State) -> Query[Any]:
    """All rows of the state in its order, for exports."""
    return matching(state).order_by(*(_directed(k, down) for k, down in _keys(state)))


def ordering(state: State) -> tuple[Column | None, bool]:
    """The column in force and whether it descends; None orders by id."""
    name, down = state.register.screen.order[0], state.register.screen.order[1] == "desc"
    if state.order:
        name, down = state.order.removeprefix("-"), state.order.startswith("-")
    return state.register.get(name), down


def _keys(state: State) -> list[tuple[Any, bool]]:
    """Expressions to order by, those of the groups first and the id last, so that the order is total;
    empty values come last."""
    column, down = ordering(state)
    model = state.register.model
    keys: list[tuple[Any, bool]] = []
    if state.group:
        keys += groups.keys(state.register[state.group])
    if column is not None:
        if not column.required and column.kind != "yes_no":
            keys.append((column.attribute.is_(None), False))
        keys.append((_collated(column, model), down))
    return [*keys, (model.id, down)]


def _collated(column: Column, model: type[Row]) -> Any:
    """Names in Vietnamese order: by the stored key where there is one, else by the collation."""
    kept = getattr(model, _kept_in(column, model))
    if kept is not column.attribute:
        return kept
    if column.kind == "text" and column.ui.searched and not hasattr(model, "search_key"):
        return sa.collate(column.attribute, VIETNAMESE)
    return column.attribute


def _kept_in(column: Column, model: type[Row]) -> str:
    """The attribute a column is ordered by: a name by its sort key, if the model keeps one."""
    return "sort_key" if column.name == "name" and hasattr(model, "sort_key") else column.name


def _directed(key: Any, down: bool) -> Any:
    return key.desc() if down else key.asc()


def _beyond(keys: list[tuple[Any, bool]], mark: list[Any], backward: bool) -> Any:
    """Rows that come after the mark (before it, when going backward)."""
    options, equal = [], []
    for (key, down), value in zip(keys, mark, strict=True):
        descends = down != backward
        if isinstance(value, bool):
            options.append(sa.and_(*equal, _step_of_flag(key, value, descends)))
        elif value is not None:
            options.append(sa.and_(*equal, key < value if descends else key > value))
        equal.append(key.is_(None) if value is None else key == value)
    return sa.or_(*options)


def _step_of_flag(key: Any, value: bool, down: bool) -> Any:
    """Rows whose yes/no comes after `value`; no comes before yes."""
    if value is down:
        return key.is_(sa.false() if down else sa.true())
    return sa.false()


def _sealed(row: Row, state: State) -> str:
    """The place of a row in the order, as a cursor."""
    column, _ = ordering(state)
    value = None if column is None else getattr(row, _kept_in(column, type(row)))
    if column is not None:
        value = str(value) if isinstance(value, Decimal) else values.plain(column, value)
    parts = [state.order, value, row.id]
    if state.group:
        parts += [state.group, groups.place(state.register[state.group], row)]
    place = json.dumps(parts, ensure_ascii=False)
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _opened(cursor: str, state: State) -> list[Any] | None:
    """The values of a cursor in the order of the keys; None for no cursor or a wrong one."""
    if not cursor:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        order, raw, row_id, *grouped = place
        if order != state.order or not isinstance(row_id, str):
            return None
        if grouped[:1] != ([state.group] if state.group else []):
            return None
        before = groups.restored(state.register[state.group], grouped[1]) if state.group else []
        column, _ = ordering(state)
        if column is None:
            return [*before, row_id]
        value = None if raw is None else _restored(column, raw)
    except (ValueError, TypeError, IndexError, DomainError):
        return None
    nullable = not column.required and column.kind != "yes_no"
    return [*before, *([value is None] if nullable else []), value, row_id]


def _restored(column: Column, raw: Any) -> Any:
    """A value of a cursor; text stays exactly as it was."""
    if column.kind != "text":
        return values.read(column, raw)
    if not isinstance(raw, str) or "\0" in raw:
        raise ValueError
    return raw
