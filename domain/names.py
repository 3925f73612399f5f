"""Names: what is kept, what is searched, and how they sort (vocabulary.md §2–3)."""

import re
import unicodedata

from domain.card import CardQr, parse_card_qr
from domain.collation import person_sort_key, sort_key
from domain.errors import DomainError
from domain.identity import (
    Sex,
    check_birth_date,
    check_email,
    check_id_number,
    check_tax_code,
    mask_id,
    mask_name,
    normalise_id_number,
    normalise_phone,
)
from domain.unicode import fold, nfc

__all__ = [
    "CardQr",
    "Sex",
    "check_birth_date",
    "check_email",
    "check_id_number",
    "check_tax_code",
    "clean_name",
    "fold",
    "mask_id",
    "mask_name",
    "nfc",
    "normalise_id_number",
    "normalise_phone",
    "normalise_tones",
    "parse_card_qr",
    "person_sort_key",
    "sort_key",
]

#: Longest name kept, in characters.
NAME_LIMIT = 250
#: Fewest letters of a person's whole name.
SHORTEST = 2

_APOSTROPHES = str.maketrans({"'": "’", "ʼ": "’", "‘": "’", "`": "’", "ð": "đ", "Ð": "Đ"})
#: Toned second vowel → toned first vowel: oà → òa, oè → òe, uỳ → ùy.
_MOVES = dict(zip("àảãáạèẻẽéẹỳỷỹýỵ", "òỏõóọòỏõóọùủũúụ", strict=True))
_LATE_TONE = re.compile(r"(?<!q)(o[àảãáạèẻẽéẹ]|u[ỳỷỹýỵ])(?!\w)", re.IGNORECASE)


def clean_name(value: str, *, organisation: bool = False, field: str = "name") -> str:
    """A name as it is kept: NFC, one kind of apostrophe (’), single spaces.

    A person's name has letters, spaces, apostrophes, hyphens and dots; that of an organisation
    may hold anything printable. Errors: name.required, name.too_short, name.invalid, name.too_long.
    """
    name = " ".join(nfc(value).translate(_APOSTROPHES).split())
    if not name:
        raise DomainError("name.required", field=field)
    if len(name) > NAME_LIMIT:
        raise DomainError("name.too_long", field=field, limit=NAME_LIMIT)
    letters = sum(1 for char in name if unicodedata.category(char)[0] == "L")
    strange = any(not _of_a_name(char) for char in name)
    if not letters or (strange and not organisation) or not name.isprintable():
        raise DomainError("name.invalid", field=field)
    if letters < SHORTEST and not organisation:
        raise DomainError("name.too_short", field=field)
    return name


def _of_a_name(char: str) -> bool:
    return char in " ’-." or unicodedata.category(char)[0] in "LM"


def normalise_tones(text: str) -> str:
    """Hoà → Hòa, Khoẻ → Khỏe, Thuỷ → Thủy: for duplicate checks only, names stay as typed.

    Syllables ending in oa, oe, uy (no q before) carry the tone on the first vowel.
    """
    return _LATE_TONE.sub(_move_tone, nfc(text))


def _move_tone(found: re.Match[str]) -> str:
    first, second = found[1][0], found[1][1]
    toned = _MOVES[second.lower()]
    plain = unicodedata.normalize("NFD", second)[0]
    return (toned.upper() if first.isupper() else toned) + plain
