"""What is written about a parcel of land: sheet, number and area as the registers write them."""

import re
from decimal import Decimal

from domain.errors import DomainError
from domain.unicode import nfc

#: Vietnamese writing: dots between thousands, a comma before decimals, the unit if any.
_AREA = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{1,4}))?\s*(?:m2|m²)?", re.IGNORECASE)
_NUMBER = re.compile(r"[\w()./,;\- ]+")


def read_area(text: str, *, field: str = "area") -> Decimal:
    """Square metres written as “1.250,5”, “125,4 m²” or “500”. Errors: area.invalid."""
    found = _AREA.fullmatch(" ".join(nfc(text).split()))
    area = Decimal(f"{found[1].replace('.', '')}.{found[2] or '0'}") if found else Decimal(0)
    if area <= 0:
        raise DomainError("area.invalid", field=field)
    return area


def write_area(area: Decimal) -> str:
    """As the land register writes it, with the unit: “1.250,5 m²”."""
    whole, _, rest = f"{area:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole.replace(',', '.')}{',' + rest if rest else ''} m²"


def check_parcel(text: str, *, field: str = "parcel_no") -> str:
    """The number of a map sheet or parcel: “12”, “12(2)”, “DC-05”, “12; 13”. Errors: parcel.invalid."""
    number = " ".join(nfc(text).split())
    if not _NUMBER.fullmatch(number) or not any(c.isdecimal() for c in number):
        raise DomainError("parcel.invalid", field=field)
    return number
