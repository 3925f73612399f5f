"""Vietnamese alphabetical order: vocabulary.md §2–3."""

import locale
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from domain.names import person_sort_key, sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        "ma mà mả mã má mạ",
        "An Ánh Ăn Ấm Ân Dung Đạt",
        "a ă â b ƀ c č d đ e ê f g h i ĭ j k l m n ñb o ŏ ô ơ p q r s t u ŭ ư v w x y z",
        "dá đa",
        "10a 2 a",
        "Hà Hạ Hai Hải",
        "tòa tỏa tõa tóa tọa toan",
    ],
)
def test_sort_key_follows_the_alphabet_letters_first_then_tones(ordered: str) -> None:
    keys = [sort_key(word) for word in ordered.split()]
    assert all(first < second for first, second in pairwise(keys))


def test_sort_key_puts_a_shorter_name_first_and_ignores_case_and_signs() -> None:
    assert sort_key("An") < sort_key("An Bình") < sort_key("Anh")
    assert sort_key("ĐẮK LẮK") == sort_key("đắk lắk")
    assert sort_key("Cư M’gar") == sort_key("Cư M'gar") == sort_key("Cư Mʼgar")
    assert sort_key("") < sort_key("a")


@given(st.text(max_size=40))
def test_sort_key_has_only_characters_that_every_collation_orders_alike(text: str) -> None:
    assert set(sort_key(text)) <= set("0123456789abcdef")


@given(st.lists(st.text("aăâdđeoơuưyáàảãạ hH’Đ1", max_size=8), max_size=8))
def test_sort_key_orders_alike_by_bytes_and_by_locale(texts: list[str]) -> None:
    keys = [sort_key(text) for text in texts]
    assert sorted(keys) == sorted(keys, key=locale.strxfrm)
    assert sorted(keys) == sorted(keys, key=str.encode)


def test_persons_sort_by_given_name_and_then_by_the_rest() -> None:
    names = ["Nguyễn Văn An", "Trần Thị An", "Lê Ánh", "Bùi Thị Đào", "Y Bhiăm Niê"]
    keys = [person_sort_key(name) for name in names]
    assert all(first < second for first, second in pairwise(keys))


@pytest.mark.parametrize("name", ["Y Bhiăm Niê", "H’Hương Êban", "H'Bia Niê", "H Bia Niê", "Hoa"])
def test_names_that_end_in_a_clan_keep_their_order(name: str) -> None:
    assert person_sort_key(name) == sort_key(name)


def test_a_sort_name_given_by_hand_is_taken_as_it_stands() -> None:
    assert person_sort_key("Y Bhiăm Niê", "Bhiăm") == sort_key("Bhiăm")
    assert person_sort_key("Hồ Văn Y") == sort_key("Y Hồ Văn")
