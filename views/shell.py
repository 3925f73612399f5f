"""What surrounds every page: where one is, what waits in the queues, and search from anywhere."""

from typing import Any, NamedTuple

from flask import Blueprint, current_app, jsonify, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from domain.errors import DomainError
from services import search, worklist
from views import access, navigation, present
from views.return_desk import waiting

blueprint = Blueprint("shell", __name__)
#: Rows that the search from anywhere shows of each kind.
DOSSIERS, PROCEDURES = 7, 5
#: Parts of an address that are a page of their own below a list, not a place one can go back to.
_BELOW = ("/add", "/edit/", "/show/", "/import", "/history/", "/draft/", "/account/")


class Crumb(NamedTuple):
    """A place above the present page; without an address it is a heading of the menu."""

    label: str
    url: str = ""


def register(appbuilder: Any) -> None:
    """Give the templates `trail`, and put the two small addresses into the application."""
    current_app.jinja_env.globals["trail"] = trail
    current_app.register_blueprint(blueprint)


# ---- where one is --------------------------------------------------------------------------------
def trail(title: str | None) -> list[Crumb]:
    """The way from the home page to the present one, which comes last without an address."""
    path = request.path
    if path == "/":
        return []
    above = [Crumb(gettext("Home page"), "/"), *(_catalogue(path) or _page(path))]
    if above[-1].url == path:
        return [*above[:-1], Crumb(above[-1].label)]
    return [*above, Crumb(title)] if title else above


def _page(path: str) -> list[Crumb]:
    """The hand-written page that an address belongs to: a dossier is looked for or worked on."""
    pages = {p.address.rstrip("/"): p for p in navigation.offered(access.may) if p.address != "/"}
    stem = "/" + path.strip("/").split("/")[0]
    if stem == "/ho-so":
        stem = next((s for s in ("/viec", "/tra-cuu") if s in pages), stem)
    found = pages.get(stem)
    return [Crumb(str(found.label), found.address)] if found else []


def _catalogue(path: str) -> list[Crumb]:
    """The heading of the menu and the list that a generated page belongs to."""
    stem = next((path.partition(part)[0] for part in _BELOW if part in path), path)
    stem = stem.removesuffix("/").removesuffix("/list")
    builder = current_app.appbuilder  # type: ignore[attr-defined]
    for heading in builder.menu.get_list():
        for item in heading.childs:
            url = (item.get_url() or "").partition("?")[0]
            if url.removesuffix("/").removesuffix("/list") == stem and stem:
                address = path if path.removesuffix("/") == url.removesuffix("/") else url
                return [Crumb(str(heading.label)), Crumb(str(item.label), address)]
    return []


# ---- what waits ----------------------------------------------------------------------------------
@blueprint.get("/so-viec")
@access.permission("can_use", "Home")
def counts() -> Response:
    """Bounded counts of the queues in the menu, by the name of their page; asked for after the page."""
    actor, found = present.actor(), {}
    if actor.posts and access.may("can_use", "WorkList"):
        mine = worklist.counts(actor, now=present.now())["mine"]
        found["WorkList"] = worklist.shown(mine) if mine else ""
    if actor.posts and access.may("can_use", "ReturnDesk"):
        count = len(waiting(actor, limit=worklist.MOST_COUNTED - 1))
        found["ReturnDesk"] = worklist.shown(count) if count else ""
    return jsonify(found)


# ---- search from anywhere ------------------------------------------------------------------------
@blueprint.get("/tim-nhanh")
@access.permission("can_use", "Search")
def palette() -> str:
    """Dossiers and procedures for what is typed, as options of the list that Ctrl-K opens."""
    typed = " ".join(request.args.get("q", "").split())[:120]
    rows: tuple[search.Found, ...] = ()
    procedures: tuple[search.Suggestion, ...] = ()
    if len(typed) > 1:
        try:
            rows = search.find(typed, limit=DOSSIERS).rows
        except DomainError:
            rows = ()
        today = present.now().date()
        procedures = search.suggest_procedures(typed, on=today, limit=PROCEDURES)
    return render_template("kit/palette.html", rows=rows, procedures=procedures)
