"""Sign (NĐ 61/2018 Đ19 k3)."""

import pytest

from domain.codes import Outcome, Status, StepKind
from domain.events import Tag
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    LAND,
    MONDAY,
    SUSPENSION,
    Case,
    act,
    at_step,
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
    verb="approve",
    make=lambda: at_step(StepKind.sign, SUSPENSION),
    who="truongphong",
    tag=Tag.dossier_approve,
    role="head",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"note": "Ký", "result_no": "5/TB", "result_text": "Đồng ý"},
    reason="Ký",
    changes=("step", "next"),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("tp.xaydung", "dossier.role_not_allowed"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.not_holder"),
        ("truongphong.krongana", "dossier.role_not_allowed"),
    ),
)


def test_approve_where_only_the_return_follows_stops_the_clock_with_the_result(session):
    dossier = CASE.do(at_step(StepKind.sign, SUSPENSION))
    assert (dossier.status, dossier.outcome) == (Status.processed, Outcome.granted)
    assert (dossier.result_no, dossier.result_text) == ("5/TB", "Đồng ý")
    assert dossier.processed_at == CASE.at
    assert [s.kind for s in live(dossier)] == [StepKind.return_result]


@pytest.mark.parametrize("code", [SUSPENSION, LAND])
def test_approve_names_the_result_where_no_later_step_does(session, code):
    dossier = at_step(StepKind.sign, code)
    with refuses("dossier.no_result", "result_text"):
        act("approve", dossier, who=made.doer(step(dossier, StepKind.sign), MONDAY), note="Ký")


def test_approve_before_the_registrar_needs_no_result_yet(session):
    dossier = act("approve", at_step(StepKind.sign), who="truongphong")
    assert [s.kind for s in live(dossier)] == [StepKind.number]
    assert dossier.status is Status.processing


def test_approve_keeps_the_result_for_the_steps_that_follow_the_signature(session):
    dossier = act("approve", at_step(StepKind.sign), who="truongphong", result_text="Giấy phép")
    assert dossier.result_text == "Giấy phép"
    dossier = act("finish", dossier, who="vanthu", result_no="07/GCN", at=later(hours=2))
    assert (dossier.result_no, dossier.result_text) == ("07/GCN", "Giấy phép")
    assert dossier.status is Status.processed


def test_approve_of_land_is_followed_by_payment_and_the_land_office_to_the_end(session):
    dossier = at_step(StepKind.sign, LAND)
    dossier = act("approve", dossier, who="lanhdao", result_no="9/QĐ", result_text="Giao đất")
    dossier = act("forward", dossier, who="tiepnhan", at=later(hours=2))
    dossier = act("propose", dossier, who="cv.datdai", at=later(hours=3), proposal="Đã vào sổ")
    assert (dossier.status, dossier.result_no) == (Status.processed, "9/QĐ")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_approve_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_approve_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_approve_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_approve_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
