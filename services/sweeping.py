"""What falls due by itself: silence that means consent, dossiers that became overdue."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa

from domain.codes import Status, StepKind, StepState
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.dossier import Dossier, DossierStep
from models.event import Event
from services.acting import system
from services.dossier.flow import move_on
from services.dossier.guard import SUSPENSIONS
from services.dossier.steps import AD_HOC, close
from services.recording import record
from services.transaction import locked, transaction

log = logging.getLogger(__name__)


class Swept(NamedTuple):
    """How many consultations were taken as consent and how many dossiers were noted as overdue."""

    silent: int
    overdue: int


def sweep(at: dt.datetime, most: int = 500) -> Swept:
    """Do what is due, each in its own transaction; run again for what is left. Needs all agencies."""
    silent = sum(_done(_silence, step_id, at) for step_id in _silent(at, most))
    overdue = sum(_done(_overdue, dossier_id, at) for dossier_id in _late(at, most))
    return Swept(silent, overdue)


def _done(act: Callable[[str, dt.datetime], bool], row_id: str, at: dt.datetime) -> bool:
    """One act; a refusal is logged and leaves the others their turn."""
    try:
        return act(row_id, at)
    except DomainError as error:
        log.warning("sweep of %s refused: %s", row_id, error.code)
        return False


def _silent(at: dt.datetime, most: int) -> list[str]:
    query = (
        sa.select(DossierStep.id)
        .where(
            DossierStep.kind.in_((StepKind.consult, StepKind.external)),
            DossierStep.state.in_((StepState.open, StepState.waiting)),
            DossierStep.silence,
            DossierStep.due_at < at,
        )
        .limit(most)
    )
    return list(db.session.scalars(query))


def _silence(step_id: str, at: dt.datetime) -> bool:
    """NĐ 61/2018 Đ19 k5 with the sector's law: no answer in time is taken as consent."""
    with transaction():
        dossier = locked(db.session.get_one(DossierStep, step_id).dossier_id)
        step = db.session.get_one(DossierStep, step_id, populate_existing=True)
        live = step.state in (StepState.open, StepState.waiting)
        if not live or any(p.ends is None and p.kind in SUSPENSIONS for p in dossier.pauses):
            return False
        by = system(step.agency_id, step.unit_id)
        close(step, by, at)
        if step.position < AD_HOC:
            move_on(dossier, step, by, at)
        record(
            Tag.dossier_consult_silent,
            step,
            dossier=dossier,
            actor=by,
            at=at,
            changes={"step": step.name, "due_at": step.due_at},
        )
    return True


def _late(at: dt.datetime, most: int) -> list[str]:
    query = sa.select(Dossier.id).where(_is_late(at)).order_by(Dossier.due_at).limit(most)
    return list(db.session.scalars(query))


def _is_late(at: dt.datetime) -> sa.ColumnElement[bool]:
    """Under way, past the due moment, and not noted as such before."""
    noted = sa.exists().where(Event.dossier_id == Dossier.id, Event.tag == Tag.dossier_overdue)
    under_way = Dossier.status.in_((Status.received, Status.processing))
    return sa.and_(under_way, Dossier.due_at < at, ~noted)


def _overdue(dossier_id: str, at: dt.datetime) -> bool:
    with transaction():
        dossier = locked(dossier_id, moves=False)
        query = sa.select(Dossier.id).where(Dossier.id == dossier_id, _is_late(at))
        if db.session.scalar(query) is None:  # another sweep was here first
            return False
        record(
            Tag.dossier_overdue,
            dossier,
            dossier=dossier,
            actor=system(dossier.agency_id),
            at=at,
            changes={"due_at": dossier.due_at},
        )
    return True
