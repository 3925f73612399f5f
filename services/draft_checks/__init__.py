"""A draft version of a procedure, checked as it is edited: each finding says where it stands.

What the version says by itself is `written`; whether the offices have people for its steps needs the
database. One pass over the parts, whatever their number.
"""

from models.procedure import ProcedureVersion
from services.draft_checks import data, fees, general, outcomes, papers, people, steps
from services.draft_checks.finding import SECTIONS, Finding
from services.draft_checks.naming import Names

__all__ = ["SECTIONS", "Finding", "findings", "written"]


def findings(version: ProcedureVersion) -> list[Finding]:
    """Everything that is wrong or doubtful, section by section in the order of SECTIONS.

    An `error` stops publishing, a `warning` does not.
    """
    found = [*written(version), *people.check(version)]
    return sorted(found, key=lambda finding: SECTIONS.index(finding.section))


def written(version: ProcedureVersion) -> list[Finding]:
    """What can be told from the version alone, without asking who works where."""
    names = Names(version)
    return [
        *general.check(version),
        *general.check_cases(version),
        *data.check(version, names),
        *papers.check(version, names),
        *steps.check(version, names),
        *fees.check(version, names),
        *outcomes.check(version, names),
    ]
