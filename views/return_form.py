"""Who takes a result away: typed, or read off the identity card and compared with the dossier."""

import re
from typing import Any, Literal

from flask_babel import force_locale, gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from domain.card import CardQr
from domain.errors import DomainError
from domain.names import fold, normalise_id_number, parse_card_qr
from models.dossier import Dossier
from services.dossier.forms import plain
from views.fields import KeyField

#: Whom an identity number belongs to; empty where the dossier knows no number to compare with.
Who = Literal["owner", "submitter", "other", ""]


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """Who takes the result away (NĐ 61/2018 Đ20 k2)."""

    class Meta:
        csrf = False  # the application checks the token of every POST

    op_id = KeyField()
    version = IntegerField(widget=HiddenInput())
    old_number = StringField(validators=[Length(max=20)], widget=HiddenInput())
    card = StringField(
        _l("Code on the identity card"),
        [Length(max=600)],
        render_kw={"placeholder": _l("Scan the card of whoever takes it"), "autocomplete": "off"},
    )
    receiver = StringField(_l("Handed to"), [InputRequired(), Length(max=300)])
    receiver_id = StringField(
        _l("Receiver's ID number"),
        [InputRequired(), Length(max=20)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    proxy = BooleanField(_l("I have checked that this person may take it (authorisation)"))
    slip_collected = BooleanField(_l("The slip was collected"))
    note = StringField(
        _l("Note"), [Length(max=400)], description=_l("Say why when the slip is not collected")
    )
    who: Who = ""

    def read_card(self, dossier: Dossier) -> None:
        """Fill the receiver in from the card and say whose it is. Errors are put at the field."""
        try:
            card = parse_card_qr(self.card.data or "")
        except DomainError as error:
            self.refuse(DomainError(error.code, field="card"))
            return
        self._take(card)
        self.compare(dossier)

    def _take(self, card: CardQr) -> None:
        values = {
            "card": "",
            "receiver": card.full_name or self.receiver.data,
            "receiver_id": card.id_number,
            "old_number": card.old_number,
        }
        for name, value in values.items():
            self[name].process_data(value)
            self[name].raw_data = None
        if "full_name" in card.unsure:
            part = gettext("name")
            self.refuse(DomainError("card_qr.unsure", field="receiver", part=part))

    def compare(self, dossier: Dossier) -> None:
        """Find out whose number was given; `who` says it."""
        self.who = whose(dossier, self.receiver_id.data or "", self.old_number.data or "")

    def mistyped(self, dossier: Dossier) -> bool:
        """Whether somebody else's number stands beside the applicant's own name."""
        same = fold(self.receiver.data or "") == fold(dossier.owner_name)
        return self.who == "other" and same and bool(dossier.owner_id_number)

    def valid(self, dossier: Dossier) -> bool:
        """Whether everything typed can be kept; every message is at its field, all at once."""
        self.validate()
        self.compare(dossier)
        if self.receiver_id.data and not self.receiver_id.errors:
            try:
                normalise_id_number(self.receiver_id.data, field="receiver_id")
            except DomainError as error:
                self.refuse(error)
        if self.who == "other" and not self.proxy.data and not self.receiver_id.errors:
            self.refuse(DomainError("dossier.other_receiver", field="proxy"))
        if not self.slip_collected.data and not plain(self.note.data):
            self.refuse(DomainError("dossier.reason_required", field="note"))
        return not self.errors

    def facts(self) -> dict[str, Any]:
        """As the verb takes them; that somebody else's authority was looked at stands in the note."""
        note = plain(self.note.data)
        if self.who == "other":
            with force_locale("vi"):  # kept with the dossier, whatever language the clerk reads
                note = "; ".join(filter(None, [gettext("Authorisation checked"), note]))
        return {
            "receiver": self.receiver.data,
            "receiver_id": self.receiver_id.data,
            "slip_collected": bool(self.slip_collected.data),
            "note": note,
            "version": self.version.data,
        }

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or above the form."""
        sentence = error.text(gettext)
        if error.field in self._fields:
            self[error.field].errors = [*self[error.field].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]


def whose(dossier: Dossier, number: str, old_number: str = "") -> Who:
    """Whose identity number this is: the nine digits of before count as well as the twelve."""
    given = {digits for text in (number, old_number) if (digits := re.sub(r"\D", "", text))}
    person = dossier.applicant
    owner = {dossier.owner_id_number, person and person.id_number, person and person.old_id_number}
    owner, submitter = owner - {None, ""}, {dossier.submitter_id_number} - {None, ""}
    if not given or not owner | submitter:
        return ""
    if given & owner:
        return "owner"
    return "submitter" if given & submitter else "other"
