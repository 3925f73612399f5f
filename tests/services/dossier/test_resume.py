"""The hindrance is over: the clock runs again; the working time lost is added."""

from domain.codes import StepKind
from domain.events import Tag
from tests.services.dossier.common import (
    Case,
    act,
    at_work,
    is_done_once,
    later,
    leaves_its_event,
    new_events,
    received,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    step,
    unit,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="resume",
    make=lambda: suspended(),
    who="truongphong",
    tag=Tag.dossier_resume,
    role="head",
    unit="DL-648-TCKH",
    facts=lambda dossier: {"note": "Có điện lại"},
    reason="Có điện lại",
    changes=("due_at",),
    at=later(hours=5),
    wrong=(
        ("chuyenvien", "dossier.role_not_allowed"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("lanhdao.krongana", "dossier.role_not_allowed"),
    ),
)


def suspended():
    return act("suspend", at_work(), who="truongphong", kind="outage", reason="Mất điện")


def test_resume_adds_the_working_time_lost_and_names_both_moments(session):
    with new_events() as found:
        dossier = CASE.do(suspended())
    # Suspended 10:00–14:00, of which 10:00–11:30 and 13:30–14:00 are working time.
    assert dossier.due_at == later(days=1, hours=2)
    found = [e for e in found if e.tag is Tag.dossier_resume]
    assert found[0].changes["due_at"] == [
        later(days=1).isoformat(),
        later(days=1, hours=2).isoformat(),
    ]
    assert [p.ends for p in dossier.pauses] == [CASE.at]


def test_resume_gives_every_step_its_time_back_an_opinion_too(session):
    asked = {"unit_ids": (unit("DL-648-KTHT").id,), "question": "Có phù hợp?", "term": "1wd"}
    dossier = act("consult", at_work(), who="chuyenvien", at=later(minutes=30), **asked)
    assert step(dossier, StepKind.work).due_at == later(hours=6)
    assert step(dossier, StepKind.consult).due_at == later(days=1, minutes=30)
    dossier = act("suspend", dossier, who="truongphong", kind="outage", reason="Mất điện")
    dossier = CASE.do(dossier)
    assert step(dossier, StepKind.work).due_at == later(hours=8)  # two hours of working time
    assert step(dossier, StepKind.consult).due_at == later(days=1, hours=2, minutes=30)


def test_resume_gives_another_agency_at_work_its_time_back(session):
    dossier = act("forward", received(competent_id=unit("DL-655").id), who="tiepnhan")
    assert dossier.legs[1].due_at == later(days=3, hours=1)
    who = "lanhdao.krongana"
    dossier = act("suspend", dossier, who=who, kind="outage", reason="Mất điện")
    dossier = act("resume", dossier, who=who, at=later(days=1, hours=1))
    assert dossier.legs[1].due_at == later(days=4, hours=1)
    assert dossier.due_at == later(days=4)


def test_resume_of_what_is_not_suspended_is_refused(session):
    dossier = at_work()
    with refuses("dossier.not_paused"):
        act("resume", dossier, who="truongphong")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_resume_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_resume_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_resume_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_resume_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
