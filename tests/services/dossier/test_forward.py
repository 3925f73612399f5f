"""Hand the dossier on to the next step (NĐ 61/2018 Đ18 k2)."""

import pytest

from domain.codes import FeeMoment, Status, StepKind, StepState
from domain.events import Tag
from models.base import db
from models.fee import DossierFee
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    LAND,
    MONDAY,
    Case,
    act,
    at_step,
    is_done_once,
    later,
    leaves_its_event,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    step,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="forward",
    make=received,
    who="tiepnhan",
    tag=Tag.dossier_forward,
    role="clerk",
    unit="DL-648-MC",
    facts=lambda dossier: {"note": "Đủ hồ sơ"},
    reason="Đủ hồ sơ",
    changes=("step", "next"),
    wrong=(
        ("tiepnhan2", "dossier.not_holder"),
        ("chuyenvien", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("tiepnhan.krongana", "dossier.role_not_allowed"),
        ("kiemtra", "dossier.role_not_allowed"),
    ),
)


def test_forward_closes_the_counter_step_and_opens_the_next_with_its_own_deadline(session):
    dossier = act("forward", received(), who="tiepnhan", at=later(hours=1))
    first, second = dossier.steps[:2]
    assert (first.kind, first.state, first.finished_at) == (
        StepKind.receive,
        StepState.done,
        later(hours=1),
    )
    assert (second.kind, second.state, second.sent_by) == (
        StepKind.assign,
        StepState.open,
        "Trần Thanh Hùng",
    )
    # 2 working hours from 10:00: 11:30, and half an hour after the lunch break.
    assert second.due_at == MONDAY.replace(hour=14)
    assert dossier.status is Status.processing
    assert dossier.due_at == dossier.original_due_at


@sqlite_only
@pytest.mark.parametrize(
    "kind", [StepKind.work, StepKind.sign, StepKind.number, StepKind.return_result]
)
def test_forward_is_refused_where_a_proposal_signature_or_number_is_due(session, kind):
    dossier = at_step(kind)
    who = made.doer(step(dossier, kind), MONDAY)
    with refuses("dossier.wrong_step"):
        act("forward", dossier, who=who)


def test_forward_of_a_step_that_is_closed_is_refused(session):
    dossier = received()
    first = dossier.steps[0].id
    act("forward", dossier, who="tiepnhan")
    with refuses("step.not_open"):
        act("forward", dossier, who="tiepnhan", step_id=first)


def test_forward_waits_for_the_payment_that_a_step_is_there_for(session):
    dossier = _waiting_for_payment(owed=True)
    with refuses("dossier.fee_unpaid", "fee"):
        act("forward", dossier, who="tiepnhan", step_id=step(dossier, StepKind.wait_payment).id)


def test_forward_leaves_a_payment_step_when_nothing_is_owed(session):
    dossier = _waiting_for_payment(owed=False)
    waiting = step(dossier, StepKind.wait_payment)
    dossier = act("forward", dossier, who="tiepnhan", step_id=waiting.id)
    assert [s.kind for s in live(dossier)] == [StepKind.work]


def _waiting_for_payment(owed):
    dossier = at_step(StepKind.wait_payment, LAND)
    if owed:
        db.session.add(
            DossierFee(
                agency_id=dossier.agency_id,
                dossier_id=dossier.id,
                name="Tiền sử dụng đất",
                amount=1_000_000,
                moment=FeeMoment.on_supplement,
            )
        )
        db.session.commit()
    return dossier


# ---- what all verbs are asked --------------------------------------------------------------------
def test_forward_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_forward_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_forward_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_forward_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
