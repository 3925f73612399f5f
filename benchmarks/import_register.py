"""Take a made-up file into a generated register: `python -m benchmarks.import_register [ROWS] [--sqlite]`.

The whole way as on the screens: the file is looked at, its columns proposed, tried, stored; on a
private PostgreSQL that keeps what it acknowledges, not as superuser. Ends with status 1 when storing
takes longer than LIMIT for 50,000 rows, or its share for fewer.
"""

import argparse
import csv
import datetime as dt
import io
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import config
from benchmarks.names import any_name
from benchmarks.server import server

HEADER = ("Họ và tên", "Số CCCD", "Ngày sinh", "Giới tính", "Điện thoại", "Địa chỉ")
#: Seconds for 50,000 rows.
LIMIT, OF = 120, 50_000
#: Heading → column of the register of applicants.
PLACES = {"name": 0, "id_number": 1, "birth_date": 2, "sex": 3, "phone": 4, "address": 5}


def book(count: int) -> bytes:
    """A CSV of so many people."""
    dice, out = random.Random(2014), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number in range(count):
        born = dt.date(1950, 1, 1) + dt.timedelta(days=dice.randrange(20_000))
        row = (f"{number:012d}", f"{born:%d/%m/%Y}", "Nam", f"0905{number:06d}", "Thôn 3, Ea Kpam")
        writer.writerow([any_name(dice), *row])
    return out.getvalue().encode("utf-8-sig")


def timed(url: str, count: int) -> Iterator[tuple[str, float, float]]:
    """(what, seconds of the clock, seconds of this process) of each part of the way."""
    from app import create_app
    from app.cli.setup import initialise
    from models.scope import everything

    with tempfile.TemporaryDirectory() as folder:
        given = {"DEMO": "1", "DEMO_DOSSIERS": "0", "SECRET_KEY": "x" * 60, "LOG_LEVEL": "warning"}
        given |= {"DATABASE_URL": url, "UPLOAD_DIR": folder, "MODE": "demo"}
        app = create_app(config.load(given) | {"TESTING": True})
        initialise(app)
        with app.test_request_context(), everything():
            yield from _way(folder, count)


def _way(folder: str, count: int) -> Iterator[tuple[str, float, float]]:
    from app import clock
    from models.applicant import Applicant
    from services import import_runs, register_imports
    from tests.factories.dossiers import actor
    from views.generated.columns import register_of
    from views.generated.reading import LineReader

    store = register_imports.store_below(folder)
    who: dict[str, Any] = {"actor": actor("tiepnhan"), "at": clock.now()}
    asked = register_imports.Asked(1, "x", "vi", "/")
    run = register_imports.begin(
        "Applicant", io.BytesIO(book(count)), "x.csv", store=store, limit=10**8, user_id=1, **who
    )
    run_id = str(run.id)
    more = {"match_by": None, "remembered": False, "head": None, "store": store}
    register_imports.choose(run_id, places=PLACES, **more, **who)
    reader = LineReader(register_of(Applicant), PLACES)
    job = import_runs.Job(Applicant, reader, store, who["actor"], clock.now, lambda *_: None)
    for what in ("tried", "stored"):
        if what == "tried":
            register_imports.start_trial(run_id, asked, **who)
        else:
            register_imports.start_storing(run_id, asked, whole=False, **who)
        begun, own = time.perf_counter(), time.process_time()
        import_runs.carry_out(run_id, job)
        yield what, time.perf_counter() - begun, time.process_time() - own
    run = register_imports.of(run_id, "Applicant")
    if (run.created, run.wrong) != (count, 0):
        raise SystemExit(f"{run.created} rows instead of {count}, {run.wrong} wrong: {run.said}")


def main() -> None:
    """Measure, and say whether it is quick enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=OF)
    parser.add_argument("--sqlite", action="store_true")
    given = parser.parse_args()
    took = 0.0
    if given.sqlite:
        with tempfile.TemporaryDirectory() as folder:
            took = _print(f"sqlite:///{Path(folder) / 'bench.db'}", given.rows)
    else:
        with server() as cluster:
            cluster.create("import_register")
            took = _print(cluster.url("import_register"), given.rows)
    limit = LIMIT * given.rows / OF
    print(f"{given.rows} rows in {took:.1f} s; at most {limit:.1f} s")
    sys.exit(took > limit)


def _print(url: str, count: int) -> float:
    took = 0.0
    for what, clock_seconds, own in timed(url, count):
        print(f"{what}: {clock_seconds:.1f} s by the clock, {own:.1f} s of processor")
        took = clock_seconds
    return took


if __name__ == "__main__":
    main()
