"""Single values of an old book: dates, numbers and states as offices wrote them."""

import datetime as dt
import re
from typing import Any, NamedTuple

from domain import names
from domain.codes import Outcome, Status
from domain.errors import DomainError


class When(NamedTuple):
    """A day, with the time of day where the book has one."""

    day: dt.date
    time: dt.time | None = None


def _clock(time: dt.time | None) -> dt.time | None:
    """Midnight is what a day without a time looks like."""
    return time if time and time != dt.time() else None


_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_TIME = re.compile(r"(?<![\d/.\-])(\d{1,2})\s*(?::|h|giờ)\s*(\d{2})?", re.IGNORECASE)
_LEFT = re.compile(r"[\s,T]|ngày|lúc|phút|:\d{2}(\.\d+)?", re.IGNORECASE)
#: Excel counts days from here (its 29/02/1900 never was).
_EXCEL = dt.datetime(1899, 12, 30)  # noqa: DTZ001
_EXCEL_RANGE = (20_000, 80_000)  # 1954 to 2119


def when(value: Any) -> When:
    """A date dd/mm/yyyy (or ISO, or Excel's own), perhaps with a time. Errors: date.invalid."""
    if isinstance(value, dt.datetime):
        return When(value.date(), _clock(value.time().replace(microsecond=0)))
    if isinstance(value, dt.date):
        return When(value)
    if isinstance(value, int | float) and _EXCEL_RANGE[0] <= value <= _EXCEL_RANGE[1]:
        return when(_EXCEL + dt.timedelta(minutes=round(value * 1440)))
    if isinstance(value, str):
        return _typed(names.nfc(value).strip())
    raise DomainError("date.invalid")


def _typed(text: str) -> When:
    iso, local = _ISO.search(text), _DAY.search(text)
    found = iso or local
    if found is None:
        raise DomainError("date.invalid")
    parts = [int(g) for g in found.groups()]
    year, month, day = parts if iso else reversed(parts)
    rest = text[: found.start()] + " " + text[found.end() :]
    clock = _TIME.search(rest)
    if clock:
        rest = rest[: clock.start()] + rest[clock.end() :]
    if _LEFT.sub("", rest):
        raise DomainError("date.invalid")
    try:
        time = dt.time(int(clock[1]), int(clock[2] or 0)) if clock else None
        return When(dt.date(year + 2000 if year < 100 else year, month, day), _clock(time))
    except ValueError:
        raise DomainError("date.invalid") from None


def text(value: Any) -> str:
    """What stands in a cell, in NFC on one line; a whole number without ".0"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(names.nfc(str(value)).split())


def _digits(value: Any, *lengths: int) -> str:
    """Digits of a number; Excel cuts leading zeros of cells that it takes for amounts."""
    digits = re.sub(r"[\s.\-]", "", text(value))
    if not isinstance(value, str) and digits.isdecimal():
        digits = next((digits.zfill(n) for n in lengths if len(digits) in (n, n - 1)), digits)
    return digits


def id_number(value: Any) -> str:
    """An identity number or tax code. Errors: id_number.invalid."""
    number = _digits(value, 9, 12)
    if number.isdecimal() and len(number) in (9, 12):
        return number
    try:
        return names.check_tax_code(text(value))
    except DomainError:
        raise DomainError("id_number.invalid") from None


#: Prefixes of 11-digit mobile numbers before 2018 and today's (chưa xác minh).
_MOBILE = (
    ("0120 0121 0122 0126 0128", "070 079 077 076 078"),
    ("0123 0124 0125 0127 0129", "083 084 085 081 082"),
    ("0162 0163 0164 0165 0166 0167 0168 0169", "032 033 034 035 036 037 038 039"),
    ("0186 0188 0199", "056 058 059"),
)
_OLD_MOBILE = {
    old: new for olds, news in _MOBILE for old, new in zip(olds.split(), news.split(), strict=True)
}


def phone(value: Any) -> str:
    """The first telephone number of a cell, in today's form. Errors: phone.invalid."""
    first = re.split(r"[;,/]|\s-\s|\shoặc\s", value)[0] if isinstance(value, str) else value
    digits = _digits(first, 10)
    if not isinstance(first, str) and len(digits) == 10 and digits.startswith("1"):
        digits = "0" + digits
    new = _OLD_MOBILE.get(digits[:4]) if len(digits) == 11 else None
    return names.normalise_phone(new + digits[4:] if new else digits)


class State(NamedTuple):
    """What a word of the book says: the status, or only the outcome."""

    status: Status | None
    outcome: Outcome | None = None


_STATES = {
    State(Status.received): "mới nhận|đã nhận|mới tiếp nhận|đã tiếp nhận|tiếp nhận",
    State(Status.processing): "đang giải quyết|đang xử lý|đang thụ lý|chờ bổ sung|đang chờ bổ sung",
    State(Status.processed): "đã giải quyết|đã xử lý|chờ trả|chờ trả kết quả|có kết quả"
    "|đã có kết quả|đã xử lý xong",
    State(Status.returned): "đã trả|đã trả kết quả|đã trả kq|hoàn thành|đã hoàn thành|kết thúc",
    State(Status.withdrawn): "rút|đã rút|rút hồ sơ|công dân rút|xin rút",
    State(Status.stopped): "dừng|dừng giải quyết|dừng xử lý|đã dừng",
    State(Status.not_accepted): "không tiếp nhận|từ chối tiếp nhận",
    State(None, Outcome.refused): "từ chối|từ chối giải quyết|không đủ điều kiện|không giải quyết",
}
_BY_WORD = {names.fold(w): state for state, words in _STATES.items() for w in words.split("|")}


def state(value: Any) -> State:
    """What the word for a status means. Errors: import.status_unknown."""
    word = text(value)
    found = _BY_WORD.get(names.fold(word))
    if found is None:
        raise DomainError("import.status_unknown", status=word)
    return found
