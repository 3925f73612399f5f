"""Fixtures for every test: both databases, the application, people signed in, a real browser.

A test that asks for ``app`` (or anything built on it) runs on SQLite and on PostgreSQL, one of a
screen on either of them, each time on a database in its first state: migrated, reference data, one
account per role. The product is imported inside the fixtures: tests of ``domain`` alone stay quick
and independent of it.
"""

import contextvars
import gc
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

import config
from domain.roles import Role
from tests.tools import programs
from tests.tools.databases import PostgresStore, SqliteStore, Store
from tests.tools.postgres import PLAIN, Cluster
from tests.tools.serving import LiveServer, serve

ENGINES = ("sqlite", "postgresql")
CHROMIUM = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
#: Environment of every application under test.
ENVIRONMENT = {
    "DEMO": "1",
    "DEMO_DOSSIERS": "0",
    "MODE": "demo",
    "PROFILE": "dak-lak-2014",
    "SECRET_KEY": "only-for-tests-" * 4,
    "AUTH_RATE_LIMIT": "10000 per minute",
    "LOG_LEVEL": "warning",
}
#: Differences from the product: forms need no token (tests of the token switch it on again), and a
#: password costs one round instead of many.
OVERRIDES: dict[str, Any] = {
    "TESTING": True,
    "WTF_CSRF_ENABLED": False,
    "FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1",
}


# ---- which tests run -----------------------------------------------------------------------------
#: Tests of screens and journeys, and of verbs that differ in their rules and not in their statements: each
#: of them runs on one engine, half of them on each (docs/decisions/0007).
ON_ONE_ENGINE = (
    *("tests/views/", "tests/journeys/", "tests/services/dossier/", "tests/services/registers/"),
    *("tests/services/test_packaging", "tests/services/test_designing"),
    *("tests/services/test_draft_checks.py", "tests/services/test_comparing.py"),
    *("tests/services/test_accounts.py", "tests/services/test_attachments.py"),
    *("tests/services/test_papers.py", "tests/services/test_offering.py"),
)
#: Among them those whose own statements, locks or marks differ by engine.
ON_BOTH = (
    *("test_generated_list.py", "test_generated_api.py", "test_kept_pages.py"),
    *("test_receive.py", "test_transfer.py", "test_data.py", "test_move_version.py"),
    *("test_entries.py", "test_listing.py", "test_packaging_whole.py"),
)

#: Begun first, because what is begun last is waited for with the other processor idle.
LONG = (
    *("tests/proof/", "tests/journeys/", "tests/benchmarks/", "tests/scanning/test_recognition.py"),
    *(
        "tests/house/test_lint.py",
        "tests/house/test_setup_start.py",
        "tests/house/test_migrations.py",
    ),
    *("tests/views/test_counter_pace.py", "tests/views/test_counter_keys.py"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--both-engines` runs every test of a screen on SQLite and on PostgreSQL."""
    parser.addoption("--both-engines", action="store_true", help="every test on both databases")


@pytest.hookimpl(trylast=True)  # pytest has put together what shares a database by then
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the engine of each test, then the order."""
    left = [] if config.getoption("both_engines") else _on_the_other_engine(items)
    out = {id(item) for item in left}
    items[:] = _in_turn([item for item in items if id(item) not in out])
    config.hook.pytest_deselected(items=left)


def _on_the_other_engine(items: list[pytest.Item]) -> list[pytest.Item]:
    """Tests with the engine that their name does not choose, where they could run on both."""
    engines: dict[str, set[str]] = {}
    for item in items:
        name, engine = _apart(item)
        engines.setdefault(name, set()).add(engine)
    left = []
    for item in items:
        name, engine = _apart(item)
        halved = name.startswith(ON_ONE_ENGINE) and not name.split("::")[0].endswith(ON_BOTH)
        both = halved and len(engines[name] & set(ENGINES)) == len(ENGINES)
        if both and engine != ENGINES[zlib.crc32(name.encode()) % len(ENGINES)]:
            left.append(item)
    return left


def _in_turn(items: list[pytest.Item]) -> list[pytest.Item]:
    """All of an engine together, since each start of it costs seconds, and long ones before short ones;
    those without a database stand in the middle, where the second of two processes begins."""
    keys = {id(item): (not item.nodeid.startswith(LONG), _apart(item)[1]) for item in items}
    plain = [item for item in items if keys[id(item)] == (False, "")]
    rest = [item for item in items if keys[id(item)] != (False, "")]
    order = ("sqlite", "", "postgresql")
    rest.sort(key=lambda item: (order.index(keys[id(item)][1]), keys[id(item)][0]))
    half = len(items) // 2
    return [*rest[:half], *plain, *rest[half:]]


def _apart(item: pytest.Item) -> tuple[str, str]:
    """The name of a test without its engine, and the engine ("" where it needs no database)."""
    spec = getattr(item, "callspec", None)
    engine = str(spec.params.get("engine_name", "")) if spec is not None else ""
    stem, bracket, values = item.nodeid.partition("[")
    parts = [part for part in values.removesuffix("]").split("-") if part != engine]
    return stem + bracket + "-".join(parts), engine


# ---- databases -----------------------------------------------------------------------------------
@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Name of the database engine; session-wide, so that each application is built once."""
    return str(request.param)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The private PostgreSQL server, started by the first test that needs it."""
    server = Cluster()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def upload_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where scans of the tests go."""
    return tmp_path_factory.mktemp("uploads")


def settings_for(url: str, upload_dir: Path) -> dict[str, Any]:
    """Overrides for ``create_app`` that put an application on a database."""
    environment = {**ENVIRONMENT, "DATABASE_URL": url, "UPLOAD_DIR": str(upload_dir)}
    return config.load(environment) | OVERRIDES


@pytest.fixture(scope="session")
def store(engine_name: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """The databases of one engine."""
    made: Store
    if engine_name == "sqlite":
        made = SqliteStore()
    else:
        made = PostgresStore(request.getfixturevalue("cluster"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def built_app(store: Store, upload_dir: Path) -> Flask:
    """One application per engine, whose database is prepared and kept as the first state."""
    from app import create_app
    from app.cli.setup import initialise

    app = create_app(settings_for(store.url, upload_dir))
    initialise(app)
    _hash_in_one_round(app)
    _disconnect(app)
    store.freeze()
    gc.freeze()  # what stays until the end need not be gone through again and again
    return app


def _hash_in_one_round(app: Flask) -> None:
    """The same passwords of the demonstration accounts, quickly checked: hardly a test but signs in."""
    from models.base import db
    from seeds.demo import PASSWORD

    secret = generate_password_hash(PASSWORD, OVERRIDES["FAB_PASSWORD_HASH_METHOD"])
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE ab_user SET password = :secret"), {"secret": secret})


def _disconnect(app: Flask) -> None:
    from models.base import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(built_app: Flask, store: Store) -> Iterator[Flask]:
    """The application on a database in its first state."""
    store.reset()
    yield built_app
    _disconnect(built_app)


@pytest.fixture
def database_url(app: Flask) -> str:
    """Address of the database under ``app``."""
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session services use, seeing all agencies."""
    from models.base import db
    from models.scope import everything

    with app.app_context(), everything():
        yield db.session
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def pg_superuser_url(app: Flask, store: Store) -> str:
    """Address of the same database for a superuser; the test must run on PostgreSQL only."""
    assert isinstance(store, PostgresStore), (
        "mark the test with tests.tools.engines.postgresql_only"
    )
    return store.cluster.url(store.live, "postgres")


@pytest.fixture
def pg_app_role_url(app: Flask, store: Store) -> str:
    """Address for a role that owns nothing and may only read and write rows."""
    assert isinstance(store, PostgresStore), (
        "mark the test with tests.tools.engines.postgresql_only"
    )
    for grant in (
        f"GRANT USAGE ON SCHEMA public TO {PLAIN}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {PLAIN}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {PLAIN}",
    ):
        store.cluster.execute(grant, store.live)
    return store.cluster.url(store.live, PLAIN)


# ---- people --------------------------------------------------------------------------------------
class Visitor(FlaskClient):
    """A browser without a screen. What the test has prepared is committed before each request, and
    the request knows nothing of the test's own application context, scope or signed-in person."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request from outside."""
        if has_app_context():
            from models.base import db

            db.session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger."""
    return Visitor(app)


@pytest.fixture
def login(app: Flask) -> Callable[[Role | str], FlaskClient]:
    """``login(Role.clerk)`` or ``login("username")``: a new client, signed in by the form."""
    from seeds import demo

    accounts = {str(a.role): a for a in reversed(demo.accounts())}
    accounts |= {a.username: a for a in demo.accounts()}

    def sign_in(who: Role | str) -> FlaskClient:
        account = accounts[str(who)]
        client = Visitor(app)
        form = {"username": account.username, "password": account.password}
        answer = client.post("/login/", data=form)
        assert answer.status_code == 302, f"{who} could not sign in"
        assert "/login" not in answer.headers["Location"], f"{who} could not sign in"
        return client

    return sign_in


# ---- a real server, a real browser ---------------------------------------------------------------
#: Name of the database of the server that the tests of one process share.
SERVED = f"served_{os.getpid()}"


@pytest.fixture(scope="session")
def running_server(
    built_app: Flask, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The product in processes of its own: starting it takes longer than most tests."""
    folder = tmp_path_factory.mktemp("served")
    more = {**ENVIRONMENT, "UPLOAD_DIR": str(folder / "uploads"), "DEMO": "0"}
    with serve(store.copy(SERVED), folder, more) as server:
        yield server


@pytest.fixture
def live_server(running_server: LiveServer, store: Store) -> LiveServer:
    """The running product on a database in its first state. Whoever stops it starts one of its own."""
    store.renew(SERVED)
    return running_server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    found = programs.chromium()
    if found.node:
        os.environ["PLAYWRIGHT_NODEJS_PATH"] = found.node
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.executable,
            args=list(CHROMIUM),
            env={**os.environ, **found.environment},
        )
        programs.unplug(chromium)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh window on the live server; a script error or a refused resource fails the test."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 1366, "height": 768},
    )
    troubles: list[str] = []
    tab = context.new_page()
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("console", lambda message: troubles.extend(_trouble(message)))
    yield tab
    context.close()
    assert troubles == []


def _trouble(message: Any) -> list[str]:
    # A form answered with 4xx is reported as a failed load; that is what the test is about.
    if message.type != "error" or message.text.startswith("Failed to load resource"):
        return []
    return [message.text]
