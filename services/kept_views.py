"""What a reader has of a list: the views it may open, which one opens by itself, the columns it likes."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from domain.collation import sort_key
from domain.roles import Role
from models.base import db
from models.saved_view import ListChoice, SavedView
from models.types import NOWHERE
from services.acting import Actor

#: Stands for “all rows, no view” where a view is chosen.
ALL = "-"
#: What is read of a view, in the order in which `view_of` takes it.
NAMES = (
    *("id", "list", "name", "query", "user_id", "roles", "default_for", "everywhere"),
    *("made_by", "agency_id"),
)


class View(NamedTuple):
    """A view as lists show it. `mine`: the reader's own; `roles`: with whom it is shared."""

    id: str
    list: str
    name: str
    query: str
    mine: bool
    roles: tuple[Role, ...]
    default_for: tuple[Role, ...]
    everywhere: bool
    made_by: str
    agency_id: str


class Kept(NamedTuple):
    """What an account has of a list: the views it may open, its own first, each part by name.

    columns: the names it has chosen in order, empty where it has not. chosen: what it wants opened, the
    id of a view, ALL or "" for what its role has. opens: the view that the plain address opens, "" for none.
    """

    views: tuple[View, ...]
    columns: tuple[str, ...]
    chosen: str
    opens: str

    def view(self, view_id: str) -> View | None:
        """The view with this id, if the reader may open it."""
        return next((v for v in self.views if v.id == view_id), None)


# ---- reading -------------------------------------------------------------------------------------
def kept(list_key: str, *, user_id: int, actor: Actor) -> Kept:
    """All that a list needs to know of its reader, in one statement."""
    given = {"user": user_id, "list": list_key, "agency": _agency(actor)}
    rows = db.session.execute(_of_list(), given).all()
    columns, view_id, opens_all = rows[0][:3]
    found = (view_of(row[3:], user_id) for row in rows if row[3] is not None)
    views = tuple(v for v in found if v.mine or actor.roles & set(v.roles))
    chosen = ALL if opens_all else view_id or ""
    kept_columns = tuple((columns or "").split(".")) if columns else ()
    return Kept(_sorted(views), kept_columns, chosen, _opened(views, chosen, actor))


@cache
def _of_list() -> sa.Select[Any]:
    """One row for each view, and one where there is none: what the account chose stands in each.

    Plain tables, which the scope does not look at: the condition of the agency stands here, because a
    view is seen in its agency, or everywhere when the administrator has shared it.
    """
    value, view, choice = sa.bindparam, _table(SavedView), _table(ListChoice)
    mine = sa.or_(view.c.user_id == value("user", type_=sa.Integer), view.c.roles != "")
    here = sa.or_(
        view.c.agency_id == value("agency", type_=view.c.agency_id.type), view.c.everywhere
    )
    one = sa.select(sa.literal(1).label("n")).subquery()
    joined = one.outerjoin(
        choice,
        sa.and_(choice.c.user_id == value("user"), choice.c.list == value("list", type_=sa.String)),
    ).outerjoin(view, sa.and_(view.c.list == value("list"), mine, here))
    chosen = (choice.c.columns, choice.c.view_id, choice.c.opens_all)
    return sa.select(*chosen, *_columns_of(view)).select_from(joined)


def _agency(actor: Actor) -> str:
    """Where the reader sits; an account without an officer sits nowhere."""
    return actor.home.agency_id if actor.posts else NOWHERE


def _table(model: Any) -> sa.FromClause:
    """The table of a model under a name of its own, which the scope does not look at."""
    table: sa.FromClause = model.__table__
    return sa.alias(table)


def _columns_of(view: sa.FromClause) -> tuple[Any, ...]:
    return tuple(view.c[name] for name in NAMES)


def view_of(row: Sequence[Any], user_id: int) -> View:
    """A view from its columns NAMES, as this account sees it."""
    view_id, key, name, query, owner, roles, default_for, everywhere, made_by, agency_id = row
    shared, default = roles_of(roles), roles_of(default_for)
    mine = owner == user_id
    return View(
        view_id, key, name, query, mine, shared, default, bool(everywhere), made_by, agency_id
    )


def roles_of(text: str) -> tuple[Role, ...]:
    """The roles that a column holds, one to a line."""
    return tuple(Role(line) for line in text.splitlines() if line in set(Role))


def _sorted(views: Iterable[View]) -> tuple[View, ...]:
    return tuple(sorted(views, key=lambda v: (not v.mine, sort_key(v.name), v.id)))


def _opened(views: Sequence[View], chosen: str, actor: Actor) -> str:
    """My own choice, else what my role has: first that of my agency, then that of all agencies."""
    if chosen == ALL:
        return ""
    if any(v.id == chosen for v in views):
        return chosen
    own = [post.role for post in actor.posts if post.for_id is None]
    for role in own:
        fitting = [v for v in views if role in v.default_for]
        fitting.sort(key=lambda v: (v.agency_id != _agency(actor), v.id))
        if fitting:
            return fitting[0].id
    return ""


def every(*, user_id: int, actor: Actor) -> tuple[View, ...]:
    """The views of all lists for their page: one's own, those shared with one, and for an administrator
    all that are shared."""
    view = _table(SavedView)
    wide = actor.post(Role.admin) is not None
    here = sa.or_(view.c.agency_id == _agency(actor), view.c.everywhere, sa.literal(wide))
    mine = sa.or_(view.c.user_id == user_id, view.c.roles != "")
    query = sa.select(*_columns_of(view)).where(mine, here).order_by(view.c.list, view.c.id)
    found = (view_of(row, user_id) for row in db.session.execute(query.limit(1000)))
    return _sorted(v for v in found if v.mine or wide or actor.roles & set(v.roles))
