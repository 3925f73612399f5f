"""The dossier page: what it is, where it stands, and the acts this officer may do now."""

from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, jsonify, redirect, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.wrappers import Response

from domain.codes import Verb
from domain.errors import DomainError
from domain.names import fold
from models.base import db
from models.dossier import Dossier
from models.organisation import Unit
from models.paper import IssuedPaper
from services import lookup, paper_templates
from services.dossier import actions
from services.transaction import transaction
from views import issuing, kept_forms, present
from views.access import may, page, permission, seen
from views.dossier import after, panel
from views.dossier.acts import ACTS, BY_SLUG, done, perform
from views.dossier.offers import Offer, choices, made_for, permitted
from views.dossier.screen import gather, now_with
from views.fields import read_key

blueprint = Blueprint("dossier", __name__, url_prefix="/ho-so")
#: Refusals that mean: the dossier moved on since the page was opened.
STALE = frozenset({"dossier.stale", "step.not_open"})
FORBIDDEN = frozenset({"dossier.role_not_allowed", "dossier.not_holder"})
PICKED = 30


@blueprint.get("/<uuid:dossier_id>")
@permission("can_read", "Dossier")
def show(dossier_id: Any) -> str:
    """The page; asked for by a script, only the form of an act.

    `buoc` names the step to act on, when the officer has several; `viec` the act whose form stands
    open; `xem`, `trang`, `quay` the paper beside it; `loc` what the timeline is narrowed to.
    """
    dossier = seen(Dossier, dossier_id)
    found = _permitted(dossier)
    opened = panel.asked(dossier, found, choices(found), request.args.get("viec", ""))
    if _by_script():
        return panel.drawn(dossier, opened)
    return _page(dossier, found, opened)


def _permitted(dossier: Dossier) -> panel.Found:
    if not may("can_act", "Dossier"):
        return {}
    return permitted(dossier, present.actor(), present.now(), request.args.get("buoc"))


def _page(dossier: Dossier, found: panel.Found, opened: panel.Panel | None) -> str:
    actor, at = present.actor(), present.now()
    return page("dossier/page.html", **gather(dossier, actor, at, request.args, found, opened))


def _by_script() -> bool:
    """Whether the page stands already, and only a part of it is asked for."""
    return "HX-Request" in request.headers


@blueprint.post("/<uuid:dossier_id>/<slug>")
@permission("can_act", "Dossier")
def act(dossier_id: Any, slug: str) -> Any:
    """One act: done and back to the page, or the form again with the reason and what was typed."""
    verb = BY_SLUG.get(slug)
    if verb is None:
        abort(404)
    dossier = seen(Dossier, dossier_id)
    typed = CombinedMultiDict([request.files, request.form])
    offer = _bound(verb, dossier, typed)
    if "more" in request.form or kept_forms.only_show():
        return _again(dossier, offer)
    status = 422
    if offer.form.validate():
        try:
            return _do(verb, dossier, offer)
        except DomainError as error:
            db.session.rollback()
            status = _refused(error, offer)
    dossier = seen(Dossier, dossier_id)
    _renew(offer, verb, dossier)
    return _again(dossier, offer), status


def _again(dossier: Dossier, offer: Offer) -> str:
    """The form as it was sent, standing open in its place."""
    opened = panel.shown(offer)
    if _by_script():
        return panel.drawn(dossier, opened)
    return _page(dossier, _permitted(dossier), opened)


def _bound(verb: Verb, dossier: Dossier, typed: Any) -> Offer:
    """The form with what was typed; its choices are those of the step it was shown for."""
    named = str(typed.get("step_id") or "")
    step = next((s for s in dossier.steps if s.id == named), None)
    return made_for(verb, dossier, step, typed)


def _do(verb: Verb, dossier: Dossier, offer: Offer) -> Response:
    """The act and its paper, committed together."""
    actor, at = present.actor(), present.now()
    paper, form = ACTS[verb].paper, offer.form
    former, key, dossier_id = dossier.due_at, form.op_id.data, dossier.id
    issued, before = None, now_with(dossier.id)
    with transaction() if paper else nullcontext():
        result = perform(verb, dossier, form, actor, at)
        if paper:
            db.session.flush()
            issued = after.issue(
                verb, paper, seen(Dossier, dossier_id), result, form.data, former,
                actor=actor, at=at, op_id=key,
            )  # fmt: skip
    now = now_with(dossier_id)
    _say(done(verb) if now == before else f"{done(verb)} {now}".strip(), issued)
    answer = redirect(_where(dossier_id), 303)
    if _by_script():  # a script cannot see where a redirect leads
        return Response(status=204, headers={"HX-Redirect": answer.headers["Location"]})
    return answer


def _where(dossier_id: str) -> str:
    """Back to the page, or to the list when the dossier left this officer's sight."""
    visible = db.session.scalar(sa.select(Dossier.id).where(Dossier.id == dossier_id))
    return url_for("dossier.show", dossier_id=dossier_id) if visible else url_for("worklist.show")


def _say(sentence: str, issued: IssuedPaper | None) -> None:
    """The sentence after an act, with the way to the paper it issued."""
    link = Markup("")
    if issued is not None:
        address = url_for("paper.show", paper_id=issued.id)
        link = Markup(' <a href="{}" target="_blank">{}</a>').format(
            address, gettext("Print the paper")
        )
    flash(Markup.escape(sentence) + link, "success")


def _refused(error: DomainError, offer: Offer) -> int:
    """Put the refusal into the form and say which status it is."""
    if error.code in STALE:
        error = DomainError("dossier.stale")
    offer.form.refuse(error)
    if error.code in STALE:
        return 409
    return 403 if error.code in FORBIDDEN else 422


def _renew(offer: Offer, verb: Verb, dossier: Dossier) -> None:
    """The form shown again is about the dossier as it stands now, so it can be sent once more."""
    step = permitted(dossier, present.actor(), present.now()).get(verb)
    offer.form.version.data = str(dossier.version)
    if not offer.act.stepless and step is not None:
        offer.form.step_id.data = step.id


@blueprint.post("/<uuid:dossier_id>/giay/<form>")
@permission("can_act", "Dossier")
def issue(dossier_id: Any, form: str) -> Response:
    """Issue a paper that needs no act of its own, and open it."""
    dossier = seen(Dossier, dossier_id)
    own = form in dict(issuing.own_papers(dossier))
    if form not in after.ON_REQUEST and not own:
        abort(404)
    due = form in actions.papers_due(dossier, present.now().date())
    if own and not due:
        paper_templates.check_print(dossier, present.actor())
    op_id = read_key(request.form.get("idempotency_key"))
    issued = issuing.issue(form, dossier, **present.who(), op_id=op_id)
    return redirect(url_for("paper.show", paper_id=issued.id), 303)


# ---- pickers -------------------------------------------------------------------------------------
@blueprint.get("/chon/co-quan")
@permission("can_act", "Dossier")
def pick_agency() -> Response:
    """Agencies whose name or code has the words asked for: [{value, text, hint}]."""
    words = fold(request.args.get("q", "")[:100]).split()
    today = present.now().date()
    query = sa.select(Unit).where(
        Unit.is_agency,
        Unit.valid_from <= today,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= today),
    )
    units = db.session.scalars(query.order_by(Unit.code))
    found = [u for u in units if all(w in fold(f"{u.full_name} {u.code}") for w in words)]
    return jsonify([{"value": u.id, "text": u.full_name, "hint": u.code} for u in found[:PICKED]])


@blueprint.get("/chon/thu-tuc")
@permission("can_act", "Dossier")
def pick_procedure() -> Response:
    """Published procedures for the words asked for; the value is the id of the version."""
    found = lookup.suggest_procedures(request.args.get("q", "")[:100], on=present.now().date())
    return jsonify([{"value": s.version_id, "text": s.name, "hint": s.code} for s in found])
