"""The return desk: find the dossier of a slip, take what is still due, hand the result over."""

from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from domain.codes import FeeMoment, Status
from domain.errors import DomainError
from domain.names import normalise_id_number
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.types import Id
from services import dossier as verbs, search
from services.acting import Actor
from services.contents import attachments_of, papers_of
from services.dossier.forms import plain
from services.dossier.guard import fee_due
from services.dossier.later import open_fees
from views import access, cash, kept_forms, present
from views.fields import KeyField

PERMISSION = ("can_use", "ReturnDesk")
ROWS = 25


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """Who takes the result away (NĐ 61/2018 Đ20 k2)."""

    class Meta:
        csrf = False  # the application checks the token of every POST

    op_id = KeyField()
    version = IntegerField(widget=HiddenInput())
    receiver = StringField(_l("Handed to"), [InputRequired(), Length(max=300)])
    receiver_id = StringField(
        _l("Receiver's ID number"),
        [InputRequired(), Length(max=20)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    slip_collected = BooleanField(_l("The slip was collected"))
    note = StringField(
        _l("Note"), [Length(max=400)], description=_l("Say why when the slip is not collected")
    )

    def valid(self) -> bool:
        """Whether everything typed can be kept; every message is at its field, all at once."""
        self.validate()
        if self.receiver_id.data and not self.receiver_id.errors:
            try:
                normalise_id_number(self.receiver_id.data, field="receiver_id")
            except DomainError as error:
                self.refuse(error)
        if not self.slip_collected.data and not plain(self.note.data):
            self.refuse(DomainError("dossier.reason_required", field="note"))
        return not self.errors

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or above the form."""
        sentence = error.text(gettext)
        if error.field in self._fields:
            self[error.field].errors = [*self[error.field].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]


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
            return redirect(url_for("ReturnDesk.show", dossier_id=found[0].id))
        after = request.args.get("sau") or None
        rows = waiting(present.actor(), after)
        more = url_for("ReturnDesk.index", sau=rows[ROWS - 1].id) if len(rows) > ROWS else None
        first = url_for("ReturnDesk.index") if after else None
        return self.render_template(
            "return_desk/index.html",
            title=gettext("Return results"),
            q=typed,
            found=found,
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
        """The result leaves the house."""
        dossier = _dossier(dossier_id)
        form = ReturnForm(formdata=request.form)
        if kept_forms.only_show():
            return self._page(dossier, form, _cash(dossier))
        status = 422
        if form.valid():
            try:
                verbs.return_result(dossier, **_facts(form), **present.who())
                flash(
                    gettext("The result of %(code)s was handed over.", code=dossier.code), "success"
                )
                return redirect(url_for("ReturnDesk.index"), 303)
            except DomainError as error:
                db.session.rollback()
                form.refuse(error)
                status = 409 if error.code == "dossier.stale" else 422
        dossier = _dossier(dossier_id)
        if status == 422:
            _say_unpaid(dossier, form)
        if status == 409:  # what is shown now is the newest state, and the next try is about it
            form.version.raw_data, form.version.data = None, dossier.version
        return self._page(dossier, form, _cash(dossier)), status

    @expose("/<string:dossier_id>/thu", methods=["POST"])
    @access.permission(*PERMISSION)
    def pay(self, dossier_id: str) -> Any:
        """Take what is still due."""
        dossier = _dossier(dossier_id)
        form = _cash(dossier, request.form)
        if kept_forms.only_show():
            return self._page(dossier, _empty(dossier), form)
        if form is not None and not cash.settle(dossier, form):
            dossier = _dossier(dossier_id)
            return self._page(dossier, _empty(dossier), form), 422
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


def _empty(dossier: Dossier) -> ReturnForm:
    return ReturnForm(
        formdata=None,
        version=dossier.version,
        receiver=dossier.submitter_name or dossier.owner_name,
    )


def _facts(form: ReturnForm) -> dict[str, Any]:
    return {
        "receiver": form.receiver.data,
        "receiver_id": form.receiver_id.data,
        "slip_collected": bool(form.slip_collected.data),
        "note": form.note.data,
        "version": form.version.data,
        "op_id": form.op_id.data,
    }


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
