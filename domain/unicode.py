"""Unicode at the door: one form for what is kept, one folded form for what is searched."""

import re
import unicodedata

#: Zero-width characters that copying from web pages and PDFs leaves behind.
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_CONTROLS = dict.fromkeys(code for code in range(0xA0) if code < 0x20 or code >= 0x7F)
_LINES = {0x09: "\t", 0x0A: "\n", 0x0D: "\n"}
_DOOR = {**_INVISIBLE, **_CONTROLS, **_LINES}

#: Letters that NFD leaves whole (ð is typed for đ by mistake), and an apostrophe that Unicode
#: counts as a letter.
_WHOLE = str.maketrans({"đ": "d", "ð": "d", "ƀ": "b", "ʼ": " "})
_NOT_ALNUM = re.compile(r"[\W_]+")


def nfc(text: str) -> str:
    """`text` in NFC with "\\n" line ends, without control and zero-width characters."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_DOOR))


def fold(text: str) -> str:
    """The search key: no diacritics, no case, đ as d, apostrophes and signs as one space.

    fold("Đắk Lắk") == "dak lak"; fold("Cư M’gar") == fold("Cư M'gar") == "cu m gar".
    """
    lowered = nfc(text).lower()
    if lowered.isascii():
        return _NOT_ALNUM.sub(" ", lowered).strip()
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_WHOLE)).lower()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_ALNUM.sub(" ", bare).strip()
