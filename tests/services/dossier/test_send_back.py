"""Return the work to whoever did it before, with the reason (NĐ 61/2018 Đ19 k2–3)."""

import pytest

from domain.codes import StepKind, StepState
from domain.events import Tag
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    Case,
    act,
    at_step,
    at_work,
    is_done_once,
    later,
    leaves_its_event,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    step,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="send_back",
    make=lambda: at_step(StepKind.sign),
    who="truongphong",
    tag=Tag.dossier_send_back,
    role="head",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"reason": "Sai tên đường"},
    reason="Sai tên đường",
    changes=("to",),
    wrong=(
        ("chuyenvien", "dossier.not_holder"),
        ("lanhdao", "dossier.not_holder"),
        ("tp.xaydung", "dossier.role_not_allowed"),
        ("truongphong.krongana", "dossier.role_not_allowed"),
    ),
)


def test_send_back_opens_the_work_again_for_the_same_officer_and_keeps_the_first_round(session):
    before = at_step(StepKind.sign)
    due = before.due_at
    dossier = CASE.do(before)
    rounds = [(s.kind, s.round, s.state) for s in dossier.steps if s.position in (3, 4)]
    assert sorted(rounds) == [
        (StepKind.sign, 1, StepState.sent_back),
        (StepKind.sign, 2, StepState.pending),
        (StepKind.work, 1, StepState.done),
        (StepKind.work, 2, StepState.open),
    ]
    work = step(dossier, StepKind.work)
    assert work.holder_id == made.officer_id("chuyenvien")
    assert dossier.due_at == due  # an office's own mistake never moves the appointment


def test_send_back_can_be_answered_and_sent_back_again(session):
    dossier = at_step(StepKind.sign)
    for turn in range(1, 4):
        dossier = CASE.do(dossier)
        dossier = act("propose", dossier, who="chuyenvien", proposal=f"Đã sửa lần {turn}")
    assert step(dossier, StepKind.sign).round == 4


def test_send_back_from_the_first_department_reaches_the_counter(session):
    dossier = act("send_back", at_work(), who="chuyenvien", reason="Thiếu chữ ký người nộp")
    again = step(dossier, StepKind.receive)
    assert (again.round, again.holder_id) == (2, made.officer_id("tiepnhan"))
    dossier = act("forward", dossier, who="tiepnhan", at=later(hours=2))
    assert [s.kind for s in live(dossier)] == [StepKind.work]


@pytest.mark.parametrize("nothing", ["", "  "])
def test_send_back_without_a_reason_is_refused(session, nothing):
    dossier = at_step(StepKind.sign)
    with refuses("dossier.reason_required", "reason"):
        act("send_back", dossier, who="truongphong", reason=nothing)


# ---- what all verbs are asked --------------------------------------------------------------------
def test_send_back_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_send_back_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_send_back_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_send_back_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
