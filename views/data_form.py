"""The fields that a version asks for as inputs of a page: built from their definition, named by prefix.

The inputs of a field `dien_tich` under the prefix `d-` are `d-dien_tich`, those of its parts
`d-dien_tich-area`, those of the rows of a table `d-dien_tich-0-ten`. What was typed comes back as it was
typed; reading and checking is `domain.data_fields`' alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext as _l
from wtforms import Form, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.core import UnboundField

from domain.data_fields import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_ROWS,
    PARTS,
    FieldSpec,
    Values,
    initial,
    typed_again,
    words,
)
from domain.data_files import FileRef, most_files
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from services import reference
from views import data_files, present
from views.fields import QuickInput

PART_LABELS = {
    "name": _l("Full name"),
    "id_number": _l("ID number"),
    "birth_date": _l("Date of birth"),
    "phone": _l("Telephone"),
    "address": _l("Address"),
    "tax_code": _l("Tax code"),
    "representative": _l("Representative"),
    "commune": _l("Commune, ward"),
    "detail": _l("Hamlet, street, number"),
    "map_sheet": _l("Map sheet"),
    "parcel_no": _l("Parcel"),
    "area": _l("Area"),
}
_SHORT = frozenset(
    {
        *(FieldKind.number, FieldKind.money, FieldKind.date, FieldKind.yes_no, FieldKind.phone),
        *(FieldKind.id_number, FieldKind.tax_code),
    }
)
_MODES = {
    FieldKind.number: "decimal",
    FieldKind.money: "numeric",
    FieldKind.id_number: "numeric",
    FieldKind.phone: "tel",
    FieldKind.email: "email",
}


@dataclass
class Entry:
    """One field on the page: its definition and its inputs, by kind.

    input: of a plain field; parts: of a field with parts; rows: of a table, each (column, input);
    files: of a file field, each (text that names it in the form, file).
    """

    spec: FieldSpec
    label: str
    input: Any = None
    parts: list[Any] = field(default_factory=list)
    rows: list[list[tuple[FieldSpec, Any]]] = field(default_factory=list)
    files: list[tuple[str, FileRef]] = field(default_factory=list)
    worked_out: str = ""

    @property
    def most(self) -> int:
        """How many files it takes."""
        return most_files(self.spec)

    @property
    def short(self) -> bool:
        """Whether two of them stand beside one another."""
        return self.spec.kind in _SHORT

    @property
    def inputs(self) -> list[Any]:
        """All inputs of the field."""
        found = [self.input] if self.input is not None else []
        return [*found, *self.parts, *(one for row in self.rows for _, one in row)]


class DataForm:
    """Inputs for the fields that are filled in at a stage; the fields that are not shown stay hidden.

    typed: a posted form; without it the values, else the defaults stand in the inputs.
    watched: keys that conditions depend on; a change of them asks the server anew. uploads: whether files
    that were sent along are kept.
    """

    def __init__(
        self,
        specs: Sequence[FieldSpec],
        *,
        typed: Any = None,
        values: Values | None = None,
        prefix: str = "d-",
        watched: Collection[str] = (),
        uploads: bool = True,
    ) -> None:
        self.specs, self.prefix, self.watched = tuple(specs), prefix, frozenset(watched)
        self.given = None
        if typed is not None:
            self.given = typed_of(self.specs, typed, prefix, uploads=uploads)
        self.known = values
        self.shown: frozenset[str] = frozenset(s.key for s in self.specs)
        self.values: Values = values or {}

    # ---- what the page says back ---------------------------------------------------------------------
    @property
    def typed(self) -> dict[str, Any]:
        """What stands in the inputs, as `domain.data_fields.fill` takes it."""
        if self.given is not None:
            return self.given
        if self.known is not None:
            return {
                s.key: typed_again(s, self.known[s.key]) for s in self.specs if s.key in self.known
            }
        return initial(self.specs)

    def show(self, shown: Collection[str], values: Values) -> None:
        """Say which fields are shown and what the calculated ones come to."""
        self.shown, self.values = frozenset(shown), values

    def refuse(self, problems: Mapping[str, DomainError]) -> None:
        """Put each message at its input: path → error."""
        for path, error in problems.items():
            one = self.by_path.get(path)
            if one is not None and not one.errors:
                one.errors = [error.text(gettext)]

    @property
    def communes(self) -> Sequence[str]:
        """What the inputs of addresses propose; nothing where no address is asked for."""
        asked = any(e.spec.kind is FieldKind.address for e in self.visible)
        return reference.communes(present.now().date()) if asked else ()

    @property
    def errors(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """(id of the input, label of its field, sentences) of all that is wrong."""
        return [
            (one.id, entry.label, tuple(map(str, one.errors)))
            for entry in self.entries
            for one in entry.inputs
            if one.errors
        ]

    def words(self, spec: FieldSpec) -> str:
        """What a calculated field comes to, in words."""
        return in_words(spec, self.values.get(spec.key))

    # ---- what the page shows -------------------------------------------------------------------------
    @cached_property
    def by_path(self) -> dict[str, Any]:
        """Path (`key`, `key-part`, `key-0-column`) → input."""
        return {one.name.removeprefix(self.prefix): one for e in self.entries for one in e.inputs}

    @cached_property
    def entries(self) -> list[Entry]:
        """Every field in its order with its inputs, whether it is shown or not."""
        return [self._entry(spec) for spec in self.specs]

    @property
    def visible(self) -> list[Entry]:
        """The fields that are shown."""
        return [e for e in self.entries if e.spec.key in self.shown]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """(name, text) of what was typed into fields that are not shown now: it comes back with them."""
        gone = (e for e in self.entries if e.spec.key not in self.shown)
        pairs = [
            (one.name, one._value() if hasattr(one, "_value") else one.data)
            for e in gone
            for one in e.inputs
        ]
        files = [(e.input.name, text) for e in gone for text, _ in e.files]
        return [*((name, str(text)) for name, text in pairs if text), *files]

    def _entry(self, spec: FieldSpec) -> Entry:
        entry = Entry(spec, label_of(spec))
        raw = self.typed.get(spec.key)
        name = self.prefix + spec.key
        if spec.kind is FieldKind.heading:
            return entry
        if spec.kind is FieldKind.group:
            entry.rows = [self._row(spec, row, f"{name}-{n}") for n, row in self._lines(raw)]
        elif spec.kind in PARTS:
            given = raw if isinstance(raw, Mapping) else {}
            entry.parts = [
                self._bound(_part(part, kind, spec), f"{name}-{part}", given.get(part))
                for part, kind in PARTS[spec.kind].items()
            ]
            if spec.kind is FieldKind.address:
                entry.parts[0].render_kw["list"] = "communes"
        elif spec.calculated:
            entry.worked_out = spec.key
        elif spec.kind is FieldKind.file:
            refs = [one for one in raw or () if isinstance(one, FileRef)]
            entry.files = [(data_files.token(ref), ref) for ref in refs]
            entry.input = self._bound(spec, name, None)
        else:
            entry.input = self._bound(spec, name, raw)
        return entry

    @staticmethod
    def _lines(raw: Any) -> list[tuple[int, Mapping[str, Any]]]:
        """The lines of a table as typed, and an empty one to write on."""
        given = (
            [row for row in raw or () if isinstance(row, Mapping)]
            if not isinstance(raw, str)
            else []
        )
        lines = given if given and not any(given[-1].values()) else [*given, {}]
        return list(enumerate(lines[:MOST_ROWS]))

    def _row(
        self, spec: FieldSpec, row: Mapping[str, Any], name: str
    ) -> list[tuple[FieldSpec, Any]]:
        return [
            (
                column,
                self._bound(
                    column,
                    f"{name}-{column.key}",
                    row.get(column.key),
                    asks_anew=spec.key in self.watched,
                ),
            )
            for column in spec.columns
            if not column.calculated
        ]

    def _bound(self, spec: FieldSpec, name: str, raw: Any, *, asks_anew: bool = False) -> Any:
        """An input with what stands in it; its errors are empty until `refuse`."""
        one = _input(spec, asks_anew=asks_anew or spec.key in self.watched).bind(
            form=_NOWHERE, name=name
        )
        one.process(None, data=raw if raw is not None else None)
        one.errors = []
        one.flags.required = spec.required
        return one


_NOWHERE = Form()
_LINE = QuickInput()


def _part(part: str, kind: FieldKind, owner: FieldSpec) -> FieldSpec:
    needed = owner.required and part == next(iter(PARTS[owner.kind]))
    return FieldSpec(owner.key, str(PART_LABELS[part]), kind, required=needed)


def _input(spec: FieldSpec, *, asks_anew: bool) -> UnboundField:
    """The unbound input of a plain kind."""
    label, attributes = label_of(spec), {"autocomplete": "off"}
    if asks_anew:
        attributes["data-look"] = "refresh"
    if spec.kind is FieldKind.yes_no:
        choices = [("", "–"), ("1", gettext("Yes")), ("0", gettext("No"))]
        return SelectField(label, choices=choices, description=spec.help, render_kw=attributes)
    if spec.kind is FieldKind.choice:
        choices = [("", "–"), *spec.choices]
        return SelectField(label, choices=choices, description=spec.help, render_kw=attributes)
    if spec.kind is FieldKind.choices:
        return SelectMultipleField(
            label, choices=list(spec.choices), description=spec.help, render_kw=attributes
        )
    if spec.kind is FieldKind.long_text:
        attributes |= {"maxlength": str(LONGEST_TEXT), "rows": "3"}
        return TextAreaField(label, description=spec.help, render_kw=attributes)
    attributes["maxlength"] = str(LONGEST_LINE)
    if spec.kind in _MODES:
        attributes["inputmode"] = _MODES[spec.kind]
    if spec.kind is FieldKind.money:
        attributes["data-money"] = ""
    if spec.kind is FieldKind.date:
        attributes |= {"placeholder": "dd/mm/yyyy", "maxlength": "10"}
    return StringField(label, description=spec.help, render_kw=attributes, widget=_LINE)


@dataclass(frozen=True)
class Line:
    """A field as it is read: its words, the columns and rows of a table, or its files; a heading has none."""

    label: str
    words: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[FileRef, ...] = ()
    heading: bool = False
    wide: bool = False


def lines_of(specs: Iterable[FieldSpec], values: Values, roles: Collection[str]) -> list[Line]:
    """What a dossier's data says to a reader with these roles; what is not filled in is left out."""
    found: list[Line] = []
    for spec in specs:
        if spec.readers and not spec.readers & set(roles):
            continue
        heading = spec.kind is FieldKind.heading
        if found and found[-1].heading and heading:
            found.pop()  # nothing under it is filled in
        if heading:
            found.append(Line(label_of(spec), heading=True))
        elif values.get(spec.key) is not None:
            found.append(_line(spec, values[spec.key]))
    return found[:-1] if found and found[-1].heading else found


def _line(spec: FieldSpec, value: Any) -> Line:
    if spec.kind is FieldKind.file:
        return Line(label_of(spec), in_words(spec, value), files=tuple(value), wide=True)
    if spec.kind is not FieldKind.group:
        wide = spec.kind in PARTS or spec.kind is FieldKind.long_text
        return Line(label_of(spec), in_words(spec, value), wide=wide)
    rows = tuple(tuple(in_words(c, row.get(c.key)) for c in spec.columns) for row in value)
    return Line(label_of(spec), columns=tuple(map(label_of, spec.columns)), rows=rows, wide=True)


def in_words(spec: FieldSpec, value: Any) -> str:
    """A value in the reader's language."""
    return words(spec, value, gettext("Yes"), gettext("No"))


def label_of(spec: FieldSpec) -> str:
    """The label in the language of the reader; the one in Vietnamese where there is no other."""
    locale = get_locale()
    other = spec.label_en if locale is not None and locale.language == "en" else ""
    return other or spec.label


def typed_of(
    specs: Iterable[FieldSpec], form: Any, prefix: str = "d-", *, uploads: bool = True
) -> dict[str, Any]:
    """A posted form as `domain.data_fields.fill` takes it; fields the page did not have are left out."""
    found: dict[str, Any] = {}
    for spec in specs:
        name = prefix + spec.key
        if spec.kind is FieldKind.group:
            found[spec.key] = _typed_rows(spec, form, name)
        elif spec.kind in PARTS:
            found[spec.key] = {p: form.get(f"{name}-{p}", "") for p in PARTS[spec.kind]}
        elif spec.kind is FieldKind.choices:
            found[spec.key] = [code for code in form.getlist(name) if code]
        elif spec.kind is FieldKind.file:
            found[spec.key] = data_files.taken(form, name, uploads=uploads)
        elif name in form:
            found[spec.key] = form.get(name, "")
    return found


def _typed_rows(spec: FieldSpec, form: Any, name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    names = [c.key for c in spec.columns if not c.calculated]
    while len(rows) <= MOST_ROWS and any(f"{name}-{len(rows)}-{key}" in form for key in names):
        rows.append({key: form.get(f"{name}-{len(rows)}-{key}", "") for key in names})
    return rows
