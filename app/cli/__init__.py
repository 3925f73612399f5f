"""Commands of `flask --app run …`."""

from flask import Flask

from app.cli.deadline import deadline_command
from app.cli.importing import import_group
from app.cli.packages import procedures_group
from app.cli.scanning import scan_command
from app.cli.setup import init_command, new_migration_command
from app.cli.sweeping import sweep_command


def init_app(app: Flask) -> None:
    """Register every command."""
    for command in (
        deadline_command,
        import_group,
        init_command,
        new_migration_command,
        procedures_group,
        scan_command,
        sweep_command,
    ):
        app.cli.add_command(command)
