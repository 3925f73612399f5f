"""Values of fields as JSON, in words, and as they stand in the inputs of a form."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain import land, money
from domain.data_files import FileRef, frozen_file, thawed_files
from domain.field_kinds import LISTS, PARTS, FieldKind, FieldSpec, Values


def freeze(values: Values) -> dict[str, Any]:
    """The values in JSON's types: days in ISO form, decimals as numbers."""
    return {key: _frozen(value) for key, value in values.items()}


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return freeze(value)
    if isinstance(value, list):
        return [_frozen(part) for part in value]
    if isinstance(value, FileRef):
        return frozen_file(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def thaw(fields: Iterable[FieldSpec], kept: Mapping[str, Any]) -> Values:
    """The values of these fields from JSON; what no field asks for any more stays aside."""
    found = {f.key: _thawed(f, kept[f.key]) for f in fields if kept.get(f.key) is not None}
    return {key: value for key, value in found.items() if value is not None}


def _thawed(spec: FieldSpec, value: Any) -> Any:
    if spec.kind is FieldKind.group and isinstance(value, list):
        return [thaw(spec.columns, row) for row in value if isinstance(row, dict)]
    if spec.kind is FieldKind.file:
        return thawed_files(value) if isinstance(value, list) else None
    if spec.kind in PARTS and isinstance(value, dict):
        parts = (FieldSpec(part, part, kind) for part, kind in PARTS[spec.kind].items())
        return thaw(parts, value)
    if spec.kind is FieldKind.date and isinstance(value, str):
        return dt.date.fromisoformat(value)
    if spec.kind is FieldKind.number and isinstance(value, int | float):
        return Decimal(str(value))
    return value


def written(value: Any) -> str:
    """A plain value as it is typed and printed here: 1.250,5; 01/02/2026; yes is 1, no is 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        whole, _, rest = f"{value:,f}".partition(".")
        rest = rest.rstrip("0")
        return whole.replace(",", ".") + ("," + rest if rest else "")
    return money.format_vnd(value) if isinstance(value, int) else str(value)


def typed_again(spec: FieldSpec, value: Any) -> Any:
    """A value as it stands in the inputs of a form: what `fill` reads back as the same value."""
    if isinstance(value, dict):
        return {part: written(text) for part, text in value.items()}
    if spec.kind is FieldKind.group:
        known = {c.key: c for c in spec.columns}
        return [
            {key: typed_again(known[key], part) for key, part in row.items() if key in known}
            for row in value or ()
        ]
    return list(value) if isinstance(value, list) else written(value)


def words(spec: FieldSpec, value: Any, yes: str = "Có", no: str = "Không") -> str:
    """A value in words on one line, for lists, exports and papers: a choice by its words."""
    if value is None:
        return ""
    if spec.kind is FieldKind.yes_no:
        return yes if value else no
    if spec.kind in LISTS:
        known = dict(spec.choices)
        codes = value if isinstance(value, list) else [value]
        return ", ".join(known.get(code, str(code)) for code in codes)
    if spec.kind is FieldKind.group:
        rows = (
            ", ".join(w for c in spec.columns if (w := words(c, row.get(c.key), yes, no)))
            for row in value
        )
        return "; ".join(rows)
    if isinstance(value, dict):
        return ", ".join(
            part_in_words(part, value[part]) for part in PARTS[spec.kind] if part in value
        )
    if spec.kind is FieldKind.money:
        return f"{written(value)} đồng"
    return written(value) if not isinstance(value, list) else ", ".join(map(str, value))


def part_in_words(part: str, value: Any) -> str:
    """A part of a person, organisation, address or parcel as it is printed."""
    return land.write_area(value) if part == "area" else written(value)
