"""`flask --app run deadline`: when is a dossier due, and why?"""

import csv
import datetime as dt

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

import config
from app import clock
from domain.deadline import (
    DEFAULT_WEEK,
    Calendar,
    Pause,
    PauseMode,
    Policy,
    Term,
    explain_text,
    reckon,
)
from domain.errors import DomainError
from models.base import db
from models.organisation import Unit
from models.scope import everything
from services.working_time import calendar_of


class Words(click.ClickException):
    """A refusal as one sentence."""


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise DomainError("moment.invalid", moment=text) from None


def _pause(text: str) -> Pause:
    start, _, end = text.partition("/")
    return Pause(_moment(start), _moment(end) if end else None)


def _calendar(code: str | None, on: dt.date) -> tuple[Calendar, Policy]:
    """The unit's own calendar; without a unit the default one, which needs no database."""
    try:
        if code is None:
            return calendar_of(None, on), Policy.keep_time
        unit = db.session.scalar(sa.select(Unit).where(Unit.code == code))
    except sa.exc.SQLAlchemyError:
        if code is None:
            return _shipped(), Policy.keep_time
        raise
    if unit is None:
        raise DomainError("unit.not_found")
    return calendar_of(unit, on), unit.policy


def _shipped() -> Calendar:
    """The default week with the national days that the product is shipped with."""
    with (config.ROOT / "seeds" / "calendar" / "holidays.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    days = {
        dt.date.fromisoformat(row["date"]): ()
        if row["kind"] == "off"
        else DEFAULT_WEEK[int(row["as_weekday"] or 0)]
        for row in rows
    }
    return Calendar(DEFAULT_WEEK, days)


@click.command("deadline")
@click.option("--unit", help="Code of the unit whose calendar counts; default: the national one.")
@click.option("--received", required=True, help="Moment of receipt, such as 2026-04-06T09:00.")
@click.option("--term", required=True, help="Such as 3wd, 24wh, 15cd or same-day.")
@click.option("--pause", "pauses", multiple=True, help="FROM/TO; may be given several times.")
@click.option("--restart", is_flag=True, help="The term starts again after a supplement.")
@click.option("--end-of-day", is_flag=True, help="Due at the end of the day instead of the hour.")
@click.option("--extended-to", help="The moment of the re-appointment, if any.")
@click.option("--explain", is_flag=True, help="Show the reckoning day by day.")
@with_appcontext
def deadline_command(
    unit: str | None,
    received: str,
    term: str,
    pauses: tuple[str, ...],
    restart: bool,
    end_of_day: bool,
    extended_to: str | None,
    explain: bool,
) -> None:
    """Print the due moment in ISO form, by the same engine as screens and papers."""
    with everything(), force_locale("vi"):
        try:
            start = _moment(received)
            calendar, policy = _calendar(unit, start.date())
            found = reckon(
                Term.parse(term),
                start,
                calendar,
                pauses=[_pause(text) for text in pauses],
                policy=Policy.end_of_day if end_of_day else policy,
                mode=PauseMode.restart if restart else PauseMode.pause,
                extended_to=_moment(extended_to) if extended_to else None,
                as_of=clock.now(),
            )
        except DomainError as error:
            raise Words(error.text(gettext)) from None
        click.echo(found.due_at.isoformat(timespec="minutes"))
        if explain:
            for line in explain_text(found, gettext):
                click.echo(line)
