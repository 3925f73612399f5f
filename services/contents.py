"""What lies in a dossier beside its own row: fees, receipts, files, papers, events."""

import sqlalchemy as sa

from domain.codes import StepKind
from models.attachment import Attachment
from models.base import db
from models.dossier import Dossier, DossierStep
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


def written_before(step: DossierStep) -> list[DossierStep]:
    """Steps of its leg in which somebody proposed or gave an opinion, the newest first."""
    kinds = (StepKind.work, StepKind.consult, StepKind.sign)
    found = [
        s
        for s in step.dossier.steps
        if s.leg_id == step.leg_id and s.kind in kinds and s.note and s.finished_at
    ]
    return sorted(found, key=lambda s: (s.finished_at, s.id), reverse=True)


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
