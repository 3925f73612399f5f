"""Take a step of one's own post in hand, also from a colleague (NĐ 61/2018 Đ19 k1)."""

from domain.codes import StepKind
from domain.events import Tag
from tests.factories import dossiers as made
from tests.services.dossier.common import (
    Case,
    act,
    at_work,
    is_done_once,
    later,
    leaves_its_event,
    new_events,
    refuses,
    refuses_a_stale_page,
    refuses_everybody_else,
    step,
)
from tests.tools.engines import sqlite_only

CASE = Case(
    verb="take_over",
    make=at_work,
    who="chuyenvien",
    tag=Tag.dossier_take_over,
    role="officer",
    unit="DL-648-TCKH",
    changes=("holder", "hands"),
    wrong=(
        ("cv.xaydung", "dossier.role_not_allowed"),
        ("truongphong", "dossier.role_not_allowed"),
        ("tiepnhan", "dossier.role_not_allowed"),
        ("chuyenvien.krongana", "dossier.role_not_allowed"),
    ),
)


def test_take_over_puts_a_free_step_in_the_officers_hand(session):
    dossier = CASE.do(at_work())
    work = step(dossier, StepKind.work)
    assert (work.holder_id, work.taken_at) == (made.officer_id("chuyenvien"), CASE.at)


def test_take_over_from_a_colleague_keeps_when_the_work_began(session):
    dossier = act("take_over", at_work(), who="chuyenvien", at=later(hours=1))
    with new_events() as found:
        dossier = act("take_over", dossier, who="chuyenvien2", at=later(hours=5))
    work = step(dossier, StepKind.work)
    assert (work.holder_id, work.taken_at) == (made.officer_id("chuyenvien2"), later(hours=1))
    assert found[0].changes["holder"] == ["Nguyễn Thị Lan", "Trương Công Định"]
    with refuses("dossier.not_holder"):
        act("propose", dossier, who="chuyenvien", at=later(hours=6), proposal="Đồng ý")


# ---- what all verbs are asked --------------------------------------------------------------------
def test_take_over_leaves_exactly_its_event(session):
    leaves_its_event(CASE)


def test_take_over_is_done_once_when_the_form_is_sent_twice(session):
    is_done_once(CASE)


@sqlite_only
def test_take_over_is_refused_when_somebody_else_was_faster(session):
    refuses_a_stale_page(CASE)


@sqlite_only
def test_take_over_is_refused_to_everybody_else(session):
    refuses_everybody_else(CASE)
