"""What a dossier costs and what was paid."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.codes import FeeMoment
from models.dossier import Dossier, OfDossier
from models.types import Choice, Id, Json, Moment, Text


class DossierFee(OfDossier):
    """One fee, charge or financial obligation that is due; integer đồng."""

    __tablename__ = "dossier_fee"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    rule_id: Mapped[str | None] = mapped_column(Id, sa.ForeignKey("fee_rule.id"))
    name: Mapped[str] = mapped_column(Text(300))
    quantity: Mapped[int] = mapped_column(default=1)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    paid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    moment: Mapped[FeeMoment] = mapped_column(Choice(FeeMoment))

    dossier: Mapped[Dossier] = relationship(foreign_keys=[dossier_id])

    @classmethod
    def keys(cls):
        return (
            *super().keys(),
            sa.CheckConstraint("amount >= 0 AND quantity >= 1", name="amount"),
            sa.CheckConstraint("paid BETWEEN 0 AND amount", name="paid"),
        )


class FeeReceipt(OfDossier):
    """A numbered receipt (biên lai); never changed, a mistake is answered by a receipt of its own."""

    __tablename__ = "fee_receipt"

    dossier_id: Mapped[str] = mapped_column(Id, sa.ForeignKey("dossier.id"), index=True)
    number: Mapped[str] = mapped_column(Text(40))
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    lines: Mapped[list[dict]] = mapped_column(Json)
    method: Mapped[str] = mapped_column(Text(20), default="cash")
    payer: Mapped[str] = mapped_column(Text(300))
    paid_at: Mapped[dt.datetime] = mapped_column(Moment)
    cashier: Mapped[str] = mapped_column(Text(200))

    dossier: Mapped[Dossier] = relationship(foreign_keys=[dossier_id])

    @classmethod
    def keys(cls):
        return (*super().keys(), sa.UniqueConstraint("agency_id", "number"))
