"""The work-list: who sees which step where, in which order, and by which index."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from domain.codes import Status, StepState
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import DossierPause
from models.ids import uuid7
from models.scope import Scope, within
from services import worklist as lists
from services.acting import Post
from services.worklist import counts, shown, worklist
from tests.services import small_office
from tests.services.small_office import NOW, Office
from tests.tools.engines import postgresql_only

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


def steps(office, tab, **more) -> list[str]:
    actor = more.pop("actor", office.officer)
    return [r.owner_name for r in worklist(actor, tab=tab, now=NOW, **more).rows]


def add(office: Office, name: str, *, dossier_more=None, **more):
    made = small_office.dossier(office, name, **(dossier_more or {}))
    return small_office.step(made, office, **more)


def test_worklist_puts_each_step_on_its_tab(office, session):
    me = office.officer.officer_id
    other = small_office.acting("Lê Văn Khác", Role.officer, office.department)
    add(office, "Của tôi", holder_id=me)
    add(office, "Chưa ai nhận")
    add(office, "Của người khác", holder_id=other.officer_id)
    add(office, "Chờ bên ngoài", holder_id=me, state=StepState.waiting)
    add(office, "Chờ bổ sung", dossier_more={"status": Status.awaiting_supplement})
    add(office, "Đã xong", holder_id=me, state=StepState.done)
    add(office, "Chưa mở", state=StepState.pending)
    add(office, "Ở quầy", unit=office.counter, role=Role.clerk)
    add(office, "Việc của trưởng phòng", role=Role.head)
    assert steps(office, "mine") == ["Của tôi"]
    assert set(steps(office, "department")) == {"Chưa ai nhận", "Của người khác"}
    assert set(steps(office, "waiting")) == {"Chờ bên ngoài", "Chờ bổ sung"}
    assert steps(office, "department", actor=office.clerk) == ["Ở quầy"]


def test_worklist_counts_a_suspended_dossier_as_waiting(office, session):
    made = add(office, "Tạm dừng")
    session.add(
        DossierPause(
            agency_id=office.agency.id, dossier=made.dossier, kind="outage", starts=NOW - HOUR
        )
    )
    session.flush()
    assert steps(office, "waiting") == ["Tạm dừng"]
    assert steps(office, "department") == []
    made.dossier.pauses[0].ends = NOW
    session.flush()
    assert steps(office, "department") == ["Tạm dừng"]


def test_worklist_holds_what_is_in_the_hand_of_one_stood_in_for(office, session):
    absent = small_office.acting("Phạm Thị Vắng", Role.officer, office.counter)
    add(
        office,
        "Của người vắng",
        holder_id=absent.officer_id,
        unit=office.counter,
    )
    post = replace(absent.posts[0], for_id=absent.officer_id, for_name=absent.name)
    deputy = replace(office.officer, posts=(*office.officer.posts, post))
    assert steps(office, "mine") == []
    assert steps(office, "mine", actor=deputy) == ["Của người vắng"]
    assert steps(office, "department", actor=deputy) == []


def test_worklist_tells_late_from_soon_by_the_step_or_the_dossier(office, session):
    calm = {"due_at": NOW + dt.timedelta(days=30)}
    add(office, "Bước trễ", dossier_more=calm, due_at=NOW - HOUR)
    add(office, "Hồ sơ trễ", dossier_more={"due_at": NOW - HOUR}, due_at=None)
    add(office, "Đúng lúc này", dossier_more=calm, due_at=NOW)
    add(office, "Ngày mai", dossier_more=calm, due_at=NOW + 24 * HOUR)
    add(office, "Ngày kia", dossier_more=calm, due_at=NOW + 25 * HOUR)
    add(office, "Không hạn", dossier_more={"due_at": None}, due_at=None)
    assert steps(office, "late") == ["Bước trễ", "Hồ sơ trễ"]
    assert steps(office, "soon") == ["Đúng lúc này", "Ngày mai"]


def test_worklist_soon_walks_over_the_weekend(office, session):
    friday = dt.datetime(2026, 10, 9, 9, 0, tzinfo=NOW.tzinfo)
    calm = {"due_at": NOW + dt.timedelta(days=30)}
    add(office, "Thứ hai", dossier_more=calm, due_at=friday + dt.timedelta(days=3))
    rows = worklist(office.officer, tab="soon", now=friday).rows
    assert [r.owner_name for r in rows] == ["Thứ hai"]


def test_worklist_pages_by_due_moment_then_id_with_the_undated_last(office, session):
    for i in range(9):
        due = None if i % 3 == 0 else NOW + (i % 2) * HOUR
        add(office, f"Hồ sơ {i}", due_at=due)
    whole = worklist(office.officer, tab="department", now=NOW, limit=100)
    assert whole.after is None
    due = [r.due_at for r in whole.rows]
    assert due == sorted(d for d in due if d) + [None] * 3
    pages, after = [], None
    while True:
        page = worklist(office.officer, tab="department", now=NOW, limit=2, after=after)
        pages += page.rows
        after = page.after
        if after is None:
            break
    assert tuple(pages) == whole.rows


@pytest.mark.parametrize("after", ["x", "", "WzFd", "W10", "bnVsbA", "Ÿ"])
def test_worklist_refuses_a_cursor_that_is_none(office, after):
    with pytest.raises(DomainError) as refused:
        worklist(office.officer, tab="mine", now=NOW, after=after)
    assert refused.value.code == "request.invalid"


def test_worklist_is_narrowed_by_words_and_procedure(office, session):
    add(office, "Đặng Thị Ước")
    add(office, "Nguyễn Văn An")
    assert steps(office, "department", q="uoc dang") == ["Đặng Thị Ước"]
    assert steps(office, "department", q="%") == []
    assert len(steps(office, "department", procedure=office.procedure.id)) == 2
    assert steps(office, "department", procedure=uuid7()) == []


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
        assert steps(office, "department") == []
        assert set(counts(office.officer, now=NOW).values()) == {0}


def test_counts_stop_at_ninety_nine_and_more(office, session):
    made = small_office.dossier(office, "Nhiều việc")
    for _ in range(120):
        small_office.step(made, office, holder_id=office.officer.officer_id)
    add(office, "Một việc")
    found = counts(office.officer, now=NOW)
    assert found == {"mine": 100, "department": 1, "waiting": 0, "soon": 0, "late": 0}
    assert shown(found["mine"]) == "99+"
    assert shown(found["department"]) == "1"


@postgresql_only
def test_worklist_never_scans_all_steps(office, session):
    done = add(office, "Mẫu", state=StepState.done, holder_id=office.officer.officer_id)
    small_office.multiply(done.dossier, 20_000)
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
    assert len(seen) == 2  # the page, and the counts of all tabs at once
    for statement, parameters in seen:
        explained = session.connection().exec_driver_sql("EXPLAIN " + statement, parameters)
        yield "\n".join(explained.scalars())
