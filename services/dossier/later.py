"""Fees without a tariff that are due on return: at the receipt nobody knows yet what they come to.

The dossier remembers them in `details["open_fees"]` (rule id → quantity); a row of fees appears when
the amount is written.
"""

import sqlalchemy as sa

from domain.codes import FeeMoment
from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.fee import DossierFee
from models.procedure import FeeRule
from services.dossier.forms import FeeLine
from services.transaction import locked, transaction

KEY = "open_fees"


def may_wait(rule: FeeRule, line: FeeLine) -> bool:
    """Whether the amount of this line may be left open until the return."""
    return rule.amount is None and line.amount is None and rule.moment is FeeMoment.on_return


def remember(dossier: Dossier, rule: FeeRule, line: FeeLine) -> None:
    """Keep a fee whose amount is not known yet."""
    kept = (dossier.details or {}).get(KEY, {})
    dossier.details = {**dossier.details, KEY: {**kept, rule.id: max(1, line.quantity)}}


def forget(dossier: Dossier) -> None:
    """Nothing more is due by a schedule that no longer counts."""
    dossier.details = {k: v for k, v in (dossier.details or {}).items() if k != KEY}


def open_fees(dossier: Dossier) -> list[FeeRule]:
    """The fees of a dossier whose amount is still to be written."""
    kept = (dossier.details or {}).get(KEY, {})
    if not kept:
        return []
    query = sa.select(FeeRule).where(FeeRule.id.in_(kept)).order_by(FeeRule.id)
    return list(db.session.scalars(query))


def refuse_open(dossier: Dossier) -> None:
    """Nothing leaves the house before it is known what it costs. Errors: fee.open."""
    for rule in open_fees(dossier)[:1]:
        raise DomainError("fee.open", name=rule.name)


def price(dossier: Dossier, amounts: dict[str, int]) -> dict[str, int]:
    """Write what open fees come to (rule id → đồng for all of it); nothing may come to zero đồng too.

    Gives fee id → đồng. A fee that was priced meanwhile is left as it is. Errors: money.invalid.
    """
    with transaction():
        dossier = locked(dossier)
        rules = {rule.id: rule for rule in open_fees(dossier)}
        kept = dict((dossier.details or {}).get(KEY, {}))
        made = []
        for rule_id, amount in amounts.items():
            if rule_id not in rules:
                continue
            if amount < 0:
                raise DomainError("money.invalid", field="amount")
            made.append(_row(dossier, rules[rule_id], kept.pop(rule_id), amount))
        forget(dossier)
        if kept:
            dossier.details = {**dossier.details, KEY: kept}
        db.session.flush()
    return {fee.id: fee.amount for fee in made}


def _row(dossier: Dossier, rule: FeeRule, quantity: int, amount: int) -> DossierFee:
    fee = DossierFee(
        agency_id=dossier.agency_id,
        dossier=dossier,
        rule_id=rule.id,
        name=rule.name,
        quantity=quantity,
        amount=amount,
        moment=rule.moment,
        paid=0,
    )
    db.session.add(fee)
    return fee
