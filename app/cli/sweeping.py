"""`flask --app run sweep`: what falls due by itself. The server does the same every minute."""

import click
from flask.cli import with_appcontext

from app import clock
from models.scope import everything
from services.sweeping import sweep


@click.command("sweep")
@with_appcontext
def sweep_command() -> None:
    """Let silent consultations agree and note dossiers that became overdue."""
    with everything():
        done = sweep(clock.now())
    click.echo(f"{done.silent} {done.overdue}")
