"""The officer's desk: the work-list, a look at each dossier beside it, acts without leaving it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, jsonify, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from domain.codes import StepKind
from models.base import db
from models.ids import uuid7
from models.procedure import Procedure
from services import lookup, narrowing, worklist as service
from services.acting import Actor
from views import export, lists, present
from views.access import may, page, permission
from views.generated.titles import title
from views.worklist import columns
from views.worklist.asked import TABS, Asked, read
from views.worklist.rows import lines

blueprint = Blueprint("worklist", __name__)
PICKED = 20
Results = list[tuple[str, str, bool]]


@blueprint.get("/viec")
@permission("can_use", "WorkList")
def show() -> Any:
    """One tab of the list; tab, filters and place are in the address (views/worklist/asked.py)."""
    return listing(read(request.args))


def listing(asked: Asked, results: Results | None = None) -> Any:
    """The page, or the way to the view that opens by itself; `results` says what became of each row of
    an act on several."""
    actor, now = present.actor(), present.now()
    data = columns.fields(asked, now.date())
    look = lists.look(columns.shape(data), request.args)
    if look.instead:
        return redirect(look.instead)
    asked = asked._replace(keep=tuple(look.keep.items()))
    work = service.worklist(
        actor,
        tab=asked.tab,
        now=now,
        narrow=asked.narrow,
        after=asked.after,
        before=asked.before,
        group=look.group,
    )
    counts = service.counts(actor, now=now, narrow=asked.narrow) if actor.posts else {}
    shown = lines(work.rows, actor, now)
    own = columns.values(work, look, data)
    return page(
        "worklist/page.html",
        title=gettext("Work list"),
        asked=asked,
        tabs=[_tab(tab, asked, counts) for tab in TABS],
        late=service.shown(counts.get("late", 0)),
        lines=shown,
        look=look,
        views=look.bar(columns.pairs(asked)),
        heads=columns.heads(shown, look, asked, actor, now),
        values=own,
        said=_said(asked, work, now) if not own else {},
        pager=_pager(asked, work),
        filters=_filters(asked, actor),
        key=uuid7(),
        results=results or [],
        roles={role.value for role in actor.roles},
        undo=several.offered(asked) if actor.posts else None,
        writes=may(*export.PERMISSION),
        word=title,
    )


def _said(asked: Asked, work: service.Work, now: dt.datetime) -> dict[str, str]:
    """Dossier → the listed data of the procedure in one line."""
    ids = (row.dossier_id for row in work.rows)
    return narrowing.shown(ids, asked.narrow.procedure, now.date())


def _tab(tab: service.Tab, asked: Asked, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "url": asked.address(tab),
        "label": gettext(TABS[tab][1]),
        "active": tab == asked.tab,
        "count": service.shown(counts.get(tab, 0)),
    }


def _filters(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Choices of the filter boxes; those of holders only for who leads a department."""
    narrow = asked.narrow
    people = service.colleagues(actor)
    nobody = [(service.NOBODY, gettext("Taken by nobody"))] if people else []
    return {
        "procedure": _procedure(narrow.procedure),
        "sentence": lambda error: error.text(gettext),
        "data": narrowing.asked(narrow.procedure, narrow.data, present.now().date()),
        "kinds": [(kind.value, title(kind)) for kind in StepKind],
        "people": [*nobody, *people],
        "any": bool(asked.filters),
        "clear": Asked(asked.tab, service.Narrow(), keep=asked.keep).address(),
    }


def _procedure(procedure_id: str | None) -> tuple[str, str] | None:
    """The procedure that the list is narrowed by, (id, name)."""
    if procedure_id is None:
        return None
    name = db.session.scalar(sa.select(Procedure.name).where(Procedure.id == procedure_id))
    return procedure_id, name or "–"


def _pager(asked: Asked, work: service.Work) -> dict[str, Any] | None:
    """By key, both ways: there are no numbers of pages to count to."""
    if work.after is None and work.before is None and asked.after is None:
        return None
    return {
        "text": " ",
        "first": asked.address() if asked.after or asked.before else "",
        "newer": asked.address(truoc=work.before) if work.before else "",
        "newer_label": gettext("Previous"),
        "older": asked.address(sau=work.after) if work.after else "",
        "older_label": gettext("Next"),
    }


@blueprint.get("/viec/thu-tuc")
@permission("can_use", "WorkList")
def pick_procedure() -> Response:
    """Procedures for the words of the filter: [{value, text, hint}]."""
    typed = request.args.get("q", "")[:100]
    found = lookup.suggest_procedures(typed, on=present.now().date(), limit=PICKED)
    return jsonify([{"value": s.procedure_id, "text": s.name, "hint": s.code} for s in found])


from views.worklist import files, pane, several  # noqa: E402  they add their routes to the blueprint

__all__ = ["blueprint", "files", "pane", "several"]
