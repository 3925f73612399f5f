"""Vietnamese alphabetical order as a stored key that every database sorts alike.

A key has only the characters 0-9a-f, so that byte order, ICU and glibc collations agree. It
holds all letters first, then all tones: two words differ by a tone only when all letters agree.
"""

import unicodedata

from domain.unicode import nfc

#: The alphabet with the letters of Ê Đê and M’nông and of Latin at their places.
_ALPHABET = "aăâbƀcčdđeĕêfghiĭjklmnoŏôơpqrstuŭưvwxyz"
_LETTERS = {letter: f"{0x20 + place:02x}" for place, letter in enumerate(_ALPHABET)}
_DIGITS = {str(digit): f"{0x10 + digit:02x}" for digit in range(10)}
_CODES = _LETTERS | _DIGITS
#: Traditional order of tones: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "5", "\u0323": "6"}
_LEVEL, _OTHER_MARK = "1", "7"
_WORD_END, _LETTERS_END = "01", "00"
_FOREIGN = "7f"


def sort_key(text: str) -> str:
    """Key of `text` in the order a ă â b c d đ …, tones ma mà mả mã má mạ; case is ignored."""
    words = "".join(char if _sorts(char) else " " for char in nfc(text).lower()).split()
    letters, tones = zip(*map(_word, words), strict=True) if words else ((), ())
    return _WORD_END.join(letters) + _LETTERS_END + "".join(tones)


def person_sort_key(name: str, sort_name: str | None = None) -> str:
    """Key of a person: by given name (the last word), then by the rest.

    Names of Ê Đê and M’nông (Y …, H’ …) end in the clan and keep their order; `sort_name`, when
    given, is sorted as it stands (vocabulary.md §2).
    """
    if sort_name:
        return sort_key(sort_name)
    words = nfc(name).split()
    if len(words) < 2 or _highland(words[0]):
        return sort_key(name)
    return sort_key(" ".join([words[-1], *words[:-1]]))


def _highland(first: str) -> bool:
    return first.lower() in ("y", "h") or first[:2].lower() in ("h’", "h'", "hʼ", "y’", "y'")


def _sorts(char: str) -> bool:
    """Letters, digits and their marks; ʼ is an apostrophe, although Unicode calls it a letter."""
    return char != "ʼ" and (char.isalnum() or bool(unicodedata.combining(char)))


def _word(word: str) -> tuple[str, str]:
    """Codes of the letters and the digits of the tones of one lower-case word."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", word):
        if not unicodedata.combining(char):
            letters.append(char)
            tones.append(_LEVEL)
        elif letters:
            _add_mark(letters, tones, char)
    return "".join(map(_code, letters)), "".join(tones)


def _add_mark(letters: list[str], tones: list[str], mark: str) -> None:
    """A mark either makes another letter of the alphabet (ă, ơ, č) or is a tone."""
    joined = unicodedata.normalize("NFC", letters[-1] + mark)
    if joined in _LETTERS:
        letters[-1] = joined
    else:
        tones[-1] = _TONES.get(mark, _OTHER_MARK)


def _code(letter: str) -> str:
    return _CODES.get(letter) or f"{_FOREIGN}{ord(letter):06x}"
