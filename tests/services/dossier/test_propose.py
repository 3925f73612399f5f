"""The specialist's proposal goes up for review (NĐ 61/2018 Đ19 k2)."""

import pytest

from domain.codes import StepKind, StepState
from domain.events import Tag
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    BUILDING,
    Case,
    act,
    at_work,
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
    verb="propose",
    make=at_work,
    who="chuyenvien",
    tag=Tag.dossier_propose,
    role="officer",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"proposal": "Đủ điều kiện"},
    reason="Đủ điều kiện",
    changes=("step", "next"),
    wrong=(
        ("truongphong", "dossier.not_holder"),
        ("cv.xaydung", "dossier.not_holder"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.not_holder"),
        ("chuyenvien.krongana", "dossier.role_not_allowed"),
    ),
)


def test_propose_closes_the_work_and_asks_for_the_signature(session):
    dossier = CASE.do(at_work())
    work = next(s for s in dossier.steps if s.kind is StepKind.work)
    assert (work.state, work.note) == (StepState.done, "Đủ điều kiện")
    assert (work.finished_by, work.holder_id) == (
        "Nguyễn Thị Lan",
        made.officer_id("chuyenvien"),
    )
    assert [s.kind for s in live(dossier)] == [StepKind.sign]


@sqlite_only
@pytest.mark.parametrize("nothing", ["", "   ", "\n\t"])
def test_propose_needs_words(session, nothing):
    dossier = at_work()
    with refuses("value.required", "note"):
        act("propose", dossier, who="chuyenvien", proposal=nothing)


def test_propose_joins_a_parallel_group_and_waits_for_the_opinion_beside_it(session):
    dossier = at_work(BUILDING)
    assert {s.kind for s in live(dossier)} == {StepKind.work, StepKind.consult}
    work = step(dossier, StepKind.work)
    dossier = act("propose", dossier, who="cv.xaydung", proposal="Đạt", step_id=work.id)
    assert [s.kind for s in live(dossier)] == [StepKind.consult]


def test_propose_by_a_leader_who_works_on_a_step_himself_is_possible(session):
    # Hòa giải tranh chấp đất đai: the chairman of the commune mediates in person.
    dossier = received("1.012812", by="tiepnhan.xa")
    act("forward", dossier, who="tiepnhan.xa")
    act("propose", dossier, who="chuyenvien.xa", proposal="Đã xác minh")
    dossier = act("propose", dossier, who="lanhdao.xa", proposal="Hòa giải thành")
    assert step(dossier, StepKind.work).role == "officer"


# ---- what all verbs are asked --------------------------------------------------------------------
def test_propose_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_propose_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_propose_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_propose_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
