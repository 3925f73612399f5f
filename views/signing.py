"""What waits for a signature: the list, and beside it the paper, the proposal and the opinion box."""

from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from domain.codes import StepKind, StepState, Verb
from domain.errors import DomainError
from models.attachment import Attachment
from models.base import db
from models.dossier import Dossier, DossierStep
from models.ids import uuid7
from printing.issued import names as paper_names
from printing.registry import PAPERS
from services import contents, dossier as verbs, onward, worklist as service
from views import kept_forms, present
from views.access import page, permission, seen
from views.dossier import clock, screen
from views.dossier.acts import BY_SLUG, done, perform
from views.dossier.offers import Offer, made_for, permitted
from views.fields import read_key
from views.generated.titles import title
from views.worklist.rows import Clocks, lines
from views.worklist.several import one, plans_of, say, ticked

blueprint = Blueprint("signing", __name__, url_prefix="/ky")
ROWS = 40
#: The acts of this page, by their slug on the page of a dossier.
ACTS = {slug: BY_SLUG[slug] for slug in ("ky-duyet", "tra-lai")}
#: Papers of the office that are read before signing, when no scan is there: the newest first.
READ = frozenset({"control_slip", "supplement_request", "receipt_slip"})


class Sheet(NamedTuple):
    """A paper to read: its name, how many pages it has, and the address of its file."""

    title: str
    pages: int
    url: str


@blueprint.get("")
@permission("can_use", "Signing")
def index() -> str:
    """The list by deadline, and the paper of `buoc` (else of the first) beside it."""
    return _page(request.args.get("buoc"))


def _page(step_id: str | None, bound: Offer | None = None) -> str:
    actor, now = present.actor(), present.now()
    place = {"after": request.args.get("sau"), "before": request.args.get("truoc")}
    work = service.signatures(actor, now=now, limit=ROWS, **place)
    rows = lines(work.rows, actor, now)
    ids = [row.item.step_id for row in rows]
    shown = read_key(step_id) or (ids[0] if ids else None)
    return page(
        "signing/page.html",
        title=gettext("To sign"),
        rows=rows,
        kept={name: value for name, value in request.args.items() if name in ("sau", "truoc")},
        pager=_pager(work),
        chosen=shown,
        paper=_paper(seen(DossierStep, shown), bound) if shown else None,
        key=uuid7(),
        word=title,
    )


def _pager(work: service.Work) -> dict[str, Any] | None:
    if work.after is None and work.before is None:
        return None
    here = "signing.index"
    return {
        "text": " ",
        "newer": url_for(here, truoc=work.before) if work.before else "",
        "newer_label": gettext("Previous"),
        "older": url_for(here, sau=work.after) if work.after else "",
        "older_label": gettext("Next"),
    }


def _paper(step: DossierStep, bound: Offer | None) -> dict[str, Any]:
    """All that is read before signing."""
    dossier, actor, at = step.dossier, present.actor(), present.now()
    allowed = permitted(dossier, actor, at, step.id)
    offers = {
        verb: made_for(verb, dossier, step)
        for verb in ACTS.values()
        if verb in allowed and allowed[verb] is step
    }
    if bound is not None:
        offers[bound.verb] = bound
    files = screen.files_of(dossier, actor)
    files.sort(key=lambda f: (f.paper_id is not None, f.id))
    return {
        "step": step,
        "dossier": dossier,
        "clock": clock.face(dossier, at),
        "step_left": Clocks(at).left(step.unit_id, step.due_at) if step.due_at else None,
        "holders": screen.holders(dossier),
        "written": contents.written_before(step),
        "sheets": _sheets(dossier, files),
        "drafted": any(f.paper_id is None and not f.data_key for f in files),
        "approve": offers.get(Verb.approve),
        "send_back": offers.get(Verb.send_back),
        "plan": onward.plan(step, actor=actor, at=at, verb=Verb.approve, named=True),
    }


def _sheets(dossier: Dossier, files: list[Attachment]) -> list[Sheet]:
    """The papers to read: drafts and other files first, then scans of what was handed in."""
    scans = [Sheet(f.title, f.pages, url_for("file.show", file_id=f.id)) for f in files]
    issued = [
        Sheet(paper_names()[p.form], 1, url_for("paper.show", paper_id=p.id))
        for p in contents.papers_of(dossier)
        if p.form in READ or p.form not in PAPERS
    ]
    return [*scans, *issued]


# ---- one -----------------------------------------------------------------------------------------
@blueprint.post("/<uuid:step_id>/<slug>")
@permission("can_use", "Signing")
def act(step_id: Any, slug: str) -> Any:
    """Sign or send back, then on to the next; refused, the paper again with what was typed."""
    verb = ACTS.get(slug)
    if verb is None:
        abort(404)
    step = seen(DossierStep, step_id)
    if step.kind is not StepKind.sign:
        abort(404)
    following = _following(step.id)
    offer = made_for(verb, step.dossier, step, request.form)
    offer.form.step_id.data = step.id
    if kept_forms.only_show():
        return _page(step.id, offer)
    if offer.form.validate():
        try:
            perform(verb, step.dossier, offer.form, present.actor(), present.now())
            code = step.dossier.code or step.dossier.owner_name
            flash(f"{code}: {done(verb)} {screen.now_with(step.dossier_id)}", "success")
            return _to(following)
        except DomainError as error:
            db.session.rollback()
            offer.form.refuse(error)
    offer.form.version.data = str(seen(DossierStep, step_id).dossier.version)
    return _page(str(step_id), offer), 422


def _following(step_id: str) -> str | None:
    """The paper that comes after this one in the list, else the one before it."""
    place = {"after": request.args.get("sau"), "before": request.args.get("truoc")}
    work = service.signatures(present.actor(), now=present.now(), limit=ROWS, **place)
    ids = [row.step_id for row in work.rows]
    at = ids.index(step_id) if step_id in ids else -1
    rest = ids[at + 1 :] + ids[:at][::-1] if at >= 0 else ids
    return rest[0] if rest else None


def _to(step_id: str | None) -> Response:
    kept = {n: v for n, v in request.args.items() if n in ("sau", "truoc")}
    more = {"buoc": step_id} if step_id else {}
    return redirect(url_for("signing.index", **(kept if step_id else {}), **more), 303)


# ---- several -------------------------------------------------------------------------------------
@blueprint.post("/nhieu")
@permission("can_use", "Signing")
def several() -> Any:
    """Without `confirmed`: what signing the ticked ones would do. With it: each is signed by itself."""
    rows = ticked()
    if not rows:
        flash(gettext("Select at least one row."), "warning")
        return _page(None), 422
    typed = {
        name: request.form.get(name, "").strip()[:most]
        for name, most in (("note", 2000), ("result_text", 1000))
    }
    if request.form.get("confirmed") != "1" or kept_forms.only_show():
        return _summary(typed)
    key = read_key(request.form.get("idempotency_key"))

    def sign(step: DossierStep, facts: dict[str, Any]) -> str:
        verbs.approve(step.dossier, note=typed["note"], result_text=typed["result_text"], **facts)
        return done(Verb.approve)

    results = [one(row, sign, key) for row in rows]
    if all(ok for _, _, ok in results):
        count = len(results)
        flash(ngettext("%(num)d dossier signed.", "%(num)d dossiers signed.", count), "success")
        return redirect(url_for("signing.index"), 303)
    return _summary(typed, results), 422


def _summary(typed: dict[str, str], results: list[tuple[str, str, bool]] | None = None) -> str:
    plans = plans_of(ticked(), present.actor(), Verb.approve, named=True)
    if results is not None:  # what was done is told; what is left may be tried again
        plans = [(row, plan) for row, plan in plans if plan.step.state is StepState.open]
    good = [(row, plan) for row, plan in plans if plan.error is None]
    return page(
        "signing/several.html",
        title=gettext("Sign"),
        plans=plans,
        good=[row for row, _ in good],
        needs_result=any(_needs_result(plan) for _, plan in good),
        typed=typed,
        results=results or [],
        say=say,
        key=read_key(request.form.get("idempotency_key")) or uuid7(),
        word=title,
    )


def _needs_result(plan: onward.Plan) -> bool:
    """Whether the result is named with this signature."""
    form = made_for(Verb.approve, plan.dossier, plan.step).form
    return "result_text" in form
