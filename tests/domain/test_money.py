"""Đồng in words and digits: vocabulary.md §4."""

import pytest
from hypothesis import given, strategies as st

from domain.errors import DomainError
from domain.money import format_vnd, in_words, parse_vnd


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (1, "Một đồng"),
        (4, "Bốn đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (20, "Hai mươi đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (100, "Một trăm đồng"),
        (101, "Một trăm linh một đồng"),
        (104, "Một trăm linh bốn đồng"),
        (105, "Một trăm linh năm đồng"),
        (110, "Một trăm mười đồng"),
        (555, "Năm trăm năm mươi lăm đồng"),
        (1_001, "Một nghìn không trăm linh một đồng"),
        (1_015, "Một nghìn không trăm mười lăm đồng"),
        (10_000, "Mười nghìn đồng"),
        (21_000, "Hai mươi mốt nghìn đồng"),
        (105_000, "Một trăm linh năm nghìn đồng"),
        (1_000_005, "Một triệu không trăm linh năm đồng"),
        (1_050_000, "Một triệu không trăm năm mươi nghìn đồng"),
        (7_500_000, "Bảy triệu năm trăm nghìn đồng"),
        (15_000_000, "Mười lăm triệu đồng"),
        (1_000_000_005, "Một tỷ không trăm linh năm đồng"),
        (
            1_234_567_891,
            "Một tỷ hai trăm ba mươi tư triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi mốt"
            " đồng",
        ),
        (1_000_000_000_000, "Một nghìn tỷ đồng"),
        (1_005_000_000_000, "Một nghìn không trăm linh năm tỷ đồng"),
        (10**15, "Một triệu tỷ đồng"),
        (10**18 + 21, "Một tỷ tỷ không trăm hai mươi mốt đồng"),
    ],
)
def test_in_words_reads_an_amount(amount: int, words: str) -> None:
    assert in_words(amount) == words


def test_in_words_says_le_in_the_south() -> None:
    assert (
        in_words(1_001_105, "lẻ")
        == "Một triệu không trăm linh một nghìn".replace("linh", "lẻ") + " một trăm lẻ năm đồng"
    )


def test_in_words_refuses_a_negative_amount() -> None:
    with pytest.raises(DomainError) as caught:
        in_words(-1)
    assert caught.value.code == "money.invalid"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234.567 đ", 1_234_567),
        ("1.234.567đ", 1_234_567),
        ("1.234.567 đồng", 1_234_567),
        ("1234567", 1_234_567),
        ("1 234 567", 1_234_567),
        ("1\u00a0234\u00a0567 ₫", 1_234_567),
        ("1,234,567 VND", 1_234_567),
        ("  50.000 vnđ ", 50_000),
        ("0", 0),
    ],
)
def test_parse_vnd_reads_what_people_type(text: str, amount: int) -> None:
    assert parse_vnd(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "đ",
        "-5",
        "1.5",
        "1.2345",
        "1.234,567",
        "12.34.567",
        "1e3",
        "năm nghìn",
        "1.234.567,50",
        "٥",
    ],
)
def test_parse_vnd_refuses_what_is_no_whole_amount(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse_vnd(text)
    assert caught.value.code == "money.invalid"


@given(st.integers(0, 10**15))
def test_digits_read_back_and_words_tell_amounts_apart(amount: int) -> None:
    assert parse_vnd(format_vnd(amount)) == amount
    assert in_words(amount) != in_words(amount + 1)
    assert "  " not in in_words(amount)


def test_format_vnd_groups_by_dots() -> None:
    assert [format_vnd(n) for n in (0, 999, 1_000, 1_234_567)] == ["0", "999", "1.000", "1.234.567"]
