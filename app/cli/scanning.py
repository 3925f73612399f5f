"""`flask --app run scan FILE…`: take scanned files in and work through them, without a server."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext as _

from app import clock, jobs
from app.cli.importing import unit_with
from domain.errors import DomainError
from models.base import db
from models.scan import BatchState, PieceState, ScanBatch
from models.scope import everything
from services.acting import system
from services.scanning.filing import MAX_SCAN, take


@click.command("scan")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", "code", help="Code of the counter or agency that scanned them.")
@with_appcontext
def scan_command(files: tuple[Path, ...], code: str | None) -> None:
    """Split FILES at their marks and file the pieces; without FILES only work off the queue.

    Ends with status 1 when a file could not be read, 2 when nothing could be taken in.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with force_locale("vi"):
        try:
            taken = [_taken(file, code) for file in files]
        except DomainError as error:
            click.echo(error.text(_), err=True)
            sys.exit(2)
        if jobs.scan(app) is None:
            click.echo(
                _("Another process works through the scans; its results come by themselves.")
            )
        failed = [_told(batch_id) for batch_id in taken].count(False)
    sys.exit(1 if failed else 0)


def _taken(file: Path, code: str | None) -> str:
    with everything(), file.open("rb") as stream:
        unit = unit_with(code)
        actor = system(unit.agency_id, unit.id)
        return take(
            stream,
            file.name,
            source="command",
            post=actor.home,
            actor=actor,
            at=clock.now(),
            place=jobs.place(current_app),
            limit=MAX_SCAN * 5,
        ).batch_id


def _told(batch_id: str) -> bool:
    with everything():
        batch = db.session.get_one(ScanBatch, batch_id, populate_existing=True)
        if batch.state is BatchState.failed:
            error = DomainError(batch.error or "file.broken", **batch.facts)
            click.echo(f"{batch.name}: {error.text(_)}", err=True)
            return False
        filed = sum(p.state is PieceState.filed for p in batch.pieces)
        words = _(
            "%(pages)s pages: %(filed)s pieces filed, %(tray)s in the tray",
            pages=batch.pages or 0,
            filed=filed,
            tray=len(batch.pieces) - filed,
        )
        click.echo(f"{batch.name}: {words}")
        return True
