"""`flask --app run import dossiers FILE`: an office's existing book becomes dossiers."""

import csv
import sys
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from flask_babel import force_locale, gettext as _

from app import clock
from domain.errors import DomainError
from models.base import db
from models.organisation import Unit
from models.scope import Scope, everything, within
from services.acting import system
from services.importing import Problem, Report, import_dossiers

import_group = AppGroup("import", help="Take in what an office kept elsewhere.")
#: Problems shown on the screen; the file of errors has all of them.
SHOWN = 20


@import_group.command("dossiers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", "code", help="Code of the agency or counter whose book it is.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--batch", type=click.IntRange(1, 5000), default=500, show_default=True)
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every problem to this CSV file.",
)
def dossiers_command(
    file: Path, code: str | None, dry_run: bool, batch: int, errors: Path | None
) -> None:
    """Import the book FILE (CSV or XLSX); docs/import.md describes its columns.

    Start it again after an interruption: rows already imported are left out. Ends with status 1
    when a row was refused, 2 when the file could not be imported at all.
    """
    with force_locale("vi"):
        try:
            report = _run(file, code, dry_run, batch)
        except DomainError as error:
            click.echo(error.text(_), err=True)
            sys.exit(2)
        if errors is not None:
            write_problems(errors, report)
        _tell(report, dry_run, errors)
    sys.exit(1 if report.problems else 0)


def _run(file: Path, code: str | None, dry_run: bool, batch: int) -> Report:
    with everything():
        unit = unit_with(code)
        actor = system(unit.agency_id, unit.id)
    own = frozenset({unit.agency_id})
    with within(Scope(agencies=own, writes=own)):
        return import_dossiers(
            file,
            unit=unit,
            actor=actor,
            at=clock.now(),
            dry_run=dry_run,
            batch=batch,
            progress=_progress,
        )


def unit_with(code: str | None) -> Unit:
    """The unit named; without a name the only agency there is."""
    if code is None:
        agencies = list(db.session.scalars(sa.select(Unit).where(Unit.is_agency).limit(2)))
        if len(agencies) != 1:
            raise DomainError("import.unit_required")
        return agencies[0]
    unit = db.session.scalar(sa.select(Unit).where(Unit.code == code))
    if unit is None:
        raise DomainError("unit.not_found")
    return unit


def _progress(report: Report) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{report.read:,}".replace(",", "."), nl=False, err=True)


def _tell(report: Report, dry_run: bool, errors: Path | None) -> None:
    if dry_run:
        click.echo(_("Trial: nothing was written."))
    click.echo(_("Rows read: %(count)s", count=report.read))
    click.echo(
        _(
            "Imported: %(count)s, still running: %(running)s",
            count=report.imported,
            running=report.running,
        )
    )
    click.echo(_("Already there: %(count)s", count=report.skipped))
    click.echo(_("Refused: %(count)s", count=report.refused))
    for problem in report.problems[:SHOWN]:
        click.echo(sentence(problem), err=True)
    hidden = len(report.problems) - SHOWN
    if hidden > 0 and errors is None:
        click.echo(_("%(count)s more; write them to a file with --errors.", count=hidden), err=True)


def sentence(problem: Problem) -> str:
    """One problem in one line: row, column, reason."""
    reason = problem.error.text(_)
    if problem.column is not None:
        reason = f"{problem.column.value}: {reason}"
    return _("Row %(row)s: %(reason)s", row=problem.row, reason=reason)


def write_problems(path: Path, report: Report) -> None:
    """All problems as CSV that Excel opens: row, column, what stands there, why."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Dòng", "Cột", "Giá trị", "Lý do"))
        for problem in report.problems:
            column = problem.column.value if problem.column else ""
            row = (problem.row, column, _harmless(problem.value), problem.error.text(_))
            writer.writerow(row)


def _harmless(value: str) -> str:
    """A value that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if value[:1] in "=+-@" and value else value
