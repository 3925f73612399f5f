"""What people see: screens generated from the models, and the few written by hand."""

from flask import current_app
from flask_appbuilder import AppBuilder

from views import dossier, files, generated, paper, worklist


def register(appbuilder: AppBuilder) -> None:
    """Put every screen into the application."""
    generated.register(appbuilder)
    for screen in (dossier, files, paper, worklist):
        current_app.register_blueprint(screen.blueprint)
