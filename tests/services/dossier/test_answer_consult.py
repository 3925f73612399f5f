"""Give the opinion that was asked for (NĐ 61/2018 Đ19 k5)."""

from domain.codes import Status, StepKind, StepState
from domain.events import Tag
from services.dossier.steps import live
from tests.services.dossier.common import (
    CLOSING,
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
    unit,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="answer_consult",
    make=lambda: asked(),
    who="cv.xaydung",
    tag=Tag.dossier_answer_consult,
    role="officer",
    unit="DL-648-KTHT",
    facts=lambda dossier: {"opinion": "Phù hợp quy hoạch", "agrees": True},
    reason="Phù hợp quy hoạch",
    changes=("agrees",),
    at=later(hours=2),
    wrong=(
        ("chuyenvien", "dossier.wrong_step"),
        ("tp.tuphap", "dossier.role_not_allowed"),
        ("cv.tuphap", "dossier.not_holder"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("chuyenvien.krongana", "dossier.role_not_allowed"),
    ),
)


def asked():
    return act(
        "consult",
        at_work(),
        who="chuyenvien",
        unit_ids=(unit("DL-648-KTHT").id,),
        question="Có phù hợp không?",
        term="2wd",
    )


def test_answer_consult_closes_the_asked_step_and_frees_the_work(session):
    dossier = CASE.do(asked())
    opinion = next(s for s in dossier.steps if s.kind is StepKind.consult)
    assert (opinion.state, opinion.note) == (StepState.done, "Phù hợp quy hoạch")
    dossier = act("propose", dossier, who="chuyenvien", at=later(hours=3), proposal="Đạt")
    assert [s.kind for s in live(dossier)] == [StepKind.sign]


def test_answer_consult_that_the_procedure_asks_for_opens_the_next_step(session):
    dossier = act("propose", at_work(CLOSING), who="chuyenvien", proposal="Đã gửi thuế")
    dossier = act("answer_consult", dossier, who="chuyenvien", opinion="Không nợ thuế")
    assert [(s.kind, s.position) for s in live(dossier)] == [(StepKind.work, 4)]


def test_answer_consult_without_words_is_refused(session):
    dossier = asked()
    with refuses("value.required", "opinion"):
        act("answer_consult", dossier, who="cv.xaydung", opinion=" ")


def test_answer_consult_is_taken_while_the_citizen_is_asked_for_papers(session):
    dossier = asked()
    work = next(s for s in live(dossier) if s.kind is StepKind.work)
    dossier = act(
        "request_supplement",
        dossier,
        who="chuyenvien",
        step_id=work.id,
        items=LACKS,
        reason="Thiếu",
    )
    dossier = CASE.do(dossier)
    assert dossier.status is Status.awaiting_supplement


# ---- what all verbs are asked --------------------------------------------------------------------
def test_answer_consult_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_answer_consult_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_answer_consult_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_answer_consult_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
