"""A draft replayed over last year's dossiers: late before, late under the draft, stays and queues."""

import datetime as dt
from typing import Any

import pytest

from domain.calendar import DEFAULT_CALENDAR, TZ
from domain.codes import StepKind
from domain.replay import Past, Planned, Stay, peak, share, walk_plan
from models.base import db
from models.procedure import ProcedureStep, ProcedureVersion
from services import designing, procedure, replay
from services.dossier.steps import live
from tests.factories import dossiers as made
from tests.services.dossier.common import MONDAY, SUSPENSION, later, version

AFTER = later(days=30)
NINE = dt.datetime(2026, 4, 6, 9, 0, tzinfo=TZ)


# ---- arithmetic ----------------------------------------------------------------------------------
def test_steps_of_a_group_run_side_by_side_and_the_longest_decides():
    plan = [Planned("a"), Planned("b", 1), Planned("c", 1), Planned("d")]
    minutes = {"a": 60, "b": 30, "c": 120, "d": 30}
    stays, end = walk_plan(plan, Past(NINE, minutes, DEFAULT_CALENDAR))
    starts = {s.key: s.starts.strftime("%H:%M") for s in stays}
    assert starts["b"] == starts["c"]
    assert end == max(s.ends for s in stays) and stays[-1].key == "d"


def test_a_step_that_is_not_named_is_passed_over():
    stays, _end = walk_plan([Planned("a"), Planned("b")], Past(NINE, {"b": 15}, DEFAULT_CALENDAR))
    assert [s.key for s in stays] == ["b"] and stays[0].starts == NINE


@pytest.mark.parametrize(
    ("values", "part", "found"),
    [([], 0.5, 0), ([7], 0.9, 7), ([1, 2, 3, 4], 0.5, 2), (range(1, 11), 0.9, 9)],
)
def test_share_is_the_nearest_rank(values, part, found):
    assert share(values, part) == found


def test_peak_counts_who_is_there_at_once_and_whoever_leaves_makes_room():
    def stay(start: int, end: int) -> Stay:
        at = dt.timedelta(hours=1)
        return Stay("a", NINE + start * at, NINE + end * at, 60)

    assert peak([stay(0, 2), stay(1, 3), stay(2, 4)]) == (2, NINE + dt.timedelta(hours=1))
    assert peak([]) == (0, None)


# ---- dossiers ------------------------------------------------------------------------------------
def done(days: float, start: dt.datetime = MONDAY) -> str:
    """A dossier whose work takes so many days; its id."""
    dossier = made.received(SUSPENSION, at=start, **version(SUSPENSION))
    dossier = made.advance(dossier, live(dossier)[0], start)
    for n in range(6):
        step = live(dossier)[0]
        if step.kind is StepKind.return_result:
            break
        wait = dt.timedelta(days=days, hours=n)
        dossier = made.advance(dossier, step, start + wait)
    return dossier.id


@pytest.fixture
def draft(session: Any) -> ProcedureVersion:
    who: dict[str, Any] = {"actor": made.actor("quantri", MONDAY), "at": MONDAY}
    return procedure.draft_from(made.version_of(SUSPENSION, MONDAY.date()), **who)


def names(found: replay.Replayed) -> dict[str, replay.Row]:
    return {row.name: row for row in found.rows}


def test_the_same_steps_and_terms_give_the_same_lateness(draft):
    done(0.1)
    done(9)
    found = replay.replay(draft, AFTER)
    assert (found.found, found.counted, found.running, found.bare) == (2, 2, 0, 0)
    assert found.late_before == found.late_after == 1


def test_a_shorter_term_makes_more_late(draft):
    done(0.1)
    done(0.1)
    draft.legal_term = "1wh"
    db.session.commit()
    assert (replay.replay(draft, AFTER).late_before, replay.replay(draft, AFTER).late_after) == (
        0,
        2,
    )


def test_a_new_step_takes_the_duration_that_the_draft_gives_it(draft):
    done(0.1)
    who: dict[str, Any] = {"actor": made.actor("quantri", MONDAY), "at": MONDAY}
    work = next(s for s in draft.steps if s.kind is StepKind.work)
    values = {"name": "Kiểm tra hiện trường", "kind": StepKind.work, "role": work.role}
    values |= {"function": work.function, "term": "5wd"}
    designing.add(draft, ProcedureStep, values, **who)
    designing.move(next(s for s in draft.steps if s.name == "Kiểm tra hiện trường"), -1, **who)
    found = replay.replay(draft, AFTER)
    row = names(found)["Kiểm tra hiện trường"]
    assert (row.known, row.new) == (0, 1) and row.half >= 5 * 6 * 60
    assert found.late_before == 0 and found.late_after == 1


def test_a_queue_is_as_long_as_dossiers_are_there_at_once(draft):
    for _ in range(3):
        done(2)
    work = next(s.name for s in draft.steps if s.kind is StepKind.work)
    row = names(replay.replay(draft, AFTER))[work]
    assert row.most == 3 and row.when is not None


def test_what_still_runs_and_what_is_older_than_a_year_is_left_out_and_said(draft):
    made.received(SUSPENSION, at=MONDAY, **version(SUSPENSION))
    found = replay.replay(draft, AFTER)
    assert (found.found, found.running, found.counted) == (1, 1, 0)
    assert replay.replay(draft, later(days=800)).found == 0


def test_of_very_many_a_sample_at_equal_distances_is_taken(monkeypatch, draft):
    for n in range(6):
        done(0.1, MONDAY + dt.timedelta(days=7 * n))
    monkeypatch.setattr(replay, "MOST", 3)
    found = replay.replay(draft, later(days=60))
    assert (found.found, found.counted, found.sampled) == (6, 3, True)
