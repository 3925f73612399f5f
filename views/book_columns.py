"""Columns and groups of the register book on the screen; what is printed keeps the prescribed form."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from services.book import Line
from views.book_lines import note, time, way
from views.generated.titles import title
from views.lists import Place, Shape, offer, place_for

KEY = "RegisterBook"
#: The columns of the prescribed form.
STANDARD = (
    *("order", "code", "procedure", "sets", "owner", "reach", "competent"),
    *("received", "due", "returned", "way", "note"),
)
NUMBERS = frozenset({"order", "sets"})


def shape() -> Shape:
    """The columns of the form, then what else a line knows."""
    columns = {
        "order": gettext("No."),
        "code": gettext("Dossier code"),
        "procedure": gettext("Procedure"),
        "sets": gettext("Sets"),
        "owner": gettext("Applicant"),
        "reach": gettext("Address, telephone"),
        "competent": gettext("Agency that resolves it"),
        "received": gettext("Received at"),
        "due": gettext("Due at"),
        "returned": gettext("Returned at"),
        "way": gettext("Result received"),
        "note": gettext("Note"),
        "status": gettext("Status"),
        "procedure_code": gettext("Procedure code"),
        "legacy": gettext("Old number"),
        "handed": gettext("Handed to"),
        "address": gettext("Address"),
        "phone": gettext("Telephone"),
    }
    return Shape(
        key=KEY,
        address=url_for("RegisterBook.index"),
        columns=columns,
        standard=STANDARD,
        fixed=("code",),
        groups={
            "day": gettext("Day of receipt"),
            "month": gettext("Month of receipt"),
            "procedure": gettext("Procedure"),
            "competent": gettext("Agency that resolves it"),
            "status": gettext("Status"),
        },
        words={
            "don_vi": gettext("Agency"),
            "nam": gettext("Year"),
            "linh_vuc": gettext("Field"),
            "tu": gettext("From day"),
            "den": gettext("To day"),
        },
        quiet=frozenset({"don_vi", "nam"}),
    )


# ---- cells ---------------------------------------------------------------------------------------
def _moment(at: dt.datetime | None) -> Any:
    return Markup(time(at)) if at else None


def _reach(line: Line) -> Any:
    parts = [part for part in (line.address, line.phone) if part]
    return Markup("<br>").join(parts)


#: Column → what of a line stands in it; the code leads to the dossier.
CELLS: dict[str, Callable[[Line], Any]] = {
    "order": lambda line: line.order,
    "procedure": lambda line: line.procedure,
    "sets": lambda line: line.sets,
    "owner": lambda line: line.owner_name,
    "reach": _reach,
    "competent": lambda line: line.competent,
    "received": lambda line: _moment(line.received_at),
    "due": lambda line: _moment(line.due_at),
    "returned": lambda line: _moment(line.returned_at),
    "way": lambda line: way(line),
    "note": lambda line: note(line),
    "status": lambda line: title(line.status),
    "procedure_code": lambda line: line.procedure_code,
    "legacy": lambda line: line.legacy_code,
    "handed": lambda line: line.returned_to,
    "address": lambda line: line.address,
    "phone": lambda line: line.phone,
}


def drawn(lines: Sequence[Line], columns: Sequence[str], group: str) -> Markup:
    """The lines as rows of the table with these columns, each group under its head."""
    marks = [_mark(line, group) for line in lines]
    out = []
    for number, line in enumerate(lines):
        if group and (number == 0 or marks[number] != marks[number - 1]):
            out.append(_head(marks[number], marks.count(marks[number]), len(columns), number > 0))
        cells = Markup("").join(_cell(line, name) for name in columns)
        out.append(Markup("<tr>{}</tr>").format(cells))
    return Markup("\n").join(out)


def _cell(line: Line, name: str) -> Markup:
    if name == "code":
        link = Markup('<th scope="row"><a href="/ho-so/{}">{}</a></th>')
        return link.format(line.id, line.code)
    value = CELLS[name](line)
    blank = Markup('<span class="none" title="{}">–</span>').format(gettext("not given"))
    number = Markup(' class="num"') if name in NUMBERS else ""
    return Markup("<td{}>{}</td>").format(number, escape(value) if value else blank)


def _mark(line: Line, group: str) -> str:
    if group == "procedure":
        return f"{line.procedure_code} {line.procedure}"
    if group == "competent":
        return line.competent
    if group == "status":
        return str(title(line.status))
    at = line.received_at
    return f"{at:%m/%Y}" if group == "month" else f"{at:%d/%m/%Y}"


def _head(words: str, count: int, width: int, later: bool) -> Markup:
    """A book is long: the head counts what stands on the page, and says so."""
    said = ngettext("%(num)d row on this page", "%(num)d rows on this page", count)
    head = Markup(
        '<tr class="group-head"><th scope="rowgroup" colspan="{}">{} <small>{}</small></th></tr>'
    )
    return Markup("</tbody><tbody>" if later else "") + head.format(width, words, said)


@offer
def place(key: str) -> Place | None:
    """Where the book is."""
    if key != KEY:
        return None
    return place_for(("can_read", KEY), gettext("Register book"), url_for("RegisterBook.index"))
