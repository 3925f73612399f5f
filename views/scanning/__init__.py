"""The scanner's page: drop a stack, follow it, look at what came of it; and the tray of what is left."""

from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    request,
    url_for,
)
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.scan import PieceState, ScanPiece
from printing import papers
from services import pages, search
from services.scanning import filing, tray, work
from services.scanning.matching import dossier_with
from views import access, issuing, kept_forms, present
from views.access import seen
from views.paper import pdf_response
from views.scanning import words

PERMISSION = ("can_use", "Scans")
#: Widths in which pages are shown: in the list, beside the form, from near.
WIDTHS = (180, 900, 1600)
FOUND = 8

blueprint = Blueprint("scans", __name__, url_prefix="/quet")


def place() -> filing.Place:
    """Where scans and files lie."""
    config = current_app.config
    return filing.Place.below(config["UPLOAD_DIR"], config["SECRET_KEY"])


@blueprint.url_value_preprocessor
def _roomy(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A stack may be larger than other requests; this must be said before the form is read."""
    if endpoint == "scans.drop" and current_user.is_authenticated:
        request.max_content_length = current_app.config["MAX_SCAN_MB"] * 1_000_000


# ---- stacks --------------------------------------------------------------------------------------
@blueprint.get("")
@access.permission(*PERMISSION)
def show() -> str:
    """The page: where stacks are dropped, what is under way, what came of the last ones."""
    return _page()


def _page(error: str = "") -> str:
    return access.page(
        "scanning/index.html",
        title=gettext("Scan dossiers"),
        error=error,
        limit=current_app.config["MAX_SCAN_MB"],
        **_batches(),
    )


def _batches() -> dict[str, Any]:
    actor = present.actor()
    found = tray.batches(actor)
    lines = {line.piece.id: line for line in tray.lines([p for b in found for p in b.pieces])}
    return {
        "batches": found,
        "lines": lines,
        "running": any(b.state in tray.UNDER_WAY for b in found),
        "waiting": len(tray.waiting(actor)),
        "most": tray.MOST_PIECES,
        "why": words.why,
        "failure": words.failure,
        "came": words.came,
        "summary": words.summary,
    }


@blueprint.post("")
@access.permission(*PERMISSION)
def drop() -> Any:
    """Take in the files that were dropped. A program gets the address to go on with."""
    files = [file for file in request.files.getlist("file") if file.filename]
    actor, at = present.actor(), present.now()
    taken, error = 0, "" if files else gettext("Choose the scanned file first.")
    for file in files:
        try:
            known = filing.take(
                file.stream, file.filename or "", source="upload", post=actor.home,
                actor=actor, at=at, place=place(),
                limit=current_app.config["MAX_SCAN_MB"] * 1_000_000,
            )  # fmt: skip
        except DomainError as refusal:
            error = f"{file.filename}: {refusal.text(gettext)}"
            continue
        finally:
            file.close()
        taken += 1
        if known.again:
            flash(gettext("%(name)s was handed in before.", name=file.filename), "info")
    if taken:
        work.AWAKE.set()
        flash(ngettext("%(num)d file taken in.", "%(num)d files taken in.", taken), "success")
    if "application/json" in request.headers.get("Accept", ""):
        return jsonify({"url": url_for("scans.show"), "error": error}), 422 if error else 200
    return (_page(error), 422) if error else redirect(url_for("scans.show"), 303)


@blueprint.get("/tien-do")
@access.permission(*PERMISSION)
def progress() -> str:
    """The part of the page that changes while pages are worked through."""
    return access.page("scanning/_batches.html", anew=True, **_batches())


@blueprint.post("/<uuid:batch_id>/thu-lai")
@access.permission(*PERMISSION)
def retry(batch_id: Any) -> Response:
    """Work through a file once more that could not be read."""
    batch = tray.batch(str(batch_id), present.actor())
    if batch is None:
        abort(404)
    filing.retry(batch.id, **present.who())
    work.AWAKE.set()
    return redirect(url_for("scans.show"), 303)


@blueprint.get("/to-bia/<uuid:dossier_id>")
@access.permission(*PERMISSION)
def covers(dossier_id: Any) -> Response:
    """The cover sheets of a dossier, one for each of its papers."""
    dossier = seen(Dossier, dossier_id)
    if not dossier.code:
        abort(404)
    pdf = papers.cover_sheets(dossier, at=present.now(), lookup=issuing.lookup())
    return pdf_response(pdf, f"to-bia-quet-{dossier.code}.pdf")


# ---- the tray ------------------------------------------------------------------------------------
@blueprint.get("/khay")
@access.permission(*PERMISSION)
def waiting() -> Any:
    """The tray: its oldest piece, or nothing left to do."""
    pieces = tray.waiting(present.actor(), 1)
    if pieces:
        return redirect(url_for("scans.piece", piece_id=pieces[0].id))
    return access.page("scanning/empty.html", title=gettext("Tray of scans"))


@blueprint.get("/khay/<uuid:piece_id>")
@access.permission(*PERMISSION)
def piece(piece_id: Any) -> Any:
    """One piece: its pages beside the form that says where it belongs."""
    return _tray(_seen(piece_id))


def _seen(piece_id: Any) -> ScanPiece:
    found = tray.piece(str(piece_id), present.actor())
    if found is None:
        abort(404)
    return found


def _tray(piece: ScanPiece, errors: dict[str, str] | None = None) -> str:
    typed, actor = request.form, present.actor()
    pieces = tray.waiting(actor)
    if piece.id not in {p.id for p in pieces}:
        pieces = [piece, *pieces]
    line = tray.lines([piece])[0]
    dossier = line.dossier
    if typed.get("dossier_id"):
        dossier = db.session.get(Dossier, typed["dossier_id"]) or dossier
    return access.page(
        "scanning/tray.html",
        title=gettext("Tray of scans"),
        piece=piece,
        pieces=pieces,
        open=piece.state is PieceState.open,
        dossier=dossier,
        paper_id=typed.get("paper_id", piece.paper_id),
        typed=typed,
        errors=errors or {},
        why=words.why,
        widths=WIDTHS,
        page_numbers=range(1, piece.pages + 1),
    )


@blueprint.post("/khay/<uuid:piece_id>/luu")
@access.permission(*PERMISSION)
def keep(piece_id: Any) -> Any:
    """File a piece in the dossier that was named, and go on to the next."""
    found, typed = _seen(piece_id), request.form
    if kept_forms.only_show():
        return _tray(found)
    after = _next(found)
    dossier_id = typed.get("dossier_id") or _by_code(typed.get("code"))
    if not dossier_id:
        return _tray(
            found, {"dossier_id": gettext("Say which dossier these pages belong to.")}
        ), 422
    try:
        filed = filing.file_piece(
            found.id, dossier_id, typed.get("paper_id") or None, **present.who(), place=place()
        )
    except DomainError as error:
        db.session.rollback()
        field = error.field if error.field in {"dossier_id", "paper_id"} else "dossier_id"
        return _tray(_seen(piece_id), {field: error.text(gettext)}), 422
    code = db.session.get_one(Dossier, filed.dossier_id).code
    flash(gettext("Filed in dossier %(code)s.", code=code), "success")
    return redirect(after, 303)


@blueprint.post("/khay/<uuid:piece_id>/bo")
@access.permission(*PERMISSION)
def throw(piece_id: Any) -> Any:
    """Throw a piece away with the reason, and go on to the next."""
    found = _seen(piece_id)
    if kept_forms.only_show():
        return _tray(found)
    after = _next(found)
    try:
        filing.drop_piece(found.id, request.form.get("reason", ""), **present.who())
    except DomainError as error:
        db.session.rollback()
        return _tray(_seen(piece_id), {"reason": error.text(gettext)}), 422
    flash(gettext("Thrown away; for 30 days it can be taken back on the page of scans."), "info")
    return redirect(after, 303)


@blueprint.post("/khay/<uuid:piece_id>/lay-lai")
@access.permission(*PERMISSION)
def take_back(piece_id: Any) -> Response:
    """Put thrown-away pages back into the tray."""
    found = _seen(piece_id)
    filing.restore_piece(found.id, **present.who())
    return redirect(url_for("scans.piece", piece_id=found.id), 303)


def _next(piece: ScanPiece) -> str:
    """Where to go when this piece is dealt with: the one behind it, else the first that is left."""
    left = [p.id for p in tray.waiting(present.actor()) if p.id != piece.id]
    behind = [i for i in left if i > piece.id] or left
    return url_for("scans.piece", piece_id=behind[0]) if behind else url_for("scans.waiting")


def _by_code(code: str | None) -> str | None:
    found = dossier_with(code)
    return found.id if found is not None else None


@blueprint.get("/manh/<uuid:piece_id>/trang/<int:number>")
@access.permission(*PERMISSION)
def page(piece_id: Any, number: int) -> Response:
    """A page of a piece in the tray as a picture."""
    found = _seen(piece_id)
    width, turn = request.args.get("rong", type=int), request.args.get("xoay", 0, type=int)
    if found.sha256 is None or width not in WIDTHS or turn % 90:
        abort(404)
    try:
        path = place().scans.path(found.sha256)
        picture = pages.page_image(path, number, width=width, turn=turn)
    except DomainError:
        abort(404)
    answer = make_response(picture)
    answer.mimetype = "image/png"
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


# ---- pickers -------------------------------------------------------------------------------------
@blueprint.get("/tim")
@access.permission(*PERMISSION)
def find() -> Response:
    """Dossiers by code, number or words of the name: [{value, text, hint}]."""
    typed = " ".join(request.args.get("q", "").split())[:120]
    rows = search.find(typed, limit=FOUND).rows if typed else ()
    return jsonify(
        [
            {"value": r.id, "text": f"{r.code} · {r.owner_name}", "hint": r.procedure}
            for r in rows
            if r.code
        ]
    )


@blueprint.get("/giay-to")
@access.permission(*PERMISSION)
def papers_of() -> Response:
    """The papers of the dossier `dossier_id`: [{value, text}]."""
    dossier = db.session.get(Dossier, request.args.get("dossier_id", ""))
    found = [] if dossier is None else dossier.papers
    return jsonify([{"value": p.id, "text": p.name} for p in found])
