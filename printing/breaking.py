"""Text broken into lines by the true widths of the face: greedy for cells, balanced for heads."""

from domain.unicode import nfc
from printing import typefaces

JOINTS = "-./_@"


def lines(text: str, face: str, size: float, width: float) -> list[str]:
    """`text` in lines no wider than `width` points; its own newlines are kept.

    Breaks at spaces; a word wider than the line (a dossier code, a web address) is cut at its
    last joint that fits, else between letters. Nothing is ever left out.
    """
    out: list[str] = []
    for paragraph in nfc(text).split("\n"):
        out.extend(_filled(paragraph.split(), face, size, width))
    return out


def balanced(text: str, face: str, size: float, width: float) -> list[str]:
    """As few lines as `lines` needs, but of like length: a head never ends on a lone word."""
    best = lines(text, face, size, width)
    for percent in range(96, 40, -4):
        narrower = lines(text, face, size, width * percent / 100)
        if len(narrower) > len(best):
            break
        best = narrower
    return best


def _filled(words: list[str], face: str, size: float, width: float) -> list[str]:
    """Words set line after line. Widths add up: the face is drawn without kerning."""
    space = typefaces.width(" ", face, size)
    out: list[str] = []
    line: list[str] = []
    used = 0.0
    for word in words:
        need = typefaces.width(word, face, size)
        if line and used + space + need <= width:
            line.append(word)
            used += space + need
            continue
        if line:
            out.append(" ".join(line))
        *full, word = _cut(word, face, size, width)
        out.extend(full)
        line, used = [word], typefaces.width(word, face, size)
    return [*out, " ".join(line)]


def _cut(word: str, face: str, size: float, width: float) -> list[str]:
    pieces = []
    while len(word) > 1 and typefaces.width(word, face, size) > width:
        fits = 1
        while typefaces.width(word[: fits + 1], face, size) <= width:
            fits += 1
        joint = max(word.rfind(mark, 0, fits) for mark in JOINTS) + 1
        at = joint if joint > fits // 2 else fits
        pieces.append(word[:at])
        word = word[at:]
    return [*pieces, word]
