"""Đồng: whole amounts, their digits and their words (vocabulary.md §4)."""

import re

from domain.errors import DomainError

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 1_000_000_000
_GROUPS = ((1_000_000, "triệu"), (1_000, "nghìn"), (1, ""))
_AMOUNT = re.compile(r"(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+)")
_CURRENCY = re.compile(r"\s*(đồng|đ|₫|vnđ|vnd)\.?$", re.IGNORECASE)


def in_words(amount: int, zero_tens: str = "linh") -> str:
    """“Bằng chữ” of an amount in đồng: 21 → "Hai mươi mốt đồng".

    `zero_tens` is the word for a zero ten before a unit: linh (North) or lẻ (South).
    Errors: money.invalid for a negative amount.
    """
    if amount < 0:
        raise DomainError("money.invalid", field="amount")
    words = _number(amount, zero_tens) if amount else [_DIGITS[0]]
    sentence = " ".join([*words, "đồng"])
    return sentence[0].upper() + sentence[1:]


def _number(amount: int, zero_tens: str) -> list[str]:
    """Words of an amount > 0; a group after a larger one says its hundreds even when zero."""
    words: list[str] = []
    billions, rest = divmod(amount, _BILLION)
    if billions:
        words += [*_number(billions, zero_tens), "tỷ"]
    for size, name in _GROUPS:
        group, rest = divmod(rest, size)
        if group:
            words += _group(group, zero_tens, full=bool(words))
            words += [name] if name else []
    return words


def _group(number: int, zero_tens: str, *, full: bool) -> list[str]:
    """Words of 1–999; `full` says the hundreds and the zero ten even when they are zero."""
    hundreds, rest = divmod(number, 100)
    tens, unit = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 1:
        words.append("mười")
    elif tens:
        words += [_DIGITS[tens], "mươi"]
    elif unit and words:
        words.append(zero_tens)
    return words + ([_unit(tens, unit)] if unit else [])


def _unit(tens: int, unit: int) -> str:
    if unit == 5 and tens:
        return "lăm"
    if tens >= 2:
        return {1: "mốt", 4: "tư"}.get(unit, _DIGITS[unit])
    return _DIGITS[unit]


def format_vnd(amount: int) -> str:
    """1234567 → "1.234.567"."""
    return f"{amount:,}".replace(",", ".")


def parse_vnd(text: str) -> int:
    """Read "1.234.567 đ", "1 234 567", "1,234,567 VND" or "1234567". Errors: money.invalid."""
    plain = _CURRENCY.sub("", " ".join(text.split()))
    if not _AMOUNT.fullmatch(plain) or not plain.isascii():
        raise DomainError("money.invalid", field="amount")
    return int(re.sub(r"[., ]", "", plain))
