"""A draft on trial: a database of its own, made of the catalogue, thrown away afterwards.

A trial lives in one folder: `trial.db` (SQLite, whatever the product itself runs on), `uploads` and
`trial.json`. It has the units, calendars and reference data, the one version that is tried, already
published, and people who exist nowhere else. No dossier, applicant, officer or event is copied, and
nothing is ever written back: the sessions of a trial are bound to its own file and to no other.
"""

import contextlib
import datetime as dt
import json
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as AccountRole, User

from domain.deadline import Term, reckon
from domain.errors import DomainError
from domain.roles import Role
from models.base import Row, ScopeKind, db
from models.dossier import Dossier, DossierStep
from models.ids import uuid7
from models.officer import Officer
from models.organisation import Unit
from models.procedure import Procedure, ProcedureVersion, VersionState
from services import offering, reference
from services.dossier.steps import unit_for
from services.filestore import FileStore
from services.procedure import tryable
from services.working_time import calendar_of

#: How long a trial is kept if nobody ends it.
KEPT_FOR = dt.timedelta(hours=24)
#: Trials of one person at once; the oldest makes room.
MOST_OF_ONE = 3
#: Shared tables that are about people: a trial has people of its own.
_PEOPLE = frozenset({"officer", "stand_in"})
#: What stands before the identifier of every agency, and so at the head of every code of a trial.
MARK = "THU"
_NAME = re.compile(r"[0-9a-f]{32}")
_FILE = "trial.json"
#: Terms by which the clock of a trial may be put forward.
LEAPS = ("1wh", "4wh", "1wd", "5wd")


@dataclass(frozen=True)
class Trial:
    """One trial. shift: seconds by which its clock is ahead of the real one."""

    id: str
    folder: str
    user_id: int
    version_id: str
    version_key: str
    procedure: str
    agency_id: str
    agency: str
    started: str
    shift: int = 0

    @property
    def database(self) -> Path:
        """Its database file."""
        return Path(self.folder) / "trial.db"

    @property
    def uploads(self) -> Path:
        """Where its files lie."""
        return Path(self.folder) / "uploads"

    @property
    def started_at(self) -> dt.datetime:
        """When it was begun."""
        return dt.datetime.fromisoformat(self.started)

    @property
    def ahead(self) -> dt.timedelta:
        """How far its clock is ahead."""
        return dt.timedelta(seconds=self.shift)


# ---- its life ------------------------------------------------------------------------------------
def begin(
    version: ProcedureVersion,
    agency: Unit,
    *,
    root: Path,
    user_id: int,
    at: dt.datetime,
    prepare: Callable[[Path], None],
    files: Path,
) -> Trial:
    """Make a trial of a version at an agency; the real database is only read.

    root: the folder of all trials. prepare: makes an empty database with all tables in a file. files:
    the folder of the real files, of which a trial gets the blank forms.
    Errors: whatever would keep a dossier from being received under the version; trial.agency.
    """
    tryable(version)
    if not agency.is_agency or not _offices(agency, at.date()):
        raise DomainError("trial.agency", field="agency_id")
    for old in mine(root, user_id)[MOST_OF_ONE - 1 :]:
        end(root, old.id)
    trial_id = uuid.uuid4().hex
    folder = root / trial_id
    folder.mkdir(mode=0o700, parents=True)
    trial = Trial(
        id=trial_id,
        folder=str(folder),
        user_id=user_id,
        version_id=version.id,
        version_key=version.key,
        procedure=f"{version.procedure.code} · {version.procedure.name}",
        agency_id=agency.id,
        agency=agency.full_name,
        started=at.isoformat(),
    )
    try:
        prepare(trial.database)
        _fill(trial, version, at.date())
        _blank_forms(trial, version, files)
        _write(trial)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return trial


def find(root: Path, trial_id: str) -> Trial | None:
    """The trial with this id; None when it has ended or never was."""
    if not _NAME.fullmatch(trial_id):
        return None
    try:
        return Trial(**json.loads((root / trial_id / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def every(root: Path) -> Iterator[Trial]:
    """All trials that there are."""
    for folder in root.iterdir() if root.is_dir() else ():
        found = find(root, folder.name)
        if found is not None:
            yield found


def mine(root: Path, user_id: int) -> list[Trial]:
    """The trials of one account, the newest first."""
    own = [t for t in every(root) if t.user_id == user_id]
    return sorted(own, key=lambda t: t.started, reverse=True)


def end(root: Path, trial_id: str) -> None:
    """Throw a trial away, with everything that was done in it."""
    if _NAME.fullmatch(trial_id):
        shutil.rmtree(root / trial_id, ignore_errors=True)


def sweep(root: Path, at: dt.datetime) -> int:
    """Throw away what nobody has ended within a day, and folders that are no trial; how many."""
    gone = 0
    for folder in list(root.iterdir()) if root.is_dir() else ():
        trial = find(root, folder.name)
        born = dt.datetime.fromtimestamp(folder.stat().st_mtime, at.tzinfo)
        if at - (trial.started_at if trial else born) > KEPT_FOR:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def forward(root: Path, trial: Trial, leap: str, at: dt.datetime) -> Trial:
    """Put the clock of a trial forward by a term in working time of its agency. Errors: value.choice."""
    if leap not in LEAPS:
        raise DomainError("value.choice", field="leap")
    unit = db.session.get_one(Unit, trial.agency_id)
    goal = reckon(Term.parse(leap), at, calendar_of(unit, at.date())).due_at
    moved = replace(trial, shift=trial.shift + int((goal - at).total_seconds()))
    _write(moved)
    return moved


def _write(trial: Trial) -> None:
    """Whole or not at all: another process may be reading it."""
    path = Path(trial.folder) / _FILE
    draft = path.with_suffix(f".{uuid.uuid4().hex}")
    draft.write_text(json.dumps(asdict(trial), ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


# ---- its database --------------------------------------------------------------------------------
def _fill(trial: Trial, version: ProcedureVersion, today: dt.date) -> None:
    """Copy what a visit at the counter needs to know, and put the version in force."""
    engine = sa.create_engine(f"sqlite:///{trial.database}")
    known: dict[str, set[Any]] = {}
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for table in _shared():
                rows = [_fit(row, version, today) for row in _rows(table, version)]
                rows = [row for row in rows if _belongs(table, row, known)]
                known[table.name] = {row["id"] for row in rows}
                if rows:
                    connection.execute(sa.insert(table), rows)
            names = [{"name": r.value} for r in Role if r not in (Role.system, Role.admin)]
            connection.execute(sa.insert(AccountRole.__table__), names)
    finally:
        engine.dispose()


def _blank_forms(trial: Trial, version: ProcedureVersion, files: Path) -> None:
    """Copies of the blank forms of the papers; one that is not there is missing here, too."""
    real, own = FileStore(files), FileStore(trial.uploads)
    for document in version.documents:
        if document.blank_sha256:
            with contextlib.suppress(DomainError, OSError):
                own.put(real.get(document.blank_sha256))


def _shared() -> list[sa.Table]:
    """The tables of the catalogue, each behind those it points to."""
    models = [m.class_ for m in Row.registry.mappers if issubclass(m.class_, Row)]
    names = {
        m.__table__.name
        for m in models
        if m.__scope__ is ScopeKind.shared and m.__table__.name not in _PEOPLE
    }
    return [table for table in Row.metadata.sorted_tables if table.name in names]


def _rows(table: sa.Table, version: ProcedureVersion) -> list[dict[str, Any]]:
    """The rows of a table that a trial has: of procedures only the one that is tried."""
    query = sa.select(table)
    if table.name == Procedure.__tablename__:
        query = query.where(table.c.id == version.procedure_id)
    if table.name == ProcedureVersion.__tablename__:
        query = query.where(table.c.id == version.id)
    return [dict(row._mapping) for row in db.session.execute(query)]


def _belongs(table: sa.Table, row: dict[str, Any], known: dict[str, set[Any]]) -> bool:
    """Whether everything that a row points to is there; what may be left out is left out of it."""
    for key in table.foreign_keys:
        goal, value = key.column.table.name, row[key.parent.name]
        if value is None or goal == table.name or value in known.get(goal, ()):
            continue
        if not key.parent.nullable or goal in (Procedure.__tablename__, "procedure_version"):
            return False
        row[key.parent.name] = None
    return True


def _fit(row: dict[str, Any], version: ProcedureVersion, today: dt.date) -> dict[str, Any]:
    """The version in force from today at the latest; every agency with the mark before its code."""
    if row["id"] == version.id:
        row["state"] = VersionState.published
        row["valid_from"] = min(version.valid_from, today)
        row["valid_to"] = None
    if row.get("is_agency") and row.get("official_code"):
        row["official_code"] = f"{MARK}.{row['official_code']}"
    return row


# ---- its people ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """Somebody a trial can be walked as. busy: work waits for them now."""

    unit_id: str
    unit: str
    role: Role
    busy: bool = False

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.role.value}:{self.unit_id}"


def parts(trial: Trial, today: dt.date) -> list[Part]:
    """Whoever has a step of the version, in their order, and whoever else has work now.

    Asked inside the trial.
    """
    agency, version = trial.agency_id, db.session.get_one(ProcedureVersion, trial.version_id)
    counter = unit_for(agency, "MC", today)
    wanted = [(counter, Role.clerk)]
    for step in version.steps:
        at_counter = step.role is Role.clerk
        unit = counter if at_counter else unit_for(agency, step.function, today)
        wanted.append((unit, step.role))
    live = _live()
    wanted += [(unit, role) for unit, role in live if unit.agency_id != agency]
    wanted += [*live, (counter, Role.cashier), (unit_for(agency, "UBND", today), Role.leader)]
    busy = {(unit.id, role) for unit, role in live}
    seen: dict[tuple[str, Role], Part] = {}
    for unit, role in wanted:
        where = (unit.id, role)
        if role is not Role.system and where not in seen:
            seen[where] = Part(unit.id, unit.full_name, role, where in busy)
    return list(seen.values())


def _live() -> list[tuple[Unit, Role]]:
    query = (
        sa.select(Unit, DossierStep.role)
        .join(DossierStep, DossierStep.unit_id == Unit.id)
        .where(DossierStep.state.in_(("open", "waiting")))
        .order_by(DossierStep.id)
    )
    return [(unit, role) for unit, role in db.session.execute(query)]


def person(part: Part, name: str) -> int:
    """The account that plays a part, made when it is first asked for. Asked inside the trial."""
    username = f"{MARK}-{part.key}".lower()
    found = db.session.scalar(sa.select(User.id).where(User.username == username))
    if found is not None:
        return int(found)
    role = db.session.scalars(
        sa.select(AccountRole).where(AccountRole.name == part.role.value)
    ).one()
    user = User(
        username=username,
        first_name=name,
        last_name=MARK,
        email=f"{uuid7()}@motcua.invalid",
        password="!",  # nobody signs in by it
        active=True,
        roles=[role],
    )
    db.session.add(user)
    db.session.flush()
    unit = db.session.get_one(Unit, part.unit_id)
    officer = Officer(agency_id=unit.agency_id, full_name=name, title=name, unit=unit)
    officer.user_id = user.id
    db.session.add(officer)
    db.session.commit()
    return int(user.id)


def officer(user_id: int) -> Officer:
    """The person of a trial with this account. Asked inside the trial."""
    return db.session.scalars(sa.select(Officer).where(Officer.user_id == user_id)).one()


def dossiers(limit: int = 8) -> list[Dossier]:
    """The dossiers of a trial, the newest first. Asked inside the trial."""
    query = sa.select(Dossier).order_by(Dossier.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def agencies(version: ProcedureVersion, on: dt.date) -> list[Unit]:
    """The agencies that resolve the procedure on a day and have a department to do it, by name."""
    query = sa.select(Unit).where(
        Unit.is_agency,
        Unit.valid_from <= on,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= on),
    )
    units = db.session.scalars(query.order_by(Unit.code)).all()
    level = version.procedure.level.value
    staffed = set(
        db.session.scalars(sa.select(Unit.agency_id).where(Unit.function == "MC").distinct())
    )
    chosen = offering.offered(version.procedure_id)
    if chosen is not None:
        return [u for u in units if u.id in chosen and u.id in staffed]
    fitting = [u for u in units if u.kind.value == level and u.id in staffed]
    return fitting or [u for u in units if u.id in staffed]


def _offices(agency: Unit, on: dt.date) -> bool:
    return bool(reference.departments(agency.id, on))
