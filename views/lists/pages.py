"""Saving a view, sharing it, opening it by default, remembering columns: what the bar of a list sends."""

import re
import uuid
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from domain.errors import DomainError
from domain.roles import Role
from models.ids import uuid7
from services import kept_views, saved_views as verbs
from services.kept_views import ALL, View
from views import access, kept_forms, present
from views.access import page
from views.fields import read_key
from views.generated.titles import title
from views.lists import bar
from views.lists.look import COLUMNS, PASSING, VIEW
from views.lists.places import Place, place

PERMISSION = ("can_use", "Home")
STATUS = {"dossier.role_not_allowed": 403, "row.not_found": 404}
blueprint = Blueprint("lists", __name__, url_prefix="/cach-xem")
#: What a name of a column looks like.
_NAME = re.compile(r"[\w:-]{1,80}")


# ---- the bar of a list ---------------------------------------------------------------------------
@blueprint.post("/<key>/cot")
@access.permission(*PERMISSION)
def columns(key: str) -> Response:
    """Show these columns in this order. Without a saved view in force they are remembered."""
    where = _open(key)
    params = _params()
    standard = request.form.get("standard", "").split(".")
    names = [*filter(_NAME.fullmatch, dict.fromkeys(request.form.getlist(COLUMNS)))]
    moved = _move(names)
    alone = params.get(VIEW, ALL) == ALL
    if "standard" in request.form:
        names = [] if alone else [*filter(_NAME.fullmatch, standard)]
    elif not names:
        flash(DomainError("view.no_columns").text(gettext), "warning")
        return _to(where, {**params, bar.OPEN: COLUMNS})
    if alone:
        verbs.choose_columns(key, names, user_id=_user())
    params[COLUMNS] = ".".join(names)
    opened = {bar.OPEN: COLUMNS, bar.MOVED: moved} if moved else {}
    return _to(where, {**params, **opened})


def _move(names: list[str]) -> str:
    """Move a column up or down as its button says; gives its name, "" for none."""
    for button, step in (("up", -1), ("down", 1)):
        name = request.form.get(button, "")
        if name in names:
            at = names.index(name)
            names.insert(max(0, at + step), names.pop(at))
            return name
    return ""


@blueprint.post("/<key>/luu")
@access.permission(*PERMISSION)
def save(key: str) -> Any:
    """Keep what the list shows under a name."""
    where = _open(key)
    form = {
        "name": request.form.get("name", "").strip(),
        "roles": request.form.getlist("roles"),
        "query": urlencode({n: v for n, v in _params().items() if n not in PASSING}),
        "opens": "opens" in request.form,
        "id": read_key(request.form.get("id")) or uuid7(),
    }
    if kept_forms.only_show():
        return _form(where, key, form)
    try:
        view = verbs.save(
            key,
            name=form["name"],
            query=form["query"],
            roles=_chosen("roles"),
            row_id=form["id"],
            user_id=_user(),
            **present.who(),
        )
        view_id, query = view.id, view.query
        if form["opens"]:
            verbs.open_with(key, view_id, user_id=_user(), actor=present.actor())
    except DomainError as error:
        return _form(where, key, form, error), STATUS.get(error.code, 422)
    flash(gettext("Saved."), "success")
    return _to(where, {**dict(parse_qsl(query)), VIEW: view_id})


@blueprint.post("/<key>/mac-dinh")
@access.permission(*PERMISSION)
def opens(key: str) -> Response:
    """Say what the plain address of a list opens for me: a view, all rows, or what my role has."""
    where = _open(key)
    view_id = request.form.get("view", "")
    try:
        verbs.open_with(key, view_id, user_id=_user(), actor=present.actor())
    except DomainError:
        abort(404)
    flash(gettext("Saved."), "success")
    back = request.form.get("query")
    return redirect(url_for(".index"), 303) if back is None else _to(where, _params())


# ---- views by themselves -------------------------------------------------------------------------
@blueprint.get("")
@access.permission(*PERMISSION)
def index() -> str:
    """All views of the reader by list; an administrator finds here all that are shared."""
    actor = present.actor()
    parts: dict[str, list[View]] = {}
    for view in kept_views.every(user_id=_user(), actor=actor):
        parts.setdefault(view.list, []).append(view)
    found = []
    for key, views in parts.items():
        where = place(key)
        mine = kept_views.kept(key, user_id=_user(), actor=actor)
        lines = [_line(view, where, mine.opens) for view in views]
        found.append((where.title if where else key, key, where, mine, lines))
    return page(
        "lists/index.html",
        title=gettext("Views of lists"),
        parts=sorted(found, key=lambda part: part[0]),
        all=ALL,
        admin=verbs.may_set(actor),
    )


def _line(view: View, where: Place | None, opens: str) -> dict[str, Any]:
    return {
        "view": view,
        "url": bar.address_of(where.address, view) if where and where.open else "",
        "roles": [title(role) for role in view.roles],
        "default_for": [title(role) for role in view.default_for],
        "opens": view.id == opens,
        "owned": view.mine or (bool(view.roles) and verbs.may_set(present.actor())),
    }


@blueprint.route("/<uuid:view_id>", methods=["GET", "POST"])
@access.permission(*PERMISSION)
def change(view_id: uuid.UUID) -> Any:
    """Rename a view, share it or take it back."""
    view = _own(view_id)
    where = place(view.list)
    if request.method == "GET":
        form = {"name": view.name, "roles": [role.value for role in view.roles]}
        return _form(where, view.list, form, view=view)
    form = {"name": request.form.get("name", "").strip(), "roles": request.form.getlist("roles")}
    if kept_forms.only_show():
        return _form(where, view.list, form, view=view)
    try:
        verbs.change(
            view.id,
            name=form["name"],
            roles=_chosen("roles"),
            user_id=_user(),
            **present.who(),
        )
    except DomainError as error:
        return _form(where, view.list, form, error, view), STATUS.get(error.code, 422)
    flash(gettext("Saved."), "success")
    return redirect(url_for(".change", view_id=view.id), 303)


@blueprint.post("/<uuid:view_id>/<viec>")
@access.permission(*PERMISSION)
def act(view_id: uuid.UUID, viec: str) -> Response:
    """Overwrite a view with what its list shows, set it as default of roles, or delete it."""
    view = _own(view_id)
    facts: dict[str, Any] = {"user_id": _user(), **present.who()}
    back = redirect(url_for(".change", view_id=view.id), 303)
    try:
        if viec == "ghi-de":
            query = urlencode({n: v for n, v in _params().items() if n not in PASSING})
            verbs.overwrite(view.id, query=query, **facts)
            where = place(view.list)
            if where is not None and where.open:
                back = _to(where, {**dict(parse_qsl(query)), VIEW: view.id})
        elif viec == "vai-tro":
            verbs.set_default(view.id, roles=_chosen("default_for"), **facts)
        elif viec == "xoa":
            verbs.remove(view.id, **facts)
            back = redirect(url_for(".index"), 303)
        else:
            abort(404)
    except DomainError as error:
        if STATUS.get(error.code) == 403:
            abort(403)
        flash(error.text(gettext), "danger")
        return back
    flash(gettext("Deleted.") if viec == "xoa" else gettext("Saved."), "success")
    return back


# ---- helpers -------------------------------------------------------------------------------------
def _user() -> int:
    return int(current_user.id)


def _open(key: str) -> Place:
    """The list with this key, if the reader may open it."""
    found = place(key)
    if found is None:
        abort(404)
    if not found.open:
        abort(403)
    return found


def _own(view_id: uuid.UUID) -> View:
    """A view that the reader may change; 404 otherwise."""
    try:
        return verbs.one(str(view_id), user_id=_user(), actor=present.actor())
    except DomainError:
        abort(404)


def _params() -> dict[str, str]:
    """The query of the list that the form was sent from."""
    return dict(parse_qsl(request.form.get("query", "")))


def _to(where: Place, params: dict[str, str]) -> Response:
    query = urlencode({name: value for name, value in params.items() if value})
    return redirect(f"{where.address}?{query}" if query else where.address, 303)


def _back(where: Place, form: dict[str, Any]) -> str:
    """The list as it was when it was to be saved."""
    return f"{where.address}?{form['query']}" if form.get("query") else where.address


def _chosen(name: str) -> list[Role]:
    return [Role(value) for value in request.form.getlist(name) if value in set(Role)]


def _form(
    where: Place | None,
    key: str,
    form: dict[str, Any],
    error: DomainError | None = None,
    view: View | None = None,
) -> str:
    """The page of one view, kept already or not yet, with what was typed."""
    kept_roles = view.roles if view else ()
    possible = where.roles if where else ()
    roles = [r for r in Role if r is not Role.system and (r in possible or r in kept_roles)]
    opened = where is not None and where.open
    return page(
        "lists/view.html",
        title=view.name if view else gettext("Save this view"),
        place=where.title if where else key,
        key=key,
        view=view,
        form=form,
        errors={error.field or "name": error.text(gettext)} if error else {},
        roles=[(role.value, title(role)) for role in roles],
        kept_roles=[(role.value, title(role), role in view.default_for) for role in kept_roles]
        if view
        else [],
        sharing=verbs.may_share(present.actor()),
        admin=verbs.may_set(present.actor()),
        url=bar.address_of(where.address, view) if where and opened and view else "",
        cancel=_back(where, form) if where and opened and not view else url_for(".index"),
    )
