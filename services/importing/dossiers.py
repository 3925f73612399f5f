"""An old book becomes dossiers, batch by batch, each with its event.

A batch is one transaction, and what is written is its own marker: a repeated import knows a row by
agency, old number and year, and leaves it out. An import that broke off is simply started again.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from models.organisation import Unit
from services.acting import Actor
from services.importing.catalogue import Catalogue
from services.importing.known import Known
from services.importing.parsing import Entry, Problem, parse
from services.importing.reading import read
from services.importing.writing import Writer
from services.transaction import transaction

BATCH = 500


@dataclass
class Report:
    """What became of the rows: `imported` were written (on a trial: would be), `skipped` known."""

    read: int = 0
    imported: int = 0
    running: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Rows that were not taken, each with at least one problem."""
        return len({p.row for p in self.problems})


def import_dossiers(
    path: Path,
    *,
    unit: Unit,
    actor: Actor,
    at: dt.datetime,
    dry_run: bool = False,
    batch: int = BATCH,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Import the book of a unit from CSV or XLSX; rows with mistakes are reported and left out.

    unit: an agency, or one of its counters, which then is the counter of every dossier.
    A trial (`dry_run`) reads and checks the same and writes nothing.
    Errors: import.not_readable, import.column_missing, numbering.unit_code.
    """
    report = Report()
    writer = Writer(unit, actor, at, path.name)
    known = Known(unit.agency_id)
    for entries in _entries(path, report, at.date(), batch):
        fresh = known.fresh(entries)
        if fresh and not dry_run:
            fresh = _write(writer, known, fresh)
        report.skipped += len(entries) - len(fresh)
        report.imported += len(fresh)
        report.running += sum(1 for e in fresh if e.running)
        progress(report)
    return report


def _write(writer: Writer, known: Known, entries: list[Entry]) -> list[Entry]:
    """Write a batch; what another import wrote in the meantime is left out."""
    with transaction() as session:
        if writer.overtaken():
            known.forget()
            entries = known.fresh(entries)
        if entries:
            writer.write(session, entries)
    return entries


def _entries(path: Path, report: Report, today: dt.date, batch: int) -> Iterator[list[Entry]]:
    """Batches of rows that can be written; the others end up in the report."""
    catalogue = Catalogue()
    first_rows: dict[tuple[str, int], int] = {}
    waiting: list[Entry] = []
    for raw in read(path):
        report.read += 1
        entry, problems = parse(raw, catalogue, today)
        report.problems += problems
        if entry is None or _repeated(entry, first_rows, report):
            continue
        waiting.append(entry)
        if len(waiting) == batch:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _repeated(entry: Entry, first_rows: dict[tuple[str, int], int], report: Report) -> bool:
    """Whether an earlier row of the file has the same old number in the same year."""
    first = first_rows.setdefault(entry.key, entry.row)
    if first != entry.row:
        report.problems.append(entry.repetition(first))
    return first != entry.row
