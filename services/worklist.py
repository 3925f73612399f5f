"""The work-list: the live steps in one's hand and in one's department, by deadline.

Live steps are few beside all steps ever made, and partial indexes of `dossier_step` hold only them.
A page is one statement: the keys of its rows are found first, what they say is read for them alone.
"""

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from domain.codes import Status, StepKind, StepState
from domain.collation import person_sort_key
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierPause, DossierStep
from models.officer import Officer
from models.organisation import Unit
from models.procedure import Procedure
from services import narrowing, turns, work_groups
from services.acting import Actor
from services.dossier.steps import AD_HOC
from services.lookup import words_of
from services.turns import Condition, plain
from services.work_order import beyond, cursor, due, order

Tab = Literal["mine", "department", "others", "supplement", "soon"]
#: The first four hold every live step once; `soon` holds those of them that are late or soon due.
TABS: tuple[Tab, ...] = ("mine", "department", "others", "supplement", "soon")
#: What is counted beside the tabs, for the first page and the menu.
COUNTED = (*TABS, "late", "sign")
#: Counts stop here: more work than this is “99+” to anybody.
MOST_COUNTED = 100
MOST_LOOKED_AT = 1000
#: Stands for “nobody” where a holder is asked for.
NOBODY = "-"


class Item(NamedTuple):
    """One line: a step with its dossier. `due_at` is the step's, `dossier_due_at` the citizen's.

    asked: the department asked for its opinion; answering: the other agency at work; paused and
    paused_since: the pause that runs; group: the value by which the list is grouped, if it is.
    """

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
    taken_at: dt.datetime | None
    received_at: dt.datetime
    due_at: dt.datetime | None
    dossier_due_at: dt.datetime | None
    external_body: str | None
    asked: str | None
    answering: str | None
    paused: str | None
    paused_since: dt.datetime | None
    group: Any = None

    @property
    def due(self) -> dt.datetime | None:
        """What comes first of the two, by which the list is ordered."""
        return min((d for d in (self.due_at, self.dossier_due_at) if d), default=None)


class Work(NamedTuple):
    """A page of the list; `after` opens the next page, `before` the one before, None at the ends."""

    rows: tuple[Item, ...]
    after: str | None
    before: str | None = None


class Narrow(NamedTuple):
    """What a list is narrowed by: words of the dossier's search key, the id of a procedure, a kind of
    step, the id of a holder or NOBODY, whether it is late, and what is asked of the procedure's data, as
    (name of the filter, text typed): see `services.narrowing`."""

    q: str | None = None
    procedure: str | None = None
    kind: StepKind | None = None
    holder: str | None = None
    late: bool = False
    data: tuple[tuple[str, str], ...] = ()


def worklist(
    actor: Actor,
    *,
    tab: Tab,
    now: dt.datetime,
    narrow: Narrow | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: int = 25,
    group: str = "",
) -> Work:
    """Live steps of a tab, the earliest due first and those without a due moment last.

    tab: `mine` to be done by me or by one I stand in for; `department` by my department; `others`
    while another agency, body or department has the turn; `supplement` while the citizen has it;
    `soon` late or due within one working day; group: one of work_groups.GROUPS, whose lines then stand
    together. Errors: request.invalid (cursor).
    """
    found = (*_conditions(actor, tab, now), *_narrowed(narrow or Narrow(), now))
    return _page(found, after, before, limit, group)


def totals(
    actor: Actor, *, tab: Tab, now: dt.datetime, group: str, narrow: Narrow | None = None
) -> dict[Any, int] | None:
    """Value of a group → its lines in a tab; None where there are too many to count them."""
    found = (*_conditions(actor, tab, now), *_narrowed(narrow or Narrow(), now))
    return work_groups.totals(group, found)


def signatures(
    actor: Actor,
    *,
    now: dt.datetime,
    after: str | None = None,
    before: str | None = None,
    limit: int = 25,
) -> Work:
    """What waits for the actor's signature, the earliest due first. Errors: request.invalid."""
    return _page((turns.live(), turns.to_sign(actor)), after, before, limit)


def counts(actor: Actor, *, now: dt.datetime, narrow: Narrow | None = None) -> dict[str, int]:
    """How many steps each of COUNTED has, at most MOST_COUNTED, which stands for “99+”.

    `late` counts those of `soon` that are late, `waiting` is `others` by its old name. One pass over
    the live steps, the earliest due first; beyond MOST_LOOKED_AT nothing is counted.
    """
    mine = turns.mine(actor)
    marks = (
        sa.select(
            sa.func.coalesce(mine, sa.false()).label("mine"),
            turns.citizen().label("citizen"),
            turns.elsewhere().label("elsewhere"),
            turns.late(now).label("late"),
            turns.pressing(actor, now).label("pressing"),
            turns.to_sign(actor).label("sign"),
        )
        .select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(turns.live(), sa.or_(mine, turns.ours(actor)), *_narrowed(narrow or Narrow(), now))
        .order_by(due().asc().nulls_last())
        .limit(MOST_LOOKED_AT)
        .subquery()
        .c
    )
    here = sa.and_(sa.not_(marks.citizen), sa.not_(marks.elsewhere))
    tabs: dict[str, Condition] = {
        "mine": sa.and_(marks.mine, here),
        "department": sa.and_(sa.not_(marks.mine), here),
        "others": sa.and_(sa.not_(marks.citizen), marks.elsewhere),
        "supplement": marks.citizen,
        "soon": sa.and_(sa.not_(marks.citizen), marks.pressing),
        "late": sa.and_(sa.not_(marks.citizen), marks.late),
        "sign": marks.sign,
    }
    numbers = (sa.func.count().filter(tabs[name]).label(name) for name in COUNTED)
    row = db.session.execute(sa.select(*numbers)).one()
    found = {name: min(row._mapping[name], MOST_COUNTED) for name in COUNTED}
    return {**found, "waiting": found["others"]}


def shown(count: int) -> str:
    """A bounded count as people read it."""
    return str(count) if count < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def colleagues(actor: Actor) -> list[tuple[str, str]]:
    """Officers of the departments that the actor heads, (id, name): whose work the head may look at."""
    led = {p.unit_id for p in actor.posts if p.role is Role.head}
    if not led:
        return []
    query = sa.select(Officer.id, Officer.full_name).where(Officer.unit_id.in_(led), Officer.active)
    people = [(row.id, row.full_name) for row in db.session.execute(query)]
    return sorted(people, key=lambda one: person_sort_key(one[1]))


# ---- what a tab holds ----------------------------------------------------------------------------
def _conditions(actor: Actor, tab: Tab, now: dt.datetime) -> tuple[Condition, ...]:
    mine, ours = turns.mine(actor), turns.ours(actor)
    citizen, elsewhere = turns.citizen(), turns.elsewhere()
    either = sa.or_(mine, ours)
    if tab == "mine":
        return turns.live(), mine, sa.not_(citizen), sa.not_(elsewhere)
    if tab == "department":
        others = sa.not_(sa.func.coalesce(mine, sa.false()))
        return turns.live(), ours, others, sa.not_(citizen), sa.not_(elsewhere)
    if tab == "others":
        return turns.live(), either, sa.not_(citizen), elsewhere
    if tab == "supplement":
        return turns.live(), either, citizen
    return turns.live(), either, sa.not_(citizen), turns.pressing(actor, now)


def _narrowed(narrow: Narrow, now: dt.datetime) -> Iterable[Condition]:
    if narrow.q and narrow.q.strip():
        words = words_of(narrow.q)
        yield from (Dossier.search_key.like(f"%{w}%") for w in words)
        if not words:
            yield sa.false()
    if narrow.procedure:
        yield Dossier.procedure_id == narrow.procedure
    if narrow.kind:
        yield DossierStep.kind == narrow.kind
    if narrow.holder == NOBODY:
        yield DossierStep.holder_id.is_(None)
    elif narrow.holder:
        yield DossierStep.holder_id == narrow.holder
    if narrow.late:
        yield turns.late(now)
    yield from narrowing.conditions(narrow.procedure, narrow.data, now.date())


# ---- rows and pages ------------------------------------------------------------------------------
def _page(
    found: tuple[Condition, ...],
    after: str | None,
    before: str | None,
    limit: int,
    group: str = "",
) -> Work:
    """The page after a cursor, or the one before it; a page before that is not full is the first."""
    back = before is not None
    place = before if before is not None else after
    named = (work_groups.key(group).label("value"),) if group else ()
    keys = (
        sa.select(DossierStep.id, *named)
        .select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(*found, *((beyond(place, back, group),) if place is not None else ()))
        .order_by(*order(back, group))
        .limit(limit + 1)
    )
    rows = [Item(*row) for row in db.session.execute(_query(keys, grouped=bool(group)))]
    more = len(rows) > limit
    if back:
        if not more:
            return _page(found, None, None, limit, group)
        rows = rows[1:]
        return Work(tuple(rows), _place(rows[-1]), _place(rows[0]))
    rows = rows[:limit]
    earlier = _place(rows[0]) if place is not None and rows else None
    return Work(tuple(rows), _place(rows[-1]) if more else None, earlier)


def _place(item: Item) -> str:
    return cursor(item.due, item.step_id, item.group)


def _query(keys: sa.Select[Any], *, grouped: bool = False) -> sa.Select[Any]:
    """What the rows say, for keys that were found in scope: plain tables need no second look."""
    page, (step, dossier, lines, columns) = keys.subquery(), _lines()
    value = (page.c.value,) if grouped else ()
    return (
        sa.select(*columns, *value)
        .select_from(page.join(lines, step.c.id == page.c.id))
        .order_by(*value, due(step.c.due_at, dossier.c.due_at).asc().nulls_last(), step.c.id)
    )


@cache
def _lines() -> tuple[sa.FromClause, sa.FromClause, sa.FromClause, tuple[Any, ...]]:
    """The step of a line, its dossier, all tables that a line says something of, and what it says."""
    step, dossier, unit = plain(DossierStep), plain(Dossier), plain(Unit)
    procedure, officer = plain(Procedure), plain(Officer)
    columns: tuple[Any, ...] = (
        step.c.id,
        dossier.c.id,
        dossier.c.version,
        dossier.c.code,
        dossier.c.owner_name,
        dossier.c.subject,
        procedure.c.name,
        dossier.c.status,
        step.c.name,
        step.c.kind,
        step.c.state,
        step.c.role,
        step.c.unit_id,
        unit.c.name,
        step.c.holder_id,
        officer.c.full_name,
        step.c.sent_by,
        step.c.opened_at,
        step.c.taken_at,
        dossier.c.received_at,
        step.c.due_at,
        dossier.c.due_at,
        step.c.external_body,
        _asked(step),
        _answering(step),
        _pause(step, "kind"),
        _pause(step, "starts"),
    )
    lines = (
        step.join(dossier, dossier.c.id == step.c.dossier_id)
        .join(procedure, procedure.c.id == dossier.c.procedure_id)
        .join(unit, unit.c.id == step.c.unit_id)
        .outerjoin(officer, officer.c.id == step.c.holder_id)
    )
    return step, dossier, lines, columns


def _asked(step: sa.FromClause) -> sa.ScalarSelect[Any]:
    """The department whose opinion the step waits for."""
    other, unit = plain(DossierStep), plain(Unit)
    return (
        sa.select(unit.c.name)
        .join(other, other.c.unit_id == unit.c.id)
        .where(
            step.c.position < AD_HOC,
            other.c.leg_id == step.c.leg_id,
            other.c.position >= AD_HOC,
            other.c.kind == StepKind.consult,
            other.c.state.in_(turns.LIVE),
        )
        .order_by(other.c.position)
        .limit(1)
        .correlate(step)
        .scalar_subquery()
    )


def _answering(step: sa.FromClause) -> sa.ScalarSelect[Any]:
    """The other agency that works on its part: the newest unfinished leg sent from this leg."""
    leg, agency, sender = plain(DossierLeg), plain(Unit), plain(DossierStep)
    beside = sa.and_(sender.c.leg_id == step.c.leg_id, sender.c.position >= AD_HOC)
    return (
        sa.select(agency.c.name)
        .join(leg, leg.c.agency_id == agency.c.id)
        .join(sender, sender.c.id == leg.c.sender_step_id)
        .where(
            leg.c.dossier_id == step.c.dossier_id,
            leg.c.finished_at.is_(None),
            sa.or_(sender.c.id == step.c.id, beside),
        )
        .order_by(leg.c.position.desc())
        .limit(1)
        .correlate(step)
        .scalar_subquery()
    )


def _pause(step: sa.FromClause, column: str) -> sa.ScalarSelect[Any]:
    """A column of the pause that runs."""
    pause = plain(DossierPause)
    return (
        sa.select(pause.c[column])
        .where(pause.c.dossier_id == step.c.dossier_id, pause.c.ends.is_(None))
        .order_by(pause.c.starts)
        .limit(1)
        .correlate(step)
        .scalar_subquery()
    )
