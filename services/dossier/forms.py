"""What is typed at the counter, cleaned and checked before anything is stored."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain import names
from domain.codes import ApplicantKind, Channel, CopyKind
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
    old_number: str | None = None

    def normalised(self, prefix: str = "owner", on: dt.date | None = None) -> "Person":
        """The person with clean values. Errors name the form field: `owner_id_number`, …"""
        found: list[DomainError] = []
        clean = self.examined(prefix, on, found)
        if found:
            raise found[0]
        return clean

    def examined(self, prefix: str, on: dt.date | None, found: list[DomainError]) -> "Person":
        """The person with clean values; everything that cannot be kept is added to `found`.

        on: the day of the visit, after which nobody was born.
        """
        body = self.kind not in (ApplicantKind.citizen, ApplicantKind.household_business)

        def read(name: str, how: Callable[..., Any], **more: Any) -> Any:
            value = getattr(self, name)
            if not value and name != "name":
                return value
            try:
                return how(value or "", field=f"{prefix}_{name}", **more)
            except DomainError as error:
                found.append(error)
                return None

        return Person(
            name=read("name", names.clean_name, organisation=body) or "",
            kind=self.kind,
            id_number=read("id_number", names.normalise_id_number),
            tax_code=read("tax_code", names.check_tax_code),
            birth_date=read("birth_date", names.check_birth_date, on=on),
            sex=self.sex or None,
            phone=read("phone", names.normalise_phone),
            email=read("email", names.check_email) or None,
            address=plain(self.address) or None,
            old_number=_old_number(self.old_number),
        )


def _old_number(text: str | None) -> str | None:
    """The nine digits of before, which nobody types: anything else is left out."""
    number = plain(text)
    return number if len(number) == 9 and number.isascii() and number.isdigit() else None


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
    """A fee chosen at the counter.

    Where the schedule leaves the amount open, `amount` is needed, unless the fee is due on return.
    """

    rule_id: str
    quantity: int = 1
    amount: int | None = None


@dataclass(frozen=True)
class Intake:
    """Everything typed at the counter. `id` is the form's own UUIDv7: sent twice, received once.

    data: what was typed into the fields of the version, key → text, list of codes, parts or rows.
    """

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
    data: Mapping[str, Any] = field(default_factory=dict)
    legacy_code: str | None = None


def plain(text: str | None) -> str:
    """The text in NFC with single spaces."""
    return " ".join(names.nfc(text or "").split())


#: Kinds of copies that Mẫu 02 has a column for.
COPIES = (CopyKind.original, CopyKind.certified, CopyKind.copy)


@dataclass(frozen=True)
class Lack:
    """One line of a supplement request: which paper, what is wrong with it, what is needed.

    copy: the kind that is asked for, one of COPIES; empty when it is not said.
    """

    paper: str
    wrong: str
    needed: str
    copy: str = ""


def checked_lacks(lacks: tuple[Lack, ...]) -> tuple[Lack, ...]:
    """The lines, clean; each must say all three things. Errors: dossier.papers_required."""
    found = tuple(
        Lack(plain(i.paper), plain(i.wrong), plain(i.needed), i.copy if i.copy in COPIES else "")
        for i in lacks
    )
    if not found or not all(i.paper and i.wrong and i.needed for i in found):
        raise DomainError("dossier.papers_required", field="items")
    return found
