"""Ask departments of one's own agency, side by side (NĐ 61/2018 Đ19 k5)."""

import pytest

from domain.codes import Status, StepKind
from domain.events import Tag
from domain.roles import Role
from services.dossier.steps import live
from tests.services.dossier.common import (
    Case,
    act,
    at_work,
    is_done_once,
    later,
    leaves_its_event,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    unit,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="consult",
    make=at_work,
    who="chuyenvien",
    tag=Tag.dossier_consult,
    role="officer",
    unit="DL-648-TCKH",
    facts=lambda dossier: {
        "unit_ids": (unit("DL-648-KTHT").id, unit("DL-648-TP").id),
        "question": "Địa điểm có phù hợp quy hoạch không?",
        "term": "2wd",
    },
    reason="Địa điểm có phù hợp quy hoạch không?",
    changes=("asked", "term", "silence"),
    wrong=(
        ("truongphong", "dossier.not_holder"),
        ("cv.xaydung", "dossier.not_holder"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("chuyenvien.krongana", "dossier.role_not_allowed"),
    ),
)


def test_consult_opens_one_step_per_department_each_with_its_own_deadline(session):
    dossier = CASE.do(at_work())
    asked = [s for s in live(dossier) if s.kind is StepKind.consult]
    assert {s.unit.code for s in asked} == {"DL-648-KTHT", "DL-648-TP"}
    assert {(s.role, s.term, s.silence, s.holder_id) for s in asked} == {
        (Role.officer, "2wd", False, None)
    }
    assert {s.due_at for s in asked} == {
        later(days=2, hours=1)
    }  # asked Monday 10:00, 2 working days
    assert dossier.status is Status.processing


@pytest.mark.parametrize("verb", ["propose", "send_back"])
def test_consult_keeps_the_work_from_moving_on_before_the_opinions_are_there(session, verb):
    dossier = CASE.do(at_work())
    facts = {"propose": {"proposal": "Đạt"}, "send_back": {"reason": "Trả lại"}}[verb]
    with refuses("dossier.consult_open"):
        act(verb, dossier, who="chuyenvien", **facts)


@sqlite_only
@pytest.mark.parametrize(
    ("changed", "code", "at_field"),
    [
        ({"question": " "}, "value.required", "question"),
        ({"unit_ids": ()}, "value.required", "unit_ids"),
        ({"unit_ids": ("nowhere",)}, "unit.not_found", "unit_ids"),
        ({"term": "soon"}, "term.invalid", "term"),
    ],
)
def test_consult_refuses_bad_input_at_its_field(session, changed, code, at_field):
    dossier = at_work()
    facts = {**CASE.facts(dossier), **changed}
    with refuses(code, at_field):
        act("consult", dossier, who="chuyenvien", **facts)


def test_consult_asks_no_department_of_another_agency(session):
    dossier = at_work()
    facts = {**CASE.facts(dossier), "unit_ids": (unit("DL-655").id,)}
    with refuses("unit.not_found", "unit_ids"):
        act("consult", dossier, who="chuyenvien", **facts)


# ---- what all verbs are asked --------------------------------------------------------------------
def test_consult_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_consult_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_consult_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_consult_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
