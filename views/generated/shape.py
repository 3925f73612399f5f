"""What the list of a register can show, for `views.lists`: its columns, its groups, its place."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask_babel import gettext

from views.generated import groups
from views.generated.columns import Register
from views.generated.interface import McInterface
from views.lists import Place, Shape, offer, place_for

if TYPE_CHECKING:
    from views.generated.view import McModelView


def shape(view: McModelView) -> Shape:
    """Every column that the page of a row shows may stand in the list too."""
    columns, standard, named = _declared(view.register)
    words = {"q": gettext("Search words"), "order": gettext("Order"), "rows": gettext("Rows")}
    return Shape(
        key=view.register.name,
        address=url_for(f"{view.endpoint}.list"),
        columns=columns,
        standard=standard,
        groups=named,
        words=words,
        quiet=frozenset({"rows"}),
    )


@cache
def _declared(register: Register) -> tuple[dict[str, Any], tuple[str, ...], dict[str, Any]]:
    """Columns, standard columns and groups, which never change; labels are translated when drawn."""
    columns = {c.name: c.ui.label for c in register.shown}
    named = {name: column.ui.label for name, column in groups.possible(register).items()}
    return columns, tuple(c.name for c in register.where("listed")), named


def place(key: str) -> Place | None:
    """Where the list of a register is, by the name of its model."""
    views = current_app.appbuilder.baseviews  # type: ignore[attr-defined]
    own = (v for v in views if isinstance(getattr(v, "datamodel", None), McInterface))
    view = next((v for v in own if v.register.name == key), None)
    if view is None:
        return None
    title, address = str(view.register.screen.plural), url_for(f"{view.endpoint}.list")
    return place_for(("can_read", key), title, address)


offer(place)
