"""The head gives the work to an officer of the department (NĐ 61/2018 Đ19 k1)."""

import pytest

from domain.codes import StepKind, StepState
from domain.events import Tag
from models.base import db
from models.officer import Officer
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    Case,
    act,
    at_step,
    is_done_once,
    leaves_its_event,
    new_events,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    step,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="assign",
    make=lambda: at_step(StepKind.assign),
    who="truongphong",
    tag=Tag.dossier_assign,
    role="head",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"officer_id": made.officer_id("chuyenvien2"), "note": "Làm sớm"},
    reason="Làm sớm",
    changes=("holder", "hands"),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("tp.xaydung", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("truongphong.krongana", "dossier.role_not_allowed"),
    ),
)


def test_assign_does_the_assigning_step_and_gives_the_work_to_the_officer(session):
    dossier = CASE.do(at_step(StepKind.assign))
    work = step(dossier, StepKind.work)
    assert work.holder_id == made.officer_id("chuyenvien2")
    assert work.taken_at is None
    assert [s.state for s in dossier.steps[:3]] == [StepState.done, StepState.done, StepState.open]


@pytest.mark.parametrize("who", ["truongphong", "lanhdao"])
def test_assign_moves_work_under_way_to_a_colleague_without_sending_it_back(session, who):
    dossier = at_step(StepKind.work)
    before = step(dossier, StepKind.work)
    kept = (before.id, before.due_at)
    colleague = made.officer_id("chuyenvien2")
    with new_events() as found:
        dossier = act("assign", dossier, who=who, officer_id=colleague)
    work = step(dossier, StepKind.work)
    assert (work.id, work.due_at, work.holder_id) == (*kept, colleague)
    assert found[0].changes["holder"] == ["Nguyễn Thị Lan", "Trương Công Định"]


@pytest.mark.parametrize(
    ("username", "code"),
    [("cv.xaydung", "officer.outside"), ("chuyenvien.krongana", "officer.outside")],
)
def test_assign_to_somebody_of_another_department_is_refused(session, username, code):
    dossier = at_step(StepKind.assign)
    officer_id = made.officer_id(username)
    with refuses(code, "officer_id"):
        act("assign", dossier, who="truongphong", officer_id=officer_id)


def test_assign_to_nobody_is_refused(session):
    dossier = at_step(StepKind.assign)
    with refuses("officer.not_found", "officer_id"):
        act("assign", dossier, who="truongphong", officer_id="no such officer")


def test_assign_to_somebody_who_left_is_refused(session):
    dossier = at_step(StepKind.assign)
    gone = db.session.get_one(Officer, made.officer_id("chuyenvien2"))
    gone.active = False
    db.session.commit()
    with refuses("officer.inactive", "officer_id"):
        act("assign", dossier, who="truongphong", officer_id=made.officer_id("chuyenvien2"))


# ---- what all verbs are asked --------------------------------------------------------------------
def test_assign_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_assign_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_assign_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_assign_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)


def test_assign_where_no_work_is_left_in_the_department_is_refused_with_a_sentence(session):
    dossier = at_step(StepKind.number)
    colleague = made.officer_id("chuyenvien2")
    with refuses("step.not_open"):
        act("assign", dossier, who="truongphong", officer_id=colleague)
