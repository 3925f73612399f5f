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
    """Receive nothing new under this version; running dossiers keep it. Errors: procedure.not_live."""
    _administrator(actor)
    with transaction():
        version = _locked(version)
        if version.state is not VersionState.published:
            raise DomainError("procedure.not_live")
        version.state = VersionState.retired
        version.valid_to = min(version.valid_to or at.date(), at.date())
        record(Tag.procedure_retire, version, actor=actor, at=at, changes={"version": version.key})
    return version


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
    """Everything that a version consists of: terms by case, data, papers, steps, fees."""
    lists = (
        version.case_terms,
        version.data_fields,
        version.documents,
        version.steps,
        version.fees,
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


def _check(version: ProcedureVersion) -> None:
    """What a dossier would stumble over must not be published."""
    if not any(s.kind is not StepKind.receive for s in version.steps):
        raise DomainError("procedure.no_steps")
    if not version.legal_term:
        raise DomainError("procedure.no_term", field="legal_term")
    terms = (version.legal_term, version.local_term, *(t.term for t in version.case_terms))
    for text in (*terms, *(s.term for s in version.steps)):
        if text:
            Term.parse(text)
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
