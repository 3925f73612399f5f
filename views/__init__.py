"""What people see: screens generated from the models, and the few written by hand."""

from flask_appbuilder import AppBuilder

from views import generated


def register(appbuilder: AppBuilder) -> None:
    """Put every screen into the application."""
    generated.register(appbuilder)
