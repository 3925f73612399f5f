"""The pace of work is what was measured."""

from domain.pace import pace


def test_pace_gives_rows_a_second_and_what_is_left():
    assert pace(500, 1500, 2.0) == (250.0, 6.0)


def test_pace_says_nothing_before_there_is_anything_to_say():
    assert pace(0, 100, 30.0) is None
    assert pace(50, 100, 0.4) is None
