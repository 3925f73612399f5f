"""The history of a version: what was done to it and to its parts, by whom, from what to what."""

from typing import Any

from flask import request
from flask_babel import gettext

from models.event import Event
from models.procedure import ProcedureVersion
from services import version_history
from services.part_order import LISTS
from views import access
from views.generated.columns import register_of
from views.generated.history import entry

_MODELS: dict[str, Any] = {model.__name__: model for model in (ProcedureVersion, *LISTS)}


def history(version: ProcedureVersion) -> str:
    """The page, fifty events at a time; `sau` is the event that it begins after."""
    found = version_history.page(version, after=request.args.get("sau"))
    return access.page(
        "designer/history.html",
        title=gettext("History of the version"),
        version=version,
        events=[_entry(event, found.names) for event in found.events],
        older=found.older,
    )


def _entry(event: Event, names: dict[str, str]) -> dict[str, Any]:
    """An event as the timeline draws it, with the part it is about."""
    model = _MODELS[event.subject_kind]
    register = register_of(model)
    kind = str(register.screen.title)
    told = entry(register, event)
    told["title"] = f"{told['title']} · {kind}: {names[event.subject_id]}"
    return told
