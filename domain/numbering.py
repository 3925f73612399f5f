"""The numbers an office gives: what each looks like, and which counter it comes from.

A scheme is a small value: `kind`, `unit` and `period` name its counter, `format(n)` writes its
n-th number. Issuing n under lock is the work of services; no rule here keeps a count.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, NamedTuple, Protocol

from domain.errors import DomainError


class Scheme(Protocol):
    """What every numbering scheme offers."""

    kind: ClassVar[str]

    @property
    def unit(self) -> str:
        """Code of the unit whose counter it is."""

    @property
    def period(self) -> str:
        """The day or year in which the counter runs from 1."""

    def format(self, n: int) -> str:
        """The n-th number, n ≥ 1."""


@dataclass(frozen=True)
class DossierCode:
    """Mã số hồ sơ: unit code, day of receipt, sequence of that day (TT 01/2018 Đ19).

    Four digits; after 9999 five, never back to 0001. Errors: numbering.unit_code,
    numbering.exhausted after 99999.
    """

    unit: str
    day: date
    kind: ClassVar[str] = "dossier"

    def __post_init__(self) -> None:
        if not _UNIT.fullmatch(self.unit):
            raise DomainError("numbering.unit_code")

    @property
    def period(self) -> str:
        return self.day.isoformat()

    def format(self, n: int) -> str:
        return f"{self.unit}-{self.day:%y%m%d}-{_checked(n, self.unit, 99_999):04d}"


@dataclass(frozen=True)
class BookNumber:
    """Số thứ tự in a book of the register, from 01 within the year (TT 01/2018 Đ10)."""

    unit: str
    year: int
    book: int = 1
    kind: ClassVar[str] = "book"

    @property
    def period(self) -> str:
        return f"{self.year}/{self.book:02d}"

    def format(self, n: int) -> str:
        return f"{_checked(n, self.unit):02d}"


@dataclass(frozen=True)
class DocumentNumber:
    """“Số: 05/TNHS”: below 10 with a leading zero, no spaces (NĐ 30/2020 Phụ lục I)."""

    unit: str
    year: int
    sign: str
    kind: ClassVar[str] = "document"

    @property
    def period(self) -> str:
        return f"{self.year}/{self.sign}"

    def format(self, n: int) -> str:
        return f"{_checked(n, self.unit):02d}/{self.sign}"


@dataclass(frozen=True)
class ReceiptNumber:
    """Number of a fee receipt: seven digits within the year and series (chưa xác minh).

    Errors: numbering.exhausted after 9999999.
    """

    unit: str
    year: int
    series: str = field(default="BL")
    kind: ClassVar[str] = "receipt"

    @property
    def period(self) -> str:
        return f"{self.year}/{self.series}"

    def format(self, n: int) -> str:
        return f"{self.series}-{self.year}-{_checked(n, self.unit, 9_999_999):07d}"


KINDS: dict[str, type[DossierCode | BookNumber | DocumentNumber | ReceiptNumber]] = {
    scheme.kind: scheme for scheme in (DossierCode, BookNumber, DocumentNumber, ReceiptNumber)
}


def dossier_code(unit: str, day: date, n: int) -> str:
    """`dossier_code("H15.50.05", date(2026, 10, 8), 975)` → "H15.50.05-261008-0975"."""
    return DossierCode(unit, day).format(n)


class ParsedCode(NamedTuple):
    """The parts of a dossier code."""

    unit: str
    day: date
    n: int


_UNIT = re.compile(r"[A-Z0-9]{1,6}(\.[A-Z0-9]{1,6}){0,5}")
# Older codes put the levels the other way round and ministries count with 6–7 digits.
_CODE = re.compile(rf"({_UNIT.pattern})-(\d{{6}})-(\d{{4,7}})", re.ASCII)
_LEGACY = re.compile(r"\d{1,7}/[A-ZĐ]{1,10}(-[A-ZĐ0-9]{1,10})*", re.ASCII)
_DASHES = str.maketrans("‐‑‒–—−", "------")


def parse_code(text: str) -> ParsedCode:
    """Read a dossier code as typed or scanned: any case, any dash, spaces around it.

    Errors: dossier_code.invalid.
    """
    found = _CODE.fullmatch(_tidy(text))
    if not found:
        raise DomainError("dossier_code.invalid", field="code")
    unit, digits, n = found[1], found[3], found[4]
    try:
        day = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        raise DomainError("dossier_code.invalid", field="code") from None
    return ParsedCode(unit, day, int(n))


def looks_like_code(text: str) -> bool:
    """Whether a search for `text` is a search for one dossier code."""
    try:
        parse_code(text)
    except DomainError:
        return False
    return True


def looks_like_legacy_code(text: str) -> bool:
    """Whether `text` is a number of the paper years, such as "0123/TNHS" (chưa xác minh)."""
    return bool(_LEGACY.fullmatch(_tidy(text)))


def _tidy(text: str) -> str:
    return "".join(text.upper().translate(_DASHES).split())


def _checked(n: int, scope: str, highest: int | None = None) -> int:
    if n < 1:
        raise ValueError("numbers start at 1")
    if highest is not None and n > highest:
        raise DomainError("numbering.exhausted", scope=scope)
    return n
