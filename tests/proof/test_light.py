"""Light: what a browser really receives, and how long a clerk waits on a poor line.

Chromium throttles the speed and the delay of a line; lost packets it cannot imitate for pages. TCP over
300 ms with 5 % loss brings about 1.22 · MSS / (RTT · √p) ≈ 212 kbit/s on each connection, so the line
of 256 kbit/s is measured as one of 212 kbit/s (docs/proof.md).
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from domain.roles import Role
from seeds.demo import first_of_each_role
from tests.journeys import people as do
from tests.proof.eyes import window
from tests.proof.screens import Screens
from tests.tools.engines import sqlite_only

pytestmark = [sqlite_only, pytest.mark.timeout(300)]
PEOPLE = {a.role: a.username for a in first_of_each_role()}
FIRST, NEXT = 300_000, 30_000
BYTES_PER_SECOND = 212_000 / 8
#: Seconds on the poor line: sign-in page from nothing, each next page, all waits of the whole visit.
MOST_FIRST, MOST_NEXT, MOST_WAITING = 15, 5, 60


class Meter:
    """Counts bytes over the wire, heads included, as Chromium reports them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.spent = 0
        self.names: dict[str, str] = {}
        self.parts: list[tuple[int, str]] = []
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.requestWillBeSent", self._asked)
        self.session.on("Network.loadingFinished", self._came)

    def _asked(self, event: dict[str, Any]) -> None:
        self.names[event["requestId"]] = event["request"]["url"]

    def _came(self, event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        self.spent += size
        self.parts.append((size, self.names.get(event["requestId"], "?")))

    def taken(self) -> int:
        """Bytes since the last question, when the page has become quiet."""
        self.page.wait_for_load_state("networkidle")
        spent, self.spent = self.spent, 0
        return spent

    def heaviest(self) -> str:
        """What weighed most so far."""
        return "\n".join(f"{size:8} {name}" for size, name in sorted(self.parts)[-12:])


@pytest.mark.parametrize("role", PEOPLE)
def test_first_page_and_each_next_one_are_light(
    browser: Browser, demonstration: Any, built_app: Any, capsys: Any, role: Role
) -> None:
    page = window(browser, demonstration.url)
    meter = Meter(page)
    do.sign_in(page, PEOPLE[role])
    first = meter.taken()
    assert 50_000 < first <= FIRST, f"{first}\n{meter.heaviest()}"
    screens = Screens(built_app, demonstration.database_url)
    heavy = {}
    for url in _some(screens, page):
        page.goto(url)
        spent = meter.taken()
        if spent > NEXT:
            heavy[url] = spent
    page.context.close()
    assert heavy == {}, meter.heaviest()
    say(capsys, f"{role}: first page {first / 1000:.0f} KB")


def _some(screens: Screens, page: Page) -> list[str]:
    """All hand-written pages of a role, and every tenth of the generated ones."""
    screens.walked.update(u for i, u in enumerate(screens.generated()) if i % 10)
    return list(screens.of(page))


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
    timed("signed in", lambda: do.sign_in(page, PEOPLE[Role.clerk]))
    timed("counter", lambda: page.goto("/tiep-nhan"))
    timed("whole visit", lambda: do.receive(page, owner_id_number="066190004444"))
    timed("work-list", lambda: page.goto("/viec"))
    page.context.close()
    say(capsys, f"256 kbit/s, 300 ms, 5 % loss: {waited} = {sum(waited.values()):.1f} s")
    assert waited["sign-in page, nothing kept"] <= MOST_FIRST, waited
    for name in ("counter", "work-list"):
        assert waited[name] <= MOST_NEXT, waited
    assert sum(waited.values()) <= MOST_WAITING, waited
