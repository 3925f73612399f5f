"""Form fields of the hand-written pages: days, đồng and identifiers as people type them.

What was typed is shown again as it was typed; it becomes a value only if it can be read.
"""

import datetime as dt
import uuid
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape
from wtforms import HiddenField, StringField

from domain import days, money
from domain.errors import DomainError
from models.ids import uuid7

_EARLIEST = dt.date(1900, 1, 1)


def read_day(
    text: str, earliest: dt.date = _EARLIEST, latest: dt.date | None = None
) -> dt.date | None:
    """The day written as 1/2/26, 01-02-2026 or 010226; None for an empty text. Errors: date.*.

    latest: today, where the day lies in the past; it decides the century of a short year.
    """
    if not text.strip():
        return None
    day = days.read(text, latest)
    if day < earliest:
        raise DomainError("date.invalid")
    return day


def write_day(day: dt.date | None) -> str:
    """dd/mm/yyyy, empty for none."""
    return f"{day:%d/%m/%Y}" if day else ""


class _Read(StringField):
    """A text that is read into a value; a refusal of the domain stands at the field."""

    def read(self, text: str) -> Any:
        raise AssertionError("a kind of field says how it reads")

    def write(self, value: Any) -> str:
        return "" if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        if not valuelist:
            return
        self.data = None
        try:
            self.data = self.read(str(valuelist[0]))
        except DomainError as error:
            raise ValueError(error.text(gettext)) from None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.write(self.data)


class DayField(_Read):
    """A day, dd/mm/yyyy."""

    def read(self, text: str) -> dt.date | None:
        return read_day(text)

    def write(self, value: dt.date | None) -> str:
        return write_day(value)


class MoneyField(_Read):
    """Whole đồng; None when empty."""

    def read(self, text: str) -> int | None:
        amount = money.parse_vnd(text) if text.strip() else None
        if amount is not None and amount > 10**15:
            raise DomainError("money.invalid")
        return amount

    def write(self, value: int | None) -> str:
        return "" if value is None else money.format_vnd(value)


def read_key(text: str | None) -> str | None:
    """The key of an act, if it is a UUID at all."""
    try:
        return str(uuid.UUID(str(text)))
    except ValueError:
        return None


class KeyField(HiddenField):
    """The key of an act: the one that was sent, if it is a UUID at all, else a new one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep a key that can be one."""
        self.data = read_key(valuelist[0] if valuelist else None) or uuid7()

    def process_data(self, value: Any) -> None:
        """The given key, or a new one."""
        self.data = value or uuid7()

    def _value(self) -> str:
        return str(self.data)


class QuickInput:
    """A line to type in, drawn like the library's but several times as fast: a form of two hundred data
    fields is mostly this."""

    input_type = "text"

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        pairs = {"id": field.id, "name": field.name, "type": "text", "value": field._value()}
        if field.flags.required:
            attributes.setdefault("required", True)
        return Markup("<input{}>").format(_written({**pairs, **attributes}))


def _written(attributes: dict[str, Any]) -> Markup:
    """Attributes as they stand in a tag; `aria_label` is aria-label, True a bare name, False none."""
    found = []
    for name, value in attributes.items():
        name = "class" if name == "class_" else name.replace("_", "-")
        if value is True:
            found.append(f" {name}")
        elif value is not False and value is not None:
            found.append(f' {name}="{escape(value)}"')
    return Markup("".join(found))
