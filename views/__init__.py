"""What people see: screens generated from the models, and the few written by hand."""

from flask import current_app
from flask_appbuilder import AppBuilder

from views import (
    dossier,
    files,
    generated,
    jobs,
    kept_forms,
    navigation,
    paper,
    preferences,
    public,
    scanning,
    shell,
    signing,
    style,
    worklist,
)
from views.book import RegisterBook
from views.counter import Counter
from views.log import EventLog
from views.officers import OfficerView
from views.return_desk import ReturnDesk
from views.search import Search
from views.versions import ProcedureVersionView


def register(appbuilder: AppBuilder) -> None:
    """Put every screen into the application."""
    navigation.register(appbuilder)
    for desk in (Counter, ReturnDesk, Search, RegisterBook, EventLog):
        appbuilder.add_view_no_menu(desk)
    generated.register(appbuilder, own=(OfficerView, ProcedureVersionView))
    public.register(appbuilder)
    shell.register(appbuilder)
    preferences.register(appbuilder)
    for screen in (
        dossier,
        files,
        jobs,
        kept_forms,
        paper,
        public,
        scanning,
        signing,
        style,
        worklist,
    ):
        current_app.register_blueprint(screen.blueprint)
