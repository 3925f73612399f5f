"""The small office, seen by itself alone; files that need it furnished make their own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories.procedures import street_permit
from tests.services import packages, small_office
from tests.services.small_office import Office


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made


@pytest.fixture
def street(session: Any) -> str:
    """The package of the street permit, which is not here any more."""
    version = street_permit()
    text = packages.text_of(version)
    packages.erase(session, version)
    return text
