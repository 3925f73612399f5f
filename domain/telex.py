"""What an input method (UniKey, Telex) makes of letters that a scanner types, and how to undo it."""

import re
import unicodedata

from domain.unicode import nfc

#: Telex keys: two letters for one, then the tone of the syllable.
_MARKS = {"aa": "â", "aw": "ă", "ee": "ê", "oo": "ô", "ow": "ơ", "uw": "ư", "dd": "đ"}
_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_ALL_TONES = frozenset(_TONES.values())
_ONSET = "(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
_NUCLEUS = (
    "(?:iê|yê|ươ|uô|uyê|uya|uyu|oai|oay|oao|oeo|uây|uôi|ươi|ươu|iêu|yêu|[aăâeêioôơuưy]"
    "|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oa|oă|oe|oi|ôi|ơi|ua|ue|uê|uơ|uâ|ui|uy|ưa|ưi|ưu)"
)
_SYLLABLE = re.compile(f"{_ONSET}{_NUCLEUS}(?:ch|ng|nh|[cmnpt])?")
#: Sounds that no syllable has: what Telex makes of the W of "H'Wen", or of a tone key too many.
_EATEN_W = re.compile(r"([ưƯ])(?=[eêoôăâEÊOÔĂÂ])")
#: Names of places and people here whose last letter is a tone key.
REGIONAL = ("Kar", "M'gar", "M'Gar", "Ktur", "Drăr", "Ksor", "Bhar", "Jar", "Mdhar", "Sar", "Ktưr")


def _parts(word: str) -> tuple[str, int]:
    """The word without tones, and how many tones it has."""
    letters = unicodedata.normalize("NFD", word.lower())
    tones = sum(letter in _ALL_TONES for letter in letters)
    return nfc("".join(x for x in letters if x not in _ALL_TONES)), tones


def is_syllable(word: str) -> bool:
    """Whether it can be a Vietnamese syllable: onset, vowel, coda, at most one tone."""
    bare, tones = _parts(word)
    return tones <= 1 and _SYLLABLE.fullmatch(bare) is not None


def garbled(text: str) -> bool:
    """Whether a word has what no language here has: two tones, or a replacement character."""
    return "\ufffd" in text or any(_parts(word)[1] > 1 for word in re.split(r"[\s,./-]+", text))


def decode_word(word: str) -> str:
    """ "Nguyeenx" → "Nguyễn"; a word that Telex does not explain stays as it is."""
    lower = word.lower()
    if not word.isascii() or is_syllable(word) or word in REGIONAL:
        return word
    tone = ""
    if len(lower) > 1 and lower[-1] in _TONES:
        lower, tone = lower[:-1], _TONES[lower[-1]]
    lower = lower.replace("uow", "ươ").replace("w", "w")
    for keys, letter in _MARKS.items():
        lower = lower.replace(keys, letter)
    lower = re.sub("^w|w$", "ư", lower)
    made = nfc(_toned(lower, tone))
    return _cased(made, word) if is_syllable(made) else word


def _toned(word: str, tone: str) -> str:
    """Put the tone on the vowel that carries it: a marked one, else by the open or closed syllable."""
    if not tone:
        return word
    start = 2 if re.match(r"(?:gi|qu)[aăâeêioôơuưy]", word) else 0
    vowels = [i for i, x in enumerate(word) if i >= start and x in "aăâeêioôơuưy"]
    if not vowels:
        return word + tone
    marked = [i for i in vowels if word[i] in "ăâêôơư"]
    closed = vowels[-1] < len(word) - 1
    if marked:
        at = marked[-1]
    elif len(vowels) == 1:
        at = vowels[0]
    else:
        at = vowels[-1] if closed and len(vowels) == 2 else vowels[len(vowels) - 2]
    return word[: at + 1] + tone + word[at + 1 :]


def _cased(made: str, as_typed: str) -> str:
    if as_typed.isupper() and len(as_typed) > 1:
        return made.upper()
    return made[0].upper() + made[1:] if as_typed[0].isupper() else made


def decode(text: str) -> str:
    """Every word of a text that arrived as the keys of Telex: the input method was switched off."""
    return re.sub(r"[A-Za-z']+", lambda found: decode_word(found[0]), text)


def encoded(text: str) -> bool:
    """Whether a text without any Vietnamese letter holds words that only Telex explains."""
    words = re.findall(r"[A-Za-z]+", text)
    return text.isascii() and any(decode_word(word) != word for word in words)


def _eaten() -> dict[str, str]:
    """What Telex makes of the regional names → the names."""
    found = {}
    for name in REGIONAL:
        bare = name[:-1].lower()
        found[nfc(_toned(bare, _TONES["r"]))] = name.lower()
    return found


_EATEN = _eaten()


def repair(text: str) -> str:
    """Undo what an active input method did to names of this region, where only one reading is left.

    "H'Ưen" → "H'Wen"; "Ea Kả" → "Ea Kar"; "Cư M'gả" → "Cư M'gar".
    """
    text = _EATEN_W.sub(lambda m: "W" if m[1] == "Ư" else "w", nfc(text))
    return re.sub(r"[^\s,./-]+", _regional, text)


def _regional(found: re.Match[str]) -> str:
    word = found[0].replace("’", "'")
    plain = _EATEN.get(word.lower())
    if plain is None:
        return found[0]
    before = found.string[: found.start()].rstrip().lower()
    if "'" not in word and not before.endswith(("ea", "krông", "cư", "buôn", "y")):
        return found[0]
    return _cased(plain, word) if "'" not in word else word[0] + word[1:2] + plain[2:]
