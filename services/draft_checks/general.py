"""The version as a whole and its cases: terms, validity, legal basis."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from domain.deadline import Term
from domain.errors import DomainError
from domain.formula import RESERVED
from models.procedure import CaseTerm, ProcedureVersion
from services.draft_checks.finding import Finding, found
from services.draft_checks.lengths import longer
from services.draft_checks.rows import KEY

_TERMS = ("legal_term", "local_term", "extra_term")


def term_of(text: str | None) -> Term | None:
    """The term, None where there is none or it cannot be read."""
    try:
        return Term.parse(text) if text else None
    except DomainError:
        return None


def unread(text: str | None, section: str, part: Any, field: str) -> Iterator[Finding]:
    """A finding where a term is written that cannot be read."""
    if text and term_of(text) is None:
        yield found(f"{section}.term", section, part, field, term=text)


def check(version: ProcedureVersion) -> Iterator[Finding]:
    """What is wrong with the version as a whole."""
    if not version.legal_term:
        yield found("general.no_term", "general", None, "legal_term")
    for name in _TERMS:
        yield from unread(getattr(version, name), "general", None, name)
    legal, local, extra = (term_of(getattr(version, name)) for name in _TERMS)
    if legal and local and longer(local, legal):
        yield found("general.local_longer", "general", None, "local_term", term=legal)
    counted = local or legal
    if extra and counted and extra.unit is not counted.unit:
        yield found("general.extra_unit", "general", None, "extra_term")
    if version.valid_to and version.valid_from and version.valid_to < version.valid_from:
        yield found("general.period", "general", None, "valid_to")
    if not (version.legal_basis or "").strip():
        yield found("general.no_legal_basis", "general", None, "legal_basis")


def check_cases(version: ProcedureVersion) -> Iterator[Finding]:
    """What is wrong with the cases that have a term of their own."""
    times = Counter(term.case for term in version.case_terms)
    for row in version.case_terms:
        yield from _case(row, times[row.case])


def _case(row: CaseTerm, times: int) -> Iterator[Finding]:
    yield from unread(row.term, "cases", row, "term")
    if not KEY.fullmatch(row.case or "") or row.case in RESERVED:
        yield found("cases.code", "cases", row, "case")
    if times > 1:
        yield found("cases.twice", "cases", row, "case", case=row.case)
