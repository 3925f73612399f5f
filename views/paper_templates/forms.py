"""What the editor and the form of a new template ask for."""

from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from domain.errors import DomainError
from models.paper_template import SheetSize

SIZES = [
    (SheetSize.a5.value, _l("A5, upright")),
    (SheetSize.a4.value, _l("A4, upright")),
    (SheetSize.a4_landscape.value, _l("A4, across")),
]
_LINE = {"autocomplete": "off"}


class _Form(FlaskForm):  # type: ignore[misc]
    class Meta:
        csrf = False  # the application checks the token of every POST

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or above the form."""
        sentence = error.text(gettext)
        if error.field in self._fields:
            self[error.field].errors = [*self[error.field].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]


class TemplateForm(_Form):
    """One version of a template, with the stamp of what was shown."""

    seen = HiddenField()
    name = StringField(_l("Name of the paper"), [InputRequired(), Length(max=300)], render_kw=_LINE)
    size = SelectField(_l("Sheet"), choices=SIZES)
    note = StringField(
        _l("What is new"),
        [Length(max=500)],
        description=_l("Why it was changed, such as the number of a circular"),
        render_kw=_LINE,
    )
    body = TextAreaField(_l("Template"), [InputRequired()])

    def values(self) -> dict[str, Any]:
        """Arguments of `services.paper_templates.change`."""
        return {name: self[name].data or "" for name in ("name", "size", "note", "body")}


class NewForm(_Form):
    """Of what a template is made: a form that comes with the product, or nothing."""

    op_id = HiddenField()
    form = SelectField(_l("Made from"), validate_choice=False)
    name = StringField(
        _l("Name of the paper"),
        [Length(max=300)],
        description=_l("Empty: the name of the form it is made from"),
        render_kw=_LINE,
    )
    procedure_id = SelectField(
        _l("Only for the procedure"),
        validate_choice=False,
        choices=[],
        description=_l("Empty: for every procedure"),
    )
    procedure_code = StringField(_l("Procedure code"), [Length(max=40)], render_kw=_LINE)
