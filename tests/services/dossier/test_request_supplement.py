"""Ask the citizen once, completely, for what is missing (NĐ 61/2018 Đ19 k4, Đ11 k2c)."""

import pytest

from domain.codes import Status
from domain.events import Tag
from services.dossier.forms import Lack
from tests.services.dossier.common import (
    LACKS,
    Case,
    act,
    at_work,
    is_done_once,
    later,
    leaves_its_event,
    new_events,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="request_supplement",
    make=at_work,
    who="chuyenvien",
    tag=Tag.dossier_request_supplement,
    role="officer",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"items": LACKS, "reason": "Chưa đủ giấy tờ"},
    reason="Chưa đủ giấy tờ",
    changes=("items", "override"),
    wrong=(
        ("truongphong", "dossier.not_holder"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("cv.xaydung", "dossier.not_holder"),
        ("chuyenvien.krongana", "dossier.role_not_allowed"),
    ),
)


def test_request_supplement_stops_the_clock_and_lists_paper_fault_and_need(session):
    dossier = CASE.do(at_work())
    assert (dossier.status, dossier.supplement_requests) == (Status.awaiting_supplement, 1)
    pause = dossier.pauses[0]
    assert (pause.kind, pause.starts, pause.ends) == ("supplement", CASE.at, None)
    request = dossier.supplements[0]
    assert (request.reason, request.override_by, request.before_intake) == (
        "Chưa đủ giấy tờ",
        None,
        False,
    )
    assert [(i.paper, i.wrong, i.needed) for i in request.items] == [
        ("Bản sao hợp đồng thuê", "mờ, không đọc được", "bản sao rõ")
    ]


@sqlite_only
@pytest.mark.parametrize(
    ("items", "reason", "code", "at_field"),
    [
        ((), "Thiếu", "dossier.papers_required", "items"),
        ((Lack("", "mờ", "rõ"),), "Thiếu", "dossier.papers_required", "items"),
        ((Lack("Đơn", " ", "rõ"),), "Thiếu", "dossier.papers_required", "items"),
        ((Lack("Đơn", "mờ", ""),), "Thiếu", "dossier.papers_required", "items"),
        (LACKS, "  ", "dossier.reason_required", "reason"),
    ],
)
def test_request_supplement_refuses_what_the_citizen_could_not_act_on(
    session, items, reason, code, at_field
):
    dossier = at_work()
    with refuses(code, at_field):
        act("request_supplement", dossier, who="chuyenvien", items=items, reason=reason)


def supplemented():
    dossier = CASE.do(at_work())
    return act("receive_supplement", dossier, who="tiepnhan", at=later(days=1))


def test_request_supplement_a_second_time_is_refused_to_the_officer(session):
    dossier = supplemented()
    with refuses("dossier.supplement_twice"):
        act(
            "request_supplement",
            dossier,
            who="chuyenvien",
            at=later(days=1, hours=1),
            items=LACKS,
            reason="Vẫn thiếu",
        )


def test_request_supplement_a_second_time_is_a_leaders_act_and_recorded_as_such(session):
    dossier = supplemented()
    with new_events() as found:
        dossier = act(
            "request_supplement",
            dossier,
            who="lanhdao",
            at=later(days=1, hours=1),
            items=LACKS,
            reason="Vẫn thiếu",
        )
    assert dossier.supplement_requests == 2
    assert dossier.supplements[-1].override_by == "Phạm Hữu Thọ"
    assert (found[0].actor_role, found[0].changes["override"]) == ("leader", True)


def test_request_supplement_is_refused_while_one_is_running(session):
    dossier = CASE.do(at_work())
    with refuses("dossier.not_allowed"):
        act("request_supplement", dossier, who="chuyenvien", items=LACKS, reason="Nữa")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_request_supplement_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_request_supplement_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_request_supplement_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_request_supplement_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
