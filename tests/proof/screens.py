"""Every screen of the product: which addresses there are, found from the product itself.

The addresses come from the URL map, so that a new page is walked without being written down; rows come
from what the lists of a role show and from the demonstration dossiers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import APIResponse, Page

GENERATED = re.compile(r"^/danh-muc/(\w+)/(list/|add|import)$")
#: Not screens: they answer programs, hand over files or lead elsewhere.
NOT_SCREENS = (
    *("/api/", "/static/", "/healthz", "/readyz", "/logout", "/lang/", "/back", "/tep/", "/giay/"),
    *("/tim-nhanh", "/so-viec", "/login"),
)
LINKS = re.compile(r'href="(/danh-muc/\w+/(show|edit)/[^"?]+)')
#: Answers of hand-written pages that take a look-up.
MORE = ("/tra-cuu?q=nguyen", "/tra-cuu?q=zzzzqqqq", "/viec?tab=team", "/khong-co-trang-nay")
#: Dossiers that each role is shown at least, when it may see so many.
FEW = 2


@dataclass
class Screens:
    """What each role has seen; a generated screen is walked by the first role that may open it."""

    app: Any
    database_url: str
    walked: set[str] = field(default_factory=set)

    def plain(self) -> list[str]:
        """Hand-written pages whose address has no value in it."""
        rules = {r.rule for r in self.app.url_map.iter_rules() if "GET" in (r.methods or ())}
        return sorted(
            r
            for r in rules
            if "<" not in r and not r.startswith(NOT_SCREENS) and not r.startswith("/danh-muc/")
        )

    def generated(self) -> list[str]:
        """Lists, forms and imports of all registers."""
        rules = {r.rule for r in self.app.url_map.iter_rules() if "GET" in (r.methods or ())}
        return sorted(r for r in rules if GENERATED.match(r))

    def dossiers(self) -> list[str]:
        """One dossier of each status, and one of each kind of open step."""
        engine = sa.create_engine(self.database_url)
        with engine.connect() as connection:
            found = [
                str(row[0])
                for query in (
                    "SELECT max(id), status FROM dossier GROUP BY status",
                    "SELECT max(dossier_id), kind FROM dossier_step WHERE state = 'open' GROUP BY kind",
                )
                for row in connection.execute(sa.text(query))
            ]
        engine.dispose()
        return sorted(set(found))

    def of(self, page: Page) -> Iterator[str]:
        """Addresses that the person in this window may open, each a page of HTML."""
        for url in self.plain():
            if shown(page.request.get(url, max_redirects=0)):
                yield url
        yield from MORE
        yield from self._dossiers(page)
        for url in self.generated():
            if url not in self.walked:
                yield from self._register(page, url)

    def _dossiers(self, page: Page) -> Iterator[str]:
        """Every dossier by the first who may open it; a few more for each role; visits and returns."""
        seen = {"/ho-so/": 0, "/tiep-nhan/xong/": 0, "/tra-ket-qua/": 0}
        for dossier in self.dossiers():
            for stem in seen:
                url = f"{stem}{dossier}"
                wanted = seen[stem] < FEW or (stem == "/ho-so/" and url not in self.walked)
                if wanted and shown(page.request.get(url, max_redirects=0)):
                    self.walked.add(url)
                    seen[stem] += 1
                    yield url

    def _register(self, page: Page, url: str) -> Iterator[str]:
        answer = page.request.get(url, max_redirects=0)
        if not shown(answer):
            return
        self.walked.add(url)
        yield url
        if url.endswith("/list/"):
            kinds = {kind: link for link, kind in reversed(LINKS.findall(answer.text()))}
            yield from sorted(kinds.values())


def shown(answer: APIResponse) -> bool:
    """Whether an answer is a page that a person sees."""
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")
