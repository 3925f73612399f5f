"""`/healthz`: the process lives. `/readyz`: the database answers and its migrations are current."""

import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, jsonify

import config
from models.base import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz():
    """200 as long as the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz():
    """200 when the database answers and stands at the newest migration, else 503."""
    try:
        with db.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except sa.exc.SQLAlchemyError:
        return jsonify(status="unavailable", reason="database"), 503
    if present != head():
        return jsonify(status="unavailable", reason="migrations"), 503
    return jsonify(status="ok", revision=present)


def head() -> str | None:
    """The newest migration in this release."""
    settings = Config()
    settings.set_main_option("script_location", str(config.ROOT / "migrations"))
    return ScriptDirectory.from_config(settings).get_current_head()


def init_app(app: Flask) -> None:
    """Register both addresses; they need no login."""
    app.register_blueprint(blueprint)
