"""Bounded figures for a first page: how many dossiers of the agencies in scope stand where."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from domain.codes import Status
from models.base import db
from models.dossier import Dossier
from models.fee import DossierFee
from services.acting import Actor

#: What lies further back is not looked for: a clerk of last year would have all dossiers read through.
RECENT = dt.timedelta(days=31)
#: Counting stops here, so that a first page never counts a whole table.
MOST = 1_000


def in_status(*statuses: Status) -> int:
    """Dossiers in these statuses, at most MOST."""
    return _bounded(sa.select(Dossier.id).where(Dossier.status.in_(statuses)))


def late(now: dt.datetime) -> int:
    """Dossiers in process past their due moment, at most MOST."""
    running = (Status.received, Status.processing)
    return _bounded(sa.select(Dossier.id).where(Dossier.status.in_(running), Dossier.due_at < now))


def received_by(actor: Actor, at: dt.datetime, *, limit: int) -> list[Dossier]:
    """What this officer received or guided within the last month, the newest first."""
    query = (
        sa.select(Dossier)
        .where(
            Dossier.agency_id.in_({post.agency_id for post in actor.posts}),
            Dossier.receiver_id == actor.officer_id,
            Dossier.received_at > at - RECENT,
        )
        .order_by(Dossier.received_at.desc(), Dossier.id.desc())
        .options(joinedload(Dossier.procedure))
    )
    return list(db.session.scalars(query.limit(limit)))


def _bounded(query: sa.Select[str]) -> int:
    return len(db.session.scalars(query.limit(MOST)).all())


def unpaid(agency_ids: frozenset[str], limit: int = 25) -> list[tuple[Dossier, int]]:
    """Dossiers of these agencies that wait for money, those whose clock stands for it first.

    Gives each with the đồng still due. A result that waits at the counter counts as well.
    """
    open_fee = DossierFee.amount - DossierFee.paid
    due = (
        sa.select(DossierFee.dossier_id, sa.func.sum(open_fee).label("due"))
        .where(DossierFee.agency_id.in_(agency_ids), DossierFee.paid < DossierFee.amount)
        .group_by(DossierFee.dossier_id)
        .subquery()
    )
    waiting = (Status.awaiting_payment, Status.processed)
    query = (
        sa.select(Dossier, due.c.due)
        .join(due, due.c.dossier_id == Dossier.id)
        .where(Dossier.agency_id.in_(agency_ids), Dossier.status.in_(waiting))
        .order_by(Dossier.status, Dossier.due_at, Dossier.id)
        .limit(limit)
    )
    return [(dossier, int(amount)) for dossier, amount in db.session.execute(query)]
