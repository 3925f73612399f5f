"""The addresses of the counter. One form, one address; what is asked for is in `action`."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import format_datetime, gettext
from werkzeug.wrappers import Response

from domain.codes import Status
from domain.errors import DomainError
from domain.money import format_vnd
from models.base import db
from models.dossier import Dossier
from services import dossier as verbs
from services.contents import papers_of
from services.dossier.forms import plain
from views import access, cash, issuing, present
from views.counter import known, lines, opening
from views.counter.desk import Act, Desk

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
        if request.form.get("pick"):
            return self._look_up(desk, _pick)
        action = request.form.get("action", "")
        if action in ACTS:
            return self._act(desk, action)
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
        if name == "guide":
            desk.guide()
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

    def _page(self, desk: Desk, *, offered: Any = (), status: int = 200) -> Any:
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
        )
        return page, status

    # ---- what the page asks while it is filled in ------------------------------------------------
    @expose("/thu-tuc", methods=["GET"])
    @access.permission(*PERMISSION)
    def procedures(self) -> Response:
        """Procedures that a text may mean: [{value, text, hint}]."""
        found = known.procedures(request.args.get("q", "")[:200], present.now().date())
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
            total=format_vnd(found["total"]),
            open=found["open"],
        )

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
        if form is not None and not cash.settle(dossier, form):
            return self._done(_dossier(dossier_id), form), 422
        return redirect(url_for("Counter.done", dossier_id=dossier_id), 303)

    def _done(self, dossier: Dossier, form: cash.CashForm | None) -> str:
        issued = papers_of(dossier)
        page = self.render_template(
            "counter/done.html",
            title=dossier.code or gettext("At the counter"),
            dossier=dossier,
            main=next((p for p in issued if p.form in FIRST_PAPERS), None),
            receipts=[p for p in issued if p.form == "fee_receipt"],
            cash=form if dossier.code else None,
            cash_url=url_for("Counter.pay", dossier_id=dossier.id),
        )
        return str(page)


FIRST_PAPERS = ("receipt_slip", "supplement_request", "refusal")


def _dossier(dossier_id: str) -> Dossier:
    found = db.session.get(Dossier, dossier_id)
    if found is None:
        abort(404)
    return found


# ---- looking up ----------------------------------------------------------------------------------
def _pick(desk: Desk) -> None:
    desk.choose(known.version_named(request.form["pick"]))


def _choose(desk: Desk) -> Any:
    return known.procedure_meant(desk)


def _guidance(desk: Desk) -> Any:
    offered = known.procedure_meant(desk)
    desk.guide()
    return offered


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
    "card": known.read_card,
    "person": known.complete,
    "agency": _agency,
    "guidance": _guidance,
}


# ---- acting --------------------------------------------------------------------------------------
def _receive(desk: Desk) -> Dossier:
    return issuing.receive(desk.intake(), actor=desk.actor, at=desk.at)


def _guide(desk: Desk) -> Dossier:
    reason = plain(desk.form.guide_reason.data)
    dossier = verbs.ask_before_intake(
        desk.intake(),
        items=lines.lack_values(desk.lacks),
        reason=reason,
        actor=desk.actor,
        at=desk.at,
        op_id=desk.form.visit.data,
    )
    if dossier.status is Status.new:
        db.session.expire(dossier, ["supplements"])
        issuing.issue(
            "supplement_request",
            dossier,
            actor=desk.actor,
            at=desk.at,
            op_id=desk.form.visit.data,
            supplement=dossier.supplements[-1],
        )
        flash(gettext("Guidance was given; nothing was received yet."), "info")
    return dossier


def _refuse(desk: Desk) -> Dossier:
    reason = plain(desk.form.refuse_reason.data)
    dossier = verbs.refuse_intake(desk.intake(), reason=reason, actor=desk.actor, at=desk.at)
    if dossier.status is Status.not_accepted:
        issuing.issue(
            "refusal", dossier, actor=desk.actor, at=desk.at, op_id=dossier.id, reason=reason
        )
    return dossier


ACTS: dict[Act, Callable[[Desk], Dossier]] = {
    "receive": _receive,
    "guide": _guide,
    "refuse": _refuse,
}
