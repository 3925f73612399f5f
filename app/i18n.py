"""Language of the reader: Vietnamese first, English by switch."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import flask_babel
import flask_wtf.i18n
from flask import Flask, has_request_context, request, session
from flask.globals import _cv_app
from markupsafe import Markup

import config
from domain.calendar import TZ


def init_app(app: Flask) -> None:
    """WTForms' own messages come from our catalogue too; it ships none in Vietnamese."""
    flask_wtf.i18n.messages_path = lambda: str(config.ROOT / "translations")
    app.jinja_env.globals["html_lang"] = locale
    app.jinja_env.globals |= {"N_": lambda words: words, "moment": moment}
    flask_babel._get_current_context = _context
    flask_babel.Domain.get_translations = _translations


def templates(app: Flask) -> None:
    """The words of templates too; called after Flask-Babel has put its own function there."""
    app.jinja_env.globals |= {"_": _words, "gettext": _words}


def moment(at: dt.datetime, time: bool = True) -> str:
    """A moment as it is written in both languages, 15:30 01/02/2026, in local time; naive ones are UTC."""
    at = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(TZ)
    day = f"{at.day:02}/{at.month:02}/{at.year}"
    return f"{at.hour:02}:{at.minute:02} {day}" if time else day


def locale() -> str:
    """`vi` or `en`: the person's switch, kept in the session."""
    chosen = session.get("locale", "vi") if has_request_context() else "vi"
    return chosen if chosen in {"vi", "en"} else "vi"


def is_json_wanted() -> bool:
    """Whether the caller asked for JSON (API) instead of a page."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


# ---- words at speed: a page has hundreds, and Flask-Babel takes longer for each than for drawing it ----
_read = flask_babel.Domain.get_translations


def _context() -> SimpleNamespace | None:
    """What Flask-Babel keeps for the context at hand: its own function without its detours."""
    bound = _cv_app.get(None)
    if bound is None:
        return None
    kept = vars(bound.g)
    if "_flask_babel" not in kept:
        kept["_flask_babel"] = SimpleNamespace()
    found: SimpleNamespace = kept["_flask_babel"]
    return found


def _translations(domain: Any) -> Any:
    """The catalogue of the language in force, looked up once for as long as it stays in force."""
    context = _context()
    if context is None:
        return _read(domain)
    known = vars(context)
    last = known.get("last")
    if last is not None and last[0] is domain and last[1] is known.get("babel_locale"):
        return last[2]
    found = _read(domain)
    context.last = (domain, context.babel_locale, found)
    return found


def _words(text: str, **values: Any) -> Markup:
    """A text of a template in the language in force; `values` are escaped."""
    found = Markup(flask_babel.get_translations().ugettext(text))
    return found % values if values or "%" in found else found
