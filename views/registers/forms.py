"""The form of an entry: number, day and holder beside the fields of the register; reasons of acts."""

import datetime as dt
from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from domain.data_fields import Filled, Values, typed_again
from domain.errors import DomainError
from models.register import Register, RegisterEntry
from services.acting import Actor
from services.dossier import data
from services.registers import definition, writing
from services.registers.entries import Typed
from views.data_form import DataForm, in_words, label_of
from views.fields import DayField, KeyField
from views.registers.asked import roles_of

_LINE = {"autocomplete": "off"}


class _Form(FlaskForm):  # type: ignore[misc]
    """`op_id` makes a form sent twice harmless, `version` makes a stale one known."""

    class Meta:
        csrf = False  # the application checks the token of every POST

    op_id = KeyField()
    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version looked at."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its field, or above the form."""
        sentence = error.text(gettext)
        if error.field in self._fields:
            self[error.field].errors = [*self[error.field].errors, sentence]
        else:
            self.form_errors = [*self.form_errors, sentence]


class ReasonForm(_Form):
    """An act that asks only why."""

    reason = TextAreaField(
        _l("Reason"), [InputRequired(), Length(max=2000)], render_kw={"rows": 3, **_LINE}
    )


class EntryForm(_Form):
    """What stands beside the fields of the register. Which of them there are depends on the act."""

    number = StringField(
        _l("Number"),
        [Length(max=60)],
        description=_l("Only for what was numbered on paper before; empty: the next number"),
        render_kw=_LINE,
    )
    registered_on = DayField(
        _l("Registered on"),
        description=_l("Empty: today"),
        render_kw={**_LINE, "data-date": "", "placeholder": "dd/mm/yyyy"},
    )
    holder = StringField(_l("Holder"), [InputRequired(), Length(max=300)], render_kw=_LINE)
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(max=2000)],
        description=_l("It stays in the history, for instance the decision it follows from"),
        render_kw={"rows": 2, **_LINE},
    )


class Sheet:
    """The whole form of an entry. `entry`: the one that is changed or replaced; None for a new one.

    typed: a posted form. Fields that whoever fills it in may not read keep the value that they have.
    """

    def __init__(
        self,
        register: Register,
        actor: Actor,
        today: dt.date,
        *,
        entry: RegisterEntry | None = None,
        fresh: bool = True,
        typed: Any = None,
    ) -> None:
        self.register, self.today, self.entry, self.fresh = register, today, entry, fresh
        #: With which status it is shown again when it could not be carried out.
        self.status = 422
        self.fields = definition.fields_of(register)
        self.stored: Values = writing.values_of(entry, register) if entry is not None else {}
        seen = definition.seen_fields(self.fields, roles_of(actor))
        self.hidden = [f for f in self.fields if f not in seen]
        self.form = self._form(typed)
        self.data = DataForm(
            seen,
            typed=typed,
            values=self.stored if entry is not None else None,
            watched=_watched(register),
            uploads=False,
        )
        self.filled: Filled = writing.read(register, self._typed(), today)
        self.data.show(self.filled.shown, self.filled.values)

    def _form(self, typed: Any) -> EntryForm:
        entry, given = self.entry, {}
        if entry is not None:
            given = {"holder": entry.holder, "version": entry.version}
        form = EntryForm(formdata=typed, data=given)
        if not self.fresh:
            del form.number, form.registered_on
        if entry is None:
            del form.reason
        if self.register.holder_key:
            del form.holder
        return form

    def _typed(self) -> dict[str, Any]:
        """What the verbs take: what stands in the inputs, and what is kept of the fields not shown."""
        kept = {
            f.key: typed_again(f, self.stored[f.key])
            for f in self.hidden
            if f.key in self.stored and f.asks
        }
        return {**kept, **self.data.typed}

    @property
    def typed(self) -> Typed:
        """What was typed, as the verbs of `services.registers.entries` take it."""
        fields = {f.name: f.data for f in self.form}
        return Typed(
            self._typed(),
            number=str(fields.get("number") or ""),
            registered_on=fields.get("registered_on"),
            holder=str(fields.get("holder") or ""),
        )

    def validate(self) -> bool:
        """Whether it can be sent on; every message stands at its input."""
        good = self.form.validate()
        for path, error in self.filled.problems.items():
            self.refuse(
                error if error.field else DomainError(error.code, field=path, **error.facts)
            )
        return bool(good) and not self.filled.problems

    def refuse(self, error: DomainError) -> None:
        """Put a refusal at its input; of a field that is not on the page above the form, by its label."""
        if error.field in self.data.by_path:
            self.data.refuse({error.field: error})
            return
        label = next(
            (f.label for f in self.fields if f.key == (error.field or "").split("-")[0]), ""
        )
        if label:
            self.form.form_errors = [*self.form.form_errors, f"{label}: {error.text(gettext)}"]
        else:
            self.form.refuse(error)

    def mark_what_can_be_read(self) -> None:
        """What was typed wrongly, while somebody is still filling in: what is missing is not told yet."""
        told = {p: e for p, e in self.filled.problems.items() if e.code != "value.required"}
        self.data.refuse(told)

    @property
    def wrong(self) -> bool:
        """Whether any message stands in it."""
        return bool(self.form.errors or self.form.form_errors or self.data.errors)

    def differences(self) -> list[tuple[str, str, str]]:
        """(label, stored now, typed here) of what differs, for whoever was overtaken by somebody else."""
        rows = [
            (label_of(f), in_words(f, self.stored.get(f.key)), in_words(f, now))
            for f in self.data.specs
            if (now := self.filled.values.get(f.key)) != self.stored.get(f.key)
        ]
        if "holder" in self.form and self.entry and self.form.holder.data != self.entry.holder:
            typed = str(self.form.holder.data or "")
            rows.insert(0, (str(self.form.holder.label.text), self.entry.holder, typed))
        return rows


def _watched(register: Register) -> frozenset[str]:
    """The fields that something else of the form depends on."""
    fields = definition.fields_of(register)
    keys = {f.key for f in fields}
    texts = (t for f in fields for t in (f.show_if, f.calculated, f.required_if) if t)
    return frozenset(name for text in texts for name in data.formula_names(text) & keys)
