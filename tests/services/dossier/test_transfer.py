"""Ask another agency for its part and wait for its answer (NĐ 61/2018 Đ19 k6–7)."""

import pytest
import sqlalchemy as sa

from domain.codes import Outcome, Status, StepKind, StepState
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.scope import within
from services.acting import scope_of
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    FUNERAL,
    LACKS,
    Case,
    act,
    at_step,
    is_done_once,
    later,
    leaves_its_event,
    messages,
    new_events,
    officer,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    unit,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="transfer",
    make=lambda: at_step(StepKind.work),
    who="chuyenvien",
    tag=Tag.dossier_transfer,
    role="officer",
    unit="DL-648-TCKH",
    also=(Tag.message_receive,),
    facts=lambda dossier: {
        "to_agency_id": unit("DL-24262").id,
        "request": "Xác nhận địa điểm",
        "term": "2wd",
    },
    reason="Xác nhận địa điểm",
    changes=("to", "due_at"),
    wrong=(
        ("chuyenvien2", "dossier.not_holder"),
        ("truongphong", "dossier.not_holder"),
        ("tiepnhan", "dossier.not_holder"),
        ("chuyenvien.xa", "dossier.role_not_allowed"),
    ),
)


def test_transfer_opens_a_leg_owned_by_the_other_agency_with_its_own_deadline(session):
    before = at_step(StepKind.work)
    due = before.due_at
    dossier = CASE.do(before)
    home, leg = dossier.legs
    assert (home.agency_id, leg.agency_id) == (unit("DL-648").id, unit("DL-24262").id)
    assert (leg.sender_id, leg.request) == (unit("DL-648").id, "Xác nhận địa điểm")
    assert leg.due_at == later(days=2, hours=1)
    theirs = [s for s in dossier.steps if s.leg_id == leg.id]
    assert {s.agency_id for s in theirs} == {unit("DL-24262").id}
    assert [(s.kind, s.role) for s in theirs] == [
        (StepKind.work, Role.officer),
        (StepKind.sign, Role.leader),
    ]
    assert (dossier.agency_id, dossier.due_at) == (unit("DL-648").id, due)


def test_transfer_sends_a_message_and_gets_a_receipt_each_of_its_own_agency(session):
    dossier = CASE.do(at_step(StepKind.work))
    ours, theirs = unit("DL-648").id, unit("DL-24262").id
    sent = [(m.kind, m.agency_id, m.to_agency_id) for m in messages(dossier)]
    assert sent == [("hand_over", ours, theirs), ("receipt", theirs, ours)]
    assert messages(dossier)[1].reply_to == messages(dossier)[0].id


def test_transfer_waits_for_the_answer(session):
    dossier = CASE.do(at_step(StepKind.work))
    with refuses("dossier.consult_open"):
        act("propose", dossier, who="chuyenvien", proposal="Đạt")


@sqlite_only
@pytest.mark.parametrize(
    ("changed", "code", "at_field"),
    [
        ({"request": " "}, "value.required", "request"),
        ({"to_agency_id": "nowhere"}, "transfer.no_target", "to_agency_id"),
        ({"term": "tomorrow"}, "term.invalid", "term"),
    ],
)
def test_transfer_refuses_bad_input_at_its_field(session, changed, code, at_field):
    dossier = at_step(StepKind.work)
    with refuses(code, at_field):
        act("transfer", dossier, who="chuyenvien", **{**CASE.facts(dossier), **changed})


@pytest.mark.parametrize("code", ["DL-648", "DL-648-KTHT"])
def test_transfer_goes_to_another_agency_only(session, code):
    dossier = at_step(StepKind.work)
    facts = {**CASE.facts(dossier), "to_agency_id": unit(code).id}
    with refuses("transfer.no_target", "to_agency_id"):
        act("transfer", dossier, who="chuyenvien", **facts)


# ---- the answer ----------------------------------------------------------------------------------
def answered(dossier):
    """The commune's officer and its chairman do their part."""
    dossier = act("propose", dossier, who="chuyenvien.xa", at=later(hours=2), proposal="Đã xem")
    return act("approve", dossier, who="lanhdao.xa", at=later(hours=3), result_text="Đúng địa điểm")


def test_transfer_comes_back_with_the_answer_and_frees_the_work(session):
    dossier = at_step(StepKind.work)
    with new_events() as found:
        dossier = answered(CASE.do(dossier))
    leg = dossier.legs[1]
    assert (leg.answer, leg.finished_at) == ("Đúng địa điểm", later(hours=3))
    waited = next(s for s in dossier.steps if s.kind is StepKind.transfer)
    assert (waited.state, waited.note) == (StepState.done, "Đúng địa điểm")
    assert [e.tag for e in found] == [
        *(Tag.message_receive, Tag.dossier_transfer, Tag.dossier_propose),
        *(Tag.message_send, Tag.dossier_answer_transfer, Tag.dossier_approve),
    ]
    assert found[3].agency_id == unit("DL-24262").id
    assert found[4].agency_id == unit("DL-648").id
    assert dossier.result_text is None  # an answer to a question is not the result
    dossier = act("propose", dossier, who="chuyenvien", at=later(hours=4), proposal="Đạt")
    assert [s.kind for s in live(dossier)] == [StepKind.sign]


def test_transfer_is_one_dossier_counted_once(session):
    dossier = answered(CASE.do(at_step(StepKind.work)))
    assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 1
    with within(scope_of(officer("chuyenvien.xa"))):
        assert db.session.scalar(sa.select(Dossier.code)) == dossier.code


def test_transfer_lets_the_other_agency_ask_the_citizen_through_the_owner(session):
    dossier = CASE.do(at_step(StepKind.work))
    dossier = act(
        "request_supplement",
        dossier,
        who="chuyenvien.xa",
        at=later(hours=2),
        items=LACKS,
        reason="Thiếu sơ đồ",
    )
    assert dossier.status is Status.awaiting_supplement
    assert {p.agency_id for p in dossier.pauses} == {unit("DL-648").id}
    sent = messages(dossier)[-1]
    assert (sent.kind, sent.agency_id, sent.to_agency_id) == (
        "change",
        unit("DL-24262").id,
        unit("DL-648").id,
    )
    with refuses("dossier.role_not_allowed"):  # the receipt was given by the district's counter
        act("receive_supplement", dossier, who="tiepnhan.xa", at=later(days=1))
    dossier = act("receive_supplement", dossier, who="tiepnhan", at=later(days=1))
    assert dossier.status is Status.processing


# ---- received for another agency (NĐ 61/2018 Đ18 k3) ---------------------------------------------
def passed_on():
    return act("forward", received(competent_id=unit("DL-655").id), who="tiepnhan")


def test_transfer_of_the_whole_work_gives_the_competent_agency_all_steps_but_the_counters(session):
    dossier = passed_on()
    leg = dossier.legs[1]
    theirs = [s.kind for s in dossier.steps if s.leg_id == leg.id]
    assert theirs == [StepKind.assign, StepKind.work, StepKind.sign, StepKind.number]
    assert leg.due_at == later(days=3, hours=1)  # its own three days begin with its receipt
    assert dossier.due_at == later(days=3)  # what the citizen was promised


def test_transfer_of_the_whole_work_ends_with_the_result_at_the_first_counter(session):
    dossier = passed_on()
    lan = made.officer_id("chuyenvien.krongana")
    dossier = act("assign", dossier, who="truongphong.krongana", officer_id=lan)
    dossier = act("propose", dossier, who="chuyenvien.krongana", proposal="Đạt")
    dossier = act("approve", dossier, who="truongphong.krongana")
    dossier = act("finish", dossier, who="vanthu.krongana", at=later(hours=5), result_no="3/GCN")
    assert (dossier.status, dossier.result_no) == (Status.processed, "3/GCN")
    assert [s.kind for s in live(dossier)] == [StepKind.return_result]
    assert dossier.legs[1].finished_at == later(hours=5)
    dossier = act(
        "return_result",
        dossier,
        who="tiepnhan",
        receiver="Nguyễn Thị Hoa",
        receiver_id="066190001234",
        slip_collected=True,
    )
    assert dossier.status is Status.returned


def test_transfer_of_the_whole_work_may_end_with_a_refusal_by_the_competent_agency(session):
    dossier = passed_on()
    lan = made.officer_id("chuyenvien.krongana")
    dossier = act("assign", dossier, who="truongphong.krongana", officer_id=lan)
    dossier = act("propose", dossier, who="chuyenvien.krongana", proposal="Không đạt")
    dossier = act("refuse", dossier, who="truongphong.krongana", reason="Không đủ điều kiện")
    assert (dossier.status, dossier.outcome) == (Status.processed, Outcome.refused)
    assert [(s.kind, s.agency_id) for s in live(dossier)] == [
        (StepKind.return_result, unit("DL-648").id)
    ]


def test_transfer_of_the_whole_work_lets_the_competent_leader_apologise(session):
    dossier = passed_on()
    dossier = act(
        "extend", dossier, who="lanhdao.krongana", extended_to=later(days=8), reason="Xác minh"
    )
    assert (dossier.due_at, dossier.original_due_at) == (later(days=8), later(days=3))
    assert messages(dossier)[-1].kind == "change"


# ---- planned by the procedure --------------------------------------------------------------------
def test_transfer_of_the_plan_goes_to_the_district_above_and_its_answer_is_the_result(session):
    # Mai táng phí (NĐ 136/2013; NĐ 20/2021): the commune checks, its district decides.
    dossier = act("forward", received(FUNERAL, by="tiepnhan.xa"), who="tiepnhan.xa")
    dossier = act("propose", dossier, who="chuyenvien.xa", proposal="Đề nghị chi")
    leg = dossier.legs[1]
    assert leg.agency_id == unit("DL-648").id
    work = next(s for s in live(dossier) if s.leg_id == leg.id)
    assert (work.kind, work.unit.code) == (StepKind.work, "DL-648-LD")
    dossier = act("propose", dossier, who="cv.laodong", proposal="Đủ điều kiện")
    dossier = act("approve", dossier, who="lanhdao", result_text="Quyết định chi trả 15/QĐ")
    assert (dossier.status, dossier.result_text) == (Status.processed, "Quyết định chi trả 15/QĐ")
    assert [s.unit.code for s in live(dossier)] == [dossier.counter.code]


# ---- what all verbs are asked --------------------------------------------------------------------
def test_transfer_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_transfer_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_transfer_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_transfer_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
