"""The low-code layer: a model declares itself once, and its screens and API follow.

Read in this order: `columns` (what a declaration says), `values` (how it is written and read),
`listing` (which rows), `fields` (forms), `view` and `api` (what people and programs reach),
`checks` (what stops a wrong declaration). docs/low-code.md shows how to declare a register.
"""

from typing import Any

from flask import Flask, Request, current_app, jsonify
from flask_appbuilder import AppBuilder
from flask_babel import gettext
from flask_jwt_extended import get_current_user, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import PyJWTError

import models.ddl  # noqa: F401  (every connection learns to fold and to sort)
from models.base import Row
from views.generated import navigation
from views.generated.api import McApi, Specification
from views.generated.checks import DeclarationError, check_declarations
from views.generated.columns import register_of
from views.generated.interface import McInterface
from views.generated.menus import MENUS
from views.generated.view import McModelView

__all__ = ["DeclarationError", "McApi", "McInterface", "McModelView", "declared", "register"]


def declared() -> list[type[Row]]:
    """Every model that declares a screen, in the order of their names."""
    found = [m.class_ for m in Row.registry.mappers if issubclass(m.class_, Row)]
    return sorted((c for c in found if c.__dict__.get("__screen__")), key=lambda c: c.__name__)


def register(appbuilder: AppBuilder, own: tuple[type[McModelView], ...] = ()) -> None:
    """Build and register the screens and APIs of all declared models.

    own: hand-written views; each replaces the generated one of its model. A wrong declaration
    raises DeclarationError.
    """
    written = {view.datamodel.obj: view for view in own}
    found = declared()
    for model in found:
        check_declarations(model)
    for model in sorted(found, key=_place):
        _add(appbuilder, model, written.get(model) or _view_of(model))
    appbuilder.add_api(Specification)
    _accept_tokens(appbuilder)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    app.view_functions["UtilView.back"] = navigation.back


def _place(model: type[Row]) -> tuple[int, int]:
    """Heading of the menu, then the order of declaration."""
    screen: Any = model.__screen__
    return [*MENUS].index(screen.menu), register_of(model).place


def _view_of(model: type[Row]) -> type[McModelView]:
    return type(f"{model.__name__}View", (McModelView,), {"datamodel": McInterface(model)})


def _add(appbuilder: AppBuilder, model: type[Row], view: type[McModelView]) -> None:
    """Put a register into the menu, under the name of its model, and its API beside it."""
    screen: Any = model.__screen__
    appbuilder.add_view(
        view,
        model.__name__,
        label=screen.plural,
        icon=screen.icon,
        category=screen.menu,
        category_label=MENUS[screen.menu],
        menu_cond=lambda: appbuilder.sm.has_access("can_read", model.__name__),
    )
    appbuilder.add_api(type(f"{model.__name__}Api", (McApi,), {"datamodel": McInterface(model)}))


# ---- tokens --------------------------------------------------------------------------------------
def _accept_tokens(appbuilder: AppBuilder) -> None:
    """A token in the Authorization header signs in for one API request, with scope and actor."""
    appbuilder.sm.lm.request_loader(_bearer)
    jwt = appbuilder.sm.jwt_manager
    jwt.unauthorized_loader(_unsigned)
    jwt.invalid_token_loader(_unsigned)
    jwt.expired_token_loader(_unsigned)
    jwt.user_lookup_error_loader(_unsigned)


def _bearer(request: Request) -> Any:
    if not request.path.startswith("/api/") or "Authorization" not in request.headers:
        return None
    try:
        verify_jwt_in_request()
        return get_current_user()
    except (JWTExtendedException, PyJWTError):
        return None


def _unsigned(*_: Any) -> Any:
    return jsonify(message=gettext("Please sign in.")), 401
