"""The work-list as a file: the tab as it is narrowed, with the data of its procedure."""

from typing import Any

from flask import request

from services.acting import Actor
from views import export, present
from views.access import permission
from views.worklist import blueprint
from views.worklist.asked import Asked, read


@blueprint.get("/viec/xuat/<string:form>")
@permission(*export.PERMISSION)
def export_list(form: str) -> Any:
    """The list as csv or xlsx."""
    return export.sent(_wanted(present.actor(), read(request.args)), form)


def _wanted(actor: Actor, asked: Asked) -> export.Wanted:
    params = asked._replace(after=None, before=None, keep=()).params
    return export.of_worklist(actor, asked.tab, asked.narrow, params)


export.LISTS["worklist"] = lambda actor, given: _wanted(actor, read(given))
