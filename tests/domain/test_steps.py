"""The order of steps: in sequence, in parallel with a join, and back."""

import pytest
from hypothesis import given, settings, strategies as st

from domain.dossier import StepDef, StepKind, StepState, next_steps, send_back_target
from domain.errors import DomainError

#: P5 in short: receipt, assignment, two opinions beside the appraisal, signature, return.
STEPS = (
    StepDef(1, StepKind.receive),
    StepDef(2, StepKind.assign),
    StepDef(3, StepKind.work, group=1),
    StepDef(4, StepKind.consult, group=1),
    StepDef(5, StepKind.posting, group=1),
    StepDef(6, StepKind.sign),
    StepDef(7, StepKind.return_result),
)
DONE, OPEN, BACK = StepState.done, StepState.open, StepState.sent_back


@pytest.mark.parametrize(
    ("states", "opening"),
    [
        ({}, (1,)),
        ({1: OPEN}, ()),
        ({1: DONE}, (2,)),
        ({1: DONE, 2: DONE}, (3, 4, 5)),
        ({1: DONE, 2: DONE, 3: DONE, 4: OPEN, 5: OPEN}, ()),
        ({1: DONE, 2: DONE, 3: DONE, 4: DONE, 5: StepState.waiting}, ()),
        ({1: DONE, 2: DONE, 3: DONE, 4: StepState.cancelled, 5: DONE}, (6,)),
        ({1: DONE, 2: DONE, 3: DONE, 4: DONE}, (5,)),
        ({1: DONE, 2: DONE, 3: BACK, 4: DONE, 5: DONE, 6: BACK}, (3,)),
        ({1: DONE, 2: DONE, 3: DONE, 4: DONE, 5: DONE, 6: BACK}, (6,)),
        (dict.fromkeys(range(1, 8), DONE), ()),
    ],
)
def test_next_steps_opens_what_waits_no_longer(
    states: dict[int, StepState], opening: tuple[int, ...]
) -> None:
    assert next_steps(STEPS, states) == opening
    assert next_steps(tuple(reversed(STEPS)), states) == opening


def test_steps_of_one_group_that_are_not_neighbours_do_not_join() -> None:
    apart = (StepDef(1, group=1), StepDef(2), StepDef(3, group=1))
    assert next_steps(apart, {}) == (1,)
    assert next_steps(apart, {1: DONE, 2: DONE}) == (3,)


def test_a_procedure_without_steps_opens_none() -> None:
    assert next_steps((), {}) == ()


@pytest.mark.parametrize(("seq", "target"), [(7, (6,)), (6, (3, 4)), (3, (1,)), (2, (1,))])
def test_send_back_goes_to_the_nearest_work(seq: int, target: tuple[int, ...]) -> None:
    assert send_back_target(STEPS, seq) == target


@pytest.mark.parametrize(("seq", "code"), [(1, "step.nothing_to_send_back"), (9, "step.not_found")])
def test_send_back_refuses_without_a_target(seq: int, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        send_back_target(STEPS, seq)
    assert caught.value.code == code


@settings(deadline=None, max_examples=100)
@given(st.lists(st.none() | st.integers(1, 3), max_size=12))
def test_doing_every_step_that_opens_does_all_of_them_in_order(groups: list[int | None]) -> None:
    steps = [StepDef(seq, group=group) for seq, group in enumerate(groups)]
    states: dict[int, StepState] = {}
    order: list[int] = []
    while opening := next_steps(steps, states):
        order += opening
        states |= dict.fromkeys(opening, DONE)
    assert order == list(range(len(groups)))
