"""The data of a procedure as a JSON Schema (draft 2020-12), to which the values as JSON conform."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from domain.data_files import most_files
from domain.field_kinds import (
    LISTS,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_ROWS,
    PARTS,
    FieldKind,
    FieldSpec,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PATTERNS = {
    FieldKind.id_number: r"^(\d{9}|\d{12})$",
    FieldKind.phone: r"^0\d{9,10}$",
}

#: A file as it is given to programs: its content is fetched from `url`.
_FILE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "size": {"type": "integer", "minimum": 1},
        "pages": {"type": "integer", "minimum": 1},
        "url": {"type": "string", "format": "uri-reference"},
    },
    "required": ["name", "size", "pages", "url"],
    "additionalProperties": False,
}


def schema(fields: Iterable[FieldSpec], title: str) -> dict[str, Any]:
    """An object with a property for each field. Conditions are given as they are written (`x-…`): what
    they demand cannot be said here, so only what is always required is `required`."""
    asked = [f for f in fields if f.kind is not FieldKind.heading]
    return {"$schema": DIALECT, "title": title, **_object(asked)}


def _object(fields: Iterable[FieldSpec]) -> dict[str, Any]:
    fields = list(fields)
    always = [f.key for f in fields if f.required and not f.show_if]
    made: dict[str, Any] = {
        "type": "object",
        "properties": {f.key: _property(f) for f in fields},
        "additionalProperties": False,
    }
    return {**made, "required": always} if always else made


def _property(spec: FieldSpec) -> dict[str, Any]:
    said = {
        "description": spec.help,
        "x-show-if": spec.show_if,
        "x-required-if": spec.required_if,
        "x-check": spec.check,
        "x-calculated": spec.calculated,
    }
    return {
        "title": spec.label,
        **_type(spec),
        **{name: text for name, text in said.items() if text},
    }


def _type(spec: FieldSpec) -> dict[str, Any]:
    kind = spec.kind
    if kind is FieldKind.group:
        return {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ROWS,
            "items": _object(spec.columns),
        }
    if kind is FieldKind.file:
        return {"type": "array", "minItems": 1, "maxItems": most_files(spec), "items": _FILE}
    if kind in PARTS:
        parts = (FieldSpec(part, part, of) for part, of in PARTS[kind].items())
        return _object(parts)
    if kind in LISTS:
        one = {"enum": [code for code, _ in spec.choices]}
        if kind is FieldKind.choice:
            return one
        return {"type": "array", "items": one, "uniqueItems": True, "minItems": 1}
    if kind in (FieldKind.number, FieldKind.money):
        bounds = {"minimum": spec.least, "maximum": spec.most}
        made = {name: _number(value) for name, value in bounds.items() if value is not None}
        return {"type": "integer" if kind is FieldKind.money else "number", **made}
    if kind is FieldKind.yes_no:
        return {"type": "boolean"}
    if kind is FieldKind.date:
        return {"type": "string", "format": "date"}
    longest = LONGEST_TEXT if kind is FieldKind.long_text or spec.calculated else LONGEST_LINE
    pattern = {"pattern": _PATTERNS[kind]} if kind in _PATTERNS else {}
    return {"type": "string", "minLength": 1, "maxLength": longest, **pattern}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
