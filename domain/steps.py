"""The order of the steps of one procedure: in sequence, and in parallel with a join."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from domain.codes import StepKind, StepState
from domain.errors import DomainError


class StepDef(NamedTuple):
    """A step of a procedure: its place `seq`, and the group it runs in parallel with, if any."""

    seq: int
    kind: StepKind = StepKind.work
    group: int | None = None


_CLOSED = frozenset({StepState.done, StepState.cancelled})
_TO_OPEN = frozenset({StepState.pending, StepState.sent_back})


def next_steps(steps: Sequence[StepDef], states: Mapping[int, StepState]) -> tuple[int, ...]:
    """The `seq` of the steps that open now (NĐ 61/2018 Đ19 k6); a step without state is pending.

    Neighbours of one group open together, and what follows waits until all of them are closed.
    A step that was sent back opens again when those before it are closed.
    """
    for block in blocks(steps):
        found = {step.seq: states.get(step.seq, StepState.pending) for step in block}
        if set(found.values()) <= _CLOSED:
            continue
        return tuple(seq for seq, state in found.items() if state in _TO_OPEN)
    return ()


def opening(
    steps: Sequence[StepDef], states: Mapping[int, StepState], applies: Callable[[int], bool]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The `seq` that open now, and those that are passed over first because they do not apply.

    applies: whether the condition of a step is met by the data as it stands.
    """
    known = dict(states)
    passed: tuple[int, ...] = ()
    while due := next_steps(steps, known):
        opened = tuple(seq for seq in due if applies(seq))
        over = tuple(seq for seq in due if seq not in opened)
        passed += over
        if opened:
            return opened, passed
        known |= dict.fromkeys(over, StepState.cancelled)
    return (), passed


def send_back_target(steps: Sequence[StepDef], seq: int) -> tuple[int, ...]:
    """The steps a step is sent back to: the nearest earlier block in which somebody worked.

    Errors: step.not_found, step.nothing_to_send_back.
    """
    found = blocks(steps)
    places = [i for i, block in enumerate(found) if seq in {step.seq for step in block}]
    if not places:
        raise DomainError("step.not_found")
    for block in reversed(found[: places[0]]):
        worked = tuple(step.seq for step in block if step.kind in _WORKED)
        if worked:
            return worked
    raise DomainError("step.nothing_to_send_back")


#: Waiting and posting are nobody's work: nothing can be sent back to them.
_WORKED = frozenset(
    {
        StepKind.receive,
        StepKind.work,
        StepKind.consult,
        StepKind.sign,
        StepKind.number,
    }
)


def blocks(steps: Sequence[StepDef]) -> list[list[StepDef]]:
    """Steps in order, cut where the group changes; a step without group stands alone."""
    ordered = sorted(steps, key=lambda step: step.seq)
    key = [("alone", step.seq) if step.group is None else ("group", step.group) for step in ordered]
    paired = groupby(zip(key, ordered, strict=True), key=lambda pair: pair[0])
    return [[step for _, step in pairs] for _, pairs in paired]
