"""Certificates of entries of registers: what an entry says on paper, frozen; printed from what was kept.

The template is one of the office's own (`printing.own`); which one, the register says.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from domain import register as law
from domain.calendar import TZ
from domain.codes import EntryState
from domain.data_fields import FieldSpec, Values
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.base import db
from models.dossier import Dossier
from models.organisation import Unit
from models.paper_template import PaperTemplate
from models.register import Register, RegisterEntry, RegisterPaper
from models.scope import everything
from printing import contexts as c, wording
from printing.frozen import freeze, thaw
from printing.issued import from_template, said_of
from printing.own import Own
from printing.papers import Lookup, Occasion, own_content
from services.papers import Printed
from services.registers.definition import fields_of
from services.registers.writing import values_of

#: How an entry stands, as paper says it.
STATES = {
    EntryState.valid: "còn hiệu lực",
    EntryState.expired: "hết hiệu lực",
    EntryState.revoked: "đã thu hồi",
    EntryState.replaced: "đã được thay thế",
}


def content(
    register: Register, entry: RegisterEntry, occasion: Occasion, lookup: Lookup
) -> dict[str, Any]:
    """The frozen values of a certificate, with `data` as the entry has it now.

    Of an entry that a dossier made, who signs, for whom and on what ground are the dossier's: the same
    paper, whoever prints it, also somebody who would not see the dossier itself.
    """
    with everything():
        dossier = db.session.get(Dossier, entry.dossier_id) if entry.dossier_id else None
        agency = db.session.get_one(Unit, entry.agency_id)
        before = db.session.get(RegisterEntry, entry.replaces_id) if entry.replaces_id else None
        if dossier is not None:
            kept = own_content(dossier, occasion, lookup, agency)
            sheet = thaw(c.OwnPaperContext, kept)
        else:
            sheet = _by_hand(register, entry, occasion, agency)
    fields, values = fields_of(register, all_=True), values_of(entry, register)
    sheet = replace(
        sheet,
        number=entry.number,
        applicant=_party(register, entry, fields, values, sheet.applicant),
        entry=_facts(register, entry, before, occasion.at.date()),
    )
    frozen: dict[str, Any] = freeze(sheet)
    said = {f.key: said_of(f, values.get(f.key)) for f in fields if f.kind is not FieldKind.heading}
    return {**frozen, "data": said}


def _by_hand(
    register: Register, entry: RegisterEntry, occasion: Occasion, agency: Unit
) -> c.OwnPaperContext:
    """An entry of the paper book: there is no dossier, the head of the agency signs."""
    title = "Chủ tịch" if wording.is_committee(agency) else ""
    return c.OwnPaperContext(
        head=wording.body_head(agency),
        issued_at=occasion.at,
        edition=wording.edition(occasion.at.date()),
        code="",
        applicant=c.Party(name=entry.holder),
        request=register.entry or register.name,
        procedure=register.name,
        received_at=dt.datetime.combine(entry.registered_on, dt.time(), TZ),
        signer=wording.signer(title, "", agency),
        legal_basis=register.legal_basis or "",
        recipients=("Như trên", "Lưu: VT"),
    )


def _party(
    register: Register,
    entry: RegisterEntry,
    fields: tuple[FieldSpec, ...],
    values: Values,
    known: c.Party,
) -> c.Party:
    """Whom the entry is for, with what its field says; else the applicant as the dossier has it."""
    spec = next((f for f in fields if f.key == register.holder_key), None)
    value = values.get(spec.key) if spec is not None else None
    if spec is not None and spec.kind is FieldKind.person and value:
        return c.Party(
            name=entry.holder,
            id_no=value.get("id_number") or "",
            address=value.get("address") or "",
            phone=value.get("phone") or "",
        )
    if spec is not None and spec.kind is FieldKind.organisation and value:
        return c.Party(
            name=entry.holder,
            tax_code=value.get("tax_code") or "",
            address=value.get("address") or "",
        )
    return known if known.name == entry.holder else c.Party(name=entry.holder)


def _facts(
    register: Register, entry: RegisterEntry, before: RegisterEntry | None, today: dt.date
) -> c.EntryFacts:
    return c.EntryFacts(
        register=register.name,
        number=entry.number,
        holder=entry.holder,
        registered_on=entry.registered_on,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        state=STATES[law.standing(entry.state, entry.valid_to, today)],
        replaces=before.number if before is not None else "",
    )


# ---- printing what was kept ----------------------------------------------------------------------
def own_of(paper: RegisterPaper) -> Own:
    """The template a certificate was printed from. Errors: row.not_found."""
    row = db.session.get(PaperTemplate, paper.template_id)
    if row is None:
        raise DomainError("row.not_found")
    return Own(form=row.form, name=row.name, size=row.size.value, body=row.body)


def render(paper: RegisterPaper, printed: Printed) -> bytes:
    """The PDF of a certificate; from its second print on it says so. Errors: template.*."""
    own = own_of(paper)
    sheet = thaw(own.paper.context, paper.content)
    if printed.number > 1:
        sheet = replace(sheet, reprint=c.Reprint(at=printed.at, number=printed.number))
    return from_template(own, sheet, paper.content.get("data") or {})
