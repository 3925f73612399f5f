"""From a dossier to its papers: what a form shows, frozen. `printing.issued` prints what was kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain import marks
from domain.codes import StepKind, StepState
from domain.numbering import DocumentNumber
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep, SupplementRequest
from models.fee import FeeReceipt
from models.organisation import Unit
from printing import contexts as c, hand_overs, wording
from printing.frozen import freeze
from printing.issued import data_of, from_template
from printing.own import Own
from printing.registry import render as draw
from services import paper_templates
from services.contents import fees_of
from services.dossier import data
from services.dossier.later import open_fees

#: Sign behind the number of a form. TNHS, HDHS, PXL: layouts in use in two provinces; TTPVHCC where
#: a centre receives; TCHS and the sign of a notice (NĐ 30/2020 Phụ lục III: TB): chưa xác minh.
SIGNS = {
    "receipt_slip": "TNHS",
    "supplement_request": "HDHS",
    "refusal": "TCHS",
    "apology": "PXL",
    "stop_notice": "TB",
}


@dataclass(frozen=True)
class Lookup:
    """Where a citizen looks a dossier up: the public address and the secret of its tokens."""

    public_url: str
    secret: str

    def token(self, dossier_id: str) -> str:
        """What opens one dossier to whoever holds its slip: 22 characters, 132 bits."""
        return marks.slip_token(self.secret, dossier_id)

    def address(self, dossier: Dossier) -> str:
        """The whole address with its token, for the QR mark."""
        root = self.public_url.rstrip("/")
        return f"{root}/tra-cuu/{dossier.code}?k={self.token(dossier.id)}"

    @property
    def page(self) -> str:
        """The address a person can type, without signing in: the code is asked for there."""
        return f"{self.public_url.rstrip('/')}/theo-doi-ho-so"


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Why a paper is made: when, by whom, with which title, and what the act said.

    `body` issues a letter in its own name, and its leader signs; without it the counter does.
    """

    at: datetime
    officer: str
    title: str = ""
    reason: str = ""
    legal_basis: str = ""
    guidance: str = ""
    body: Unit | None = None
    former_due_at: datetime | None = None
    receipt: FeeReceipt | None = None
    supplement: SupplementRequest | None = None


def content(
    form: str, dossier: Dossier, occasion: Occasion, lookup: Lookup, agency: Unit | None = None
) -> dict[str, Any]:
    """The frozen values of one form; `agency` issues it (the dossier's owner when not given).

    Errors: KeyError for a form that is not made from a dossier.
    """
    agency = agency or dossier.agency
    sheet = _Maker(dossier, occasion, lookup, agency)
    frozen: dict[str, Any] = freeze(_FORMS[form](sheet))
    return frozen


def own_content(
    dossier: Dossier, occasion: Occasion, lookup: Lookup, agency: Unit | None = None
) -> dict[str, Any]:
    """The frozen values of a paper of the office's own design, such as the permit it ends with."""
    sheet = _Maker(dossier, occasion, lookup, agency or dossier.agency)
    frozen: dict[str, Any] = freeze(sheet.own_paper())
    return frozen


def scheme(
    form: str, agency: Unit, counter: Unit | None, at: datetime, body: Unit | None = None
) -> DocumentNumber | None:
    """The numbering of a form, by agency and year; None for a form without numbers of its own.

    body: who issues a notice, when it is a department of the agency.
    """
    sign = SIGNS.get(form)
    if sign is None:
        return None
    if form == "receipt_slip" and counter is not None and wording.is_center(counter):
        sign = "TTPVHCC"
    if form == "stop_notice":
        sign = f"{sign}-{_abbreviation(body or agency)}"
    return DocumentNumber(agency.code, at.year, sign)


def _abbreviation(body: Unit) -> str:
    return body.abbr or body.function or "UBND"


class _Maker:
    """The values of one dossier on one occasion, in the words of the forms."""

    def __init__(self, dossier: Dossier, on: Occasion, lookup: Lookup, agency: Unit) -> None:
        self.dossier, self.on, self.lookup, self.agency = dossier, on, lookup, agency

    def sheet(self) -> dict[str, Any]:
        """What every paper has."""
        counter = self.dossier.counter if self.agency.id == self.dossier.agency_id else None
        return {
            "head": wording.head(self.agency, counter),
            "issued_at": self.on.at,
            "edition": wording.edition(self.on.at.date()),
        }

    def facts(self) -> dict[str, Any]:
        """Whose dossier it is and what it asks for."""
        return {
            **self.sheet(),
            "code": self.dossier.code or "",
            "applicant": wording.owner(self.dossier),
            "request": self.dossier.subject,
            "qr": self.mark(),
        }

    def letter(self) -> dict[str, Any]:
        """The same under the head of the body that signs, if one does."""
        body = self.on.body
        return self.facts() | ({"head": wording.body_head(body)} if body else {})

    def mark(self) -> str:
        """What the QR says; nothing before there is a code."""
        return self.lookup.address(self.dossier) if self.dossier.code else ""

    def receipt_slip(self) -> c.SlipContext:
        d = self.dossier
        return c.SlipContext(
            **self.facts(),
            lookup_url=self.lookup.page,
            submitter=wording.submitter(d),
            submitter_role=d.authorisation or "người nộp thay" if d.submitter_name else "",
            land=wording.land(d.details),
            papers=tuple(wording.papers(d.papers)),
            sets=d.sets,
            term=wording.term(d.term),
            received_at=d.received_at,
            due_at=d.due_at,
            result_place=wording.result_place(d),
            fees=(*wording.fees(fees_of(d)), *wording.open_fees(open_fees(d))),
            book=d.book or "",
            order=f"{d.book_order:02d}" if d.book_order else "",
            officer=d.receiver.full_name if d.receiver else self.on.officer,
        )

    def supplement_request(self) -> c.SupplementContext:
        request = self.on.supplement or self.dossier.supplements[-1]
        items = (
            c.SupplementItem(
                paper=i.paper, wrong=i.wrong, needed=i.needed, **wording.copies_asked(i.copy)
            )
            for i in request.items
        )
        return c.SupplementContext(
            **self.facts(),
            items=tuple(items),
            reason=request.reason,
            reply_by=request.answer_by,
            officer=request.requested_by,
            contact_name=self.on.officer,
        )

    def refusal(self) -> c.RefusalContext:
        body = self.on.body
        return c.RefusalContext(
            **self.letter(),
            submitter=wording.submitter(self.dossier),
            reason=self.on.reason,
            legal_basis=self.on.legal_basis,
            guidance=self.on.guidance,
            officer=self.on.officer,
            signer=self.signer() if body else None,
            recipients=("Người nộp hồ sơ", "Lưu: VT") if body else (),
        )

    def apology(self) -> c.ApologyContext:
        d = self.dossier
        assert d.extended_to is not None and d.original_due_at is not None
        return c.ApologyContext(
            **self.letter(),
            received_at=d.received_at,
            due_at=self.on.former_due_at or d.original_due_at,
            new_due_at=d.due_at or d.extended_to,
            reason=self.on.reason,
            signer=self.signer(),
            recipients=("Như trên", "Lưu: VT"),
        )

    def signer(self) -> c.Signer:
        """Who signs a letter."""
        return wording.signer(self.on.title, self.on.officer, self.on.body)

    def stop_notice(self) -> c.StopContext:
        d = self.dossier
        return c.StopContext(
            **self.letter(),
            received_at=d.received_at,
            stopped_at=self.on.at,
            reason=self.on.reason,
            legal_basis=self.on.legal_basis,
            signer=self.signer(),
            returned=tuple(p.name for p in d.papers if p.handed_in),
            recipients=("Như trên", "Lưu: VT"),
        )

    def control_slip(self) -> c.ControlSlipContext:
        d = self.dossier
        return c.ControlSlipContext(
            **self.sheet(),
            code=d.code or "",
            agency=d.competent.full_name,
            applicant=wording.owner(d),
            procedure=d.procedure.name,
            received_at=d.received_at,
            due_at=d.due_at,
            lines=tuple(hand_overs.lines(d)),
            qr=self.mark(),
        )

    def fee_receipt(self) -> c.FeeReceiptContext:
        receipt = self.on.receipt
        assert receipt is not None, "a fee receipt is made from the payment it is for"
        d = self.dossier
        return c.FeeReceiptContext(
            **{**self.sheet(), "issued_at": receipt.paid_at},
            code=d.code or "",
            qr=self.mark(),
            request=d.subject,
            number=receipt.number,
            payer=replace(wording.owner(d), name=receipt.payer)
            if receipt.payer == d.owner_name
            else c.Party(name=receipt.payer),
            lines=tuple(
                c.FeeLine(name=line["name"], amount=line["amount"]) for line in receipt.lines
            ),
            cashier=receipt.cashier,
            method=wording.method(receipt.method),
        )

    def own_paper(self) -> c.OwnPaperContext:
        d, step = self.dossier, self._signed()
        leads = step is None or step.role is Role.leader
        body = self.agency if leads or step is None else step.unit
        return c.OwnPaperContext(
            **{**self.facts(), "head": wording.body_head(body)},
            number=d.result_no or "",
            procedure=d.procedure.name,
            received_at=d.received_at,
            due_at=d.due_at,
            submitter=wording.submitter(d),
            land=wording.land(d.details),
            result=d.result_text or "",
            legal_basis=data.version_of(d).legal_basis or "",
            signer=_signer(step, body),
            recipients=("Như trên", "Lưu: VT"),
        )

    def _signed(self) -> DossierStep | None:
        """The step at which it was signed last, else the one at which it is to be signed."""
        steps = [
            s
            for s in self.dossier.steps
            if s.kind is StepKind.sign and s.agency_id == self.agency.id
        ]
        done = [s for s in steps if s.state is StepState.done and s.finished_at]
        if done:
            return max(done, key=lambda s: (s.finished_at, s.position))
        coming = (StepState.open, StepState.waiting, StepState.pending)
        return max((s for s in steps if s.state in coming), key=lambda s: s.position, default=None)


def _signer(step: DossierStep | None, body: Unit) -> c.Signer:
    """Who signs for a body; without a name where nobody has it in hand yet."""
    holder = step.holder if step is not None else None
    title = holder.title if holder else "Chủ tịch" if wording.is_committee(body) else ""
    return wording.signer(title, holder.full_name if holder else "", body)


_FORMS: dict[str, Callable[[_Maker], c.Sheet]] = {
    "receipt_slip": _Maker.receipt_slip,
    "supplement_request": _Maker.supplement_request,
    "refusal": _Maker.refusal,
    "apology": _Maker.apology,
    "stop_notice": _Maker.stop_notice,
    "control_slip": _Maker.control_slip,
    "fee_receipt": _Maker.fee_receipt,
}


def register_book(
    agency: Unit,
    rows: tuple[c.RegisterRow, ...],
    *,
    book: str,
    first_day: Any,
    last_day: Any,
    at: datetime,
    keeper: str,
) -> bytes:
    """The register of dossiers of one book and period as PDF (Mẫu 06/07)."""
    counter = db.session.scalars(_counter(agency)).first()
    sheet = c.RegisterBookContext(
        head=wording.head(agency, counter),
        issued_at=at,
        edition=wording.edition(at.date()),
        book=book,
        first_day=first_day,
        last_day=last_day,
        rows=rows,
        keeper=keeper,
    )
    return draw("register_book", sheet)


def cover_sheets(dossier: Dossier, *, at: datetime, lookup: Lookup) -> bytes:
    """Cover sheets for scanning as PDF: one for each paper handed in, and one for anything else."""
    code, papers = dossier.code or "", dossier.papers
    named = [(n, p.name, p.id) for n, p in enumerate(papers, 1) if p.handed_in]
    lines = [
        c.CoverLine(
            number=n,
            paper=name,
            qr=marks.cover_text(lookup.secret, code, n, dossier.id, paper_id),
        )
        for n, name, paper_id in (*named, (0, "Giấy tờ khác của hồ sơ", None))
    ]
    sheet = c.CoverContext(
        head=wording.head(dossier.agency, dossier.counter),
        issued_at=at,
        edition=wording.edition(at.date()),
        code=code,
        applicant=wording.owner(dossier),
        procedure=dossier.procedure.name,
        lines=tuple(lines),
    )
    used = paper_templates.current("cover_sheet", dossier.procedure_id)
    if used is None:
        return draw("cover_sheet", sheet)
    own = Own(form=used.form, name=used.name, size=used.size, body=used.body)
    return from_template(own, sheet, data_of(dossier))


def _counter(agency: Unit) -> Any:
    return (
        db.select(Unit)
        .where(Unit.agency_id == agency.id, Unit.kind == "counter")
        .order_by(Unit.code)
        .limit(1)
    )
