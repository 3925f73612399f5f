"""Wiring only: the application factory."""

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import config
import models  # noqa: F401  (registers every table)
import views
from app import (
    assets,
    cli,
    clock,
    compress,
    engine,
    errors,
    health,
    i18n,
    kept,
    logs,
    roles,
    security,
    trials,
)
from models.base import db
from models.scope import install as install_scope
from views import present
from views.home import HomeView

csrf = CSRFProtect()


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Build one application; `overrides` replace loaded settings (tests)."""
    app = Flask("app", root_path=str(config.ROOT / "app"))
    app.config.update(config.load())
    app.config.update(overrides or {})
    app.config["FAB_ROLES"] = roles.fab_roles()
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    compress.init_app(app)
    logs.init_app(app)
    assets.init_app(app)
    engine.init_app(app)
    db.init_app(app)
    csrf.init_app(app)
    install_scope()
    i18n.init_app(app)
    errors.init_app(app)
    health.init_app(app)
    present.bind(actor=security.current_actor, now=clock.now)
    with app.app_context():
        appbuilder = AppBuilder(
            app, db.session, indexview=HomeView, security_manager_class=security.SecurityManager
        )
        views.register(appbuilder)
        roles.check()
    i18n.templates(app)
    security.init_app(app)
    kept.init_app(app)
    cli.init_app(app)
    trials.init_app(app, create_app)
    return app
