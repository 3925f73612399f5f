"""The words of the time that is left, as the kit draws them."""

import re

import pytest
from flask import render_template_string

from domain.remaining import Remaining

SHOWN = [
    (Remaining(False, 2, 3, 0, 1140), "còn 2 ngày 3 giờ"),
    (Remaining(False, 0, 3, 0, 180), "còn 3 giờ"),
    (Remaining(False, 0, 3, 20, 200), "còn 3 giờ 20 phút"),
    (Remaining(False, 0, 0, 0, 0), "đến hạn"),
    (Remaining(True, 0, 1, 0, 60), "trễ 1 giờ"),
    (Remaining(True, 12, 0, 0, 5760), "trễ 12 ngày"),
]


@pytest.mark.parametrize(("left", "words"), SHOWN)
def test_shows_hours_of_the_rest(app, left, words):
    with app.test_request_context():
        template = "{% import 'kit/macros.html' as kit %}{{ kit.remaining(left) }}"
        text = re.sub(r"<[^>]+>", "", render_template_string(template, left=left))
    assert text.strip() == words
