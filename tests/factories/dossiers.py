"""Dossiers in any state, made by the verbs themselves with the demonstration officers.

Everything needs the `session` fixture (an application context that sees all agencies). Moments
default to the present, because the screens read the real clock.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User

from domain.calendar import TZ
from domain.codes import StepKind
from models.base import db
from models.dossier import Dossier, DossierStep
from models.ids import uuid7
from models.officer import Officer
from models.procedure import Procedure, ProcedureVersion, VersionState
from services import dossier as verbs
from services.acting import Actor, actor_of
from services.dossier.forms import FeeLine, HandedIn, Intake, Person
from services.dossier.steps import live

#: Thành lập hộ kinh doanh: counter, head assigns, officer works, head signs, registrar, counter.
BUSINESS = "1.001612"
#: Tạm ngừng hộ kinh doanh: counter, officer works, head signs, counter.
SUSPENSION = "1.001570"
#: Khai sinh, thường trú, thẻ bảo hiểm y tế của trẻ: asks for five papers.
FIVE_PAPERS = "2.000986"


def now() -> dt.datetime:
    """The present second on the office's clock."""
    return dt.datetime.now(TZ).replace(microsecond=0)


def actor(username: str, at: dt.datetime | None = None) -> Actor:
    """The demonstration officer with this account."""
    query = sa.select(Officer).join(User, Officer.user_id == User.id)
    officer = db.session.scalars(query.where(User.username == username)).one()
    return actor_of(officer, at or now())


def officer_id(username: str) -> str:
    """Id of the officer with this account."""
    found = actor(username).officer_id
    assert found is not None
    return found


def version_of(code: str = BUSINESS, on: dt.date | None = None) -> ProcedureVersion:
    """The published version of a procedure that is valid on a day."""
    on = on or now().date()
    query = (
        sa.select(ProcedureVersion)
        .join(Procedure, ProcedureVersion.procedure_id == Procedure.id)
        .where(
            Procedure.code == code,
            ProcedureVersion.state == VersionState.published,
            ProcedureVersion.valid_from <= on,
            sa.or_(ProcedureVersion.valid_to.is_(None), ProcedureVersion.valid_to >= on),
        )
        .order_by(ProcedureVersion.valid_from.desc())
    )
    return db.session.scalars(query).first() or _first_version(code)


def _first_version(code: str) -> ProcedureVersion:
    raise AssertionError(f"the seeds have no published version of {code}")


def intake(code: str = BUSINESS, *, fee: int | None = None, **changes: Any) -> Intake:
    """What a clerk types: all unconditional papers handed in, the first fee if asked."""
    version = version_of(code)
    papers = tuple(
        HandedIn(name=d.name, document_id=d.id, originals=d.originals or 0, copies=d.copies or 0)
        for d in version.documents
        if d.required and d.condition is None and not d.from_register
    )
    fees = (FeeLine(version.fees[0].id, amount=fee),) if fee is not None else ()
    values: dict[str, Any] = {
        "id": uuid7(),
        "version_id": version.id,
        "owner": Person(
            name="Nguyễn Thị Hoa",
            id_number="066190001234",
            phone="0905123456",
            address="Buôn Kô Tam, xã Ea Tu",
        ),
        "papers": papers,
        "fees": fees,
        "subject": "Mở quán cà phê tại xã Quảng Tiến",
    }
    return Intake(**{**values, **changes})


def received(
    code: str = BUSINESS, *, at: dt.datetime | None = None, by: str = "tiepnhan", **changes: Any
) -> Dossier:
    """A dossier just received at the counter."""
    at = at or now()
    return verbs.receive(intake(code, **changes), actor=actor(by, at), at=at)


def at_step(
    kind: StepKind, code: str = BUSINESS, *, at: dt.datetime | None = None, **changes: Any
) -> Dossier:
    """A dossier led forward by its officers until a step of this kind is open."""
    at = at or now()
    dossier = received(code, at=at, **changes)
    for _ in range(20):
        steps = live(dossier)
        if any(s.kind is kind for s in steps):
            return dossier
        if not steps:
            break
        advance(dossier, steps[0], at)
    raise AssertionError(f"{code} has no step {kind} that its officers reach")


def processed(code: str = SUSPENSION, **changes: Any) -> Dossier:
    """A dossier whose result waits at the counter."""
    return at_step(StepKind.return_result, code, **changes)


def advance(dossier: Dossier, step: DossierStep, at: dt.datetime | None = None) -> Dossier:
    """Do one step as the officer whose it is."""
    at = at or now()
    who: dict[str, Any] = {"actor": doer(step, at), "at": at, "step_id": step.id}
    if step.kind is StepKind.assign:
        return verbs.assign(dossier, officer_id=_colleague(step), **who)
    if step.kind is StepKind.work:
        return verbs.propose(dossier, proposal="Hồ sơ đủ điều kiện, đề nghị ký.", **who)
    if step.kind is StepKind.consult:
        return verbs.answer_consult(dossier, opinion="Nhất trí.", **who)
    if step.kind is StepKind.sign:
        return verbs.approve(dossier, result_text="Đồng ý giải quyết", **who)
    if step.kind is StepKind.number:
        return verbs.finish(dossier, result_no="12/GCN", result_text="Giấy chứng nhận", **who)
    return verbs.forward(dossier, **who)


def doer(step: DossierStep, at: dt.datetime | None = None) -> Actor:
    """The holder of a step, else the first demonstration officer with its role in its unit."""
    at = at or now()
    query = sa.select(Officer).where(Officer.unit_id == step.unit_id, Officer.user_id.is_not(None))
    for officer in db.session.scalars(query.order_by(Officer.id)):
        found = actor_of(officer, at)
        if step.role in found.roles and step.holder_id in (None, officer.id):
            return found
    raise AssertionError(f"nobody can do “{step.name}” in {step.unit.full_name}")


def _colleague(step: DossierStep) -> str:
    """The first officer of the department who works on dossiers."""
    query = sa.select(Officer).where(Officer.unit_id == step.unit_id).order_by(Officer.id)
    for officer in db.session.scalars(query):
        if {r.name for r in officer.user.roles} & {"officer"}:
            found: str = officer.id
            return found
    raise AssertionError(f"{step.unit.full_name} has no officer")
