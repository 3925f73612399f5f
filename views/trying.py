"""The way into a trial of a draft: begun, entered again and ended from the page of its version.

The screens of the trial itself are the real ones, served by `app/trials.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from domain.errors import DomainError
from models.organisation import Unit
from models.procedure import ProcedureVersion
from services import trials
from services.trials import Trial
from views import access, present

PERMISSION = ("can_use", "Publish")


@dataclass(frozen=True)
class Way:
    """What the application lends: the folder of trials and that of the real files, an empty database, a
    ticket to a trial."""

    root: Path
    files: Path
    prepare: Callable[[Path], None]
    ticket: Callable[[Trial], str]


class Trying(BaseView):  # type: ignore[misc]
    """`/thiet-ke/<version>/thu`: begin, enter and end trials of a version."""

    route_base = "/thiet-ke"
    default_view = "show"

    @expose("/<uuid:version_id>/thu", methods=["GET"])
    @access.permission(*PERMISSION)
    def show(self, version_id: Any) -> Any:
        """What a trial is, at which agency, and those that this person has begun."""
        return _page(access.seen(ProcedureVersion, version_id))

    @expose("/<uuid:version_id>/thu", methods=["POST"])
    @access.permission(*PERMISSION)
    def act(self, version_id: Any) -> Any:
        """Begin a trial and enter it; enter one again; end one."""
        version, way = access.seen(ProcedureVersion, version_id), _way()
        chosen = request.form.get("trial", "")
        if chosen:
            return _old(version, way, chosen, request.form.get("viec", ""))
        try:
            agency = access.seen(Unit, request.form.get("agency_id", ""))
            trial = trials.begin(
                version,
                agency,
                root=way.root,
                user_id=int(current_user.id),
                at=present.now(),
                prepare=way.prepare,
                files=way.files,
            )
        except DomainError as error:
            return _page(access.seen(ProcedureVersion, version_id), error.text(gettext)), 422
        return _enter(way, trial)


def _way() -> Way:
    """Missing inside a trial: a trial has no trials of its own."""
    found: Way | None = current_app.extensions.get("trying")
    return found or abort(404)


def _old(version: ProcedureVersion, way: Way, trial_id: str, viec: str) -> Response:
    trial = next((t for t in trials.mine(way.root, int(current_user.id)) if t.id == trial_id), None)
    if trial is None:
        flash(gettext("This trial has ended."), "warning")
    elif viec == "vao":
        return _enter(way, trial)
    else:
        trials.end(way.root, trial.id)
        flash(gettext("The trial has ended; nothing of it is left."), "success")
    return redirect(url_for("Trying.show", version_id=version.id), 303)


def _enter(way: Way, trial: Trial) -> Response:
    return redirect(f"/thu/{trial.id}/vao?ve={way.ticket(trial)}", 303)


def _page(version: ProcedureVersion, error: str = "") -> str:
    way, today = _way(), present.now().date()
    agencies = trials.agencies(version, today)
    own = present.actor().posts[0].agency_id if present.actor().posts else ""
    chosen = request.form.get("agency_id") or own
    if chosen not in {a.id for a in agencies} and agencies:
        chosen = agencies[0].id
    return access.page(
        "trying/index.html",
        title=gettext("Try the procedure"),
        version=version,
        agencies=agencies,
        chosen=chosen,
        error=error,
        running=trials.mine(way.root, int(current_user.id)),
        hours=int(trials.KEPT_FOR.total_seconds() // 3600),
    )
