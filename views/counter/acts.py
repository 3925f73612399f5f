"""How a visit ends: received, guided or refused; or a batch of them received one by one."""

from collections.abc import Callable
from typing import NamedTuple

from flask import flash
from flask_babel import gettext

from domain.codes import Status
from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from services import dossier as verbs
from services.dossier.forms import plain
from views import issuing
from views.counter import lines, scans
from views.counter.batch import BatchLine
from views.counter.desk import Act, Desk


def _receive(desk: Desk) -> Dossier:
    dossier = issuing.receive(desk.intake(), actor=desk.actor, at=desk.at)
    if any(scans.chosen()):
        scans.keep(dossier)
    return dossier


def _guide(desk: Desk) -> Dossier:
    reason = plain(desk.form.guide_reason.data)
    dossier = verbs.ask_before_intake(
        desk.intake(),
        items=lines.lack_values(desk.lacks),
        reason=reason,
        actor=desk.actor,
        at=desk.at,
        op_id=desk.form.visit.data,
    )
    if dossier.status is Status.new:
        db.session.expire(dossier, ["supplements"])
        issuing.issue(
            "supplement_request",
            dossier,
            actor=desk.actor,
            at=desk.at,
            op_id=desk.form.visit.data,
            supplement=dossier.supplements[-1],
        )
        flash(gettext("Guidance was given; nothing was received yet."), "info")
    return dossier


def _refuse(desk: Desk) -> Dossier:
    reason = plain(desk.form.refuse_reason.data)
    dossier = verbs.refuse_intake(desk.intake(), reason=reason, actor=desk.actor, at=desk.at)
    if dossier.status is Status.not_accepted:
        issuing.issue(
            "refusal", dossier, actor=desk.actor, at=desk.at, op_id=dossier.id, reason=reason
        )
    return dossier


ACTS: dict[Act, Callable[[Desk], Dossier]] = {
    "receive": _receive,
    "guide": _guide,
    "refuse": _refuse,
}


class Received(NamedTuple):
    """What became of one line of a batch: its dossier, or the line with the reason why not."""

    name: str
    dossier: Dossier | None
    line: BatchLine
    reason: str = ""


def receive_all(desk: Desk) -> list[Received]:
    """Every line of the batch for itself: one that is refused does not hold up the others."""
    common, found = desk.intake(), []
    for line in desk.batch_written:
        try:
            dossier = issuing.receive(line.intake(common), actor=desk.actor, at=desk.at)
            found.append(Received(dossier.owner_name, dossier, line))
        except DomainError as error:
            db.session.rollback()
            found.append(Received(line.name.data or "–", None, line, error.text(gettext)))
    return found
