"""Random walks through the state machine, and the reach of every row."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from domain.dossier import (
    TRANSITIONS,
    Facts,
    Outcome,
    Status,
    StepKind,
    Verb,
    allowed_verbs,
    next_status,
)
from domain.errors import DomainError
from domain.roles import Role

some = settings(deadline=None, max_examples=200)

facts = st.builds(
    Facts,
    supplement_requests=st.integers(0, 2),
    override_by_leader=st.booleans(),
    extensions=st.integers(0, 1),
    is_holder=st.booleans(),
    step_kind=st.none() | st.sampled_from(StepKind),
    paused=st.booleans(),
    has_result=st.booleans(),
    outcome=st.none() | st.sampled_from(Outcome),
    fee_due=st.sampled_from((0, 50_000)),
    papers_missing=st.sampled_from(((), ("Đơn",))),
    overdue=st.booleans(),
    days_to_due=st.none() | st.integers(-5, 5),
)
roles = st.sets(st.sampled_from(Role), max_size=4)
statuses = st.none() | st.sampled_from(Status)
READY = Facts(is_holder=True, has_result=True, days_to_due=5)


@some
@given(st.lists(st.tuples(st.sampled_from(Verb), roles, facts), max_size=60))
def test_random_walks_stay_inside_the_table(
    walk: list[tuple[Verb, set[Role], Facts]],
) -> None:
    edges = {(row.verb, start, row.to or start) for row in TRANSITIONS for start in row.froms}
    status: Status | None = None
    for verb, acting, known in walk:
        try:
            reached = next_status(verb, status, acting, facts=known)
        except DomainError:
            continue
        assert (verb, status, reached) in edges
        assert reached in Status
        if status is not None and status.terminal:
            assert reached is status
        status = reached


@some
@given(st.sampled_from([s for s in Status if s.terminal]), roles, facts)
def test_nothing_but_printing_and_noting_leaves_a_terminal_status(
    status: Status, acting: set[Role], known: Facts
) -> None:
    assert set(allowed_verbs(status, acting, known)) <= {Verb.reprint, Verb.comment}


@some
@given(statuses, roles, facts, st.sampled_from(Verb))
def test_allowed_verbs_and_next_status_agree(
    status: Status | None, acting: set[Role], known: Facts, verb: Verb
) -> None:
    try:
        next_status(verb, status, acting, facts=known)
    except DomainError:
        assert verb not in allowed_verbs(status, acting, known)
    else:
        assert verb in allowed_verbs(status, acting, known)


@some
@given(statuses, roles, st.sampled_from(Role), facts)
def test_more_roles_never_allow_less(
    status: Status | None, acting: set[Role], another: Role, known: Facts
) -> None:
    before = set(allowed_verbs(status, acting, known))
    assert before <= set(allowed_verbs(status, {*acting, another}, known))


@some
@given(statuses, facts)
def test_nobody_may_do_nothing(status: Status | None, known: Facts) -> None:
    assert allowed_verbs(status, set(), known) == ()


def test_every_row_is_reachable_from_no_dossier() -> None:
    """Walk everything every single role may do, from the empty counter on."""
    reached: set[Status | None] = {None}
    used: set[tuple[Verb, Status | None]] = set()
    waiting: list[Status | None] = [None]
    while waiting:
        status = waiting.pop()
        for known in (READY, replace(READY, paused=True)):
            for verb in allowed_verbs(status, set(Role), known):
                used.add((verb, status))
                end = next_status(verb, status, set(Role), facts=known)
                if end not in reached:
                    reached.add(end)
                    waiting.append(end)
    assert reached == {None, *Status}
    assert used == {(row.verb, start) for row in TRANSITIONS for start in row.froms}


def test_each_role_of_each_row_may_really_do_it() -> None:
    for row in TRANSITIONS:
        known = replace(READY, paused=row.verb is Verb.resume)
        for role in row.roles:
            for start in row.froms:
                end = next_status(row.verb, start, {role}, facts=known)
                assert end is (row.to or start)
