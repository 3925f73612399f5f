"""Stop the clock for force majeure or an outage (NĐ 99/2022)."""

import pytest

from domain.codes import Status
from domain.events import Tag
from tests.services.dossier.common import (
    LACKS,
    Case,
    act,
    at_work,
    is_done_once,
    later,
    leaves_its_event,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="suspend",
    make=at_work,
    who="truongphong",
    tag=Tag.dossier_suspend,
    role="head",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"kind": "outage", "reason": "Mất điện toàn huyện"},
    reason="Mất điện toàn huyện",
    changes=("kind",),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("tp.xaydung", "dossier.role_not_allowed"),
        ("lanhdao.krongana", "dossier.role_not_allowed"),
    ),
)


@pytest.mark.parametrize("kind", ["outage", "force_majeure"])
def test_suspend_stops_the_clock_and_leaves_the_status(session, kind):
    dossier = act("suspend", at_work(), who="lanhdao", kind=kind, reason="Lũ lụt")
    assert dossier.status is Status.processing
    assert [(p.kind, p.starts, p.ends) for p in dossier.pauses] == [(kind, later(hours=1), None)]


@pytest.mark.parametrize(
    ("verb", "who", "facts"),
    [
        ("propose", "chuyenvien", {"proposal": "Đạt"}),
        ("request_supplement", "chuyenvien", {"items": LACKS, "reason": "Thiếu"}),
        ("suspend", "truongphong", {"kind": "outage", "reason": "Nữa"}),
    ],
)
def test_suspend_lets_nothing_move_on(session, verb, who, facts):
    dossier = CASE.do(at_work())
    with refuses("dossier.paused"):
        act(verb, dossier, who=who, **facts)


@sqlite_only
@pytest.mark.parametrize(
    ("kind", "reason", "code", "at_field"),
    [
        ("supplement", "Vì sao", "value.invalid", "kind"),
        ("holiday", "Vì sao", "value.invalid", "kind"),
        ("outage", " ", "dossier.reason_required", "reason"),
    ],
)
def test_suspend_refuses_other_grounds_and_a_missing_reason(session, kind, reason, code, at_field):
    dossier = at_work()
    with refuses(code, at_field):
        act("suspend", dossier, who="truongphong", kind=kind, reason=reason)


# ---- what all verbs are asked --------------------------------------------------------------------
def test_suspend_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_suspend_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_suspend_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_suspend_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
