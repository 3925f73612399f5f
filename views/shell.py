"""What surrounds every page: where one is, what waits in the queues, and search from anywhere."""

from typing import Any, NamedTuple

from flask import Blueprint, current_app, jsonify, render_template, request
from flask_babel import get_locale, gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from domain.errors import DomainError
from services import jobs, search, worklist
from services.dossier import telling
from views import access, navigation, present, search_places
from views.return_desk import waiting

blueprint = Blueprint("shell", __name__)
#: Rows that the search from anywhere shows of each kind.
DOSSIERS, OTHERS = 7, 5
#: Parts of an address that are a page of their own below a list, not a place one can go back to.
_BELOW = ("/add", "/edit/", "/show/", "/import", "/history/", "/draft/", "/account/")


class Crumb(NamedTuple):
    """A place above the present page; without an address it is a heading of the menu."""

    label: str
    url: str = ""


def register(appbuilder: Any) -> None:
    """Give the templates `trail` and `side_menu`, and put the two small addresses into the application."""
    current_app.jinja_env.globals.update(trail=trail, side_menu=side_menu)
    current_app.register_blueprint(blueprint)


# ---- the menu ------------------------------------------------------------------------------------
class Place(NamedTuple):
    """A link of the menu; `stem` is the beginning of all addresses below it, `heading` its group."""

    name: str
    label: Any
    icon: str
    url: str
    stem: str
    heading: str
    heading_label: Any


def places() -> tuple[Place, ...]:
    """Every link of the menu in its order; worked out once, since the menu is part of the code."""
    builder = current_app.appbuilder  # type: ignore[attr-defined]
    found: tuple[Place, ...] | None = current_app.extensions.get("places")
    if found is None:
        groups = [(h, h.childs or [h]) for h in builder.menu.get_list()]
        found = tuple(_link(h, item) for h, items in groups for item in items if item.name != "-")
        current_app.extensions["places"] = found
    return found


def _link(heading: Any, item: Any) -> Place:
    url = (item.get_url() or "#").partition("?")[0].removeprefix(request.script_root)
    stem = url.removesuffix("/").removesuffix("/list")
    icon = item.icon if (item.icon or "").startswith("bi-") else "bi-dot"
    group = ("", "") if heading is item else (heading.name, heading.label)
    return Place(item.name, item.label, icon, url, stem, *group)


#: Drawn menus by what they depend on: the links a person may use, the language, the present one.
_drawn: dict[tuple[Any, ...], Markup] = {}
MOST_DRAWN = 2_000


def side_menu() -> Markup:
    """The links of the side bar that this person may use, the present one marked."""
    may, path = access.may, request.path
    shown = tuple(p for p in places() if may("menu_access", p.name) and _group_open(may, p))
    here = next((p.name for p in shown if path == p.url or _below(path, p.stem)), "")
    edits = may("can_edit", "Procedure")
    key = (tuple(p.name for p in shown), str(get_locale()), here, edits, request.script_root)
    if key not in _drawn:
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        _drawn[key] = Markup(_draw(shown, here, edits))
    return _drawn[key]


def _group_open(may: Any, place: Place) -> bool:
    return not place.heading or may("menu_access", place.heading)


def _below(path: str, stem: str) -> bool:
    return bool(stem) and f"{path}/".startswith(f"{stem}/")


def _draw(shown: tuple[Place, ...], here: str, edits: bool) -> str:
    groups: dict[str, list[Place]] = {}
    for place in shown:
        groups.setdefault(place.heading, []).append(place)
    main = groups.pop("", [])
    return render_template(
        "appbuilder/navbar_menu.html", main=main, groups=groups, here=here, edits=edits
    )


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
    place = next((p for p in places() if p.heading and _below(stem, p.stem)), None)
    if place is None:
        return []
    address = path if path.removesuffix("/") == place.url.removesuffix("/") else place.url
    return [Crumb(str(place.heading_label)), Crumb(str(place.label), address)]


# ---- what waits ----------------------------------------------------------------------------------
@blueprint.get("/so-viec")
@access.permission("can_use", "Home")
def counts() -> Response:
    """Bounded counts of the queues in the menu, by the name of their page; asked for after the page."""
    actor, found = present.actor(), {}
    if actor.posts and access.may("can_use", "WorkList"):
        work = worklist.counts(actor, now=present.now())
        if told := telling.unread(actor.officer_id):
            found["notices"] = worklist.shown(min(told, worklist.MOST_COUNTED))
        for name, queue in (("WorkList", "mine"), ("Signing", "sign")):
            if access.may("can_use", name):
                found[name] = worklist.shown(work[queue]) if work[queue] else ""
    if actor.posts and access.may("can_use", "ReturnDesk"):
        count = len(waiting(actor, limit=worklist.MOST_COUNTED - 1))
        found["ReturnDesk"] = worklist.shown(count) if count else ""
    if running := jobs.running(int(current_user.id)):
        found["jobs"] = str(running)
    return jsonify(found)


# ---- search from anywhere ------------------------------------------------------------------------
@blueprint.get("/tim-nhanh")
@access.permission("can_use", "Search")
def palette() -> str:
    """Dossiers, people, procedures… for what is typed, as options of the list that Ctrl-K opens."""
    typed = " ".join(request.args.get("q", "").split())[:120]
    rows: tuple[search.Found, ...] = ()
    groups: list[search_places.Group] = []
    if len(typed) > 1:
        try:
            rows = search.find(typed, limit=DOSSIERS).rows
        except DomainError:
            rows = ()
        groups = search_places.groups(typed, present.now().date(), OTHERS)
    return render_template("kit/palette.html", rows=rows, groups=groups)
