"""How values are written on Vietnamese paper: moments, money, numbers, gaps to fill by hand.

Source: NĐ 30/2020/NĐ-CP, Phụ lục I (day below 10 and months 1 and 2 get a leading zero, other
months do not; numbers below 10 get a leading zero). Money in words is `domain.money`.
Values in, text out; no clock is read.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.money import format_vnd

OFFICE_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
GAP = "…" * 12


def local(at: datetime) -> datetime:
    """`at` on the office's clock. ValueError for a naive moment: its zone would be a guess."""
    if at.tzinfo is None:
        raise ValueError("a moment on paper needs a time zone")
    return at.astimezone(OFFICE_TIME)


def day(at: date | datetime | None) -> str:
    """`ngày 05 tháng 01 năm 2026`, or the same with dots to fill by hand when there is none."""
    if at is None:
        return "ngày …… tháng …… năm ………"
    if isinstance(at, datetime):
        at = local(at)
    month = f"{at.month:02d}" if at.month < 3 else str(at.month)
    return f"ngày {at.day:02d} tháng {month} năm {at.year}"


def moment(at: datetime | None) -> str:
    """`09 giờ 05 phút, ngày 05 tháng 01 năm 2026`, or dots to fill by hand."""
    if at is None:
        return f"…… giờ …… phút, {day(None)}"
    at = local(at)
    return f"{at.hour:02d} giờ {at.minute:02d} phút, {day(at)}"


def short_moment(at: datetime | None) -> str:
    """`05/01/2026 09:05`; empty when there is none."""
    return "" if at is None else local(at).strftime("%d/%m/%Y %H:%M")


def two_digits(number: int) -> str:
    """`5` → `05`, `12` → `12`: how counts and document numbers are written."""
    return f"{number:02d}"


def dong(amount: int) -> str:
    """`105000` → `105.000 đồng`."""
    return f"{format_vnd(amount)} đồng"


def or_gap(value: object) -> str:
    """The value as text, or a dotted gap to fill by hand when it is None or blank."""
    text = "" if value is None else str(value).strip()
    return text or GAP


def first_upper(text: str) -> str:
    """The text with its first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence: first letter in upper case, a full stop at the end."""
    text = first_upper(text.strip())
    return text if text.endswith((".", "!", "?", ";", ":", "…")) else f"{text}."
