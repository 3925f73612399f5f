"""Old encodings are told apart and read; what is not Vietnamese in any of them is no guess."""

import unicodedata

import pytest

from domain import encodings

TEXT = "Cộng hoà xã hội chủ nghĩa Việt Nam, đường Nguyễn Tất Thành, thửa đất, ổ gà, ưu tiên, Ông Đỗ"
TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_vn3(text: str) -> bytes:
    """As a program with the fonts .VnTime has typed it."""
    back = {letter: char for char, letter in encodings._VN3.items()}
    plain = text.replace("Ô", "¤")
    return "".join(back.get(char, char) for char in plain).encode("latin-1")


def in_1258(text: str) -> bytes:
    """Letters with their marks, tones after them."""
    out = ""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        bare = "".join(part for part in parts if part not in TONES)
        out += unicodedata.normalize("NFC", bare) + "".join(p for p in parts if p in TONES)
    return out.encode("cp1258")


def test_every_letter_of_vn3_is_read_as_the_standard_says():
    assert encodings.from_vn3("µ¸¶·¹ ®×nh ñy ban nh©n d©n x· §¾k L¾k") == (
        "àáảãạ đình ủy ban nhân dân xã Đắk Lắk"
    )
    letters = set(encodings._VN3.values())
    assert len(letters) == len(encodings._VN3) == 74


@pytest.mark.parametrize(("write", "name"), [(in_vn3, "vn3"), (in_1258, "cp1258")])
def test_old_encoding_is_guessed_and_says_the_same(write, name):
    data = write(TEXT)
    assert encodings.guess(data) == name
    read = data.decode("latin-1") if name == "vn3" else data.decode(name)
    said = encodings.from_vn3(read) if name == "vn3" else unicodedata.normalize("NFC", read)
    assert said == TEXT


@pytest.mark.parametrize(
    "text", ["Señor Müller, naïve façade", "Gr\xf6\xdfe \xfcber", "plain ascii"]
)
def test_what_is_not_vietnamese_is_not_guessed(text):
    assert encodings.guess(text.encode("latin-1")) is None


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("Lª V¨n T¸m, x· Ea Kpam, huyÖn C­ M’gar".replace("’", "'"), True),
        (TEXT, False),
        ("hà, xã, là, cà phê", False),
        ("Buôn Ma Thuot", False),
        ("", False),
    ],
)
def test_workbook_typed_in_an_old_font_is_known_by_its_words(text, old):
    assert encodings.in_vn3(text) is old
