"""What a person sees when something goes wrong: a sentence, never a trace."""

import logging

import sqlalchemy as sa
from flask import Flask, g, jsonify, render_template, request
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from domain.errors import DomainError
from models.base import db
from models.scope import ScopeViolation
from views import kept_forms

log = logging.getLogger("motcua.error")

SENTENCES = {
    400: _l("The request could not be understood."),
    401: _l("Please sign in."),
    403: _l("You may not do this. Ask your administrator if you need the right."),
    404: _l("There is nothing here, or it belongs to another unit."),
    405: _l("This address does not take that kind of request."),
    409: _l(
        "Somebody else changed this at the same moment. Nothing of yours was stored; look and try again."
    ),
    413: _l("What you sent is too large."),
    415: _l("This kind of file is not accepted."),
    422: _l("Something in what you entered is not right."),
    429: _l("Too many attempts. Please wait a minute."),
    500: _l("Something went wrong on our side. Nothing of yours was stored; please try again."),
    503: _l("The system is busy. Please try again in a moment."),
}


def say(error: DomainError) -> str:
    """The sentence of a domain error in the reader's language."""
    return error.text(gettext)


def _page(status: int, sentence: object = None):
    sentence = str(sentence or SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400]))
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        return jsonify(message=sentence), status
    code = g.get("request_id", "")
    return render_template("kit/error.html", status=status, sentence=sentence, code=code), status


def _crash(error: Exception):
    """Log with the request's id, undo, and show a sentence."""
    log.error("unhandled", exc_info=error, extra={"fields": {"request": g.get("request_id")}})
    db.session.rollback()
    return _page(500)


def init_app(app: Flask) -> None:
    """Every error a person may meet has a page."""

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException):
        if error.code is None or error.code < 400:
            return error
        return _page(error.code)

    @app.errorhandler(CSRFError)
    def _csrf(error: CSRFError):
        kept = kept_forms.sent_too_late()
        if kept is not None:
            return kept
        return _page(400, _l("The form has expired or was not sent from this site. Open it again."))

    @app.errorhandler(DomainError)
    def _domain(error: DomainError):
        db.session.rollback()
        return _page(409 if error.code == "dossier.stale" else 422, say(error))

    @app.errorhandler(StaleDataError)
    def _stale(error: StaleDataError):
        db.session.rollback()
        return _page(409)

    @app.errorhandler(ScopeViolation)
    def _scope(error: ScopeViolation):
        db.session.rollback()
        return _page(404)

    @app.errorhandler(sa.exc.OperationalError)
    def _busy(error: sa.exc.OperationalError):
        log.error("database", exc_info=error, extra={"fields": {"request": g.get("request_id")}})
        db.session.rollback()
        return _page(503)

    app.register_error_handler(Exception, _crash)
