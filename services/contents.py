"""What lies in a dossier beside its own row: fees, receipts, files, papers, events."""

import sqlalchemy as sa

from models.attachment import Attachment
from models.base import db
from models.dossier import Dossier
from models.event import Event
from models.fee import DossierFee, FeeReceipt
from models.paper import IssuedPaper


def fees_of(dossier: Dossier) -> list[DossierFee]:
    """Fees and financial obligations, in the order they were fixed."""
    query = sa.select(DossierFee).where(DossierFee.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(DossierFee.id)))


def receipts_of(dossier: Dossier) -> list[FeeReceipt]:
    """Receipts given, oldest first."""
    query = sa.select(FeeReceipt).where(FeeReceipt.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(FeeReceipt.id)))


def attachments_of(dossier: Dossier) -> list[Attachment]:
    """Scans and files, oldest first."""
    query = sa.select(Attachment).where(Attachment.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(Attachment.id)))


def papers_of(dossier: Dossier) -> list[IssuedPaper]:
    """Issued papers, newest first."""
    query = sa.select(IssuedPaper).where(IssuedPaper.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(IssuedPaper.id.desc())))


def events_of(dossier: Dossier, most: int = 500) -> list[Event]:
    """The newest events, newest first; at most `most`, so that no history makes a page endless."""
    query = sa.select(Event).where(Event.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(Event.at.desc(), Event.id.desc()).limit(most)))
