"""Who may open a hand-written page: every route asks, and deny is the answer without a right."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import abort, current_app, redirect, render_template, request, url_for
from flask_login import current_user

from models.base import Row, db

R = TypeVar("R", bound=Row)


def permission(name: str, view: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Ask for a permission of the role matrix, such as ("can_read", "Dossier").

    A stranger goes to the sign-in page and comes back; anybody else without the right gets 403.
    """

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return _sign_in()
            if not may(name, view):
                abort(403)
            return endpoint(*args, **kwargs)

        guarded.permission = (name, view)  # type: ignore[attr-defined]
        return guarded

    return decorate


def may(name: str, view: str) -> bool:
    """Whether the person holds a permission."""
    return bool(current_app.appbuilder.sm.has_access(name, view))  # type: ignore[attr-defined]


def seen(model: type[R], key: Any) -> R:
    """The row with this id, if the person may see it (the scope decides); 404 otherwise."""
    found: R | None = db.session.scalars(sa.select(model).where(model.id == str(key))).first()
    if found is None:
        abort(404)
    return found


def _sign_in() -> Any:
    """To the sign-in page; only a page that can be asked for again is returned to.

    A form is kept before that by the check of its token (app/errors.py), which comes first.
    """
    back = {"next": request.full_path.rstrip("?")} if request.method == "GET" else {}
    return redirect(url_for("AuthDBView.login", **back))


def page(template: str, **values: Any) -> str:
    """Render a page with what the shell around it reads."""
    builder = current_app.appbuilder  # type: ignore[attr-defined]
    return render_template(
        template, appbuilder=builder, base_template=builder.base_template, **values
    )
