"""Issued papers: the PDF in the browser, and printing again."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from domain.errors import DomainError
from domain.names import fold
from models.base import db
from models.dossier import Dossier
from models.paper import IssuedPaper
from printing import issued
from services import pages, papers as service
from views import present
from views.access import permission, seen
from views.fields import read_key

blueprint = Blueprint("paper", __name__, url_prefix="/giay")
#: How wide a picture of a page may be asked for.
NARROWEST, WIDEST = 400, 2000


@blueprint.get("/<uuid:paper_id>")
@permission("can_read", "Dossier")
def show(paper_id: Any) -> Response:
    """The paper as it was last printed: the original, or the newest print under its mark."""
    paper = seen(IssuedPaper, paper_id)
    pdf = issued.render(paper, service.last_print(paper.id))
    answer = pdf_response(pdf, filename(paper))
    if "khung" in request.args:  # in a frame of ours, from which it is sent to the printer
        answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'self'"
    return answer


@blueprint.get("/<uuid:paper_id>/trang/<int:number>")
@permission("can_read", "Dossier")
def page(paper_id: Any, number: int) -> Response:
    """One page of the paper as a picture: `?w=` dots wide, `?q=` degrees turned.

    `X-Pages` says how many there are, which is not known before it is drawn.
    """
    paper = seen(IssuedPaper, paper_id)
    width, turn = asked()
    pdf = issued.render(paper, service.last_print(paper.id))
    answer = picture_response(lambda: pages.image_of(pdf, number, width=width, turn=turn))
    answer.headers["X-Pages"] = str(pages.count_of(pdf))
    return answer


@blueprint.post("/<uuid:paper_id>/in-lai")
@permission("can_act", "Dossier")
def reprint(paper_id: Any) -> Response:
    """Print again, which is an event, and open it."""
    paper = seen(IssuedPaper, paper_id)
    key = read_key(request.form.get("idempotency_key"))
    service.reprint(paper, **present.who(), op_id=key)
    return redirect(url_for("paper.show", paper_id=str(paper_id)), 303)


def filename(paper: IssuedPaper) -> str:
    """Form and dossier code: “giay-hen-H15.36.00-261123-0001.pdf”; before a code, its number."""
    code = db.session.scalar(sa.select(Dossier.code).where(Dossier.id == paper.dossier_id))
    known = code or fold(paper.number or "").upper().replace("/", "-")
    return "-".join(filter(None, (issued.paper_of(paper).file, known))) + ".pdf"


def pdf_response(pdf: bytes, name: str) -> Response:
    """A PDF shown in the browser, that can run nothing and load nothing. `name`: ASCII."""
    answer = make_response(pdf)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    return answer


def asked() -> tuple[int, int]:
    """Width and turn of a picture as the address asks for them, within what is drawn."""
    width = request.args.get("w", 1000, type=int)
    turn = request.args.get("q", 0, type=int)
    return max(NARROWEST, min(width, WIDEST)), turn // 90 * 90 % 360


def picture_response(draw: Callable[[], bytes]) -> Response:
    """What is drawn, for the browser of this person to keep; 404 for a page that is not there."""
    try:
        answer = make_response(draw())
    except DomainError as error:
        if error.code == "row.not_found":
            abort(404)
        raise
    answer.mimetype = "image/png"
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.vary.add("Cookie")
    answer.add_etag()
    return answer.make_conditional(request)
