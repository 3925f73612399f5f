"""The only reader of the clock."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar

from models.types import LOCAL

#: How far the clock of the request under way is ahead: on trial the days of a procedure are walked through.
_ahead: ContextVar[dt.timedelta] = ContextVar("ahead", default=dt.timedelta())


def now() -> dt.datetime:
    """The present minute and second in Asia/Ho_Chi_Minh, without fractions."""
    return dt.datetime.now(LOCAL).replace(microsecond=0) + _ahead.get()


def today() -> dt.date:
    """Today in Asia/Ho_Chi_Minh."""
    return now().date()


@contextlib.contextmanager
def ahead(by: dt.timedelta) -> Iterator[None]:
    """Let the clock be ahead inside a block: only a trial does that."""
    token = _ahead.set(by)
    try:
        yield
    finally:
        _ahead.reset(token)
