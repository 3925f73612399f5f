"""What the benchmark needs to know of a product database that `init` has just made."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row

#: The account that receives, and with it the office that most dossiers belong to.
CLERK, OFFICER = "tiepnhan", "chuyenvien"


class Person(NamedTuple):
    """An officer in office."""

    id: str
    name: str


@dataclass(frozen=True)
class Office:
    """An agency that receives: its departments by function, and the first officer of each unit."""

    id: str
    code: str
    name: str
    counter: str
    departments: dict[str, str]
    people: dict[str, Person]

    def unit(self, function: str | None) -> str:
        """The department with a function, else the leadership, as the verbs choose it."""
        return self.departments.get(function or "") or self.departments["UBND"]


@dataclass(frozen=True)
class Procedure:
    """A published version with the definitions of its first, second and last step."""

    id: str
    version: str
    code: str
    name: str
    term: str | None
    first_day: dt.date
    last_day: dt.date
    steps: tuple[Any, ...]


@dataclass(frozen=True)
class Reference:
    """The clerk's office first, then the others of its kind."""

    offices: tuple[Office, ...]
    procedures: tuple[Procedure, ...]

    def on(self, day: dt.date) -> list[Procedure]:
        """Procedures in force on a day."""
        return [p for p in self.procedures if p.first_day <= day <= p.last_day]


def read(connection: psycopg.Connection[Any]) -> Reference:
    """Offices and procedures of the district level. The connection must see all agencies."""
    cursor = connection.cursor(row_factory=namedtuple_row)
    home = cursor.execute(_HOME, [CLERK]).fetchone()
    offices = [_office(cursor, row) for row in cursor.execute(_OFFICES, [home.kind]).fetchall()]
    offices.sort(key=lambda office: office.id != str(home.agency_id))
    procedures = [_procedure(cursor, row) for row in cursor.execute(_PROCEDURES).fetchall()]
    return Reference(tuple(offices), tuple(procedures))


def _office(cursor: Any, agency: Any) -> Office:
    units = cursor.execute(_UNITS, [agency.id]).fetchall()
    people = cursor.execute(_PEOPLE, [agency.id]).fetchall()
    return Office(
        id=str(agency.id),
        code=agency.official_code or agency.code,
        name=agency.full_name,
        counter=next(str(u.id) for u in units if u.kind == "counter"),
        departments={u.function: str(u.id) for u in reversed(units) if u.function},
        people={str(p.unit_id): Person(str(p.id), p.full_name) for p in reversed(people)},
    )


def _procedure(cursor: Any, row: Any) -> Procedure:
    steps = cursor.execute(_STEPS, [row.version]).fetchall()
    return Procedure(
        id=str(row.id),
        version=str(row.version),
        code=row.code,
        name=row.name,
        term=row.term,
        first_day=row.valid_from,
        last_day=row.valid_to or dt.date.max,
        steps=(steps[0], steps[1], steps[-1]),
    )


_HOME = """
SELECT officer.agency_id, unit.kind FROM officer JOIN ab_user ON ab_user.id = officer.user_id
JOIN unit ON unit.id = officer.agency_id WHERE ab_user.username = %s"""
_OFFICES = """
SELECT unit.* FROM unit WHERE kind = %s AND valid_to IS NULL AND EXISTS (
  SELECT 1 FROM unit AS part WHERE part.agency_id = unit.id AND part.kind = 'counter')
ORDER BY code"""
_UNITS = """
SELECT id, kind, function FROM unit WHERE agency_id = %s AND kind IN ('department', 'counter')
ORDER BY code"""
_PEOPLE = "SELECT id, unit_id, full_name FROM officer WHERE agency_id = %s ORDER BY id"
_PROCEDURES = """
SELECT p.id, p.code, p.name, v.id AS version, coalesce(v.local_term, v.legal_term) AS term,
  v.valid_from, v.valid_to
FROM procedure p JOIN procedure_version v ON v.procedure_id = p.id
WHERE v.state = 'published' AND p.level IN ('district', 'land_office')
  AND (SELECT count(*) FROM procedure_step s WHERE s.version_id = v.id) > 2
ORDER BY p.code, v.valid_from"""
_STEPS = "SELECT * FROM procedure_step WHERE version_id = %s ORDER BY position"
