"""Acts that touch the clock: supplement, payment, suspension, re-appointment."""

import datetime as dt

from domain.codes import FeeMoment, PauseKind, Verb
from domain.deadline import check_extension
from domain.dossier import check_reason
from domain.errors import DomainError
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierPause
from models.fee import DossierFee
from models.scope import everything
from services.acting import Actor
from services.dossier import clock, interlink
from services.dossier.forms import Lack, checked_lacks, plain
from services.dossier.guard import check, post_for, post_on, step_of
from services.dossier.supplement import add_supplement
from services.recording import record
from services.transaction import locked, repeated, transaction


def _pause(dossier: Dossier, kind: PauseKind, reason: str, at: dt.datetime) -> None:
    """Stop the clock; the pause is a row of the dossier's owner."""
    db.session.add(
        DossierPause(
            agency_id=dossier.agency_id, dossier=dossier, kind=kind.value, reason=reason, starts=at
        )
    )


def _resume(dossier: Dossier, kinds: frozenset[PauseKind], at: dt.datetime) -> None:
    """Let the clock run again and store the due moments the engine now gives."""
    for pause in dossier.pauses:
        if pause.ends is None and PauseKind(pause.kind) in kinds:
            pause.ends = max(at, pause.starts)
    db.session.flush()
    clock.set_due(dossier)
    with everything():  # another agency's dues follow from the pauses, which it sees as we do
        clock.set_inner_dues(dossier)
        db.session.flush()


def request_supplement(
    dossier: Dossier,
    *,
    items: tuple[Lack, ...],
    reason: str,
    answer_by: dt.datetime | None = None,
    actor: Actor,
    at: dt.datetime,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Ask the citizen once, completely, for what is missing; the clock stands (NĐ 61/2018 Đ19 k4).

    A second request is a leader's own act: it is recorded as an override (NĐ 61/2018 Đ11 k2c).
    Errors: dossier.papers_required, dossier.reason_required, dossier.supplement_twice, guards.
    """
    lacks = checked_lacks(items)
    reason = check_reason(Verb.request_supplement, plain(reason))
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        leader = actor.post(Role.leader, agency_id=dossier.agency_id)
        second = dossier.supplement_requests > 0
        override = second and leader is not None
        status = check(Verb.request_supplement, dossier, actor, step, at, override=override)
        count = dossier.supplement_requests + 1
        interlink.set_at_home(dossier, actor, at, status=status, supplement_requests=count)
        with interlink.as_owner(dossier, actor):
            add_supplement(
                dossier,
                lacks,
                reason,
                by=actor,
                at=at,
                override_by=actor.name if override else None,
                answer_by=answer_by,
            )
            _pause(dossier, PauseKind.supplement, reason, at)
            db.session.flush()
        record(
            Tag.dossier_request_supplement,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=leader if override else (post_on(actor, step) if step else None),
            reason=reason,
            changes={"items": [vars(i) for i in lacks], "override": override},
            op_id=op_id,
        )
    return dossier


def receive_supplement(
    dossier: Dossier,
    *,
    actor: Actor,
    at: dt.datetime,
    note: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """The citizen brought what was asked: the clock runs again from now, not from when it is opened."""
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        before = dossier.due_at
        dossier.status = check(Verb.receive_supplement, dossier, actor, None, at)
        for request in dossier.supplements:
            if request.answered_at is None:
                request.answered_at = at
                for item in request.items:
                    item.answered = True
        _resume(dossier, frozenset({PauseKind.supplement}), at)
        record(
            Tag.dossier_receive_supplement,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_for(Verb.receive_supplement, dossier, actor),
            reason=plain(note) or None,
            changes={"due_at": [before, dossier.due_at]},
            op_id=op_id,
        )
    return dossier


def request_payment(
    dossier: Dossier,
    *,
    name: str,
    amount: int,
    actor: Actor,
    at: dt.datetime,
    reason: str | None = None,
    step_id: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """A financial obligation (tax notice) was fixed: the clock waits for its payment (status 6).

    amount: integer đồng > 0. Errors: money.invalid, value.required, guards.
    """
    if amount <= 0:
        raise DomainError("money.invalid", field="amount")
    if not plain(name):
        raise DomainError("value.required", field="name")
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        step = step_of(dossier, actor, step_id)
        status = check(Verb.request_payment, dossier, actor, step, at)
        interlink.set_at_home(dossier, actor, at, status=status)
        with interlink.as_owner(dossier, actor):
            db.session.add(
                DossierFee(
                    agency_id=dossier.agency_id,
                    dossier=dossier,
                    name=plain(name),
                    quantity=1,
                    amount=amount,
                    paid=0,
                    moment=FeeMoment.on_supplement,
                )
            )
            _pause(dossier, PauseKind.payment, plain(reason) or plain(name), at)
            db.session.flush()
        record(
            Tag.dossier_request_payment,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_on(actor, step) if step else None,
            reason=plain(reason) or None,
            changes={"name": plain(name), "amount": amount},
            op_id=op_id,
        )
    return dossier


def resume_after_payment(dossier: Dossier, at: dt.datetime) -> None:
    """Part of recording a payment: the clock runs again."""
    _resume(dossier, frozenset({PauseKind.payment}), at)


def suspend(
    dossier: Dossier,
    *,
    kind: str,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Stop the clock for force majeure or an outage (NĐ 99/2022). kind: force_majeure or outage.

    Errors: value.invalid, dossier.reason_required, guards.
    """
    reason = check_reason(Verb.suspend, plain(reason))
    if kind not in (PauseKind.force_majeure.value, PauseKind.outage.value):
        raise DomainError("value.invalid", field="kind")
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        status = check(Verb.suspend, dossier, actor, None, at)
        interlink.set_at_home(dossier, actor, at, status=status)
        with interlink.as_owner(dossier, actor):
            _pause(dossier, PauseKind(kind), reason, at)
            db.session.flush()
        record(
            Tag.dossier_suspend,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_for(Verb.suspend, dossier, actor),
            reason=reason,
            changes={"kind": kind},
            op_id=op_id,
        )
    return dossier


def resume(
    dossier: Dossier,
    *,
    actor: Actor,
    at: dt.datetime,
    note: str | None = None,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """The hindrance is over: the clock runs again; working time lost is added. Errors: dossier.not_paused."""
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        before = dossier.due_at
        status = check(Verb.resume, dossier, actor, None, at)
        interlink.set_at_home(dossier, actor, at, status=status)
        with interlink.as_owner(dossier, actor):
            _resume(dossier, frozenset({PauseKind.force_majeure, PauseKind.outage}), at)
            db.session.flush()
        record(
            Tag.dossier_resume,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_for(Verb.resume, dossier, actor),
            reason=plain(note) or None,
            changes={"due_at": [before, dossier.due_at]},
            op_id=op_id,
        )
    return dossier


def extend(
    dossier: Dossier,
    *,
    extended_to: dt.datetime,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    version: int | None = None,
    op_id: str | None = None,
) -> Dossier:
    """Apologise and re-appoint, once, in time, with the reason (NĐ 61/2018 Đ19 k9).

    The first appointment stays readable for ever. Errors: extension.*, dossier.extended_twice, guards.
    """
    reason = check_reason(Verb.extend, plain(reason))
    with transaction():
        dossier = locked(dossier, version, op_id)
        if repeated(op_id):
            return dossier
        status = check(Verb.extend, dossier, actor, None, at)
        if dossier.due_at is None:
            raise DomainError("extension.no_deadline")
        check_extension(at, dossier.due_at, extended_to)
        before = dossier.due_at
        interlink.set_at_home(
            dossier,
            actor,
            at,
            status=status,
            extensions=dossier.extensions + 1,
            extended_to=extended_to,
            extended_at=at,
        )
        with interlink.as_owner(dossier, actor):
            clock.set_due(dossier)
            db.session.flush()
        record(
            Tag.dossier_extend,
            dossier,
            dossier=dossier,
            actor=actor,
            at=at,
            post=post_for(Verb.extend, dossier, actor),
            reason=reason,
            changes={"due_at": [before, dossier.due_at]},
            op_id=op_id,
        )
    return dossier
