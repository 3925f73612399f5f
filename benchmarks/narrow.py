"""The work-list narrowed by data that an administrator defined: `python -m benchmarks.narrow --rows 200000`.

Fields are added to the procedure with most dossiers, without migration or restart of the server, and
every dossier gets values for them; then an officer asks for other ranges, choices and words each time.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import fill, product
from benchmarks.drive import Answer, Client, Request, sign_in
from benchmarks.offices import OFFICER
from benchmarks.process import cpu_seconds
from benchmarks.server import server
from seeds.demo import PASSWORD
from tests.tools.serving import free_port

#: Asked before anything is measured, then measured; another question each time, so that no page is kept.
WARM_UP, ASKED = 10, 200
#: Milliseconds of processor time, of server and database together, that the whole page may take: how long
#: one waits depends on what else the machine does.
ALLOWED = 100
STREETS = ("hung vuong", "le duan", "nguyen tat thanh", "phan chu trinh", "quang trung")


def main(arguments: list[str] | None = None) -> int:
    """Fill, measure, print; 1 when an answer was wrong or the page cost more than allowed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.narrow", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="dossiers with data")
    rows = parser.parse_args(arguments).rows
    with server() as cluster, tempfile.TemporaryDirectory(prefix="motcua-bench-") as name:
        folder = Path(name)
        cluster.create("narrow")
        url, dsn = cluster.url("narrow"), cluster.dsn("narrow")
        product.initialise(url, folder)
        fill.product(dsn, rows)
        procedure, values = _define(dsn)
        print(f"{rows:,} dossiers, {values:,} values of listed fields", flush=True)
        with product.served(url, folder, free_port()) as running:
            pids = (running.process.pid, cluster.server.pid)
            return _measure(sign_in(running.port, "/login/", OFFICER, PASSWORD), procedure, pids)


def _measure(client: Client, procedure: str, pids: tuple[int, int]) -> int:
    dice = random.Random(1)
    questions = _questions(procedure, dice)
    wrong = sum(_took(client, next(questions))[1] for _ in range(WARM_UP))
    before = cpu_seconds(*pids)
    found = [_took(client, next(questions)) for _ in range(ASKED)]
    cpu = (cpu_seconds(*pids) - before) * 1000 / ASKED
    wrong += sum(bad for _, bad in found)
    times = sorted(taken for taken, _ in found)
    median, slow = times[ASKED // 2], times[ASKED * 99 // 100]
    print(f"narrowed work-list: median {median:.1f} ms, p99 {slow:.1f} ms, CPU {cpu:.1f} ms")
    if wrong:
        print(f"{wrong} wrong answers")
    return 1 if wrong or cpu > ALLOWED else 0


def _took(client: Client, question: Request) -> tuple[float, bool]:
    """Milliseconds of one answer, and whether it was wrong."""
    start = time.perf_counter()
    answer = client.send(question)
    return (time.perf_counter() - start) * 1000, not question.check(answer)


def _questions(procedure: str, dice: random.Random) -> Iterator[Request]:
    """Ranges of a number, choices with a range of days, words of a text, one after the other."""
    while True:
        low = dice.randint(1, 400)
        for asked in (
            {"d-dien_tich-tu": str(low), "d-dien_tich-den": str(low + dice.randint(20, 90))},
            {"d-muc_dich": dice.choice("abcd"), "d-dien_tich-tu": str(low)},
            {"d-tuyen_duong": dice.choice(STREETS), "d-dien_tich-den": str(low + 30)},
        ):
            tab = dice.choice(("cua-toi", "cua-phong"))
            terms = {"tab": tab, "thu-tuc": procedure, **asked}
            query = "&".join(f"{k}={v.replace(' ', '+')}" for k, v in terms.items())
            yield Request("GET", f"/viec?{query}", check=_narrowed)


def _narrowed(answer: Answer) -> bool:
    return answer.status == 200 and b"d-dien_tich-tu" in answer.body


# ---- what an administrator would have defined ----------------------------------------------------
def _define(dsn: str) -> tuple[str, int]:
    """Three listed fields in every version of the procedure that has most dossiers under way, and a
    value of each for every dossier; its id, and how many values there are."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET app.agencies = '*'")
        connection.execute("SET session_replication_role = replica")
        (procedure,) = connection.execute(_BUSIEST).fetchone() or ("",)
        for place, (key, kind, label, choices) in enumerate(_FIELDS, 1):
            facts = {"place": place, "key": key, "kind": kind, "label": label, "choices": choices}
            connection.execute(_FIELD, {**facts, "procedure": procedure})
        values = sum(connection.execute(statement).rowcount for statement in _VALUES)
        connection.execute("SET session_replication_role = origin")
        connection.execute("UPDATE data_field SET position = position")  # tells the caches
        connection.execute("VACUUM ANALYZE data_value")
    return str(procedure), values


_CHOICES = "a = Trông giữ xe\nb = Vật liệu\nc = Đám cưới\nd = Khác"
_FIELDS: tuple[tuple[str, str, str, Any], ...] = (
    ("tuyen_duong", "text", "Tuyến đường", None),
    ("dien_tich", "number", "Diện tích (m²)", None),
    ("muc_dich", "choice", "Mục đích", _CHOICES),
)
_BUSIEST = """
SELECT procedure_id FROM dossier WHERE status NOT IN ('returned', 'processed')
GROUP BY procedure_id ORDER BY count(*) DESC LIMIT 1"""
_FIELD = """
INSERT INTO data_field (id, agency_id, version_id, position, key, kind, label, choices, required,
  listed, searched)
SELECT gen_random_uuid(), agency_id, id, %(place)s, %(key)s, %(kind)s, %(label)s, %(choices)s,
  false, true, false
FROM procedure_version WHERE procedure_id = %(procedure)s"""
_STREETS = ", ".join(f"'{street}'" for street in STREETS)
_VALUES = (
    f"""
INSERT INTO data_value (id, agency_id, dossier_id, key, text)
SELECT gen_random_uuid(), agency_id, id, 'tuyen_duong',
  'duong ' || (ARRAY[{_STREETS}])[1 + floor(random() * {len(STREETS)})::int]
FROM dossier""",
    """
INSERT INTO data_value (id, agency_id, dossier_id, key, number)
SELECT gen_random_uuid(), agency_id, id, 'dien_tich', 1 + floor(random() * 500) FROM dossier""",
    """
INSERT INTO data_value (id, agency_id, dossier_id, key, text)
SELECT gen_random_uuid(), agency_id, id, 'muc_dich',
  '|' || substr('abcd', 1 + floor(random() * 4)::int, 1) || '|'
FROM dossier""",
)


if __name__ == "__main__":
    sys.exit(main())
