"""The steps of a version: can a dossier reach its end, in time, step by step."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from domain.codes import Status, StepKind, Verb
from domain.deadline import Term, TermUnit
from domain.roles import Role
from domain.transitions import TRANSITIONS
from models.procedure import ProcedureStep, ProcedureVersion
from services.draft_checks import conditions
from services.draft_checks.conditions import Place
from services.draft_checks.finding import Finding, found
from services.draft_checks.general import term_of, unread
from services.draft_checks.lengths import as_term, longer, measure, together
from services.draft_checks.naming import Names
from services.draft_checks.rows import ENDS

#: The act that finishes a step of a kind, and the status of the dossier in which it does; a transfer is
#: finished by the other agency.
_FINISHED: dict[StepKind, tuple[Verb, Status]] = {
    StepKind.receive: (Verb.forward, Status.received),
    StepKind.assign: (Verb.assign, Status.processing),
    StepKind.work: (Verb.propose, Status.processing),
    StepKind.consult: (Verb.answer_consult, Status.processing),
    StepKind.sign: (Verb.approve, Status.processing),
    StepKind.number: (Verb.finish, Status.processing),
    StepKind.return_result: (Verb.return_result, Status.processed),
    **dict.fromkeys(
        (StepKind.wait_applicant, StepKind.wait_payment, StepKind.posting, StepKind.external),
        (Verb.forward, Status.processing),
    ),
}
#: Steps of work by a person: without a duration they are never late.
_TIMED = frozenset(
    {StepKind.assign, StepKind.work, StepKind.consult, StepKind.sign, StepKind.number}
)
_SILENT = frozenset({StepKind.consult, StepKind.external})


def finishers(kind: StepKind) -> frozenset[Role] | None:
    """The roles that can finish a step of a kind; None where it does not depend on its role."""
    act = _FINISHED.get(kind)
    if act is None:
        return None
    rows = (row for row in TRANSITIONS if row.verb is act[0] and act[1] in row.froms)
    return frozenset().union(*(row.roles for row in rows)) - {Role.system}


def check(version: ProcedureVersion, names: Names) -> Iterator[Finding]:
    """What is wrong with the steps, one after the other, then what ties them together."""
    steps = sorted(version.steps, key=lambda step: step.position)
    for step in steps:
        yield from _step(step)
        yield from _same_as(step, steps)
        place = Place("steps", step, "only_if", step.position - 1)
        yield from conditions.check(step.only_if, place, names)
    yield from _present(steps)
    yield from _order(steps)
    yield from _groups(steps)
    yield from _lengths(version, steps)


# ---- one step ------------------------------------------------------------------------------------
def _step(step: ProcedureStep) -> Iterator[Finding]:
    yield from unread(step.term, "steps", step, "term")
    may = finishers(step.kind)
    if may is not None and step.role not in may:
        yield found("steps.role", "steps", step, "role", role=step.role, kind=step.kind)
    if step.kind in _TIMED and not step.term:
        yield found("steps.no_term", "steps", step, "term")
    if step.silence and step.kind not in _SILENT:
        yield found("steps.silence_kind", "steps", step, "silence")
    elif step.silence and not step.term:
        yield found("steps.silence_term", "steps", step, "term")
    if step.kind is StepKind.external and not (step.external_body or "").strip():
        yield found("steps.external_body", "steps", step, "external_body")
    if step.kind is StepKind.transfer and step.target_level is None:
        yield found("steps.target_level", "steps", step, "target_level")
    if step.kind in ENDS and step.only_if:
        yield found("steps.ends_conditional", "steps", step, "only_if")


def _same_as(step: ProcedureStep, steps: Sequence[ProcedureStep]) -> Iterator[Finding]:
    if step.same_as is None:
        return
    at = ("steps", step, "same_as")
    other = next((s for s in steps if s.position == step.same_as), None)
    if other is None:
        yield found("steps.same_as_missing", *at, step=step.same_as)
        return
    beside = step.group is not None and step.group == other.group
    if other.position >= step.position or beside:
        yield found("steps.same_as_later", *at, step=step.same_as)
    elif (other.role, other.function) != (step.role, step.function):
        yield found("steps.same_as_other", *at, step=step.same_as)


# ---- all steps -----------------------------------------------------------------------------------
def _present(steps: Sequence[ProcedureStep]) -> Iterator[Finding]:
    """Whether there is work, a signature, a return, and something left when conditions fail."""
    kinds = {step.kind for step in steps}
    work = [step for step in steps if step.kind not in ENDS]
    if not any(step.kind is not StepKind.receive for step in steps):
        yield found("steps.none", "steps")
        return
    if work and all(step.only_if for step in work):
        yield found("steps.all_conditional", "steps", work[0], "only_if")
    if StepKind.return_result not in kinds:
        yield found("steps.no_return", "steps")
    if StepKind.sign not in kinds:
        yield found("steps.no_sign", "steps")


def _order(steps: Sequence[ProcedureStep]) -> Iterator[Finding]:
    """The receipt first, nothing behind the return."""
    if steps and steps[0].kind is not StepKind.receive:
        yield found("steps.no_receive", "steps", steps[0], "kind")
    returned = False
    for number, step in enumerate(steps):
        if number and step.kind is StepKind.receive:
            yield found("steps.receive_late", "steps", step, "kind")
        if returned:
            yield found("steps.unreachable", "steps", step)
        returned = returned or step.kind is StepKind.return_result


def _groups(steps: Sequence[ProcedureStep]) -> Iterator[Finding]:
    """Parallel groups: neighbours, at least two, and neither end of the procedure among them."""
    members = Counter(step.group for step in steps if step.group is not None)
    seen: set[int] = set()
    for before, step in pairwise([None, *steps]):
        assert step is not None
        if step.group is None:
            continue
        apart = step.group in seen and (before is None or before.group != step.group)
        seen.add(step.group)
        if apart:
            yield found("steps.group_apart", "steps", step, "group", group=step.group)
        if members[step.group] == 1:
            yield found("steps.group_alone", "steps", step, "group")
        elif step.kind in ENDS:
            yield found("steps.ends_group", "steps", step, "group")


def _lengths(version: ProcedureVersion, steps: Sequence[ProcedureStep]) -> Iterator[Finding]:
    """Steps that take longer together than the law, or the promise to the citizen, allows."""
    timed = [(step, term_of(step.term)) for step in steps]
    certain = [(step, term) for step, term in timed if not step.only_if]
    legal = term_of(version.legal_term)
    terms = [legal, *(term_of(case.term) for case in version.case_terms)]
    for term in dict.fromkeys(t for t in terms if t is not None):
        if over := _over(certain, term):
            yield found("steps.too_long", "steps", None, "term", needed=over, term=term)
        elif over := _over(timed, term):
            yield found("steps.may_be_too_long", "steps", None, "term", needed=over, term=term)
    local = term_of(version.local_term)
    if local is None or (legal is not None and (longer(local, legal) or _over(certain, legal))):
        return
    if over := _over(certain, local):
        yield found("steps.over_promise", "steps", None, "term", needed=over, term=local)


def _over(steps: Sequence[tuple[ProcedureStep, Term | None]], term: Term) -> Term | None:
    """What the steps take at least, if that is longer than the term."""
    needed = together(steps, term.unit)
    if needed <= measure(term, term.unit):
        return None
    return as_term(needed, TermUnit.wd if term.unit is TermUnit.same_day else term.unit)
