"""The headings of the menu, in their order."""

from typing import Any

from flask_babel import lazy_gettext as _l

MENUS: dict[str, Any] = {
    "dossiers": _l("Dossiers"),
    "procedures": _l("Procedures"),
    "organisation": _l("Organisation"),
    "calendar": _l("Calendar"),
    "reference": _l("Reference lists"),
}
