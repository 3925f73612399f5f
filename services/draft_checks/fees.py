"""The fees of a version: amount, validity, quantity, conditions."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from domain import formula
from domain.errors import DomainError
from models.procedure import FeeRule, ProcedureVersion
from services.draft_checks import conditions
from services.draft_checks.conditions import Place
from services.draft_checks.finding import Finding, found
from services.draft_checks.naming import Names
from services.draft_checks.rows import FEES_DECIDED

_DAY = dt.date(2026, 1, 2)


def check(version: ProcedureVersion, names: Names) -> Iterator[Finding]:
    """What is wrong with the fees."""
    for row in version.fees:
        yield from _amount(row)
        yield from _validity(row, version)
        for name in ("only_if", "quantity", "free_if"):
            place = Place("fees", row, name, FEES_DECIDED.get(row.moment))
            yield from conditions.check(getattr(row, name), place, names)
        yield from _quantity(row, names)
    yield from _overlaps(version)


def _amount(row: FeeRule) -> Iterator[Finding]:
    if row.amount is None:
        yield found("fees.no_amount", "fees", row, "amount")
    elif row.cap is not None and row.cap < row.amount:
        yield found("fees.cap", "fees", row, "cap")
    if not (row.legal_basis or "").strip():
        yield found("fees.no_legal_basis", "fees", row, "legal_basis")


def _validity(row: FeeRule, version: ProcedureVersion) -> Iterator[Finding]:
    if row.valid_to is None:
        return
    if row.valid_from is not None and row.valid_to < row.valid_from:
        yield found("fees.period", "fees", row, "valid_to")
    elif version.valid_from is not None and row.valid_to < version.valid_from:
        yield found("fees.expired", "fees", row, "valid_to")


def _quantity(row: FeeRule, names: Names) -> Iterator[Finding]:
    condition = conditions.read(row.quantity)
    if condition is None:
        return
    try:
        value = formula.evaluate(condition, names.tries, _DAY)
    except DomainError:
        return
    if value is not None and not isinstance(value, Decimal):
        yield found("fees.quantity_type", "fees", row, "quantity")


def _overlaps(version: ProcedureVersion) -> Iterator[Finding]:
    """Fees of one code and one case that would both be collected on a day."""
    for one, other in combinations(version.fees, 2):
        same = all(getattr(one, n) == getattr(other, n) for n in ("code", "condition", "only_if"))
        start = max(row.valid_from or dt.date.min for row in (one, other))
        end = min(row.valid_to or dt.date.max for row in (one, other))
        if same and start <= end:
            day = max(start, version.valid_from) if version.valid_from else start
            yield found(
                "fees.overlap", "fees", other, "valid_from", code=other.code, day=f"{day:%d/%m/%Y}"
            )
