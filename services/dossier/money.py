"""Fees: take a payment, give a numbered receipt."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from domain import numbering
from domain.codes import Status, Verb
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.fee import DossierFee, FeeReceipt
from models.ids import uuid7
from services.acting import Actor
from services.dossier import later
from services.dossier.forms import plain
from services.dossier.guard import check
from services.dossier.waiting import resume_after_payment
from services.numbers import next_number
from services.recording import record
from services.transaction import locked, repeated, transaction


def record_payment(
    dossier: Dossier,
    *,
    amounts: dict[str, int],
    payer: str | None = None,
    method: str = "cash",
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> FeeReceipt | None:
    """Take money for some fees of a dossier and give one receipt.

    amounts: fee id → đồng paid now. When nothing of a financial obligation is left unpaid the
    clock runs again. Returns None for a repeated form. Errors: fee.nothing_due, fee.too_much, guards.
    """
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return None
        status = check(Verb.record_payment, dossier, actor, None, at)
        lines = _book(dossier, amounts)
        before = dossier.due_at
        if dossier.status is Status.awaiting_payment and _settled(dossier):
            dossier.status = status
            resume_after_payment(dossier, at)
        post = actor.post(Role.cashier, Role.clerk, agency_id=dossier.agency_id)
        if post is None:
            raise DomainError("dossier.role_not_allowed")
        receipt = FeeReceipt(
            id=uuid7(),
            agency_id=dossier.agency_id,
            dossier=dossier,
            amount=sum(line["amount"] for line in lines),
            lines=lines,
            method=method,
            payer=plain(payer) or dossier.submitter_name or dossier.owner_name,
            paid_at=at,
            cashier=actor.name,
        )
        n = next_number(dossier.agency_id, "receipt", str(at.year))
        receipt.number = numbering.ReceiptNumber(dossier.agency_id, at.year).format(n)
        db.session.add(receipt)
        record(
            Tag.dossier_record_payment,
            receipt,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post,
            changes={
                "number": receipt.number,
                "amount": receipt.amount,
                "due_at": [before, dossier.due_at],
            },
            op_id=op_id,
        )
    return receipt


def _book(dossier: Dossier, amounts: dict[str, int]) -> list[dict[str, Any]]:
    query = sa.select(DossierFee).where(DossierFee.dossier_id == dossier.id).with_for_update()
    fees = {f.id: f for f in db.session.scalars(query)}
    lines = []
    for fee_id, amount in amounts.items():
        fee = fees.get(fee_id)
        if fee is None or amount < 0:
            raise DomainError("money.invalid", field="amount")
        if amount > fee.amount - fee.paid:
            raise DomainError("fee.too_much", field="amount")
        if amount:
            fee.paid += amount
            lines.append({"name": fee.name, "quantity": fee.quantity, "amount": amount})
    if not lines:
        raise DomainError("fee.nothing_due", field="amount")
    db.session.flush()
    return lines


def _settled(dossier: Dossier) -> bool:
    """Whether no obligation that the clock waited for is left unpaid."""
    query = sa.select(DossierFee.id).where(
        DossierFee.dossier_id == dossier.id,
        DossierFee.rule_id.is_(None),
        DossierFee.paid < DossierFee.amount,
    )
    return db.session.scalar(query.limit(1)) is None


def drop_unpaid(dossier: Dossier) -> list[dict[str, Any]]:
    """Nothing more is due by a schedule that no longer counts; what was paid stays as it was paid.

    Gives the names and amounts, in đồng, that are not asked for any more.
    """
    query = sa.select(DossierFee).where(
        DossierFee.dossier_id == dossier.id,
        DossierFee.rule_id.is_not(None),
        DossierFee.paid < DossierFee.amount,
    )
    later.forget(dossier)
    dropped = []
    for fee in db.session.scalars(query.with_for_update()):
        dropped.append({"name": fee.name, "amount": fee.amount - fee.paid})
        if fee.paid:
            fee.amount = fee.paid
        else:
            db.session.delete(fee)
    return dropped
