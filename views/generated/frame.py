"""What stands around the rows of a list: search, filters, order, files and paging, as addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext

from models.base import Row
from views.generated import groups, several_words
from views.generated.columns import Column
from views.generated.listing import (
    COUNTED,
    SIZES,
    Page,
    State,
    matching,
    ordering,
    sortable,
)
from views.generated.titles import title
from views.lists import Look

if TYPE_CHECKING:
    from views.generated.view import McModelView


def frame(view: McModelView, state: State, page: Page, total: int, look: Look) -> dict[str, Any]:
    """The `listing` of the templates (docs/design.md)."""
    base = url_for(f"{view.endpoint}.list")
    return {
        "caption": view.list_title,
        "subtitle": _subtitle(view, state),
        "url": base,
        "q": state.q if view.register.where("searched") else None,
        "keep": _kept(state),
        "facets": [_facet(c, state) for c in view.register.where("faceted")],
        "reset_url": look.plain if state.narrowed else "",
        "order": _orders(look.columns, state, base),
        "numeric": [c.name for c in view.register.columns if c.numeric],
        "exports": _exports(view, state) if view.may("export") else [],
        "links": _links(view),
        "pager": _pager(base, state, page, total),
        "empty": gettext("Nothing matches.") if state.narrowed else None,
        "state": state.query(),
        "every": _every(page, total),
        "undo": several_words.offered(view, state),
        "views": look.bar(state.pairs),
        "heads": _heads(state, page, total),
    }


def _heads(state: State, page: Page, total: int) -> dict[int, groups.Head]:
    """Number of a row → the head of the group that begins there."""
    if not state.group:
        return {}
    column = state.register[state.group]
    return groups.heads(column, page.rows, matching(state), whole=total <= COUNTED)


def _every(page: Page, total: int) -> dict[str, Any]:
    """How many rows match beyond those of the page, and whether all of them can be acted on at once."""
    more = total > len(page.rows)
    return {
        "count": total if more and total <= several_words.most() else 0,
        "too_many": total > several_words.most(),
    }


def child_frame(view: McModelView, state: State, page: Page) -> dict[str, Any]:
    """The `listing` of a register below another: its first rows and the way to all of them."""
    address = _address(url_for(f"{view.endpoint}.list"), state.query())
    links = [{"url": address, "label": gettext("Show all"), "icon": "bi-list"}]
    return {
        "caption": view.list_title,
        "numeric": [c.name for c in view.register.columns if c.numeric],
        "links": links if page.after else [],
        "order": {"": {}},
        "state": state.query(),
        "pager": {"text": gettext("Only the first rows are shown.") if page.after else " "},
    }


def _address(base: str, query: str) -> str:
    return f"{base}?{query}" if query else base


def _subtitle(view: McModelView, state: State) -> str:
    """What the list is narrowed to by a related row, which no select shows."""
    rows = [(c, state.filters.get(c.name)) for c in view.register.relations]
    named = [f"{c.ui.label}: {row}" for c, row in rows if isinstance(row, Row)]
    return "; ".join(named) or str(view.register.screen.help or "")


def _kept(state: State) -> list[tuple[str, str]]:
    """State that the search form must send along: related rows, dates, order, size and look."""
    kept = [(name, row.id) for name, row in state.filters.items() if isinstance(row, Row)]
    kept += [(name, day.isoformat()) for name, day in state.spans.items()]
    kept += [("order", state.order)] if state.order else []
    kept += [("nhom", state.group)] if state.group else []
    kept += [(name, value) for name, value in state.keep.items() if name != "nhom"]
    return kept + ([("rows", str(state.rows))] if state.rows != SIZES[0] else [])


def _facet(column: Column, state: State) -> dict[str, Any]:
    value = state.filters.get(column.name)
    if column.kind == "yes_no":
        options = [("1", gettext("Yes")), ("0", gettext("No"))]
        chosen = "" if value is None else str(int(value))
    else:
        options = [(m.value, title(m)) for m in column.members or ()]
        chosen = value.value if value is not None else ""
    return {"name": column.name, "label": column.ui.label, "options": options, "value": chosen}


def _orders(columns: Sequence[str], state: State, base: str) -> dict[str, Any]:
    """Column → the state of its order and the address that changes it."""
    present, down = ordering(state)
    out: dict[str, Any] = {}
    able = sortable(state.register)
    for name in (name for name in columns if name in able):
        here = present is not None and present.name == name
        order = f"-{name}" if here and not down else name
        state_word = ("descending" if down else "ascending") if here else "none"
        query = state.query(order=order, after="", before="")
        out[name] = {"state": state_word, "url": _address(base, query)}
    return out


def _exports(view: McModelView, state: State) -> list[dict[str, str]]:
    query = state.query(after="", before="")
    found = [
        {"url": url_for(f"{view.endpoint}.export", form=form), "label": form.upper()}
        for form in ("csv", "xlsx")
    ]
    found.append({"url": url_for(f"{view.endpoint}.book"), "label": gettext("Printed book")})
    return [{**entry, "url": _address(entry["url"], query)} for entry in found]


def _links(view: McModelView) -> list[dict[str, str]]:
    found = [*view.further()]
    if view.may("import"):
        address = url_for(f"{view.endpoint}.take_in")
        found.append({"url": address, "label": gettext("Import"), "icon": "bi-upload"})
    return found


def _pager(base: str, state: State, page: Page, total: int) -> dict[str, Any]:
    def at(**changes: Any) -> str:
        return _address(base, state.query(**{"after": "", "before": "", **changes}))

    sizes = [{"label": n, "url": at(rows=n), "active": n == state.rows} for n in SIZES]
    return {
        "count": min(total, COUNTED),
        "bounded": total > COUNTED,
        "sizes": sizes if total > SIZES[0] else [],
        "first": at() if page.before else "",
        "newer": at(before=page.before) if page.before else "",
        "older": at(after=page.after) if page.after else "",
        "newer_label": gettext("Previous"),
        "older_label": gettext("Next"),
    }
