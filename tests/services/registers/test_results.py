"""What dossiers write into registers, and what steps do by themselves."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain.codes import EntryState, ResultAct, Status, StepKind
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.fee import DossierFee
from models.notice import Notice
from models.outcome import ActionKind, ActionMoment
from models.register import Register, RegisterEntry
from services.dossier import actions, telling
from services.dossier.forms import FeeLine, HandedIn
from services.dossier.steps import live
from services.registers import entries
from services.registers.entries import Typed
from tests.factories import dossiers as made, registers as books
from tests.factories.procedures import STREET, TYPED, street_permit
from tests.services.dossier.common import MONDAY, act, later, new_events


@pytest.fixture
def register(session):
    return books.street_register()


@pytest.fixture
def version(register):
    return street_permit()


def received(version, **typed):
    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    fees = (FeeLine(version.fees[0].id),)
    form = made.intake(STREET, papers=papers, fees=fees, data={**TYPED, **typed})
    return act("receive", form, who="tiepnhan", at=MONDAY)


def step_id(dossier, kind: StepKind) -> str:
    return next(s.id for s in live(dossier) if s.kind is kind)


def at_signature(version, **typed):
    """Before the leader, with the opinion given and the work done; twenty square metres: no head."""
    dossier = act("forward", received(version, dien_tich="20", **typed), who="tiepnhan", at=MONDAY)
    work, consult = step_id(dossier, StepKind.work), step_id(dossier, StepKind.consult)
    mine = {"who": "chuyenvien", "step_id": work}
    act("take_over", dossier, **mine)
    act("record_data", dossier, typed={"ket_qua_kiem_tra": "Đạt"}, **mine)
    act("propose", dossier, proposal="Đề nghị cấp", **mine)
    return act(
        "answer_consult",
        dossier,
        who="cv.xaydung",
        opinion="Đồng ý",
        agrees=True,
        step_id=consult,
    )


def only_entry() -> RegisterEntry:
    return db.session.scalars(sa.select(RegisterEntry)).one()


def test_approval_enters_the_permit_and_the_result_has_its_number(version, register):
    books.writes_into(version, register)
    dossier = at_signature(version)
    with new_events() as found:
        dossier = act("approve", dossier, who="lanhdao", at=later(hours=3))
    entry = only_entry()
    assert (dossier.status, dossier.result_no) == (Status.processed, entry.number)
    assert dossier.result_text == "Giấy phép"
    assert entry.number == "001/2026/GP-SDLĐ" and entry.holder == dossier.owner_name
    assert (entry.dossier_id, entry.valid_to) == (dossier.id, dt.date(2026, 5, 10))
    assert entry.details["tuyen_duong"] == "Đường Hùng Vương" and entry.details["dien_tich"] == 20
    assert entry.details["phuong_tien"][0] == {"loai_xe": "Xe máy", "so_luong": 30}
    assert {e.tag for e in found} == {Tag.register_enter, Tag.dossier_approve}
    known = {f"{dossier.procedure_id}:giay_phep": entry.id}
    assert dossier.details["registered"] == known


def test_what_another_procedure_has_registered_does_not_count(version, register):
    books.writes_into(version, register)
    dossier = at_signature(version)
    before = {"registered": {"another-procedure:giay_phep": "an-entry"}}
    dossier.details = {**dossier.details, **before}
    db.session.commit()
    dossier = act("approve", dossier, who="lanhdao", at=later(hours=3))
    assert only_entry().dossier_id == dossier.id and len(dossier.details["registered"]) == 2


def test_a_result_that_is_refused_enters_nothing(version, register):
    books.writes_into(version, register)
    dossier = at_signature(version)
    act("refuse", dossier, who="lanhdao", reason="Không bảo đảm giao thông", at=later(hours=3))
    assert db.session.scalar(sa.select(sa.func.count(RegisterEntry.id))) == 0


def test_a_result_whose_condition_does_not_hold_is_left_out(version, register):
    books.writes_into(version, register, only_if="dien_tich > 100")
    dossier = at_signature(version)
    dossier = act("approve", dossier, who="lanhdao", result_no="12/GP", at=later(hours=3))
    assert dossier.result_no == "12/GP"
    assert db.session.scalar(sa.select(sa.func.count(RegisterEntry.id))) == 0


def test_approval_is_refused_whole_when_the_register_lacks_a_field(version, register):
    books.writes_into(version, register, fills="chu_giay_phep = ghi_chu_khac")
    dossier = at_signature(version)
    with pytest.raises(DomainError) as refused, new_events() as found:
        act("approve", dossier, who="lanhdao", at=later(hours=3))
    assert refused.value.code == "register.not_filled"
    assert refused.value.facts["label"] == "Người được cấp phép"
    assert found == [] and db.session.scalar(sa.select(sa.func.count(RegisterEntry.id))) == 0


def known_permit(register: Register, street: str = "Đường Lê Duẩn") -> RegisterEntry:
    entry = entries.enter(
        register,
        Typed({**books.TYPED, "tuyen_duong": street}),
        actor=made.actor("tiepnhan", MONDAY),
        at=MONDAY,
    )
    return db.session.get_one(RegisterEntry, entry.id)


@pytest.mark.parametrize(
    ("what", "state", "count"),
    [
        (ResultAct.amend, EntryState.valid, 1),
        (ResultAct.supersede, EntryState.replaced, 2),
        (ResultAct.revoke, EntryState.revoked, 1),
    ],
)
def test_a_dossier_changes_the_entry_whose_number_it_names(version, register, what, state, count):
    old = known_permit(register)
    old_id, number = old.id, old.number
    books.writes_into(
        version, register, act=what, found_by="tuyen_duong", fills="ghi_chu = noi_dung"
    )
    dossier = at_signature(version, tuyen_duong=number.lower())
    act("approve", dossier, who="lanhdao", result_no="9/QĐ", at=later(hours=3))
    db.session.expire_all()
    old = db.session.get_one(RegisterEntry, old_id)
    assert old.state is state
    assert db.session.scalar(sa.select(sa.func.count(RegisterEntry.id))) == count
    if what is ResultAct.amend:
        assert old.details["dien_tich"] == 20 and old.holder == "Nguyễn Thị Hoa"


def test_approval_is_refused_when_there_is_no_such_entry(version, register):
    books.writes_into(version, register, act=ResultAct.revoke, found_by="tuyen_duong")
    with pytest.raises(DomainError) as refused:
        act("approve", at_signature(version), who="lanhdao", result_no="9", at=later(hours=3))
    assert refused.value.code == "register.entry_missing"
    assert refused.value.facts["number"] == "Đường Hùng Vương"


# ---- actions of steps ----------------------------------------------------------------------------
def test_a_step_registers_the_result_when_its_action_says_so_and_once(version, register):
    books.writes_into(version, register)
    books.does(version, 2, ActionKind.register, ActionMoment.exit, result="giay_phep")
    dossier = at_signature(version)
    assert only_entry().dossier_id == dossier.id
    act("approve", dossier, who="lanhdao", at=later(hours=3))
    assert only_entry().number == "001/2026/GP-SDLĐ"


def test_a_fee_that_a_step_asks_for_is_not_taken_at_the_counter(version):
    books.does(version, 5, ActionKind.fee, ActionMoment.entry, fee="PSDLD")
    dossier = received(version)
    assert db.session.scalar(sa.select(sa.func.count(DossierFee.id))) == 0
    dossier = at_signature(version)
    (fee,) = db.session.scalars(sa.select(DossierFee).where(DossierFee.dossier_id == dossier.id))
    assert fee.amount == 200_000


def test_officers_are_told_when_a_step_opens_and_read_it_once(version):
    books.does(
        version,
        5,
        ActionKind.notify,
        ActionMoment.entry,
        notified="leader\nregistrar",
        text="Có giấy phép lòng đường chờ ký",
    )
    dossier = at_signature(version)
    told = list(db.session.scalars(sa.select(Notice).where(Notice.dossier_id == dossier.id)))
    leader = made.actor("lanhdao", MONDAY)
    assert {n.text for n in told} == {"Có giấy phép lòng đường chờ ký"}
    assert leader.officer_id in {n.officer_id for n in told}
    assert made.actor("chuyenvien", MONDAY).officer_id not in {n.officer_id for n in told}
    assert telling.unread(leader.officer_id) == 1
    telling.mark_read(leader.officer_id, at=later(hours=1))
    assert telling.unread(leader.officer_id) == 0


def test_a_paper_is_due_once_its_step_is_done(version):
    books.does(version, 2, ActionKind.print, ActionMoment.exit, form="bien_ban")
    dossier = received(version)
    assert actions.papers_due(dossier, MONDAY.date()) == []
    assert actions.papers_due(at_signature(version), MONDAY.date()) == ["bien_ban"]


def test_an_action_whose_condition_does_not_hold_is_left_out(version):
    books.does(
        version, 5, ActionKind.fee, ActionMoment.entry, fee="PSDLD", only_if="dien_tich > 100"
    )
    dossier = at_signature(version)
    query = sa.select(DossierFee).where(DossierFee.dossier_id == dossier.id)
    assert list(db.session.scalars(query)) == []
