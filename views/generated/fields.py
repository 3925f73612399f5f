"""Form fields by kind of column. All of them read and write through `values`."""

from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_appbuilder.forms import DynamicForm
from flask_babel import gettext
from markupsafe import Markup
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.widgets import html_params

from domain.errors import DomainError
from domain.names import fold
from models.base import Row, db
from views.generated import values
from views.generated.columns import Column, Register
from views.generated.titles import title

#: A relation with at most so many rows is a plain list, which works without scripts.
PLAIN_CHOICES = 50
_MARKS = {"date": "data-date", "moment": "data-datetime", "money": "data-money"}
_SHAPES = {"date": "dd/mm/yyyy", "moment": "dd/mm/yyyy hh:mm", "time": "hh:mm"}


class Typed:
    """Mixin: what was typed is kept as typed, and becomes a value only if it can be read."""

    column: Column
    raw_data: list[Any] | None
    typed = ""

    def process_data(self, value: Any) -> None:
        """Show a value."""
        self.data = value
        self.typed = values.text(self.column, value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; a sentence of the domain becomes the message at the field."""
        self.typed = str(valuelist[0]) if valuelist else ""
        self.data = None
        try:
            self.data = values.read(self.column, self.typed)
        except DomainError as error:
            raise ValueError(error.text(gettext)) from None

    def _value(self) -> str:
        return self.typed


class _Select:
    """A select of what may be chosen, or, for a long list, of what is chosen and where to ask."""

    def __call__(self, field: "ViSelect", **attributes: Any) -> Markup:
        attributes.setdefault("id", field.id)
        chosen, offered = field.chosen(), field.offered()
        if offered is None:
            attributes["data-remote"] = field.url()
            offered = [chosen] if chosen else []
        else:
            attributes["data-pick"] = True
        if not (field.column.required and chosen):
            offered = [("", ""), *offered]
        value = chosen[0] if chosen else ""
        options = [_option(code, words, code == value) for code, words in offered]
        return Markup("<select {}>{}</select>").format(
            Markup(html_params(name=field.name, **attributes)), Markup("").join(options)
        )


def _option(value: str, words: str, chosen: bool) -> Markup:
    mark = Markup(" selected") if chosen else ""
    return Markup('<option value="{}"{}>{}</option>').format(value, mark, words)


class ViSelect(Typed, Field):  # type: ignore[misc]
    """A closed list, or a related row, which is looked up inside the scope of the session."""

    widget = _Select()
    endpoint = ""

    def chosen(self) -> tuple[str, str] | None:
        """(code, words) of the value."""
        if self.data is None:
            return None
        if self.column.kind == "choice":
            return self.data.value, title(self.data)
        return self.data.id, str(self.data)

    def offered(self) -> list[tuple[str, str]] | None:
        """(code, words) of all there is, or None if that is more than a page should carry."""
        if self.column.kind == "choice":
            return [(m.value, title(m)) for m in self.column.members or ()]
        target = self.column.target
        assert target is not None
        rows = db.session.scalars(sa.select(target).limit(PLAIN_CHOICES + 1)).all()
        if len(rows) > PLAIN_CHOICES:
            return None
        return sorted(((row.id, str(row)) for row in rows), key=lambda pair: fold(pair[1]))

    def url(self) -> str:
        """Where the picker asks."""
        return url_for(f"{self.endpoint}.pick", relation=self.column.name)


def field_of(column: Column, endpoint: str) -> Any:
    """The unbound form field of a column."""
    common = {"label": column.ui.label, "description": column.ui.help or ""}
    if column.kind == "yes_no":
        return BooleanField(default=column.default, **common)
    name, base = _class_of(column)
    made = type(name, (base,), {"column": column, "endpoint": endpoint})
    return made(default=column.default, render_kw=_attributes(column), **common)


def _class_of(column: Column) -> tuple[str, type[Any]]:
    """The name by which the templates know the field, and its class."""
    if column.kind in {"relation", "choice"}:
        return "SelectField", ViSelect
    if column.ui.multiline:
        return "TextAreaField", type("ViLong", (Typed, TextAreaField), {})
    return "StringField", type("ViText", (Typed, StringField), {})


def _attributes(column: Column) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if column.kind in _MARKS:
        out[_MARKS[column.kind]] = True
    if column.ui.past:
        out["data-past"] = True
    if column.kind in _SHAPES:
        out["placeholder"] = _SHAPES[column.kind]
    if column.length:
        out["maxlength"] = column.length
    if column.numeric:
        out["inputmode"] = "numeric" if column.kind != "decimal" else "decimal"
    return out


class McForm(DynamicForm):  # type: ignore[misc]
    """A generated form. `seen` carries the stamp of the row that was shown."""

    declared: Register
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in self.declared.where("edited"):
            if column.required:
                self[column.name].flags.required = True

    def values(self) -> dict[str, Any]:
        """Column → value of a valid form."""
        return {c.name: self[c.name].data for c in self.declared.where("edited")}

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or above the form."""
        sentence = error.text(gettext)
        if error.field and error.field in self._fields:
            self[error.field].errors = [*self[error.field].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]

    def compare(self, row: Row, stamp: str) -> None:
        """Say at each field what is stored now, and let the person decide; `stamp` is of that row."""
        self.seen.data = self.seen.raw_data = stamp
        for column in self.declared.where("edited"):
            stored = getattr(row, column.name)
            if stored != self[column.name].data:
                words = values.text(column, stored) or "–"
                sentence = gettext("Stored now: %(value)s", value=words)
                self[column.name].errors = [*self[column.name].errors, sentence]


def form_of(register: Register, endpoint: str) -> type[McForm]:
    """The form class of a register: its edited columns in the order of their declaration."""
    fields = {c.name: field_of(c, endpoint) for c in register.where("edited")}
    return type(f"{register.name}Form", (McForm,), {"declared": register, **fields})
