"""A financial obligation was fixed: the clock waits for its payment."""

import pytest

from domain.codes import FeeMoment, Status
from domain.events import Tag
from tests.services.dossier.common import (
    Case,
    act,
    at_work,
    fees,
    is_done_once,
    leaves_its_event,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="request_payment",
    make=at_work,
    who="chuyenvien",
    tag=Tag.dossier_request_payment,
    role="officer",
    unit="DL-648-TCKH",
    facts=lambda dossier: {
        "name": "Lệ phí trước bạ",
        "amount": 1_250_000,
        "reason": "Thông báo thuế 12/TB",
    },
    reason="Thông báo thuế 12/TB",
    changes=("name", "amount"),
    wrong=(
        ("truongphong", "dossier.not_holder"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("chuyenvien.krongana", "dossier.role_not_allowed"),
    ),
)


def test_request_payment_stops_the_clock_and_writes_what_is_owed(session):
    dossier = CASE.do(at_work())
    assert dossier.status is Status.awaiting_payment
    assert [(p.kind, p.starts, p.ends) for p in dossier.pauses] == [("payment", CASE.at, None)]
    assert [(f.name, f.amount, f.paid, f.moment) for f in fees(dossier)] == [
        ("Lệ phí trước bạ", 1_250_000, 0, FeeMoment.on_supplement)
    ]


@sqlite_only
@pytest.mark.parametrize(
    ("changed", "code", "at_field"),
    [
        ({"amount": 0}, "money.invalid", "amount"),
        ({"amount": -5}, "money.invalid", "amount"),
        ({"name": " "}, "value.required", "name"),
    ],
)
def test_request_payment_refuses_bad_input_at_its_field(session, changed, code, at_field):
    dossier = at_work()
    with refuses(code, at_field):
        act("request_payment", dossier, who="chuyenvien", **{**CASE.facts(dossier), **changed})


# ---- what all verbs are asked --------------------------------------------------------------------
def test_request_payment_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_request_payment_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_request_payment_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_request_payment_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
