"""Hand the result over: identity, fee, slip (NĐ 61/2018 Đ20 k2–4)."""

import pytest

from domain.codes import Status, StepKind
from domain.events import Tag
from services.dossier.steps import live
from tests.services.dossier.common import (
    Case,
    act,
    at_step,
    fees,
    is_done_once,
    later,
    leaves_its_event,
    new_events,
    processed,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

HANDED = {
    "receiver": "Nguyễn Thị Hoa",
    "receiver_id": "066190001234",
    "slip_collected": True,
}

CASE = Case(
    verb="return_result",
    make=processed,
    who="tiepnhan2",
    tag=Tag.dossier_return_result,
    role="clerk",
    unit="DL-648-MC",
    facts=lambda dossier: HANDED,
    changes=("receiver", "slip_collected"),
    at=later(days=1),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("thuquy", "dossier.role_not_allowed"),
        ("tiepnhan.krongana", "dossier.role_not_allowed"),
    ),
)


def test_return_result_records_who_took_it_and_closes_the_dossier(session):
    dossier = CASE.do(processed())
    assert (dossier.status, dossier.returned_at) == (Status.returned, later(days=1))
    assert (dossier.returned_to, dossier.returned_to_id) == ("Nguyễn Thị Hoa", "066190001234")
    assert live(dossier) == []
    assert dossier.legs[0].finished_at == later(days=1)


def test_return_result_is_never_forbidden_by_being_late(session):
    dossier = act("return_result", processed(), who="tiepnhan", at=later(days=400), **HANDED)
    assert dossier.status is Status.returned


@sqlite_only
@pytest.mark.parametrize(
    ("changed", "code", "at_field"),
    [
        ({"receiver": " "}, "dossier.receiver_required", "receiver"),
        ({"receiver_id": ""}, "dossier.receiver_required", "receiver_id"),
        ({"receiver_id": "12"}, "id_number.invalid", "receiver_id"),
        ({"slip_collected": False}, "dossier.reason_required", "note"),
    ],
)
def test_return_result_refuses_an_unproven_receiver_at_its_field(session, changed, code, at_field):
    dossier = processed()
    with refuses(code, at_field):
        act("return_result", dossier, who="tiepnhan", **{**HANDED, **changed})


def test_return_result_without_the_slip_needs_a_note_and_keeps_it(session):
    lost = {**HANDED, "slip_collected": False, "note": "Mất giấy hẹn, đã đối chiếu CCCD"}
    with new_events() as found:
        dossier = act("return_result", processed(), who="tiepnhan", **lost)
    assert dossier.slip_collected is False
    assert found[-1].reason == "Mất giấy hẹn, đã đối chiếu CCCD"


def test_return_result_waits_for_the_fee(session):
    dossier = at_step(StepKind.number, fee=30_000)
    dossier = act("finish", dossier, who="vanthu", result_text="Giấy chứng nhận")
    with refuses("dossier.fee_unpaid", "fee"):
        act("return_result", dossier, who="tiepnhan", **HANDED)
    paid = {fee.id: fee.amount for fee in fees(dossier)}
    dossier = act("record_payment", dossier, who="tiepnhan", amounts=paid)
    assert dossier.status is Status.processed
    assert act("return_result", dossier, who="tiepnhan", **HANDED).status is Status.returned


def test_return_result_before_there_is_one_is_refused(session):
    dossier = received()
    with refuses("dossier.not_allowed"):
        act("return_result", dossier, who="tiepnhan", **HANDED)


# ---- what all verbs are asked --------------------------------------------------------------------
def test_return_result_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_return_result_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_return_result_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_return_result_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
