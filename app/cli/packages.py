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
from app.cli.telling import differences
from domain.errors import DomainError
from models.base import db
from models.procedure import Procedure, ProcedureVersion, VersionState
from models.scope import everything
from printing.own.proving import press
from services import packaging
from services.acting import Actor, system
from services.packaging import Refused
from views.stored import store

procedures_group = AppGroup("procedures", help="Procedures as packages: one text a version.")


@procedures_group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--code", "codes", multiple=True, help="Only this procedure; may be repeated.")
def export_command(folder: Path, codes: tuple[str, ...]) -> None:
    """Write every published version into FOLDER, as `<code>-<version>.yaml`.

    Ends with status 1 when one could not be written, 2 when there is no procedure with a code.
    """
    with everything(), force_locale("vi"):
        versions = _published(codes)
        unknown = {*codes} - {version.procedure.code for version in versions}
        for code in sorted(unknown):
            click.echo(_("No published procedure has the code %(code)s.", code=code), err=True)
        if unknown:
            sys.exit(2)
        folder.mkdir(parents=True, exist_ok=True)
        written = [version for version in versions if _export(version, folder)]
        click.echo(_("Packages written: %(count)s", count=len(written)))
    sys.exit(0 if len(written) == len(versions) else 1)


def _export(version: ProcedureVersion, folder: Path) -> bool:
    name = packaging.file_name(version)
    secret, at = current_app.config["SECRET_KEY"], clock.now()
    try:
        text = packaging.export(version, secret=secret, by=_("System"), at=at, store=store())
    except DomainError as error:
        click.echo(f"{name}: {error.text(_)}", err=True)
        return False
    (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return True


def _published(codes: tuple[str, ...]) -> list[ProcedureVersion]:
    query = (
        sa.select(ProcedureVersion)
        .join(Procedure)
        .where(ProcedureVersion.state == VersionState.published)
        .order_by(Procedure.code, ProcedureVersion.key)
    )
    if codes:
        query = query.where(Procedure.code.in_(codes))
    return list(db.session.scalars(query))


@procedures_group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--unit", "code", help="Code of the agency that owns what is new.")
@click.option("--dry-run", is_flag=True, help="Show what would come of it, write nothing.")
def import_command(files: tuple[Path, ...], code: str | None, dry_run: bool) -> None:
    """Take each FILE, or each `.yaml` file of a folder, in as a draft; what is here already, word for
    word, is left out.

    Ends with status 1 when a package was refused; the others are taken in.
    """
    with everything(), force_locale("vi"):
        try:
            unit = unit_with(code)
        except DomainError as error:
            click.echo(error.text(_), err=True)
            sys.exit(2)
        actor = system(unit.agency_id, unit.id)
        wrong = [file for file in _each(files) if not _take(file, actor, dry_run)]
    sys.exit(1 if wrong else 0)


def _each(files: tuple[Path, ...]) -> list[Path]:
    """The files themselves, and those that lie in the folders."""
    found: list[Path] = []
    for file in files:
        found += sorted(file.glob("*.yaml")) if file.is_dir() else [file]
    return found


def _take(file: Path, actor: Actor, dry_run: bool) -> bool:
    """Take one file in and say what came of it; False when it was refused."""
    at = clock.now()
    try:
        package = packaging.read(_content(file), secret=current_app.config["SECRET_KEY"])
        plan = packaging.plan(package, actor=actor, at=at, press=press(at))
        if plan.problems:
            raise Refused(plan.problems)
        if plan.same is not None:
            said = _("already here as %(version)s", version=plan.same.key)
        elif dry_run:
            said = _("can be taken in as %(version)s", version=plan.key)
        else:
            made = packaging.take(package, actor=actor, at=at, press=press(at), store=store())
            said = _("draft %(version)s", version=made.key)
    except Refused as refused:
        for problem in refused.problems:
            place = f"{problem.place}: " if problem.place else ""
            click.echo(f"{file.name}: {place}{problem.error.text(_)}", err=True)
        return False
    except DomainError as error:
        click.echo(f"{file.name}: {error.text(_)}", err=True)
        return False
    click.echo(f"{file.name}: {said}")
    if plan.same is None:
        for line in differences(plan):
            click.echo(f"  {line}")
    return True


def _content(file: Path) -> bytes:
    """No more of a file than is looked at."""
    with file.open("rb") as opened:
        return opened.read(packaging.MOST_BYTES + 1)
