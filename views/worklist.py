"""The work-list: what waits for this officer, and acts on several dossiers at once."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from domain.codes import StepKind, StepState
from domain.deadline import Calendar, Remaining, remaining
from domain.errors import DomainError
from domain.text import N_
from models.base import db
from models.dossier import Dossier
from models.ids import uuid7
from models.organisation import Unit
from services import dossier as verbs, worklist as service
from services.working_time import calendar_of
from views import present
from views.access import page, permission

blueprint = Blueprint("worklist", __name__)
#: tab → its address and its name.
TABS: dict[service.Tab, tuple[str, str]] = {
    "mine": ("cua-toi", N_("Mine")),
    "department": ("cua-phong", N_("My department's")),
    "waiting": ("dang-cho", N_("Waiting")),
    "soon": ("sap-tre", N_("Soon due")),
    "late": ("tre", N_("Late")),
}
#: A tab is asked for by its address or by the name services know it by.
SLUGS: dict[str, service.Tab] = {
    name: tab for tab, (slug, _) in TABS.items() for name in (slug, tab)
}
#: What is usually done next with a step of this kind, as the name of the link.
NEXT: dict[StepKind, str] = {
    StepKind.receive: N_("Forward"),
    StepKind.assign: N_("Assign"),
    StepKind.work: N_("Propose"),
    StepKind.sign: N_("Sign"),
    StepKind.number: N_("Number and stamp"),
    StepKind.consult: N_("Give an opinion"),
    StepKind.return_result: N_("Return the result"),
}
MOST_AT_ONCE = 100


@dataclass
class Line:
    """One row: the item, the time that is left, what comes next."""

    item: service.Item
    left: Remaining | None
    next: str


@blueprint.get("/viec")
@permission("can_use", "WorkList")
def show() -> str:
    """One tab of the list; `tab`, `q` and `sau` (the page after) are in the address."""
    return _page()


def _page(results: list[tuple[str, str, bool]] | None = None) -> str:
    actor, now = present.actor(), present.now()
    tab = SLUGS.get(request.args.get("tab", "cua-toi"))
    if tab is None:
        abort(404)
    q, after = request.args.get("q", "").strip()[:120], request.args.get("sau")
    work = service.worklist(actor, tab=tab, now=now, q=q or None, after=after)
    counts = service.counts(actor, now=now) if actor.posts else {}
    return page(
        "worklist/page.html",
        title=gettext("Work list"),
        tab=tab,
        slug=TABS[tab][0],
        q=q,
        tabs=[_tab(t, tab, counts) for t in TABS],
        lines=_lines(work.rows, now),
        pager=_pager(TABS[tab][0], q, after, work.after),
        key=uuid7(),
        results=results or [],
    )


def _tab(tab: service.Tab, active: service.Tab, counts: dict[service.Tab, int]) -> dict[str, Any]:
    slug, name = TABS[tab]
    count = counts.get(tab, 0)
    return {
        "url": url_for("worklist.show", tab=slug),
        "label": gettext(name),
        "active": tab == active,
        "count": service.shown(count),
    }


def _lines(items: tuple[service.Item, ...], now: Any) -> list[Line]:
    """Rows with the working time left, each by the calendar of the unit that does the step."""
    calendars: dict[str, Calendar] = {}
    return [
        Line(
            item,
            _left(item, now, calendars),
            gettext(NEXT[item.kind]) if item.kind in NEXT else gettext("Open"),
        )
        for item in items
    ]


def _left(item: service.Item, now: Any, calendars: dict[str, Calendar]) -> Remaining | None:
    due = item.due_at or item.dossier_due_at
    if due is None or item.state is StepState.waiting:
        return None
    if item.unit_id not in calendars:
        calendars[item.unit_id] = calendar_of(db.session.get(Unit, item.unit_id), now.date())
    return remaining(now, due, calendars[item.unit_id])


def _pager(slug: str, q: str, after: str | None, more: str | None) -> dict[str, Any]:
    """By key: forward page by page, and back to the first one."""
    kept = {"tab": slug, **({"q": q} if q else {})}
    return {
        "text": " ",
        "first": url_for("worklist.show", **kept) if after else "",
        "older": url_for("worklist.show", **kept, sau=more) if more else "",
        "older_label": gettext("Next"),
    }


# ---- several at once -----------------------------------------------------------------------------
@blueprint.post("/viec")
@permission("can_use", "WorkList")
def many() -> Any:
    """Take over or forward what is ticked; each row says what became of it."""
    verb = request.form.get("act", "")
    picked = request.form.getlist("rowid")[:MOST_AT_ONCE]
    if verb not in ("take_over", "forward"):
        abort(404)
    if not picked:
        flash(gettext("Select at least one row."), "warning")
        return _page(), 422
    results = [_one(verb, row) for row in picked]
    if all(ok for _, _, ok in results):
        flash(_all_done(verb, len(results)), "success")
        return _back()
    return _page(results), 422


def _all_done(verb: str, count: int) -> str:
    if verb == "forward":
        return gettext("%(count)s dossiers forwarded.", count=count)
    return gettext("%(count)s dossiers taken over.", count=count)


def _back() -> Response:
    slug = request.args.get("tab", "cua-toi")
    return redirect(url_for("worklist.show", tab=slug if slug in SLUGS else "cua-toi"), 303)


def _one(verb: str, row: str) -> tuple[str, str, bool]:
    """Do one row, `dossier id:step id:version`: (dossier, sentence, whether it was done)."""
    dossier_id, _, rest = row.partition(":")
    step_id, _, version = rest.partition(":")
    dossier = db.session.scalars(db.select(Dossier).where(Dossier.id == dossier_id)).first()
    if dossier is None:
        return "–", DomainError("dossier.not_found").text(gettext), False
    name = dossier.code or dossier.owner_name
    seen = int(version) if version.isdecimal() and len(version) < 10 else None
    facts: dict[str, Any] = {**present.who(), "step_id": step_id, "version": seen}
    try:
        if verb == "forward":
            verbs.forward(dossier, note=request.form.get("note"), **facts)
            return name, gettext("Forwarded."), True
        verbs.take_over(dossier, **facts)
        return name, gettext("The work is in your hand now."), True
    except DomainError as error:
        db.session.rollback()
        return name, error.text(gettext), False
