"""A plan says what the verb then does, or refuses for the same reason, and changes nothing."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import StepKind, StepState, Verb
from domain.errors import DomainError
from models.dossier import Dossier, DossierStep
from models.event import Event
from services import dossier as verbs, onward
from services.dossier.steps import live
from tests.factories import dossiers as make

#: Procedures whose plans differ: assigned by a head; worked on at once.
CODES = (make.BUSINESS, make.SUSPENSION)


def do(plan: onward.Plan, **who: Any) -> Dossier:
    """The verb of a plan, with the words it asks for."""
    dossier = plan.dossier
    if plan.verb is Verb.assign:
        officer = make.actor("chuyenvien")
        return verbs.assign(dossier, officer_id=officer.officer_id or "", **who)
    if plan.verb is Verb.propose:
        return verbs.propose(dossier, proposal="Đủ điều kiện", **who)
    if plan.verb is Verb.approve:
        return verbs.approve(dossier, result_text="Đồng ý", **who)
    return verbs.forward(dossier, **who)


@pytest.mark.parametrize("code", CODES)
def test_plan_names_the_steps_that_the_verb_opens(session, code):
    dossier, at = make.received(code), make.now()
    seen = []
    while live(dossier)[0].kind in {
        StepKind.receive,
        StepKind.assign,
        StepKind.work,
        StepKind.sign,
    }:
        step = live(dossier)[0]
        actor = make.doer(step, at)
        plan = onward.plan(step, actor=actor, at=at, verb=onward.verb_of(step), named=True)
        assert plan.error is None
        before = {s.id for s in live(dossier)}
        do(plan, actor=actor, at=at, step_id=step.id)
        session.expire_all()
        opened = [s for s in live(dossier) if s.id not in before]
        assert [(n.name, n.unit, n.due_at) for n in plan.next] == [
            (s.name, s.unit.full_name, s.due_at) for s in opened
        ]
        seen.append(step.kind)
    assert {StepKind.receive, StepKind.work, StepKind.sign} <= set(seen)


def test_plan_changes_nothing(session):
    dossier = make.received()
    session.commit()
    events = sa.select(sa.func.count()).select_from(Event)
    states = sa.select(DossierStep.id, DossierStep.state).order_by(DossierStep.id)
    before = session.scalar(events), session.execute(states).all(), dossier.version
    step = onward.gathered([live(dossier)[0].id])[live(dossier)[0].id]
    assert onward.plan(step, actor=make.actor("tiepnhan"), at=make.now()).next
    assert not session.dirty and not session.new
    session.commit()
    assert (session.scalar(events), session.execute(states).all(), dossier.version) == before


def refusal(dossier: Dossier, **facts: Any) -> str:
    with pytest.raises(DomainError) as refused:
        verbs.forward(dossier, **facts)
    return refused.value.code


def test_plan_refuses_for_the_reason_of_the_verb(session):
    dossier, at = make.received(), make.now()
    step = live(dossier)[0]
    clerk, officer, colleague = (make.actor(n) for n in ("tiepnhan", "chuyenvien", "tiepnhan2"))
    for actor, version in ((officer, None), (colleague, None), (clerk, dossier.version + 1)):
        plan = onward.plan(step, actor=actor, at=at, version=version)
        facts = {"actor": actor, "at": at, "version": version, "step_id": step.id}
        assert plan.error is not None and plan.next == ()
        assert plan.error.code == refusal(dossier, **facts)
    verbs.forward(dossier, actor=clerk, at=at)
    session.expire_all()
    assert step.state is StepState.done
    plan = onward.plan(step, actor=clerk, at=at)
    assert plan.error is not None and plan.error.code == "step.not_open"


def test_plan_refuses_what_has_words_of_its_own_for_each(session):
    dossier = make.at_step(StepKind.sign)
    plan = onward.plan(live(dossier)[0], actor=make.actor("truongphong"), at=make.now())
    assert plan.error is not None and plan.error.code == "dossier.one_by_one"


def test_plan_asks_for_a_result_where_only_the_return_is_left(session):
    dossier = make.at_step(StepKind.sign, make.SUSPENSION)
    step, head = live(dossier)[0], make.actor("truongphong")
    facts: dict[str, Any] = {"actor": head, "at": make.now(), "verb": Verb.approve}
    plan = onward.plan(step, **facts)
    assert plan.error is not None and plan.error.code == "dossier.no_result"
    assert onward.plan(step, **facts, named=True).error is None


def test_plan_waits_while_an_opinion_is_open(session):
    dossier, at = make.at_step(StepKind.work), make.now()
    step = live(dossier)[0]
    officer = make.actor("chuyenvien")
    unit = make.actor("cv.tuphap").home.unit_id
    verbs.consult(dossier, unit_ids=(unit,), question="Ý kiến?", term="2wd", actor=officer, at=at)
    session.expire_all()
    plan = onward.plan(step, actor=officer, at=at)
    assert plan.error is not None and plan.error.code == "dossier.consult_open"
