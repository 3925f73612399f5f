"""What a receipt costs: the schedule of its version, by case, condition, quantity and day."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.fee import DossierFee
from models.procedure import FeeRule, ProcedureVersion
from services.dossier import data, later
from services.dossier.forms import FeeLine


def add_fees(
    dossier: Dossier, version: ProcedureVersion, lines: Iterable[FeeLine], known: data.Known
) -> None:
    """Write the fees of a receipt; one whose amount may wait is remembered, a free one is left out.

    Errors: value.invalid for a line that is not of this version, money.invalid.
    """
    rules = {rule.id: rule for rule in version.fees}
    for line in lines:
        rule = rules.get(line.rule_id)
        if rule is None:
            raise DomainError("value.invalid", field="fees")
        if not known.charges(rule):
            continue
        if later.may_wait(rule, line):
            later.remember(dossier, rule, line)
            continue
        db.session.add(
            DossierFee(
                agency_id=dossier.agency_id,
                dossier=dossier,
                rule_id=rule.id,
                name=rule.name,
                quantity=max(1, line.quantity),
                amount=charge(rule, line, known.number(rule.quantity)),
                moment=rule.moment,
                paid=0,
            )
        )


def charge(rule: FeeRule, line: FeeLine, counted: Decimal | None = None) -> int:
    """What a line of the schedule costs, in đồng: unit amount × quantity, up to the cap.

    counted: the quantity that the rule's formula came to, instead of the one on the line.
    Errors: money.invalid when the schedule leaves the amount open and none was written.
    """
    amount = rule.amount if rule.amount is not None else line.amount
    if amount is None or amount < 0:
        raise DomainError("money.invalid", field="fees")
    quantity = Decimal(max(1, line.quantity)) if counted is None else max(Decimal(0), counted)
    total = int((amount * quantity).quantize(Decimal(1), ROUND_HALF_UP))
    return total if rule.cap is None else min(total, rule.cap)
