"""The work-list: the live steps in one's hand and in one's department, by deadline.

Live steps are few beside all steps ever made, and partial indexes of `dossier_step` hold only them.
"""

import base64
import datetime as dt
import json
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from domain.codes import Status, StepKind, StepState
from domain.deadline import Term, reckon
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierPause, DossierStep
from models.officer import Officer
from models.organisation import Unit
from models.procedure import Procedure
from services.acting import Actor
from services.lookup import words_of
from services.working_time import calendar_of

Tab = Literal["mine", "department", "waiting", "soon", "late"]
TABS: tuple[Tab, ...] = ("mine", "department", "waiting", "soon", "late")
#: Counts stop here: more work than this is “99+” to anybody.
MOST_COUNTED = 100
MOST_LOOKED_AT = 1000

_LIVE = (StepState.open, StepState.waiting)
_STANDING = (Status.awaiting_supplement, Status.awaiting_payment)


class Item(NamedTuple):
    """One line: a step with its dossier. `due_at` is the step's, `dossier_due_at` the citizen's."""

    step_id: str
    dossier_id: str
    version: int
    code: str | None
    owner_name: str
    subject: str
    procedure: str
    status: Status
    step: str
    kind: StepKind
    state: StepState
    role: Role
    unit_id: str
    unit: str
    holder_id: str | None
    holder: str | None
    sent_by: str | None
    opened_at: dt.datetime | None
    received_at: dt.datetime
    due_at: dt.datetime | None
    dossier_due_at: dt.datetime | None


class Work(NamedTuple):
    """A page of the list; `after` opens the next page and is None on the last one."""

    rows: tuple[Item, ...]
    after: str | None


def worklist(
    actor: Actor,
    *,
    tab: Tab,
    now: dt.datetime,
    q: str | None = None,
    procedure: str | None = None,
    after: str | None = None,
    limit: int = 25,
) -> Work:
    """Live steps of a tab, the earliest due first and those without a due moment last.

    tab: `mine` in my hand or that of whom I stand in for; `department` of my posts, in nobody's or
    another's hand; `waiting` for somebody outside; `soon` due within one working day; `late`.
    `q` are words of the dossier's search key, `procedure` an id. Errors: request.invalid (cursor).
    """
    query = _query().where(*_conditions(actor, tab, now), *_narrowed(q, procedure))
    if after is not None:
        query = query.where(_beyond(after))
    query = query.order_by(DossierStep.due_at.asc().nulls_last(), DossierStep.id).limit(limit + 1)
    rows = [Item._make(row) for row in db.session.execute(query)]
    more = len(rows) > limit
    return Work(tuple(rows[:limit]), _cursor(rows[limit - 1]) if more else None)


def counts(actor: Actor, *, now: dt.datetime) -> dict[Tab, int]:
    """How many steps each tab has, at most MOST_COUNTED, which stands for “99+”.

    One pass over the live steps, the earliest due first; beyond MOST_LOOKED_AT nothing is counted.
    """
    mine = _mine(actor)
    marks = (
        sa.select(
            sa.func.coalesce(mine, sa.false()).label("mine"),
            _waits().label("waits"),
            _late(now).label("late"),
            sa.func.coalesce(_near(actor, now), sa.false()).label("near"),
        )
        .select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(DossierStep.state.in_(_LIVE), sa.or_(mine, _ours(actor)))
        .order_by(DossierStep.due_at.asc().nulls_last())
        .limit(MOST_LOOKED_AT)
        .subquery()
        .c
    )
    here = sa.not_(marks.waits)
    tabs: dict[Tab, Condition] = {
        "mine": sa.and_(marks.mine, here),
        "department": sa.and_(sa.not_(marks.mine), here),
        "waiting": marks.waits,
        "soon": sa.and_(here, sa.not_(marks.late), marks.near),
        "late": sa.and_(here, marks.late),
    }
    numbers = (sa.func.count().filter(condition).label(tab) for tab, condition in tabs.items())
    row = db.session.execute(sa.select(*numbers)).one()
    return {tab: min(row._mapping[tab], MOST_COUNTED) for tab in TABS}


def shown(count: int) -> str:
    """A bounded count as people read it."""
    return str(count) if count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


# ---- what a tab holds ----------------------------------------------------------------------------
Condition = sa.ColumnElement[bool]


def _conditions(actor: Actor, tab: Tab, now: dt.datetime) -> tuple[Condition, ...]:
    mine, ours = _mine(actor), _ours(actor)
    live = DossierStep.state.in_(_LIVE)
    if tab == "mine":
        return live, mine, sa.not_(_waits())
    if tab == "department":
        others = sa.or_(DossierStep.holder_id.is_(None), sa.not_(mine))
        return live, ours, others, sa.not_(_waits())
    either = sa.or_(mine, ours)
    if tab == "waiting":
        return live, either, _waits()
    if tab == "late":
        return live, either, sa.not_(_waits()), _late(now)
    return live, either, sa.not_(_waits()), sa.not_(_late(now)), _near(actor, now)


def _mine(actor: Actor) -> Condition:
    hands = {actor.officer_id, *(p.for_id for p in actor.posts)} - {None}
    return DossierStep.holder_id.in_(sorted(h for h in hands if h))


def _ours(actor: Actor) -> Condition:
    """Steps of the units where the actor holds a post, for the role held there."""
    posts = sorted({(p.unit_id, p.role) for p in actor.posts})
    each = (sa.and_(DossierStep.unit_id == u, DossierStep.role == r) for u, r in posts)
    return sa.or_(sa.false(), *each)


def _waits() -> Condition:
    """Nothing can be done inside the office: somebody outside has the turn, or the clock stands."""
    paused = sa.exists().where(
        DossierPause.dossier_id == DossierStep.dossier_id, DossierPause.ends.is_(None)
    )
    return sa.or_(DossierStep.state == StepState.waiting, Dossier.status.in_(_STANDING), paused)


def _late(now: dt.datetime) -> Condition:
    """The step or the whole dossier is past its due moment."""
    late = sa.or_(DossierStep.due_at < now, Dossier.due_at < now)
    return sa.func.coalesce(late, sa.false())


def _near(actor: Actor, now: dt.datetime) -> Condition:
    """The step or the whole dossier is due within one working day."""
    horizon = _one_day_on(actor, now)
    return sa.or_(_between(DossierStep, now, horizon), _between(Dossier, now, horizon))


def _between(model: Any, now: dt.datetime, horizon: dt.datetime) -> Condition:
    return sa.and_(model.due_at >= now, model.due_at <= horizon)


def _one_day_on(actor: Actor, now: dt.datetime) -> dt.datetime:
    """One working day from now, by the calendar of the actor's own unit."""
    unit = db.session.get(Unit, actor.home.unit_id)
    return reckon(Term.parse("1wd"), now, calendar_of(unit, now.date())).due_at


def _narrowed(q: str | None, procedure: str | None) -> tuple[Condition, ...]:
    words = words_of(q or "")
    found = [Dossier.search_key.like(f"%{w}%") for w in words]
    if q and q.strip() and not words:
        return (sa.false(),)
    return (*found, *((Dossier.procedure_id == procedure,) if procedure else ()))


# ---- rows and pages ------------------------------------------------------------------------------
def _query() -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        DossierStep.id,
        Dossier.id,
        Dossier.version,
        Dossier.code,
        Dossier.owner_name,
        Dossier.subject,
        Procedure.name,
        Dossier.status,
        DossierStep.name,
        DossierStep.kind,
        DossierStep.state,
        DossierStep.role,
        DossierStep.unit_id,
        Unit.name,
        DossierStep.holder_id,
        Officer.full_name,
        DossierStep.sent_by,
        DossierStep.opened_at,
        Dossier.received_at,
        DossierStep.due_at,
        Dossier.due_at,
    )
    return (
        sa.select(*columns)
        .select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .join(Procedure, Procedure.id == Dossier.procedure_id)
        .join(Unit, Unit.id == DossierStep.unit_id)
        .outerjoin(Officer, Officer.id == DossierStep.holder_id)
    )


def _cursor(item: Item) -> str:
    place = [item.due_at.isoformat() if item.due_at else None, item.step_id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _beyond(after: str) -> Condition:
    """What comes after the last line of the page before."""
    try:
        due, step_id = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        moment = dt.datetime.fromisoformat(due) if due is not None else None
    except (ValueError, TypeError):
        raise DomainError("request.invalid") from None
    later_id = DossierStep.id > str(step_id)
    if moment is None:
        return sa.and_(DossierStep.due_at.is_(None), later_id)
    return sa.or_(
        DossierStep.due_at > moment,
        sa.and_(DossierStep.due_at == moment, later_id),
        DossierStep.due_at.is_(None),
    )
