"""What is measured, as data: how each peer is started, signed in to and driven."""

import random
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.drive import Answer, Client, Make, Request, fields, sign_in
from benchmarks.names import any_name, looked_for
from benchmarks.peer_rows import DEPARTMENTS, PROCEDURES

PEERS_FOLDER = Path(__file__).resolve().parent / "peers"
PAGE = 25
ACCOUNT = ("bench", "Bench@12345")

#: What is driven, in this order; the creation last, because it changes the tables.
SCENARIOS = ("list", "book", "deep", "search", "form", "create", "slip")
#: The peers have one list page; the product's two first pages are both held against it.
OF_PEERS = {"book": "list"}


@dataclass(frozen=True)
class Peer:
    """`{page}` is the page that begins at half of the rows, `{name}` the name that is looked for."""

    name: str
    wsgi: str
    imports: str
    prepare: tuple[str, ...]
    sign_in: str
    pages: Mapping[str, str]
    first_page: int
    create: Mapping[str, str]
    floor: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where its code is."""
        return PEERS_FOLDER / self.name

    def command(self, port: int) -> list[str]:
        """Two synchronous workers, like the product."""
        return [
            *(sys.executable, "-m", "gunicorn", "-w", "2", "--no-control-socket"),
            *("-b", f"127.0.0.1:{port}", self.wsgi),
        ]

    def makers(self, client: Client, rows: int) -> dict[str, Make]:
        """Scenario → what makes its requests."""
        page = self.first_page + rows // 2 // PAGE
        found: dict[str, Make] = {
            name: _get(self.pages[name].format(page=page)) for name in ("list", "deep", "form")
        }
        found["search"] = self._search
        token = fields(client.get(self.pages["form"]).body)
        kept = {k: token[k] for k in ("csrf_token", "csrfmiddlewaretoken") if k in token}
        found["create"] = lambda dice: self._create(dice, kept)
        return found

    def _search(self, dice: random.Random) -> Request:
        return Request("GET", self.pages["search"].format(name=quote(looked_for(dice))))

    def _create(self, dice: random.Random, token: Mapping[str, str]) -> Request:
        words = {
            "code": f"B-{uuid.UUID(int=dice.getrandbits(128)).hex}",
            "name": any_name(dice),
            "procedure": dice.randrange(PROCEDURES) + 1,
            "department": dice.randrange(DEPARTMENTS) + 1,
        }
        data = {name: text.format(**words) for name, text in self.create.items()}
        return Request("POST", self.pages["form"], data | token, _created)


def _get(path: str) -> Make:
    request = Request("GET", path)
    return lambda _dice: request


def _created(answer: Answer) -> bool:
    return answer.status == 302


def signed_in(peer: Peer, port: int) -> Client:
    """A client of a peer."""
    return sign_in(port, peer.sign_in, *ACCOUNT)


_FIELDS = {
    "code": "{code}",
    "applicant_name": "{name}",
    "phone": "0900000000",
    "procedure": "{procedure}",
    "department": "{department}",
    "status": "received",
    "channel": "counter",
    "fee": "15000",
    "note": "ghi chú",
}
_FAB_PAGES = {
    "list": "/dossierview/list/",
    "deep": "/dossierview/list/?page_DossierView={page}",
    "form": "/dossierview/add",
}
PEERS = (
    Peer(
        name="fab_stock",
        wsgi="app:create_app()",
        imports="import app",
        prepare=("-c", "import app; app.create_app()"),
        sign_in="/login/",
        pages=_FAB_PAGES | {"search": "/dossierview/list/?_flt_2_applicant_name={name}"},
        first_page=0,
        create=_FIELDS
        | {
            "received_at": "2026-07-01 08:00:00",
            "due_at": "2026-07-11 17:00:00",
            "returned_at": "",
        },
    ),
    Peer(
        name="django_admin",
        wsgi="bench.wsgi",
        imports="import bench.wsgi",
        prepare=("setup_db.py",),
        sign_in="/admin/login/",
        pages={
            "list": "/admin/bench/dossier/",
            "deep": "/admin/bench/dossier/?p={page}",
            "search": "/admin/bench/dossier/?q={name}",
            "form": "/admin/bench/dossier/add/",
        },
        first_page=1,
        create=_FIELDS
        | {
            "received_at_0": "2026-07-01",
            "received_at_1": "08:00:00",
            "due_at_0": "2026-07-11",
            "due_at_1": "17:00:00",
            "returned_at_0": "",
            "returned_at_1": "",
        },
    ),
    Peer(
        name="fab_tuned",
        wsgi="app:create_app()",
        imports="import app",
        prepare=("prepare.py",),
        sign_in="/login/",
        pages=_FAB_PAGES | {"search": "/dossierview/list/?q={name}"},
        first_page=0,
        create=_FIELDS
        | {"received_at": "01/07/2026 08:00", "due_at": "11/07/2026 17:00", "returned_at": ""},
        floor=True,
    ),
)
