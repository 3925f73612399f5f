"""What happens by itself when a step opens or is done: a fee is asked for, officers are told, a result is
registered; which papers are then to be printed."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from domain.codes import StepState
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep
from models.fee import DossierFee
from models.outcome import ActionKind, ActionMoment, StepAction
from models.paper import IssuedPaper
from services.acting import Actor
from services.dossier import data, interlink, later
from services.dossier.forms import FeeLine
from services.dossier.pricing import charge
from services.dossier.steps import AD_HOC
from services.dossier.telling import tell
from services.recording import record
from services.registers import results


def run(
    dossier: Dossier,
    steps: Iterable[DossierStep],
    moment: ActionMoment,
    *,
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Do what the version says of these steps at this moment; a fee and a result at most once.

    Errors: those of `services.registers.results.perform`.
    """
    version = data.version_of(dossier)
    if not version.actions:
        return
    known = data.known(dossier, at.date(), version)
    for step in steps:
        for action in version.actions:
            if _is_due(action, step, moment) and known.holds(action.only_if):
                _do(dossier, step, action, known, actor, at)


def _is_due(action: StepAction, step: DossierStep, moment: ActionMoment) -> bool:
    planned = step.position < AD_HOC and step.definition_id is not None
    return planned and action.step == step.position and action.moment is moment


def _do(
    dossier: Dossier,
    step: DossierStep,
    action: StepAction,
    known: data.Known,
    actor: Actor,
    at: dt.datetime,
) -> None:
    if action.kind is ActionKind.fee:
        _ask_fee(dossier, action, known, actor, at)
    elif action.kind is ActionKind.notify:
        roles = [Role(name) for name in (action.notified or "").split()]
        tell(dossier, roles, action.text or step.name, agency_id=step.agency_id, at=at)
    elif action.kind is ActionKind.register:
        chosen = [r for r in data.version_of(dossier).results if r.code == action.result]
        for result in chosen:
            if known.holds(result.only_if):
                results.perform(dossier, result, actor=actor, at=at, agency_id=step.agency_id)


def _ask_fee(
    dossier: Dossier, action: StepAction, known: data.Known, actor: Actor, at: dt.datetime
) -> None:
    """Put a fee of the schedule on the dossier, once; one that is free by its conditions is left out."""
    version = data.version_of(dossier)
    for rule in version.fees:
        if rule.code != action.fee or not known.charges(rule, at_step=True):
            continue
        asked = sa.select(DossierFee.id).where(
            DossierFee.dossier_id == dossier.id, DossierFee.rule_id == rule.id
        )
        if db.session.scalar(asked.limit(1)) is not None:
            continue
        line = FeeLine(rule.id)
        with interlink.as_owner(dossier, actor):
            if rule.amount is None:
                later.remember(dossier, rule, line)
                db.session.flush()
                continue
            fee = DossierFee(
                agency_id=dossier.agency_id,
                dossier=dossier,
                rule_id=rule.id,
                name=rule.name,
                quantity=1,
                amount=charge(rule, line, known.number(rule.quantity)),
                moment=rule.moment,
                paid=0,
            )
            db.session.add(fee)
            db.session.flush()
        record(
            Tag.dossier_ask_fee,
            fee,
            dossier=dossier,
            actor=actor,
            at=at,
            post=actor.post(agency_id=dossier.agency_id),
            changes={"name": fee.name, "amount": fee.amount},
        )


# ---- papers that are to be printed ---------------------------------------------------------------
def papers_due(dossier: Dossier, today: dt.date) -> list[str]:
    """Codes of the papers that an action of a step asks for and that were not issued since, in order."""
    version = data.version_of(dossier)
    asked = [a for a in version.actions if a.kind is ActionKind.print and a.form]
    if not asked:
        return []
    known = data.known(dossier, today, version)
    moments = _moments(dossier)
    newest = dict(_issued(dossier))
    found = []
    for action in asked:
        since = moments.get((action.step, action.moment))
        if since is None or not known.holds(action.only_if):
            continue
        last = newest.get(action.form or "")
        if last is None or last < since:
            found.append(action.form or "")
    return list(dict.fromkeys(found))


def _issued(dossier: Dossier) -> list[tuple[str, dt.datetime]]:
    query = sa.select(IssuedPaper.form, IssuedPaper.issued_at).where(
        IssuedPaper.dossier_id == dossier.id
    )
    return [(form, at) for form, at in db.session.execute(query.order_by(IssuedPaper.issued_at))]


def _moments(dossier: Dossier) -> dict[tuple[int, ActionMoment], dt.datetime]:
    """When each step of the plan was last opened and last done."""
    found: dict[tuple[int, ActionMoment], dt.datetime] = {}
    for step in sorted(dossier.steps, key=lambda s: s.round):
        if step.position >= AD_HOC:
            continue
        if step.opened_at is not None:
            found[step.position, ActionMoment.entry] = step.opened_at
        if step.state is StepState.done and step.finished_at is not None:
            found[step.position, ActionMoment.exit] = step.finished_at
    return found
