"""Identity numbers, tax codes, telephone numbers (vocabulary.md §5)."""

import re
from datetime import date
from enum import StrEnum

from domain.errors import DomainError
from domain.unicode import nfc


class Sex(StrEnum):
    """As the identity card knows it."""

    male = "male"
    female = "female"


_SEPARATORS = re.compile(r"[\s.\-()]+")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def _digits(text: str) -> str:
    plain = _SEPARATORS.sub("", text)
    return plain if plain.isascii() and plain.isdigit() else ""


def normalise_id_number(value: str, *, field: str = "id_number") -> str:
    """The 12 digits (or the 9 of an old card) without separators. Errors: id_number.invalid."""
    number = _digits(value)
    if len(number) not in (9, 12):
        raise DomainError("id_number.invalid", field=field)
    return number


def check_id_number(
    value: str, birth: date | None = None, sex: Sex | None = None, *, field: str = "id_number"
) -> list[str]:
    """Warnings (codes of errors.MESSAGES) about a number that is well formed; never blocks.

    12 digits: 3 of the province, 1 of century and sex, 2 of the year of birth, 6 random, no check
    digit (NĐ 137/2015, chưa xác minh). Errors: id_number.invalid.
    """
    number = normalise_id_number(value, field=field)
    if len(number) == 9:
        return ["id_number.old"]
    warnings = []
    century, bit = divmod(int(number[3]), 2)
    if birth is not None and birth.year != 1900 + 100 * century + int(number[4:6]):
        warnings.append("id_number.birth_mismatch")
    if sex is not None and sex is not (Sex.female if bit else Sex.male):
        warnings.append("id_number.sex_mismatch")
    return warnings


def check_tax_code(value: str, *, field: str = "tax_code") -> str:
    """The tax code as kept: 10 digits, "XXXXXXXXXX-NNN" of a branch, or a 12-digit identity number.

    Check digit N10 = 10 − (31·N1 + 29·N2 + … + 3·N9) mod 11. Since 01/07/2025 persons and
    households use their identity number. Errors: tax_code.invalid.
    """
    code = _digits(value)
    if len(code) == 12 and "-" not in value:
        return code
    if len(code) not in (10, 13) or _tax_check(code) != int(code[9]):
        raise DomainError("tax_code.invalid", field=field)
    return code if len(code) == 10 else f"{code[:10]}-{code[10:]}"


def _tax_check(code: str) -> int:
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, code, strict=False))
    return 10 - total % 11


#: Nobody at a counter was born before.
EARLIEST_BIRTH = date(1900, 1, 1)
_EMAIL = re.compile(r"[^\s@<>(),;:\"]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")


def check_birth_date(born: date, on: date | None = None, *, field: str = "birth_date") -> date:
    """The date of birth, if a person alive on a day can have it. Errors: birth_date.*."""
    if born < EARLIEST_BIRTH:
        raise DomainError("birth_date.too_early", field=field)
    if on is not None and born > on:
        raise DomainError("birth_date.future", field=field)
    return born


def check_email(text: str, *, field: str = "email") -> str:
    """The address without blanks around it: something@domain.tld. Errors: email.invalid."""
    address = nfc(text).strip()
    if not _EMAIL.fullmatch(address) or ".." in address or address[0] == ".":
        raise DomainError("email.invalid", field=field)
    return address


def normalise_phone(value: str, *, field: str = "phone") -> str:
    """A Vietnamese number from 0: 10 digits of a mobile, 11 of a fixed line (02…).

    +84 becomes 0; the Đắk Lắk area code 0500 of before 2017 becomes 0262 (chưa xác minh).
    Errors: phone.invalid.
    """
    number = _digits(value.strip().removeprefix("+"))
    if number.startswith("84") and len(number) in (11, 12):
        number = "0" + number[2:]
    if number.startswith("0500") and len(number) == 11:
        number = "0262" + number[4:]
    if not re.fullmatch(r"0[35789]\d{8}|02\d{8,9}", number):
        raise DomainError("phone.invalid", field=field)
    return number


def mask_name(name: str) -> str:
    """“Nguyễn Thị Hoa” → "N***** T** H**": initials and lengths only."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in nfc(name).split())


def mask_id(number: str) -> str:
    """The first three digits only: the last four are the second factor of the public look-up."""
    return number[:3] + "*" * max(0, len(number) - 3)
