"""What is typed at the counter, cleaned and checked before anything is stored."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from domain import names
from domain.codes import ApplicantKind, Channel
from domain.errors import DomainError


@dataclass(frozen=True)
class Person:
    """A person or body as typed at the counter; `normalised()` cleans and checks every part."""

    name: str
    kind: ApplicantKind = ApplicantKind.citizen
    id_number: str | None = None
    tax_code: str | None = None
    birth_date: dt.date | None = None
    sex: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None

    def normalised(self, prefix: str = "owner") -> "Person":
        """The person with clean values. Errors name the form field: `owner_id_number`, …"""
        body = self.kind not in (ApplicantKind.citizen, ApplicantKind.household_business)
        number, tax, phone = self.id_number, self.tax_code, self.phone
        return Person(
            name=names.clean_name(self.name or "", organisation=body, field=f"{prefix}_name"),
            kind=self.kind,
            id_number=number and names.normalise_id_number(number, field=f"{prefix}_id_number"),
            tax_code=tax and names.check_tax_code(tax, field=f"{prefix}_tax_code"),
            birth_date=self.birth_date,
            sex=self.sex or None,
            phone=phone and names.normalise_phone(phone, field=f"{prefix}_phone"),
            email=plain(self.email) or None,
            address=plain(self.address) or None,
        )


@dataclass(frozen=True)
class HandedIn:
    """One line of the checklist: the component it answers (or None for an extra paper) and the counts."""

    name: str
    document_id: str | None = None
    originals: int = 1
    copies: int = 0
    handed_in: bool = True
    note: str | None = None


@dataclass(frozen=True)
class FeeLine:
    """A fee chosen at the counter. `amount` is needed where the schedule leaves it open."""

    rule_id: str
    quantity: int = 1
    amount: int | None = None


@dataclass(frozen=True)
class Intake:
    """Everything typed at the counter. `id` is the form's own UUIDv7: sent twice, received once."""

    id: str
    version_id: str
    owner: Person
    submitter: Person | None = None
    authorisation: str | None = None
    subject: str | None = None
    channel: Channel = Channel.in_person
    cases: tuple[str, ...] = ()
    papers: tuple[HandedIn, ...] = ()
    fees: tuple[FeeLine, ...] = ()
    sets: int = 1
    return_method: str = "counter"
    return_address: str | None = None
    competent_id: str | None = None
    extra_term: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    legacy_code: str | None = None


def plain(text: str | None) -> str:
    """The text in NFC with single spaces."""
    return " ".join(names.nfc(text or "").split())


@dataclass(frozen=True)
class Lack:
    """One line of a supplement request: which paper, what is wrong with it, what is needed."""

    paper: str
    wrong: str
    needed: str


def checked_lacks(lacks: tuple[Lack, ...]) -> tuple[Lack, ...]:
    """The lines, clean; each must say all three things. Errors: dossier.papers_required."""
    found = tuple(Lack(plain(i.paper), plain(i.wrong), plain(i.needed)) for i in lacks)
    if not found or not all(i.paper and i.wrong and i.needed for i in found):
        raise DomainError("dossier.papers_required", field="items")
    return found
