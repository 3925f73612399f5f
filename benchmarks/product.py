"""The product under measurement: its own server, and the requests of a clerk and an officer."""

import base64
import datetime as dt
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

import config
from benchmarks.drive import Answer, Client, Make, Request, fields, sign_in
from benchmarks.names import any_name, looked_for
from benchmarks.offices import CLERK, OFFICER, Reference
from benchmarks.process import Served, serve
from domain.calendar import TZ
from domain.names import fold
from models.ids import uuid7
from seeds.demo import PASSWORD

IMPORTS = "from app import create_app"
#: Lines of a page of the book.
PAGE = 25
COUNTER, BOOK = "/tiep-nhan", "/so-theo-doi"
#: Đăng ký hộ kinh doanh, cấp giấy phép xây dựng, cấp đổi Giấy chứng nhận.
PROCEDURES = ("1.001612", "1.013225", "1.012783")


def environment(url: str, folder: Path) -> dict[str, str]:
    """The product as it is installed, with two workers like the peers."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "UPLOAD_DIR": str(folder / "uploads"),
        "SECRET_KEY": "only-for-the-benchmark-" * 3,
        "PROFILE": "dak-lak-2014",
        "MODE": "demo",
        "DEMO": "1",
        "DEMO_DOSSIERS": "0",
        "WORKERS": "2",
        "LOG_LEVEL": "warning",
    }


def initialise(url: str, folder: Path) -> None:
    """Tables, seeds and accounts."""
    command = [sys.executable, "-m", "flask", "--app", "run", "init"]
    subprocess.run(command, cwd=config.ROOT, env=environment(url, folder), check=True)


@contextmanager
def served(url: str, folder: Path, port: int) -> Iterator[Served]:
    """`python run.py`, as `make run` starts it."""
    own = environment(url, folder) | {"PORT": str(port)}
    command = [sys.executable, "run.py"]
    log = folder / "motcua.log"
    with serve(command, config.ROOT, own, port=port, ready="/readyz", log=log) as server:
        yield server


@dataclass
class Desk:
    """Two people signed in; `received` collects what the clerk has received."""

    clerk: Client
    officer: Client
    dsn: str
    forms: list[dict[str, str]]
    reference: Reference
    received: list[str] = field(default_factory=list)

    def client(self, scenario: str) -> Client:
        """Who does it."""
        return self.officer if scenario == "list" else self.clerk

    def makers(self, rows: int) -> dict[str, Make]:
        """Scenario → what makes its requests."""
        places = self._deep_places(rows)
        return {
            "list": lambda _dice: Request("GET", "/viec", check=_rows),
            "book": lambda _dice: Request("GET", BOOK, check=_rows),
            "deep": lambda dice: Request("GET", f"{BOOK}?{places(dice)}", check=_rows),
            "search": _search,
            "form": lambda _dice: Request("GET", COUNTER),
            "create": self._create,
            "slip": self._slip,
        }

    def _deep_places(self, rows: int) -> Callable[[random.Random], str]:
        """Pages of the year's book that begin behind any of ten thousand rows in the middle of all."""
        with psycopg.connect(self.dsn) as connection:
            office = self.reference.offices[0].id
            found = connection.execute(
                _MIDDLE, [office, max(0, rows // 2 - 5_000), office]
            ).fetchall()
        year = found[0][0]  # far from the end of a year, or a page could be short
        places = [row for row in found if row[0] == year][:-PAGE] or found[:-PAGE]

        def place(dice: random.Random) -> str:
            year, at, key = dice.choice(places)
            text = json.dumps([at.astimezone(TZ).isoformat(), str(key)]).encode()
            return urlencode(
                {"nam": year, "sau": base64.urlsafe_b64encode(text).decode().rstrip("=")}
            )

        return place

    def _create(self, dice: random.Random) -> Request:
        name = any_name(dice)
        number = f"999{dice.randrange(10**9):09d}"
        key = uuid7()
        data = dice.choice(self.forms) | {
            "id": key,
            "visit": uuid7(),
            "owner_name": name,
            "owner_id_number": number,
            "owner_phone": f"09{dice.randrange(10**8):08d}",
            "owner_birth_date": "05/06/1984",
            "owner_address": "thôn 3, xã Quảng Tiến, huyện Cư M’gar",
            "action": "receive",
        }

        def check(answer: Answer) -> bool:
            if answer.status == 303 and answer.location.endswith(key):
                self.received.append(key)
                return True
            return False

        return Request("POST", COUNTER, data, check)

    def _slip(self, dice: random.Random) -> Request:
        return Request("GET", f"/giay/{dice.choice(self._slips)}", check=_pdf)

    @cached_property
    def _slips(self) -> list[str]:
        """The slips of what was received just now; each request draws one again."""
        with psycopg.connect(self.dsn) as connection:
            found = connection.execute(_SLIPS, [self.received]).fetchall()
        return [str(key) for (key,) in found]

    def verify(self) -> None:
        """Everything that was acknowledged is there, whole, and numbered without hole."""
        with psycopg.connect(self.dsn) as connection:
            kept, steps, events, slips = connection.execute(
                _KEPT, {"ids": self.received, "agency": self.reference.offices[0].id}
            ).fetchone() or (0, 0, 0, 0)
            holes = connection.execute(_HOLES, [self.reference.offices[0].id]).fetchone()
        sent = len(self.received)
        if not (kept == steps == events == slips == sent) or holes != (0,):
            raise SystemExit(
                f"{sent} receipts were acknowledged; kept: {kept}, with steps {steps}, with events "
                f"{events}, with slips {slips}; numbers missing: {holes}"
            )


def sit_down(port: int, dsn: str, reference: Reference) -> Desk:
    """Sign both in and open the page of each procedure, as a browser would before sending it."""
    clerk = sign_in(port, "/login/", CLERK, PASSWORD)
    officer = sign_in(port, "/login/", OFFICER, PASSWORD)
    return Desk(clerk, officer, dsn, [_form(clerk, v) for v in _versions(reference)], reference)


def _versions(reference: Reference) -> list[str]:
    today = {p.code: p.version for p in reference.on(dt.datetime.now(TZ).date())}
    return [today[code] for code in PROCEDURES]


def _form(clerk: Client, version: str) -> dict[str, str]:
    """The fields of the page with this procedure chosen, open amounts written in."""
    empty = fields(clerk.get(COUNTER).body)
    answer = clerk.send(Request("POST", COUNTER, empty | {"pick": version}))
    form = fields(answer.body)
    if form.get("version_id") != version:
        raise SystemExit(f"the counter did not open procedure {version}: {answer.status}")
    return {k: v or "50.000" if k.endswith("-amount") else v for k, v in form.items()}


def _search(dice: random.Random) -> Request:
    name = fold(looked_for(dice))
    return Request("GET", f"/tra-cuu?q={quote(name)}")


def _rows(answer: Answer) -> bool:
    return answer.status == 200 and answer.body.count(b"<tr") > 10


def _pdf(answer: Answer) -> bool:
    return answer.status == 200 and answer.body.startswith(b"%PDF-")


_MIDDLE = """
SELECT extract(year FROM received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::int, received_at, id
FROM (SELECT received_at, id FROM dossier WHERE agency_id = %s AND received_at >=
  (SELECT received_at FROM dossier ORDER BY received_at, id OFFSET %s LIMIT 1)
  AND agency_id = %s ORDER BY received_at, id LIMIT 10000) AS middle"""
_SLIPS = """
SELECT id FROM issued_paper WHERE form = 'receipt_slip' AND dossier_id = ANY (%s::uuid[])
ORDER BY id LIMIT 500"""
_KEPT = """
SELECT count(*) FILTER (WHERE code IS NOT NULL AND due_at IS NOT NULL AND agency_id = %(agency)s),
  count(*) FILTER (WHERE EXISTS (SELECT 1 FROM dossier_step s WHERE s.dossier_id = d.id)),
  count(*) FILTER (WHERE EXISTS (SELECT 1 FROM event e WHERE e.op_id = d.id)),
  count(*) FILTER (WHERE EXISTS (SELECT 1 FROM issued_paper p WHERE p.dossier_id = d.id))
FROM dossier d WHERE id = ANY (%(ids)s::uuid[])"""
_HOLES = """
SELECT coalesce(sum(top - many), 0)::int FROM (
  SELECT max(book_order) AS top, count(*) AS many FROM dossier
  WHERE agency_id = %s AND code IS NOT NULL GROUP BY book) AS years"""
