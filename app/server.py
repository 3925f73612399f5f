"""The production server: gunicorn, started from Python so that there is one way to start."""

import contextlib
import gc
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Flask
from flask_babel import gettext as _
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

import config
from app import jobs


class JsonLog(Logger):
    """Gunicorn's messages through our JSON lines; requests are logged by the application."""

    def setup(self, cfg: Any) -> None:
        """Leave writing to the root logger, which app.logs has prepared."""
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(cfg.loglevel.upper())
        self.access_log.disabled = True

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """As gunicorn does, without the raw address: it may hold a dossier code."""
        if msg.startswith("Error handling request"):
            msg, args = "Error handling request", ()
        super().exception(msg, *args, **kwargs)

    def access(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the application has logged the request with its rule."""


class Gentle(Arbiter):
    """Ctrl-C finishes the requests under way, as SIGTERM does."""

    def handle_int(self) -> None:
        """Treat an interrupt as a polite stop."""
        self.handle_term()


class Server(BaseApplication):
    """One prepared application in several processes."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        super().__init__()

    def load_config(self) -> None:
        """Take every value from config.py; gunicorn's own files and variables are not read."""
        for name, value in self.options().items():
            self.cfg.set(name, value)

    def options(self) -> dict[str, Any]:
        """Gunicorn's settings."""
        loaded = self.app.config
        memory = Path("/dev/shm")
        return {
            "bind": f"{loaded['HOST']}:{loaded['PORT']}",
            "workers": loaded["WORKERS"],
            "worker_class": "sync",  # the generated views are proven for one request per process
            "preload_app": True,
            "proc_name": "motcua",
            "timeout": loaded["REQUEST_TIMEOUT_SECONDS"],
            "graceful_timeout": loaded["STOP_TIMEOUT_SECONDS"],
            "worker_tmp_dir": str(memory) if memory.is_dir() else None,
            "control_socket_disable": True,  # it would need a writable home
            "forwarded_allow_ips": "",  # TRUSTED_PROXIES decides what is believed
            "loglevel": loaded["LOG_LEVEL"],
            "logger_class": JsonLog,
            "pre_fork": lambda _server, _worker: gc.freeze(),
            "post_fork": lambda _server, _worker: self.separate(),
            "post_worker_init": lambda _worker: self.wake(),
            "when_ready": lambda _server: greet(self.app),
        }

    def load(self) -> Flask:
        """Return the application that the parent process has prepared."""
        return self.app

    def run(self) -> None:
        """Serve until told to stop."""
        Gentle(self).run()

    def separate(self) -> None:
        """Give a new process connections of its own. Quick: until it ends, no signal is heard."""
        from models.base import db

        with self.app.app_context():
            db.engine.dispose(close=False)

    def wake(self) -> None:
        """Leave Ctrl-C to the parent, warm the paper engine, take part in the sweeps."""
        from printing.engine import warm_up

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        warm_up()
        jobs.start(self.app)


def greet(app: Flask) -> None:
    """Print the address and, in a demonstration, one account per role."""
    with app.app_context():
        lines = ["", _("Một Cửa is running at %(url)s", url=app.config["PUBLIC_URL"])]
        if app.config["DEMO"]:
            lines += ["", _("Demonstration accounts (role, user name, password):")]
            lines += _accounts()
        lines += ["", _("Press Ctrl+C to stop."), ""]
    print("\n".join(lines), flush=True)


def _accounts() -> list[str]:
    from seeds import demo

    rows = [(str(a.title), a.username, a.password) for a in demo.first_of_each_role()]
    wide = max(len(title) for title, _name, _password in rows)
    tall = max(len(name) for _title, name, _password in rows)
    return [f"  {t:<{wide}}  {n:<{tall}}  {p}" for t, n, p in rows]


def refuse(sentence: str) -> NoReturn:
    """End the start with one sentence for the person at the keyboard."""
    print(sentence, file=sys.stderr)
    sys.exit(2)


def check_port(app: Flask) -> None:
    """Refuse a port that is taken, before anything is changed in the database."""
    host, port = app.config["HOST"], app.config["PORT"]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe, app.app_context():
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            refuse(_("Port %(port)s cannot be used; choose another: make run PORT=8081", port=port))


def main() -> None:
    """Prepare the database, then serve. Refusals are one sentence and exit status 2."""
    from app import create_app
    from app.cli.setup import initialise
    from views.generated.checks import DeclarationError

    try:
        app = create_app()
        check_port(app)
        initialise(app)
    except (config.ConfigError, DeclarationError) as error:
        refuse(str(error))
    except sa.exc.OperationalError as error:
        with app.app_context():
            refuse(_("The database cannot be reached: %(why)s", why=error.orig))
    with contextlib.suppress(KeyboardInterrupt):
        Server(app).run()
