"""The list beside the editor: everything a template may name, with its meaning."""

from collections.abc import Iterable
from typing import NamedTuple

from flask_babel import gettext

from domain.data_fields import FieldSpec
from printing import own
from printing.own.shapes import Placeholder, placeholders
from printing.own.words import FILTERS, MACROS
from services import paper_templates


class Piece(NamedTuple):
    """`text` is put in by a click; `name` and `meaning` are shown."""

    text: str
    name: str
    meaning: str


class Group(NamedTuple):
    """Pieces under a heading."""

    title: str
    pieces: list[Piece]


def groups(form: str, fields: Iterable[FieldSpec]) -> list[Group]:
    """The values of a form, the fields of its procedure, the shared blocks, the filters."""
    names = own.known(form, fields).names
    values = [_piece(one) for one in placeholders("sheet", names["sheet"])]
    if paper_templates.register_of(form) is None:  # only certificates have an entry
        values = [piece for piece in values if not piece.name.startswith("sheet.entry")]
    values.sort(
        key=lambda piece: piece.name.startswith("sheet.head")
    )  # the head is a block already
    data = [_piece(one) for one in placeholders("data", names["data"])]
    blocks = [Piece(text, f"ui.{name}", gettext(said)) for name, (text, said) in MACROS.items()]
    filters = [Piece(f" | {name}", f"| {name}", gettext(said)) for name, said in FILTERS.items()]
    found = [
        Group(_of_fields(form), data),
        Group(gettext("Values of the paper"), values),
        Group(gettext("Ready-made blocks"), blocks),
        Group(gettext("How a value is written"), filters),
        Group(gettext("Conditions and loops"), _control()),
    ]
    return [group for group in found if group.pieces]


def _of_fields(form: str) -> str:
    register = paper_templates.register_of(form)
    if register is not None:
        return gettext("Fields of the register")
    return gettext("Fields of the procedure")


def _piece(one: Placeholder) -> Piece:
    meaning = one.label if one.said or not one.label else gettext(one.label)
    if one.part:
        meaning = f"{meaning}: {gettext(one.part)}"
    return Piece(one.text, one.name, meaning)


def _control() -> list[Piece]:
    return [
        Piece("{% if … %}\n\n{% endif %}", "if", gettext("only where a value is there")),
        Piece(
            "{% for line in … %}\n{{ line }}\n{% endfor %}",
            "for",
            gettext("once for each of several"),
        ),
        Piece("{# … #}", "# #", gettext("a remark that is not printed")),
    ]
