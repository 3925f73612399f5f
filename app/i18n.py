"""Language of the reader: Vietnamese first, English by switch."""

import flask_wtf.i18n
from flask import Flask, has_request_context, request, session

import config


def init_app(app: Flask) -> None:
    """WTForms' own messages come from our catalogue too; it ships none in Vietnamese."""
    flask_wtf.i18n.messages_path = lambda: str(config.ROOT / "translations")
    app.jinja_env.globals["html_lang"] = locale


def locale() -> str:
    """`vi` or `en`: the person's switch, kept in the session."""
    chosen = session.get("locale", "vi") if has_request_context() else "vi"
    return chosen if chosen in {"vi", "en"} else "vi"


def is_json_wanted() -> bool:
    """Whether the caller asked for JSON (API) instead of a page."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"
