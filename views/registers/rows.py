"""The list of a register as a page: columns, rows, filters, paging."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from domain.codes import EntryState
from domain.data_fields import FieldSpec
from models.register import RegisterEntry
from services import narrowing, reference
from services.acting import Actor
from services.registers import definition, listing, writing
from views import access, data_form, present
from views.generated.titles import title
from views.registers import words
from views.registers.asked import SIZES, Wanted, filters, listed_fields
from views.registers.words import Standing


@dataclass(frozen=True)
class Row:
    """One line of the list; cells: the values of the register's own columns in words."""

    entry: RegisterEntry
    url: str
    cells: list[str]
    standing: Standing
    agency: str


@dataclass(frozen=True)
class Head:
    """The head of a column. order: the address that orders by it; state: ascending, descending, none."""

    label: str
    order: str = ""
    state: str = "none"


def gather(wanted: Wanted) -> dict[str, Any]:
    """Values of registers/list.html."""
    register, actor, today = wanted.register, present.actor(), present.now().date()
    fields = listed_fields(register, actor)
    shown = words.columns(register, fields)
    page = listing.page(
        wanted.asked(fields, today),
        after=wanted.after,
        before=wanted.before,
        limit=wanted.rows,
    )
    query, asked_for = wanted.query(), filters(wanted, fields)
    return {
        "title": register.name,
        "register": register,
        "wanted": wanted,
        "heads": _heads(wanted, shown),
        "rows": [_row(wanted, row, shown) for row in page.rows],
        "wide": words.wide(),
        "filters": asked_for,
        "states": [(one.value, title(one)) for one in EntryState],
        "agency": _agency(wanted),
        "sentence": lambda error: error.text(gettext),
        "unread": _unread(wanted, asked_for),
        "pager": _pager(wanted, page),
        "links": links(wanted, actor, query),
        "called": words.called(register),
        "soon": _soon(wanted),
        "clear": words.address(register),
    }


def _row(wanted: Wanted, entry: RegisterEntry, shown: tuple[FieldSpec, ...]) -> Row:
    values = writing.values_of(entry, wanted.register)
    return Row(
        entry,
        words.address(wanted.register, entry),
        [data_form.in_words(f, values.get(f.key)) for f in shown],
        words.standing(entry, present.now().date()),
        words.agency(entry) if words.wide() else "",
    )


def _heads(wanted: Wanted, shown: tuple[FieldSpec, ...]) -> list[Head]:
    return [
        _head(wanted, "number", gettext("Number")),
        _head(wanted, "holder", words.holder_label(wanted.register)),
        *(Head(data_form.label_of(f)) for f in shown),
        *([Head(gettext("Agency"))] if words.wide() else []),
        _head(wanted, "registered_on", gettext("Registered on")),
        _head(wanted, "valid_to", gettext("Valid to")),
        Head(gettext("State")),
    ]


def _head(wanted: Wanted, name: str, label: str) -> Head:
    now = wanted.order or listing.NEWEST
    mine, down = now.removeprefix("-") == name, now.startswith("-")
    other = name if mine and down else f"-{name}" if mine else name
    query = wanted.query(order=other, after="", before="")
    state = ("descending" if down else "ascending") if mine else "none"
    return Head(label, f"{words.address(wanted.register)}?{query}", state)


def _unread(wanted: Wanted, asked_for: list[narrowing.Asked]) -> list[str]:
    """What was asked and cannot be read, so that it narrows nothing."""
    days = {"registered_on": gettext("Registered on"), "valid_to": gettext("Valid to")}
    found = [(days[n.rpartition("_")[0]], error) for n, error in wanted.problems.items()]
    found += [(data_form.label_of(one.spec), one.problem) for one in asked_for if one.problem]
    return [f"{label}: {error.text(gettext)}" for label, error in found]


def _agency(wanted: Wanted) -> tuple[str, str] | None:
    """The agency that the list is narrowed to, (id, name)."""
    unit = reference.unit(wanted.narrow.agency_id) if wanted.narrow.agency_id else None
    return (unit.id, unit.full_name) if unit is not None else None


def _soon(wanted: Wanted) -> dict[str, Any]:
    """The link to what ends soon, and whether it is shown just now."""
    span = listing.coming(present.now().date())
    pairs = {
        "state": EntryState.valid.value,
        "valid_to_from": f"{span.first:%d/%m/%Y}",
        "valid_to_to": f"{span.last:%d/%m/%Y}",
    }
    mine = wanted.narrow.ends == span and wanted.narrow.state is EntryState.valid
    return {"url": words.address(wanted.register, order="valid_to", **pairs), "active": mine}


def _pager(wanted: Wanted, page: listing.Entries) -> dict[str, Any]:
    def at(**changes: Any) -> str:
        query = wanted.query(**{"after": "", "before": "", **changes})
        return f"{words.address(wanted.register)}?{query}"

    return {
        "count": min(page.total, listing.COUNTED),
        "bounded": page.total > listing.COUNTED,
        "sizes": [{"label": str(n), "url": at(rows=n), "active": n == wanted.rows} for n in SIZES],
        "first": at() if wanted.after or wanted.before else "",
        "newer": at(before=page.before) if page.before else "",
        "newer_label": gettext("Previous"),
        "older": at(after=page.after) if page.after else "",
        "older_label": gettext("Next"),
    }


def links(wanted: Wanted, actor: Actor, query: str) -> list[dict[str, str]]:
    """The buttons above the list, as far as this person has the right."""
    register, found = wanted.register, []
    if definition.may(register, actor, "export"):
        for form, label in (("csv", "CSV"), ("xlsx", "XLSX")):
            url = url_for("registers.export", code=register.code, form=form)
            found.append({"url": f"{url}?{query}", "label": label, "icon": "bi-download"})
        url = url_for("registers.book", code=register.code)
        found.append(
            {"url": f"{url}?{query}", "label": gettext("Printed book"), "icon": "bi-printer"}
        )
    found = [{**one, "kind": "outline-secondary"} for one in found]
    if may_act() and definition.may(register, actor, "write"):
        found.append(
            {
                "url": url_for("registers.enter", code=register.code),
                "label": gettext("Enter in the register"),
                "icon": "bi-plus-lg",
                "kind": "primary",
            }
        )
    return found


def may_act() -> bool:
    """Whether this person may change anything in registers at all."""
    return access.may("can_act", "RegisterEntry")
