"""Marks for a test that makes sense on one engine only. All others run on both."""

import pytest

sqlite_only = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")
postgresql_only = pytest.mark.parametrize(
    "engine_name", ["postgresql"], indirect=True, scope="session"
)
