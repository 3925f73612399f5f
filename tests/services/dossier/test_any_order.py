"""Whatever officers do in whatever order: the dossier never contradicts itself and never gets stuck."""

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from domain.codes import PauseKind, Status, StepKind, StepState, Verb
from domain.errors import DomainError
from domain.events import VERB_TAGS
from models.base import db
from models.dossier import Dossier, DossierStep
from services import dossier as verbs
from services.dossier.guard import allowed, step_of
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    BUILDING,
    BUSINESS,
    CLOSING,
    LACKS,
    LAND,
    MONDAY,
    SUSPENSION,
    events,
    fees,
    officer,
    received,
    unit,
    version,
)
from tests.tools.engines import sqlite_only

PEOPLE = (
    *("tiepnhan", "chuyenvien", "chuyenvien2", "truongphong", "lanhdao", "thuquy", "vanthu"),
    *("cv.xaydung", "tp.xaydung", "cv.moitruong", "tp.moitruong", "cv.datdai"),
    *("tiepnhan.xa", "chuyenvien.xa", "lanhdao.xa", "kiemtra"),
)
#: Verbs that are about one step, and so take its id.
OF_STEP = {
    *(Verb.forward, Verb.assign, Verb.take_over, Verb.propose, Verb.approve, Verb.send_back),
    *(Verb.consult, Verb.answer_consult, Verb.request_supplement, Verb.request_payment),
    *(Verb.transfer, Verb.finish, Verb.refuse),
}
TRIED = (
    *OF_STEP,
    *(Verb.receive_supplement, Verb.record_payment, Verb.suspend, Verb.resume, Verb.extend),
    *(Verb.stop, Verb.withdraw, Verb.return_result, Verb.correct_procedure, Verb.comment),
)
#: May be refused although offered: what is typed decides (nothing due, the same procedure, …).
DEPENDS = {Verb.record_payment, Verb.correct_procedure, Verb.send_back, Verb.take_over, Verb.assign}
#: Leads nowhere or to an early end, and so is done seldom.
ASIDE = {
    *(Verb.comment, Verb.stop, Verb.withdraw, Verb.take_over),
    *(Verb.correct_procedure, Verb.transfer),
}
WAITING = {
    Status.awaiting_supplement: PauseKind.supplement,
    Status.awaiting_payment: PauseKind.payment,
}


def facts(
    verb: Verb, dossier: Dossier, step: DossierStep | None, at: dt.datetime
) -> dict[str, Any]:
    """Something sensible to say with each verb."""
    owed = {f.id: f.amount - f.paid for f in fees(dossier) if f.amount > f.paid}
    place = step.unit.code if step else ""
    colleague = {"DL-648-TCKH": "chuyenvien2", "DL-648-KTHT": "cv.xaydung"}.get(place, "chuyenvien")
    asked = "DL-24262-UBX" if place.startswith("DL-24262") else "DL-648-TP"
    other = "DL-655" if place.startswith("DL-24262") else "DL-24262"
    said: dict[Verb, dict[str, Any]] = {
        Verb.assign: {"officer_id": made.officer_id(colleague)},
        Verb.propose: {"proposal": "Đạt"},
        Verb.approve: {"result_text": "Chấp thuận"},
        Verb.finish: {"result_no": "1/KQ"},
        Verb.consult: {"unit_ids": (unit(asked).id,), "question": "Ý kiến?", "term": "2wd"},
        Verb.answer_consult: {"opinion": "Nhất trí"},
        Verb.request_supplement: {"items": LACKS, "reason": "Thiếu"},
        Verb.request_payment: {"name": "Thuế", "amount": 1000},
        Verb.record_payment: {"amounts": owed},
        Verb.suspend: {"kind": "outage", "reason": "Mất điện"},
        Verb.extend: {"extended_to": at + dt.timedelta(days=90), "reason": "Xác minh"},
        Verb.transfer: {"to_agency_id": unit(other).id, "request": "Xác nhận", "term": "2wd"},
        Verb.return_result: {
            "receiver": "Nguyễn Thị Hoa",
            "receiver_id": "066190001234",
            "slip_collected": True,
        },
        Verb.correct_procedure: {"version_id": version(SUSPENSION)["version_id"], "reason": "Nhầm"},
        Verb.comment: {"text": "Ghi chú"},
        **{
            v: {"reason": "Có lý do"}
            for v in (Verb.send_back, Verb.refuse, Verb.stop, Verb.withdraw)
        },
    }
    return said.get(verb, {})


def check(dossier: Dossier) -> None:
    """What is true of every dossier at every moment."""
    steps, status = live(dossier), dossier.status
    assert bool(steps) != status.terminal, "stuck, or not ended"
    if status is Status.processed:
        assert [s.kind for s in steps] == [StepKind.return_result]
    if status is Status.received:
        assert [s.kind for s in steps if s.position < 1000] == [StepKind.receive]
    running = {PauseKind(p.kind) for p in dossier.pauses if p.ends is None}
    waits = WAITING.get(status)
    assert running & set(WAITING.values()) == ({waits} if waits else set())
    if status not in (Status.received, Status.processing):
        assert running <= {waits}
    assert dossier.due_at >= dossier.original_due_at
    assert all(p.ends is None or p.ends >= p.starts for p in dossier.pauses)
    assert all(s.opened_at and not s.finished_at for s in steps)
    done = [s for s in dossier.steps if s.state in (StepState.done, StepState.sent_back)]
    assert all(s.opened_at and s.finished_at and s.finished_by for s in done)
    assert (dossier.outcome is None) == (dossier.processed_at is None)
    assert dossier.extensions <= 1
    assert all(0 <= f.paid <= f.amount for f in fees(dossier))
    moments = [e.at for e in events(dossier)]
    assert moments == sorted(moments)


@sqlite_only
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    code=st.sampled_from((BUSINESS, SUSPENSION, CLOSING, BUILDING, LAND)),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_order_of_acts_leaves_a_dossier_that_makes_sense(session, code, seed):
    dossier, at, dice = received(code), MONDAY, random.Random(seed)
    people = [officer(who) for who in PEOPLE]
    number = dossier.code
    for _ in range(30):
        at += dt.timedelta(hours=dice.randrange(12))
        # Mostly somebody at work on it who goes on; now and then anybody, anything.
        luck = dice.random()
        at_work = [a for a in people if step_of(dossier, a, None)] if luck < 0.8 else []
        actor = dice.choice(at_work or people)
        step = step_of(dossier, actor, None)
        offered = [v for v in allowed(dossier, actor, step, at) if v in TRIED]
        onward = [v for v in offered if luck >= 0.7 or v not in ASIDE]
        pool = onward or offered
        verb = dice.choice(pool if pool and luck < 0.92 else TRIED)
        _try(dossier, verb, actor, step, at, set(offered))
        db.session.expire_all()
        check(dossier)
        assert dossier.code == number


def _try(dossier, verb, actor, step, at, offered) -> None:
    """Do it. Offered: it succeeds and leaves its event; not offered: refused, and nothing changes."""
    said = facts(verb, dossier, step, at)
    if verb in OF_STEP and step is not None:
        said["step_id"] = step.id
    before, known = dossier.version, len(events(dossier))
    try:
        getattr(verbs, verb.value)(dossier, actor=actor, at=at, **said)
    except DomainError as refusal:
        assert verb not in offered or verb in DEPENDS, f"{verb} was offered, then {refusal}"
        db.session.expire_all()
        assert (dossier.version, len(events(dossier))) == (before, known)
        return
    assert verb in offered, f"{verb} was done and not offered"
    tags = [e.tag for e in events(dossier)][known:]
    assert tags.count(VERB_TAGS[verb]) == 1


@pytest.mark.parametrize("verb", sorted(TRIED))
def test_every_verb_that_is_tried_is_one_of_the_services(verb):
    assert callable(getattr(verbs, verb.value))
