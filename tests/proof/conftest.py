"""A running demonstration, with dossiers in every state."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import ENVIRONMENT
from tests.tools.databases import Store
from tests.tools.serving import LiveServer, serve

DOSSIERS = "48"


@pytest.fixture(scope="session")
def demonstration(
    built_app: Flask, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The product with demonstration dossiers, for all tests of this folder; only SQLite is asked."""
    folder = tmp_path_factory.mktemp("demonstration")
    url = store.copy(f"demonstration_{os.getpid()}")
    more = {"UPLOAD_DIR": str(folder / "uploads"), "DEMO": "1", "DEMO_DOSSIERS": DOSSIERS}
    with serve(url, folder, {**ENVIRONMENT, **more}, seconds=180) as server:
        yield server
