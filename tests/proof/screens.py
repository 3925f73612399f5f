"""Every screen of the product: which addresses there are, found from the product itself.

The addresses come from the URL map, so that a new page is walked without being written down; rows come
from what the lists of a role show and from the demonstration dossiers. A generated screen looks the same
to all who may open it: each is walked by one role, the work shared out evenly.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import APIResponse, Page

from app.roles import declared
from domain.roles import Role

GENERATED = re.compile(r"^/danh-muc/(\w+)/(list/|add|import)$")
LETTER = {"list/": "r", "add": "a", "import": "i"}
#: Not screens: they answer programs, hand over files or lead elsewhere.
NOT_SCREENS = (
    *("/api/", "/static/", "/healthz", "/readyz", "/logout", "/lang/", "/back", "/tep/", "/giay/"),
    *("/tim-nhanh", "/so-viec", "/quet/tien-do", "/quet/tim", "/viec/thu-tuc"),
    *("/viec-chay-lau/so", "/login", "/danh-muc/"),
)
LINKS = re.compile(r'href="(/danh-muc/\w+/(show|edit)/[^"?]+)')
DOSSIER = re.compile(r'href="(/ho-so/[0-9a-f-]{36})')
#: Answers of hand-written pages that take a look-up.
MORE = ("/tra-cuu?q=nguyen", "/tra-cuu?q=zzzzqqqq", "/viec?tab=team", "/khong-co-trang-nay")
#: Dossiers that each role is shown; the clerk, through whose hands they go, is shown all.
FEW = 2


class Screens:
    """Addresses of a running product."""

    def __init__(self, app: Any, database_url: str) -> None:
        self.app = app
        self.database_url = database_url

    @cached_property
    def rules(self) -> list[str]:
        """Addresses that a browser may ask for and that hold no value."""
        found = {r.rule for r in self.app.url_map.iter_rules() if "GET" in (r.methods or ())}
        return sorted(r for r in found if "<" not in r)

    def plain(self) -> list[str]:
        """Hand-written pages."""
        return [r for r in self.rules if not r.startswith(NOT_SCREENS)]

    @cached_property
    def shares(self) -> dict[str, Role]:
        """Generated screen → the role that walks it: of those who may, the one with the least to do."""
        grants = {m.__tablename__: m.__screen__.roles for m in declared()}
        shares: dict[str, Role] = {}
        for rule in self.rules:
            if found := GENERATED.match(rule):
                granted, letter = grants[found[1]], LETTER[found[2]]
                holders = [role for role in Role if letter in granted.get(role, "")]
                load = list(shares.values())
                if holders:
                    shares[rule] = min(holders, key=load.count)
        return shares

    @cached_property
    def dossiers(self) -> list[str]:
        """One dossier of each status, and one of each kind of open step."""
        engine = sa.create_engine(self.database_url)
        steps = "SELECT max(dossier_id), kind FROM dossier_step WHERE state = 'open' GROUP BY kind"
        with engine.connect() as connection:
            found = {
                str(row[0])
                for query in ("SELECT max(id), status FROM dossier GROUP BY status", steps)
                for row in connection.execute(sa.text(query))
            }
        engine.dispose()
        return sorted(found)

    def of(self, page: Page, role: Role) -> Iterator[str]:
        """What the person in this window walks, each a page of HTML that may be opened."""
        for url in self.plain():
            if shown(page.request.get(url, max_redirects=0)):
                yield url
        yield from MORE
        yield from self._dossiers(page, role)
        for url in (u for u, walker in self.shares.items() if walker is role):
            answer = page.request.get(url, max_redirects=0)
            assert shown(answer), f"{role} may not open {url}"
            yield url
            if url.endswith("/list/"):
                kinds = {kind: link for link, kind in reversed(LINKS.findall(answer.text()))}
                yield from sorted(kinds.values())

    def in_hand(self, page: Page) -> list[str]:
        """Dossiers on the work-list of the person in this window, or found by a search."""
        for url in ("/viec", "/tra-cuu?q=nguyen"):
            found = dict.fromkeys(DOSSIER.findall(page.request.get(url).text()))
            if found:
                return list(found)
        return []

    def _dossiers(self, page: Page, role: Role) -> Iterator[str]:
        own = self.in_hand(page)[:FEW]
        yield from own
        first = list(Role).index(role) * FEW % max(len(self.dossiers), 1)
        turned = [*self.dossiers[first:], *self.dossiers[:first]]
        most = {
            "/ho-so/": 99 if role is Role.clerk else FEW,
            "/tiep-nhan/xong/": 3,
            "/tra-ket-qua/": 3,
        }
        for stem, limit in most.items():
            seen = 0
            for url in (f"{stem}{dossier}" for dossier in turned if f"/ho-so/{dossier}" not in own):
                answer = page.request.get(url, max_redirects=0) if seen < limit else None
                if answer is not None and answer.status == 403:
                    break  # not a page of this role
                if answer is not None and shown(answer):
                    seen += 1
                    yield url


def shown(answer: APIResponse) -> bool:
    """Whether an answer is a page that a person sees."""
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html")
