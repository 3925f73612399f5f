"""Rows of the generated registers: create, change, delete, take in a file. One event a row."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from domain.codes import ApplicantKind
from domain.errors import DomainError
from domain.events import Tag
from domain.names import fold, person_sort_key, sort_key
from domain.unicode import nfc
from models.base import Row, Ui, db
from models.officer import StandIn
from models.organisation import Unit
from models.procedure import ProcedureVersion, VersionState
from services import delegation, office_hours, part_rules
from services.acting import Actor
from services.recording import difference, record
from services.refusals import flush
from services.transaction import transaction

Values = dict[str, Any]
#: Subject of an event about a register as a whole.
ALL = "*"


def create(
    model: type[Row], values: Values, *, actor: Actor, at: dt.datetime, row_id: str | None = None
) -> Row:
    """Add a row owned by the actor's agency.

    values: column or relation name → value. row_id: made when the form was opened; a form sent
    twice makes one row. Errors: value.*, row.duplicate, procedure.read_only.
    """
    with transaction():
        if row_id is not None:
            values = {**values, "id": row_id}
            made = db.session.scalars(sa.select(model).where(model.id == row_id)).one_or_none()
            if made is not None:
                return made
        return create_one(model, values, actor, at)


def update(
    row: Row, values: Values, *, actor: Actor, at: dt.datetime, seen: str | None = None
) -> Row:
    """Change a row. `seen` is the `stamp()` the officer was looking at; another one is row.stale.

    Errors: row.stale, row.not_found, value.*, row.duplicate, procedure.read_only.
    """
    with transaction():
        row = held(row)
        update_one(row, values, actor, at, seen)
        return row


def delete(rows: Row | Sequence[Row], *, actor: Actor, at: dt.datetime) -> None:
    """Delete rows, all or none. Errors: row.not_found, row.in_use, procedure.read_only."""
    with transaction():
        for row in [rows] if isinstance(rows, Row) else rows:
            delete_one(held(row), actor, at)


def stamp(row: Row) -> str:
    """A fingerprint of a row as it stands: a form sends it back, so nobody overwrites unseen."""
    state: Any = sa.inspect(row)
    content = [(a.key, str(getattr(row, a.key))) for a in state.mapper.column_attrs]
    return hashlib.blake2b(repr(content).encode(), digest_size=12).hexdigest()


def editable(row: Row) -> bool:
    """Whether the row may change at all: a published procedure version and its parts may not."""
    try:
        _refuse_published(row)
    except DomainError:
        return False
    return True


# ---- files ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One line of a file: its number, the id of the row it changes (None: a new one), values."""

    number: int
    row_id: str | None
    values: Values


@dataclass(frozen=True)
class Taken:
    """What became of a file: how many rows are new and changed, and what stops which line."""

    created: int
    changed: int
    errors: tuple[tuple[int, DomainError], ...]


class _Undo(Exception):
    """Leaves the transaction of a trial or of a file with mistakes."""


def note_export(model: type[Row], *, actor: Actor, at: dt.datetime, form: str, query: str) -> None:
    """Leave the event that rows left the product as a file: which ones and in which form."""
    with transaction():
        changes = {"form": form, "query": query}
        record(Tag.catalogue_export, model(id=ALL), actor=actor, at=at, changes=changes)


def take_in(
    model: type[Row],
    lines: Sequence[Line],
    *,
    actor: Actor,
    at: dt.datetime,
    trial: bool,
) -> Taken:
    """Take in the lines of a small file, all of them or, on a trial or with any mistake, none.

    A large one is taken in by `services.import_runs`, piece by piece.
    """
    created, changed, errors = 0, 0, []
    try:
        with transaction():
            for line in lines:
                try:
                    with db.session.begin_nested():
                        done = _take(model, line, actor, at)
                    created, changed = created + (done == "new"), changed + (done == "changed")
                except DomainError as error:
                    errors.append((line.number, error))
            if trial or errors:
                raise _Undo
            counts = {"created": created, "changed": changed}
            subject = model(id=ALL)
            record(Tag.catalogue_import, subject, actor=actor, at=at, changes=counts)
    except _Undo:
        pass
    return Taken(created, changed, tuple(errors))


def _take(model: type[Row], line: Line, actor: Actor, at: dt.datetime) -> str:
    if line.row_id is None:
        create_one(model, line.values, actor, at)
        return "new"
    row = held(model(id=line.row_id))
    if unchanged(row, line.values):
        return "same"
    update_one(row, line.values, actor, at, None)
    return "changed"


def unchanged(row: Row, values: Values) -> bool:
    """Whether a row says already what a line says."""
    return all(_alike(getattr(row, name), value) for name, value in values.items())


def _alike(before: Any, after: Any) -> bool:
    """Equal, apart from the spacing and the empty texts that a file may have lost."""
    return bool(_bare(before) == _bare(after))


def _bare(value: Any) -> Any:
    return (nfc(value).split() or None) if isinstance(value, str) else value


# ---- one row -------------------------------------------------------------------------------------
def create_one(
    model: type[Row], values: Values, actor: Actor, at: dt.datetime, **noted: Any
) -> Row:
    """Inside a transaction: add a row. noted: further words of its event, as `record` takes them."""
    row, changes = prepared(model, values, actor)
    flush(model)
    record(Tag.catalogue_create, row, actor=actor, at=at, changes=changes, **noted)
    return row


def prepared(model: type[Row], values: Values, actor: Actor) -> tuple[Row, Values]:
    """A new row with all rules kept, in the session and not yet written; column → [None, value]."""
    row = model(**values)
    with db.session.no_autoflush:
        _own(row, actor)
        _refuse_published(row)
        _refuse_delegation(row, actor)
        _fill_keys(row)
    db.session.add(row)
    return row, _checked(row)


def update_one(
    row: Row, values: Values, actor: Actor, at: dt.datetime, seen: str | None, **noted: Any
) -> Values:
    """Inside a transaction: change a row that is held; column → [before, after] of what changed."""
    if seen is not None and seen != stamp(row):
        raise DomainError("row.stale")
    changes = altered(row, values, actor)
    if changes:
        flush(type(row))
        record(Tag.catalogue_update, row, actor=actor, at=at, changes=changes, **noted)
    return changes


def altered(row: Row, values: Values, actor: Actor) -> Values:
    """Change a row that is held, with all rules kept, not yet written; what changed."""
    with db.session.no_autoflush:
        _refuse_published(row)
        if isinstance(row, StandIn):
            delegation.check_right(row.officer, actor)
        for name, value in values.items():
            setattr(row, name, value)
        _refuse_published(row)
        _refuse_delegation(row, actor)
        _fill_keys(row)
        _refuse_other_owner(row)
    return _checked(row)


def _checked(row: Row) -> Values:
    """What changes, once the rules between rows are kept; nothing is written while they are asked."""
    with db.session.no_autoflush:
        bring_keys(row)
        office_hours.check(row)
        part_rules.check(row)
        return difference(row)


def delete_one(row: Row, actor: Actor, at: dt.datetime, **noted: Any) -> None:
    """Inside a transaction: delete a row that is held."""
    _refuse_published(row)
    mapper: Any = sa.inspect(type(row))
    changes = {a.key: [getattr(row, a.key), None] for a in mapper.column_attrs}
    record(Tag.catalogue_delete, row, actor=actor, at=at, changes=changes, **noted)
    db.session.delete(row)
    flush(type(row), "row.in_use")


def held(row: Row) -> Row:
    """The row as it stands now, kept from others until the end of the transaction."""
    state: Any = sa.inspect(row)
    identity = state.identity
    model = type(row)
    query = (
        sa.select(model)
        .where(model.id == (identity[0] if identity else row.id))
        .with_for_update(of=model)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise DomainError("row.not_found")
    return found


def _own(row: Row, actor: Actor) -> None:
    """The owner for ever: a unit belongs to its agency, any other row to that of its writer."""
    row.id = row.id or _new_id(row)
    row.agency_id = actor.home.agency_id
    if isinstance(row, Unit):
        if not row.is_agency and row.parent is None:
            raise DomainError("value.required", field="parent")
        row.agency_id = row.id if row.is_agency else row.parent.agency_id  # type: ignore[union-attr]


def _new_id(row: Row) -> str:
    return str(sa.inspect(row).mapper.columns["id"].default.arg(None))


def _refuse_other_owner(row: Row) -> None:
    if isinstance(row, Unit) and sa.inspect(row).attrs.is_agency.history.has_changes():
        raise DomainError("row.protected", field="is_agency")


def _refuse_published(row: Row) -> None:
    """A published or retired version and its parts are law that dossiers rest on: read-only."""
    version = row if isinstance(row, ProcedureVersion) else getattr(row, "version", None)
    if not isinstance(version, ProcedureVersion):
        return
    if (version.state or VersionState.draft) is not VersionState.draft:
        raise DomainError("procedure.read_only")


def _refuse_delegation(row: Row, actor: Actor) -> None:
    if isinstance(row, StandIn) and row.officer and row.deputy and row.starts and row.ends:
        delegation.check(row, actor)


def _fill_keys(row: Row) -> None:
    """Fill the search key from all searched columns, the sort key from the name, if there are."""
    mapper: Any = sa.inspect(type(row))
    columns, searched = _columns(mapper)
    if "search_key" in columns:
        words = [getattr(row, key) for key in searched]
        row.search_key = " ".join(fold(str(w)) for w in words if w)
    if "sort_key" in columns:
        person = getattr(row, "kind", None) is ApplicantKind.citizen
        name = str(getattr(row, "name", "") or "")
        row.sort_key = person_sort_key(name) if person else sort_key(name)


@cache
def _columns(mapper: Any) -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of all columns of a model, and of those that are searched."""
    columns = mapper.columns
    return frozenset(columns.keys()), tuple(c.key for c in columns if _searched(c))


def _searched(column: sa.Column[Any]) -> bool:
    ui = column.info.get("ui")
    return isinstance(ui, Ui) and (ui.searched or column.key == "aliases")


def bring_keys(row: Row) -> None:
    """Bring foreign keys in line with the relations set, so that the difference names them."""
    inspected: Any = sa.inspect(row)
    for relation in inspected.mapper.relationships:
        if relation.direction.name == "MANYTOONE" and not relation.viewonly:
            state = inspected.attrs[relation.key]
            if state.history.has_changes():
                target = getattr(row, relation.key)
                for local, remote in relation.local_remote_pairs:
                    setattr(row, local.key, getattr(target, remote.key) if target else None)
