"""The result is signed and numbered: the clock stops (NĐ 61/2018 Đ19–20, Đ17 k4)."""

import pytest

from domain.codes import Outcome, Status, StepKind, StepState
from domain.events import Tag
from models.base import db
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    MONDAY,
    Case,
    act,
    at_step,
    is_done_once,
    leaves_its_event,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    step,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="finish",
    make=lambda: at_step(StepKind.number),
    who="vanthu",
    tag=Tag.dossier_finish,
    role="registrar",
    unit="DL-648-VP",
    facts=lambda dossier: {"result_no": "12/GCN", "result_text": "Giấy chứng nhận"},
    changes=("result_no", "result_text"),
    wrong=(
        ("chuyenvien", "dossier.not_holder"),
        ("truongphong", "dossier.not_holder"),
        ("lanhdao", "dossier.not_holder"),
        ("vanthu.krongana", "dossier.role_not_allowed"),
    ),
)


def test_finish_stops_the_clock_and_leaves_only_the_return(session):
    dossier = CASE.do(at_step(StepKind.number))
    assert (dossier.status, dossier.outcome) == (Status.processed, Outcome.granted)
    assert (dossier.result_no, dossier.processed_at) == ("12/GCN", CASE.at)
    assert [s.kind for s in live(dossier)] == [StepKind.return_result]


def test_finish_without_a_result_is_refused(session):
    dossier = at_step(StepKind.number)
    dossier.result_text = None
    db.session.commit()
    with refuses("dossier.no_result", "result"):
        act("finish", dossier, who="vanthu", result_no=" ")


def test_finish_at_the_counter_resolves_on_the_spot_and_skips_the_departments(session):
    dossier = act("finish", received(), who="tiepnhan", result_text="Đã cấp bản sao")
    assert dossier.status is Status.processed
    states = {s.kind: s.state for s in dossier.steps}
    assert states.pop(StepKind.receive) is StepState.done
    assert states.pop(StepKind.return_result) is StepState.open
    assert set(states.values()) == {StepState.cancelled}


@pytest.mark.parametrize("kind", [StepKind.work, StepKind.sign])
def test_finish_skips_no_proposal_and_no_signature(session, kind):
    dossier = at_step(kind)
    who = made.doer(step(dossier, kind), MONDAY)
    with refuses("dossier.wrong_step"):
        act("finish", dossier, who=who, result_text="Xong")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_finish_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_finish_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_finish_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_finish_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
