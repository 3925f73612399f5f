"""Incomplete at the counter: one complete guidance slip, no clock (NĐ 61/2018 Đ17 k1a, Đ15 k3)."""

import pytest

from domain.codes import Status
from domain.events import Tag
from models.ids import uuid7
from services.dossier.forms import Lack
from tests.services.dossier.common import (
    LACKS,
    MONDAY,
    act,
    intake,
    later,
    new_events,
    received,
    refuses,
    stored,
)


def ask(form, who="tiepnhan", at=MONDAY, items=LACKS, **more):
    return act("ask_before_intake", form, who=who, at=at, items=items, reason="Thiếu", **more)


def test_ask_before_intake_leaves_exactly_its_event(session):
    with new_events() as found:
        ask(intake())
    assert [(e.tag, e.reason, e.actor_role) for e in found] == [
        (Tag.dossier_ask_before_intake, "Thiếu", "clerk")
    ]


def test_ask_before_intake_keeps_the_list_and_starts_no_clock(session):
    dossier = ask(intake())
    assert (dossier.status, dossier.code, dossier.due_at) == (Status.new, None, None)
    assert dossier.steps == []
    request = dossier.supplements[0]
    assert (request.before_intake, [i.needed for i in request.items]) == (True, ["bản sao rõ"])
    assert dossier.supplement_requests == 0


def test_ask_before_intake_sent_twice_is_one_slip(session):
    form, key = intake(), uuid7()
    ask(form, op_id=key)
    before = stored()
    ask(form, op_id=key)
    assert stored() == before


def test_ask_before_intake_at_a_further_visit_is_a_further_slip(session):
    form = intake()
    ask(form, op_id=uuid7())
    dossier = ask(form, at=later(days=1), op_id=uuid7())
    assert len(dossier.supplements) == 2
    assert len(dossier.papers) == len(form.papers)


def test_ask_before_intake_of_a_received_dossier_changes_nothing(session):
    form = intake()
    received(id=form.id)
    before = stored()
    assert ask(form, op_id=uuid7()).status is Status.received
    assert stored() == before


@pytest.mark.parametrize("items", [(), (Lack("Đơn", "", "ký"),)])
def test_ask_before_intake_needs_a_complete_list(session, items):
    form = intake()
    with refuses("dossier.papers_required", "items"):
        ask(form, items=items)


def test_ask_before_intake_is_the_clerks(session):
    form = intake()
    with refuses("dossier.role_not_allowed"):
        ask(form, who="chuyenvien")
