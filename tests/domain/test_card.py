"""The code on the identity card: seven fields, newer layouts, and what an input method makes of them."""

from datetime import date

import pytest

from domain import telex
from domain.errors import DomainError
from domain.names import Sex, parse_card_qr

ROW = "066190001234|240123456|{}|15031990|{}|{}|01012022"


def test_parse_card_qr_reads_the_seven_fields() -> None:
    card = parse_card_qr(
        "066080000001|240123456|Nguyễn Văn A|01051980|Nam|Buôn Trấp, Krông Ana, Đắk Lắk|25042021\n"
    )
    assert card.id_number == "066080000001"
    assert card.old_number == "240123456"
    assert (card.full_name, card.sex) == ("Nguyễn Văn A", Sex.male)
    assert (card.birth, card.issued_on) == (date(1980, 5, 1), date(2021, 4, 25))
    assert card.address == "Buôn Trấp, Krông Ana, Đắk Lắk"
    assert card.unsure == ()


def test_parse_card_qr_takes_missing_and_further_fields() -> None:
    card = parse_card_qr("066180000001||H’Bia Niê|00001980|Nữ|Đắk Lắk||cha|mẹ")
    assert (card.old_number, card.birth, card.issued_on) == ("", None, None)
    assert card.sex is Sex.female
    assert card.unsure == ()


@pytest.mark.parametrize(
    "text", ["", "066080000001", "06608000000||A|01051980|Nam|x|25042021", "a|b|c|d|e|f|g"]
)
def test_parse_card_qr_refuses_what_has_no_number(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse_card_qr(text)
    assert caught.value.code == "card_qr.invalid"


@pytest.mark.parametrize(
    ("text", "known", "unsure"),
    [
        ("066080000001|||01051980|Nam|x|25042021", ("", date(1980, 5, 1)), ("full_name",)),
        ("066080000001||Lê A|31021980|Nam|x|25042021", ("Lê A", None), ("birth",)),
        ("066080000001||Lê A|1051980|Nam|x|25042021", ("Lê A", None), ("birth",)),
        ("066080000001||Lê A|0105198x|Nam|x|25042021", ("Lê A", None), ("birth",)),
        ("066080000001||Lễ́ A|01051980|Nam|x|25042021", ("", date(1980, 5, 1)), ("full_name",)),
        # a layout of which nothing is known: version first, dates elsewhere, a name of a parent
        (
            "V2|066080000001|Lê Văn A|Nam|01052020|01051980|Thôn 1, xã Ea Tu|x",
            ("Lê Văn A", date(1980, 5, 1)),
            (),
        ),
    ],
)
def test_parse_card_qr_keeps_what_is_sure(text: str, known: tuple, unsure: tuple) -> None:
    card = parse_card_qr(text)
    assert (card.id_number, card.sex) == ("066080000001", Sex.male)
    assert (card.full_name, card.birth) == known
    assert card.unsure == unsure


@pytest.mark.parametrize(
    ("name", "sex", "address", "read"),
    [
        # the input method is off and the scanner sends the keys of Telex
        ("Nguyeenx Thij Hoa", "Nuwx", "Buoon Koo Tam, xax Ea Tu", "Nguyễn Thị Hoa"),
        ("NGUYEENX THIJ HUOWNG", "NUWX", "TOOR 3", "NGUYỄN THỊ HƯƠNG"),
        ("DDawngj Thuys Quyeen", "Nuwx", "x", "Đặng Thúy Quyên"),
        # the input method is on and eats letters of the names of this region
        ("H'Ưen Niê", "Nữ", "Cư M'gả", "H'Wen Niê"),
        ("Nguyễn Thị Hoa", "Nử", "Ea Kả, Đắk Lắk", "Nguyễn Thị Hoa"),
        # nothing is wrong, and nothing is changed
        ("H'Wen Ksor", "Nữ", "xã Ea Kar", "H'Wen Ksor"),
        ("Trần Thị Bar", "Nữ", "Thị trấn Quảng Phú", "Trần Thị Bar"),
    ],
)
def test_parse_card_qr_reads_back_what_telex_changed(
    name: str, sex: str, address: str, read: str
) -> None:
    card = parse_card_qr(ROW.format(name, sex, address))
    assert (card.full_name, card.sex, card.unsure) == (read, Sex.female, ())
    assert card.id_number == "066190001234"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ea Kả", "Ea Kar"),
        ("Cư M'gả", "Cư M'gar"),
        ("Kả", "Kả"),
        ("Quảng Phú", "Quảng Phú"),
        ("ưa nắng", "ưa nắng"),
    ],
)
def test_repair_changes_only_what_has_one_reading(typed: str, kept: str) -> None:
    assert telex.repair(typed) == kept


@pytest.mark.parametrize(
    "word", ["Nguyễn", "quyển", "giường", "khuỷu", "xã", "đắng", "xoài", "yêu"]
)
def test_syllables_of_the_language_are_known(word: str) -> None:
    assert telex.is_syllable(word)


@pytest.mark.parametrize("word", ["Ksor", "Hwen", "Kar", "Nguyeenx", "lễ́"])
def test_what_is_no_syllable_is_known(word: str) -> None:
    assert not telex.is_syllable(word)
