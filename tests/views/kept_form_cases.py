"""Every form of a hand-written screen, with somebody who fills it in: what is sent where."""

import sqlalchemy as sa

from domain.codes import StepKind
from domain.roles import Role
from models.ids import uuid7
from models.officer import Officer
from models.organisation import Unit
from models.scan import BatchState, PieceState, ScanBatch, ScanPiece
from seeds.demo import first_of_each_role
from services import paper_templates, procedure, saved_views
from services.dossier.steps import live
from services.registers import entries
from tests.factories import dossiers as make
from tests.factories.registers import TYPED as PERMIT, street_register

NAMES = {a.role: a.username for a in first_of_each_role()}


def tray(session):
    """Scanned pages that wait in the clerk's tray."""
    clerk = session.get_one(Officer, make.officer_id(NAMES[Role.clerk]))
    agency = session.get_one(Unit, clerk.unit_id).agency_id
    batch = ScanBatch(id=uuid7(), agency_id=agency, name="xap.pdf", source="page", sha256="0" * 64)
    batch.size, batch.unit_id, batch.made_by, batch.made_at = 9, clerk.unit_id, "H", make.now()
    batch.state = BatchState.done
    piece = ScanPiece(
        id=uuid7(), agency_id=agency, number=1, first=1, last=2, pages=2, sha256="0" * 64
    )
    piece.state, piece.batch = PieceState.open, batch
    session.add(piece)
    session.commit()
    return f"/quet/khay/{piece.id}"


def row(step):
    return {"rowid": f"{step.dossier_id}:{step.id}:{step.dossier.version}"}


def to_sign(_):
    step = live(make.at_step(StepKind.sign))[0]
    return f"/ky/{step.id}/tra-lai", {}


def to_sign_several(_):
    return "/ky/nhieu", {**row(live(make.at_step(StepKind.sign))[0]), "confirmed": "1"}


def to_forward(_):
    return "/viec", {**row(live(make.at_step(StepKind.work))[0]), "act": "forward"}


def account(session):
    found = session.scalars(sa.select(Officer).where(Officer.active).order_by(Officer.id)).first()
    found.user_id = None
    session.commit()
    return f"/danh-muc/officer/account/{found.id}", {"password": "Mot-Cua-99"}


def new_field(_):
    draft = procedure.draft_from(make.version_of(), actor=make.actor("quantri"), at=make.now())
    return f"/thiet-ke/{draft.id}?phan=du-lieu&them=1", {"kind": "text"}


def to_move(_):
    make.received(make.SUSPENSION)
    who = {"actor": make.actor("quantri"), "at": make.now()}
    draft = procedure.draft_from(make.version_of(make.SUSPENSION), **who)
    return f"/thiet-ke/{procedure.publish(draft, **who).id}/chuyen-ho-so", {}


def own_template(_):
    made = {"name": "Phiếu", "size": "a5", "body": "<p>x</p>"}
    row = paper_templates.create("refusal", **made, actor=make.actor("quantri"), at=make.now())
    return f"/mau-in/{row.id}", made


def own_view(_):
    person = make.actor("truongphong")
    by = {"user_id": user_id(person), "actor": person, "at": make.now()}
    row = saved_views.save("WorkList", name="Gấp", query="tre=1", **by)
    return f"/cach-xem/{row.id}", {}


def shaped(_):
    return f"/thiet-ke-so/{street_register().id}?phan=truong&them=1", {"kind": "text"}


def new_entry(_):
    return f"/so/{street_register().code}/them", {}


def own_entry(_):
    clerk = make.actor("tiepnhan")
    row = entries.enter(street_register(), entries.Typed(PERMIT), actor=clerk, at=make.now())
    return f"/so/{row.register.code}/{row.id}/thu-hoi", {}


def user_id(actor):
    query = sa.select(Officer.user_id).where(Officer.id == actor.officer_id)
    return make.db.session.scalar(query)


#: Address of the form → who fills it in, what it is sent to and with, the field that is typed.
FORMS = {
    "Counter.pay": (
        Role.clerk,
        lambda _: (f"/tiep-nhan/xong/{make.received(fee=50_000).id}/thu", {}),
        "payer",
    ),
    "ReturnDesk.pay": (
        Role.clerk,
        lambda _: (f"/tra-ket-qua/{make.received(fee=50_000).id}/thu", {}),
        "payer",
    ),
    "ReturnDesk.hand_over": (
        Role.clerk,
        lambda _: (f"/tra-ket-qua/{make.processed().id}", {"receiver_id": "066190001234"}),
        "receiver",
    ),
    "signing.act": (Role.head, to_sign, "reason"),
    "signing.several": (Role.head, to_sign_several, "note"),
    "worklist.many": (Role.officer, to_forward, "note"),
    "scans.keep": (Role.clerk, lambda s: (f"{tray(s)}/luu", {}), "code"),
    "scans.throw": (Role.clerk, lambda s: (f"{tray(s)}/bo", {}), "reason"),
    "OfficerView.account": (Role.admin, account, "username"),
    "paper_templates.new": (Role.admin, lambda _: ("/mau-in/moi", {"form": "-"}), "name"),
    "paper_templates.save": (Role.admin, own_template, "note"),
    "lists.save": (Role.clerk, lambda _: ("/cach-xem/WorkList/luu", {"query": "tre=1"}), "name"),
    "lists.change": (Role.head, own_view, "name"),
    "Designer.save": (Role.admin, new_field, "label"),
    "RegisterDesign.create": (Role.admin, lambda _: ("/thiet-ke-so/", {}), "name"),
    "RegisterDesign.save": (Role.admin, shaped, "label"),
    "registers.enter": (Role.clerk, new_entry, "d-tuyen_duong"),
    "registers.perform": (Role.leader, own_entry, "reason"),
    "Moving.act": (Role.admin, to_move, "reason"),
    "Offering.act": (Role.admin, lambda _: (f"/thiet-ke/{make.version_of().id}/don-vi", {}), "q"),
    "Packages.check": (Role.admin, lambda _: ("/thu-tuc/nhap", {}), "text"),
}
