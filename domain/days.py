"""Days as people write them: 1/2/26, 01-02-2026, 010226. Always day, month, year.

A year of two digits lies between 1950 and 2049; `latest` (today, for a day of birth) moves what
would lie in the future a hundred years back.
"""

import datetime as dt
import re

from domain.errors import DomainError

_SEPARATED = re.compile(r"(\d{1,2})\s*([/.\- ])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_BARE = re.compile(r"(\d\d)()(\d\d)(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
#: Years of two digits from here on belong to the last century.
PIVOT = 50


def read(text: str, latest: dt.date | None = None) -> dt.date:
    """The day that is meant. Errors: date.invalid; date.month_first where the month came first."""
    words = text.strip()
    if not words.isascii():
        raise DomainError("date.invalid")
    if iso := _ISO.fullmatch(words):
        return _day(int(iso[3]), int(iso[2]), int(iso[1]))
    found = _SEPARATED.fullmatch(words) or _BARE.fullmatch(words)
    if found is None:
        raise DomainError("date.invalid")
    day, month, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 2:
        year += 1900 if year >= PIVOT else 2000
        if latest is not None and _day(day, month, year) > latest:
            year -= 100
    return _day(day, month, year)


def _day(day: int, month: int, year: int) -> dt.date:
    if 12 < month <= 31 and 1 <= day <= 12:
        raise DomainError("date.month_first", month=month)
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise DomainError("date.invalid") from None
