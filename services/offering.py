"""At which agencies a procedure is offered: at all of them, or at those that were chosen.

A procedure is one for all agencies of an installation, and so are its versions; what an agency has of its
own is whether it offers it. Without a choice everybody does.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit, UnitKind
from models.procedure import Level, Procedure, ProcedureUnit
from services import reference
from services.acting import Actor
from services.recording import record
from services.refusals import flush
from services.transaction import repeated, transaction


class Choice(NamedTuple):
    """An act on the agencies of a procedure: its key, when, how many agencies were added and taken out."""

    id: str
    at: dt.datetime
    added: int
    removed: int


# ---- reading -------------------------------------------------------------------------------------
def offered(procedure_id: str) -> frozenset[str] | None:
    """Ids of the agencies that were chosen; None where all offer it."""
    return _all().get(procedure_id)


def offers(agency_id: str, procedure_id: str) -> bool:
    """Whether an agency offers a procedure."""
    chosen = offered(procedure_id)
    return chosen is None or agency_id in chosen


def _all() -> Mapping[str, frozenset[str]]:
    """Procedure → its agencies, for the procedures that have a choice."""
    return reference.plain(("offered",), _read)[0]


def _read() -> Sequence[Mapping[str, frozenset[str]]]:
    found: dict[str, set[str]] = {}
    for procedure_id, unit_id in db.session.execute(
        sa.select(ProcedureUnit.procedure_id, ProcedureUnit.unit_id)
    ):
        found.setdefault(procedure_id, set()).add(unit_id)
    return [{key: frozenset(ids) for key, ids in found.items()}]


def refuse_elsewhere(agency: Unit, procedure: Procedure, *, field: str = "competent_id") -> None:
    """Errors: procedure.not_offered."""
    if not offers(agency.id, procedure.id):
        raise DomainError("procedure.not_offered", field=field, unit=agency.full_name)


def agencies(on: dt.date) -> list[Unit]:
    """All agencies of a day, by code: superiors stand before what belongs to them."""
    query = sa.select(Unit).where(
        Unit.is_agency,
        Unit.valid_from <= on,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= on),
    )
    return list(db.session.scalars(query.order_by(Unit.code)))


def fits(agency: Unit, level: Level) -> bool:
    """Whether an agency is of the level that resolves; a land office is no kind of unit: any may be."""
    return level.value not in set(UnitKind) or agency.kind.value == level.value


def stamp(procedure: Procedure) -> str:
    """Of the choice as it stands: a form sends it back, so that nobody overwrites unseen."""
    chosen = _kept(procedure.id)
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(sorted(chosen))))


# ---- verbs ---------------------------------------------------------------------------------------
def choose(
    procedure: Procedure,
    unit_ids: Collection[str] | None,
    *,
    seen: str | None = None,
    actor: Actor,
    at: dt.datetime,
    batch_id: str | None = None,
) -> bool:
    """Offer a procedure at these agencies alone, or (None) everywhere; whether anything changed.

    One event for the whole and one for each agency that is added or taken out. seen: stamp of what was
    looked at. batch_id: key of the form; sent twice it is done once.
    Errors: dossier.role_not_allowed, offering.none, row.stale, unit.not_found.
    """
    _administrator(actor)
    if unit_ids is not None and not unit_ids:
        raise DomainError("offering.none", field="don-vi")
    with transaction():
        held = _held(procedure)
        if repeated(batch_id):
            return False
        if seen is not None and seen != stamp(held):
            raise DomainError("row.stale")
        wanted = _known(unit_ids) if unit_ids is not None else {}
        return _write(held, wanted, actor, at, batch_id or uuid7())


def undo(
    procedure: Procedure, batch_id: str, *, actor: Actor, at: dt.datetime, within: dt.timedelta
) -> bool:
    """Take one's own newest choice back: the agencies are those of before; whether anything changed.

    Errors: dossier.role_not_allowed, bulk.too_late, row.stale where somebody has chosen since.
    """
    _administrator(actor)
    with transaction():
        held = _held(procedure)
        key = str(uuid.uuid5(uuid.UUID(batch_id), "undo"))
        if repeated(key):
            return False
        event = _newest(held.id)
        if event is None or event.op_id != batch_id or event.actor_id != actor.officer_id:
            raise DomainError("row.stale")
        if at > event.at + within:
            minutes = int(within.total_seconds() // 60)
            raise DomainError("bulk.too_late", minutes=minutes)
        before = event.changes["before"]
        wanted = _known(before) if before else {}
        return _write(held, wanted, actor, at, key, {"undone": batch_id})


def recent(
    procedure: Procedure, *, actor: Actor, at: dt.datetime, within: dt.timedelta
) -> Choice | None:
    """The newest choice, if it is one's own and can still be taken back."""
    event = _newest(procedure.id)
    if event is None or event.actor_id != actor.officer_id or at > event.at + within:
        return None
    if not event.op_id or event.changes.get("undone"):
        return None
    facts = event.changes
    return Choice(event.op_id, event.at, len(facts["added"]), len(facts["removed"]))


# ---- helpers -------------------------------------------------------------------------------------
def _administrator(actor: Actor) -> None:
    if actor.post(Role.admin) is None:
        raise DomainError("dossier.role_not_allowed")


def _held(procedure: Procedure) -> Procedure:
    """The procedure, kept from others until the act is done."""
    query = sa.select(Procedure).where(Procedure.id == procedure.id).with_for_update(of=Procedure)
    row = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise DomainError("row.not_found")
    return row


def _known(unit_ids: Collection[str]) -> dict[str, Unit]:
    query = sa.select(Unit).where(Unit.id.in_(unit_ids), Unit.is_agency)
    found = {unit.id: unit for unit in db.session.scalars(query)}
    if found.keys() != {*unit_ids}:
        raise DomainError("unit.not_found", field="don-vi")
    return found


def _kept(procedure_id: str) -> dict[str, ProcedureUnit]:
    query = sa.select(ProcedureUnit).where(ProcedureUnit.procedure_id == procedure_id)
    return {row.unit_id: row for row in db.session.scalars(query)}


def _newest(procedure_id: str) -> Event | None:
    query = sa.select(Event).where(
        Event.tag == Tag.procedure_units, Event.subject_id == procedure_id
    )
    return db.session.scalars(query.order_by(Event.id.desc()).limit(1)).first()


def _write(
    procedure: Procedure,
    wanted: Mapping[str, Unit],
    actor: Actor,
    at: dt.datetime,
    key: str,
    more: Mapping[str, str] | None = None,
) -> bool:
    kept = _kept(procedure.id)
    if kept.keys() == wanted.keys():
        return False
    gone = _known(kept.keys() - wanted.keys())
    added = [unit for unit_id, unit in wanted.items() if unit_id not in kept]
    for unit_id in gone:
        db.session.delete(kept[unit_id])
    for unit in added:
        db.session.add(
            ProcedureUnit(
                agency_id=actor.home.agency_id, procedure_id=procedure.id, unit_id=unit.id
            )
        )
    flush(ProcedureUnit)
    facts: dict[str, Any] = {"actor": actor, "at": at, "batch_id": key}
    moved = (added, [*gone.values()])
    _note_each(procedure, moved, facts)
    codes = [[unit.code for unit in units] for units in moved]
    changes = {
        "procedure": procedure.code,
        "before": sorted(kept),
        "added": codes[0],
        "removed": codes[1],
        **(more or {}),
    }
    record(Tag.procedure_units, procedure, changes=changes, op_id=key, **facts)
    return True


def _note_each(
    procedure: Procedure, moved: tuple[Sequence[Unit], Sequence[Unit]], facts: dict[str, Any]
) -> None:
    """The event of each agency, those added first."""
    for tag, units in zip((Tag.procedure_offer, Tag.procedure_withdraw), moved, strict=True):
        for unit in sorted(units, key=lambda one: one.code):
            changes = {"procedure": procedure.code, "unit": unit.full_name, "code": unit.code}
            record(tag, procedure, changes=changes, **facts)
