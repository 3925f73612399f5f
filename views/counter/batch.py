"""The same dossier for several persons: one line each, one number and one slip each."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, StringField
from wtforms.validators import Length, Optional

from domain import names
from domain.codes import ApplicantKind
from domain.errors import DomainError
from models.dossier import Dossier
from services.dossier.checking import problems
from services.dossier.forms import Intake, Person, plain
from views.fields import DayField, KeyField

FIRST, MORE, MOST = 10, 5, 50


class BatchLine(Form):  # type: ignore[misc]
    """One person. `key` becomes the dossier's own, so that a batch sent twice is received once."""

    seen = HiddenField(default="1")
    key = KeyField()
    id_number = StringField(_l("ID number"), [Length(max=20)])
    name = StringField(_l("Full name"), [Length(max=250)])
    phone = StringField(_l("Telephone"), [Length(max=20)])
    address = StringField(_l("Address"), [Length(max=400)])
    birth_date = DayField(_l("Date of birth"), [Optional()])
    sex = HiddenField()
    old_number = HiddenField()
    doubled = BooleanField(_l("I have checked: receive one more"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = ""  #: the code it would get
        self.running: list[Dossier] = []  #: dossiers of this person that have not ended
        self.twin = False  #: whether the person stands on a line above

    @property
    def number_id(self) -> str:
        """Where its expected code stands on the page."""
        return f"{self.id_number.id.removesuffix('id_number')}number"

    @property
    def says_id(self) -> str:
        """Where it is said what this person has running."""
        return f"{self.id_number.id.removesuffix('id_number')}says"

    @property
    def written(self) -> bool:
        """Whether the line names somebody."""
        return any(plain(self.data[name]) for name in ("id_number", "name"))

    @property
    def unanswered(self) -> bool:
        """Whether such a dossier is there already and nobody has said that one more is meant."""
        return (self.twin or any(d.code for d in self.running)) and not self.doubled.data

    def fill(self, values: Iterable[tuple[str, Any]]) -> None:
        """Write values into fields, over what was typed."""
        for name, value in values:
            self[name].process_data(value)
            self[name].raw_data = None

    def person(self) -> Person:
        """As the services take it."""
        return Person(
            name=self.name.data or "",
            kind=ApplicantKind.citizen,
            id_number=self.id_number.data or None,
            birth_date=self.birth_date.data,
            sex=self.sex.data or None,
            phone=self.phone.data or None,
            address=self.address.data or None,
            old_number=self.old_number.data or None,
        )

    def intake(self, common: Intake) -> Intake:
        """The visit of the page for this person; who hands in, hands in for all."""
        return replace(common, id=self.key.data, owner=self.person())


def lines_of(typed: Any) -> list[BatchLine]:
    """The lines as they were sent."""
    found: list[BatchLine] = []
    while len(found) < MOST and f"b-{len(found)}-seen" in typed:
        found.append(BatchLine(typed, prefix=f"b-{len(found)}-"))
    return found


def first(person: dict[str, Any]) -> BatchLine:
    """A line for whoever was on the page before it became a batch."""
    line = BatchLine(prefix="b-0-")
    line.fill(person.items())
    return line


def left_over(lines: list[BatchLine]) -> list[tuple[str, str]]:
    """Lines as hidden fields of a form that brings them back: pairs of name and value."""
    found = []
    for number, line in enumerate(lines):
        for field in line:
            written = "y" if field.data is True else field._value() if field.data else ""
            found.append((f"b-{number}-{field.short_name}", str(written)))
    return [pair for pair in found if pair[1] or pair[0].endswith("-seen")]


def more(lines: list[BatchLine]) -> list[BatchLine]:
    """Empty lines below: the first time ten, then as many as are asked for."""
    wanted = min(MOST, len(lines) + (MORE if lines else FIRST))
    return [*lines, *(BatchLine(prefix=f"b-{n}-") for n in range(len(lines), wanted))]


def put_card(lines: list[BatchLine], text: str) -> None:
    """The person of a card on the first empty line; a card scanned twice stays one line.

    Errors: card_qr.invalid.
    """
    card = names.parse_card_qr(text)
    if any(line.id_number.data == card.id_number for line in lines):
        return
    if all(line.written for line in lines):
        lines[:] = more(lines)
    line = next((line for line in lines if not line.written), None)
    if line is None:
        raise DomainError("value.too_long", limit=MOST)
    values = {
        "id_number": card.id_number,
        "name": card.full_name,
        "address": card.address,
        "birth_date": card.birth,
        "sex": card.sex.value if card.sex else "",
        "old_number": card.old_number,
    }
    line.fill(values.items())


def examine(lines: list[BatchLine], common: Intake, on: dt.date) -> list[DomainError]:
    """Mark at its field what cannot be kept of a line; what is wrong for all is given back, once."""
    shared: dict[str, DomainError] = {}
    for line in lines:
        line.validate()
        for error in problems(line.intake(common), on):
            name = (error.field or "").removeprefix("owner_")
            if not (error.field or "").startswith("owner_") or name not in line:
                shared.setdefault(error.field or error.code, error)
            elif not line[name].errors:
                line[name].errors = [error.text(gettext)]
        if line.unanswered:
            line.doubled.errors = [DomainError("applicant.running").text(gettext)]
    return list(shared.values())
