"""The job that takes in a large file of rows: tried as a whole, stored as a whole, never twice."""

import csv
import hashlib
import io
from typing import Any

from flask_babel import gettext

from domain.errors import DomainError
from models.base import Row
from services import catalogue, jobs as work
from services.jobs import Progress
from views import jobs, present
from views.generated import files
from views.generated.columns import Register, register_of

#: Lines between two looks at the bar.
STEP = 50


def model_named(name: str) -> type[Row]:
    """The register of this name."""
    return next(m.class_ for m in Row.registry.mappers if m.class_.__name__ == name)


def counts(taken: catalogue.Taken) -> str:
    """What became of a file, in a sentence."""
    return gettext(
        "New rows: %(new)s; changed rows: %(changed)s.", new=taken.created, changed=taken.changed
    )


def asked(register: Register, content: bytes, *, trial: bool) -> Any:
    """Put the file into the person's list of long work, and show the list."""
    digest = hashlib.sha256(content).hexdigest()
    facts = {"register": register.name, "trial": trial, "sha256": digest}
    name = gettext("Import: %(title)s", title=register.screen.plural)
    if trial:
        name = " – ".join([name, gettext("Try only")])
    return jobs.asked("import", name, facts, content)


def taken_in(facts: dict[str, Any], progress: Progress) -> tuple[str, str, bytes]:
    """The job: the lines that cannot be taken in, as CSV; `facts["said"]` becomes what happened."""
    register = register_of(model_named(facts["register"]))
    actor = jobs.person(facts["user"])
    content = work.given(facts["job"])
    try:
        if actor is None or not content:
            raise DomainError("file.empty")
        lines, errors = files.read_file(register, content)
    except DomainError as error:
        facts["said"] = error.text(gettext)
        return _report(register, [])
    total = len(lines)
    progress(0, total)

    def told(number: int) -> None:
        if number % STEP == 0:
            progress(number, total)

    wrong = {number for number, _ in errors}
    good = [line for line in lines if line.number not in wrong]
    taken = catalogue.take_in(
        register.model,
        good,
        trial=bool(errors) or facts["trial"],
        actor=actor,
        at=present.now(),
        op_id=facts["job"],
        told=told,
    )
    progress(total, total)
    errors = sorted([*errors, *taken.errors], key=lambda pair: pair[0])
    facts["said"] = _said(taken, bool(errors), facts["trial"])
    return _report(register, errors)


def _said(taken: catalogue.Taken, wrong: bool, trial: bool) -> str:
    if wrong:
        return gettext("Nothing was stored. Correct the lines of the list and send the file again.")
    if trial:
        sentence = gettext("This was a trial: nothing has been stored yet.")
        return f"{counts(taken)} {sentence}"
    return counts(taken)


def _report(register: Register, errors: list[tuple[int, DomainError]]) -> tuple[str, str, bytes]:
    """The lines to correct; without a name there is nothing to fetch."""
    if not errors:
        return "", "", b""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow([gettext("Line"), gettext("Column"), gettext("What is wrong")])
    for number, error in errors:
        column = register.get(error.field)
        label = str(column.ui.label) if column is not None else ""
        sheet.writerow([number, label, error.text(gettext)])
    return "cac-dong-sai.csv", "text/csv; charset=utf-8", ("\ufeff" + out.getvalue()).encode()


jobs.KINDS["import"] = taken_in
