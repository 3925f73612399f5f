"""How long steps take together, at least, in the unit of the term they are held against.

A working day has 8 working hours (seeds/steps.yaml). Calendar days cannot be told in working time, so a
term in working time is held against the steps in working time alone; a term in calendar days against
all, because a working day takes at least one calendar day. What is over by that is over for certain.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal

from domain.codes import StepKind
from domain.deadline import Term, TermUnit
from domain.steps import StepDef, blocks
from models.procedure import ProcedureStep

HOURS_A_DAY = 8
_MOST = 9999
_IN_HOURS = {TermUnit.wh: 1, TermUnit.wd: HOURS_A_DAY, TermUnit.same_day: HOURS_A_DAY}


def measure(term: Term, unit: TermUnit) -> Decimal:
    """A term in working hours, or in calendar days where the unit is those; 0 where it cannot be told."""
    hours = Decimal(term.amount * _IN_HOURS.get(term.unit, 0))
    if unit is not TermUnit.cd:
        return hours
    return Decimal(term.amount) if term.unit is TermUnit.cd else hours / HOURS_A_DAY


def longer(term: Term, other: Term) -> bool:
    """Whether a term is longer than another, for certain."""
    return measure(term, other.unit) > measure(other, other.unit)


def together(steps: Sequence[tuple[ProcedureStep, Term | None]], unit: TermUnit) -> Decimal:
    """What steps with their terms take at least, as `measure` gives it: a parallel group its longest."""
    lengths = {
        step.position: measure(term, unit)
        for step, term in steps
        if term is not None and not step.outside_total
    }
    return sum(
        (max((lengths.get(d.seq, Decimal(0)) for d in block), default=Decimal(0)))
        for block in in_blocks(step for step, _ in steps)
    ) + Decimal(0)


def in_blocks(steps: Iterable[ProcedureStep]) -> list[list[StepDef]]:
    """Steps in their order, cut where the parallel group changes."""
    return blocks([StepDef(s.position, StepKind(s.kind), s.group) for s in steps])


def as_term(length: Decimal, unit: TermUnit) -> Term:
    """A length of `measure` as a term that can be said, rounded up."""
    whole = int(length.to_integral_value(ROUND_CEILING))
    if unit is TermUnit.cd:
        return Term(min(whole, _MOST), unit)
    if unit is TermUnit.wd and whole % HOURS_A_DAY == 0:
        return Term(min(whole // HOURS_A_DAY, _MOST), unit)
    return Term(min(whole, _MOST), TermUnit.wh)
