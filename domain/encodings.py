"""Files of older programs: which of the old Vietnamese encodings a text is in, and what it says.

TCVN 5712:1993 gives the letters of its third table (VN3, the fonts .VnTime) bytes of Latin 1; its
capitals with a tone have fonts of their own and are kept as small letters.
"""

import re
import unicodedata

from domain.telex import is_syllable
from domain.unicode import nfc

_VN3 = {
    **dict(zip("¡¢§£¤¥¦", "ĂÂĐÊÔƠƯ", strict=True)),
    **dict(zip("µ¸¶·¹", "àáảãạ", strict=True)),
    **dict(zip("¨»¾¼½Æ", "ăằắẳẵặ", strict=True)),
    **dict(zip("©ÇÊÈÉË", "âầấẩẫậ", strict=True)),
    **dict(zip("®ÌÐÎÏÑ", "đèéẻẽẹ", strict=True)),
    **dict(zip("ªÒÕÓÔÖ", "êềếểễệ", strict=True)),
    **dict(zip("×ÝØÜÞ", "ìíỉĩị", strict=True)),
    **dict(zip("ßãáâä", "òóỏõọ", strict=True)),
    **dict(zip("«åèæçé", "ôồốổỗộ", strict=True)),
    **dict(zip("¬êíëìî", "ơờớởỡợ", strict=True)),
    **dict(zip("ïóñòô", "ùúủũụ", strict=True)),
    **dict(zip("\xadõøö÷ù", "ưừứửữự", strict=True)),
    **dict(zip("úýûüþ", "ỳýỷỹỵ", strict=True)),
}
_TABLE = str.maketrans(_VN3)
_WORD = re.compile(r"[^\W\d_]+")
#: Words in letters of the table: some of its bytes are signs and no letters in Latin 1.
_BYTES = re.compile("[A-Za-z\xa1-\xff]+")
#: From so many of the words that have marks being syllables on, a text is Vietnamese.
ENOUGH = 0.6


def from_vn3(text: str) -> str:
    """What a text says whose bytes (or characters of Latin 1) are letters of TCVN 5712 VN3."""
    return text.translate(_TABLE)


def vietnamese(text: str) -> float:
    """The share of syllables among the words with marks; 0 where no word has any."""
    words = [word for word in _WORD.findall(nfc(text)) if not word.isascii()]
    if not words:
        return 0.0
    return sum(is_syllable(word.lower()) for word in words) / len(words)


def guess(sample: bytes) -> str | None:
    """ "vn3" or "cp1258" for bytes that are no Unicode; None where neither gives Vietnamese."""
    read = {
        "vn3": from_vn3(sample.decode("latin-1")),
        "cp1258": unicodedata.normalize("NFC", sample.decode("cp1258", "replace")),
    }
    best = max(read, key=lambda name: vietnamese(read[name]))
    return best if vietnamese(read[best]) >= ENOUGH else None


def in_vn3(text: str) -> bool:
    """Whether the text of a workbook was typed in a font of VN3: nothing beyond Latin 1, and
    Vietnamese only when it is read so."""
    if any(ord(char) > 0xFF for char in text):
        return False
    marked = " ".join(word for word in _BYTES.findall(text) if not word.isascii())
    return vietnamese(from_vn3(marked)) >= ENOUGH > vietnamese(marked)
