"""Theme, density and language of the signed-in person: kept in the database, read once at sign-in.

Between sign-ins they travel in the signed session, so that no page pays a statement for them.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, session
from flask_login import current_user, user_logged_in, user_logged_out
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from models.preference import DENSITIES, LANGUAGES, THEMES
from services import preferences
from views import access, present

blueprint = Blueprint("preferences", __name__)
#: Names in the session; the language has the framework's own.
_KEPT = {"theme": "theme", "density": "density", "language": "locale"}


class Preferences(NamedTuple):
    """What the shell draws by."""

    theme: str = THEMES[0]
    density: str = DENSITIES[0]
    language: str = LANGUAGES[0]


def register(_appbuilder: Any) -> None:
    """Give the templates `preferences`, and remember the choices at sign-in."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    app.jinja_env.globals.update(preferences=current, session_left=session_left)
    app.register_blueprint(blueprint)
    user_logged_in.connect(_remember, app)
    user_logged_out.connect(_forget, app)


def current() -> Preferences:
    """The choices of the reader; a stranger has the language of the session."""
    allowed = preferences.CHOICES
    found = {name: session.get(key) for name, key in _KEPT.items()}
    return Preferences(**{n: str(v) for n, v in found.items() if v in allowed[n]})


def session_left() -> int:
    """Seconds until the session of this request ends, by the stamp of its cookie; 0 when unknown."""
    app = current_app
    cookie = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
    reader = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        _, began = reader.loads(cookie, return_timestamp=True)
    except BadSignature:
        return 0
    end = began.timestamp() + app.permanent_session_lifetime.total_seconds()
    return max(0, int(end - present.now().timestamp()))


@blueprint.post("/tuy-chon")
@access.permission("can_use", "Home")
def change() -> Response:
    """Keep what was chosen, and go back to where it was."""
    names = (name for name in preferences.CHOICES if name in request.form)
    chosen = {name: request.form[name] for name in names}
    _carry(preferences.choose(int(current_user.id), **chosen))
    return redirect(_inside(request.form.get("next", "")), 303)


def _carry(chosen: dict[str, str]) -> None:
    for name, value in chosen.items():
        session[_KEPT[name]] = value


def _remember(_app: Any, user: Any) -> None:
    """Signed in: the person's own choices, whoever sat here before."""
    _forget(_app, user)
    _carry(preferences.kept(int(user.id)))


def _forget(_app: Any, user: Any) -> None:
    """Signed out: the look goes with the person, the language stays with the screen."""
    session.pop(_KEPT["theme"], None)
    session.pop(_KEPT["density"], None)


def _inside(address: str) -> str:
    """An address of this site, or the home page."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    plain = not parts.netloc and not parts.scheme and address.isprintable()
    return address if inside and plain and "\\" not in address else "/"
