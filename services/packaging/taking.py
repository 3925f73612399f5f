"""Taking a package in: first what would come of it, then a draft, never more than a draft.

A procedure that is there already stays as it is, and so do its versions: law that dossiers rest on.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.names import fold
from domain.roles import Role
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit
from models.procedure import (
    DocumentType,
    Procedure,
    ProcedureField,
    ProcedureVersion,
    VersionState,
)
from models.scope import everything
from services import part_rules
from services.acting import Actor
from services.comparing import Change, compare, differing
from services.packaging.body import FIELD, Values, body_of, values_of
from services.packaging.problem import Problem, Refused
from services.packaging.reading import Package
from services.packaging.seal import hash_of
from services.recording import record
from services.refusals import flush
from services.transaction import one_at_a_time, transaction
from services.version_parts import PARTS


@dataclass(frozen=True)
class Plan:
    """What taking a package in would do.

    procedure: the one that is there, None where a new one is made. against: the version that `changes`
    starts from, None where there is none. key: of the draft. own: in what the procedure that is there
    differs; that stays as it is. same: a version with exactly this content. draft: the version as it would
    be, kept nowhere. problems: why the package cannot be taken in.
    """

    package: Package
    procedure: Procedure | None
    against: ProcedureVersion | None
    key: str
    draft: ProcedureVersion
    changes: list[Change] = field(default_factory=list)
    own: list[Change] = field(default_factory=list)
    same: ProcedureVersion | None = None
    problems: tuple[Problem, ...] = ()


class _Undo(Exception):
    """Leaves the transaction of a trial."""


def plan(package: Package, *, actor: Actor, at: dt.datetime) -> Plan:
    """Try a package and say what would come of it; nothing is kept. Errors: dossier.role_not_allowed."""
    _administrator(actor)
    problems: list[Problem] = []
    try:
        with transaction():
            _write(package, actor, at, problems)
            raise _Undo
    except _Undo:
        pass
    procedure = _procedure(package.procedure["code"])
    known = list(procedure.versions) if procedure is not None else []
    against = _newest(known)
    draft = _loose(package)
    found = Plan(package, procedure, against, _free_key(package, known, at), draft)
    return replace(
        found,
        changes=compare(against or ProcedureVersion(), draft),
        own=_own(procedure, package),
        same=next((v for v in known if _alike(v, package)), None),
        problems=tuple(problems),
    )


def take(
    package: Package, *, actor: Actor, at: dt.datetime, op_id: str | None = None
) -> ProcedureVersion:
    """Make a draft of a package, and its procedure where there is none; one event.

    op_id: key of the form; sent twice it makes one draft. Raises Refused with what cannot be resolved or
    is against the rules; errors: dossier.role_not_allowed, row.duplicate.
    """
    _administrator(actor)
    with transaction():
        if op_id is not None:
            one_at_a_time(op_id)
            if (done := _done(op_id)) is not None:
                return done
        problems: list[Problem] = []
        version = _write(package, actor, at, problems)
        if version is None or problems:
            raise Refused(problems)
        changes = {
            "procedure": package.procedure["code"],
            "version": version.key,
            "sha256": package.sha256,
            "origin": package.origin.value,
        }
        record(
            Tag.catalogue_import, version, actor=actor, at=at, changes=changes, op_id=op_id
        )  # fmt: skip
        return version


def _administrator(actor: Actor) -> None:
    if actor.post(Role.admin, Role.system) is None:
        raise DomainError("dossier.role_not_allowed")


def _done(op_id: str) -> ProcedureVersion | None:
    with everything():
        made = db.session.scalar(sa.select(Event.subject_id).where(Event.op_id == op_id))
    return db.session.get(ProcedureVersion, made) if made else None


# ---- against what is there -----------------------------------------------------------------------
def _procedure(code: str) -> Procedure | None:
    return db.session.scalars(sa.select(Procedure).where(Procedure.code == code)).one_or_none()


def _newest(versions: list[ProcedureVersion]) -> ProcedureVersion | None:
    """The newest that was published, else the newest draft."""
    live = [v for v in versions if v.state is not VersionState.draft]
    return max(live or versions, key=lambda v: (v.valid_from, v.key), default=None)


def _free_key(package: Package, known: list[ProcedureVersion], at: dt.datetime) -> str:
    """The key that the package names; where it is taken, the next of the year, as drafts have."""
    taken = {v.key for v in known}
    key, n = package.version["key"], 1
    while key in taken:
        key, n = f"{at.year}-{n}", n + 1
    return str(key)


def _alike(version: ProcedureVersion, package: Package) -> bool:
    """Whether a version says the same in everything but its name."""
    found = hash_of(body_of(*_nameless(*values_of(version))))
    return found == hash_of(body_of(*_nameless(package.procedure, package.version, package.parts)))


def _nameless(procedure: Values, version: Values, parts: Any) -> tuple[Values, Values, Any]:
    return {FIELD: None, "code": procedure["code"]}, {**version, "key": ""}, parts


def _own(procedure: Procedure | None, package: Package) -> list[Change]:
    if procedure is None:
        return []
    values = {k: v for k, v in package.procedure.items() if k != FIELD}
    return differing("procedure", procedure, Procedure(**values))


def _unresolved(package: Package) -> Iterator[Problem]:
    """What the package names and this installation does not have."""
    code = package.procedure[FIELD]["code"]
    if _field(code) is None:
        yield Problem(f"procedure.{FIELD}.code", DomainError("package.no_field", name=code))
    types = _types(package)
    for n, row in enumerate(package.parts["documents"], 1):
        if row["type"] is not None and row["type"] not in types:
            error = DomainError("package.no_document", name=row["type"])
            yield Problem(f"documents[{n}].type", error)
    functions = set(db.session.scalars(sa.select(Unit.function).distinct()))
    for n, row in enumerate(package.parts["steps"], 1):
        if row["function"] is not None and row["function"] not in functions:
            error = DomainError("package.no_function", function=row["function"])
            yield Problem(f"steps[{n}].function", error)


def _field(code: str) -> ProcedureField | None:
    query = sa.select(ProcedureField).where(ProcedureField.code == code)
    return db.session.scalars(query).one_or_none()


def _types(package: Package) -> dict[str, DocumentType]:
    codes = {row["type"] for row in package.parts["documents"] if row["type"] is not None}
    query = sa.select(DocumentType).where(DocumentType.code.in_(codes))
    return {found.code: found for found in db.session.scalars(query)}


# ---- rows ----------------------------------------------------------------------------------------
def _loose(package: Package) -> ProcedureVersion:
    """The version with its parts as rows that belong to no session, to be looked at."""
    types = {code: DocumentType(code=code) for code in _codes(package)}
    parts = {
        part: [_row(part, row, n, types) for n, row in _counted(package, part)] for part in PARTS
    }
    return ProcedureVersion(**package.version, state=VersionState.draft, **parts)


def _codes(package: Package) -> set[str]:
    return {row["type"] for row in package.parts["documents"] if row["type"] is not None}


def _counted(package: Package, part: str) -> list[tuple[int, Values]]:
    return list(enumerate(package.parts[part], 1))


def _row(part: str, values: Values, place: int, types: dict[str, DocumentType]) -> Any:
    found = dict(values)
    if part == "documents":
        found["type"] = types.get(found["type"] or "")
    if part != "fees":
        found["position"] = place
    return PARTS[part](**found)


def _write(
    package: Package, actor: Actor, at: dt.datetime, problems: list[Problem]
) -> ProcedureVersion | None:
    """The draft and what it needs, as rows of the transaction under way; None with the problems that
    keep it from being written at all."""
    one_at_a_time(f"package:{package.procedure['code']}")
    problems += _unresolved(package)
    if problems:
        return None
    owner = actor.home.agency_id
    procedure = _procedure(package.procedure["code"]) or _new_procedure(package, owner)
    key = _free_key(package, list(procedure.versions), at)
    version = ProcedureVersion(
        **{**package.version, "key": key},
        id=uuid7(),
        state=VersionState.draft,
        procedure=procedure,
        agency_id=owner,
    )
    db.session.add(version)
    flush(ProcedureVersion)
    rows = list(_parts(package, version, owner))
    problems += _against_rules([("version", version), *rows])
    return version


def _new_procedure(package: Package, owner: str) -> Procedure:
    values = {k: v for k, v in package.procedure.items() if k != FIELD}
    words = (values["code"], values["name"], values["aliases"])
    procedure = Procedure(
        **values,
        id=uuid7(),
        agency_id=owner,
        procedure_field=_field(package.procedure[FIELD]["code"]),
        search_key=" ".join(fold(word) for word in words if word)[:1000],
    )
    db.session.add(procedure)
    flush(Procedure)
    return procedure


def _parts(package: Package, version: ProcedureVersion, owner: str) -> Iterator[tuple[str, Any]]:
    types = _types(package)
    for part, model in PARTS.items():
        rows = [_row(part, values, n, types) for n, values in _counted(package, part)]
        for row in rows:
            # Ids that follow one another: what has no order of its own keeps that of the package.
            row.id, row.agency_id, row.version = uuid7(), owner, version
            db.session.add(row)
        flush(model)
        yield from ((f"{part}[{n}]", row) for n, row in enumerate(rows, 1))


def _against_rules(rows: list[tuple[str, Any]]) -> Iterator[Problem]:
    """What the designer would refuse, at the column that it names."""
    for place, row in rows:
        try:
            with db.session.no_autoflush:
                part_rules.check(row)
        except DomainError as error:
            yield Problem(f"{place}.{error.field}" if error.field else place, error)
