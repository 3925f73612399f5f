"""What the page of an import shows: the choice of columns, how far the work is, the wrong lines."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext, ngettext
from openpyxl import Workbook

from domain.errors import DomainError
from domain.pace import pace
from models.register_import import ImportLine, RegisterImport, RunState
from services import register_imports
from services.register_imports import active, known_places, wrong_lines
from views.generated import files
from views.generated.columns import Register
from views.generated.reading import ID, LineReader, needed, proposed, unique_columns

#: Wrong lines shown on the page; all of them are in the file.
SHOWN = 50
#: Work that has said nothing for so long may have died: no pace is told any more.
SILENT = dt.timedelta(seconds=30)


def state_words(run: RegisterImport) -> str:
    """The state of an import in words."""
    return {
        RunState.mapping: gettext("columns are chosen"),
        RunState.trying: gettext("being tried"),
        RunState.tried: gettext("tried, not stored yet"),
        RunState.storing: gettext("being stored"),
        RunState.paused: gettext("paused"),
        RunState.done: gettext("completed"),
        RunState.stopped: gettext("stopped"),
    }[run.state]


# ---- the choice of columns -----------------------------------------------------------------------
def places_sent(register: Register, form: Mapping[str, str]) -> dict[str, int]:
    """Column → position, as the selects of the page say."""
    names = [ID, *(c.name for c in register.where("edited"))]
    sent = {name: form.get(f"col-{name}", "") for name in names}
    return {name: int(place) for name, place in sent.items() if place.isdecimal()}


def choice(
    register: Register,
    run: RegisterImport,
    sent: Mapping[str, str] | None,
    refused: DomainError | None,
) -> dict[str, Any]:
    """What is chosen so far, or proposed; the first rows as they will be read; what is missing.

    sent: the form that was just sent; what was chosen in one that is refused is not lost.
    """
    places, match_by, remembered = run.places, run.match_by, run.remembered or not run.places
    keys = unique_columns(register)
    if sent is not None and refused is not None:
        places, match_by = places_sent(register, sent), sent.get("match_by") or None
        remembered = "remember" in sent
    elif not places and (sent is None or places_sent(register, sent)):  # other headings than before
        places, match_by = known_places(run) or (proposed(register, run.heads), None)
        match_by = match_by or next((c.name for c in keys if c.name in places), None)
    reader = LineReader(register, {n: p for n, p in places.items() if p < len(run.heads)})
    return {
        "heads": list(enumerate(run.heads)),
        "columns": _columns(register, places, refused),
        "keys": [(c.name, c.ui.label) for c in keys],
        "match_by": match_by,
        "remembered": remembered,
        "missing": needed(register, places),
        "head": run.form["head"],
        "refusal": refused.text(gettext) if refused is not None else "",
        "labels": [column.ui.label for column, _ in reader.columns],
        "rows": [
            (number, cells)
            for (number, _), cells in zip(run.sample, reader.shown(run.sample), strict=True)
        ],
    }


def _columns(
    register: Register, places: Mapping[str, int], refused: DomainError | None
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": ID, "label": gettext("id of the row"), "required": False, "help": ""}
    ]
    found += [
        {
            "name": c.name,
            "label": c.ui.label,
            "required": c.required and c.default is None,
            "help": c.ui.help,
        }
        for c in register.where("edited")
    ]
    for column in found:
        column["place"] = places.get(column["name"])
        wrong = refused is not None and refused.field == column["name"]
        column["error"] = refused.text(gettext) if refused is not None and wrong else ""
    return found


# ---- how far it is -------------------------------------------------------------------------------
def progress(run: RegisterImport, now: dt.datetime) -> dict[str, Any]:
    """The bar and the words beside it: nothing is said that was not measured."""
    working = run.state in (RunState.trying, RunState.storing)
    seconds = (run.beat_at - run.begun_at).total_seconds() if run.beat_at and run.begun_at else 0
    found = pace(run.done - run.done_before, run.total - run.done, seconds)
    lines = wrong_lines(run.id, SHOWN) if run.wrong or (run.tried or {}).get("wrong") else []
    alive = working and active(run)
    silent = alive and run.beat_at is not None and run.beat_at < now - SILENT
    return {
        "working": working,
        "alive": alive,
        "silent": run.beat_at if silent else None,
        "state": state_words(run),
        "sentence": sentence(run),
        "speed": round(found.speed) if found and not silent else None,
        "left": time_left(found.left) if found and alive and not silent and run.total else "",
        "lines": [[str(line.number), *_mistakes(line)] for line in lines],
        "most_shown": SHOWN,
        "whole": run.total <= register_imports.WHOLE,
    }


def sentence(run: RegisterImport) -> str:
    """How it stands, in a sentence beside the counts."""
    return run.said or {
        RunState.tried: gettext("This was a trial: nothing has been stored yet."),
        RunState.paused: gettext("What is counted here is stored; the rest waits."),
        RunState.done: gettext("The whole file is through."),
        RunState.stopped: gettext("Stopped. What is counted here is stored; the rest is not."),
    }.get(run.state, "")


def _mistakes(line: ImportLine) -> list[str]:
    labels = ", ".join(dict.fromkeys(label for label, _ in line.mistakes if label))
    return [labels, " ".join(dict.fromkeys(sentence for _, sentence in line.mistakes))]


def time_left(seconds: float) -> str:
    """“about 2 minutes”, never finer than it can be known."""
    if seconds < 60:
        rounded = max(5, round(seconds / 5) * 5)
        return ngettext("about %(num)d second", "about %(num)d seconds", rounded)
    return ngettext("about %(num)d minute", "about %(num)d minutes", round(seconds / 60))


# ---- the wrong lines as a file -------------------------------------------------------------------
def wrong_file(run: RegisterImport, lines: Sequence[ImportLine]) -> bytes:
    """The headings and cells as they came, and one more column that says what is wrong."""
    wide = len(run.heads)
    rows = [[*run.heads, gettext("Mistake")]]
    for line in lines:
        cells = [files.safe(cell) for cell in line.cells[:wide]]
        said = "; ".join(f"{label}: {words}" if label else words for label, words in line.mistakes)
        where = gettext("Line %(number)s", number=line.number)
        rows.append([*cells, *[""] * (wide - len(cells)), f"{where}. {said}"])
    if run.form["kind"] == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=run.form["delimiter"], lineterminator="\r\n").writerows(rows)
        return ("\ufeff" + out.getvalue()).encode()
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([files.plain_cell(sheet, cell) for cell in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
