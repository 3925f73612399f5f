"""Who acts: an officer with the posts held at a moment, stand-ins included."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from domain.roles import Role
from models.base import db
from models.officer import Officer, StandIn
from models.organisation import Unit
from models.scope import EVERYTHING, Scope

#: Roles that see every dossier of their agency; the others see what passes through their department.
AGENCY_WIDE = frozenset(
    {Role.clerk, Role.leader, Role.cashier, Role.registrar, Role.auditor, Role.system}
)
#: Roles that see every agency.
PROVINCE_WIDE = frozenset({Role.admin, Role.province_leader, Role.system})


@dataclass(frozen=True)
class Post:
    """A role held in a unit, one's own or, with `for_*`, that of an officer one stands in for."""

    role: Role
    unit_id: str
    agency_id: str
    unit_name: str = ""
    for_id: str | None = None
    for_name: str | None = None


@dataclass(frozen=True)
class Actor:
    """Passed to every verb; events are written from it. `address` is the network address, if any."""

    officer_id: str | None
    name: str
    title: str
    posts: tuple[Post, ...]
    address: str | None = None

    @property
    def roles(self) -> frozenset[Role]:
        """All roles held."""
        return frozenset(p.role for p in self.posts)

    @property
    def home(self) -> Post:
        """The first own post."""
        return self.posts[0]

    def post(
        self, *roles: Role, unit_id: str | None = None, agency_id: str | None = None
    ) -> Post | None:
        """The post that gives one of `roles` (any if none named) in this unit or agency; own posts first."""
        for post in self.posts:
            if roles and post.role not in roles:
                continue
            if unit_id is not None and post.unit_id != unit_id:
                continue
            if agency_id is not None and post.agency_id != agency_id:
                continue
            return post
        return None


def _posts(officer: Officer, roles: list[Role], for_: Officer | None = None) -> list[Post]:
    unit = officer.unit
    return [
        Post(
            role,
            unit.id,
            unit.agency_id,
            unit.full_name,
            for_.id if for_ else None,
            for_.full_name if for_ else None,
        )
        for role in roles
    ]


def _roles(officer: Officer) -> list[Role]:
    if officer.user is None or not officer.user.active:
        return []
    known = {r.value for r in Role}
    return sorted(Role(r.name) for r in officer.user.roles if r.name in known)


def actor_of(officer: Officer, at: dt.datetime, address: str | None = None) -> Actor:
    """The officer with own posts and those of everybody stood in for at that moment."""
    posts = _posts(officer, _roles(officer))
    covered = db.session.scalars(
        sa.select(StandIn).where(
            StandIn.deputy_id == officer.id, StandIn.starts <= at, StandIn.ends > at
        )
    )
    for cover in covered:
        absent = cover.officer
        roles: list[Role] = [r for r in _roles(absent) if r is not Role.admin]
        posts += _posts(absent, roles, for_=absent)
    return Actor(officer.id, officer.full_name, officer.title, tuple(posts), address)


def next_turn(officer: Officer, at: dt.datetime) -> dt.datetime | None:
    """The next moment at which a stand-in of this officer begins or ends; None: nothing is planned."""
    query = sa.select(StandIn.starts, StandIn.ends).where(
        StandIn.deputy_id == officer.id, StandIn.ends > at
    )
    turns = [turn for row in db.session.execute(query) for turn in row if turn > at]
    return min(turns, default=None)


def scope_of(actor: Actor) -> Scope:
    """What this actor sees and may write."""
    if actor.roles & PROVINCE_WIDE:
        return (
            EVERYTHING
            if Role.system in actor.roles or Role.admin in actor.roles
            else Scope(
                agencies=None, departments=None, writes=frozenset(p.agency_id for p in actor.posts)
            )
        )
    agencies = frozenset(p.agency_id for p in actor.posts)
    if Role.auditor in actor.roles and _province(actor):
        return Scope(agencies=None, departments=None, writes=agencies)
    wide = actor.roles & AGENCY_WIDE
    departments = None if wide else frozenset(p.unit_id for p in actor.posts)
    return Scope(agencies=agencies, departments=departments, writes=agencies)


def _province(actor: Actor) -> bool:
    unit = db.session.get(Unit, actor.home.agency_id)
    return unit is not None and unit.kind == "province"


def system(agency_id: str, unit_id: str | None = None) -> Actor:
    """The product itself: sweeps, deliveries and repairs act through it."""
    post = Post(Role.system, unit_id or agency_id, agency_id, "")
    return Actor(None, "Hệ thống", "", (post,))
