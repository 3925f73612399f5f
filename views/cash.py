"""Take money at a counter: the fees that are due, one receipt. Used by the intake and the return desk."""

from typing import Any

from flask import flash
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import Length

from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.fee import DossierFee
from models.paper import IssuedPaper
from models.procedure import FeeRule
from services import dossier as verbs
from services.contents import fees_of
from services.dossier.later import open_fees, price
from services.transaction import transaction
from views import issuing, present
from views.fields import KeyField, MoneyField

METHODS = (
    ("cash", _l("Cash")),
    ("transfer", _l("Bank transfer")),
    ("qr", _l("QR payment")),
    ("card", _l("Card")),
)


class CashForm(FlaskForm):  # type: ignore[misc]
    """Who pays how; the amounts are fields of their own, one for each open fee."""

    class Meta:
        csrf = False  # the application checks the token of every POST

    op_id = KeyField()
    payer = StringField(_l("Payer"), [Length(max=300)])
    method = SelectField(_l("Payment method"), choices=list(METHODS), default="cash")
    lines: dict[str, tuple[DossierFee, str]]
    open: dict[str, tuple[FeeRule, str]]

    def amounts(self) -> dict[str, int]:
        """Fee id → đồng paid now."""
        return {fee: self[name].data or 0 for fee, (_, name) in self.lines.items()}

    def prices(self) -> dict[str, int]:
        """Rule id → đồng that a fee without a tariff comes to, as far as it is written."""
        found = {rule: self[name].data for rule, (_, name) in self.open.items()}
        return {rule: amount for rule, amount in found.items() if amount is not None}

    def named(self) -> list[str]:
        """The names of the fields of amounts, in the order they are drawn."""
        return [name for _, name in (*self.lines.values(), *self.open.values())]

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at the first amount, or above the form."""
        sentence = error.text(gettext)
        if error.field == "amount" and self.named():
            first = self[self.named()[0]]
            first.errors = [*first.errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]


def form_for(dossier: Dossier, typed: Any = None, *, final: bool = False) -> CashForm | None:
    """The form for what is still unpaid; None when nothing is.

    final: on return, fees without a tariff get their amount too.
    """
    due = [f for f in fees_of(dossier) if f.paid < f.amount]
    rules = open_fees(dossier) if final else []
    if not due and not rules:
        return None
    fields = {
        f"pay_{n}": MoneyField(fee.name, default=fee.amount - fee.paid) for n, fee in enumerate(due)
    }
    hint = _l("There is no tariff: write what it comes to, 0 when nothing.")
    fields |= {f"price_{n}": MoneyField(r.name, description=hint) for n, r in enumerate(rules)}
    made: Any = type("Cash", (CashForm,), fields)
    form: CashForm = made(formdata=typed)
    form.lines = {fee.id: (fee, f"pay_{n}") for n, fee in enumerate(due)}
    form.open = {rule.id: (rule, f"price_{n}") for n, rule in enumerate(rules)}
    return form


def settle(dossier: Dossier, form: CashForm) -> bool:
    """Take the money; False when the form must be shown again with what is wrong."""
    if not form.validate():
        return False
    try:
        receipt = _take(dossier, form)
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return False
    if receipt is not None:
        flash(gettext("Receipt %(number)s was issued.", number=receipt.number), "success")
    return True


def _take(dossier: Dossier, form: CashForm) -> IssuedPaper | None:
    """Record the payment and issue its receipt, both or neither; None for a form sent twice.

    Errors: fee.*, guards.
    """
    who = present.who()
    with transaction():
        amounts = form.amounts()
        if form.prices():
            amounts |= price(dossier, form.prices())
            if not any(amounts.values()):
                return None  # all that was open comes to nothing: no money, no receipt
        receipt = verbs.record_payment(
            dossier,
            amounts=amounts,
            payer=form.payer.data,
            method=form.method.data,
            op_id=form.op_id.data,
            **who,
        )
        if receipt is None:
            return None
        db.session.flush()
        return issuing.issue("fee_receipt", dossier, op_id=form.op_id.data, receipt=receipt, **who)
