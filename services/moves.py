"""Running dossiers of older versions: which there are, what moving them would do, moving many.

The verb itself is `services.dossier.move_version`; each dossier is moved in a transaction of its own.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from domain.codes import Status, Verb
from domain.errors import DomainError
from domain.transitions import TRANSITIONS
from models.base import db
from models.dossier import Dossier, DossierStep
from models.procedure import ProcedureStep, ProcedureVersion
from services import dossier as verbs
from services.acting import Actor
from services.comparing import matched_steps
from services.dossier import moving

#: Dossiers that are moved by one press of the button; each costs some twenty milliseconds.
MOST_AT_ONCE = 200
#: Dossiers shown on one page.
PAGE = 50
#: The statuses in which a dossier can be moved.
STATUSES: tuple[Status, ...] = tuple(
    status
    for row in TRANSITIONS
    if row.verb is Verb.move_version
    for status in row.froms
    if status is not None
)


@dataclass(frozen=True)
class Older:
    """An older version with dossiers that still run under it."""

    version: ProcedureVersion
    count: int


def older(version: ProcedureVersion) -> list[Older]:
    """The other versions of the procedure that still have running dossiers, the most first."""
    query = (
        sa.select(Dossier.version_id, sa.func.count())
        .where(
            Dossier.procedure_id == version.procedure_id,
            Dossier.version_id != version.id,
            Dossier.status.in_(STATUSES),
        )
        .group_by(Dossier.version_id)
    )
    found = _counts(query)
    known = {v.id: v for v in version.procedure.versions}
    rows = [Older(known[key], count) for key, count in found.items() if key in known]
    return sorted(rows, key=lambda row: (-row.count, row.version.key))


def running(old: ProcedureVersion, after: str = "", limit: int = PAGE) -> Sequence[Dossier]:
    """Running dossiers of a version by id, which is the order of receipt, from the one behind `after`."""
    query = (
        sa.select(Dossier)
        .where(
            Dossier.procedure_id == old.procedure_id,
            Dossier.version_id == old.id,
            Dossier.status.in_(STATUSES),
            Dossier.id > after if after else sa.true(),
        )
        .options(
            *(orm.selectinload(part) for part in (Dossier.steps, Dossier.legs, Dossier.pauses)),
            orm.joinedload(Dossier.agency),
        )
        .order_by(Dossier.id)
        .limit(limit)
    )
    return db.session.scalars(query).unique().all()


def in_hand(old: ProcedureVersion) -> dict[str, int]:
    """Step of the version → in how many running dossiers it is in hand now."""
    live = ("open", "waiting")
    query = (
        sa.select(DossierStep.definition_id, sa.func.count(sa.distinct(DossierStep.dossier_id)))
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(
            Dossier.procedure_id == old.procedure_id,
            Dossier.version_id == old.id,
            Dossier.status.in_(STATUSES),
            DossierStep.state.in_(live),
            DossierStep.definition_id.is_not(None),
        )
        .group_by(DossierStep.definition_id)
    )
    return _counts(query)


def _counts(query: Any) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in db.session.execute(query)}


def proposed(old: ProcedureVersion, new: ProcedureVersion) -> dict[str, str]:
    """Old step → new step, where name, kind and role say so; what is not in it must be chosen."""
    alike = moving.may_become
    found = {a.id: b.id for a, b in matched_steps(old.steps, new.steps) if alike(a.kind, b.kind)}
    for step in old.steps:
        if step.id not in found and (likely := _likely(step, new.steps)) is not None:
            found[step.id] = likely.id
    return found


def _likely(step: ProcedureStep, among: Iterable[ProcedureStep]) -> ProcedureStep | None:
    """The first step of the same kind and role, in the same department if there is one."""
    same = [s for s in among if (s.kind, s.role) == (step.kind, step.role)]
    return next((s for s in same if s.function == step.function), same[0] if same else None)


def goals(step: ProcedureStep, new: ProcedureVersion) -> list[ProcedureStep]:
    """The steps of the new version that a step can go on as."""
    return [s for s in new.steps if moving.may_become(step.kind, s.kind)]


# ---- moving many ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Moved:
    """What became of one dossier; refusal is None where it was moved."""

    dossier_id: str
    code: str
    refusal: DomainError | None = None


def move_many(
    ids: Sequence[str],
    new: ProcedureVersion,
    *,
    mapping: Mapping[str, str],
    deadline: str,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> list[Moved]:
    """Move dossiers one after the other; one that is refused holds up no other.

    Errors: dossier.reason_required, at once and for all.
    """
    facts: dict[str, Any] = {"mapping": mapping, "deadline": deadline, "reason": reason}
    version_id, done = new.id, []
    for dossier_id in ids[:MOST_AT_ONCE]:
        done.append(_move(dossier_id, version_id, facts, actor, at))
    return done


def _move(
    dossier_id: str, version_id: str, facts: dict[str, Any], actor: Actor, at: dt.datetime
) -> Moved:
    dossier = db.session.get(Dossier, dossier_id)
    if dossier is None:
        return Moved(dossier_id, "", DomainError("dossier.not_found"))
    code = dossier.code or ""
    try:
        verbs.move_version(dossier, version_id=version_id, actor=actor, at=at, **facts)
    except DomainError as error:
        if error.code == "dossier.reason_required":
            raise
        return Moved(dossier_id, code, error)
    return Moved(dossier_id, code)
