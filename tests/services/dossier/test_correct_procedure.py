"""The clerk chose the wrong procedure: same dossier, code and receipt."""

import pytest

from domain.codes import Status, StepKind, StepState
from domain.events import Tag
from services import dossier as verbs
from services.dossier.forms import FeeLine
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    BUSINESS,
    LACKS,
    MONDAY,
    SUSPENSION,
    Case,
    act,
    at_step,
    fees,
    intake,
    is_done_once,
    later,
    leaves_its_event,
    new_events,
    officer,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    unit,
    version,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="correct_procedure",
    make=received,
    who="tiepnhan",
    tag=Tag.dossier_correct_procedure,
    role="clerk",
    unit="DL-648-MC",
    facts=lambda dossier: {"version_id": version(SUSPENSION)["version_id"], "reason": "Chọn nhầm"},
    reason="Chọn nhầm",
    changes=("procedure", "due_at"),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("tp.xaydung", "dossier.role_not_allowed"),
        ("tiepnhan.krongana", "dossier.role_not_allowed"),
    ),
)


def test_correct_procedure_keeps_code_and_receipt_and_reckons_the_term_again(session):
    before = received()
    kept = (before.id, before.code, before.received_at, before.book_order)
    dossier = CASE.do(before)
    assert (dossier.id, dossier.code, dossier.received_at, dossier.book_order) == kept
    assert (dossier.procedure.code, dossier.term) == (SUSPENSION, "1wd")
    assert dossier.due_at == dossier.original_due_at == later(days=1)
    assert [(s.kind, s.round) for s in live(dossier)] == [(StepKind.receive, 2)]
    assert {s.state for s in dossier.steps if s.round == 1} == {StepState.cancelled}


def test_correct_procedure_under_way_goes_on_in_the_department_of_the_right_one(session):
    dossier = CASE.do(at_step(StepKind.work))
    assert dossier.status is Status.processing
    assert [s.kind for s in live(dossier)] == [StepKind.work]
    dossier = act("propose", dossier, who="chuyenvien", proposal="Đạt", at=later(hours=2))
    assert [s.kind for s in live(dossier)] == [StepKind.sign]


def test_correct_procedure_by_the_head_of_a_department_at_work_is_possible(session):
    dossier = at_step(StepKind.work)
    chosen = version(SUSPENSION)["version_id"]
    dossier = act("correct_procedure", dossier, who="truongphong", version_id=chosen, reason="Nhầm")
    assert dossier.procedure.code == SUSPENSION


def test_correct_procedure_of_a_guided_visit_starts_no_clock(session):
    dossier = CASE.do(
        act("ask_before_intake", intake(), who="tiepnhan", items=LACKS, reason="Thiếu")
    )
    assert (dossier.status, dossier.procedure.code) == (Status.new, SUSPENSION)
    assert (dossier.due_at, dossier.steps) == (None, [])


def test_correct_procedure_ends_the_leg_of_another_agency(session):
    dossier = act("forward", received(competent_id=unit("DL-655").id), who="tiepnhan")
    assert [leg.finished_at for leg in dossier.legs] == [None, None]
    dossier = CASE.do(dossier)
    assert dossier.legs[1].finished_at == CASE.at
    assert {s.state for s in dossier.steps if s.leg_id == dossier.legs[1].id} == {
        StepState.cancelled
    }
    assert dossier.legs[2].agency_id == unit("DL-655").id
    assert [s.kind for s in live(dossier) if s.leg_id == dossier.legs[2].id] == [StepKind.work]


def test_correct_procedure_asks_for_no_unpaid_fee_of_the_wrong_one(session):
    rules = made.version_of(BUSINESS, MONDAY.date()).fees
    dossier = received(fees=tuple(FeeLine(r.id, amount=100_000) for r in rules[:2]))
    half, none = ((f.id, f.name, f.amount) for f in fees(dossier))
    verbs.record_payment(
        dossier, amounts={half[0]: 40_000}, actor=officer("tiepnhan"), at=later(minutes=5)
    )
    with new_events() as found:
        dossier = CASE.do(dossier)
    assert [(f.id, f.amount, f.paid) for f in fees(dossier)] == [(half[0], 40_000, 40_000)]
    dropped = {f["name"]: f["amount"] for f in found[0].changes["fees"]}
    assert dropped == {half[1]: half[2] - 40_000, none[1]: none[2]}


def test_correct_procedure_to_the_same_one_is_refused(session):
    dossier = received()
    with refuses("dossier.same_procedure", "version_id"):
        act(
            "correct_procedure",
            dossier,
            who="tiepnhan",
            version_id=version(BUSINESS)["version_id"],
            reason="Nhầm",
        )


@sqlite_only
@pytest.mark.parametrize(
    ("facts", "code", "at_field"),
    [
        ({"version_id": "none", "reason": "Nhầm"}, "procedure.not_found", "version_id"),
        ({"version_id": "none", "reason": " "}, "dossier.reason_required", "reason"),
    ],
)
def test_correct_procedure_refuses_bad_input_at_its_field(session, facts, code, at_field):
    dossier = received()
    with refuses(code, at_field):
        act("correct_procedure", dossier, who="tiepnhan", **facts)


# ---- what all verbs are asked --------------------------------------------------------------------
def test_correct_procedure_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_correct_procedure_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_correct_procedure_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_correct_procedure_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
