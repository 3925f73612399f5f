"""People at work: one running product per engine, a browser window for each of them.

Whatever a window complains about (a script error, something the CSP refused, a request that leaves
the house) fails the journey it happened in.
"""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.conftest import ENVIRONMENT
from tests.journeys.people import People
from tests.printing.conftest import marks
from tests.tools.databases import Store
from tests.tools.serving import LiveServer, serve

__all__ = ["marks"]  # a fixture of the papers


@pytest.fixture(scope="module")
def house(
    built_app: Flask, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The product on a database in its first state, for all journeys of a file."""
    folder = tmp_path_factory.mktemp("house")
    url = store.copy(f"journeys_{os.getpid()}")
    more = {**ENVIRONMENT, "UPLOAD_DIR": str(folder / "uploads"), "DEMO": "0"}
    with serve(url, folder, more) as server:
        yield server


@pytest.fixture(scope="module")
def crowd(browser: Browser, house: LiveServer) -> Iterator[People]:
    """Everybody who has signed in so far; their windows stay open for the next journey."""
    everybody = People(browser, house.url)
    yield everybody
    everybody.leave()


@pytest.fixture
def people(crowd: People) -> Iterator[People]:
    """The same people; nothing may go wrong in any of their windows."""
    yield crowd
    troubles, crowd.troubles = crowd.troubles, []
    assert troubles == []
