"""Who acts: own posts, stand-ins within their period only, and what each may see and write."""

import pytest
import sqlalchemy as sa

from domain.codes import StepKind
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.officer import Officer, StandIn
from models.scope import EVERYTHING, Scope, within
from services import dossier as verbs
from services.acting import actor_of, scope_of, system
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    LACKS,
    MONDAY,
    SUSPENSION,
    act,
    at_step,
    at_work,
    intake,
    later,
    new_events,
    officer,
    received,
    unit,
)


def stand_in(absent: str, deputy: str, starts=MONDAY, ends=None) -> None:
    """`deputy` acts for `absent` from Monday 09:00 for two days."""
    row = db.session.get_one(Officer, made.officer_id(absent))
    db.session.add(
        StandIn(
            agency_id=row.agency_id,
            officer_id=row.id,
            deputy_id=made.officer_id(deputy),
            starts=starts,
            ends=ends or later(days=2),
        )
    )
    db.session.commit()


@pytest.mark.parametrize(
    ("when", "may"),
    [
        (later(seconds=-1), False),
        (later(), True),
        (later(days=2, seconds=-1), True),
        (later(days=2), False),
    ],
)
def test_a_deputy_acts_within_the_period_and_not_a_second_longer(session, when, may):
    stand_in("truongphong", "tp.xaydung")
    dossier = at_step(StepKind.sign, SUSPENSION)
    deputy = officer("tp.xaydung", when)
    if may:
        act("approve", dossier, who=deputy, at=when, result_text="Đồng ý")
        return
    with within(scope_of(deputy)), pytest.raises(DomainError) as refusal:
        verbs.approve(dossier, actor=deputy, at=when, result_text="Đồng ý")
    assert refusal.value.code == "dossier.not_found"


def test_the_event_says_who_acted_for_whom_as_what(session):
    stand_in("truongphong", "tp.xaydung")
    dossier = at_step(StepKind.sign, SUSPENSION)
    with new_events() as found:
        act("approve", dossier, who=officer("tp.xaydung", later(hours=1)), result_text="Đồng ý")
    event = found[-1]
    assert (event.actor_name, event.for_name) == ("Đỗ Xuân Trường", "Lê Văn Bình")
    assert (event.actor_role, event.actor_unit) == ("head", unit("DL-648-TCKH").full_name)


@pytest.mark.parametrize(
    ("verb", "facts"),
    [
        ("stop", {"reason": "Thiếu điều kiện"}),
        ("suspend", {"kind": "outage", "reason": "Mất điện"}),
        ("extend", {"extended_to": later(days=9), "reason": "Xác minh"}),
    ],
)
def test_the_event_of_an_act_on_the_whole_dossier_names_the_absent_leader(session, verb, facts):
    stand_in("lanhdao", "chuyenvien")
    dossier = at_step(StepKind.work)
    with new_events() as found:
        act(verb, dossier, who=officer("chuyenvien", later(hours=1)), **facts)
    assert (found[0].actor_role, found[0].for_name) == ("leader", "Phạm Hữu Thọ")


def test_the_event_of_an_act_in_ones_own_post_names_nobody_else(session):
    stand_in("lanhdao", "chuyenvien")
    with new_events() as found:
        act("take_over", at_work(), who=officer("chuyenvien", later(hours=1)))
    taken = found[-1]
    assert (taken.actor_role, taken.for_name) == ("officer", None)


def test_a_deputy_works_on_what_the_absent_officer_holds(session):
    dossier = act("take_over", at_work(), who="chuyenvien")
    stand_in("chuyenvien", "cv.xaydung")
    dossier = act("propose", dossier, who=officer("cv.xaydung", later(hours=1)), proposal="Đạt")
    done = next(s for s in dossier.steps if s.kind is StepKind.work)
    assert done.finished_by == "Bùi Minh Tuấn"


def test_a_deputy_of_another_department_sees_the_dossiers_only_while_standing_in(session):
    stand_in("chuyenvien", "cv.xaydung")
    wide = scope_of(officer("cv.xaydung", later(hours=1)))
    narrow = scope_of(officer("cv.xaydung", later(days=3)))
    assert unit("DL-648-TCKH").id in (wide.departments or ())
    assert unit("DL-648-TCKH").id not in (narrow.departments or ())


def test_administration_is_never_delegated(session):
    stand_in("quantri", "tiepnhan")
    assert Role.admin not in officer("tiepnhan", later(hours=1)).roles


def test_an_officer_whose_account_is_closed_may_nothing(session):
    row = db.session.get_one(Officer, made.officer_id("chuyenvien"))
    row.user.active = False
    db.session.commit()
    assert actor_of(row, MONDAY).posts == ()
    assert scope_of(actor_of(row, MONDAY)) == Scope(frozenset(), frozenset(), frozenset())


def test_what_each_role_sees_and_writes(session):
    district, finance = unit("DL-648").id, unit("DL-648-TCKH").id
    own = frozenset({district})
    province = frozenset({unit("DL").id})
    expected = {
        "tiepnhan": Scope(own, None, own),
        "lanhdao": Scope(own, None, own),
        "thuquy": Scope(own, None, own),
        "vanthu": Scope(own, None, own),
        "kiemtra": Scope(own, None, own),
        "chuyenvien": Scope(own, frozenset({finance}), own),
        "truongphong": Scope(own, frozenset({finance}), own),
        "lanhdaotinh": Scope(None, None, province),
        "quantri": EVERYTHING,
    }
    assert {who: scope_of(officer(who)) for who in expected} == expected


def test_the_system_sees_everything_and_acts_for_the_agency_it_was_made_for(session):
    actor = system(unit("DL-648").id)
    assert scope_of(actor) == EVERYTHING
    assert actor.home.agency_id == unit("DL-648").id


def test_asking_for_papers_as_a_deputy_of_a_colleague_is_recorded_for_the_colleague(session):
    dossier = act("take_over", at_work(), who="chuyenvien2")
    stand_in("chuyenvien2", "cv.xaydung")
    with new_events() as found:
        act(
            "request_supplement",
            dossier,
            who=officer("cv.xaydung", later(hours=1)),
            items=LACKS,
            reason="Thiếu",
        )
    assert [(e.actor_role, e.for_name) for e in found] == [("officer", "Trương Công Định")]


def test_standing_in_for_two_covers_both(session):
    stand_in("chuyenvien", "cv.tuphap")
    stand_in("truongphong", "cv.tuphap")
    actor = officer("cv.tuphap", later(hours=1))
    assert {(p.role, p.for_name) for p in actor.posts} == {
        (Role.officer, None),
        (Role.officer, "Nguyễn Thị Lan"),
        (Role.head, "Lê Văn Bình"),
    }
    assert actor.home.for_name is None


def test_a_period_that_ends_before_it_starts_is_refused_by_the_database(session):
    with pytest.raises(sa.exc.IntegrityError):
        stand_in("chuyenvien", "chuyenvien2", starts=later(days=1), ends=later())


def test_a_deputy_at_the_counter_receives_in_the_series_of_the_agency(session):
    stand_in("tiepnhan", "cv.tuphap")
    received()
    with new_events() as found:
        dossier = act("receive", intake(), who=officer("cv.tuphap", later(hours=1)))
    assert dossier.code.endswith("-0002")
    assert (found[0].actor_name, found[0].for_name) == ("Lý Hồng Nhung", "Trần Thanh Hùng")
