"""What must hold for every calendar, every receipt and every pause."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from domain.calendar import Calendar, working_minutes
from domain.deadline import (
    Pause,
    PauseKind,
    PauseMode,
    Policy,
    Reckoning,
    Term,
    TermUnit,
    is_working,
    reckon,
    remaining,
)
from domain.errors import DomainError
from tests.domain.calendars import calendars, moments

some = settings(deadline=None, max_examples=80)

terms = st.one_of(
    st.builds(Term, st.integers(1, 30), st.just(TermUnit.wd)),
    st.builds(Term, st.integers(1, 60), st.just(TermUnit.wh)),
    st.builds(Term, st.integers(1, 60), st.just(TermUnit.cd)),
    st.just(Term(1, TermUnit.same_day)),
)
policies = st.sampled_from(Policy)


@st.composite
def pauses(draw: st.DrawFn, kinds: tuple[PauseKind, ...] = tuple(PauseKind)) -> Pause:
    start = draw(moments())
    length = timedelta(minutes=draw(st.integers(0, 20_000)))
    return Pause(start, start + length, draw(st.sampled_from(kinds)))


def _ordered(found: Reckoning, later: Reckoning, term: Term, policy: Policy) -> bool:
    """Calendar days that keep the time of day are ordered by day: one that ended on a day off
    ends at closing, later in the day than one that ended on the working day after it."""
    if term.unit is TermUnit.cd and policy is Policy.keep_time:
        return found.due_at.date() <= later.due_at.date()
    return found.due_at <= later.due_at


@some
@given(calendars(), st.tuples(moments(), moments()).map(sorted), terms, policies)
def test_a_later_receipt_is_never_due_earlier(
    known: Calendar, received: list[datetime], term: Term, policy: Policy
) -> None:
    found, later = (reckon(term, moment, known, policy=policy) for moment in received)
    assert _ordered(found, later, term, policy)


@some
@given(calendars(), moments(), terms, st.integers(1, 20), policies)
def test_a_longer_term_is_never_due_earlier(
    known: Calendar, received: datetime, term: Term, more: int, policy: Policy
) -> None:
    if term.unit is TermUnit.same_day:
        longer = term
    else:
        longer = Term(term.amount + more, term.unit)
    found = reckon(term, received, known, policy=policy)
    assert _ordered(found, reckon(longer, received, known, policy=policy), term, policy)


@some
@given(calendars(), moments(), terms, policies, st.lists(pauses(), max_size=4))
def test_due_is_working_time_at_a_whole_minute_after_receipt(
    known: Calendar, received: datetime, term: Term, policy: Policy, stopped: list[Pause]
) -> None:
    for mode in PauseMode:
        found = reckon(term, received, known, policy=policy, pauses=stopped, mode=mode)
        assert is_working(found.due_at, known)
        assert is_working(found.original_due_at, known)
        assert found.due_at >= found.counted_from >= received
        assert (found.due_at.second, found.due_at.microsecond) == (0, 0)
        assert found.lines[-1].at == found.due_at


@some
@given(calendars(), moments(), terms, policies)
def test_terms_take_exactly_what_they_say(
    known: Calendar, received: datetime, term: Term, policy: Policy
) -> None:
    """n working hours are n·60 working minutes; n working days end on the n-th one after."""
    found = reckon(term, received, known, policy=policy)
    first, last = found.counted_from.date(), found.due_at.date()
    days = [first + timedelta(days=n + 1) for n in range((last - first).days)]
    worked = sum(map(known.is_working_day, days))
    if term.unit is TermUnit.wh:
        assert working_minutes(found.counted_from, found.due_at, known) == term.amount * 60
    elif term.unit is TermUnit.wd:
        assert worked == term.amount
    elif term.unit is TermUnit.cd:
        end = first + timedelta(days=term.amount)
        assert last == end or (last > end and not known.is_working_day(end))
    else:
        assert worked in (0, 1)


@some
@given(calendars(), moments(), terms, st.lists(pauses(), max_size=5))
def test_pauses_add_the_working_time_of_their_union(
    known: Calendar, received: datetime, term: Term, stopped: list[Pause]
) -> None:
    plain = reckon(term, received, known)
    found = reckon(term, received, known, pauses=stopped)
    assert found.original_due_at == plain.due_at
    assert working_minutes(plain.due_at, found.due_at, known) == found.paused_minutes
    minutes = set()
    for pause in stopped:
        start = max(pause.start, plain.counted_from)
        length = ((pause.end or start) - start) // timedelta(minutes=1)
        minutes |= {start + timedelta(minutes=minute) for minute in range(max(0, length))}
    assert found.paused_minutes == sum(_worked(minute, known) for minute in minutes)


def _worked(moment: datetime, known: Calendar) -> bool:
    """Whether the minute that begins at the moment is worked."""
    minute = moment.hour * 60 + moment.minute
    return any(start <= minute < end for start, end in known.spans(moment.date()))


@some
@given(calendars(), moments(), terms, pauses(), st.integers(0, 20_000), st.integers(0, 20_000))
def test_overlapping_pauses_count_once(
    known: Calendar, received: datetime, term: Term, whole: Pause, first: int, second: int
) -> None:
    assert whole.end is not None
    one, other = sorted(
        min(whole.end, whole.start + timedelta(minutes=cut)) for cut in (first, second)
    )
    parts = [Pause(one, whole.end), Pause(whole.start, other), Pause(one, other), whole]
    once = reckon(term, received, known, pauses=[whole])
    many = reckon(term, received, known, pauses=parts)
    assert (many.due_at, many.paused_minutes) == (once.due_at, once.paused_minutes)


@some
@given(calendars(), moments(), terms, st.integers(0, 40))
def test_a_pause_in_closed_hours_adds_nothing(
    known: Calendar, received: datetime, term: Term, days: int
) -> None:
    """From the closing of any working day to the next opening."""
    plain = reckon(term, received, known)
    closed, spans = known.next_working_day(received.date() + timedelta(days=days))
    opened, onward = known.next_working_day(closed)
    start = received.replace(hour=0, minute=0) + (closed - received.date())
    end = received.replace(hour=0, minute=0) + (opened - received.date())
    stopped = Pause(start + timedelta(minutes=spans[-1][1]), end + timedelta(minutes=onward[0][0]))
    found = reckon(term, received, known, pauses=[stopped])
    assert (found.due_at, found.paused_minutes) == (plain.due_at, 0)


@some
@given(calendars(), moments(), terms, policies, pauses((PauseKind.supplement,)))
def test_restart_equals_a_fresh_reckoning(
    known: Calendar, received: datetime, term: Term, policy: Policy, supplement: Pause
) -> None:
    assert supplement.end is not None
    found = reckon(
        term, received, known, policy=policy, pauses=[supplement], mode=PauseMode.restart
    )
    plain = reckon(term, received, known, policy=policy)
    if supplement.end <= plain.counted_from:
        assert found.due_at == plain.due_at
        return
    fresh = reckon(term, supplement.end, known, policy=policy)
    assert (found.due_at, found.counted_from) == (fresh.due_at, fresh.counted_from)
    assert found.original_due_at == plain.due_at


@some
@given(calendars(), moments(), terms, moments(), st.lists(pauses(), max_size=3))
def test_an_extension_never_brings_the_due_moment_forward(
    known: Calendar, received: datetime, term: Term, target: datetime, stopped: list[Pause]
) -> None:
    plain = reckon(term, received, known, pauses=stopped)
    found = reckon(term, received, known, pauses=stopped, extended_to=target)
    assert found.due_at >= plain.due_at
    assert found.original_due_at == plain.original_due_at
    assert is_working(found.due_at, known)


@some
@given(calendars(), moments(), moments())
def test_remaining_days_and_hours_make_up_the_whole(
    known: Calendar, now: datetime, due: datetime
) -> None:
    """Counting the shown days as a term and walking the shown rest reaches the other moment."""
    left = remaining(now, due, known)
    start, end = sorted((now, due))
    assert left.overdue is (now > due)
    assert left.total_minutes == working_minutes(start, end, known)
    reached = start
    if left.days:
        reached = reckon(Term(left.days, TermUnit.wd), start, known).due_at
    rest = working_minutes(reached, end, known)
    assert (rest // 60, rest % 60) == (left.hours, left.minutes)


@some
@given(calendars(), moments(), pauses())
def test_a_pause_keeps_what_was_left(known: Calendar, received: datetime, stopped: Pause) -> None:
    """What was left when the pause began is left when it ends; a delay stays the same delay."""
    assert stopped.end is not None
    term = Term(5, TermUnit.wd)
    due = reckon(term, received, known).due_at
    resumed = reckon(term, received, known, pauses=[stopped])
    if stopped.start < resumed.counted_from:
        return
    before = remaining(stopped.start, due, known)
    after = remaining(stopped.end, resumed.due_at, known)
    assert before.total_minutes == after.total_minutes


@settings(deadline=None, max_examples=20)
@given(moments(), terms)
def test_a_calendar_without_working_time_is_refused(received: datetime, term: Term) -> None:
    with pytest.raises(DomainError) as caught:
        reckon(term, received, Calendar({}))
    assert caught.value.code == "calendar.empty"
