"""Refuse at the counter, with the refusal slip (NĐ 61/2018 Đ17 k1b)."""

import pytest

from domain.codes import Outcome, Status
from domain.events import Tag
from models.ids import uuid7
from tests.services.dossier.common import (
    LACKS,
    MONDAY,
    act,
    intake,
    later,
    new_events,
    refuses,
    stored,
)
from tests.tools.engines import sqlite_only

REASON = "Không thuộc thẩm quyền"


def test_refuse_intake_leaves_exactly_its_event(session):
    form = intake()
    with new_events() as found:
        act("refuse_intake", form, who="tiepnhan", at=MONDAY, reason=REASON)
    assert [(e.tag, e.reason, e.actor_role, e.op_id) for e in found] == [
        (Tag.dossier_refuse_intake, REASON, "clerk", form.id)
    ]


def test_refuse_intake_records_the_visit_without_code_clock_or_steps(session):
    dossier = act("refuse_intake", intake(), who="tiepnhan", at=MONDAY, reason=REASON)
    assert (dossier.status, dossier.outcome) == (Status.not_accepted, Outcome.not_accepted)
    assert (dossier.code, dossier.book_order, dossier.due_at) == (None, None, None)
    assert (dossier.steps, dossier.legs) == ([], [])
    assert dossier.result_text == REASON


def test_refuse_intake_sent_twice_is_one_refusal(session):
    form = intake()
    act("refuse_intake", form, who="tiepnhan", at=MONDAY, reason=REASON)
    before = stored()
    act("refuse_intake", form, who="tiepnhan2", at=later(hours=1), reason="Khác")
    assert stored() == before


def test_refuse_intake_ends_a_visit_that_began_with_guidance(session):
    form = intake()
    act("ask_before_intake", form, who="tiepnhan", items=LACKS, reason="Thiếu", op_id=uuid7())
    dossier = act("refuse_intake", form, who="tiepnhan", reason=REASON)
    assert dossier.status is Status.not_accepted


@sqlite_only
@pytest.mark.parametrize("nothing", ["", " "])
def test_refuse_intake_needs_a_reason(session, nothing):
    form = intake()
    with refuses("dossier.reason_required", "reason"):
        act("refuse_intake", form, who="tiepnhan", reason=nothing)


@sqlite_only
@pytest.mark.parametrize("who", ["chuyenvien", "lanhdao", "kiemtra"])
def test_refuse_intake_is_the_clerks(session, who):
    form = intake()
    with refuses("dossier.role_not_allowed"):
        act("refuse_intake", form, who=who, reason=REASON)
