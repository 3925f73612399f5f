"""Who is at the screen, and the present moment. The application binds both when it is built."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from services.acting import Actor

_actor: Callable[[], Actor] | None = None
_now: Callable[[], dt.datetime] | None = None


def bind(*, actor: Callable[[], Actor], now: Callable[[], dt.datetime]) -> None:
    """Say where the actor of a request and the clock come from; called once by the application."""
    global _actor, _now
    _actor, _now = actor, now


def actor() -> Actor:
    """The officer of this request, with posts and network address."""
    assert _actor is not None, "present.bind() has not been called"
    return _actor()


def now() -> dt.datetime:
    """The present moment in Asia/Ho_Chi_Minh."""
    assert _now is not None, "present.bind() has not been called"
    return _now()


def who() -> dict[str, Any]:
    """`actor` and `at` of the act that this request is, as every verb takes them."""
    return {"actor": actor(), "at": now()}
