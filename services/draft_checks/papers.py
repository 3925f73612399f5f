"""The papers that a version asks for, and the cases in which it does."""

from collections.abc import Iterator
from itertools import combinations

from domain.names import fold
from models.procedure import ProcedureVersion, RequiredDocument
from services.draft_checks import conditions
from services.draft_checks.conditions import Place
from services.draft_checks.finding import Finding, found
from services.draft_checks.naming import BUILT_IN, Names


def check(version: ProcedureVersion, names: Names) -> Iterator[Finding]:
    """What is wrong with the papers."""
    if not version.documents:
        yield found("documents.none", "documents")
    said = {term.case for term in version.case_terms} | BUILT_IN
    said |= {d.condition for d in version.documents if d.condition and d.condition_text}
    for row in version.documents:
        yield from _paper(row)
        if row.condition and row.condition not in said:
            yield found(
                "documents.case_unnamed", "documents", row, "condition_text", case=row.condition
            )
        yield from conditions.check(row.only_if, Place("documents", row, "only_if", 0), names)
    yield from _twice(version)


def _paper(row: RequiredDocument) -> Iterator[Finding]:
    if row.from_register and row.required:
        yield found("documents.from_register", "documents", row, "required")
    if not row.originals and not row.copies and not row.from_register:
        yield found("documents.no_copies", "documents", row, "originals")


def _twice(version: ProcedureVersion) -> Iterator[Finding]:
    """The same paper twice, unless each is for a case of its own."""
    told = set()
    for one, other in combinations(version.documents, 2):
        if fold(one.name) != fold(other.name) or id(other) in told:
            continue
        cases = [(row.condition, row.only_if) for row in (one, other)]
        if cases[0] == cases[1] or any(not any(case) for case in cases):
            told.add(id(other))
            yield found("documents.twice", "documents", other, "name", name=other.name)
