"""Whose turn it is with a live step, as SQL: these conditions cut the work-list into its parts.

A live step of ours is either ours to do, or waits for the citizen, or waits for somebody else; the
three exclude each other, so every step stands in one part of the list. What lies beside a step is
read as plain tables: the step itself has passed the scope already.
"""

import datetime as dt
from functools import cache
from typing import Any

import sqlalchemy as sa

from domain.codes import Clock, FeeMoment, Status, StepKind, StepState
from domain.deadline import Term, reckon
from domain.roles import Role
from models.base import Row, db
from models.dossier import Dossier, DossierPause, DossierStep
from models.fee import DossierFee
from models.organisation import Unit
from services.acting import Actor
from services.dossier.steps import AD_HOC
from services.working_time import calendar_of

Condition = sa.ColumnElement[bool]

LIVE = (StepState.open, StepState.waiting)
#: The citizen has the turn and the clock stands.
STANDING = (Status.awaiting_supplement, Status.awaiting_payment)
RUNNING = tuple(status for status in Status if status.clock is Clock.runs)
#: Roles that one person of a unit has, or few: what nobody holds yet is theirs without taking it.
FEW = frozenset({Role.head, Role.leader, Role.registrar, Role.cashier})


@cache
def live() -> Condition:
    """Somebody does the step, or waits for it, now."""
    return DossierStep.state.in_(LIVE)


def plain(model: type[Row]) -> sa.FromClause:
    """The table of a model under a name of its own, for what lies beside a row in scope."""
    table: Any = model.__table__
    return sa.alias(table)


# ---- in whose hands ------------------------------------------------------------------------------
def mine(actor: Actor) -> Condition:
    """In my hand or that of one I stand in for; of a head or leader also what nobody holds yet.

    Unknown rather than false where nobody holds the step: what asks for the opposite says `coalesce`,
    which here would keep the index of holders from being used.
    """
    hands = sorted({h for h in (actor.officer_id, *(p.for_id for p in actor.posts)) if h})
    alone = sorted({(p.unit_id, p.role) for p in actor.posts if p.role in FEW})
    free = sa.and_(DossierStep.holder_id.is_(None), _any_post(alone))
    held = DossierStep.holder_id.in_(hands)
    return sa.or_(held, free) if alone else held


def ours(actor: Actor) -> Condition:
    """Steps of the units where the actor holds a post, for the role held there; of a head all."""
    led = sorted({p.unit_id for p in actor.posts if p.role is Role.head})
    posts = sorted({(p.unit_id, p.role) for p in actor.posts if p.unit_id not in led})
    return sa.or_(_any_post(posts), DossierStep.unit_id.in_(led)) if led else _any_post(posts)


def _any_post(posts: list[tuple[str, Role]]) -> Condition:
    each = (sa.and_(DossierStep.unit_id == u, DossierStep.role == r) for u, r in posts)
    return sa.or_(sa.false(), *each)


# ---- whose turn ----------------------------------------------------------------------------------
@cache
def citizen() -> Condition:
    """The citizen has the turn: papers or money are awaited. An opinion is given all the same."""
    fee = plain(DossierFee).c
    unpaid = sa.exists().where(
        fee.dossier_id == DossierStep.dossier_id,
        fee.moment == FeeMoment.on_supplement,
        fee.paid < fee.amount,
    )
    waits = sa.or_(
        Dossier.status.in_(STANDING),
        DossierStep.kind == StepKind.wait_applicant,
        sa.and_(DossierStep.kind == StepKind.wait_payment, unpaid),
    )
    return sa.and_(DossierStep.kind != StepKind.consult, waits)


@cache
def elsewhere() -> Condition:
    """Somebody else has the turn while we answer for it: another agency or body, a department that
    was asked, or nobody because the clock is suspended. To be read after `citizen`."""
    body = sa.and_(
        DossierStep.state == StepState.waiting, DossierStep.kind != StepKind.wait_payment
    )
    asked = sa.and_(DossierStep.position < AD_HOC, beside())
    stands = sa.and_(DossierStep.kind != StepKind.consult, suspended())
    return sa.or_(body, asked, stands)


@cache
def beside() -> Condition:
    """Something asked beside the plan is still open, so that the step cannot be completed."""
    other = plain(DossierStep).c
    return sa.exists().where(
        other.leg_id == DossierStep.leg_id, other.position >= AD_HOC, other.state.in_(LIVE)
    )


@cache
def suspended() -> Condition:
    """The clock stands for a cause of its own."""
    pause = plain(DossierPause).c
    return sa.exists().where(pause.dossier_id == DossierStep.dossier_id, pause.ends.is_(None))


# ---- the clock -----------------------------------------------------------------------------------
@cache
def runs() -> Condition:
    """The clock of the dossier runs: what is resolved or stands is neither late nor soon due."""
    return sa.and_(Dossier.status.in_(RUNNING), sa.not_(suspended()))


def late(now: dt.datetime) -> Condition:
    """The step or the whole dossier is past its due moment, and the clock runs."""
    past = sa.or_(DossierStep.due_at < now, Dossier.due_at < now)
    return sa.and_(sa.func.coalesce(past, sa.false()), runs())


def pressing(actor: Actor, now: dt.datetime) -> Condition:
    """Late, or due within one working day of the actor's own unit."""
    horizon = one_day_on(actor, now)
    near = sa.or_(DossierStep.due_at <= horizon, Dossier.due_at <= horizon)
    return sa.and_(sa.func.coalesce(near, sa.false()), runs())


def one_day_on(actor: Actor, now: dt.datetime) -> dt.datetime:
    """One working day from now."""
    unit = db.session.get(Unit, actor.home.unit_id)
    return reckon(Term.parse("1wd"), now, calendar_of(unit, now.date())).due_at


# ---- signatures ----------------------------------------------------------------------------------
def to_sign(actor: Actor) -> Condition:
    """A signature that the actor may give now."""
    posts = sorted({(p.unit_id, p.role) for p in actor.posts})
    free = sa.and_(DossierStep.holder_id.is_(None), _any_post(posts))
    held = sa.and_(mine(actor), _any_post(posts))
    signs = (DossierStep.kind == StepKind.sign, DossierStep.state == StepState.open)
    return sa.and_(*signs, sa.or_(free, held), sa.not_(citizen()), sa.not_(elsewhere()))
