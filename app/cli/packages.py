"""`flask --app run procedures export DIR` and `import FILE…`: the catalogue as packages."""

import sys
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale, gettext as _

from app import clock
from app.cli.importing import unit_with
from domain.errors import DomainError
from models.base import db
from models.procedure import Procedure, ProcedureVersion, VersionState
from models.scope import everything
from services import packaging
from services.acting import Actor, system
from services.packaging import Refused

procedures_group = AppGroup("procedures", help="Procedures as packages: one text a version.")


@procedures_group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--code", help="Only this procedure.")
def export_command(folder: Path, code: str | None) -> None:
    """Write every published version into FOLDER, as `<code>-<version>.yaml`."""
    folder.mkdir(parents=True, exist_ok=True)
    secret, at = current_app.config["SECRET_KEY"], clock.now()
    with everything(), force_locale("vi"):
        versions = _published(code)
        for version in versions:
            text = packaging.export(version, secret=secret, by=_("System"), at=at)
            path = folder / packaging.file_name(version)
            path.write_text(text, encoding="utf-8", newline="\n")
        click.echo(_("Packages written: %(count)s", count=len(versions)))


def _published(code: str | None) -> list[ProcedureVersion]:
    query = (
        sa.select(ProcedureVersion)
        .join(Procedure)
        .where(ProcedureVersion.state == VersionState.published)
        .order_by(Procedure.code, ProcedureVersion.key)
    )
    if code is not None:
        query = query.where(Procedure.code == code)
    return list(db.session.scalars(query))


@procedures_group.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--unit", "code", help="Code of the agency that owns what is new.")
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
def import_command(files: tuple[Path, ...], code: str | None, dry_run: bool) -> None:
    """Take each FILE in as a draft; what is here already, word for word, is left out.

    Ends with status 1 when a package was refused; the others are taken in.
    """
    with everything(), force_locale("vi"):
        try:
            unit = unit_with(code)
        except DomainError as error:
            click.echo(error.text(_), err=True)
            sys.exit(2)
        actor = system(unit.agency_id, unit.id)
        wrong = [file for file in files if not _take(file, actor, dry_run)]
    sys.exit(1 if wrong else 0)


def _take(file: Path, actor: Actor, dry_run: bool) -> bool:
    """Take one file in and say what came of it; False when it was refused."""
    try:
        package = packaging.read(_content(file), secret=current_app.config["SECRET_KEY"])
        plan = packaging.plan(package, actor=actor, at=clock.now())
        if plan.problems:
            raise Refused(plan.problems)
        if plan.same is not None:
            said = _("already here as %(version)s", version=plan.same.key)
        elif dry_run:
            said = _("can be taken in as %(version)s", version=plan.key)
        else:
            made = packaging.take(package, actor=actor, at=clock.now())
            said = _("draft %(version)s", version=made.key)
    except Refused as refused:
        for problem in refused.problems:
            place = f"{problem.place}: " if problem.place else ""
            click.echo(f"{file.name}: {place}{problem.error.text(_)}", err=True)
        return False
    click.echo(f"{file.name}: {said}")
    return True


def _content(file: Path) -> bytes:
    """No more of a file than is looked at."""
    with file.open("rb") as opened:
        return opened.read(packaging.MOST_BYTES + 1)
