"""How long a clerk waits on a poor line. What pages weigh is measured on the walk (test_access.py).

Chromium throttles the speed and the delay of a line; lost packets it cannot imitate for pages. TCP over
300 ms with 5 % loss brings about 1.22 · MSS / (RTT · √p) ≈ 212 kbit/s on each connection, so the line
of 256 kbit/s is measured as one of 212 kbit/s (docs/proof.md).
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys import people as do
from tests.proof.eyes import window
from tests.tools.engines import sqlite_only

pytestmark = [sqlite_only, pytest.mark.timeout(300)]
BYTES_PER_SECOND = 212_000 / 8
#: Seconds on the poor line: sign-in page from nothing, each next page, all waits of the whole visit.
MOST_FIRST, MOST_NEXT, MOST_WAITING = 15, 5, 60


def say(capsys: Any, sentence: str) -> None:
    """A measured figure belongs on the screen of whoever runs the tests."""
    with capsys.disabled():
        sys.stdout.write(f"\n{sentence}\n")


def test_clerk_receives_a_dossier_over_a_poor_line(
    browser: Browser, demonstration: Any, capsys: Any
) -> None:
    page = window(browser, demonstration.url)
    page.set_default_timeout(60_000)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    speed = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 300, **speed})
    waited: dict[str, float] = {}

    def timed(name: str, act: Callable[[], Any]) -> None:
        started = time.monotonic()
        act()
        waited[name] = round(time.monotonic() - started, 1)

    timed("sign-in page, nothing kept", lambda: page.goto("/login/"))
    timed("signed in", lambda: do.sign_in(page, "tiepnhan"))
    timed("counter", lambda: page.goto("/tiep-nhan"))
    timed("whole visit", lambda: do.receive(page, owner_id_number="066190004444"))
    timed("work-list", lambda: page.goto("/viec"))
    page.context.close()
    say(capsys, f"256 kbit/s, 300 ms, 5 % loss: {waited} = {sum(waited.values()):.1f} s")
    assert waited["sign-in page, nothing kept"] <= MOST_FIRST, waited
    for name in ("counter", "work-list"):
        assert waited[name] <= MOST_NEXT, waited
    assert sum(waited.values()) <= MOST_WAITING, waited
