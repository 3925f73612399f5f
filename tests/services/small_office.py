"""A small office for tests that need rows, not journeys: one agency, its people, one procedure.

Rows are written directly; tests of the verbs that make them are elsewhere.
"""

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain import names
from domain.codes import Status, StepKind, StepState
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierStep
from models.ids import uuid7
from models.officer import Officer
from models.organisation import Unit, UnitKind
from models.procedure import (
    Level,
    Procedure,
    ProcedureField,
    ProcedureStep,
    ProcedureVersion,
    VersionState,
)
from models.scope import Scope, within
from models.types import LOCAL
from services.acting import Actor, Post
from services.worklist import worklist

START = dt.date(2010, 1, 1)
NOW = dt.datetime(2026, 10, 8, 9, 0, tzinfo=LOCAL)


@dataclass
class Office:
    """An agency with a counter and a finance department, an officer in each, and one procedure."""

    agency: Unit
    counter: Unit
    department: Unit
    clerk: Actor
    officer: Actor
    procedure: Procedure
    version: ProcedureVersion


def unit(code: str, name: str, kind: UnitKind, parent: Unit | None = None, **more: Any) -> Unit:
    """A unit; without a parent it is an agency and owns itself."""
    made = Unit(
        id=uuid7(),
        code=code,
        name=name,
        full_name=name,
        kind=kind,
        parent=parent,
        is_agency=parent is None,
        valid_from=START,
        **more,
    )
    made.agency_id = parent.agency_id if parent else made.id
    db.session.add(made)
    db.session.flush()
    return made


def acting(name: str, role: Role, at: Unit) -> Actor:
    """An officer of a unit, in one role."""
    officer = Officer(
        id=uuid7(), agency_id=at.agency_id, full_name=name, title="Chuyên viên", unit=at
    )
    db.session.add(officer)
    db.session.flush()
    return Actor(officer.id, name, officer.title, (Post(role, at.id, at.agency_id, at.full_name),))


def procedure(agency: Unit, code: str, name: str, **more: Any) -> ProcedureVersion:
    """A published procedure with a step at the counter, one of work and the return."""
    field = db.session.query(ProcedureField).first()
    if field is None:
        field = ProcedureField(agency_id=agency.id, code="KD", name="Đăng ký kinh doanh")
        db.session.add(field)
    made = Procedure(
        id=uuid7(),
        agency_id=agency.id,
        code=code,
        name=name,
        level=Level.district,
        procedure_field=field,
        search_key=names.fold(f"{code} {name}"),
        aliases=more.pop("aliases", None),
    )
    version = ProcedureVersion(
        id=uuid7(),
        agency_id=agency.id,
        procedure=made,
        key="1",
        state=more.pop("state", VersionState.published),
        valid_from=START,
        legal_term="3wd",
        **more,
    )
    db.session.add_all([made, version])
    plan = (
        (StepKind.receive, Role.clerk, None),
        (StepKind.work, Role.officer, "TCKH"),
        (StepKind.return_result, Role.clerk, None),
    )
    for position, (kind, role, function) in enumerate(plan, 1):
        db.session.add(
            ProcedureStep(
                agency_id=agency.id,
                version=version,
                position=position,
                name=kind.value,
                kind=kind,
                role=role,
                function=function,
            )
        )
    db.session.flush()
    return version


def build(code: str = "T99", official: str = "H15.99") -> Office:
    """The office, written and committed."""
    agency = unit(
        code, f"UBND huyện {code}", UnitKind.district, official_code=official, place_name=code
    )
    counter = unit(f"{code}.MC", "Bộ phận Một cửa", UnitKind.counter, agency, function="MC")
    department = unit(f"{code}.TC", "Phòng Tài chính", UnitKind.department, agency, function="TCKH")
    version = procedure(agency, f"9.{code}", f"Đăng ký thành lập hộ kinh doanh {code}")
    office = Office(
        agency,
        counter,
        department,
        acting("Nguyễn Thị Mận", Role.clerk, counter),
        acting("Trần Văn Đào", Role.officer, department),
        version.procedure,
        version,
    )
    db.session.commit()
    return office


def alone(office: Office) -> AbstractContextManager[None]:
    """A scope in which only this office's rows are read, whatever else is in the database."""
    return within(Scope(agencies=frozenset({office.agency.id}), writes=None))


def dossier(office: Office, name: str = "Nguyễn Văn An", **more: Any) -> Dossier:
    """A dossier in process with its leg; `more` overrides any column."""
    received = more.pop("received_at", NOW)
    values: dict[str, Any] = {
        "id": uuid7(),
        "agency_id": office.agency.id,
        "code": f"{office.agency.official_code}-{received:%y%m%d}-{_next():04d}",
        "status": Status.processing,
        "procedure": office.procedure,
        "procedure_version": office.version,
        "counter_id": office.counter.id,
        "competent_id": office.agency.id,
        "owner_name": name,
        "owner_address": "Thôn 3, xã Ea Kpam",
        "subject": office.procedure.name,
        "received_at": received,
        "due_at": received + dt.timedelta(days=5),
        "original_due_at": received + dt.timedelta(days=5),
        "term": "3wd",
        "name_key": names.fold(name),
    } | more
    made = Dossier(**values)
    keys = (made.code, made.legacy_code, name, made.owner_id_number, made.owner_phone)
    made.search_key = names.fold(" ".join(k for k in keys if k))
    leg = DossierLeg(
        id=uuid7(), agency_id=made.agency_id, dossier=made, position=1, opened_at=received
    )
    db.session.add_all([made, leg])
    db.session.flush()
    return made


def step(of: Dossier, office: Office, **more: Any) -> DossierStep:
    """An open step of work in the department, held by nobody; `more` overrides any column."""
    values: dict[str, Any] = {
        "id": uuid7(),
        "agency_id": of.agency_id,
        "dossier": of,
        "leg": of.legs[0],
        "position": len(of.steps) + 1,
        "kind": StepKind.work,
        "name": "Thẩm định",
        "role": Role.officer,
        "unit": office.department,
        "state": StepState.open,
        "opened_at": of.received_at,
        "due_at": of.due_at,
    } | more
    made = DossierStep(**values)
    db.session.add(made)
    db.session.flush()
    return made


def add_work(
    office: Office, name: str, *, dossier_more: dict[str, Any] | None = None, **more: Any
) -> DossierStep:
    """A dossier of this owner with one step, as `step` makes it."""
    return step(dossier(office, name, **(dossier_more or {})), office, **more)


def multiply(of: Dossier, times: int) -> None:
    """On PostgreSQL: `times` more dossiers like this one, each with the leg and steps it has.

    Names are numbered, due moments an hour apart. Statistics are fresh afterwards.
    """
    db.session.flush()
    for statement in _MULTIPLY:
        db.session.execute(sa.text(statement), {"id": of.id, "times": times})
    # What autovacuum does in the product: new keys leave the index's waiting room.
    db.session.execute(sa.text("SELECT gin_clean_pending_list('ix_dossier_search')"))
    for table in ("dossier", "dossier_search", "dossier_leg", "dossier_step"):
        db.session.execute(sa.text(f"ANALYZE {table}"))


_MULTIPLY = (
    """CREATE TEMPORARY TABLE made ON COMMIT DROP AS
       SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS leg
       FROM generate_series(1, :times) n""",
    """INSERT INTO dossier SELECT (jsonb_populate_record(d, jsonb_build_object(
         'id', made.id, 'code', 'M-' || made.n, 'owner_name', 'Trần Thị B' || made.n,
         'search_key', 'm ' || made.n || ' tran thi b' || made.n))).*
       FROM dossier d, made WHERE d.id = CAST(:id AS uuid)""",
    """INSERT INTO dossier_leg SELECT (jsonb_populate_record(l, jsonb_build_object(
         'id', made.leg, 'dossier_id', made.id))).*
       FROM dossier_leg l, made WHERE l.dossier_id = CAST(:id AS uuid)""",
    """INSERT INTO dossier_step SELECT (jsonb_populate_record(s, jsonb_build_object(
         'id', gen_random_uuid(), 'dossier_id', made.id, 'leg_id', made.leg,
         'due_at', s.due_at + made.n * interval '1 hour'))).*
       FROM dossier_step s, made WHERE s.dossier_id = CAST(:id AS uuid)""",
)
_issued = iter(range(1, 1_000_000))


def _next() -> int:
    return next(_issued)


def on_list(office: Office, tab: str, **more: Any) -> list[str]:
    """Owners of the steps on a part of the work-list, in its order."""
    actor = more.pop("actor", office.officer)
    return [row.owner_name for row in worklist(actor, tab=tab, now=NOW, **more).rows]
