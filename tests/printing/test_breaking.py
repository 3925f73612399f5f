"""Lines never wider than their room, and never a letter lost."""

import pytest
from hypothesis import given, settings, strategies as st

from printing import breaking, typefaces
from tests.printing.conftest import squeezed

FACE, SIZE = typefaces.REGULAR, 9
LETTERS = st.text(alphabet="aăâbđeêươƀčĭŏŭñ -./_@1W\n", max_size=120)


@settings(max_examples=60)
@given(text=LETTERS, width=st.floats(min_value=12, max_value=300))
def test_lines_fit_and_keep_every_letter(text, width):
    lines = breaking.lines(text, FACE, SIZE, width)
    assert squeezed("".join(lines)) == squeezed(text)
    assert all(typefaces.width(line, FACE, SIZE) <= width + 0.01 for line in lines)


def test_a_dossier_code_breaks_at_its_hyphen():
    lines = breaking.lines("H15.50.05.13-261008-0975", FACE, SIZE, 62)
    assert lines == ["H15.50.05.13-", "261008-0975"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("ỦY BAN NHÂN DÂN HUYỆN KRÔNG ANA", ["ỦY BAN NHÂN DÂN", "HUYỆN KRÔNG ANA"]),
        ("UBND", ["UBND"]),
    ],
)
def test_a_head_breaks_into_lines_of_like_length(name, lines):
    assert breaking.balanced(name, typefaces.BOLD, 9.2, 150) == lines
