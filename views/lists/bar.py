"""What stands above the rows of a list: the views to choose from, columns, groups, and saving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext

from models.ids import uuid7
from services import saved_views
from services.kept_views import View
from views import present

if TYPE_CHECKING:
    from views.lists.look import Look

VIEW, COLUMNS, GROUP = "xem", "cot", "nhom"
#: Which menu stands open, and which column was moved last: for people without scripts.
OPEN, MOVED = "mo", "vua"


class Entry(NamedTuple):
    """A link of a menu."""

    label: Any
    url: str
    active: bool = False
    hint: str = ""


class Choice(NamedTuple):
    """A column that may be shown."""

    name: str
    label: Any
    shown: bool
    fixed: bool
    moved: bool


class Bar(NamedTuple):
    """All that the template draws (lists/bar.html); addresses are whole.

    name: what is shown now, in words; view: the saved view in force; changed: the address differs from
    it; narrowed: there is something to save; lost: what the view names and the list no longer has;
    query: what would be saved; link: the address that shows the same to others; rest: the query of this
    page; back: the view, or the list, without what was changed; owned: the reader may change the view.
    """

    key: str
    name: str
    view: View | None
    changed: bool
    narrowed: bool
    lost: list[str]
    all: Entry
    mine: list[Entry]
    shared: list[Entry]
    columns: list[Choice]
    chosen: bool
    standard: str
    groups: list[Entry]
    grouped: str
    query: str
    link: str
    rest: str
    back: str
    opens: str
    owned: bool
    sharing: bool
    columns_open: bool
    form_key: str


def address_of(address: str, view: View) -> str:
    """A view of a list as a link."""
    return f"{address}?{view.query}{'&' if view.query else ''}{urlencode({VIEW: view.id})}"


def made(look: Look, pairs: Mapping[str, str]) -> Bar:
    """The bar of a list as this request shows it."""
    shape, kept, view = look.shape, look.kept, look.view
    everything = not (pairs.keys() - shape.quiet) and not look.group and not look.said
    query = urlencode(look.full(pairs))
    return Bar(
        key=shape.key,
        name=view.name if view else gettext("All") if everything else gettext("adjusted"),
        view=view,
        changed=look.changed(pairs),
        narrowed=not everything or bool(kept.columns),
        lost=[str(_label(look, name)) for name in look.lost(pairs)],
        all=Entry(gettext("All"), look.plain, view is None and everything),
        mine=[_entry(look, v) for v in kept.views if v.mine],
        shared=[_entry(look, v) for v in kept.views if not v.mine],
        columns=_columns(look),
        chosen=bool(look.said or kept.columns),
        standard=".".join(shape.standard),
        groups=_groups(look, pairs),
        grouped=str(shape.groups.get(look.group, "")),
        query=query,
        link=f"{shape.address}?{query}",
        rest=urlencode({**pairs, **look.keep}),
        back=address_of(shape.address, view) if view else look.plain,
        opens=kept.opens,
        owned=bool(view and (view.mine or saved_views.may_set(present.actor()))),
        sharing=saved_views.may_share(present.actor()),
        columns_open=request.args.get(OPEN) == COLUMNS,
        form_key=uuid7(),
    )


def _address(look: Look, pairs: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in pairs.items() if value})
    return f"{look.shape.address}?{query}" if query else look.shape.address


def _entry(look: Look, view: View) -> Entry:
    here = look.view is not None and look.view.id == view.id
    hint = "" if view.mine else gettext("shared by %(name)s", name=view.made_by)
    if view.id == look.kept.opens:
        opens = gettext("opens by itself")
        hint = f"{hint} · {opens}" if hint else opens
    return Entry(view.name, address_of(look.shape.address, view), here, hint)


def _label(look: Look, name: str) -> Any:
    shape = look.shape
    return shape.columns.get(name) or shape.words.get(name) or f"“{name}”"


def _columns(look: Look) -> list[Choice]:
    """The columns that are shown in their order, then the others."""
    shape, moved = look.shape, request.args.get(MOVED, "")
    rest = [name for name in shape.columns if name not in look.columns]
    return [
        Choice(name, shape.columns[name], name in look.columns, name in shape.fixed, name == moved)
        for name in (*look.columns, *rest)
    ]


def _groups(look: Look, pairs: Mapping[str, str]) -> list[Entry]:
    if not look.shape.groups:
        return []
    names = {"": gettext("No groups"), **look.shape.groups}
    return [
        Entry(label, _address(look, {**pairs, **look.keep, GROUP: name}), name == look.group)
        for name, label in names.items()
    ]
