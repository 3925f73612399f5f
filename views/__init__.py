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
    paper_templates,
    preferences,
    public,
    scanning,
    shell,
    signing,
    style,
    worklist,
)
from views.book import RegisterBook
from views.comparing import Compare
from views.counter import Counter
from views.designer import Designer
from views.dossier_api import DossierApi
from views.log import EventLog
from views.officers import OfficerView
from views.packages import Packages
from views.return_desk import ReturnDesk
from views.search import Search
from views.versions import ProcedureVersionView


def register(appbuilder: AppBuilder) -> None:
    """Put every screen into the application."""
    navigation.register(appbuilder)
    for desk in (Counter, ReturnDesk, Search, RegisterBook, EventLog, Designer, Compare, Packages):
        appbuilder.add_view_no_menu(desk)
    generated.register(appbuilder, own=(OfficerView, ProcedureVersionView))
    appbuilder.add_api(DossierApi)
    paper_templates.register(appbuilder)
    public.register(appbuilder)
    shell.register(appbuilder)
    preferences.register(appbuilder)
    for screen in (
        dossier,
        files,
        jobs,
        kept_forms,
        paper,
        paper_templates,
        public,
        scanning,
        signing,
        style,
        worklist,
    ):
        current_app.register_blueprint(screen.blueprint)
