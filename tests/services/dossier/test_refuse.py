"""Not eligible after appraisal: the refusal notice is handed over (NĐ 61/2018 Đ19 k8)."""

from domain.codes import Outcome, Status, StepKind, StepState
from domain.events import Tag
from services.dossier.steps import live
from tests.services.dossier.common import (
    Case,
    act,
    at_step,
    is_done_once,
    later,
    leaves_its_event,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="refuse",
    make=lambda: at_step(StepKind.sign),
    who="truongphong",
    tag=Tag.dossier_refuse,
    role="head",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"reason": "Ngành nghề cấm kinh doanh"},
    reason="Ngành nghề cấm kinh doanh",
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("vanthu", "dossier.role_not_allowed"),
        ("tp.xaydung", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.not_holder"),
        ("lanhdao.krongana", "dossier.role_not_allowed"),
    ),
)


def test_refuse_leaves_only_the_return_of_the_notice(session):
    dossier = CASE.do(at_step(StepKind.sign))
    assert (dossier.status, dossier.outcome) == (Status.processed, Outcome.refused)
    assert dossier.result_text == "Ngành nghề cấm kinh doanh"
    assert [s.kind for s in live(dossier)] == [StepKind.return_result]
    assert not [s for s in dossier.steps if s.state is StepState.pending]


def test_refuse_is_handed_over_like_any_result(session):
    dossier = CASE.do(at_step(StepKind.sign))
    dossier = act(
        "return_result",
        dossier,
        who="tiepnhan",
        at=later(days=1),
        receiver="Nguyễn Thị Hoa",
        receiver_id="066190001234",
        slip_collected=True,
    )
    assert (dossier.status, dossier.outcome) == (Status.returned, Outcome.refused)


def test_refuse_without_a_reason_is_refused(session):
    dossier = at_step(StepKind.sign)
    with refuses("dossier.reason_required", "reason"):
        act("refuse", dossier, who="truongphong", reason="\t")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_refuse_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_refuse_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_refuse_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_refuse_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
