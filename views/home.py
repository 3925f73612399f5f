"""The first page: what waits for this person now, and what the person does most."""

import datetime as dt
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import url_for
from flask_appbuilder import IndexView, expose
from flask_babel import format_date, gettext

from domain.codes import Status
from domain.roles import Role
from models.base import Row, db
from models.dossier import Dossier
from models.organisation import Unit
from models.procedure import FeeRule, ProcedureVersion, VersionState
from services import overview, worklist
from services.acting import Actor
from views import access, navigation, present
from views.clock import reader_clock
from views.return_desk import waiting

LATEST, NEXT = 8, 8
#: Findings are looked for up to here; more is “99+”.
MOST_FOUND = worklist.MOST_COUNTED


class Tile(NamedTuple):
    """A bounded count that leads to its list."""

    label: str
    count: str
    url: str
    kind: str
    icon: str


class HomeView(IndexView):  # type: ignore[misc]
    """`/`: strangers sign in first."""

    index_template = "home/index.html"

    @expose("/")
    @access.permission("can_use", "Home")
    def index(self) -> Any:
        """Tiles, the next work, the latest receipts; administrators see what the catalogues lack."""
        self.update_redirect()
        actor, at = present.actor(), present.now()
        works = bool(actor.posts) and access.may("can_use", "WorkList")
        clerk = bool(actor.posts) and access.may("can_use", "Counter")
        return self.render_template(
            self.index_template,
            title=gettext("Home page"),
            greeting=_greeting(actor.name, at),
            today=_today(at),
            who=actor,
            tiles=[
                *(_tiles(actor) if works else ()),
                *(_returns(actor) if clerk else ()),
                *(_overview() if not works and access.may("can_read", "Dossier") else ()),
            ],
            unpaid=_unpaid(actor) if Role.cashier in actor.roles else None,
            next=_next(actor) if works else None,
            latest=_latest(actor) if clerk else None,
            findings=_findings() if access.may("can_edit", "Procedure") else None,
            pages=[p for p in navigation.offered(access.may) if p.name != "Home"],
            left=reader_clock(actor, at),
        )


def _greeting(name: str, at: dt.datetime) -> str:
    """A Vietnamese is called by the last word of the name."""
    called = name.split()[-1] if name.split() else ""
    if at.hour < 11:
        return gettext("Good morning, %(name)s", name=called)
    if at.hour < 18:
        return gettext("Good afternoon, %(name)s", name=called)
    return gettext("Good evening, %(name)s", name=called)


def _today(at: dt.datetime) -> str:
    """The day with its name, as each language writes it."""
    return str(format_date(at.date(), "EEEE, dd/MM/yyyy"))


def _tiles(actor: Actor) -> list[Tile]:
    found = worklist.counts(actor, now=present.now())
    looks = (
        ("mine", gettext("In my hands"), "", "bi-person-check"),
        ("department", gettext("Other work of my department"), "", "bi-people"),
        ("soon", gettext("Due soon, all of the department"), "warning", "bi-alarm"),
        ("late", gettext("Late, all of the department"), "danger", "bi-exclamation-octagon"),
        ("waiting", gettext("Waiting for others"), "", "bi-pause-circle"),
    )
    return [
        Tile(
            label, worklist.shown(found[tab]), f"/viec?tab={tab}", kind if found[tab] else "", icon
        )
        for tab, label, kind, icon in looks
    ]


def _returns(actor: Actor) -> list[Tile]:
    count = len(waiting(actor, limit=MOST_FOUND - 1))
    label = gettext("Results to hand over")
    url = url_for("ReturnDesk.index")
    return [Tile(label, worklist.shown(count), url, "", "bi-box-seam")]


def _overview() -> list[Tile]:
    """Figures for those who look and do not work: leaders of the province, auditors."""
    looks = (
        (gettext("In process"), overview.in_status(Status.received, Status.processing), ""),
        (gettext("Late"), overview.late(present.now()), "danger"),
        (gettext("Awaiting supplement"), overview.in_status(Status.awaiting_supplement), ""),
        (gettext("Awaiting payment"), overview.in_status(Status.awaiting_payment), ""),
        (gettext("Results to hand over"), overview.in_status(Status.processed), ""),
    )
    book = url_for("RegisterBook.index")
    return [
        Tile(label, _shown(count), book, kind if count else "", "bi-bar-chart")
        for label, count, kind in looks
    ]


def _shown(count: int) -> str:
    return f"{count}" if count < overview.MOST else f"{overview.MOST - 1}+"


def _unpaid(actor: Actor) -> list[tuple[Dossier, int]]:
    """Dossiers that wait for money in the cashier's agencies."""
    agencies = frozenset(p.agency_id for p in actor.posts if p.role is Role.cashier)
    return overview.unpaid(agencies)


def _next(actor: Actor) -> tuple[worklist.Item, ...]:
    """The work in hand that is due first."""
    return worklist.worklist(actor, tab="mine", now=present.now(), limit=NEXT).rows


def _latest(actor: Actor) -> list[Dossier]:
    """What the clerk received last."""
    found = overview.received_by(actor, present.now(), limit=2 * LATEST)
    return [dossier for dossier in found if dossier.code][:LATEST]


# ---- what the catalogues lack --------------------------------------------------------------------
def _findings() -> list[Tile]:
    published = sa.select(ProcedureVersion.id).where(
        ProcedureVersion.state == VersionState.published
    )
    doubtful = sa.or_(
        ProcedureVersion.source.ilike("%chưa xác minh%"),
        ProcedureVersion.source.ilike("%unverified%"),
    )
    rows: list[tuple[str, type[Row], Any]] = [
        (
            gettext("Fees without an amount"),
            FeeRule,
            sa.and_(FeeRule.amount.is_(None), FeeRule.version_id.in_(published)),
        ),
        (
            gettext("Published versions without a term"),
            ProcedureVersion,
            sa.and_(
                ProcedureVersion.state == VersionState.published,
                ProcedureVersion.legal_term.is_(None),
                ProcedureVersion.local_term.is_(None),
            ),
        ),
        (
            gettext("Published versions whose source is not verified"),
            ProcedureVersion,
            sa.and_(ProcedureVersion.state == VersionState.published, doubtful),
        ),
        (
            gettext("Agencies without an identifier for dossier codes"),
            Unit,
            sa.and_(Unit.is_agency, Unit.official_code.is_(None)),
        ),
    ]
    return [_finding(label, model, condition) for label, model, condition in rows]


def _finding(label: str, model: type[Row], condition: Any) -> Tile:
    found = len(db.session.scalars(sa.select(model.id).where(condition).limit(MOST_FOUND)).all())
    url = url_for(f"{model.__name__}View.list")
    kind = "warning" if found else ""
    return Tile(label, worklist.shown(found), url, kind, "bi-clipboard-data")
