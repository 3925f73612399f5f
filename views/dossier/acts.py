"""The acts of the dossier page in one table: address, form, verb, and the paper it issues."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from domain.calendar import TZ
from domain.codes import Verb
from domain.dossier import check_reason
from domain.errors import DomainError
from domain.text import N_
from models.dossier import Dossier
from models.fee import FeeReceipt
from services import attachments, dossier as verbs
from services.convert import to_pdf
from services.papers import key_of
from views.dossier import forms as f
from views.dossier.hours import closing
from views.stored import store

Who = dict[str, Any]
Do = Callable[[Dossier, Any, Who], Any]


@dataclass(frozen=True)
class Act:
    """One act: `slug` in its address, `done` the sentence afterwards, `paper` what it issues.

    kind: the colour of its button; `stepless` acts are not about a step, so they name none.
    """

    slug: str
    form: type[f.ActForm]
    do: Do
    done: str
    icon: str = "bi-check2"
    paper: str = ""
    kind: str = "primary"
    stepless: bool = False
    confirm: str = ""


def _plain(function: Callable[..., Any], *names: str) -> Do:
    """An act that hands the named fields on as they are."""

    def do(dossier: Dossier, form: f.ActForm, who: Who) -> Any:
        typed = {name: form[name].data for name in names if name in form}
        return function(dossier, **typed, **who)

    return do


def _propose(dossier: Dossier, form: f.ProposeForm, who: Who) -> Any:
    return _with_file(
        dossier, form, who, "draft", lambda: verbs.propose(dossier, proposal=form.note.data, **who)
    )


def _consult(dossier: Dossier, form: f.ConsultForm, who: Who) -> Any:
    asked = tuple(form.unit_ids.data or ())
    return verbs.consult(
        dossier,
        unit_ids=asked,
        question=form.question.data,
        term=form.term() or "",
        silence=form.silence.data,
        **who,
    )


def _opinion(dossier: Dossier, form: f.OpinionForm, who: Who) -> Any:
    agrees = form.agrees.data == "1"
    return verbs.answer_consult(dossier, opinion=form.opinion.data, agrees=agrees, **who)


def _request_supplement(dossier: Dossier, form: f.SupplementForm, who: Who) -> Any:
    day = form.answer_by.data
    by = day and (closing(dossier.competent, day) or dt.datetime.combine(day, dt.time(17), TZ))
    return verbs.request_supplement(
        dossier, items=form.items.data, reason=form.reason.data, answer_by=by, **who
    )


def _request_payment(dossier: Dossier, form: f.PaymentRequestForm, who: Who) -> Any:
    facts = {"name": form.name.data, "amount": form.amount.data or 0, "reason": form.reason.data}
    return verbs.request_payment(dossier, **facts, **who)


def _record_payment(dossier: Dossier, form: f.PaymentForm, who: Who) -> FeeReceipt | None:
    return verbs.record_payment(
        dossier,
        amounts=form.amounts.data,
        payer=form.payer.data,
        method=form.method.data,
        **who,
    )


def _transfer(dossier: Dossier, form: f.TransferForm, who: Who) -> Any:
    return verbs.transfer(
        dossier,
        to_agency_id=form.to_agency_id.data,
        request=form.request.data,
        term=form.term(),
        **who,
    )


def _finish(dossier: Dossier, form: f.FinishForm, who: Who) -> Any:
    facts = {"result_no": form.result_no.data, "result_text": form.result_text.data}
    return _with_file(dossier, form, who, "result", lambda: verbs.finish(dossier, **facts, **who))


def _with_file(dossier: Dossier, form: Any, who: Who, kind: str, do: Callable[[], Any]) -> Dossier:
    """An act that may bring a file of its own; a bad one is refused before anything is done."""
    if form.file.data:
        _check_file(form.file.data)
    do()
    if form.file.data:
        _attach(dossier, form, {**who, "op_id": key_of(who["op_id"], kind)}, kind=kind)
    return dossier


def _check_file(upload: Any) -> None:
    try:
        to_pdf(upload.stream.read(), upload.filename)
    except DomainError as error:
        raise DomainError(error.code, field="file", **error.facts) from None
    upload.stream.seek(0)


def _attach(dossier: Dossier, form: Any, who: Who, kind: str = "scan") -> Any:
    upload = form.file.data
    if not upload:
        raise DomainError("file.empty", field="file")
    paper = form.paper_id.data if "paper_id" in form else None
    title = form.title.data if "title" in form else None
    if kind == "draft":
        with force_locale("vi"):  # kept with the dossier, whatever language the officer reads
            title = gettext("Draft of the result")
    named = {k: who[k] for k in ("actor", "at")}
    limit = int(current_app.config["MAX_CONTENT_LENGTH"])
    try:
        return attachments.attach(
            dossier,
            upload.stream,
            upload.filename,
            paper_id=paper or None,
            kind=kind,
            title=title,
            store=store(),
            limit=limit,
            op_id=who["op_id"],
            **named,
        )
    except DomainError as error:
        if error.code.startswith("file."):
            raise DomainError(error.code, field="file", **error.facts) from None
        raise


def _record_data(dossier: Dossier, form: f.DataActForm, who: Who) -> Any:
    return verbs.record_data(dossier, typed=form.data_fields.data, **who)


def _stop(dossier: Dossier, form: f.NoticeForm, who: Who) -> Any:
    return verbs.stop(dossier, reason=check_reason(Verb.stop, form.reason.data), **who)


#: In the order in which they are offered; the first one that is allowed stands first and open.
ACTS: dict[Verb, Act] = {
    Verb.receive_supplement: Act(
        "nhan-bo-sung",
        f.NoteForm,
        _plain(verbs.receive_supplement, "note"),
        N_("The supplement is received; the clock runs again."),
        "bi-file-earmark-plus",
        stepless=True,
    ),
    Verb.return_result: Act(
        "tra-ket-qua",
        f.ReturnForm,
        _plain(verbs.return_result, "receiver", "receiver_id", "slip_collected", "note"),
        N_("The result is handed over."),
        "bi-box-arrow-up-right",
        stepless=True,
    ),
    Verb.record_payment: Act(
        "thu-phi",
        f.PaymentForm,
        _record_payment,
        N_("The payment is recorded."),
        "bi-cash-coin",
        "fee_receipt",
        stepless=True,
    ),
    Verb.resume: Act(
        "tiep-tuc",
        f.NoteForm,
        _plain(verbs.resume, "note"),
        N_("The clock runs again."),
        "bi-play-circle",
        stepless=True,
    ),
    Verb.approve: Act(
        "ky-duyet",
        f.ApproveForm,
        _plain(verbs.approve, "note", "result_no", "result_text"),
        N_("Approved."),
        "bi-pen",
    ),
    Verb.propose: Act(
        "trinh", f.ProposeForm, _propose, N_("Proposed for signature."), "bi-arrow-up-circle"
    ),
    Verb.answer_consult: Act(
        "cho-y-kien", f.OpinionForm, _opinion, N_("The opinion is given."), "bi-chat-left-text"
    ),
    Verb.forward: Act(
        "chuyen", f.NoteForm, _plain(verbs.forward, "note"), N_("Forwarded."), "bi-send"
    ),
    Verb.finish: Act(
        "hoan-thanh", f.FinishForm, _finish, N_("Finished: the result is ready."), "bi-patch-check"
    ),
    Verb.assign: Act(
        "phan-cong",
        f.AssignForm,
        _plain(verbs.assign, "officer_id", "note"),
        N_("Assigned."),
        "bi-person-check",
    ),
    Verb.take_over: Act(
        "nhan-viec",
        f.TakeOverForm,
        _plain(verbs.take_over),
        N_("The work is in your hand now."),
        "bi-hand-index",
    ),
    Verb.request_supplement: Act(
        "yeu-cau-bo-sung",
        f.SupplementForm,
        _request_supplement,
        N_("The supplement is requested; the clock stands."),
        "bi-file-earmark-minus",
        "supplement_request",
    ),
    Verb.consult: Act(
        "lay-y-kien", f.ConsultForm, _consult, N_("The opinion is asked for."), "bi-chat-dots"
    ),
    Verb.transfer: Act(
        "lien-thong",
        f.TransferForm,
        _transfer,
        N_("Handed over to the other agency."),
        "bi-arrow-left-right",
    ),
    Verb.request_payment: Act(
        "yeu-cau-nop-tien",
        f.PaymentRequestForm,
        _request_payment,
        N_("The payment is asked for; the clock stands."),
        "bi-receipt",
    ),
    Verb.send_back: Act(
        "tra-lai",
        f.ReasonForm,
        _plain(verbs.send_back, "reason"),
        N_("Sent back."),
        "bi-arrow-counterclockwise",
        kind="outline-primary",
    ),
    Verb.extend: Act(
        "hen-lai",
        f.ExtendForm,
        _plain(verbs.extend, "extended_to", "reason"),
        N_("The return is re-appointed."),
        "bi-calendar-plus",
        "apology",
        stepless=True,
    ),
    Verb.suspend: Act(
        "tam-dung",
        f.SuspendForm,
        _plain(verbs.suspend, "kind", "reason"),
        N_("The clock stands."),
        "bi-pause-circle",
        kind="outline-primary",
        stepless=True,
    ),
    Verb.refuse: Act(
        "tu-choi",
        f.RefuseForm,
        _plain(verbs.refuse, "reason"),
        N_("Refused after appraisal."),
        "bi-x-circle",
        "refusal",
        kind="danger",
    ),
    Verb.stop: Act(
        "dung",
        f.NoticeForm,
        _stop,
        N_("Processing is stopped."),
        "bi-stop-circle",
        "stop_notice",
        kind="danger",
        stepless=True,
    ),
    Verb.withdraw: Act(
        "rut",
        f.ReasonForm,
        _plain(verbs.withdraw, "reason"),
        N_("Withdrawn; hand the papers back."),
        "bi-arrow-return-left",
        kind="danger",
        stepless=True,
    ),
    Verb.correct_procedure: Act(
        "sua-thu-tuc",
        f.CorrectForm,
        _plain(verbs.correct_procedure, "version_id", "reason"),
        N_("The procedure is corrected."),
        "bi-signpost-split",
        "receipt_slip",
        kind="outline-primary",
        stepless=True,
    ),
    Verb.record_data: Act(
        "dien-du-lieu",
        f.DataActForm,
        _record_data,
        N_("The data is filled in."),
        "bi-input-cursor-text",
        kind="outline-primary",
    ),
    Verb.add_attachment: Act(
        "dinh-kem",
        f.AttachForm,
        _attach,
        N_("The file is added."),
        "bi-paperclip",
        stepless=True,
    ),
    Verb.comment: Act(
        "ghi-chu",
        f.CommentForm,
        _plain(verbs.comment, "text"),
        N_("The comment is added."),
        "bi-chat-left",
        stepless=True,
    ),
}
BY_SLUG: dict[str, Verb] = {act.slug: verb for verb, act in ACTS.items()}


def perform(verb: Verb, dossier: Dossier, form: f.ActForm, actor: Any, at: dt.datetime) -> Any:
    """Do the act that a valid form asks for, through its one verb in services."""
    act = ACTS[verb]
    who: Who = {"actor": actor, "at": at, "op_id": form.op_id.data}
    if verb not in (Verb.comment, Verb.add_attachment):
        who["version"] = form.seen()
    if not act.stepless:
        who["step_id"] = form.step_id.data or None
    return act.do(dossier, form, who)


def done(verb: Verb) -> str:
    """The sentence after the act."""
    return gettext(ACTS[verb].done)
