"""The start: refusals in one sentence, one preparation by many processes, a polite stop."""

import dataclasses
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

import config
from tests.conftest import ENVIRONMENT
from tests.tools.databases import Store
from tests.tools.engines import postgresql_only
from tests.tools.postgres import Cluster
from tests.tools.serving import LiveServer, answer, free_port, serve

QUICK = {"DEMO": "0", "LOG_LEVEL": "info"}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``python run.py`` to its end."""
    return subprocess.run(
        [sys.executable, "run.py"],
        cwd=config.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=110,  # a busy machine is no defect
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The sentence of a refusal."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_start_is_refused_with_a_sentence_when_production_has_no_secret(tmp_path: Path) -> None:
    done = start(
        MODE="production",
        PUBLIC_URL="https://motcua.example",
        SECRET_KEY="",
        DATABASE_URL=f"sqlite:///{tmp_path}/x.db",
    )
    assert "SECRET_KEY" in refused(done)
    assert list(tmp_path.iterdir()) == []


def test_start_is_refused_with_a_sentence_when_a_declaration_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from app import server
    from models.calendar import WorkingHours

    screen = dataclasses.replace(WorkingHours.__screen__, menu="calender")
    monkeypatch.setattr(WorkingHours, "__screen__", screen)
    with pytest.raises(SystemExit) as end:
        server.main()
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("WorkingHours: there is no menu “calender”")


def test_start_is_refused_with_a_sentence_when_the_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = start(PORT=port, DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    assert port in refused(done)
    assert not (tmp_path / "x.db").exists()


def test_start_is_refused_with_a_sentence_when_the_database_is_away(tmp_path: Path) -> None:
    away = f"postgresql://nobody:geheim@127.0.0.1:{free_port()}/none"
    sentence = refused(start(PORT=str(free_port()), DATABASE_URL=away, SECRET_KEY="x" * 40))
    assert "geheim" not in sentence


# ---- preparing the database ----------------------------------------------------------------------
@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either engine."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    cluster.create("empty")
    yield cluster.url("empty")
    cluster.drop("empty")


def test_processes_preparing_one_empty_database_at_once_all_succeed(empty_url: str) -> None:
    environment = {**os.environ, **ENVIRONMENT, "DATABASE_URL": empty_url, "DEMO": "0"}
    command = [sys.executable, "-m", "flask", "--app", "run", "init"]
    running = [
        subprocess.Popen(
            command, cwd=config.ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    complaints = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], complaints
    assert "Traceback" not in "".join(complaints)


def test_preparing_again_takes_under_a_second_and_changes_nothing(app: Flask) -> None:
    from app.cli.setup import initialise

    before = rows(app)
    spent: list[float] = []
    for _ in range(3):
        started = time.perf_counter()
        initialise(app)
        spent.append(time.perf_counter() - started)
    assert min(spent) < 1
    assert rows(app) == before


def rows(app: Flask) -> dict[str, int]:
    """Number of rows of every table."""
    import sqlalchemy as sa

    from models.base import Model, db

    with app.app_context(), db.engine.connect() as connection:
        tables = Model.metadata.sorted_tables
        count = sa.select(sa.func.count())
        return {t.name: connection.scalar(count.select_from(t)) or 0 for t in tables}


# ---- serving -------------------------------------------------------------------------------------
@pytest.fixture
def prepared_url(built_app: Flask, store: Store) -> str:
    """A prepared database of its own."""
    return store.copy(f"started_{os.getpid()}")


def test_second_start_answers_within_five_seconds(prepared_url: str, tmp_path: Path) -> None:
    spent: list[float] = []
    while len(spent) < 3 and min(spent, default=5) >= 5:  # the machine may be busy once or twice
        started = time.perf_counter()
        with serve(prepared_url, tmp_path, {**ENVIRONMENT, **QUICK}):
            spent.append(time.perf_counter() - started)
    queue = os.getloadavg()[0] / (os.cpu_count() or 1)  # above 1, others wait for the processor too
    assert min(spent) < 5 * max(1, queue), spent


@pytest.fixture(scope="module")
def heard(
    built_app: Flask, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> tuple[LiveServer, str]:
    """A server of the demonstration that was asked twice and stopped, and all that it has written."""
    url, folder = store.copy(f"heard_{os.getpid()}"), tmp_path_factory.mktemp("heard")
    with serve(url, folder, {**ENVIRONMENT, "LOG_LEVEL": "info"}) as server:
        assert answer(f"{server.url}/login/?next=079012345678") == 200
        assert answer(f"{server.url}/no/such/079012345678") == 404
    return server, server.output()


def test_start_prints_the_address_and_one_account_per_role(heard: tuple[LiveServer, str]) -> None:
    from domain.roles import Role
    from seeds import demo

    server, printed = heard
    assert server.url in printed
    shown = demo.first_of_each_role()
    assert {account.role for account in shown} == set(Role) - {Role.system}
    assert all(a.username in printed and a.password in printed for a in shown)


@pytest.fixture
def own_server(prepared_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    """A server that may be stopped."""
    with serve(prepared_url, tmp_path, {**ENVIRONMENT, **QUICK}) as server:
        yield server


def test_stop_finishes_the_request_under_way(own_server: LiveServer) -> None:
    host, port = own_server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as visitor:
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        time.sleep(0.3)
        own_server.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        visitor.sendall(b"Connection: close\r\n\r\n")
        assert visitor.recv(4096).startswith(b"HTTP/1.1 200")
    assert own_server.process.wait(10) == 0


def test_logs_are_json_lines_that_name_rules_not_addresses(heard: tuple[LiveServer, str]) -> None:
    _, printed = heard
    entries = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    requests = [entry for entry in entries if entry["logger"] == "motcua.request"]
    assert {"/login/", "(none)"} <= {entry["rule"] for entry in requests}
    assert all({"time", "level", "method", "status", "ms", "request"} <= e.keys() for e in requests)
    assert "079012345678" not in printed


def test_logged_exception_shows_where_and_not_what_was_typed(app: Flask) -> None:
    from app.logs import JsonLines

    try:
        raise ValueError("079012345678")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    line = JsonLines().format(record)
    assert "079012345678" not in line
    assert json.loads(line)["error"][0] == "builtins.ValueError"
    assert "test_setup_start.py" in line


def test_killed_server_leaves_the_database_usable(own_server: LiveServer, tmp_path: Path) -> None:
    own_server.process.kill()
    own_server.process.wait(10)
    with serve(own_server.database_url, tmp_path, {**ENVIRONMENT, **QUICK}) as again:
        assert answer(f"{again.url}/readyz") == 200


# ---- the fixtures themselves ---------------------------------------------------------------------
def test_every_role_signs_in_and_sees_a_page(login) -> None:
    from domain.roles import Role

    for role in Role:
        if role is not Role.system:
            assert login(role).get("/", follow_redirects=True).status_code == 200, role


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_writes_is_gone_in_the_next(session, turn: int) -> None:
    from flask_appbuilder.security.sqla.models import Role as AccountRole

    assert session.query(AccountRole).filter_by(name="left over").count() == 0
    session.add(AccountRole(name="left over"))
    session.commit()


@postgresql_only
def test_plain_role_reads_but_owns_nothing(pg_app_role_url: str) -> None:
    with psycopg.connect(pg_app_role_url.replace("+psycopg", "")) as connection:
        owned = "SELECT count(*) FROM pg_tables WHERE tableowner = current_user"
        assert connection.execute(owned).fetchone() == (0,)
        assert connection.execute("SELECT count(*) > 0 FROM ab_role").fetchone() == (True,)
