"""What a template may name: the values of its form with their meaning, found from the contexts themselves."""

import dataclasses
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.data_fields import FieldSpec
from domain.field_kinds import PART_NAMES, PARTS, FieldKind
from printing import contexts
from printing.own.words import MACROS, WORDS, WORDS_OF_PARTS


@dataclass(frozen=True)
class Shape:
    """One value: with `parts`, of several `item`s, or plain; `free` when nobody can know.

    pieces: names of the parts of a plain value, in the words in which a template calls them → msgid.

    maybe: it may be missing altogether. kind: text, moment, day, number, amount, yes or mark.
    label: English msgid, or the administrator's own words (`said`).
    """

    parts: Mapping[str, "Shape"] | None = None
    item: "Shape | None" = None
    free: bool = False
    maybe: bool = False
    kind: str = "text"
    label: str = ""
    said: bool = False
    pieces: Mapping[str, str] | None = None


ANY = Shape(free=True)
VALUE = Shape()
PAPER = Shape(dict.fromkeys(("heading", "form_note", "title", "name", "size"), ANY))
_KINDS = {datetime: "moment", date: "day", int: "number", bool: "yes"}
_AMOUNTS = frozenset({"amount", "total"})
_MARKS = frozenset({"qr"})


@dataclass(frozen=True)
class Scope:
    """Everything at the top: name → shape."""

    names: Mapping[str, Shape] = field(default_factory=dict)


def scope(
    context: type[contexts.Sheet], fields: Iterable[FieldSpec], keys: Iterable[str] = ()
) -> Scope:
    """The names of one form. fields: of the dossiers it is printed for; keys: further names of fields
    that some of them have."""
    asked = {spec.key: _data(spec) for spec in fields if spec.kind is not FieldKind.heading}
    return Scope(
        {
            "sheet": of(context),
            "paper": PAPER,
            "copies": Shape(item=VALUE),
            "data": Shape({**dict.fromkeys(keys, ANY), **asked}),
            "range": ANY,
        }
    )


def shared() -> Shape:
    """The blocks of `_shared/macros.html`."""
    return Shape({name: Shape(free=True, label=MACROS[name][1]) for name in MACROS})


def of(kind: type[Any], owner: str = "") -> Shape:
    """The shape of a context or of a part of one."""
    hints = typing.get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]
    parts = {name: _hinted(hints[name], name, kind) for name in names}
    for name, value in vars(kind).items():
        if isinstance(value, property):
            parts[name] = Shape(
                kind="amount" if name in _AMOUNTS else "text", label=_label(name, kind)
            )
    return Shape(parts, label=owner)


def _hinted(hint: Any, name: str, owner: type[Any]) -> Shape:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        only = next(part for part in inner if part is not type(None))
        return dataclasses.replace(_hinted(only, name, owner), maybe=True)
    if origin is tuple:
        return Shape(item=_hinted(inner[0], "", owner), label=_label(name, owner))
    if dataclasses.is_dataclass(hint):
        return of(typing.cast(type[Any], hint), _label(name, owner))
    kind = _KINDS.get(hint, "text")
    kind = "amount" if name in _AMOUNTS else "mark" if name in _MARKS else kind
    return Shape(kind=kind, label=_label(name, owner))


def _label(name: str, owner: type[Any]) -> str:
    return WORDS.get(f"{owner.__name__}.{name}", WORDS.get(name, ""))


def _data(spec: FieldSpec) -> Shape:
    if spec.kind is FieldKind.group:
        row = Shape({column.key: _data(column) for column in spec.columns})
        return Shape(item=row, label=spec.label, said=True)
    known = {name: WORDS_OF_PARTS[part] for name, part in PART_NAMES.items()}
    own = [name for name, part in PART_NAMES.items() if part in PARTS.get(spec.kind, ())]
    return Shape(label=spec.label, said=True, pieces={n: known[n] for n in own} or None)


# ---- for the list beside the editor --------------------------------------------------------------
@dataclass(frozen=True)
class Placeholder:
    """What is put into the template by a click, its name, and what it means (see `Shape.label`).

    part: msgid of the part of a field that it is.
    """

    name: str
    text: str
    label: str
    said: bool = False
    part: str = ""


_FILTERED = {"moment": "moment", "day": "day", "amount": "dong"}


def placeholders(name: str, shape: Shape) -> Iterator[Placeholder]:
    """Every value below a name, several as a loop."""
    if shape.parts is not None:
        for part, inner in shape.parts.items():
            yield from placeholders(f"{name}.{part}", inner)
    elif shape.item is not None:
        yield Placeholder(name, _loop(name, shape.item), shape.label, shape.said)
    elif not shape.free and shape.label and shape.kind != "yes":
        yield Placeholder(name, _put(name, shape.kind), shape.label, shape.said)
        for piece, words in (shape.pieces or {}).items():
            text = _put(f"{name}.{piece}", "text")
            yield Placeholder(f"{name}.{piece}", text, shape.label, shape.said, words)


def _put(name: str, kind: str) -> str:
    if kind == "mark":
        return f'<img class="qr-small" src="{{{{ {name} | qr }}}}">'
    filtered = f" | {_FILTERED[kind]}" if kind in _FILTERED else ""
    return f"{{{{ {name}{filtered} }}}}"


def _loop(name: str, item: Shape) -> str:
    inner = list(placeholders("line", item)) if item.parts is not None else []
    cells = "".join(f"<td>{one.text}</td>" for one in inner) or "<td>{{ line }}</td>"
    row = f'<tr><td class="mid">{{{{ loop.index }}}}</td>{cells}</tr>'
    return f'<table class="lines">\n{{% for line in {name} %}}\n{row}\n{{% endfor %}}\n</table>'
