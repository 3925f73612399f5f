"""At the applicant's own request the papers are handed back (status 7)."""

import pytest

from domain.codes import Outcome, Status
from domain.events import Tag
from services.dossier.steps import live
from tests.services.dossier.common import (
    LACKS,
    Case,
    act,
    at_work,
    intake,
    is_done_once,
    later,
    leaves_its_event,
    processed,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="withdraw",
    make=at_work,
    who="tiepnhan2",
    tag=Tag.dossier_withdraw,
    role="clerk",
    unit="DL-648-MC",
    facts=lambda dossier: {"reason": "Dân xin rút"},
    reason="Dân xin rút",
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("tiepnhan.krongana", "dossier.role_not_allowed"),
    ),
)


@pytest.mark.parametrize("status", ["new", "received", "processing", "awaiting_supplement"])
def test_withdraw_is_possible_from_guidance_to_the_end_of_the_work(session, status):
    dossier = {
        "new": guided,
        "received": received,
        "processing": at_work,
        "awaiting_supplement": lambda: act(
            "request_supplement", at_work(), who="chuyenvien", items=LACKS, reason="Thiếu"
        ),
    }[status]()
    assert dossier.status == status
    dossier = act("withdraw", dossier, who="tiepnhan", at=later(days=1), reason="Dân xin rút")
    assert (dossier.status, dossier.outcome) == (Status.withdrawn, Outcome.withdrawn)
    assert live(dossier) == []
    assert all(p.ends is not None for p in dossier.pauses)


def guided():
    return act("ask_before_intake", intake(), who="tiepnhan", items=LACKS, reason="Thiếu")


def test_withdraw_of_what_was_already_resolved_is_refused(session):
    dossier = processed()
    with refuses("dossier.not_allowed"):
        act("withdraw", dossier, who="tiepnhan", reason="Muộn")


def test_withdraw_without_a_reason_is_refused(session):
    dossier = received()
    with refuses("dossier.reason_required", "reason"):
        act("withdraw", dossier, who="tiepnhan", reason="")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_withdraw_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_withdraw_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_withdraw_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_withdraw_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
