"""`/style`: every piece of the kit in every state, for those who build pages."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from domain.codes import Status, StepState
from domain.deadline import Remaining
from views import access, present
from views.generated.titles import title

blueprint = Blueprint("style", __name__)
THEMES, DENSITIES = ("light", "dark"), ("comfortable", "compact")
#: Names of the tokens, as they stand in app/static/tokens.css.
COLOURS = (
    *("bg", "surface", "surface-2", "surface-3", "text", "text-soft", "line", "line-strong"),
    *("accent", "accent-strong", "accent-pale", "on-accent", "seal", "on-seal"),
    *("danger", "danger-pale", "warning", "warning-pale", "success", "success-pale"),
    *("info", "info-pale", "neutral", "neutral-pale", "focus", "side-bg", "side-on"),
)
SPACES = tuple(range(1, 9))
SIZES = tuple(range(7, 0, -1))


class Sample(FlaskForm):  # type: ignore[misc]
    """A form with each kind of field, once at rest and once refused."""

    class Meta:
        csrf = False

    name = StringField(
        _l("Full name"), [InputRequired()], description=_l("As it stands on the identity card")
    )
    day = StringField(_l("Date of birth"), render_kw={"data-date": "", "placeholder": "dd/mm/yyyy"})
    moment = StringField(
        _l("New appointment"),
        render_kw={"data-datetime": "", "placeholder": "dd/mm/yyyy hh:mm"},
    )
    amount = StringField(_l("Amount"), render_kw={"data-money": ""}, default="1250000")
    kind = SelectField(_l("Kind"), choices=[("a", _l("Citizen")), ("b", _l("Enterprise"))])
    unit = SelectField(
        _l("Unit"),
        choices=[("", "–")],
        validate_choice=False,
        render_kw={"data-remote": "/danh-muc/officer/pick/unit"},
    )
    states = SelectMultipleField(_l("Status"), choices=[])
    file = FileField(_l("File"), description=_l("PDF, JPEG, PNG, TIFF or HEIC"))
    way = RadioField(
        _l("Result received"),
        choices=[("counter", _l("At this counter")), ("post", _l("By public post"))],
        default="counter",
    )
    secret = PasswordField(_l("Password"), render_kw={"data-password": ""})
    agreed = BooleanField(_l("The slip was collected"), default=True)
    note = TextAreaField(_l("Note"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.states.choices = [(status.value, title(status)) for status in Status]


@blueprint.get("/style")
@access.permission("can_use", "Style")
def show() -> str:
    """One theme and one density at a time; `giao-dien` and `mat-do` choose them."""
    theme = request.args.get("giao-dien", "")
    density = request.args.get("mat-do", "")
    return access.page(
        "style/index.html",
        title=gettext("Style page"),
        theme=theme if theme in THEMES else "",
        density=density if density in DENSITIES else "",
        colours=COLOURS,
        spaces=SPACES,
        sizes=SIZES,
        statuses=list(Status),
        steps=list(StepState),
        lefts=_lefts(),
        form=Sample(formdata=None),
        refused=_refused(),
        rows=_rows(),
        events=_events(),
    )


def _lefts() -> list[Remaining | None]:
    return [
        Remaining(False, 5, 2, 0, 2520),
        Remaining(False, 0, 2, 30, 150),
        Remaining(False, 0, 0, 0, 0),
        Remaining(True, 2, 0, 0, 960),
    ]


def _refused() -> Sample:
    form = Sample(formdata=None)
    form.name.errors = [gettext("Write the full name.")]
    form.day.data = "31/02/2026"
    form.day.errors = [gettext("This is not a day of the calendar.")]
    form.amount.errors = [gettext("Write whole đồng, such as 1.250.000.")]
    return form


def _rows() -> list[tuple[Any, ...]]:
    return [
        ("H15.36.00-261126-0001", "Nguyễn Thị Ướt", 1_250_000, True, present.now()),
        ("H15.36.00-261126-0002", "Y Bhăm Niê Kđăm", 0, False, present.now().date()),
        ("H15.36.00-261126-0003", "Công ty TNHH Đỗ Quyên", 15_000, None, None),
    ]


def _events() -> list[dict[str, Any]]:
    now = present.now()
    return [
        {"title": gettext("Received"), "at": now, "actor": "Trần Thanh Hùng", "icon": "bi-inbox"},
        {
            "title": gettext("Sent back"),
            "at": now,
            "actor": "Lê Thị Mỹ",
            "icon": "bi-arrow-counterclockwise",
            "text": gettext("A reason stands here."),
        },
    ]
