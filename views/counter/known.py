"""What is known already: the person of a card or number, the dossiers they have running."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext

from domain import names
from domain.codes import TERMINAL, Status
from domain.errors import MESSAGES, DomainError
from domain.identity import Sex
from domain.text import N_
from models.applicant import Applicant
from models.base import db
from models.dossier import Dossier
from models.ids import uuid7
from models.organisation import Unit
from models.procedure import ProcedureVersion, VersionState
from services.dossier.forms import Person
from services.dossier.intake import known_applicant
from services.earlier import earlier_papers
from services.lookup import Suggestion, suggest_procedures, words_of
from views.counter.desk import Desk

MOST_SHOWN = 5


class Choice(NamedTuple):
    """One line of a picker."""

    value: str
    text: str
    hint: str = ""


# ---- the procedure -------------------------------------------------------------------------------
def procedures(text: str, on: dt.date, agency_id: str) -> tuple[Suggestion, ...]:
    """Procedures in force that a text may mean, best first, as far as this agency offers them."""
    return suggest_procedures(text, on=on, agency_id=agency_id)


def procedure_meant(desk: Desk) -> tuple[Suggestion, ...]:
    """Resolve what was typed: one finding is chosen at once, several are offered."""
    typed = " ".join((desk.form.procedure.data or "").split())
    if desk.version is not None and typed == str(desk.version.procedure):
        return ()
    if not typed:
        desk.form.refuse(DomainError("procedure.required", field="procedure"), {})
        return ()
    found = procedures(typed, desk.at.date(), desk.agency.id)
    exact = [s for s in found if s.code == typed or f"{s.code} · {s.name}" == typed]
    if len(found) == 1 or exact:
        desk.choose(db.session.get_one(ProcedureVersion, (exact or found)[0].version_id))
        return ()
    if not found:
        desk.form.refuse(DomainError("procedure.not_found", field="procedure"), {})
    return tuple(found)


def version_named(version_id: str) -> ProcedureVersion:
    """The version with this id. Errors: procedure.not_found, procedure.not_published."""
    version = db.session.get(ProcedureVersion, version_id)
    if version is None:
        raise DomainError("procedure.not_found", field="procedure")
    if version.state is not VersionState.published:
        raise DomainError("procedure.not_published", field="procedure")
    return version


# ---- the person ----------------------------------------------------------------------------------
def read_card(desk: Desk) -> None:
    """Fill the owner in from the card, then from what is known of that person. Errors: card_qr.*."""
    card = names.parse_card_qr(desk.form.card.data or "")
    if number_of(desk) not in ("", card.id_number, card.old_number):
        desk.form.fill(owner_phone="", owner_email="", doubled=False)  # those of somebody else
    desk.form.fill(
        card="",
        owner_kind="citizen",
        owner_id_number=card.id_number,
        owner_old_number=card.old_number,
        owner_name=card.full_name,
        owner_birth_date=card.birth,
        owner_sex=card.sex.value if card.sex else "",
        owner_address=card.address,
    )
    for part in card.unsure:
        error = DomainError("card_qr.unsure", field=PARTS[part][0], part=gettext(PARTS[part][1]))
        desk.form.refuse(error, {})
    complete(desk)


#: What of a card may be unsure: its field on the page, and its name in a sentence.
PARTS = {
    "full_name": ("owner_name", N_("name")),
    "address": ("owner_address", N_("address")),
    "birth": ("owner_birth_date", N_("date of birth")),
}


def complete(desk: Desk) -> None:
    """Fill what is still empty about the owner from the person known under that number."""
    known = known_person(desk)
    if known is None:
        return
    form = desk.form
    for name in ("name", "birth_date", "sex", "phone", "email", "address"):
        if not form[f"owner_{name}"].data and not _typed(form[f"owner_{name}"]):
            form.fill(**{f"owner_{name}": getattr(known, name)})
    if known.kind and not form.body:
        form.fill(owner_kind=known.kind.value)


def _typed(field: Any) -> bool:
    return bool(field.raw_data and str(field.raw_data[0]).strip())


def number_of(desk: Desk) -> str:
    """The owner's number as it is kept; empty when there is none or it cannot be read."""
    form = desk.form
    try:
        if form.body and form.owner_tax_code.data:
            return names.check_tax_code(form.owner_tax_code.data)
        if form.owner_id_number.data:
            return names.normalise_id_number(form.owner_id_number.data)
    except DomainError:
        pass
    return ""


def known_person(desk: Desk) -> Applicant | None:
    """The applicant known to this agency under the number."""
    number = number_of(desk)
    if not number:
        return None
    old = old_number_of(desk)
    taxed = desk.form.body
    person = Person("", id_number=None if taxed else number, tax_code=number if taxed else None)
    return known_applicant(replace(person, old_number=old), desk.post.agency_id)


def old_number_of(desk: Desk) -> str | None:
    """The nine digits of before that the card carries, if it is a number at all."""
    typed = desk.form.owner_old_number.data or ""
    return typed if not desk.form.body and re.fullmatch(r"[0-9]{9}", typed) else None


def warnings(desk: Desk) -> list[str]:
    """What looks odd about the identity number; it never stands in the way."""
    form = desk.form
    if not form.owner_id_number.data:
        return []
    sex = Sex(form.owner_sex.data) if form.owner_sex.data in set(Sex) else None
    try:
        codes = names.check_id_number(form.owner_id_number.data, form.owner_birth_date.data, sex)
    except DomainError as error:
        return [error.text(gettext)]
    return [gettext(MESSAGES[code]) for code in codes]


def running(desk: Desk) -> list[Dossier]:
    """Dossiers of the same person under the same procedure that have not ended, newest first."""
    numbers = numbers_of(desk)
    if desk.version is None or not numbers:
        return []
    query = running_under(numbers, desk.version.procedure_id)
    query = query.where(Dossier.id != desk.form.id.data).limit(MOST_SHOWN)
    return list(db.session.scalars(query))


def numbers_of(desk: Desk) -> set[str]:
    """The owner's number and the other one that the card carries or the person is known under."""
    number = number_of(desk)
    if not number:
        return set()
    person = known_person(desk)
    others = (old_number_of(desk), person and person.id_number, person and person.old_id_number)
    return {number, *(other for other in others if other)}


def running_under(numbers: Collection[str], procedure_id: str) -> sa.Select[tuple[Dossier]]:
    """Dossiers of a procedure under one of the owner's numbers that have not ended, newest first."""
    return (
        sa.select(Dossier)
        .where(
            Dossier.owner_id_number.in_(sorted(numbers)),
            Dossier.procedure_id == procedure_id,
            Dossier.status.not_in([*TERMINAL, Status.processed]),
        )
        .order_by(Dossier.id.desc())
    )


def offer_earlier(desk: Desk) -> None:
    """Offer the papers that this person has handed in before."""
    numbers = sorted(numbers_of(desk))
    if desk.version is None or not numbers:
        return
    asked = {line.document.id: line for line in desk.papers if line.asked}
    documents = [line.document for line in asked.values()]
    found = earlier_papers(numbers, documents, but=desk.form.id.data or uuid7())
    for document_id, earlier in found.items():
        asked[document_id].earlier = earlier


# ---- agencies ------------------------------------------------------------------------------------
def agencies(text: str, on: dt.date, limit: int = 30) -> list[Choice]:
    """Agencies that exist on a day, by words of their names; the shortest names first."""
    words = words_of(text)
    folded = sa.func.mc_fold(Unit.full_name)
    query = sa.select(Unit.id, Unit.full_name, Unit.code).where(
        Unit.is_agency,
        Unit.valid_from <= on,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= on),
        *(folded.like(f"%{word}%") for word in words),
    )
    rows = db.session.execute(
        query.order_by(sa.func.length(Unit.full_name), Unit.code).limit(limit)
    )
    return [Choice(*row) for row in rows]
