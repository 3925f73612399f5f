"""The code on the identity card, as a scanner types it (vocabulary.md §5)."""

import re
from datetime import date
from typing import NamedTuple

from domain import telex
from domain.errors import DomainError
from domain.identity import Sex
from domain.unicode import fold, nfc


class CardQr(NamedTuple):
    """The seven fields of the code; `unsure` names those that were there and cannot be trusted."""

    id_number: str
    old_number: str
    full_name: str
    birth: date | None
    sex: Sex | None
    address: str
    issued_on: date | None
    unsure: tuple[str, ...] = ()


_DIGITS = re.compile(r"[0-9]+")
_SEXES = {"nam": Sex.male, "nu": Sex.female, "male": Sex.male, "female": Sex.female}


def parse_card_qr(text: str) -> CardQr:
    """Seven fields between vertical bars, dates as ddmmyyyy; further fields are not read.

    A layout that is not known yields what is certain by its form: the 12 digits, the dates, the sex.
    Text that an input method changed is read back where only one reading is possible; where not, the
    field stays empty and is named in `unsure`. Errors: card_qr.invalid without a 12-digit number.
    """
    fields = [part.strip() for part in nfc(text).strip().strip("|").split("|")]
    if len(fields) < 2 or not any(_is_number(part, 12) for part in fields):
        raise DomainError("card_qr.invalid", field="card_qr")
    known = len(fields) >= 7 and _is_number(fields[0], 12) and not _is_number(fields[2])
    number, old, name, birth, sex, address, issued = fields[:7] if known else _by_form(fields)
    if telex.encoded(f"{name} {sex} {address}"):
        name, sex, address = (telex.decode(part) for part in (name, sex, address))
    name, address = telex.repair(name), telex.repair(address)
    return _checked(number, old, (name, birth, sex, address, issued))


def _is_number(text: str, length: int = 0) -> bool:
    return _DIGITS.fullmatch(text) is not None and (not length or len(text) == length)


def _by_form(fields: list[str]) -> list[str]:
    """The seven fields of a layout that is not known, each by what it looks like; empty if none does."""
    number = next(part for part in fields if _is_number(part, 12))
    old = next((part for part in fields if _is_number(part, 9)), "")
    days = [part for part in fields if _is_number(part, 8) and _day(part)]
    born = next((d for d in days if _born_as(number, _day(d))), "")
    sex = next((part for part in fields if fold(part) in _SEXES), "")
    words = [p for p in fields if p != sex and not re.search(r"\d", p) and len(p.split()) > 1]
    name = words[0] if words and "," not in words[0] else ""
    rest = [p for p in fields[fields.index(name) + 1 :] if "," in p] if name else []
    issued = next((d for d in days if d != born), "")
    return [number, old, name, born, sex, rest[0] if rest else "", issued]


def _born_as(number: str, born: date | None) -> bool:
    century = 1900 + 100 * (int(number[3]) // 2)
    return born is not None and born.year == century + int(number[4:6])


def _checked(number: str, old: str, parts: tuple[str, str, str, str, str]) -> CardQr:
    """Check the fields against each other and against the number."""
    name, birth, sex, address, issued = parts
    unsure = []
    if not name or telex.garbled(name) or re.search(r"[\d|]", name):
        unsure, name = ["full_name"], ""
    if telex.garbled(address):
        unsure, address = [*unsure, "address"], ""
    born, given = _day(birth), _day(issued)
    if birth and not birth.startswith("00") and born is None:
        unsure.append("birth")
    told = _SEXES.get(fold(sex))
    if told is None and sex:  # the number says it too
        told = Sex.female if int(number[3]) % 2 else Sex.male
    kept = old if _is_number(old, 9) else ""
    return CardQr(number, kept, name, born, told, address, given, tuple(unsure))


def _day(digits: str) -> date | None:
    """A date ddmmyyyy; None when the card leaves it out, as for a birth known by its year."""
    if not _is_number(digits, 8):
        return None
    try:
        return date(int(digits[4:8]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None
