"""Drafts on trial: requests below /thu/<trial> are answered by an application of their own.

It is the same code with another database, another folder for files, another session and another
secret. Nothing it does can reach the real database, because it knows no address of it. An application
is built when a process first meets its trial (about a third of a second) and dropped when it has ended.
"""

import hashlib
import hmac
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app import clock, trial_bar
from app.cli.setup import alembic_config
from printing.stamp import stamped
from services import trials
from services.trials import Trial
from views import trying

#: Applications of trials kept by one process, the latest used ones; about ten megabytes each.
MOST = 3
#: Seconds in which a person who may walk a trial has to arrive there.
ARRIVES = 60
STAMP = "BẢN THỬ"
_BELOW = re.compile(r"/thu/([0-9a-f]{32})(/.*)?")
#: What the settings of tests differ in, and a trial follows.
_ALSO = ("TESTING", "WTF_CSRF_ENABLED", "FAB_PASSWORD_HASH_METHOD")

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Trials:
    """The door in front of the application: what is below /thu/<trial> goes to the trial's own."""

    def __init__(self, app: Flask, inner: Wsgi, make: Callable[[dict[str, Any]], Flask]) -> None:
        self.app, self.inner, self.make = app, inner, make
        self.apps: OrderedDict[str, Flask] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer one request."""
        below = _BELOW.fullmatch(environ.get("PATH_INFO", ""))
        trial = trials.find(folder(self.app), below[1]) if below else None
        if below is None or trial is None:
            if below is not None:
                self.drop(below[1])
            answer: Iterable[bytes] = self.inner(environ, start)
            return answer
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + f"/thu/{trial.id}"
        environ["PATH_INFO"] = below[2] or "/"
        with clock.ahead(trial.ahead), stamped(STAMP):
            return self.of(trial)(environ, start)

    def of(self, trial: Trial) -> Flask:
        """The application of a trial."""
        with self.lock:
            app = self.apps.get(trial.id)
            if app is None:
                app = self.apps[trial.id] = self.make(settings(self.app, trial))
                trial_bar.dress(app, trial.id, folder(self.app), door(self.app))
            self.apps.move_to_end(trial.id)
            old = [key for key in self.apps if key != trial.id][: max(0, len(self.apps) - MOST)]
        for key in old:
            self.drop(key)
        return app

    def drop(self, trial_id: str) -> None:
        """Let go of an application and of its connections."""
        from models.base import db

        with self.lock:
            app = self.apps.pop(trial_id, None)
        if app is not None:
            with app.app_context():
                db.engine.dispose()


def folder(app: Flask) -> Path:
    """Where the trials of this host lie: beside the files, which is not below the web root."""
    return Path(app.config["UPLOAD_DIR"]).parent / "thu"


def settings(app: Flask, trial: Trial) -> dict[str, Any]:
    """The settings of a trial: those of the product, with everything it could touch replaced."""
    names = [s.name for s in config.SETTINGS if s.source != "fixed"]
    own = {name: app.config[name] for name in (*names, *_ALSO) if name in app.config}
    path = f"/thu/{trial.id}"
    return own | {
        "TRIAL": trial.id,
        "DATABASE_URL": f"sqlite:///{trial.database}",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{trial.database}",
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "UPLOAD_DIR": str(trial.uploads),
        "SCAN_DIR": "",
        "DEMO": False,
        "KEEP_PAGES": False,
        "TRUSTED_PROXIES": 0,  # believed once already, at the door
        "PUBLIC_URL": app.config["PUBLIC_URL"].rstrip("/") + path,
        "SECRET_KEY": _secret(app, trial.id),
        "SESSION_COOKIE_NAME": f"thu-{trial.id}",
        "SESSION_COOKIE_PATH": f"{path}/",
    }


def _secret(app: Flask, trial_id: str) -> str:
    """A secret of its own: a session or a form of a trial is worth nothing anywhere else."""
    key = str(app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"trial {trial_id}".encode(), hashlib.sha256).hexdigest()


# ---- the way in ----------------------------------------------------------------------------------
class Door:
    """Tickets by which somebody who may walk a trial arrives there, once the real session was asked."""

    def __init__(self, app: Flask) -> None:
        self.signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="trial")

    def ticket(self, trial: Trial) -> str:
        """A ticket to this trial alone, good for a minute."""
        return str(self.signer.dumps(trial.id))

    def admits(self, ticket: str, trial_id: str) -> bool:
        """Whether a ticket leads here."""
        try:
            return bool(self.signer.loads(ticket, max_age=ARRIVES) == trial_id)
        except BadSignature:
            return False


def door(app: Flask) -> Door:
    """The one that gives tickets for an application."""
    return Door(app)


def prepare(path: Path) -> None:
    """An empty database with all tables, by the migrations, as any other gets it."""
    from alembic import command

    command.upgrade(alembic_config(sa.make_url(f"sqlite:///{path}")), "head")


def init_app(app: Flask, make: Callable[[dict[str, Any]], Flask]) -> None:
    """Open the door, and tell the screens of the designer how a trial is begun and entered.

    make: builds an application from settings. A trial has no trials of its own.
    """
    if app.config.get("TRIAL"):
        return
    outer: Any = app.wsgi_app
    if isinstance(outer, ProxyFix):  # what it says of the visitor is true of a trial, too
        app.extensions["trials"] = outer.app = Trials(app, outer.app, make)
    else:
        app.extensions["trials"] = app.wsgi_app = Trials(app, outer, make)  # type: ignore[method-assign]
    app.extensions["trying"] = trying.Way(
        root=folder(app),
        files=Path(app.config["UPLOAD_DIR"]),
        prepare=prepare,
        ticket=door(app).ticket,
    )
