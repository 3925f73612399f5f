"""Row identifiers: UUID version 7 (RFC 9562 §5.7), ordered by time, safe to make on any node."""

import os
import threading
import time
from contextvars import ContextVar

_lock = threading.Lock()
_last = 0
#: Collects the ids made in a context, for whoever keeps a page and must renew them; None: nobody.
made: ContextVar[list[str] | None] = ContextVar("made", default=None)


def uuid7() -> str:
    """Return a new UUIDv7 as text.

    The 48-bit millisecond stamp is followed by a 12-bit counter, so that ids made by one process keep
    their order even when two fall into one millisecond or the machine's clock is set back.
    """
    global _last
    with _lock:
        tick = (time.time_ns() // 1_000_000) << 12
        _last = tick if tick > _last else _last + 1
        stamp, counter = _last >> 12, _last & 0xFFF
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = (stamp << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | tail
    text = f"{value:032x}"
    text = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    collected = made.get()
    if collected is not None:
        collected.append(text)
    return text
