"""The only reader of the clock."""

import datetime as dt

from models.types import LOCAL


def now() -> dt.datetime:
    """The present minute and second in Asia/Ho_Chi_Minh, without fractions."""
    return dt.datetime.now(LOCAL).replace(microsecond=0)


def today() -> dt.date:
    """Today in Asia/Ho_Chi_Minh."""
    return now().date()
