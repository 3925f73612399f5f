"""The hand-written pages in the menu, before the generated ones: each only for those who may use it."""

from collections.abc import Callable
from typing import NamedTuple

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l


class Page(NamedTuple):
    """A page of the menu: `name` is its view in the role matrix, asked with `permission`."""

    name: str
    label: object
    icon: str
    address: str
    permission: str = "can_use"


PAGES = (
    Page("Home", _l("Home page"), "bi-house", "/"),
    Page("Counter", _l("Receive a dossier"), "bi-inbox", "/tiep-nhan"),
    Page("ReturnDesk", _l("Return results"), "bi-box-arrow-up-right", "/tra-ket-qua"),
    Page("WorkList", _l("My work"), "bi-list-task", "/viec"),
    Page("Signing", _l("To sign"), "bi-pen", "/ky"),
    Page("Scans", _l("Scan dossiers"), "bi-upc-scan", "/quet"),
    Page("Search", _l("Search"), "bi-search", "/tra-cuu"),
    Page("RegisterEntry", _l("Registers"), "bi-journals", "/so", "can_read"),
    Page("RegisterBook", _l("Register book"), "bi-journal-bookmark", "/so-theo-doi", "can_read"),
    Page("EventLog", _l("Event log"), "bi-shield-check", "/nhat-ky/", "can_read"),
)


def register(appbuilder: AppBuilder) -> None:
    """Put the pages into the menu; the matrix decides who sees which (`menu_access`)."""
    for page in PAGES:
        appbuilder.add_link(page.name, href=page.address, icon=page.icon, label=page.label)


def offered(may: Callable[[str, str], bool]) -> list[Page]:
    """The pages that a person may use; `may(permission, view)` says so."""
    return [page for page in PAGES if may(page.permission, page.name)]
