"""Whose turn a live step is: the parts of the work-list, which hold every step once."""

import datetime as dt
import itertools
from dataclasses import replace

from domain.codes import FeeMoment, Outcome, Status, StepKind, StepState
from domain.roles import Role
from models.dossier import DossierLeg, DossierPause
from models.fee import DossierFee
from models.organisation import UnitKind
from models.scope import everything
from services import worklist as lists
from services.dossier.steps import AD_HOC
from services.worklist import Narrow, counts, worklist
from tests.services import small_office
from tests.services.small_office import NOW, add_work as add, on_list

HOUR = dt.timedelta(hours=1)


def test_worklist_puts_each_step_on_its_tab(office, session):
    me = office.officer.officer_id
    other = small_office.acting("Lê Văn Khác", Role.officer, office.department)
    add(office, "Của tôi", holder_id=me)
    add(office, "Chưa ai nhận")
    add(office, "Của người khác", holder_id=other.officer_id)
    add(office, "Chờ bên ngoài", holder_id=me, state=StepState.waiting)
    add(office, "Chờ bổ sung", dossier_more={"status": Status.awaiting_supplement})
    add(office, "Chờ nộp tiền", dossier_more={"status": Status.awaiting_payment})
    add(office, "Chờ người nộp", kind=StepKind.wait_applicant, state=StepState.waiting)
    add(office, "Đã xong", holder_id=me, state=StepState.done)
    add(office, "Chưa mở", state=StepState.pending)
    add(office, "Ở quầy", unit=office.counter, role=Role.clerk)
    add(office, "Việc của trưởng phòng", role=Role.head)
    assert on_list(office, "mine") == ["Của tôi"]
    assert set(on_list(office, "department")) == {"Chưa ai nhận", "Của người khác"}
    assert on_list(office, "others") == ["Chờ bên ngoài"]
    assert set(on_list(office, "supplement")) == {"Chờ bổ sung", "Chờ nộp tiền", "Chờ người nộp"}
    assert on_list(office, "department", actor=office.clerk) == ["Ở quầy"]


def test_worklist_of_a_head_holds_all_work_of_the_department(office, session):
    head = small_office.acting("Lê Văn Bình", Role.head, office.department)
    add(office, "Chờ phân công", role=Role.head, kind=StepKind.assign)
    add(office, "Chuyên viên giữ", holder_id=office.officer.officer_id)
    add(office, "Ở quầy", unit=office.counter, role=Role.clerk)
    assert on_list(office, "mine", actor=head) == ["Chờ phân công"]
    assert on_list(office, "department", actor=head) == ["Chuyên viên giữ"]
    mine = Narrow(holder=office.officer.officer_id)
    assert on_list(office, "department", actor=head, narrow=mine) == ["Chuyên viên giữ"]
    assert on_list(office, "department", actor=head, narrow=Narrow(holder=lists.NOBODY)) == []
    for name in ("Đặng Thị Ước", "Vũ Văn An"):
        small_office.acting(name, Role.officer, office.department)
    names = ["Vũ Văn An", "Lê Văn Bình", "Trần Văn Đào", "Đặng Thị Ước"]
    assert [name for _, name in lists.colleagues(head)] == names
    assert lists.colleagues(office.officer) == []


def test_worklist_waits_for_a_department_that_was_asked_and_says_which(office, session):
    asked = small_office.acting("Hồ Thu Thảo", Role.officer, office.counter)
    work = add(office, "Hỏi ý kiến", holder_id=office.officer.officer_id)
    beside = {"position": AD_HOC, "kind": StepKind.consult, "unit": office.counter}
    opinion = small_office.step(work.dossier, office, **beside)
    assert on_list(office, "mine") == []
    (row,) = worklist(office.officer, tab="others", now=NOW).rows
    assert (row.owner_name, row.asked) == ("Hỏi ý kiến", office.counter.name)
    assert on_list(office, "department", actor=asked) == ["Hỏi ý kiến"]
    opinion.state = StepState.done
    session.flush()
    assert on_list(office, "mine") == ["Hỏi ý kiến"]


def test_worklist_names_the_agency_that_answers(office, session):
    waiting = add(office, "Liên thông", state=StepState.waiting, kind=StepKind.transfer)
    other = small_office.unit("X9", "Cục Thuế", UnitKind.province)
    leg = DossierLeg(
        agency_id=other.id,
        dossier=waiting.dossier,
        position=2,
        sender_id=office.agency.id,
        sender_step_id=waiting.id,
        opened_at=NOW,
    )
    with everything():
        session.add(leg)
        session.flush()
    (row,) = worklist(office.officer, tab="others", now=NOW).rows
    assert row.answering == "Cục Thuế"


def test_opinion_is_ours_to_give_while_the_citizen_completes(office, session):
    standing = {"status": Status.awaiting_supplement}
    add(office, "Cho ý kiến", kind=StepKind.consult, position=AD_HOC, dossier_more=standing)
    assert on_list(office, "department") == ["Cho ý kiến"]
    assert on_list(office, "supplement") == []


def test_money_is_waited_for_only_while_it_is_due(office, session):
    waits = {"kind": StepKind.wait_payment, "state": StepState.waiting}
    made = add(office, "Chờ nộp tiền", **waits)
    fee = DossierFee(
        agency_id=office.agency.id,
        dossier=made.dossier,
        name="Lệ phí trước bạ",
        amount=50_000,
        paid=0,
        moment=FeeMoment.on_supplement,
    )
    session.add(fee)
    session.flush()
    assert on_list(office, "supplement") == ["Chờ nộp tiền"]
    fee.paid = 50_000
    session.flush()
    assert on_list(office, "supplement") == []
    assert on_list(office, "department") == ["Chờ nộp tiền"]


def test_worklist_counts_a_suspended_dossier_as_waiting(office, session):
    made = add(office, "Tạm dừng")
    session.add(
        DossierPause(
            agency_id=office.agency.id, dossier=made.dossier, kind="outage", starts=NOW - HOUR
        )
    )
    session.flush()
    (row,) = worklist(office.officer, tab="others", now=NOW).rows
    assert (row.owner_name, row.paused, row.paused_since) == ("Tạm dừng", "outage", NOW - HOUR)
    assert on_list(office, "department") == []
    made.dossier.pauses[0].ends = NOW
    session.flush()
    assert on_list(office, "department") == ["Tạm dừng"]


KINDS = (StepKind.work, StepKind.consult, StepKind.transfer, StepKind.wait_payment)


def test_every_live_step_stands_in_one_tab_and_is_counted_there(office, session):
    """All combinations of status, kind, state, holder, suspension and an opinion asked beside."""
    me, made = office.officer.officer_id, set()
    cases = itertools.product(
        (Status.processing, Status.awaiting_supplement, Status.processed),
        KINDS,
        (StepState.open, StepState.waiting),
        (me, None),
        (False, True),
        (False, True),
    )
    for number, (status, kind, state, holder, paused, asked) in enumerate(cases):
        more = {"status": status}
        if status is Status.processed:
            more |= {"processed_at": NOW, "outcome": Outcome.granted}
        step = add(
            office, f"Hồ sơ {number}", kind=kind, state=state, holder_id=holder, dossier_more=more
        )
        made.add(step.id)
        if paused:
            pause = {"dossier": step.dossier, "kind": "outage", "starts": NOW}
            session.add(DossierPause(agency_id=office.agency.id, **pause))
        if asked:
            beside = {"position": AD_HOC, "kind": StepKind.consult, "unit": office.counter}
            small_office.step(step.dossier, office, **beside)
    session.flush()
    found = {
        tab: [r.step_id for r in worklist(office.officer, tab=tab, now=NOW, limit=500).rows]
        for tab in lists.TABS
    }
    parts = ("mine", "department", "others", "supplement")
    assert sorted(itertools.chain(*(found[tab] for tab in parts))) == sorted(made)
    counted = counts(office.officer, now=NOW)
    assert {t: counted[t] for t in lists.TABS} == {t: min(len(found[t]), 100) for t in lists.TABS}


def test_worklist_holds_what_is_in_the_hand_of_one_stood_in_for(office, session):
    absent = small_office.acting("Phạm Thị Vắng", Role.officer, office.counter)
    add(
        office,
        "Của người vắng",
        holder_id=absent.officer_id,
        unit=office.counter,
    )
    post = replace(absent.posts[0], for_id=absent.officer_id, for_name=absent.name)
    deputy = replace(office.officer, posts=(*office.officer.posts, post))
    assert on_list(office, "mine") == []
    assert on_list(office, "mine", actor=deputy) == ["Của người vắng"]
    assert on_list(office, "department", actor=deputy) == []


def test_worklist_soon_holds_what_is_late_and_what_is_due_within_a_working_day(office, session):
    calm = {"due_at": NOW + dt.timedelta(days=30)}
    add(office, "Bước trễ", dossier_more=calm, due_at=NOW - HOUR)
    add(office, "Hồ sơ trễ", dossier_more={"due_at": NOW - HOUR}, due_at=None)
    add(office, "Đúng lúc này", dossier_more=calm, due_at=NOW)
    add(office, "Ngày mai", dossier_more=calm, due_at=NOW + 24 * HOUR)
    add(office, "Ngày kia", dossier_more=calm, due_at=NOW + 25 * HOUR)
    add(office, "Không hạn", dossier_more={"due_at": None}, due_at=None)
    standing = {"status": Status.awaiting_supplement, "due_at": NOW - HOUR}
    add(office, "Đồng hồ dừng", dossier_more=standing, due_at=NOW - HOUR)
    done = {"status": Status.processed, "processed_at": NOW, "outcome": Outcome.granted}
    add(office, "Đã có kết quả", dossier_more={**done, "due_at": NOW - HOUR}, due_at=None)
    elsewhere = {"kind": StepKind.transfer, "state": StepState.waiting}
    add(office, "Liên thông trễ", dossier_more=calm, due_at=NOW - 2 * HOUR, **elsewhere)
    assert on_list(office, "soon") == [
        "Liên thông trễ",
        "Bước trễ",
        "Hồ sơ trễ",
        "Đúng lúc này",
        "Ngày mai",
    ]
    late = ["Liên thông trễ", "Bước trễ", "Hồ sơ trễ"]
    assert on_list(office, "soon", narrow=Narrow(late=True)) == late
    found = counts(office.officer, now=NOW)
    assert (found["soon"], found["late"]) == (5, 3)


def test_worklist_soon_walks_over_the_weekend(office, session):
    friday = dt.datetime(2026, 10, 9, 9, 0, tzinfo=NOW.tzinfo)
    calm = {"due_at": NOW + dt.timedelta(days=30)}
    add(office, "Thứ hai", dossier_more=calm, due_at=friday + dt.timedelta(days=3))
    rows = worklist(office.officer, tab="soon", now=friday).rows
    assert [r.owner_name for r in rows] == ["Thứ hai"]
