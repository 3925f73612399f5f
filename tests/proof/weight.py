"""What a browser really receives."""

from typing import Any

from playwright.sync_api import Page

#: Most bytes for the sign-in page with the first page behind it, and for each page after them.
FIRST, NEXT = 300_000, 30_000


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
        """Bytes since the last question."""
        spent, self.spent = self.spent, 0
        return spent

    def heaviest(self) -> str:
        """What weighed most so far."""
        return "\n".join(f"{size:8} {name}" for size, name in sorted(self.parts)[-12:])
