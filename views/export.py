"""Dossiers with their data as CSV and XLSX: what stands on screen, sent while it is read.

XLSX has real dates and numbers, and a sheet of its own for each table of the data, whose lines name their
dossier. CSV is divided by semicolons, as a Vietnamese Excel opens it; tables are joined into one cell.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response, abort, stream_with_context
from flask_babel import gettext

from domain.data_fields import PARTS, FieldSpec, words, written
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.dossier import Dossier
from models.scope import Scope, current, within
from services import catalogue, export, worklist
from services.acting import Actor
from services.export import Line
from services.jobs import Progress
from views import jobs, present
from views.data_form import PART_LABELS
from views.generated import files
from views.generated.titles import title

PERMISSION = ("can_export", "Dossier")
FORMS = frozenset({"csv", "xlsx"})
CSV_TYPE = "text/csv; charset=utf-8"
BETWEEN = ";"
#: A longer list is written by a job, which can be left and found again.
AT_ONCE = 1000
#: Lines between two looks at the bar.
STEP = 200
#: Of a title of a sheet.
_LONGEST, _FORBIDDEN = 31, str.maketrans(dict.fromkeys("[]:*?/\\'"))
#: Kinds whose value is a number or a day to Excel too.
_EXACT = frozenset({FieldKind.number, FieldKind.money, FieldKind.date})


class Wanted(NamedTuple):
    """What is written: how its lines are found, its fields of data, whether each line is a step, and
    what a job needs to find the same again."""

    name: str
    lines: Callable[[], Iterator[Line]]
    fields: tuple[FieldSpec, ...]
    steps: bool
    facts: dict[str, Any]


def of_worklist(
    actor: Actor, tab: worklist.Tab, narrow: worklist.Narrow, params: dict[str, str]
) -> Wanted:
    """A tab of the work-list, narrowed."""
    now = present.now()

    def lines() -> Iterator[Line]:
        return export.of_worklist(actor, tab=tab, now=now, narrow=narrow)

    roles = {role.value for role in actor.roles}
    fields = export.fields(narrow.procedure, roles)
    return Wanted(gettext("Work list"), lines, fields, True, {"list": "worklist", "given": params})


def of_search(text: str) -> Wanted:
    """What a search finds."""
    facts = {"list": "search", "given": {"q": text}}
    return Wanted(gettext("Dossiers found"), lambda: export.of_search(text), (), False, facts)


def sent(want: Wanted, form: str) -> Any:
    """The file, or a job that writes it; either way it is an event which list left the house."""
    if form not in FORMS:
        abort(404)
    query = "&".join([want.facts["list"], *(f"{k}={v}" for k, v in want.facts["given"].items())])
    catalogue.note_export(Dossier, form=form, query=query, **present.who())
    if sum(1 for _ in islice(want.lines(), AT_ONCE + 1)) > AT_ONCE:
        return jobs.asked("dossiers", want.name, {**want.facts, "form": form})
    pieces = _inside(current(), written_as(want, form))
    kind = CSV_TYPE if form == "csv" else files.XLSX_TYPE
    name = quote(f"{want.name}.{form}")
    shown = f"attachment; filename=\"ho-so.{form}\"; filename*=UTF-8''{name}"
    headers = {"Content-Disposition": shown}
    return Response(stream_with_context(pieces), content_type=kind, headers=headers)


def _inside(scope: Scope, pieces: Iterable[Any]) -> Iterator[Any]:
    """An answer is sent after its request has ended, scope included: enter it again."""
    with within(scope):
        yield from pieces


def made_aside(facts: dict[str, Any], progress: Progress) -> tuple[str, str, bytes]:
    """The job: the same list with the rights that the person has now; (name, type, content)."""
    actor, form = jobs.person(facts["user"]), facts["form"]
    if actor is None:
        raise DomainError("dossier.role_not_allowed")
    want = LISTS[facts["list"]](actor, facts["given"])

    def told() -> Iterator[Line]:
        number = 0
        for number, line in enumerate(want.lines(), start=1):
            if number % STEP == 0:
                progress(number, number + STEP)
            yield line
        progress(number, number)

    pieces = written_as(want._replace(lines=told), form)
    content = b"".join(p.encode() if isinstance(p, str) else p for p in pieces)
    return f"{want.name}.{form}", CSV_TYPE if form == "csv" else files.XLSX_TYPE, content


#: Name of a list → how a job finds it again: (who, what the address said).
LISTS: dict[str, Callable[[Actor, dict[str, str]], Wanted]] = {
    "search": lambda _actor, given: of_search(given["q"]),
}
jobs.KINDS["dossiers"] = made_aside


# ---- writing -------------------------------------------------------------------------------------
def written_as(want: Wanted, form: str) -> Iterator[Any]:
    """The file in pieces: text of a CSV, bytes of a workbook."""
    if form == "csv":
        lines = ([as_text(cell) for cell in cells(want, line, True)] for line in want.lines())
        return files.csv_of(heads(want), lines, BETWEEN)
    tables = [spec for spec in want.fields if spec.kind is FieldKind.group]
    return files.workbook(_sheets(want, tables), _rows(want, tables))


def _sheets(want: Wanted, tables: Sequence[FieldSpec]) -> list[tuple[str, Sequence[str]]]:
    found: list[tuple[str, Sequence[str]]] = [(_sheet_title(want.name, ()), heads(want))]
    for spec in tables:
        columns = [gettext("Dossier code"), gettext("No."), *(c.label for c in spec.columns)]
        taken = [name for name, _ in found]
        found.append((_sheet_title(spec.label, taken), columns))
    return found


def _sheet_title(words_: str, taken: Sequence[str]) -> str:
    """What Excel takes as the name of a sheet, each once."""
    plain = words_.translate(_FORBIDDEN).strip()[:_LONGEST] or "1"
    number = 2
    found = plain
    while found.casefold() in {name.casefold() for name in taken}:
        found = f"{plain[: _LONGEST - 4]} {number}"
        number += 1
    return found


def _rows(want: Wanted, tables: Sequence[FieldSpec]) -> Iterator[tuple[int, Sequence[Any]]]:
    for line in want.lines():
        yield 0, [on_the_wall(cell) for cell in cells(want, line, False)]
        for number, table in enumerate(tables, start=1):
            spec, rows = line.data.get(table.key, (table, None))
            if spec.kind is not FieldKind.group:
                continue
            own = {column.key: column for column in spec.columns}
            for place, row in enumerate(rows or (), start=1):
                found = (_cell(own.get(c.key, c), row.get(c.key)) for c in table.columns)
                yield number, [line.facts.code or "", place, *map(on_the_wall, found)]


def heads(want: Wanted) -> list[str]:
    """The first line, in the reader's language; a field with parts has a column for each."""
    found = [
        gettext("Dossier code"),
        gettext("Old number"),
        gettext("Procedure code"),
        gettext("Procedure"),
        gettext("Applicant"),
        gettext("ID number"),
        gettext("Telephone"),
        gettext("Address"),
        gettext("Content of the request"),
        gettext("Agency that resolves it"),
        gettext("Received at"),
        gettext("Due at"),
        gettext("Resolved at"),
        gettext("Returned at"),
        gettext("Status"),
        gettext("Outcome"),
        gettext("Result number"),
    ]
    if want.steps:
        found += [
            gettext("Step"),
            gettext("Department"),
            gettext("In hand of"),
            gettext("Step due"),
        ]
    for spec in want.fields:
        if spec.kind in PARTS:
            found += [f"{spec.label} – {PART_LABELS[part]}" for part in PARTS[spec.kind]]
        else:
            found.append(spec.label)
    return found


def cells(want: Wanted, line: Line, joined: bool) -> list[Any]:
    """The values of a line under the heads; a table is joined into words, or said as a count of lines."""
    facts = line.facts
    found: list[Any] = [
        facts.code or "",
        facts.legacy_code or "",
        facts.procedure_code,
        facts.procedure,
        facts.owner_name,
        facts.owner_id_number or "",
        facts.owner_phone or "",
        facts.owner_address or "",
        facts.subject,
        facts.competent,
        facts.received_at,
        facts.due_at,
        facts.processed_at,
        facts.returned_at,
        title(facts.status),
        title(facts.outcome) if facts.outcome is not None else "",
        facts.result_no or "",
    ]
    if want.steps:
        item = line.item
        assert item is not None
        found += [item.step, item.unit, item.holder or "", item.due_at]
    for head in want.fields:
        found += _data(head, *line.data.get(head.key, (head, None)), joined=joined)
    return found


def _data(head: FieldSpec, spec: FieldSpec, value: Any, *, joined: bool) -> list[Any]:
    if head.kind not in PARTS:
        if spec.kind is FieldKind.group and not joined:
            return [len(value) if value else None]
        return [_cell(spec, value)]
    names = [*PARTS[head.kind]]
    if spec.kind is head.kind:
        return [(value or {}).get(name) for name in names]
    return [_cell(spec, value), *[None] * (len(names) - 1)]


def _cell(spec: FieldSpec, value: Any) -> Any:
    """A number or a day as such, anything else in words."""
    if value is None or (spec.kind in _EXACT and not isinstance(value, str)):
        return value
    return words(spec, value, gettext("Yes"), gettext("No"))


def on_the_wall(value: Any) -> Any:
    """A moment by the clock on the wall: a workbook knows no other."""
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def as_text(value: Any) -> str:
    """A cell of a CSV as Excel reads it here: 1250,5; 01/02/2026 09:05."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, dt.datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, Decimal):
        return written(value).replace(".", "")
    return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else str(value)
