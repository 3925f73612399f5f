"""What the texts of marks say, and that none is believed for another dossier or paper."""

import pytest

from domain.marks import Mark, agrees, cover_text, read_mark, slip_token

SECRET = "x" * 40
CODE = "H15.36.00-261123-0001"


def test_a_cover_says_its_code_its_paper_and_its_proof():
    mark = read_mark(cover_text(SECRET, CODE, 3, "d1", "p3"))
    assert (mark.code, mark.paper, mark.cover) == (CODE, 3, True)
    assert agrees(mark, SECRET, "d1", "p3")


@pytest.mark.parametrize(
    ("secret", "dossier", "paper"),
    [("y" * 40, "d1", "p3"), (SECRET, "d2", "p3"), (SECRET, "d1", "p4"), (SECRET, "d1", None)],
)
def test_a_cover_is_not_believed_for_anything_else(secret, dossier, paper):
    assert not agrees(read_mark(cover_text(SECRET, CODE, 3, "d1", "p3")), secret, dossier, paper)


def test_a_slip_is_believed_for_its_dossier_only():
    address = f"https://motcua.example/tra-cuu/{CODE}?k={slip_token(SECRET, 'd1')}"
    mark = read_mark(address)
    assert mark == Mark(CODE, slip_token(SECRET, "d1"))
    assert agrees(mark, SECRET, "d1", None)
    assert not agrees(mark, SECRET, "d2", None)
    assert not agrees(read_mark(f"https://motcua.example/tra-cuu/{CODE}"), SECRET, "d1", None)


def test_a_bar_code_names_a_code_and_proves_nothing():
    assert read_mark(CODE) == Mark(CODE)
    assert not agrees(Mark(CODE), SECRET, "d1", None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "xin chào",
        "MC1:H15.36.00-261123-0001:3:SHORT",
        "MC1:NOT-A-CODE:3:ABCDEFGHIJKL",
        "MC2:H15.36.00-261123-0001:3:ABCDEFGHIJKL",
        "http://[::1/tra-cuu/H15.36.00-261123-0001",
        "https://a.example/tra-cuu/../../etc/passwd",
        "066190001234|240123456|Nguyễn Thị Hoa|15031990|Nữ|Buôn Kô Tam|01012022",
    ],
)
def test_anything_else_is_no_mark_of_ours(text):
    assert read_mark(text) is None
