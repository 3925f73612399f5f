"""The tools of the tests themselves: a private PostgreSQL, a Chromium, readers of paper."""

import os
import sqlite3
import time
import warnings

import pytest
from playwright.sync_api import Browser

from tests.tools import programs
from tests.tools.databases import PostgresStore, SqliteStore
from tests.tools.postgres import Cluster


def test_cluster_offers_what_the_product_needs_on_postgresql(cluster: Cluster) -> None:
    assert int(str(cluster.value("SHOW server_version_num"))) >= 150_000
    assert cluster.value("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'") == 1
    assert cluster.value("SELECT 1 FROM pg_collation WHERE collname = 'vi-x-icu'") == 1
    assert cluster.value("SHOW server_encoding") == "UTF8"


def test_owner_role_is_bound_by_row_level_security(cluster: Cluster) -> None:
    bypass = cluster.value(
        "SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname LIKE 'motcua%'"
    )
    assert bypass is False


def test_reset_undoes_what_a_test_wrote_on_postgresql(cluster: Cluster) -> None:
    store = PostgresStore(cluster, "tools")
    try:
        cluster.execute("CREATE TABLE note (id int)", store.live)
        store.freeze()
        cluster.execute("INSERT INTO note VALUES (1)", store.live)
        started = time.perf_counter()
        store.reset()
        spent = time.perf_counter() - started
        assert cluster.value("SELECT count(*) FROM note", store.live) == 0
        assert spent < 1.0
    finally:
        cluster.drop(store.live)
        cluster.drop(store.frozen)


def test_reset_undoes_what_a_test_wrote_on_sqlite() -> None:
    store = SqliteStore()
    try:
        for statement in ("PRAGMA journal_mode=WAL", "CREATE TABLE note (id int)"):
            _sqlite(store, statement)
        store.freeze()
        _sqlite(store, "INSERT INTO note VALUES (1)")
        store.reset()
        with sqlite3.connect(store.live) as connection:
            assert connection.execute("SELECT count(*) FROM note").fetchone() == (0,)
        connection.close()
    finally:
        store.close()


def _sqlite(store: SqliteStore, statement: str) -> None:
    with sqlite3.connect(store.live) as connection:
        connection.execute(statement)
    connection.close()


def test_database_connections_do_not_leave_the_machine(cluster: Cluster) -> None:
    assert cluster.value("SHOW listen_addresses") == ""


def test_browser_draws_vietnamese(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>Bộ phận Một Cửa</h1>")
    assert page.get_by_role("heading", name="Bộ phận Một Cửa").is_visible()
    page.close()


@pytest.mark.parametrize("find", [programs.pdftotext, programs.pdftoppm, programs.zbarimg])
def test_readers_of_paper_are_present(find) -> None:
    assert os.access(find(), os.X_OK)


def test_missing_program_is_named_with_its_cure() -> None:
    with pytest.raises(programs.Missing, match="apt-get install no-such-package"):
        programs.command("no-such-program", "no-such-package")


def test_warning_from_our_own_modules_fails_the_test_that_causes_it() -> None:
    with pytest.raises(DeprecationWarning, match="own"):
        warnings.warn("own", DeprecationWarning, stacklevel=1)
