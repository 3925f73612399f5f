"""What falls due by itself: silence that means consent, dossiers that became overdue."""

import pytest
import sqlalchemy as sa

from domain.codes import Status, StepKind, StepState
from domain.events import Tag
from models.base import db
from models.dossier import Dossier, DossierStep
from services.acting import system
from services.dossier.steps import live
from services.sweeping import Swept, sweep
from tests.services.dossier.common import (
    CLOSING,
    LACKS,
    SUSPENSION,
    act,
    at_work,
    key,
    later,
    new_events,
    received,
    stored,
    unit,
)
from tests.services.many import at_once


def asked(silence: bool, term: str = "1wd"):
    """Another department is asked on Monday at 10:00."""
    return act(
        "consult",
        at_work(SUSPENSION),
        who="chuyenvien",
        unit_ids=(unit("DL-648-KTHT").id,),
        question="Có phù hợp không?",
        term=term,
        silence=silence,
    )


def consult_of(dossier) -> DossierStep:
    query = sa.select(DossierStep).where(DossierStep.kind == StepKind.consult)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


@pytest.mark.parametrize(
    ("at", "agreed"),
    [
        (later(days=1, hours=1), False),  # in the minute it is due there is still time
        (later(days=1, hours=1, minutes=1), True),
    ],
)
def test_silence_is_consent_after_the_term_and_not_before(session, at, agreed):
    dossier = asked(silence=True)
    with new_events() as found:
        assert sweep(at).silent == int(agreed)
    found = [e for e in found if e.tag is Tag.dossier_consult_silent]
    assert len(found) == int(agreed)
    assert consult_of(dossier).state is (StepState.done if agreed else StepState.open)


def test_silence_is_recorded_as_the_systems_act_for_the_department_that_said_nothing(session):
    asked(silence=True)
    with new_events() as found:
        sweep(later(days=2))
    event = next(e for e in found if e.tag is Tag.dossier_consult_silent)
    assert (event.actor_name, event.actor_role, event.actor_id) == ("Hệ thống", "system", None)
    assert event.agency_id == unit("DL-648").id
    assert event.changes == {
        "step": "Có phù hợp không?",
        "due_at": later(days=1, hours=1).isoformat(),
    }


def test_silence_where_the_law_wants_an_answer_is_not_consent(session):
    dossier = asked(silence=False)
    assert sweep(later(days=30)).silent == 0
    assert consult_of(dossier).state is StepState.open


def test_silence_of_the_tax_office_opens_the_next_step_of_the_plan(session):
    # Chấm dứt hộ kinh doanh: 16 working hours for the tax office, then the officer goes on.
    dossier = act("propose", at_work(CLOSING), who="chuyenvien", proposal="Đã gửi thuế")
    due = consult_of(dossier).due_at
    assert due == later(days=2, hours=1)
    assert sweep(later(days=2, hours=2)).silent == 1
    dossier = session.get_one(Dossier, dossier.id, populate_existing=True)
    assert [(s.kind, s.position) for s in live(dossier)] == [(StepKind.work, 4)]


def test_silence_says_nothing_while_the_dossier_is_suspended(session):
    dossier = asked(silence=True)
    dossier = act("suspend", dossier, who="lanhdao", kind="outage", reason="Mất điện")
    assert sweep(later(days=2)).silent == 0
    act("resume", dossier, who="lanhdao", at=later(days=2, hours=1))
    # Two working days were lost: the department still has the one it was given.
    assert sweep(later(days=3, hours=1)).silent == 0
    assert sweep(later(days=3, hours=2)).silent == 1


def test_silence_of_a_dossier_that_ended_is_not_noted(session):
    dossier = asked(silence=True)
    act("stop", dossier, who="lanhdao", reason="Dừng")
    before = stored()
    assert sweep(later(days=9)) == Swept(0, 0)
    assert stored() == before


def test_overdue_is_noted_once_and_outdates_no_page(session):
    dossier = received()
    version = dossier.version
    assert sweep(later(days=3)) == Swept(0, 0)
    with new_events() as found:
        assert sweep(later(days=3, minutes=1)) == Swept(0, 1)
        assert sweep(later(days=4)) == Swept(0, 0)
    assert [(e.tag, e.changes) for e in found] == [
        (Tag.dossier_overdue, {"due_at": later(days=3).isoformat()})
    ]
    assert session.get_one(Dossier, dossier.id, populate_existing=True).version == version


@pytest.mark.parametrize(
    ("verb", "who", "facts"),
    [
        ("request_supplement", "chuyenvien", {"items": LACKS, "reason": "Thiếu"}),
        ("request_payment", "chuyenvien", {"name": "Thuế", "amount": 1000}),
        ("stop", "lanhdao", {"reason": "Dừng"}),
    ],
)
def test_overdue_is_never_said_of_a_dossier_that_waits_or_ended(session, verb, who, facts):
    act(verb, at_work(), who=who, **facts)
    assert sweep(later(days=30)) == Swept(0, 0)


def test_a_sweep_repeated_finds_nothing_more(session):
    asked(silence=True)
    assert sweep(later(days=5)) == Swept(1, 1)
    before = stored()
    assert sweep(later(days=5)) == Swept(0, 0)
    assert stored() == before


def test_three_sweeps_at_once_do_each_thing_once(session, app):
    asked(silence=True)
    received()
    actor = system(unit("DL-648").id)
    with new_events() as found:
        answers = at_once(app, [(actor, lambda: sweep(later(days=9)))] * 3)
    assert not [a for a in answers if isinstance(a, Exception)]
    tags = [e.tag for e in found if e.tag in (Tag.dossier_consult_silent, Tag.dossier_overdue)]
    assert sorted(tags) == [
        Tag.dossier_overdue,
        Tag.dossier_overdue,
        Tag.dossier_consult_silent,
    ]


def test_one_dossier_that_cannot_go_on_does_not_hold_up_the_others(session):
    # Nothing follows but the return, and nobody has named the result: a refusal inside the sweep.
    stuck = act("propose", at_work(CLOSING), who="chuyenvien", proposal="Đã gửi thuế")
    for step in stuck.steps:
        if step.position in (4, 5):
            step.state = StepState.cancelled
    session.commit()
    asked(silence=True)
    swept = sweep(later(days=9))
    assert swept == Swept(1, 2)
    kept = session.get_one(Dossier, key(stuck), populate_existing=True)
    assert kept.status is Status.processing
