"""The small office, seen by itself alone; files that need it furnished make their own."""

from collections.abc import Iterator

import pytest

from tests.services import small_office
from tests.services.small_office import Office


@pytest.fixture
def office(session) -> Iterator[Office]:
    made = small_office.build()
    with small_office.alone(made):
        yield made
