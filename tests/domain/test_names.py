"""Names as they are kept, searched and compared: vocabulary.md §2–3."""

import unicodedata

import pytest
from hypothesis import given, strategies as st

from domain.errors import DomainError
from domain.names import NAME_LIMIT, clean_name, fold, nfc, normalise_tones


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        (("Đắk Lắk", "Đăk Lăk", "ĐẮK LẮK", "Ðắk Lắk"), "dak lak"),
        (("Cư M’gar", "Cư M'gar", "Cư Mʼgar"), "cu m gar"),
        (("NGUYỄN THỊ THỦY", "Nguyễn Thị Thuỷ", "nguyen  thi thuy"), "nguyen thi thuy"),
        (("Hoà", "Hòa", unicodedata.normalize("NFD", "Hoà")), "hoa"),
        (("Ƀuôn ê̆ Ñ č", "buon e n c"), "buon e n c"),
        (("H’Hương Êban", "h'huong_EBAN"), "h huong eban"),
        (("UBND-xã (cũ), số 12/3",), "ubnd xa cu so 12 3"),
        (("Trần\u200b Văn\u00a0A",), "tran van a"),
        (("...", ""), ""),
        (("𝕊ơn", "SƠN"), "son"),
    ],
)
def test_fold_makes_one_key_of_all_spellings(texts: tuple[str, ...], key: str) -> None:
    assert {fold(text) for text in texts} == {key}


@given(st.text(max_size=60))
def test_fold_is_stable_and_ignores_case_and_form(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert key == key.strip()
    assert fold(unicodedata.normalize("NFD", text)) == key


@given(st.text(max_size=60))
def test_nfc_is_stable_and_keeps_no_control_character(text: str) -> None:
    kept = nfc(text)
    assert nfc(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in kept)


def test_nfc_keeps_lines_and_tabs() -> None:
    assert nfc("một\r\nhai\rba\tbốn\x00") == "một\nhai\nba\tbốn"
    assert len(nfc(unicodedata.normalize("NFD", "Hoà"))) == 3


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn   Văn\tA ", "Nguyễn Văn A"),
        ("H'Hương Êban", "H’Hương Êban"),
        ("Hʼ Bia Niê", "H’ Bia Niê"),
        ("Ðặng Thị Hoà", "Đặng Thị Hoà"),
        (unicodedata.normalize("NFD", "Y Bhiăm Niê Kdăm"), "Y Bhiăm Niê Kdăm"),
        ("Ƀê̆ Ñ-Č", "Ƀê̆ Ñ-Č"),
        ("ThS. Lê Văn B", "ThS. Lê Văn B"),
    ],
)
def test_clean_name_keeps_a_name_as_it_is_written(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name.required"),
        (" \u200b ", "name.required"),
        ("Nguyễn 1", "name.invalid"),
        ("<b>An</b>", "name.invalid"),
        ("An; Bình", "name.invalid"),
        ("...", "name.invalid"),
        ("A" * (NAME_LIMIT + 1), "name.too_long"),
    ],
)
def test_clean_name_refuses_what_is_no_name(typed: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        clean_name(typed, field="owner")
    assert (caught.value.code, caught.value.field) == (code, "owner")


def test_clean_name_of_an_organisation_may_hold_digits_and_signs() -> None:
    name = "Công ty TNHH MTV “An & Bình” số 2 (chi nhánh)"
    assert clean_name(name, organisation=True) == name
    assert clean_name("A" * NAME_LIMIT, organisation=True) == "A" * NAME_LIMIT
    with pytest.raises(DomainError, match=r"name\.invalid"):
        clean_name("123", organisation=True)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Hoà", "Hòa"),
        ("Khoẻ", "Khỏe"),
        ("Thuỷ", "Thủy"),
        ("toà", "tòa"),
        ("HOÀ THUỶ", "HÒA THỦY"),
        ("Uỷ ban", "Ủy ban"),
        ("Quý Quỳ", "Quý Quỳ"),
        ("QUÝ", "QUÝ"),
        ("Hoàng", "Hoàng"),
        ("quạ", "quạ"),
        ("khuỷu", "khuỷu"),
        ("Hòa Thủy", "Hòa Thủy"),
    ],
)
def test_normalise_tones_moves_the_tone_of_open_syllables_only(typed: str, normal: str) -> None:
    assert normalise_tones(typed) == normal
    assert normalise_tones(unicodedata.normalize("NFD", typed)) == normal
