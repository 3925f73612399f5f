"""What people see: screens generated from the models, and the few written by hand."""

from flask import current_app
from flask_appbuilder import AppBuilder

from views import (
    blank_forms,
    dossier,
    files,
    generated,
    jobs,
    kept_forms,
    navigation,
    notices,
    paper,
    paper_templates,
    preferences,
    public,
    register_design,
    registers,
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
from views.lists import pages as list_pages
from views.log import EventLog
from views.moving import Moving
from views.offering import Offering
from views.officers import OfficerView
from views.packages import Packages
from views.register_api import RegisterEntryApi
from views.replaying import Replaying
from views.return_desk import ReturnDesk
from views.search import Search
from views.trying import Trying
from views.versions import ProcedureVersionView


def register(appbuilder: AppBuilder) -> None:
    """Put every screen into the application."""
    navigation.register(appbuilder)
    for desk in (Counter, ReturnDesk, Search, RegisterBook, EventLog, Designer, Compare, Packages):
        appbuilder.add_view_no_menu(desk)
    appbuilder.add_view_no_menu(Trying)
    appbuilder.add_view_no_menu(Moving)
    appbuilder.add_view_no_menu(Offering)
    appbuilder.add_view_no_menu(Replaying)
    generated.register(appbuilder, own=(OfficerView, ProcedureVersionView))
    appbuilder.add_api(DossierApi)
    appbuilder.add_api(RegisterEntryApi)
    paper_templates.register(appbuilder)
    register_design.register(appbuilder)
    public.register(appbuilder)
    blank_forms.register(appbuilder)
    shell.register(appbuilder)
    preferences.register(appbuilder)
    for screen in (
        blank_forms,
        dossier,
        files,
        jobs,
        kept_forms,
        list_pages,
        notices,
        paper,
        paper_templates,
        public,
        registers,
        scanning,
        signing,
        style,
        worklist,
    ):
        current_app.register_blueprint(screen.blueprint)
