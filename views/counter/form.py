"""What is typed at the counter about people and the request; papers and fees are in `lines`."""

import datetime as dt
from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from domain.codes import ApplicantKind, Channel
from domain.errors import DomainError
from views import present
from views.fields import DayField, KeyField, read_day
from views.generated.titles import title

SEXES = (("", "–"), ("male", _l("Male")), ("female", _l("Female")))
#: How the result reaches the applicant; the codes are kept on the dossier and printed in the book.
RETURNS = (
    ("counter", _l("At this counter")),
    ("post", _l("By public post")),
    ("online", _l("Electronically")),
)
LAND = ("map_sheet", "parcel_no", "area", "address")


def _text(label: Any, limit: int, *more: Any, **options: Any) -> StringField:
    attributes = {"maxlength": limit, "autocomplete": "off", **options.pop("render_kw", {})}
    validators = [Length(max=limit), *more]
    return StringField(label, validators, render_kw=attributes, **options)


class BirthField(DayField):
    """A day; how early it may be is said by the rules of persons, in words of their own."""

    def read(self, text: str) -> dt.date | None:
        """Any day of the calendar; 1/2/85 is 1985."""
        return read_day(text, dt.date.min, present.now().date())


class CounterForm(FlaskForm):  # type: ignore[misc]
    """One visit. `id` becomes the dossier's own, so that a form sent twice is received once."""

    class Meta:
        csrf = False  # the application checks the token of every POST

    id = KeyField()
    visit = KeyField()
    version_id = HiddenField()
    procedure = _text(
        _l("Procedure"), 200, render_kw={"placeholder": _l("Code, words or initials")}
    )

    card = _text(
        _l("Code on the identity card"),
        600,
        render_kw={"placeholder": _l("Scan here to fill in the person")},
    )
    owner_kind = SelectField(_l("Kind"), default="citizen")
    owner_id_number = _text(_l("ID number"), 20, render_kw={"inputmode": "numeric"})
    owner_tax_code = _text(_l("Tax code"), 20)
    owner_old_number = HiddenField(_l("Old ID number"))
    owner_name = _text(_l("Full name"), 250, InputRequired())
    owner_birth_date = BirthField(
        _l("Date of birth"), [Optional()], render_kw={"placeholder": "dd/mm/yyyy", "maxlength": 10}
    )
    owner_sex = SelectField(_l("Sex"), choices=list(SEXES))
    owner_phone = _text(_l("Telephone"), 20, render_kw={"inputmode": "tel"})
    owner_email = _text(_l("E-mail"), 200, render_kw={"inputmode": "email"})
    owner_address = _text(_l("Address"), 400)

    doubled = BooleanField(_l("I have checked: receive one more"))
    has_submitter = BooleanField(_l("Somebody else hands it in"))
    submitter_id_number = _text(_l("Submitter's ID number"), 20, render_kw={"inputmode": "numeric"})
    submitter_name = _text(_l("Submitted by"), 250)
    submitter_phone = _text(_l("Submitter's telephone"), 20, render_kw={"inputmode": "tel"})
    authorisation = _text(_l("Authorisation"), 300)

    channel = SelectField(_l("Channel"), default="in_person")
    sets = IntegerField(_l("Sets"), [Optional(), NumberRange(1, 99)], default=1)
    return_method = SelectField(_l("Result received"), choices=list(RETURNS), default="counter")
    return_address = _text(_l("Return address"), 400)
    subject = _text(_l("Content of the request"), 1000)
    extra_term = BooleanField(_l("Mountainous or remote commune: longer term"))
    competent_id = SelectField(_l("Agency that resolves it"), validate_choice=False)
    competent_q = _text(_l("Find an agency"), 100)

    land_map_sheet = _text(_l("Map sheet"), 40)
    land_parcel_no = _text(_l("Parcel"), 40)
    land_area = _text(_l("Area"), 40)
    land_address = _text(_l("Address of the parcel"), 400)

    guide_reason = TextAreaField(_l("Reason"), [Length(max=1000)], render_kw={"rows": 2})
    refuse_reason = TextAreaField(
        _l("Reason of the refusal"), [Length(max=1000)], render_kw={"rows": 2}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_kind.choices = [(k.value, title(k)) for k in ApplicantKind]
        self.channel.choices = [(c.value, title(c)) for c in Channel]
        self.owner_name.flags.required = True
        self.procedure.flags.required = True

    @property
    def body(self) -> bool:
        """Whether the owner is no natural person and has a tax code instead of an identity number."""
        return self.owner_kind.data in {ApplicantKind.enterprise, ApplicantKind.organisation}

    def refuse(self, error: DomainError, fields: dict[str, str]) -> None:
        """Put a refusal at its field, or above the form. `fields` renames those of the services."""
        sentence = error.text(gettext)
        name = fields.get(error.field or "", error.field)
        if name in self._fields:
            self[name].errors = [*self[name].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]

    def fill(self, **values: Any) -> None:
        """Write values into fields, over what was typed."""
        for name, value in values.items():
            self[name].process_data(value)
            self[name].raw_data = None
