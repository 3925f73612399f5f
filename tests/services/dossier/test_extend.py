"""Apologise and re-appoint, once, in time, with the reason (NĐ 61/2018 Đ19 k9)."""

import pytest

from domain.codes import Status, StepKind
from domain.events import Tag
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
    verb="extend",
    make=lambda: at_step(StepKind.work),
    who="lanhdao",
    tag=Tag.dossier_extend,
    role="leader",
    unit="DL-648-UB",
    facts=lambda dossier: {"extended_to": later(days=7), "reason": "Cần xác minh thực địa"},
    reason="Cần xác minh thực địa",
    changes=("due_at",),
    wrong=(
        ("truongphong", "dossier.role_not_allowed"),
        ("chuyenvien", "dossier.role_not_allowed"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("lanhdao.krongana", "dossier.role_not_allowed"),
        ("lanhdaotinh", "dossier.role_not_allowed"),
    ),
)


def test_extend_moves_the_appointment_and_keeps_the_first_one_readable(session):
    dossier = CASE.do(at_step(StepKind.work))
    assert (dossier.due_at, dossier.original_due_at) == (later(days=7), later(days=3))
    assert (dossier.extensions, dossier.extended_at) == (1, CASE.at)
    assert dossier.status is Status.processing


def test_extend_twice_is_refused(session):
    dossier = CASE.do(at_step(StepKind.work))
    with refuses("dossier.extended_twice"):
        act("extend", dossier, who="lanhdao", extended_to=later(days=14), reason="Nữa")


@sqlite_only
@pytest.mark.parametrize(
    ("at", "to", "code", "at_field"),
    [
        (later(days=2), later(days=7), None, None),  # the day before the due day: still in time
        (later(days=3), later(days=7), "extension.too_late", None),  # on the due day
        (later(days=4), later(days=7), "extension.too_late", None),  # overdue
        (later(hours=1), later(days=3), "extension.not_later", "extended_to"),
        (later(hours=1), later(days=1), "extension.not_later", "extended_to"),
    ],
)
def test_extend_only_in_time_and_only_to_a_later_moment(session, at, to, code, at_field):
    dossier = at_step(StepKind.work)
    if code is None:
        assert act("extend", dossier, who="lanhdao", at=at, extended_to=to, reason="Bận").extensions
        return
    with refuses(code, at_field):
        act("extend", dossier, who="lanhdao", at=at, extended_to=to, reason="Bận")


def test_extend_without_a_reason_is_refused(session):
    dossier = at_step(StepKind.work)
    with refuses("dossier.reason_required", "reason"):
        act("extend", dossier, who="lanhdao", extended_to=later(days=7), reason="")


def test_extend_and_a_later_pause_add_up(session):
    dossier = CASE.do(at_step(StepKind.work))
    dossier = act("suspend", dossier, who="lanhdao", at=later(hours=2), kind="outage", reason="Lũ")
    dossier = act("resume", dossier, who="lanhdao", at=later(days=1, hours=2))
    assert dossier.due_at == later(days=8)  # a whole working day of eight hours
    assert dossier.original_due_at == later(days=3)


# ---- what all verbs are asked --------------------------------------------------------------------
def test_extend_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_extend_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_extend_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_extend_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
