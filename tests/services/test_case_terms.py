"""Terms that differ by case: 7 working days for a house, 10 for other works (NĐ 217/2026)."""

from typing import Any

import pytest

from services.dossier.clock import term_of
from tests.factories.dossiers import received, version_of

PERMIT = "1.013225"


@pytest.mark.parametrize(
    ("cases", "term"),
    [((), "7wd"), (("house",), "7wd"), (("other_works",), "10wd"), (("authorised",), "7wd")],
)
def test_the_case_decides_the_term_when_it_has_one(
    session: Any, cases: tuple[str, ...], term: str
) -> None:
    assert str(term_of(version_of(PERMIT), cases=cases)) == term


def test_receive_stores_the_term_of_the_case(session: Any) -> None:
    house, works = received(PERMIT, cases=("house",)), received(PERMIT, cases=("other_works",))
    assert (house.term, works.term) == ("7wd", "10wd")
    assert house.due_at < works.due_at
