"""What the slip's QR code leads to: how far a dossier is, without signing in and without names.

TT 01/2018 Article 16: without authentication the code and the degree of completion; whoever holds the
slip (its secret is in the QR code) also sees the procedure, the dates and what is missing.
"""

import hmac
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext

from domain import numbering
from domain.codes import StepState
from models.base import db
from models.dossier import Dossier
from models.scope import everything
from printing.papers import Lookup
from views.access import may

blueprint = Blueprint("public", __name__)


@blueprint.get("/theo-doi-ho-so")
def ask() -> Any:
    """Where the code of a slip is typed."""
    typed = request.args.get("ma", "").strip()
    if numbering.looks_like_code(typed):
        return redirect(url_for("public.show", code=typed.upper()))
    page, status = _page(typed)
    return page, status if typed else 200


@blueprint.get("/tra-cuu/<string:code>")
def show(code: str) -> Any:
    """One dossier by its code. A wrong code and a wrong secret look alike."""
    if may("can_use", "Search"):
        return redirect(url_for("Search.index", q=code))
    with everything():
        page, status = _page(code)
        db.session.rollback()
    return page, status


def register(appbuilder: Any) -> None:
    """Codes can be counted through, so nobody may ask for many of them."""
    appbuilder.sm.limiter.limit("30 per minute")(blueprint)


def _page(code: str) -> tuple[str, int]:
    dossier = None
    if numbering.looks_like_code(code):
        query = sa.select(Dossier).where(Dossier.code == code.strip().upper())
        dossier = db.session.scalars(query).one_or_none()
    values: dict[str, Any] = {
        "title": gettext("Follow a dossier"),
        "dossier": dossier,
        "asked": code,
    }
    if dossier is not None:
        token = Lookup(current_app.config["PUBLIC_URL"], current_app.config["SECRET_KEY"]).token(
            dossier.id
        )
        typed = request.args.get("k", "").encode()  # any letters may stand in an address
        values["holder"] = hmac.compare_digest(token.encode(), typed)
        values["done"], values["all"] = _progress(dossier)
        documents = dossier.procedure_version.documents
        values["blanks"] = {d.name: d for d in documents if d.blank_name}
    return render_template("public/show.html", **values), 200 if dossier else 404


def _progress(dossier: Dossier) -> tuple[int, int]:
    """Steps done and steps in all."""
    counted = [s for s in dossier.steps if s.state is not StepState.cancelled]
    return sum(1 for s in counted if s.state is StepState.done), len(counted)
