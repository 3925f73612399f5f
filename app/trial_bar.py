"""What makes an application a trial: its bar on every screen, its roles, its clock, its end.

The real screens are not changed for it. The bar is put into every page as it leaves, and addresses that a
page writes without asking for them are led below the trial's own, so that no link leads out of it.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
)
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user

from app import clock
from domain.errors import DomainError
from domain.roles import Role
from domain.titles import title
from models.scope import everything, within
from services import trials, worklist
from services.acting import actor_of, scope_of
from services.sweeping import sweep
from services.trials import Part, Trial

blueprint = Blueprint("trial", __name__)
#: Addresses in a page, as attributes have them, that begin at the root of the site.
_ADDRESS = re.compile(
    r'(\s(?:href|src|action|formaction|hx-get|hx-post|data-[a-z-]+)=")/(?!/)([^"]*")'
)
_BODY = re.compile(r"<body[^>]*>")
CITIZEN = "citizen"


def dress(app: Flask, trial_id: str, root: Path, door: Any) -> None:
    """Make an application the one of this trial. door: says whether a ticket leads here."""
    app.extensions["trial"] = (trial_id, root, door)
    app.register_blueprint(blueprint)
    app.before_request_funcs.setdefault(None, []).insert(0, _only_who_began)
    app.after_request(_mark)


def _trial() -> Trial:
    trial_id, root, _door = current_app.extensions["trial"]
    return trials.find(root, trial_id) or abort(404)


def _only_who_began() -> None:
    """Without a ticket nothing of a trial is seen, the pages for citizens included."""
    trial_id = current_app.extensions["trial"][0]
    if request.endpoint not in ("static", "trial.enter") and session.get("trial") != trial_id:
        abort(404)


# ---- what the bar does ---------------------------------------------------------------------------
@blueprint.get("/vao")
def enter() -> Any:
    """Arrive with a ticket, at the counter."""
    trial_id, _root, door = current_app.extensions["trial"]
    if not door.admits(request.args.get("ve", ""), trial_id):
        abort(404)
    session.clear()
    session["trial"] = trial_id
    with everything():
        return _play(trials.parts(_trial(), clock.today())[0])


@blueprint.post("/vai")
def play() -> Any:
    """Go on as somebody else."""
    wanted = request.form.get("vai", "")
    if wanted == CITIZEN:
        logout_user()
        session["trial"] = _trial().id
        return redirect("/theo-doi-ho-so", 303)
    with everything():
        found = trials.parts(_trial(), clock.today())
        part = next((p for p in found if p.key == wanted), None)
        return _play(part or abort(422))


def _play(part: Part) -> Any:
    user_id = trials.person(part, gettext("%(role)s (trial)", role=gettext(title(part.role))))
    logout_user()
    session["trial"], session["part"] = _trial().id, part.key
    login_user(current_app.appbuilder.sm.load_user(str(user_id)))  # type: ignore[attr-defined]
    return redirect(_landing(part, user_id), 303)


def _landing(part: Part, user_id: int) -> str:
    """Where this part has something to do: the part of the work list with work on it, else the counter."""
    if not part.busy:
        return "/tiep-nhan" if part.role is Role.clerk else "/viec"
    now = clock.now()
    actor = actor_of(trials.officer(user_id), now)
    with within(scope_of(actor)):
        counts = worklist.counts(actor, now=now)
    tab = next((tab for tab in ("mine", "department") if counts.get(tab)), "mine")
    return f"/viec?tab={tab}"


@blueprint.post("/gio")
def leap() -> Any:
    """Put the clock forward, and do what falls due by itself until then."""
    _trial_id, root, _door = current_app.extensions["trial"]
    with everything():
        try:
            moved = trials.forward(root, _trial(), request.form.get("leap", ""), clock.now())
        except DomainError:
            abort(422)
    with clock.ahead(moved.ahead), everything():
        sweep(clock.now())
    back = urlsplit(request.form.get("ve", "")).path
    return redirect(back if back.startswith("/") else "/viec", 303)


@blueprint.post("/het")
def finish() -> Any:
    """Throw the trial away and go back to the version."""
    trial = _trial()
    trials.end(Path(trial.folder).parent, trial.id)
    g.out = True
    return redirect(f"/thiet-ke/{trial.version_id}", 303)


# ---- every page ----------------------------------------------------------------------------------
def _mark(response: Response) -> Response:
    """Put the bar into a page, and lead its addresses below the trial."""
    below = request.script_root
    for name in ("Location", "HX-Redirect"):
        if name in response.headers and not g.get("out"):
            response.headers[name] = _below(response.headers[name], below)
    if response.mimetype != "text/html" or response.is_streamed:
        return response
    text = response.get_data(as_text=True)
    text = _ADDRESS.sub(lambda m: f"{m[1]}{_below('/' + m[2], below)}", text)
    if _BODY.search(text) and session.get("trial"):
        text = text.replace("<html ", f'<html data-root="{below}" ', 1)
        # What is typed on trial is no draft of anybody: the browser keeps nothing of it.
        text = re.sub(r'data-person="[^"]*"', 'data-person=""', text, count=1)
        bar = _bar().replace("\\", "\\\\")
        text = _BODY.sub(lambda m: m[0] + bar, text, count=1)
        text = text.replace(
            "</head>", f'<link rel="stylesheet" href="{below}/static/trial.css"></head>', 1
        )
    response.set_data(text)
    return response


def _below(address: str, below: str) -> str:
    """The address below the trial's own, if it is one of this site and not there yet."""
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != request.host:
        return address
    path = address[address.index(parts.path) :] if parts.path else address
    if not path.startswith("/") or path == below or path.startswith(f"{below}/"):
        return address
    return below + path


def _bar() -> str:
    trial_id, root, _door = current_app.extensions["trial"]
    trial = trials.find(root, trial_id)
    if trial is None:
        return ""
    with everything():
        parts = trials.parts(trial, clock.today())
        dossiers = trials.dossiers()
        signed_in = current_user.is_authenticated
        return render_template(
            "trying/_bar.html",
            trial=trial,
            parts=[(p, gettext(title(p.role))) for p in parts],
            here=session.get("part", "") if signed_in else CITIZEN,
            signed_in=signed_in,
            dossiers=dossiers,
            now=clock.now(),
            back=request.full_path.rstrip("?"),
        )
