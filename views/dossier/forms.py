"""What each act asks for. A form carries its key, the version looked at, and the step meant."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from domain.calendar import TZ
from domain.codes import PauseKind, TermUnit
from domain.errors import DomainError
from views import present
from views.dossier.inputs import AmountRows, DataInputs, LackRows
from views.fields import DayField, KeyField, MoneyField, read_day
from views.generated.titles import title

#: Fields by which the rules call a value that the screen splits or names otherwise.
ALIASES = {"term": "term_amount", "fee": "amounts", "amount": "amounts", "result": "result_text"}
_AREA = {"rows": 3}


def area(label: Any, *, required: bool = False, most: int = 2000, **options: Any) -> TextAreaField:
    """Several lines of text."""
    return TextAreaField(label, _rules(required, most), render_kw=_AREA, **options)


def line(label: Any, *, required: bool = False, most: int = 300, **options: Any) -> StringField:
    """One line of text."""
    attributes = {"maxlength": most, "autocomplete": "off", **options.pop("render_kw", {})}
    return StringField(label, _rules(required, most), render_kw=attributes, **options)


def _result_no() -> StringField:
    hint = _l("Number or content of the result: at least one of the two")
    return line(_l("Number of the result"), most=60, description=hint)


def _rules(required: bool, most: int) -> list[Any]:
    return [*([InputRequired()] if required else []), Length(max=most)]


class MomentField(StringField):
    """A day and an hour in either order on the office's clock; a day alone means its closing time.

    `closing(day)` is the office's closing moment, None on a day off; the page sets it.
    """

    closing: Callable[[dt.date], dt.datetime | None]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; it is shown again as typed."""
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = _moment(text)
            except ValueError:
                raise ValueError(
                    gettext("Write the day and the hour like 04/12/2026 16:00.")
                ) from None

    def pre_validate(self, form: Any) -> None:
        """Complete a day alone. Errors: the office is closed on that day."""
        if isinstance(self.data, dt.datetime) or self.data is None:
            return
        self.data = self.closing(self.data)
        if self.data is None:
            raise ValidationError(
                gettext("The office is closed on that day; write an hour or choose another day.")
            )

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%d/%m/%Y %H:%M}" if self.data else ""


_CLOCK = re.compile(r"(\d{1,2})\s*[:hg]\s*(\d{2})?")
_SHORT_YEAR = re.compile(r"(\d{1,2}[/.-]\d{1,2}[/.-])(\d{2})")


def _moment(text: str) -> dt.datetime | dt.date:
    """The moment, or the day when no hour is given. Errors: ValueError."""
    rest, clock = text.lower(), _CLOCK.search(text.lower())
    if clock:
        rest = f"{rest[: clock.start()]} {rest[clock.end() :]}"
    rest = rest.strip(" ,;")
    short = _SHORT_YEAR.fullmatch(rest)  # an appointment lies ahead: 26 is 2026
    try:
        day = read_day(f"{short[1]}20{short[2]}" if short else rest)
    except DomainError as error:
        raise ValueError(error.code) from None
    if day is None:
        raise ValueError("no day")
    if clock is None:
        return day
    return dt.datetime.combine(day, dt.time(int(clock[1]), int(clock[2] or 0)), TZ)


class ActForm(FlaskForm):  # type: ignore[misc]
    """The base: `op_id` makes a form sent twice harmless, the others make a stale one known."""

    class Meta:
        csrf = False  # the application checks the token of every POST

    op_id = KeyField()
    version = HiddenField()
    step_id = HiddenField()

    def __init__(self, slug: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:  # many forms stand on one page: their ids must differ
            field.id = f"{slug}-{field.name}"
            field.label.field_id = field.id

    def visible(self) -> list[Any]:
        """The fields drawn one below the other; lists are drawn by the template."""
        drawn = (HiddenField, LackRows, AmountRows, DataInputs)
        return [f for f in self if not isinstance(f, drawn)]

    def seen(self) -> int | None:
        """The version looked at."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or above the form."""
        sentence = error.text(gettext)
        name = error.field or ""
        name = name if name in self._fields else ALIASES.get(name, "")
        if name in self._fields and not isinstance(self._fields[name], HiddenField):
            self[name].errors = [*self[name].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]

    def offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        """Give a select its choices."""
        self[name].choices = list(choices)


class NoteForm(ActForm):
    note = area(_l("Note"))


class AssignForm(ActForm):
    officer_id = SelectField(_l("Officer"), validate_choice=False, validators=[InputRequired()])
    note = area(_l("Instruction"))


class TakeOverForm(ActForm):
    pass


class ProposeForm(ActForm):
    note = area(_l("Proposal"), required=True)
    file = FileField(
        _l("Draft of the result"), description=_l("Whoever signs reads it beside the proposal")
    )


class ApproveForm(ActForm):
    note = area(_l("Opinion"))
    result_no = _result_no()
    result_text = line(_l("Content of the result"), most=1000)


class ReasonForm(ActForm):
    reason = area(_l("Reason"), required=True, most=1000)


class NoticeForm(ReasonForm):
    legal_basis = line(_l("Legal basis"), most=500)


class RefuseForm(NoticeForm):
    guidance = line(_l("Where or how to go on"), most=500)


class TermForm(ActForm):
    """A term as an amount and its unit."""

    term_amount = IntegerField(_l("Term"), [InputRequired(), NumberRange(1, 9999)])
    term_unit = SelectField(_l("Counted in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("term_unit", [(u.value, title(u)) for u in (TermUnit.wd, TermUnit.wh)])

    def term(self) -> str | None:
        """“2wd”, or None when no term was given."""
        return f"{self.term_amount.data}{self.term_unit.data}" if self.term_amount.data else None


class ConsultForm(TermForm):
    unit_ids = SelectMultipleField(
        _l("Departments"), validate_choice=False, validators=[InputRequired()]
    )
    question = area(_l("Question"), required=True, most=400)
    silence = BooleanField(
        _l("Silence means consent"), description=_l("Only where the law of the field says so")
    )


class OpinionForm(ActForm):
    opinion = area(_l("Opinion"), required=True)
    agrees = RadioField(_l("Position"), default="1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("agrees", [("1", gettext("Agrees")), ("0", gettext("Does not agree"))])


class SupplementForm(ActForm):
    items = LackRows(_l("What must be completed"))
    reason = area(_l("Reason"), required=True, most=1000)
    answer_by = DayField(
        _l("Answer by"),
        description=_l("Printed on the request; leave empty to name no day"),
        render_kw={"data-date": True, "autocomplete": "off"},
    )

    def validate_answer_by(self, field: Any) -> None:
        """No day that has passed."""
        if field.data and field.data < present.now().date():
            raise ValidationError(gettext("This day has already passed."))


class PaymentRequestForm(ActForm):
    name = line(_l("What is to be paid"), required=True)
    amount = MoneyField(
        _l("Amount (đồng)"),
        [InputRequired()],
        render_kw={"data-money": True, "inputmode": "numeric"},
    )
    reason = line(_l("Notice or decision"), most=1000)


class PaymentForm(ActForm):
    amounts = AmountRows(_l("Paid now (đồng)"))
    payer = line(_l("Payer"))
    method = SelectField(_l("Way of payment"), default="cash")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = (("cash", gettext("Cash")), ("transfer", gettext("Bank transfer")))
        self.offer("method", ways)


class SuspendForm(ReasonForm):
    kind = RadioField(_l("Cause"), default=PauseKind.force_majeure.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (PauseKind.force_majeure, PauseKind.outage)
        self.offer("kind", [(k.value, title(k)) for k in kinds])


class ExtendForm(ReasonForm):
    extended_to = MomentField(
        _l("New appointment"),
        [InputRequired()],
        description=_l("Day and hour, like 04/12/2026 16:00; the day alone means its closing time"),
        render_kw={"data-datetime": True, "autocomplete": "off", "placeholder": "dd/mm/yyyy hh:mm"},
    )


class TransferForm(TermForm):
    to_agency_id = SelectField(_l("To agency"), validate_choice=False, validators=[InputRequired()])
    request = area(_l("What is asked"), required=True, most=400)
    term_amount = IntegerField(_l("Term"), [Optional(), NumberRange(1, 9999)])
    term_unit = SelectField(_l("Counted in"))


class FinishForm(ActForm):
    result_no = _result_no()
    result_text = line(_l("Content of the result"), most=1000)
    file = FileField(_l("Scan of the result"))


class ReturnForm(ActForm):
    receiver = line(_l("Handed to"), required=True)
    receiver_id = line(_l("ID number"), required=True, most=20, render_kw={"inputmode": "numeric"})
    slip_collected = BooleanField(_l("Appointment slip collected"), default=True)
    note = area(_l("Note"), description=_l("Needed when the slip is lost or not brought"))


class CorrectForm(ReasonForm):
    version_id = SelectField(
        _l("Right procedure"), validate_choice=False, validators=[InputRequired()]
    )


class AttachForm(ActForm):
    file = FileField(_l("File"), description=_l("PDF, JPEG, PNG, TIFF or HEIC"))
    paper_id = SelectField(_l("Paper"), validate_choice=False)
    title = line(_l("Name of the file"))


class DataActForm(ActForm):
    data_fields = DataInputs(_l("Data"))


class CommentForm(ActForm):
    text = area(_l("Comment"), required=True)
