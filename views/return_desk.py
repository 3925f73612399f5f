"""The return desk: find the dossier of a slip, take what is still due, hand the result over."""

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import abort, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from domain.codes import FeeMoment, Status
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.types import Id
from services import dossier as verbs, search
from services.acting import Actor
from services.contents import attachments_of, papers_of
from services.dossier.guard import fee_due
from services.dossier.later import open_fees
from services.papers import key_of
from views import access, cash, kept_forms, present
from views.return_form import ReturnForm

PERMISSION = ("can_use", "ReturnDesk")
ROWS = 25
#: A receipt this much older than the hand-over belongs to an earlier visit.
JUST_NOW = dt.timedelta(minutes=2)


class ReturnDesk(BaseView):  # type: ignore[misc]
    """Hand results over at the counter where the dossier was filed."""

    route_base = "/tra-ket-qua"
    default_view = "index"

    @expose("", methods=["GET"])
    @access.permission(*PERMISSION)
    def index(self) -> Any:
        """Scan or type a code; below, the results that wait at this counter."""
        typed = code_in(request.args.get("q", ""))[:120]
        found = search.find(typed, limit=ROWS).rows if typed else ()
        if len(found) == 1:
            # Nobody types the address that stands in the code of a slip.
            slip = "quet" in request.args or request.args.get("q", "").strip().startswith("http")
            scanned = "1" if slip else None
            return redirect(url_for("ReturnDesk.show", dossier_id=found[0].id, quet=scanned))
        after = request.args.get("sau") or None
        rows = waiting(present.actor(), after)
        more = url_for("ReturnDesk.index", sau=rows[ROWS - 1].id) if len(rows) > ROWS else None
        first = url_for("ReturnDesk.index") if after else None
        return self.render_template(
            "return_desk/index.html",
            title=gettext("Return results"),
            q=typed,
            found=found,
            done=_done(request.args.get("xong", "")),
            rows=rows[:ROWS],
            pager={"newer": first, "older": more, "newer_label": gettext("From the start")}
            if first or more
            else None,
        )

    @expose("/<string:dossier_id>", methods=["GET"])
    @access.permission(*PERMISSION)
    def show(self, dossier_id: str) -> Any:
        """One dossier with its result, what is still due, and the form of the hand-over."""
        dossier = _dossier(dossier_id)
        return self._page(dossier, _empty(dossier), _cash(dossier))

    @expose("/<string:dossier_id>", methods=["POST"])
    @access.permission(*PERMISSION)
    def hand_over(self, dossier_id: str) -> Any:
        """The card was read, or the result leaves the house, after what is still due was taken."""
        dossier = _dossier(dossier_id)
        form, due = ReturnForm(formdata=request.form), _cash(dossier, request.form)
        if kept_forms.only_show() or request.form.get("action") == "card":
            if form.card.data:
                form.read_card(dossier)
            else:
                form.compare(dossier)
            return self._page(dossier, form, due), 422 if form.errors else 200
        status = 422
        valid = form.valid(dossier)
        if (due is None or due.validate()) and valid:
            status = self._take_and_give(dossier, form, due)
        if status == 303:
            return redirect(url_for("ReturnDesk.index", xong=dossier_id), 303)
        dossier = _dossier(dossier_id)
        if status == 422 and due is None:
            _say_unpaid(dossier, form)
        if status == 409:  # what is shown now is the newest state, and the next try is about it
            form.version.raw_data, form.version.data = None, dossier.version
        return self._page(dossier, form, due if due and due.errors else _cash(dossier)), status

    def _take_and_give(self, dossier: Dossier, form: ReturnForm, due: cash.CashForm | None) -> int:
        """Take the money, then hand over: 303 when it is done, else the status of the page."""
        key, facts = form.op_id.data, form.facts()
        try:
            if due is not None:
                if facts["version"] != dossier.version:
                    raise DomainError("dossier.stale")
                due.op_id.data = key_of(key, "fee_receipt")
                if not cash.settle(dossier, due):
                    return 422
                dossier = _dossier(dossier.id)
                facts["version"] = dossier.version
            verbs.return_result(dossier, **facts, op_id=key, **present.who())
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
            return 409 if error.code == "dossier.stale" else 422
        return 303

    @expose("/<string:dossier_id>/thu", methods=["POST"])
    @access.permission(*PERMISSION)
    def pay(self, dossier_id: str) -> Any:
        """Take what is still due."""
        dossier = _dossier(dossier_id)
        form = _cash(dossier, request.form)
        here = "receiver" in request.form  # the button stands in the form of the hand-over
        if kept_forms.only_show():
            return self._page(dossier, _typed_or_empty(dossier, here), form)
        if form is not None and not cash.settle(dossier, form):
            dossier = _dossier(dossier_id)
            return self._page(dossier, _typed_or_empty(dossier, here), form), 422
        return redirect(url_for("ReturnDesk.show", dossier_id=dossier_id), 303)

    def _page(self, dossier: Dossier, form: ReturnForm, due: cash.CashForm | None) -> str:
        page = self.render_template(
            "return_desk/show.html",
            title=dossier.code,
            dossier=dossier,
            form=form,
            ready=dossier.status is Status.processed,
            returned=dossier.status is Status.returned,
            cash=due,
            cash_url=url_for("ReturnDesk.pay", dossier_id=dossier.id),
            receipts=[p for p in papers_of(dossier) if p.form == "fee_receipt"],
            results=[a for a in attachments_of(dossier) if a.kind == "result"],
        )
        return str(page)


def code_in(text: str) -> str:
    """What to look for: of the address that a scanner reads off a slip, the code in it."""
    words = text.strip()
    if not words.lower().startswith(("http://", "https://")):
        return words
    return urlsplit(words).path.rstrip("/").rpartition("/")[2].upper()


def _done(dossier_id: str) -> dict[str, Any] | None:
    """What was just handed over, with the receipt that was given for it."""
    dossier = db.session.get(Dossier, dossier_id) if dossier_id else None
    if dossier is None or dossier.returned_at is None:
        return None
    receipts = [p for p in papers_of(dossier) if p.form == "fee_receipt"]
    fresh = [p for p in receipts if dossier.returned_at - p.issued_at < JUST_NOW]
    return {"dossier": dossier, "receipt": next(iter(fresh), None)}


def _say_unpaid(dossier: Dossier, form: ReturnForm) -> None:
    """The money stands in the way too, if the services have not said so already."""
    if dossier.status is not Status.processed or form.form_errors:
        return
    due = fee_due(dossier, frozenset(FeeMoment))
    if due:
        form.refuse(DomainError("dossier.fee_unpaid", amount=due))
    for rule in open_fees(dossier):
        form.refuse(DomainError("fee.open", name=rule.name))


def _cash(dossier: Dossier, typed: Any = None) -> cash.CashForm | None:
    """What is to be paid; fees without a tariff get their amount when the result is there."""
    return cash.form_for(dossier, typed, final=dossier.status is Status.processed)


def _typed_or_empty(dossier: Dossier, typed: bool) -> ReturnForm:
    if not typed:
        return _empty(dossier)
    form = ReturnForm(formdata=request.form)
    form.compare(dossier)
    return form


def _empty(dossier: Dossier) -> ReturnForm:
    return ReturnForm(
        formdata=None,
        version=dossier.version,
        receiver=dossier.submitter_name or dossier.owner_name,
        slip_collected="quet" in request.args,  # its code was scanned: it lies on the table
    )


def _dossier(dossier_id: str) -> Dossier:
    found = db.session.get(Dossier, dossier_id)
    if found is None or not found.code:
        abort(404)
    return found


def waiting(actor: Actor, after: str | None = None, limit: int = ROWS) -> list[Dossier]:
    """Results that wait at the counters of the actor's posts, the oldest dossiers first; one more
    than `limit` when there is a further page."""
    counters = {p.unit_id for p in actor.posts if p.role is Role.clerk}
    agencies = {p.agency_id for p in actor.posts if p.role is Role.clerk}
    query = sa.select(Dossier).where(
        Dossier.agency_id.in_(agencies),
        Dossier.status == Status.processed,
        Dossier.counter_id.in_(counters),
    )
    if after:
        query = query.where(Dossier.id > sa.bindparam("after", after, Id))
    options = joinedload(Dossier.procedure)
    return list(db.session.scalars(query.order_by(Dossier.id).limit(limit + 1).options(options)))
