"""The citizen brought what was asked; the clock runs again (NĐ 61/2018 Đ19 k4)."""

import datetime as dt

import pytest

from domain.codes import PauseMode, Status, StepKind
from domain.events import Tag
from models.base import db
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
    step,
    unit,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="receive_supplement",
    make=lambda: waiting(),
    who="tiepnhan2",
    tag=Tag.dossier_receive_supplement,
    role="clerk",
    unit="DL-648-MC",
    facts=lambda dossier: {"note": "Đủ 01 bản sao"},
    reason="Đủ 01 bản sao",
    changes=("due_at",),
    at=later(days=1),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("lanhdao", "dossier.role_not_allowed"),
        ("thuquy", "dossier.role_not_allowed"),
        ("tiepnhan.krongana", "dossier.role_not_allowed"),
    ),
)


def waiting(at=None):
    return act(
        "request_supplement",
        at_work(),
        who="chuyenvien",
        at=at or later(hours=7),
        items=LACKS,
        reason="Thiếu",
    )


# Term 1 working day from Monday 06/04/2026 09:00: due Tuesday 09:00. The office closes at 17:00.
@pytest.mark.parametrize(
    ("asked", "brought", "due"),
    [
        ("06T16:00", "07T07:30", "07T10:30"),  # 1 h of Monday and half an hour of Tuesday
        ("06T16:00", "06T17:30", "07T10:00"),  # brought after closing: only the hour before it
        ("06T17:30", "07T06:30", "07T09:00"),  # asked and brought outside working hours
        ("06T11:00", "06T14:00", "07T10:00"),  # the lunch break is nobody's time
        ("10T16:00", "13T07:30", "13T09:00"),  # over the week-end; late before, late after
    ],
)
def test_receive_supplement_gives_back_exactly_the_working_time_of_the_wait(
    session, asked, brought, due
):
    dossier = waiting(at=moment(asked))
    dossier = act("receive_supplement", dossier, who="tiepnhan", at=moment(brought))
    if asked.startswith("10"):
        assert dossier.due_at == moment("07T10:30")  # 1 h 30 after the due moment that had passed
    else:
        assert dossier.due_at == moment(due)
    assert dossier.original_due_at == moment("07T09:00")
    assert dossier.status is Status.processing


def test_receive_supplement_gives_the_step_in_hand_its_time_back_but_not_an_opinion(session):
    asked = {"unit_ids": (unit("DL-648-KTHT").id,), "question": "Phù hợp quy hoạch?", "term": "2wd"}
    dossier = act("consult", at_work(), who="chuyenvien", at=moment("06T10:00"), **asked)
    assert step(dossier, StepKind.work).due_at == moment("06T15:00")
    asked = {"items": LACKS, "reason": "Thiếu"}
    dossier = act("request_supplement", dossier, who="chuyenvien", at=moment("06T10:00"), **asked)
    dossier = act("receive_supplement", dossier, who="tiepnhan", at=moment("07T10:00"))
    assert step(dossier, StepKind.work).due_at == moment("07T15:00")  # 5 h of Monday, 3 of Tuesday
    assert step(dossier, StepKind.consult).due_at == moment("08T10:00")  # the others went on


def test_receive_supplement_starts_the_term_again_where_the_procedure_says_so(session):
    dossier = waiting(at=moment("06T16:00"))
    dossier.procedure_version.pause_mode = PauseMode.restart
    db.session.commit()
    dossier = act("receive_supplement", dossier, who="tiepnhan", at=moment("08T08:15"))
    assert dossier.due_at == moment("09T08:15")
    assert dossier.original_due_at == moment("07T09:00")


def test_receive_supplement_marks_the_list_as_answered(session):
    dossier = CASE.do(waiting())
    request = dossier.supplements[0]
    assert (request.answered_at, [i.answered for i in request.items]) == (CASE.at, [True])
    assert [p.ends for p in dossier.pauses] == [CASE.at]


def test_receive_supplement_is_refused_when_nothing_was_asked_for(session):
    dossier = at_work()
    with refuses("dossier.not_allowed"):
        act("receive_supplement", dossier, who="tiepnhan")


def moment(text):
    return dt.datetime.fromisoformat(f"2026-04-{text}:00+07:00")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_receive_supplement_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_receive_supplement_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_receive_supplement_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_receive_supplement_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
