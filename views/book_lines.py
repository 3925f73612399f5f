"""One line of the register book in each of its forms: printed, CSV, XLSX."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from printing.contexts import RegisterRow
from services.book import Line
from views.counter.form import RETURNS
from views.export import BETWEEN, as_text, on_the_wall
from views.fields import write_day
from views.generated import files
from views.generated.titles import title


def note(line: Line) -> str:
    """The last column: old number, new appointment, how it ended."""
    parts = [line.legacy_code or ""]
    if line.extended_to:
        parts.append(gettext("Re-appointed to %(day)s", day=write_day(line.extended_to.date())))
    if line.outcome is not None and line.outcome.value != "granted":
        parts.append(title(line.outcome))
    if line.result_no:
        parts.append(line.result_no)
    return "; ".join(part for part in parts if part)


def shown(lines: Iterable[Line]) -> Markup:
    """The lines as rows of the table on the page: put together here, because a template takes longer
    for fifty lines than everything else of the page together."""
    ways = {str(value): str(words) for value, words in RETURNS}
    blank = Markup('<span class="none" title="{}">–</span>').format(gettext("not given"))
    # Every word of a person or a catalogue is escaped, all of them at once: a call for each would
    # take longer than the rest. What stands between them is a number or a moment.
    texts, rows = [], []
    for line in lines:
        way = ways.get(line.return_method, line.return_method)
        parts = (line.code, line.procedure, line.owner_name, line.address, line.phone)
        texts += [(t or "").replace("\0", "") for t in (*parts, line.competent, way, note(line))]
        rows.append(line)
    safe = iter(str(escape("\0".join(texts))).split("\0"))
    return Markup("".join(_row(line, safe, blank) for line in rows))


def _row(line: Line, safe: Iterator[str], blank: Markup) -> str:
    code, procedure, owner, address, phone, competent, way, more = islice(safe, 8)
    reach = f"{address}<br>{phone}" if address and phone else address or phone
    received, due, returned = (
        time(at) if at else blank for at in (line.received_at, line.due_at, line.returned_at)
    )
    return (
        f'<tr>\n<td class="num">{line.order or ""}</td>'
        f'<th scope="row"><a href="/ho-so/{line.id}">{code}</a></th>'
        f'<td class="words">{procedure}</td><td class="num">{line.sets}</td>'
        f"<td>{owner}</td>\n<td>{reach}</td>"
        f'<td class="words">{competent}</td>\n<td>{received}</td><td>{due}</td>'
        f"<td>{returned}</td><td>{way}</td><td>{more}</td>\n</tr>"
    )


def time(at: dt.datetime) -> str:
    """A moment of the book as HTML."""
    day = f"{at.day:02}/{at.month:02}/{at.year}"  # strftime takes five times as long
    return f'<time datetime="{at.isoformat()}">{at.hour:02}:{at.minute:02} {day}</time>'


def printed(number: int, line: Line) -> RegisterRow:
    """The line on paper; `number` stands in where an imported line has no number in the book."""
    return RegisterRow(
        order=line.order or number,
        code=line.code,
        procedure=line.procedure,
        applicant=line.owner_name,
        address=line.address or "",
        phone=line.phone or "",
        lead_unit=line.competent,
        sets=line.sets,
        received_at=line.received_at,
        due_at=line.due_at,
        returned_at=line.returned_at,
        result_channel=way(line),
        note=note(line),
    )


def way(line: Line) -> str:
    """How the result goes back to the citizen, in words."""
    return str(dict(RETURNS).get(line.return_method, line.return_method))


def header() -> list[str]:
    """The columns of an export, in the reader's language."""
    return [
        gettext("No."),
        gettext("Dossier code"),
        gettext("Old number"),
        gettext("Procedure code"),
        gettext("Procedure"),
        gettext("Number of sets"),
        gettext("Applicant"),
        gettext("Address"),
        gettext("Telephone"),
        gettext("Agency that resolves it"),
        gettext("Received at"),
        gettext("Due at"),
        gettext("Returned at"),
        gettext("Result received"),
        gettext("Handed to"),
        gettext("Status"),
        gettext("Note"),
    ]


def _cells(line: Line) -> list[Any]:
    return [
        line.order,
        line.code,
        line.legacy_code or "",
        line.procedure_code,
        line.procedure,
        line.sets,
        line.owner_name,
        line.address or "",
        line.phone or "",
        line.competent,
        line.received_at,
        line.due_at,
        line.returned_at,
        way(line),
        line.returned_to or "",
        title(line.status),
        note(line),
    ]


def as_csv(lines: Iterable[Line]) -> Iterator[str]:
    """A CSV file in pieces, as `views.export` writes them."""
    return files.csv_of(header(), ([as_text(c) for c in _cells(line)] for line in lines), BETWEEN)


def as_xlsx(lines: Iterable[Line]) -> Iterator[bytes]:
    """An XLSX workbook in pieces; moments and numbers stay such, text is never a formula."""
    return files.xlsx_of(header(), ([on_the_wall(c) for c in _cells(line)] for line in lines))
