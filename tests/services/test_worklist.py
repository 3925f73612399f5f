"""The work-list: who sees which step where, in which order, and by which index."""

import datetime as dt
import itertools
import random
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain.codes import Status, StepKind, StepState
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.ids import uuid7
from models.scope import Scope, within
from services import worklist as lists
from services.acting import Post
from services.worklist import Narrow, counts, shown, worklist
from tests.services import small_office
from tests.services.small_office import NOW, add_work as add, on_list
from tests.tools.engines import postgresql_only

HOUR = dt.timedelta(hours=1)


def pages(office, limit, *, back_from=None) -> list[tuple[str, ...]]:
    """The ids of each page, walked forward, or backward from the page after a cursor."""
    found, place = [], {"after": back_from}
    while True:
        page = worklist(office.officer, tab="department", now=NOW, limit=limit, **place)
        found.append(tuple(r.step_id for r in page.rows))
        place = {"before": page.before} if back_from else {"after": page.after}
        if not any(place.values()):
            return found


@pytest.mark.parametrize("seed", range(3))
def test_worklist_pages_give_the_whole_order_both_ways(office, session, seed):
    """By due moment, then id, the undated last; many share a moment. Any length of page."""
    chance = random.Random(seed)
    for i in range(23):
        due = chance.choice([None, *(NOW + n * HOUR for n in range(4))])
        add(office, f"Hồ sơ {i}", due_at=due)
    whole = worklist(office.officer, tab="department", now=NOW, limit=100)
    assert whole.after is None and whole.before is None
    due = [r.due_at for r in whole.rows]
    assert due == sorted(d for d in due if d) + [None] * due.count(None)
    order = [r.step_id for r in whole.rows]
    for limit in (1, 2, 5, 22, 23, 24):
        forward = pages(office, limit)
        assert list(itertools.chain(*forward)) == order
        assert all(len(page) == limit for page in forward[:-1])
        last = None
        for _ in forward[1:]:
            last = worklist(
                office.officer, tab="department", now=NOW, limit=limit, after=last
            ).after
        if last is not None:
            backward = pages(office, limit, back_from=last)
            assert [p for p in reversed(backward) if p] == forward


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_worklist_is_ordered_by_what_is_due_first_step_or_dossier(office, session, limit):
    """As each row says it: the step's own day, or the citizen's where that comes earlier."""
    plans = [(5, 1), (2, 9), (None, 3), (4, None), (None, None), (6, 6)]
    for step_due, dossier_due in plans:
        made = add(office, f"{step_due}/{dossier_due}", due_at=step_due and NOW + step_due * HOUR)
        made.dossier.due_at = dossier_due and NOW + dossier_due * HOUR
    session.flush()
    found = worklist(office.officer, tab="department", now=NOW, limit=50)
    assert [r.owner_name for r in found.rows] == [
        *("5/1", "2/9", "None/3", "4/None", "6/6", "None/None"),
    ]
    assert list(itertools.chain(*pages(office, limit))) == [r.step_id for r in found.rows]


def test_page_before_that_is_no_longer_full_is_the_first_one(office, session):
    made = [add(office, f"Hồ sơ {i}", due_at=NOW + i * HOUR) for i in range(6)]
    second = worklist(
        office.officer,
        tab="department",
        now=NOW,
        limit=3,
        after=worklist(office.officer, tab="department", now=NOW, limit=3).after,
    )
    made[0].state = StepState.done
    session.flush()
    first = worklist(office.officer, tab="department", now=NOW, limit=3, before=second.before)
    assert [r.owner_name for r in first.rows] == ["Hồ sơ 1", "Hồ sơ 2", "Hồ sơ 3"]
    assert first.before is None


@pytest.mark.parametrize("after", ["x", "", "WzFd", "W10", "bnVsbA", "Ÿ", "W251bGwsICJ4Il0"])
def test_worklist_refuses_a_cursor_that_is_none(office, after):
    with pytest.raises(DomainError) as refused:
        worklist(office.officer, tab="mine", now=NOW, after=after)
    assert refused.value.code == "request.invalid"
    with pytest.raises(DomainError):
        worklist(office.officer, tab="mine", now=NOW, before=after)


def test_worklist_is_narrowed_by_words_procedure_and_kind(office, session):
    add(office, "Đặng Thị Ước")
    add(office, "Nguyễn Văn An", kind=StepKind.number)
    found = lambda **more: on_list(office, "department", narrow=Narrow(**more))  # noqa: E731
    assert found(q="uoc dang") == ["Đặng Thị Ước"]
    assert found(q="%") == []
    assert len(found(procedure=office.procedure.id)) == 2
    assert found(procedure=uuid7()) == []
    assert found(kind=StepKind.number) == ["Nguyễn Văn An"]
    assert counts(office.officer, now=NOW, narrow=Narrow(q="uoc"))["department"] == 1


def test_signatures_are_those_the_actor_may_give_now(office, session):
    leader = small_office.acting("Phạm Hữu Thọ", Role.leader, office.agency)
    signs = {"kind": StepKind.sign, "role": Role.leader, "unit": office.agency}
    add(office, "Ký trước", due_at=NOW, **signs)
    add(office, "Ký sau", due_at=NOW + HOUR, holder_id=leader.officer_id, **signs)
    add(office, "Phó ký", holder_id=office.clerk.officer_id, **signs)
    add(office, "Đang bổ sung", dossier_more={"status": Status.awaiting_supplement}, **signs)
    add(office, "Trưởng phòng ký", kind=StepKind.sign, role=Role.head)
    rows = lists.signatures(leader, now=NOW).rows
    assert [r.owner_name for r in rows] == ["Ký trước", "Ký sau"]
    assert counts(leader, now=NOW)["sign"] == 2
    assert lists.signatures(office.officer, now=NOW).rows == ()


def test_worklist_row_needs_two_statements_at_most(office, session):
    for i in range(5):
        add(office, f"Hồ sơ {i}", holder_id=office.officer.officer_id)
    session.commit()
    seen: list[str] = []
    listener = lambda *a: seen.append(a[2])  # noqa: E731
    sa.event.listen(db.engine, "before_cursor_execute", listener)
    try:
        found = worklist(office.officer, tab="mine", now=NOW)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listener)
    assert len(found.rows) == 5
    selects = [s for s in seen if s.lstrip().upper().startswith("SELECT") and "set_config" not in s]
    assert len(selects) <= 2
    row = found.rows[0]
    assert (row.holder, row.unit) == ("Trần Văn Đào", "Phòng Tài chính")


def test_worklist_and_counts_stay_inside_the_scope(office, session):
    add(office, "Của đơn vị khác")
    session.commit()
    with within(Scope(agencies=frozenset({uuid7()}))):
        assert on_list(office, "department") == []
        assert set(counts(office.officer, now=NOW).values()) == {0}


def test_counts_stop_at_ninety_nine_and_more(office, session):
    made = small_office.dossier(office, "Nhiều việc")
    for _ in range(120):
        small_office.step(made, office, holder_id=office.officer.officer_id)
    add(office, "Một việc")
    found = counts(office.officer, now=NOW)
    assert found["mine"] == 100 and found["department"] == 1
    assert sum(found.values()) == 101
    assert shown(found["mine"]) == "99+"
    assert shown(found["department"]) == "1"


@postgresql_only
def test_worklist_never_scans_all_steps(office, session):
    done = add(office, "Mẫu", state=StepState.done, holder_id=office.officer.officer_id)
    small_office.multiply(done.dossier, 6_000)
    add(office, "Của tôi", holder_id=office.officer.officer_id)
    more = Post(Role.officer, office.counter.id, office.agency.id)
    actor = replace(office.officer, posts=(*office.officer.posts, more))
    plain = Scope(
        agencies=frozenset({office.agency.id}), departments=frozenset({office.department.id})
    )
    for scope in (plain, Scope(agencies=frozenset({office.agency.id}))):
        with within(scope):
            for tab in lists.TABS:
                for plan in _plans(session, actor, tab):
                    assert "Seq Scan on dossier_step" not in plan, f"{tab}\n{plan}"
                    assert "Seq Scan on dossier " not in plan, f"{tab}\n{plan}"


def _plans(session, actor, tab):
    """The plans of the very statements that run, scope included."""
    seen = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "FROM dossier_step" in statement and not statement.startswith("EXPLAIN"):
            seen.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        worklist(actor, tab=tab, now=NOW)
        counts(actor, now=NOW)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    seen = [(s, p) for s, p in seen if "FROM dossier_step" in s]
    assert len(seen) == 2  # the page, and the counts of all tabs at once
    for statement, parameters in seen:
        explained = session.connection().exec_driver_sql("EXPLAIN " + statement, parameters)
        yield "\n".join(explained.scalars())
