"""The addresses of the counter. One form, one address; what is asked for is in `action`."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa
from flask import abort, jsonify, make_response, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import format_datetime, gettext
from werkzeug.wrappers import Response

from domain.codes import Status, Verb
from domain.errors import DomainError
from domain.money import format_vnd
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from services import overview
from services.contents import papers_of
from views import access, cash, kept_forms, present
from views.counter import batch, known, lines, opening, persons, pictures, scans
from views.counter.acts import ACTS, Received, receive_all
from views.counter.desk import Act, Desk
from views.dossier.offers import permitted
from views.generated.titles import title

PERMISSION = ("can_use", "Counter")


class Counter(BaseView):  # type: ignore[misc]
    """Intake on one page."""

    route_base = "/tiep-nhan"
    default_view = "open"

    @expose("", methods=["GET"])
    @access.permission(*PERMISSION)
    def open(self) -> Any:
        """An empty page; `?tiep=<id>` takes a guided visit up again, `?nguoi=<id>` keeps the person."""
        who = present.who()
        try:
            if "tiep" in request.args:
                desk = opening.again(_dossier(request.args["tiep"]), who["actor"], who["at"])
            elif "nguoi" in request.args:
                desk = opening.next_of(_dossier(request.args["nguoi"]), who["actor"], who["at"])
            else:
                desk = opening.opened(who["actor"], who["at"])
        except DomainError as error:
            desk = opening.opened(who["actor"], who["at"])
            desk.refuse(error)
            return self._page(desk, status=409)
        return self._page(desk)

    @expose("", methods=["POST"])
    @access.permission(*PERMISSION)
    def send(self) -> Any:
        """The form was sent: look something up, or receive, guide, refuse."""
        desk = opening.posted(request.form, present.actor(), present.now())
        if kept_forms.only_show():
            return self._page(desk)
        if request.form.get("pick"):
            return self._look_up(desk, _pick)
        action = request.form.get("action", "")
        if action in ACTS:
            return self._act(desk, action)
        if action == "receive_all":
            return self._act_all(desk)
        return self._look_up(desk, LOOK_UPS.get(action, _nothing))

    def _look_up(self, desk: Desk, look: Callable[[Desk], Any]) -> Any:
        """Fill in what is asked for and show the page again with everything typed."""
        try:
            offered = look(desk) or ()
        except DomainError as error:
            desk.refuse(error)
            offered = ()
        return self._page(desk, offered=offered, status=422 if desk.form.errors else 200)

    def _act(self, desk: Desk, name: Act) -> Any:
        """Do it, or show the page again with what stands in the way; nothing typed is lost."""
        desk.offered = known.procedure_meant(desk)
        if any(line.form.reuse.data for line in desk.papers):
            known.offer_earlier(desk)
        if name == "guide":
            desk.guide()
        desk.doubled = any(d.code for d in known.running(desk))
        if not desk.valid(name) or desk.offered:
            return self._page(desk, offered=desk.offered, status=422)
        reason = "refuse_reason" if name == "refuse" else "guide_reason"
        try:
            dossier = ACTS[name](desk)
        except DomainError as error:
            db.session.rollback()
            desk = opening.posted(request.form, present.actor(), present.now())
            if name == "guide":
                desk.guide()
            desk.valid(name)
            desk.refuse(error, reason)
            return self._page(desk, status=409 if error.code == "dossier.stale" else 422)
        # Committed and forgotten; its key is still known without reading it again.
        return redirect(url_for("Counter.done", dossier_id=sa.inspect(dossier).identity[0]), 303)

    def _act_all(self, desk: Desk) -> Any:
        """Receive every line, or none while one must be corrected.

        What the services refuse all the same is shown with its reason and can be taken up again.
        """
        desk.offered = known.procedure_meant(desk)
        persons.look(desk)
        if not desk.valid_for_all() or desk.offered:
            return self._page(desk, offered=desk.offered, status=422)
        done = receive_all(desk)
        found = [line.dossier for line in done if line.dossier is not None]
        slips = {p.dossier_id: p for d in found for p in papers_of(d) if p.form == "receipt_slip"}
        page = self.render_template(
            "counter/batch.html",
            title=gettext("Batch"),
            lines=done,
            slips=slips,
            left=_left(done) if len(found) < len(done) else [],
        )
        return page, 200 if found else 422

    def _page(self, desk: Desk, *, offered: Any = (), status: int = 200) -> Any:
        known.offer_earlier(desk)
        persons.look(desk)
        page = self.render_template(
            "counter/intake.html",
            title=gettext("Receive a dossier"),
            desk=desk,
            form=desk.form,
            cases=lines.cases_of(desk.version) if desk.version else {},
            preview=desk.preview(),
            offered=offered,
            warnings=known.warnings(desk),
            running=known.running(desk),
            guiding=bool(desk.lacks),
            typed=desk.typed is not None,
            chose_again=any(scans.chosen()),
        )
        return page, status

    # ---- what the page asks while it is filled in ------------------------------------------------
    @expose("/thu-tuc", methods=["GET"])
    @access.permission(*PERMISSION)
    def procedures(self) -> Response:
        """Procedures that a text may mean: [{value, text, hint}]."""
        post = present.actor().post(Role.clerk) or present.actor().home
        typed = request.args.get("q", "")[:200]
        found = known.procedures(typed, present.now().date(), post.agency_id)
        return jsonify(
            [
                {"value": s.version_id, "text": f"{s.code} · {s.name}", "hint": s.field}
                for s in found
            ]
        )

    @expose("/co-quan", methods=["GET"])
    @access.permission(*PERMISSION)
    def agencies(self) -> Response:
        """Agencies whose names have these words: [{value, text, hint}]."""
        found = known.agencies(request.args.get("q", "")[:100], present.now().date())
        return jsonify([choice._asdict() for choice in found])

    @expose("/hen-tra", methods=["POST"])
    @access.permission(*PERMISSION)
    def preview(self) -> Response:
        """What a receipt now would promise: {due, explanation: [text], total, open}."""
        desk = opening.posted(request.form, present.actor(), present.now())
        found = desk.preview()
        due = found["due_at"]
        return jsonify(
            due=format_datetime(due, "HH:mm dd/MM/yyyy") if due else "",
            explanation=found["explanation"],
            number=found["number"],
            total=format_vnd(found["total"]),
            open=found["open"],
        )

    @expose("/anh", methods=["POST"])
    @access.permission(*PERMISSION)
    def picture(self) -> Response:
        """The code on a picture of the camera: {text}, empty when there is none. Nothing is kept."""
        try:
            if (request.content_length or 0) > pictures.LARGEST:
                raise DomainError("picture.invalid")
            return jsonify(text=pictures.code_on(request.get_data(cache=False)))
        except DomainError as error:
            return make_response(jsonify(error=error.text(gettext)), 422)

    @expose("/ket-qua/<uuid:visit_id>", methods=["GET"])
    @access.permission(*PERMISSION)
    def outcome(self, visit_id: Any) -> Response:
        """What became of a visit that the browser went back to: {code, url}, empty while it is open."""
        found = db.session.get(Dossier, str(visit_id))
        if found is None or found.status is Status.new:
            return jsonify(code="", url="")
        return jsonify(code=found.code or "", url=url_for("Counter.done", dossier_id=found.id))

    # ---- afterwards ------------------------------------------------------------------------------
    @expose("/xong/<string:dossier_id>", methods=["GET"])
    @access.permission(*PERMISSION)
    def done(self, dossier_id: str) -> Any:
        """What came of the visit, its papers, and the way to the next one."""
        dossier = _dossier(dossier_id)
        return self._done(dossier, cash.form_for(dossier))

    @expose("/xong/<string:dossier_id>/thu", methods=["POST"])
    @access.permission(*PERMISSION)
    def pay(self, dossier_id: str) -> Any:
        """Take the fees that are due on receipt."""
        dossier = _dossier(dossier_id)
        form = cash.form_for(dossier, request.form)
        if kept_forms.only_show():
            return self._done(dossier, form)
        if form is not None and not cash.settle(dossier, form):
            return self._done(_dossier(dossier_id), form), 422
        return redirect(url_for("Counter.done", dossier_id=dossier_id), 303)

    def _done(self, dossier: Dossier, form: cash.CashForm | None) -> str:
        issued = papers_of(dossier)
        may = permitted(dossier, present.actor(), present.now())
        page = self.render_template(
            "counter/done.html",
            title=dossier.code or gettext("At the counter"),
            dossier=dossier,
            main=next((p for p in issued if p.form in FIRST_PAPERS), None),
            receipts=[p for p in issued if p.form == "fee_receipt"],
            cash=form if dossier.code else None,
            undoable=_fresh(dossier, may),
            onward=title(Verb.forward) if Verb.forward in may else "",
            cash_url=url_for("Counter.pay", dossier_id=dossier.id),
        )
        return str(page)


#: How long after the receipt the page itself offers to put it right.
JUST_NOW = dt.timedelta(minutes=5)
FIRST_PAPERS = ("receipt_slip", "supplement_request", "refusal")


def _dossier(dossier_id: str) -> Dossier:
    found = db.session.get(Dossier, dossier_id)
    if found is None:
        abort(404)
    return found


def _left(done: list[Received]) -> list[tuple[str, str]]:
    """Everything typed but the lines that were received: pairs for a form that brings it back."""
    common = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith("b-") and name not in ("action", "csrf_token")
    ]
    return [*common, *batch.left_over([line.line for line in done if line.dossier is None])]


def _fresh(dossier: Dossier, may: Collection[Verb]) -> bool:
    """Whether a mistake of the counter can still be put right at once, by the verb made for it."""
    fresh = dossier.code is not None and present.now() - dossier.received_at <= JUST_NOW
    return fresh and Verb.correct_procedure in may


# ---- looking up ----------------------------------------------------------------------------------
def _pick(desk: Desk) -> None:
    desk.choose(known.version_named(request.form["pick"]))


def _choose(desk: Desk) -> Any:
    return known.procedure_meant(desk)


def _guidance(desk: Desk) -> Any:
    offered = known.procedure_meant(desk)
    desk.guide()
    return offered


def _card(desk: Desk) -> None:
    if desk.batch:
        text, desk.form.card.data = desk.form.card.data or "", ""
        desk.form.fill(card="")
        batch.put_card(desk.batch, text)
        persons.complete(desk)
    else:
        known.read_card(desk)


def _batch(desk: Desk) -> None:
    if not desk.batch:
        desk.batch = persons.moved(desk)
    desk.batch = batch.more(desk.batch)


def _same(desk: Desk) -> None:
    before = overview.received_by(desk.actor, desk.at, limit=1)
    if not before:
        raise DomainError("dossier.not_found", field="procedure")
    opening.take_over(desk, before[0])


def _agency(desk: Desk) -> None:
    found = known.agencies(desk.form.competent_q.data or "", desk.at.date())
    if not found:
        raise DomainError("unit.not_found", field="competent_q")
    present_choice = desk.competent
    choices = {present_choice.id: present_choice.full_name} | {c.value: c.text for c in found}
    desk.form.competent_id.choices = list(choices.items())


def _nothing(_desk: Desk) -> None:
    return None


LOOK_UPS: dict[str, Callable[[Desk], Any]] = {
    "choose": _choose,
    "card": _card,
    "batch": _batch,
    "line": persons.complete,
    "same": _same,
    "person": known.complete,
    "agency": _agency,
    "guidance": _guidance,
}
