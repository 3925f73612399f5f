"""Every procedure of the profile can be led from its first step to the hand-over of its result."""

import pytest
import sqlalchemy as sa
import yaml

import config
from domain.codes import Status, StepKind, StepState
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep
from models.event import Message
from models.ids import uuid7
from models.officer import Officer
from models.organisation import Unit
from models.procedure import Level, Procedure, ProcedureVersion
from services import dossier as verbs
from services.acting import Actor, Post
from services.dossier.forms import FeeLine, HandedIn, Intake, Person
from services.dossier.steps import live
from tests.services.dossier.common import MONDAY, fees, later, unit
from tests.tools.engines import sqlite_only


def in_post(role: Role, place: Unit, officer_id: str | None = None) -> Actor:
    """Whoever holds this role in this unit."""
    post = Post(role, place.id, place.agency_id, place.full_name)
    return Actor(officer_id, f"{role} {place.code}", "", (post,))


def counter_of(agency: Unit) -> Unit:
    query = sa.select(Unit).where(Unit.agency_id == agency.id, Unit.function == "MC")
    return db.session.scalars(query).one()


def receive(version: ProcedureVersion) -> Dossier:
    """At the counter of the office that this procedure belongs to, all papers on the table."""
    place = "DL-24262" if version.procedure.level is Level.commune else "DL-648"
    form = Intake(
        id=uuid7(),
        version_id=version.id,
        owner=Person("Nguyễn Thị Hoa", id_number="066190001234"),
        papers=tuple(HandedIn(d.name, d.id) for d in version.documents),
        fees=tuple(FeeLine(f.id, amount=50_000) for f in version.fees),
        cases=(),
    )
    return verbs.receive(form, actor=in_post(Role.clerk, counter_of(unit(place))), at=MONDAY)


def do(dossier: Dossier, step: DossierStep) -> None:
    """The ordinary act of one step by the role and unit that the plan names."""
    actor = in_post(step.role, step.unit, step.holder_id)
    facts = {"actor": actor, "at": later(hours=1), "step_id": step.id}
    if step.kind is StepKind.assign:
        colleague = Officer(
            agency_id=step.agency_id, full_name="Nguyễn Thị Lan", title="", unit_id=step.unit_id
        )
        db.session.add(colleague)
        db.session.commit()
        verbs.assign(dossier, officer_id=colleague.id, **facts)
    elif step.kind is StepKind.work:
        verbs.propose(dossier, proposal="Đạt", **facts)
    elif step.kind is StepKind.sign:
        verbs.approve(dossier, result_text="Chấp thuận", **facts)
    elif step.kind is StepKind.number:
        verbs.finish(dossier, result_no="1/KQ", **facts)
    elif step.kind is StepKind.consult:
        verbs.answer_consult(dossier, opinion="Nhất trí", **facts)
    elif step.kind is StepKind.transfer:
        target = "DL-24262" if step.agency_id == unit("DL-648").id else "DL-648"
        verbs.transfer(dossier, to_agency_id=unit(target).id, request="Xác nhận", **facts)
    else:
        verbs.forward(dossier, **facts)


def published() -> list[tuple[str, str]]:
    """Code and key of every version in the reference data (read from the files, not the database)."""
    found = []
    for path in sorted((config.ROOT / "seeds" / "procedures").glob("*.yaml")):
        for entry in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader):
            for version in entry["versions"]:
                in_2014 = "dak-lak-2014" in version.get("profiles", ("dak-lak-2014",))
                on_that_day = version["valid_from"] <= MONDAY.date() and (
                    version.get("valid_to") is None or version["valid_to"] >= MONDAY.date()
                )
                if in_2014 and on_that_day:
                    found.append((entry["code"], str(version["key"])))
    return found


@sqlite_only
@pytest.mark.parametrize(("code", "version_key"), published())
def test_a_dossier_of_every_procedure_reaches_the_hand_over(session, code, version_key):
    query = (
        sa.select(ProcedureVersion)
        .join(Procedure, Procedure.id == ProcedureVersion.procedure_id)
        .where(Procedure.code == code, ProcedureVersion.key == version_key)
    )
    dossier = receive(db.session.scalars(query).one())
    for _ in range(25):
        todo = [s for s in live(dossier) if s.kind is not StepKind.return_result]
        todo = [
            s for s in todo if not (s.kind is StepKind.transfer and s.state is StepState.waiting)
        ]
        if not todo:
            break
        do(dossier, todo[0])
    assert [s.kind for s in live(dossier)] == [StepKind.return_result]
    assert dossier.status is Status.processed
    clerk = in_post(Role.clerk, dossier.counter)
    owed = {f.id: f.amount for f in fees(dossier) if f.amount}
    if owed:
        verbs.record_payment(dossier, amounts=owed, actor=clerk, at=later(hours=2))
    verbs.return_result(
        dossier,
        receiver="Nguyễn Thị Hoa",
        receiver_id="066190001234",
        slip_collected=True,
        actor=clerk,
        at=later(hours=3),
    )
    assert dossier.status is Status.returned
    assert not [s for s in dossier.steps if s.state in (StepState.open, StepState.waiting)]
    assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 1
    for message in db.session.scalars(sa.select(Message)):
        assert message.agency_id != message.to_agency_id
    for leg in dossier.legs:
        assert leg.finished_at is not None
        steps = [s for s in dossier.steps if s.leg_id == leg.id]
        assert {s.agency_id for s in steps} == {leg.agency_id}
