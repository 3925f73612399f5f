"""The same dossier for several persons: one line each, one number and one slip each."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField
from wtforms.validators import Length, Optional

from domain import names
from domain.codes import ApplicantKind
from domain.errors import DomainError
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

    @property
    def written(self) -> bool:
        """Whether the line names somebody."""
        return any(plain(self.data[name]) for name in ("id_number", "name"))

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
        """The visit of the page for this person; nobody hands in for all."""
        return replace(common, id=self.key.data, owner=self.person())


def lines_of(typed: Any) -> list[BatchLine]:
    """The lines as they were sent."""
    found: list[BatchLine] = []
    while len(found) < MOST and f"b-{len(found)}-seen" in typed:
        found.append(BatchLine(typed, prefix=f"b-{len(found)}-"))
    return found


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
    for name, value in values.items():
        line[name].process_data(value)
        line[name].raw_data = None
