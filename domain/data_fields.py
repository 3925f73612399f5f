"""The data that a procedure asks for, as an administrator has defined it: kinds of fields, reading what
was typed, conditions, calculated values.

A value has the shape of its kind: text kinds a text, `number` a Decimal, `money` whole đồng (int), `date` a
day, `yes_no` a bool, `choices` a list of codes, `person`, `organisation`, `address` and `land_parcel` texts
by part, `group` a list of rows (column → value). Not filled in is None everywhere.
`freeze` gives JSON, `thaw` takes it back. No article of law says what is asked: the decree that the
procedure names does.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from graphlib import CycleError, TopologicalSorter
from typing import Any

from domain import days, formula, identity, land, money, names
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from domain.unicode import nfc

Values = dict[str, Any]
#: A text fits in a paper; a table of a dossier is not a data file.
LONGEST_LINE, LONGEST_TEXT, MOST_ROWS = 500, 4000, 100
_DIGITS = 12


#: Kinds that have parts, each a text of its own with its kind.
PARTS: dict[FieldKind, dict[str, FieldKind]] = {
    FieldKind.person: {
        "name": FieldKind.text,
        "id_number": FieldKind.id_number,
        "birth_date": FieldKind.date,
        "phone": FieldKind.phone,
        "address": FieldKind.text,
    },
    FieldKind.organisation: {
        "name": FieldKind.text,
        "tax_code": FieldKind.tax_code,
        "representative": FieldKind.text,
        "address": FieldKind.text,
    },
    FieldKind.address: {"commune": FieldKind.text, "detail": FieldKind.text},
    FieldKind.land_parcel: {
        "map_sheet": FieldKind.text,
        "parcel_no": FieldKind.text,
        "area": FieldKind.number,
        "address": FieldKind.text,
    },
}
#: Kinds that a column of a table may have.
IN_ROWS = frozenset(FieldKind) - {
    *(*PARTS, FieldKind.choices, FieldKind.long_text),
    *(FieldKind.group, FieldKind.heading),
}
#: Kinds with a closed list.
LISTS = frozenset({FieldKind.choice, FieldKind.choices})


@dataclass(frozen=True)
class FieldSpec:
    """One field. `choices` are (code, words); formulas are text, empty for none.

    least, most: bounds of a number or amount, or of the days from today for a date (least=0: not in the
    past). stages: where it is filled in, `intake` or the position of a step as text; empty: intake.
    readers: names of roles that see it, empty for all who see the dossier. columns: of a group.
    """

    key: str
    label: str
    kind: FieldKind = FieldKind.text
    label_en: str = ""
    help: str = ""
    required: bool = False
    required_if: str = ""
    show_if: str = ""
    calculated: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    check: str = ""
    check_message: str = ""
    stages: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    columns: tuple["FieldSpec", ...] = ()
    listed: bool = False
    searched: bool = False

    @property
    def asks(self) -> bool:
        """Whether a person fills it in."""
        return self.kind is not FieldKind.heading and not self.calculated

    def stands_at(self, stage: str) -> bool:
        """Whether it belongs to the form of the counter (`intake`) or of a step (its position)."""
        return stage in (self.stages or {INTAKE})

    def filled_at(self, stage: str) -> bool:
        """Whether a person fills it in there."""
        return self.asks and self.stands_at(stage)


INTAKE = "intake"


@dataclass(frozen=True)
class Filled:
    """What came of reading: the values, the keys that are shown, and problems by path.

    A path is the name of the input: `key`, `key-part`, `key-row-column`.
    """

    values: Values
    shown: frozenset[str]
    problems: dict[str, DomainError] = field(default_factory=dict)


def fill(
    fields: Sequence[FieldSpec],
    typed: Mapping[str, Any],
    *,
    today: dt.date,
    facts: Mapping[str, Any] | None = None,
    before: Values | None = None,
    stage: str | None = INTAKE,
) -> Filled:
    """Read what was typed into the fields of a stage; the other fields keep their value of `before`.

    typed: key → text, list of codes (choices), part → text, or rows. facts: other names that conditions
    may use, such as the cases of the visit. stage: None reads every field (an API, an import).
    Fields that are not shown have no value, calculated ones are worked out anew, and only what is shown
    is demanded. Nothing raises for what a person typed; a wrong definition does (formula.circle).
    """
    before = before or {}
    facts = facts or {}
    problems: dict[str, DomainError] = {}
    values: Values = {}
    shown: set[str] = set()
    for spec in ordered(fields):
        here = stage is None or spec.filled_at(stage)
        names_now = {**{f.key: None for f in fields}, **facts, **values}
        if spec.show_if and not _holds(spec.show_if, names_now, today):
            values[spec.key] = None
            continue
        shown.add(spec.key)
        if spec.calculated:
            values[spec.key] = _worked_out(spec, names_now, today)
        elif not here:
            values[spec.key] = before.get(spec.key)
        elif spec.asks:
            values[spec.key] = _read(spec, typed.get(spec.key), spec.key, problems, today)
    for spec in fields:
        if spec.key in shown and (stage is None or spec.filled_at(stage)):
            _demand(spec, {**facts, **values}, problems, today)
    kept = {f.key: values[f.key] for f in fields if values.get(f.key) is not None}
    return Filled(kept, frozenset(shown), problems)


def initial(fields: Iterable[FieldSpec]) -> dict[str, Any]:
    """What stands in the inputs of an empty form: the defaults, as typed."""
    return {f.key: f.default for f in fields if f.default and f.asks}


def ordered(fields: Sequence[FieldSpec]) -> list[FieldSpec]:
    """The fields, each after those that its visibility and its value depend on.

    Errors: formula.circle; formula.* for what cannot be read.
    """
    known = {f.key: f for f in fields}
    graph = {f.key: _needs(f) & known.keys() for f in fields}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = [known[key].label for key in error.args[1]]
        raise DomainError("formula.circle", fields=circle) from None
    return [known[key] for key in order]


def _needs(spec: FieldSpec) -> frozenset[str]:
    texts = (t for t in (spec.show_if, spec.calculated) if t)
    return frozenset().union(*(formula.parse(text).names for text in texts))


def _holds(text: str, values: Mapping[str, Any], today: dt.date) -> bool:
    """A condition over a field that is not there is not met: an old definition never stops the work."""
    try:
        return formula.holds(text, values, today)
    except DomainError:
        return False


def _worked_out(spec: FieldSpec, values: Mapping[str, Any], today: dt.date) -> Any:
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


# ---- what must be there --------------------------------------------------------------------------
def _demand(
    spec: FieldSpec, values: Values, problems: dict[str, DomainError], today: dt.date
) -> None:
    """Whether a field that is shown may stay as it is. A message that stands already is enough."""
    if any(path == spec.key or path.startswith(f"{spec.key}-") for path in problems):
        return
    value = values.get(spec.key)
    needed = spec.required or (spec.required_if and _holds(spec.required_if, values, today))
    if needed and value is None:
        first = next(iter(PARTS.get(spec.kind, ())), None)
        path = f"{spec.key}-{first}" if first else spec.key
        problems[path] = DomainError("value.required", field=path)
    elif value is not None and spec.check and not _holds(spec.check, values, today):
        problems[spec.key] = (
            DomainError("data.refused", field=spec.key, sentence=spec.check_message)
            if spec.check_message
            else DomainError("value.invalid", field=spec.key)
        )


# ---- reading one value ---------------------------------------------------------------------------
def _read(
    spec: FieldSpec, raw: Any, path: str, problems: dict[str, DomainError], today: dt.date
) -> Any:
    if spec.kind is FieldKind.group:
        return _rows(spec, raw, path, problems, today)
    if spec.kind in PARTS:
        return _parts(spec, raw, path, problems, today)
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
            c.key: _read(c, row.get(c.key), f"{path}-{place}-{c.key}", problems, today)
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
            values[column.key] = _worked_out(column, values, today)
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


# ---- JSON, words ---------------------------------------------------------------------------------
def freeze(values: Values) -> dict[str, Any]:
    """The values in JSON's types: days in ISO form, decimals as numbers."""
    return {key: _frozen(value) for key, value in values.items()}


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return freeze(value)
    if isinstance(value, list):
        return [_frozen(part) for part in value]
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
            _part_in_words(part, value[part]) for part in PARTS[spec.kind] if part in value
        )
    if spec.kind is FieldKind.money:
        return f"{written(value)} đồng"
    return written(value) if not isinstance(value, list) else ", ".join(map(str, value))


def _part_in_words(part: str, value: Any) -> str:
    return land.write_area(value) if part == "area" else written(value)
