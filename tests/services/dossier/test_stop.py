"""Stop processing, with a notice (status 8; TT 03/2025 form 05)."""

from domain.codes import Outcome, Status
from domain.events import Tag
from services.dossier.steps import live
from tests.services.dossier.common import (
    LACKS,
    Case,
    act,
    at_work,
    is_done_once,
    later,
    leaves_its_event,
    processed,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="stop",
    make=at_work,
    who="lanhdao",
    tag=Tag.dossier_stop,
    role="leader",
    unit="DL-648-UB",
    facts=lambda dossier: {"reason": "Không bổ sung theo yêu cầu"},
    reason="Không bổ sung theo yêu cầu",
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("tp.xaydung", "dossier.role_not_allowed"),
        ("lanhdao.krongana", "dossier.role_not_allowed"),
    ),
)


def test_stop_ends_every_step_and_every_pause(session):
    dossier = act("request_supplement", at_work(), who="chuyenvien", items=LACKS, reason="Thiếu")
    dossier = act("stop", dossier, who="truongphong", at=later(days=9), reason="Quá hạn bổ sung")
    assert (dossier.status, dossier.outcome) == (Status.stopped, Outcome.stopped)
    assert live(dossier) == []
    assert [p.ends for p in dossier.pauses] == [later(days=9)]
    assert dossier.processed_at == later(days=9)


def test_stop_without_a_reason_is_refused(session):
    dossier = at_work()
    with refuses("dossier.reason_required", "reason"):
        act("stop", dossier, who="lanhdao", reason=" ")


def test_stop_of_a_resolved_dossier_is_refused(session):
    dossier = processed()
    with refuses("dossier.not_allowed"):
        act("stop", dossier, who="lanhdao", reason="Muộn")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_stop_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_stop_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_stop_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_stop_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
