"""Several rows of a register at once: looked at first, done in one transaction, taken back within minutes.

Each row leaves its own event, the act as a whole one more; all of them share a key. What is taken back
is read from these events, so nothing else is kept.
"""

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty

from domain.errors import DomainError
from domain.events import Tag
from models.base import Row, db
from models.event import Event
from models.types import Moment
from services.acting import Actor
from services.catalogue import ALL, Values, create_one, delete_one, stamp, update_one
from services.recording import record
from services.transaction import repeated, transaction

#: What is filled in anew with every change, never taken back by itself.
_MADE = frozenset({"search_key", "sort_key"})
_TAGS = (Tag.catalogue_bulk_update, Tag.catalogue_bulk_delete)
#: So many acts of the last minutes are looked through for one that can still be taken back.
_RECENT = 10
_LONGEST_NAME = 120
#: What is done to one row that is held: (row, further words of its event) → what changes.
Do = Callable[[Row, Mapping[str, Any]], Values]


class Planned(NamedTuple):
    """One row: what would change (column → [before, after], plain values), or why it cannot.

    stamp: of the row as it was looked at; it is sent back, so that nothing unseen is done.
    """

    row_id: str
    name: str
    stamp: str
    changes: Values
    error: DomainError | None = None


class Batch(NamedTuple):
    """An act on several rows: its key, what it was, when, how many rows, whether it can be taken back."""

    id: str
    tag: Tag
    at: dt.datetime
    rows: int


class Undone(NamedTuple):
    """How many rows are as before, and which are not: (name, why)."""

    done: int
    refused: tuple[tuple[str, DomainError], ...]


class _Look(Exception):
    """Leaves the transaction of a look."""


# ---- what would be done --------------------------------------------------------------------------
def plan_change(
    model: type[Row], ids: Sequence[str], values: Values, *, actor: Actor, at: dt.datetime
) -> list[Planned]:
    """What setting `values` on each of these rows would change, in their order. Nothing is kept."""
    return _planned(model, ids, _changing(values, actor, at))


def plan_delete(
    model: type[Row], ids: Sequence[str], *, actor: Actor, at: dt.datetime
) -> list[Planned]:
    """Which of these rows could be deleted, in their order. Nothing is kept."""
    return _planned(model, ids, _deleting(actor, at))


def _changing(values: Values, actor: Actor, at: dt.datetime) -> Do:
    return lambda row, noted: update_one(row, values, actor, at, None, **noted)


def _deleting(actor: Actor, at: dt.datetime) -> Do:
    def do(row: Row, noted: Mapping[str, Any]) -> Values:
        delete_one(row, actor, at, **noted)
        return {}

    return do


def _planned(model: type[Row], ids: Sequence[str], do: Do) -> list[Planned]:
    found: list[Planned] = []
    with contextlib.suppress(_Look), transaction():
        for row in _held(model, ids):
            found.append(_tried(row, do))
        raise _Look
    return found


def _tried(row: Row, do: Do) -> Planned:
    """Each row is tried for itself: one that is refused leaves no trace in what is tried after it."""
    seen = Planned(row.id, str(row), stamp(row), {})
    try:
        with db.session.begin_nested():
            return seen._replace(changes=do(row, {}))
    except DomainError as error:
        return seen._replace(error=error)


def _held(model: type[Row], ids: Sequence[str]) -> list[Row]:
    """The rows as they stand now, kept from others until the end, in the order of `ids`."""
    query = (
        sa.select(model)
        .where(model.id.in_(ids))
        .order_by(model.id)
        .with_for_update(of=model)
        .execution_options(populate_existing=True)
    )
    rows = {row.id: row for row in db.session.scalars(query)}
    return [rows[row_id] for row_id in ids if row_id in rows]


# ---- doing it ------------------------------------------------------------------------------------
def change(
    model: type[Row],
    seen: Mapping[str, str],
    values: Values,
    *,
    actor: Actor,
    at: dt.datetime,
    reason: str,
    batch_id: str,
) -> int:
    """Set `values` on all these rows or on none, and say how many have changed.

    seen: row → the stamp that was looked at; batch_id: key of the form, done once however often sent.
    Errors: bulk.stale when a row is not as it was seen, or gone; value.required; those of `update`.
    """
    do = _changing(values, actor, at)
    return _done(model, seen, do, Tag.catalogue_bulk_update, actor, at, reason, batch_id)


def delete(
    model: type[Row],
    seen: Mapping[str, str],
    *,
    actor: Actor,
    at: dt.datetime,
    reason: str,
    batch_id: str,
) -> int:
    """Delete all these rows or none, and say how many. Errors: bulk.stale, value.required, row.in_use."""
    do = _deleting(actor, at)
    return _done(model, seen, do, Tag.catalogue_bulk_delete, actor, at, reason, batch_id)


def _done(
    model: type[Row],
    seen: Mapping[str, str],
    do: Do,
    tag: Tag,
    actor: Actor,
    at: dt.datetime,
    reason: str,
    batch_id: str,
) -> int:
    if not reason.strip():
        raise DomainError("value.required", field="reason")
    with transaction():
        if repeated(batch_id):
            return int(_batch(batch_id, model).changes["rows"])
        rows = _held(model, [*seen])
        if len(rows) < len(seen) or any(stamp(row) != seen[row.id] for row in rows):
            raise DomainError("bulk.stale")
        names = {row.id: str(row)[:_LONGEST_NAME] for row in rows}
        noted: dict[str, Any] = {"reason": reason.strip(), "batch_id": batch_id}
        returns = tag is Tag.catalogue_bulk_update or can_return(model, actor, seen)
        if tag is Tag.catalogue_bulk_delete:
            for row in rows:
                do(row, noted)
            kept = {row_id: ["", name] for row_id, name in names.items()}
        else:
            ids = [row.id for row in rows if do(row, noted)]
            db.session.flush()
            kept = {row.id: [stamp(row), names[row.id]] for row in _held(model, ids)}
        subject = model(id=ALL)
        changes = {"rows": len(kept), "returns": returns, "kept": kept}
        record(tag, subject, actor=actor, at=at, changes=changes, op_id=batch_id, **noted)
    return len(kept)


# ---- taking it back ------------------------------------------------------------------------------
def can_return(model: type[Row], actor: Actor, ids: Collection[str]) -> bool:
    """Whether rows of a model can be made anew as they were, after a deletion: the same id, owner, and
    nothing that had pointed at them has lost its way."""
    mapper: Any = sa.inspect(model)
    for relation in mapper.relationships:
        loses = relation.direction.name == "ONETOMANY" and any(
            column.nullable for column in relation.remote_side
        )
        if loses or relation.direction.name == "MANYTOMANY":
            return False
    if hasattr(model, "is_agency"):
        return True  # a unit belongs to its agency, whoever makes it
    owners = sa.select(model.agency_id).where(model.id.in_(ids)).distinct()
    return set(db.session.scalars(owners)) <= {actor.home.agency_id}


def recent(
    model: type[Row], *, actor: Actor, at: dt.datetime, within: dt.timedelta
) -> Batch | None:
    """The actor's newest act on several rows of this register that can still be taken back."""
    query = (
        sa.select(Event)
        .where(
            Event.subject_kind == model.__name__,
            Event.subject_id == ALL,
            Event.actor_id == actor.officer_id,
            Event.at > at - within,
            Event.tag.in_([*_TAGS, Tag.catalogue_bulk_undo]),
        )
        .order_by(Event.id.desc())
        .limit(_RECENT)
    )
    undone: set[str] = set()
    for event in db.session.scalars(query):
        if event.tag is Tag.catalogue_bulk_undo:
            undone.add(event.changes["batch"])
            continue
        fits = event.changes["rows"] and event.changes["returns"]
        if event.batch_id and event.batch_id not in undone and fits:
            return Batch(event.batch_id, event.tag, event.at, event.changes["rows"])
    return None


def undo(
    model: type[Row], batch_id: str, *, actor: Actor, at: dt.datetime, within: dt.timedelta
) -> Undone:
    """Put back what an act on several rows has changed, or make anew what it has deleted.

    A row that somebody has changed since stays as it is and is named. Done once, however often sent.
    Errors: bulk.not_found, bulk.not_yours, bulk.too_late, bulk.undone, bulk.no_return.
    """
    key = str(uuid.uuid5(uuid.UUID(batch_id), "undo"))
    with transaction():
        batch = _batch(batch_id, model)
        if batch.actor_id is None or batch.actor_id != actor.officer_id:
            raise DomainError("bulk.not_yours")
        if repeated(key):
            raise DomainError("bulk.undone")
        if not batch.changes["returns"]:
            raise DomainError("bulk.no_return")
        if at > batch.at + within:
            raise DomainError("bulk.too_late", minutes=int(within.total_seconds() // 60))
        back = _make_anew if batch.tag is Tag.catalogue_bulk_delete else _put_back
        kept: dict[str, list[str]] = batch.changes["kept"]
        done, refused = 0, []
        for event in _events(batch_id, backward=batch.tag is Tag.catalogue_bulk_delete):
            row_id = event.subject_id
            try:
                with db.session.begin_nested():
                    back(model, event, kept[row_id][0], actor, at, {"batch_id": key})
                done += 1
            except DomainError as error:
                refused.append((kept[row_id][1], error))
        changes = {"batch": batch_id, "rows": done, "refused": [name for name, _ in refused]}
        tag = Tag.catalogue_bulk_undo
        record(tag, model(id=ALL), actor=actor, at=at, changes=changes, op_id=key, batch_id=key)
    return Undone(done, tuple(refused))


def _batch(batch_id: str, model: type[Row]) -> Event:
    query = sa.select(Event).where(
        Event.op_id == batch_id,
        Event.subject_kind == model.__name__,
        Event.tag.in_(_TAGS),
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise DomainError("bulk.not_found")
    return found


def _events(batch_id: str, *, backward: bool) -> list[Event]:
    """The events of the rows; what was deleted last is made anew first, for it may be needed."""
    query = sa.select(Event).where(Event.batch_id == batch_id, Event.subject_id != ALL)
    order = Event.id.desc() if backward else Event.id
    return list(db.session.scalars(query.order_by(order)))


def _put_back(
    model: type[Row],
    event: Event,
    kept: str,
    actor: Actor,
    at: dt.datetime,
    noted: Mapping[str, Any],
) -> None:
    rows = _held(model, [event.subject_id])
    if not rows:
        raise DomainError("bulk.gone")
    if stamp(rows[0]) != kept:
        raise DomainError("bulk.changed_by", who=_last_writer(event))
    before = {name: change[0] for name, change in event.changes.items() if name not in _MADE}
    update_one(rows[0], restored(model, before), actor, at, None, **noted)


def _make_anew(
    model: type[Row],
    event: Event,
    _kept: str,
    actor: Actor,
    at: dt.datetime,
    noted: Mapping[str, Any],
) -> None:
    before = {name: change[0] for name, change in event.changes.items() if name not in _MADE}
    create_one(model, restored(model, before), actor, at, **noted)


def _last_writer(event: Event) -> str:
    """Who has written the row last, as far as one may know."""
    query = (
        sa.select(Event.actor_name)
        .where(
            Event.subject_kind == event.subject_kind,
            Event.subject_id == event.subject_id,
            Event.id > event.id,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or "–"


# ---- values of events ----------------------------------------------------------------------------
def restored(model: type[Row], plain: Values) -> Values:
    """Plain values of an event as the row held them; keys of other rows as those rows.

    Errors: bulk.target_gone when a row that was pointed at is no longer there.
    """
    mapper: Any = sa.inspect(model)
    found = {name: _typed(mapper.columns[name], value) for name, value in plain.items()}
    for relation in mapper.relationships:
        name = _key_of(relation)
        if name is not None and name in found:
            target_id = found.pop(name)
            target = db.session.get(relation.mapper.class_, target_id) if target_id else None
            if target is None and target_id is not None:
                raise DomainError("bulk.target_gone")
            found[relation.key] = target
    return found


def _key_of(relation: RelationshipProperty[Any]) -> str | None:
    """The column by which a row points at one other row; none where it does not."""
    names = [c.key for c in relation.local_columns if c.key not in {"agency_id", "id"}]
    points = relation.direction.name == "MANYTOONE" and not relation.viewonly
    return names[0] if points and len(names) == 1 else None


def _typed(column: sa.Column[Any], value: Any) -> Any:
    """The opposite of `recording.plain`, by the type of the column."""
    kind: Any = column.type
    if value is None:
        return None
    if isinstance(kind, sa.Enum):
        return kind.enum_class(value) if kind.enum_class is not None else value
    if isinstance(kind, Moment | sa.DateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(kind, sa.Date):
        return dt.date.fromisoformat(value)
    if isinstance(kind, sa.Time):
        return dt.time.fromisoformat(value)
    if isinstance(kind, sa.Numeric):
        return kind.python_type(value)
    return value
