"""Reading what was typed into one field: a value of its kind, or the message that stands at its input."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from domain import days, formula, identity, land, money, names
from domain.data_files import read_files
from domain.data_words import written
from domain.errors import DomainError
from domain.field_kinds import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_ROWS,
    PARTS,
    FieldKind,
    FieldSpec,
    Values,
)
from domain.unicode import nfc

#: Digits before the comma that a number may have.
_DIGITS = 12


def worked_out(spec: FieldSpec, values: Mapping[str, Any], today: dt.date) -> Any:
    """What a calculated field comes to, in the shape of its kind; None where it comes to nothing."""
    try:
        return _as_kind(spec, formula.evaluate(spec.calculated, values, today))
    except (DomainError, TypeError, ValueError, ArithmeticError):
        return None


def _as_kind(spec: FieldSpec, value: Any) -> Any:
    if value is None or value == "":
        return None
    if spec.kind is FieldKind.money:
        return int(Decimal(value).to_integral_value())
    if spec.kind is FieldKind.number:
        return round(Decimal(value), 6)
    if spec.kind is FieldKind.date:
        return value if isinstance(value, dt.date) else None
    if spec.kind is FieldKind.yes_no:
        return bool(value)
    return str(value)[:LONGEST_TEXT]


def read(
    spec: FieldSpec, raw: Any, path: str, problems: dict[str, DomainError], today: dt.date
) -> Any:
    """The value of a field of any kind; what is wrong is added to `problems`, by its path."""
    if spec.kind is FieldKind.group:
        return _rows(spec, raw, path, problems, today)
    if spec.kind in PARTS:
        return _parts(spec, raw, path, problems, today)
    if spec.kind is FieldKind.file:
        return read_files(spec, raw, path, problems)
    if spec.kind is FieldKind.choices:
        chosen = [str(code) for code in raw or () if code] if not isinstance(raw, str) else [raw]
        return _chosen(spec, [c for c in chosen if c], path, problems)
    try:
        return parse(spec, raw, path, today)
    except DomainError as error:
        problems[path] = error
        return None


def _chosen(
    spec: FieldSpec, codes: list[str], path: str, problems: dict[str, DomainError]
) -> list[str] | None:
    known = [code for code, _ in spec.choices]
    if not set(codes) <= set(known):
        problems[path] = DomainError("value.choice", field=path)
    return list(dict.fromkeys(codes)) or None


def _parts(
    spec: FieldSpec, raw: Any, path: str, problems: dict[str, DomainError], today: dt.date
) -> dict[str, Any] | None:
    given = raw if isinstance(raw, Mapping) else {}
    found: dict[str, Any] = {}
    for part, kind in PARTS[spec.kind].items():
        place = f"{path}-{part}"
        try:
            value = _part(spec.kind, part, kind, given.get(part), place, today)
        except DomainError as error:
            problems[place] = error
            continue
        if value is not None:
            found[part] = value
    if found and spec.kind in _NAMED and "name" not in found and f"{path}-name" not in problems:
        problems[f"{path}-name"] = DomainError("name.required", field=f"{path}-name")
    return found or None


_NAMED = (FieldKind.person, FieldKind.organisation)


def _part(owner: FieldKind, part: str, kind: FieldKind, raw: Any, path: str, today: dt.date) -> Any:
    text = _text(raw)
    if text and part == "name":
        return names.clean_name(text, organisation=owner is FieldKind.organisation, field=path)
    if text and owner is FieldKind.land_parcel:
        if part == "area":
            return land.read_area(text, field=path)
        if part in ("map_sheet", "parcel_no"):
            return land.check_parcel(text, field=path)
    if text and part == "birth_date":
        return identity.check_birth_date(days.read(text, today), today, field=path)
    return parse(FieldSpec(path, path, kind), raw, path, today)


def _rows(
    spec: FieldSpec, raw: Any, path: str, problems: dict[str, DomainError], today: dt.date
) -> list[Values] | None:
    """The rows in which something is written; an empty one is no row."""
    given = (
        [row for row in raw or () if isinstance(row, Mapping)] if not isinstance(raw, str) else []
    )
    if len(given) > MOST_ROWS:
        problems[path] = DomainError("data.too_many", field=path, limit=MOST_ROWS)
        given = given[:MOST_ROWS]
    found: list[Values] = []
    for place, row in enumerate(given):
        if not any(_text(value) for value in row.values()):
            continue
        values = {
            c.key: read(c, row.get(c.key), f"{path}-{place}-{c.key}", problems, today)
            for c in spec.columns
            if not c.calculated
        }
        _finish_row(spec, values, f"{path}-{place}", problems, today)
        found.append({key: value for key, value in values.items() if value is not None})
    return found or None


def _finish_row(
    spec: FieldSpec, values: Values, path: str, problems: dict[str, DomainError], today: dt.date
) -> None:
    for column in spec.columns:
        place = f"{path}-{column.key}"
        if column.calculated:
            values[column.key] = worked_out(column, values, today)
        elif column.required and values[column.key] is None and place not in problems:
            problems[place] = DomainError("value.required", field=place)


def parse(spec: FieldSpec, raw: Any, path: str, today: dt.date) -> Any:
    """One plain value from what was typed, None for nothing. Errors stand at `path`."""
    if spec.kind is FieldKind.yes_no:
        return _yes_no(raw)
    text = _text(raw, keep_lines=spec.kind is FieldKind.long_text)
    if not text:
        return None
    try:
        value = _PARSERS.get(spec.kind, _line)(text, spec, path)
    except DomainError as error:
        raise DomainError(error.code, field=path, **error.facts) from None
    _bounds(spec, value, path, today)
    return value


def _text(raw: Any, *, keep_lines: bool = False) -> str:
    if raw is None or isinstance(raw, list | Mapping):
        return ""
    text = nfc(str(raw)).replace("\r\n", "\n").replace("\x00", "")
    if keep_lines:
        return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
    return " ".join(text.split())


def _yes_no(raw: Any) -> bool | None:
    if raw is None or raw == "":
        return None
    return raw is True or str(raw).strip().lower() in {
        "1",
        "y",
        "yes",
        "true",
        "on",
        "có",
        "co",
        "x",
    }


def _line(text: str, spec: FieldSpec, path: str) -> str:
    limit = LONGEST_TEXT if spec.kind is FieldKind.long_text else LONGEST_LINE
    if len(text) > limit:
        raise DomainError("value.too_long", field=path, limit=limit)
    return text


def _choice(text: str, spec: FieldSpec, path: str) -> str:
    for code, words in spec.choices:
        if text in (code, words):
            return code
    raise DomainError("value.choice", field=path)


def read_number(text: str, *, field: str | None = None) -> Decimal:
    """A number as it is written here: 1.250,5 or 12,5; 12.5 where no thousands are meant.

    Errors: number.invalid.
    """
    plain = text.replace(" ", "").replace("\u00a0", "")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    if "," in digits:
        whole, _, rest = digits.partition(",")
        digits = f"{whole.replace('.', '')}.{rest}" if _grouped(whole) else "?"
    elif _grouped(digits) and "." in digits:
        digits = digits.replace(".", "")
    try:
        if not digits.isascii() or not digits.replace(".", "", 1).isdigit():
            raise InvalidOperation
        number = Decimal(sign + digits)
    except InvalidOperation:
        raise DomainError("number.invalid", field=field) from None
    if number.adjusted() >= _DIGITS or number != round(number, 6):
        raise DomainError("number.invalid", field=field)
    return number


def _grouped(digits: str) -> bool:
    """Whether dots stand between thousands only, or nowhere."""
    first, *rest = digits.split(".")
    return (
        first.isdigit()
        and len(first) <= 3 * (1 if rest else _DIGITS)
        and all(len(part) == 3 and part.isdigit() for part in rest)
    )


def _amount(text: str, _spec: FieldSpec, path: str) -> int:
    amount = money.parse_vnd(text)
    if amount > 10**15:
        raise DomainError("money.invalid", field=path)
    return amount


_PARSERS: dict[FieldKind, Callable[[str, FieldSpec, str], Any]] = {
    FieldKind.choice: _choice,
    FieldKind.number: lambda text, _spec, path: read_number(text, field=path),
    FieldKind.money: _amount,
    FieldKind.date: lambda text, _spec, _path: days.read(text),
    FieldKind.id_number: lambda text, _spec, path: identity.normalise_id_number(text, field=path),
    FieldKind.tax_code: lambda text, _spec, path: identity.check_tax_code(text, field=path),
    FieldKind.phone: lambda text, _spec, path: identity.normalise_phone(text, field=path),
    FieldKind.email: lambda text, _spec, path: identity.check_email(text, field=path),
}


def _bounds(spec: FieldSpec, value: Any, path: str, today: dt.date) -> None:
    if isinstance(value, dt.date):
        if not 1800 <= value.year <= 2200:
            raise DomainError("date.invalid", field=path)
        number: Any = (value - today).days
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        number = value
    else:
        return
    least, most = spec.least, spec.most
    if (least is None or number >= least) and (most is None or number <= most):
        return
    if isinstance(value, dt.date):
        raise DomainError("value.invalid", field=path)
    shown = {
        name: written(bound)
        for name, bound in (("least", least), ("most", most))
        if bound is not None
    }
    code = "data.range" if len(shown) == 2 else f"data.{next(iter(shown))}"
    raise DomainError(code, field=path, **shown)
