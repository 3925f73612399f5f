"""The help beside a condition."""

from typing import Any

from domain.formula import FUNCTIONS, parse
from views.designer import names


def test_help_explains_every_function_and_its_examples_can_be_read(app: Any) -> None:
    assert names.FUNCTIONS.keys() == set(FUNCTIONS.values())
    for text, _ in (*names.FUNCTIONS.values(), *names.EXAMPLES):
        parse(text)
