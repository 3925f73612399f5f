"""Dossiers with their data, line after line, as a list on screen holds them: for files.

Nothing is kept in memory but one stretch. What a field of data holds is left out where the reader's roles
may not see it, by the version that each dossier was received under.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.codes import Outcome, Status
from domain.data_fields import FieldSpec, thaw
from domain.field_kinds import FieldKind
from models.base import db
from models.dossier import Dossier
from models.organisation import Unit
from models.procedure import Procedure, ProcedureVersion, VersionState
from services import reference, search, worklist
from services.acting import Actor
from services.dossier import data
from services.turns import plain

#: Dossiers fetched at a time.
STRETCH = 500


class Facts(NamedTuple):
    """What is known of every dossier."""

    id: str
    version_id: str
    code: str | None
    legacy_code: str | None
    procedure_code: str
    procedure: str
    owner_name: str
    owner_id_number: str | None
    owner_phone: str | None
    owner_address: str | None
    subject: str
    competent: str
    received_at: dt.datetime
    due_at: dt.datetime | None
    processed_at: dt.datetime | None
    returned_at: dt.datetime | None
    status: Status
    outcome: Outcome | None
    result_no: str | None
    details: dict[str, Any]


class Line(NamedTuple):
    """One dossier: its facts, the step that stands in the work-list, and its data as (field, value)."""

    facts: Facts
    item: worklist.Item | None
    data: dict[str, tuple[FieldSpec, Any]]


def of_worklist(
    actor: Actor, *, tab: worklist.Tab, now: dt.datetime, narrow: worklist.Narrow
) -> Iterator[Line]:
    """The steps of a tab, narrowed, in the order on screen; data where it is narrowed to one procedure."""
    roles = {role.value for role in actor.roles} if narrow.procedure else None
    after: str | None = None
    while True:
        page = worklist.worklist(actor, tab=tab, now=now, narrow=narrow, after=after, limit=STRETCH)
        yield from _lines([(item.dossier_id, item) for item in page.rows], roles)
        after = page.after
        if after is None:
            return


def of_search(text: str) -> Iterator[Line]:
    """What `search.find` finds before names that are only similar, in its order; no data."""
    after: str | None = None
    while True:
        page = search.find(text, limit=STRETCH, after=after)
        yield from _lines([(row.id, None) for row in page.rows], None)
        after = page.after
        if after is None or page.wider:
            return


def of_dossiers(ids: Iterable[str]) -> Iterator[Line]:
    """These dossiers as far as they are in scope, in their order; no data."""
    stretch: list[tuple[str, worklist.Item | None]] = []
    for dossier_id in ids:
        stretch.append((dossier_id, None))
        if len(stretch) == STRETCH:
            yield from _lines(stretch, None)
            stretch = []
    yield from _lines(stretch, None)


def fields(procedure_id: str | None, roles: Collection[str]) -> tuple[FieldSpec, ...]:
    """Every field of data that a procedure has asked for and these roles may read, each name once, the
    newest version first."""
    if procedure_id is None:
        return ()
    query = sa.select(ProcedureVersion.id).where(
        ProcedureVersion.procedure_id == procedure_id,
        ProcedureVersion.state != VersionState.draft,
    )
    found: dict[str, FieldSpec] = {}
    for version_id in db.session.scalars(query.order_by(ProcedureVersion.valid_from.desc())):
        for spec in readable(version_id, roles):
            found.setdefault(spec.key, spec)
    return tuple(found.values())


def readable(version_id: str, roles: Collection[str]) -> list[FieldSpec]:
    """The fields of a version that hold something and that these roles may read."""
    version = reference.version(version_id)
    specs = data.specs(version) if version is not None else ()
    return [
        f
        for f in specs
        if f.kind is not FieldKind.heading and (not f.readers or f.readers & set(roles))
    ]


def _lines(
    wanted: Sequence[tuple[str, worklist.Item | None]], roles: Collection[str] | None
) -> Iterator[Line]:
    found = _facts([dossier_id for dossier_id, _ in wanted])
    for dossier_id, item in wanted:
        if dossier_id in found:
            facts = found[dossier_id]
            yield Line(facts, item, _data(facts, roles) if roles is not None else {})


def _data(facts: Facts, roles: Collection[str]) -> dict[str, tuple[FieldSpec, Any]]:
    specs = readable(facts.version_id, roles)
    values = thaw(specs, (facts.details or {}).get(data.KEY) or {})
    return {f.key: (f, values[f.key]) for f in specs if f.key in values}


def _facts(ids: Sequence[str]) -> dict[str, Facts]:
    if not ids:
        return {}
    unit = plain(Unit).c
    columns: tuple[Any, ...] = (
        Dossier.id,
        Dossier.version_id,
        Dossier.code,
        Dossier.legacy_code,
        Procedure.code,
        Procedure.name,
        Dossier.owner_name,
        Dossier.owner_id_number,
        Dossier.owner_phone,
        Dossier.owner_address,
        Dossier.subject,
        unit.full_name,
        Dossier.received_at,
        Dossier.due_at,
        Dossier.processed_at,
        Dossier.returned_at,
        Dossier.status,
        Dossier.outcome,
        Dossier.result_no,
        Dossier.details,
    )
    query = (
        sa.select(*columns)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .join(unit.id.table, unit.id == Dossier.competent_id)
        .where(Dossier.id.in_(ids))
    )
    return {row[0]: Facts._make(row) for row in db.session.execute(query)}
