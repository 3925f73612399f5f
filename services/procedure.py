"""Versions of procedures: draft → published (read-only) → retired."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from domain.codes import StepKind
from domain.deadline import Term
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.ids import uuid7
from models.procedure import ProcedureVersion, VersionState
from services import reference
from services.acting import Actor
from services.draft_checks import written
from services.draft_checks.finding import ERROR
from services.recording import record
from services.transaction import transaction


def publish(version: ProcedureVersion, *, actor: Actor, at: dt.datetime) -> ProcedureVersion:
    """Make a draft the law of its period: from now on it is read-only.

    A published version of the same procedure that would still be valid then ends the day before.
    Errors: procedure.not_draft, procedure.no_steps, procedure.no_term, term.invalid.
    """
    _administrator(actor)
    with transaction():
        version = _locked(version)
        if version.state is not VersionState.draft:
            raise DomainError("procedure.not_draft")
        _check(version)
        before = [v for v in version.procedure.versions if _overlaps(v, version)]
        for old in before:
            old.valid_to = max(old.valid_from, version.valid_from - dt.timedelta(days=1))
            if old.valid_from >= version.valid_from:
                old.state = VersionState.retired
        version.state = VersionState.published
        record(
            Tag.procedure_publish,
            version,
            actor=actor,
            at=at,
            changes={"version": version.key, "replaces": [v.key for v in before]},
        )
    return version


def retire(version: ProcedureVersion, *, actor: Actor, at: dt.datetime) -> ProcedureVersion:
    """Receive nothing new under this version; running dossiers keep it. Errors: procedure.not_live.

    One whose day has not come yet has never been in force: what it was to replace goes on instead.
    """
    _administrator(actor)
    with transaction():
        version = _locked(version)
        if version.state is not VersionState.published:
            raise DomainError("procedure.not_live")
        restored = _give_back(version) if version.valid_from > at.date() else []
        version.state = VersionState.retired
        version.valid_to = min(version.valid_to or at.date(), at.date())
        if version.valid_to < version.valid_from:
            version.valid_to = version.valid_from
        changes: dict[str, Any] = {"version": version.key}
        if restored:
            changes["restores"] = [v.key for v in restored]
        record(Tag.procedure_retire, version, actor=actor, at=at, changes=changes)
    return version


def _give_back(version: ProcedureVersion) -> list[ProcedureVersion]:
    """Let the versions that end the day before this one go on as long as it would have."""
    last = version.valid_from - dt.timedelta(days=1)
    before = [v for v in _live(version) if v is not version and v.valid_to == last]
    for old in before:
        old.valid_to = version.valid_to
    return before


# ---- which one is in force -----------------------------------------------------------------------
def coming(version: ProcedureVersion, on: dt.date) -> ProcedureVersion | None:
    """The published version that takes the place of this one on the next day after `on`, if any."""
    later = [v for v in _live(version) if v.valid_from > on and v.id != version.id]
    return min(later, key=lambda v: v.valid_from, default=None)


def soon(version: ProcedureVersion, on: dt.date) -> dt.date | None:
    """From which day on another version is received under, as the counter asks it for every visit."""

    def days() -> list[dt.date]:
        found = coming(version, on)
        return [found.valid_from] if found is not None else []

    return next(iter(reference.plain(("soon", version.id, on), days)), None)


def in_force(version: ProcedureVersion, on: dt.date) -> ProcedureVersion | None:
    """The version of the same procedure under which is received on a day."""
    found = [v for v in _live(version) if v.valid_from <= on]
    held = [v for v in found if v.valid_to is None or v.valid_to >= on]
    return max(held, key=lambda v: v.valid_from, default=None)


def _live(version: ProcedureVersion) -> list[ProcedureVersion]:
    return [v for v in version.procedure.versions if v.state is VersionState.published]


def draft_from(version: ProcedureVersion, *, actor: Actor, at: dt.datetime) -> ProcedureVersion:
    """A new draft with everything the given version has, valid from tomorrow; to be changed at will."""
    _administrator(actor)
    with transaction():
        version = _locked(version)
        taken = {v.key for v in version.procedure.versions}
        n = 1
        while f"{at.year}-{n}" in taken:
            n += 1
        draft: ProcedureVersion = _copy(
            version,
            key=f"{at.year}-{n}",
            state=VersionState.draft,
            valid_from=at.date() + dt.timedelta(days=1),
            valid_to=None,
        )
        for part in parts_of(version):
            _copy(part, version_id=draft.id)
        record(
            Tag.catalogue_create,
            draft,
            actor=actor,
            at=at,
            changes={"key": [None, draft.key], "from": version.key},
        )
    return draft


def parts_of(version: ProcedureVersion) -> list[Any]:
    """Everything that a version consists of: terms by case, data, papers, steps, fees, what it does."""
    lists = (
        version.case_terms,
        version.data_fields,
        version.documents,
        version.steps,
        version.fees,
        version.results,
        version.actions,
    )
    return [part for rows in lists for part in rows]


def _administrator(actor: Actor) -> None:
    if actor.post(Role.admin) is None:
        raise DomainError("dossier.role_not_allowed")


def _locked(version: ProcedureVersion) -> ProcedureVersion:
    query = sa.select(ProcedureVersion).where(ProcedureVersion.id == version.id)
    return db.session.scalars(
        query.with_for_update(of=ProcedureVersion).execution_options(populate_existing=True)
    ).one()


def tryable(version: ProcedureVersion) -> None:
    """Whether a dossier could be received under it at all, faults or not.

    Errors: procedure.no_steps, procedure.no_term, term.invalid.
    """
    if not any(s.kind is not StepKind.receive for s in version.steps):
        raise DomainError("procedure.no_steps")
    if not version.legal_term:
        raise DomainError("procedure.no_term", field="legal_term")
    terms = (version.legal_term, version.local_term, *(t.term for t in version.case_terms))
    for text in (*terms, *(s.term for s in version.steps)):
        if text:
            Term.parse(text)


def _check(version: ProcedureVersion) -> None:
    """What a dossier would stumble over must not be published."""
    tryable(version)
    faults = sum(found.severity == ERROR for found in written(version))
    if faults:
        raise DomainError("procedure.faults", count=faults)


def _overlaps(old: ProcedureVersion, new: ProcedureVersion) -> bool:
    if old is new or old.state is not VersionState.published:
        return False
    starts_before_end = new.valid_to is None or old.valid_from <= new.valid_to
    return starts_before_end and (old.valid_to is None or old.valid_to >= new.valid_from)


def _copy(row: Any, **changes: object) -> Any:
    values = {c.key: getattr(row, c.key) for c in sa.inspect(row).mapper.column_attrs}
    fresh = type(row)(**{**values, "id": uuid7(), **changes})
    db.session.add(fresh)
    db.session.flush()
    return fresh
