"""Taking a package in: first what would come of it, then a draft, never more than a draft.

A procedure that is there already stays as it is, and so do its versions: law that dossiers rest on.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.names import fold
from domain.roles import Role
from models.base import db
from models.event import Event
from models.ids import uuid7
from models.paper_template import PaperTemplate
from models.procedure import DocumentType, Procedure, ProcedureVersion, VersionState
from models.register import Register
from models.scope import everything
from services import blank_forms, part_rules
from services.acting import Actor
from services.comparing import Change, compare, differing
from services.filestore import FileStore
from services.packaging import beside, resolving
from services.packaging.beside import BesideRegister, BesideTemplate, Press
from services.packaging.body import FIELD, Content, Values, body_of, content_of
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
    be, kept nowhere. registers, templates: what comes of them. problems: why the package cannot be taken in.
    """

    package: Package
    procedure: Procedure | None
    against: ProcedureVersion | None
    key: str
    draft: ProcedureVersion
    changes: list[Change] = field(default_factory=list)
    own: list[Change] = field(default_factory=list)
    same: ProcedureVersion | None = None
    registers: list[BesideRegister] = field(default_factory=list)
    templates: list[BesideTemplate] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()


class _Undo(Exception):
    """Leaves the transaction of a trial."""


def plan(package: Package, *, actor: Actor, at: dt.datetime, press: Press | None = None) -> Plan:
    """Try a package and say what would come of it; nothing is kept.

    press: proves the printed papers, without which they are not taken. Errors: dossier.role_not_allowed.
    """
    _administrator(actor)
    problems: list[Problem] = []
    try:
        with transaction():
            _write(package, actor, at, problems, press)
            raise _Undo
    except _Undo:
        pass
    procedure = _procedure(package.procedure["code"])
    known = list(procedure.versions) if procedure is not None else []
    against = _newest(known)
    draft = _loose(package)
    templates = beside.templates_of(package, procedure.id if procedure is not None else None)
    same = next((v for v in known if _alike(v, package)), None)
    found = Plan(package, procedure, against, _free_key(package, known, at), draft)
    return replace(
        found,
        changes=compare(against or ProcedureVersion(), draft),
        own=_own(procedure, package),
        same=None if any(one.makes for one in templates) else same,
        registers=beside.registers_of(package),
        templates=templates,
        problems=tuple(problems),
    )


def take(
    package: Package,
    *,
    actor: Actor,
    at: dt.datetime,
    op_id: str | None = None,
    press: Press | None = None,
    store: FileStore | None = None,
) -> ProcedureVersion:
    """Make a draft of a package, and what it needs where that is not here; one event for each.

    op_id: key of the form; sent twice it makes one draft. press: proves the printed papers. store: where
    blank forms go. Raises Refused with what cannot be resolved or is against the rules; errors:
    dossier.role_not_allowed, row.duplicate.
    """
    _administrator(actor)
    with transaction():
        if op_id is not None:
            one_at_a_time(op_id)
            if (done := _done(op_id)) is not None:
                return done
        problems: list[Problem] = []
        made = _write(package, actor, at, problems, press)
        if made is None or problems:
            raise Refused(problems)
        _keep_files(package, store)
        _note(package, made, actor, at, op_id)
        return made.version


def _note(
    package: Package, made: "_Made", actor: Actor, at: dt.datetime, op_id: str | None
) -> None:
    changes: dict[str, Any] = {
        "procedure": package.procedure["code"],
        "version": made.version.key,
        "sha256": package.sha256,
        "origin": package.origin.value,
    }
    if made.registers:
        changes["registers"] = [row.code for row in made.registers]
    if made.templates:
        changes["templates"] = [row.form for row in made.templates]
    beside.note([*made.registers, *made.templates], actor=actor, at=at)
    record(Tag.catalogue_import, made.version, actor=actor, at=at, changes=changes, op_id=op_id)


def _keep_files(package: Package, store: FileStore | None) -> None:
    if package.files and store is None:
        raise ValueError("this package has blank forms: say where they go")
    for data in package.files.values():
        assert store is not None
        store.put(data)


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
    found = content_of(version)
    return hash_of(body_of(_nameless(found))) == hash_of(body_of(_nameless(package)))


def _nameless(content: Content) -> Content:
    """The version alone: what goes with it is looked at by itself."""
    return Content(
        procedure={FIELD: None, "code": content.procedure["code"]},
        version={**content.version, "key": ""},
        parts=content.parts,
    )


def _own(procedure: Procedure | None, package: Package) -> list[Change]:
    if procedure is None:
        return []
    values = {k: v for k, v in package.procedure.items() if k != FIELD}
    return differing("procedure", procedure, Procedure(**values))


# ---- rows ----------------------------------------------------------------------------------------
Named = dict[str, dict[str, Any]]


class _Made(NamedTuple):
    """The rows of one package."""

    version: ProcedureVersion
    registers: list[Register]
    templates: list[PaperTemplate]


def _loose(package: Package) -> ProcedureVersion:
    """The version with its parts as rows that belong to no session, to be looked at."""
    named: Named = {
        "type": {code: DocumentType(code=code) for code in resolving.type_codes(package)},
        "register": {code: Register(code=code) for code in resolving.register_codes(package)},
    }
    parts = {
        part: [_row(package, part, row, n, named) for n, row in _counted(package, part)]
        for part in PARTS
    }
    return ProcedureVersion(**package.version, state=VersionState.draft, **parts)


def _counted(package: Package, part: str) -> list[tuple[int, Values]]:
    return list(enumerate(package.parts[part], 1))


def _row(package: Package, part: str, values: Values, place: int, named: Named) -> Any:
    """A row of a part. named: relation → code → the row that it leads to."""
    found = dict(values)
    for relation, rows in named.items():
        if relation in found:
            found[relation] = rows.get(found[relation] or "")
    if (data := package.files.get(found.get("blank_sha256") or "")) is not None:
        found |= {"blank_type": blank_forms.kind_of(data), "blank_size": len(data)}
    return PARTS[part](**found, position=place)


def _write(
    package: Package,
    actor: Actor,
    at: dt.datetime,
    problems: list[Problem],
    press: Press | None,
) -> _Made | None:
    """The draft and what it needs, as rows of the transaction under way; None with the problems that
    keep it from being written at all."""
    one_at_a_time(f"package:{package.procedure['code']}")
    procedure = _procedure(package.procedure["code"])
    problems += resolving.unresolved(package, procedure.id if procedure is not None else None)
    problems += beside.prove(package, press)
    if problems:
        return None
    owner = actor.home.agency_id
    procedure = procedure or _new_procedure(package, owner)
    version = _new_version(package, procedure, owner, at)
    enclosed = list(beside.write_registers(package, owner))
    rows = list(_parts(package, version, owner))
    problems += _against_rules([("version", version), *enclosed, *rows])
    templates = beside.write_templates(package, procedure.id, actor, at, problems)
    registers = [row for _, row in enclosed if isinstance(row, Register)]
    return _Made(version, registers, templates)


def _new_version(
    package: Package, procedure: Procedure, owner: str, at: dt.datetime
) -> ProcedureVersion:
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
    return version


def _new_procedure(package: Package, owner: str) -> Procedure:
    values = {k: v for k, v in package.procedure.items() if k != FIELD}
    words = (values["code"], values["name"], values["aliases"])
    procedure = Procedure(
        **values,
        id=uuid7(),
        agency_id=owner,
        procedure_field=resolving.field_of(package.procedure[FIELD]["code"]),
        search_key=" ".join(fold(word) for word in words if word)[:1000],
    )
    db.session.add(procedure)
    flush(Procedure)
    return procedure


def _parts(package: Package, version: ProcedureVersion, owner: str) -> Iterator[tuple[str, Any]]:
    named: Named = {
        "type": dict(resolving.types_of(package)),
        "register": dict(resolving.registers_of(package)),
    }
    for part, model in PARTS.items():
        rows = [_row(package, part, values, n, named) for n, values in _counted(package, part)]
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
