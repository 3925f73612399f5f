"""Take money and give a numbered receipt; the clock runs again."""

import datetime as dt

import pytest
import sqlalchemy as sa

from domain.codes import Status
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.fee import FeeReceipt
from tests.services.dossier.common import (
    MONDAY,
    Case,
    act,
    at_work,
    fees,
    is_done_once,
    later,
    leaves_its_event,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="record_payment",
    make=lambda: owing(),
    who="thuquy",
    tag=Tag.dossier_record_payment,
    role="cashier",
    unit="DL-648-MC",
    facts=lambda dossier: {"amounts": {fees(dossier)[0].id: 1_000_000}},
    changes=("number", "amount", "due_at"),
    at=later(days=1),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("tiepnhan.krongana", "dossier.role_not_allowed"),
    ),
)


def owing():
    return act(
        "request_payment", at_work(), who="chuyenvien", name="Lệ phí trước bạ", amount=1_000_000
    )


def receipts(dossier):
    query = sa.select(FeeReceipt).where(FeeReceipt.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(FeeReceipt.id)))


def test_record_payment_gives_a_receipt_and_lets_the_clock_run_again(session):
    dossier = CASE.do(owing())
    receipt = receipts(dossier)[0]
    assert (receipt.amount, receipt.method, receipt.cashier) == (
        1_000_000,
        "cash",
        "Đặng Thị Ước",
    )
    assert receipt.payer == "Nguyễn Thị Hoa"
    assert dossier.status is Status.processing
    assert [p.ends for p in dossier.pauses] == [CASE.at]
    # Asked Monday 10:00, paid Tuesday 09:00: 1 h 30 + 3 h 30 + 2 h of working time given back, from
    # Tuesday 09:00 on: 2 h 30 + 3 h 30 of Tuesday and an hour of Wednesday.
    assert dossier.due_at == MONDAY + dt.timedelta(days=1, hours=23)


def test_record_payment_of_a_part_leaves_the_clock_standing(session):
    dossier = owing()
    fee = fees(dossier)[0].id
    dossier = act("record_payment", dossier, who="thuquy", amounts={fee: 400_000})
    assert dossier.status is Status.awaiting_payment
    dossier = act("record_payment", dossier, who="tiepnhan", amounts={fee: 600_000})
    assert dossier.status is Status.processing
    assert [r.amount for r in receipts(dossier)] == [400_000, 600_000]


def test_record_payment_numbers_receipts_without_hole(session):
    dossier = owing()
    fee = fees(dossier)[0].id
    for _ in range(3):
        with pytest.raises(DomainError):
            act("record_payment", dossier, who="thuquy", amounts={fee: 2_000_000})
        dossier = act("record_payment", dossier, who="thuquy", amounts={fee: 1000})
    numbers = [r.number for r in receipts(dossier)]
    assert [int(n.rpartition("-")[2]) for n in numbers] == [1, 2, 3]


def test_record_payment_at_the_counter_leaves_the_status_as_it_is(session):
    dossier = received(fee=30_000)
    fee = fees(dossier)[0].id
    dossier = act("record_payment", dossier, who="tiepnhan", amounts={fee: 30_000})
    assert dossier.status is Status.received
    assert fees(dossier)[0].paid == 30_000


@sqlite_only
@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (1_000_001, "fee.too_much"),
        (-1, "money.invalid"),
        (0, "fee.nothing_due"),
    ],
)
def test_record_payment_refuses_an_amount_that_is_not_owed(session, amount, code):
    dossier = owing()
    fee = fees(dossier)[0].id
    with refuses(code, "amount"):
        act("record_payment", dossier, who="thuquy", amounts={fee: amount})


def test_record_payment_for_a_fee_of_another_dossier_is_refused(session):
    other = fees(owing())[0].id
    dossier = owing()
    with refuses("money.invalid", "amount"):
        act("record_payment", dossier, who="thuquy", amounts={other: 1000})


# ---- what all verbs are asked --------------------------------------------------------------------
def test_record_payment_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_record_payment_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_record_payment_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_record_payment_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
