"""The tables of the peers: one register of dossiers with two relations, the same rows for each."""

import datetime as dt
import random
from collections.abc import Iterator

import psycopg

from benchmarks.names import any_name

STATUS = ("received", "processing", "waiting", "approved", "rejected", "returned")
CHANNEL = ("counter", "online", "post")
FEES = (None, 0, 15_000, 50_000, 120_000)
DEPARTMENTS, PROCEDURES = 50, 1800
COLUMNS = (
    "code, applicant_name, phone, procedure_id, department_id, status, channel, fee, received_at, "
    "due_at, returned_at, note"
)
TABLES = """
CREATE TABLE department (id serial PRIMARY KEY, code varchar(20) NOT NULL UNIQUE,
  name varchar(200) NOT NULL);
CREATE TABLE procedure (id serial PRIMARY KEY, code varchar(30) NOT NULL UNIQUE,
  name varchar(500) NOT NULL, days integer NOT NULL);
CREATE TABLE dossier (
  id serial PRIMARY KEY, code varchar(40) NOT NULL UNIQUE, applicant_name varchar(200) NOT NULL,
  phone varchar(20), procedure_id integer NOT NULL REFERENCES procedure(id),
  department_id integer NOT NULL REFERENCES department(id), status varchar(20) NOT NULL,
  channel varchar(20) NOT NULL, fee numeric(14,2), received_at timestamp NOT NULL,
  due_at timestamp NOT NULL, returned_at timestamp, note text);
INSERT INTO department (code, name)
  SELECT 'PB' || i, 'Phòng chuyên môn số ' || i FROM generate_series(1, {departments}) i;
INSERT INTO procedure (code, name, days)
  SELECT '1.' || i, 'Thủ tục cấp giấy phép loại ' || i || ' trong lĩnh vực ' || i % 40, 1 + i % 30
  FROM generate_series(1, {procedures}) i;
"""
INDEXES = """
CREATE INDEX ix_dossier_procedure ON dossier (procedure_id);
CREATE INDEX ix_dossier_department ON dossier (department_id);
CREATE INDEX ix_dossier_received ON dossier (received_at);
"""


def fill(dsn: str, rows: int) -> None:
    """Make the tables and `rows` dossiers over five years; the same rows on every run."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLES.format(departments=DEPARTMENTS, procedures=PROCEDURES))
        with connection.cursor().copy(f"COPY dossier ({COLUMNS}) FROM STDIN") as copy:
            for row in _dossiers(rows):
                copy.write_row(row)
        connection.execute(INDEXES)
        connection.execute("VACUUM ANALYZE")


def _dossiers(rows: int) -> Iterator[tuple[object, ...]]:
    dice = random.Random(2026)
    start, step = dt.datetime(2021, 1, 4, 7, 30), dt.timedelta(days=1900) / rows  # noqa: DTZ001
    for i in range(rows):
        received = (start + step * i).replace(microsecond=0)
        procedure, status = dice.randrange(PROCEDURES), dice.choice(STATUS)
        returned = None
        if status in ("returned", "approved"):
            returned = received + dt.timedelta(days=dice.randrange(1, 35))
        yield (
            f"H{procedure % 99:02d}.{received:%y%m%d}-{i:07d}",
            any_name(dice),
            f"09{dice.randrange(10**8):08d}",
            procedure + 1,
            dice.randrange(DEPARTMENTS) + 1,
            status,
            dice.choice(CHANNEL),
            dice.choice(FEES),
            received,
            received + dt.timedelta(days=1 + procedure % 30),
            returned,
            "Bổ sung giấy tờ" if dice.random() < 0.1 else None,
        )
