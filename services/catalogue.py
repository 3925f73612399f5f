"""Rows of the generated registers: create, change, delete, take in a file. One event a row."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.codes import ApplicantKind
from domain.errors import DomainError
from domain.events import Tag
from domain.names import fold, person_sort_key, sort_key
from domain.unicode import nfc
from models.base import Row, Ui, db
from models.event import Event
from models.officer import StandIn
from models.organisation import Unit
from models.procedure import ProcedureVersion, VersionState
from models.scope import everything
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
        return _create(model, values, actor, at)


def update(
    row: Row, values: Values, *, actor: Actor, at: dt.datetime, seen: str | None = None
) -> Row:
    """Change a row. `seen` is the `stamp()` the officer was looking at; another one is row.stale.

    Errors: row.stale, row.not_found, value.*, row.duplicate, procedure.read_only.
    """
    with transaction():
        return _update(_locked(row), values, actor, at, seen)


def delete(rows: Row | Sequence[Row], *, actor: Actor, at: dt.datetime) -> None:
    """Delete rows, all or none. Errors: row.not_found, row.in_use, procedure.read_only."""
    with transaction():
        for row in [rows] if isinstance(rows, Row) else rows:
            _delete(_locked(row), actor, at)


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
    op_id: str | None = None,
    told: Callable[[int], None] | None = None,
) -> Taken:
    """Take in the lines of a file, all of them or, on a trial or with any mistake, none.

    op_id: what was taken in under this key is not taken in again, its counts are given once more.
    told: hears how many lines are through.
    """
    created, changed, errors = 0, 0, []
    try:
        with transaction():
            if (before := _taken_before(op_id)) is not None:
                return before
            for number, line in enumerate(lines):
                if told is not None:
                    told(number)
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
            record(
                Tag.catalogue_import, subject, actor=actor, at=at, changes=counts, op_id=op_id
            )  # fmt: skip
    except _Undo:
        pass
    return Taken(created, changed, tuple(errors))


def _taken_before(op_id: str | None) -> Taken | None:
    if op_id is None:
        return None
    with everything():
        counts = db.session.scalar(sa.select(Event.changes).where(Event.op_id == op_id))
    return None if counts is None else Taken(counts["created"], counts["changed"], ())


def _take(model: type[Row], line: Line, actor: Actor, at: dt.datetime) -> str:
    if line.row_id is None:
        _create(model, line.values, actor, at)
        return "new"
    row = _locked(model(id=line.row_id))
    same = all(_alike(getattr(row, name), value) for name, value in line.values.items())
    if same:
        return "same"
    _update(row, line.values, actor, at, None)
    return "changed"


def _alike(before: Any, after: Any) -> bool:
    """Equal, apart from the spacing and the empty texts that a file may have lost."""
    return bool(_bare(before) == _bare(after))


def _bare(value: Any) -> Any:
    return (nfc(value).split() or None) if isinstance(value, str) else value


# ---- one row -------------------------------------------------------------------------------------
def _create(model: type[Row], values: Values, actor: Actor, at: dt.datetime) -> Row:
    row = model(**values)
    with db.session.no_autoflush:
        _own(row, actor)
        _refuse_published(row)
        _refuse_delegation(row, actor)
        _fill_keys(row)
    db.session.add(row)
    changes = _checked(row)
    flush(model)
    record(Tag.catalogue_create, row, actor=actor, at=at, changes=changes)
    return row


def _update(row: Row, values: Values, actor: Actor, at: dt.datetime, seen: str | None) -> Row:
    if seen is not None and seen != stamp(row):
        raise DomainError("row.stale")
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
    changes = _checked(row)
    if changes:
        flush(type(row))
        record(Tag.catalogue_update, row, actor=actor, at=at, changes=changes)
    return row


def _checked(row: Row) -> Values:
    """What changes, once the rules between rows are kept; nothing is written while they are asked."""
    with db.session.no_autoflush:
        bring_keys(row)
        office_hours.check(row)
        part_rules.check(row)
        return difference(row)


def _delete(row: Row, actor: Actor, at: dt.datetime) -> None:
    _refuse_published(row)
    mapper: Any = sa.inspect(type(row))
    changes = {a.key: [getattr(row, a.key), None] for a in mapper.column_attrs}
    record(Tag.catalogue_delete, row, actor=actor, at=at, changes=changes)
    db.session.delete(row)
    flush(type(row), "row.in_use")


def _locked(row: Row) -> Row:
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
    columns: Any = sa.inspect(type(row)).columns
    if "search_key" in columns:
        words = [getattr(row, c.key) for c in columns if _searched(c)]
        row.search_key = " ".join(fold(str(w)) for w in words if w)
    if "sort_key" in columns:
        person = getattr(row, "kind", None) is ApplicantKind.citizen
        name = str(getattr(row, "name", "") or "")
        row.sort_key = person_sort_key(name) if person else sort_key(name)


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
