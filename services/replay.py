"""A draft replayed over the dossiers of the last year: how many would have been late, where they queue.

Every dossier keeps its day of receipt and its own working time at each step that the draft has, too; a
step that is new takes the time that the draft gives it. Waits for the citizen are left out on both
sides, the term as well as the time at a step.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.calendar import Calendar, working_minutes
from domain.codes import StepKind, StepState
from domain.data_fields import thaw
from domain.deadline import Term, reckon
from domain.replay import Past, Planned, Stay, peak, share, walk_plan
from models.base import db
from models.dossier import Dossier, DossierPause, DossierStep
from models.organisation import Unit
from models.procedure import ProcedureVersion
from services import reference
from services.comparing import matched_steps
from services.dossier import clock, data
from services.dossier.steps import AD_HOC
from services.working_time import calendar_of

#: How far back is looked.
YEAR = dt.timedelta(days=365)
#: Dossiers that are reckoned with; of more, so many at equal distances.
MOST = 2_000
#: Steps whose time is nobody's delay: the result waits for the citizen.
_AFTER = frozenset({StepKind.return_result})


@dataclass(frozen=True)
class Row:
    """One step of the draft. known: how many dossiers bring a time of their own. minutes: working
    minutes that half of all dossiers, and nine in ten, stay there at most. most: the longest queue."""

    position: int
    name: str
    known: int
    new: int
    half: int
    nine_in_ten: int
    most: int
    when: dt.datetime | None


@dataclass(frozen=True)
class Replayed:
    """What came of it. found: dossiers received in the year; counted: those reckoned with; running and
    bare: left out because they are not done, or have no times of steps. late_before: as they went in
    truth; late_after: under the draft."""

    since: dt.date
    until: dt.date
    found: int
    counted: int
    running: int
    bare: int
    sampled: bool
    late_before: int
    late_after: int
    rows: tuple[Row, ...]


def replay(version: ProcedureVersion, at: dt.datetime) -> Replayed:
    """Run the dossiers of the year before `at` through the steps and terms of a version.

    Reads only. Errors: term.invalid where the version has a term that cannot be read.
    """
    since = at - YEAR
    found, running, ids = _chosen(version, since, at)
    sampled = len(ids) > MOST
    ids = _spread(ids, MOST)
    run = _Run(version)
    bare = 0
    for chunk in (ids[n : n + 200] for n in range(0, len(ids), 200)):
        steps, pauses = _steps(chunk), _pauses(chunk)
        for dossier in _dossiers(chunk):
            if not run.add(dossier, steps[dossier.id], pauses[dossier.id]):
                bare += 1
    return Replayed(
        since.date(),
        at.date(),
        found,
        run.count,
        running,
        bare,
        sampled,
        run.late_before,
        run.late_after,
        run.rows(),
    )


class _Run:
    """The reckoning under way: one dossier after the other."""

    def __init__(self, version: ProcedureVersion) -> None:
        self.version = reference.version(version.id) or version
        self.steps = [s for s in self.version.steps if s.kind not in _AFTER]
        self.plan = [Planned(s.id, s.group) for s in self.steps]
        self.origin = _origins(version)
        self.conditional = any(s.only_if for s in self.steps)
        self.units: dict[str, Unit] = {}
        self.stays: dict[str, list[Stay]] = defaultdict(list)
        self.known: dict[str, int] = defaultdict(int)
        self.count = self.late_before = self.late_after = 0

    def add(
        self, dossier: Any, steps: Sequence[Any], pauses: Sequence[tuple[dt.datetime, dt.datetime]]
    ) -> bool:
        """Reckon with one dossier; whether it has times to reckon with."""
        calendar = self._calendar(dossier.competent_id, dossier.received_at.date())
        own = self._own(steps, pauses, calendar)
        if not own:
            return False
        for key in own:
            self.known[key] += 1
        minutes = self._minutes(dossier, own, calendar)
        stays, end = walk_plan(self.plan, Past(dossier.received_at, minutes, calendar))
        for stay in stays:
            self.stays[stay.key].append(stay)
        self.count += 1
        self.late_before += dossier.due_at is not None and dossier.processed_at > dossier.due_at
        due = self._due(dossier, calendar)
        self.late_after += due is not None and end > due
        return True

    def _own(
        self,
        steps: Sequence[Any],
        pauses: Sequence[tuple[dt.datetime, dt.datetime]],
        calendar: Calendar,
    ) -> dict[str, int]:
        """Step of the draft → working minutes that this dossier was there, all rounds together."""
        own: dict[str, int] = defaultdict(int)
        for step in steps:
            key = self.origin.get(step.definition_id or "")
            if key is None or step.opened_at is None or step.finished_at is None:
                continue
            spent = working_minutes(step.opened_at, step.finished_at, calendar)
            for starts, ends in pauses:
                first, last = max(starts, step.opened_at), min(ends, step.finished_at)
                spent -= working_minutes(first, last, calendar)
            own[key] += max(0, spent)
        return dict(own)

    def _minutes(self, dossier: Any, own: Mapping[str, int], calendar: Calendar) -> dict[str, int]:
        """What each step of the draft takes this dossier: its own time, else the draft's."""
        asked = self._asked(dossier) if self.conditional else None
        found = {}
        for step in self.steps:
            if asked is not None and not asked.holds(step.only_if):
                continue
            spent = own.get(step.id)
            found[step.id] = (
                _length(step.term, dossier.received_at, calendar) if spent is None else spent
            )
        return found

    def _asked(self, dossier: Any) -> data.Known:
        kept = (dossier.details or {}).get(data.KEY) or {}
        values = thaw(data.specs(self.version), kept) if kept else {}
        day = dossier.received_at.date()
        return data.Known(self.version, dossier.cases or (), values, day)

    def _due(self, dossier: Any, calendar: Calendar) -> dt.datetime | None:
        term = clock.term_of(self.version, cases=dossier.cases or ())
        if term is None:
            return None
        policy = self._unit(dossier.competent_id).policy
        return reckon(term, dossier.received_at, calendar, policy=policy).due_at

    def _calendar(self, unit_id: str, on: dt.date) -> Calendar:
        return calendar_of(self._unit(unit_id), on)

    def _unit(self, unit_id: str) -> Unit:
        if unit_id not in self.units:
            self.units[unit_id] = db.session.get_one(Unit, unit_id)
        return self.units[unit_id]

    def rows(self) -> tuple[Row, ...]:
        """What is said of each step."""
        found = []
        for step in self.steps:
            stays = self.stays[step.id]
            spent = [stay.minutes for stay in stays]
            most, when = peak(stays)
            known = self.known[step.id]
            row = (share(spent, 0.5), share(spent, 0.9), most, when)
            found.append(Row(step.position, step.name, known, len(stays) - known, *row))
        return tuple(found)


def _origins(version: ProcedureVersion) -> dict[str, str]:
    """Step of any version of the procedure → the step of this one that is the same work."""
    found = {step.id: step.id for step in version.steps}
    for other in version.procedure.versions:
        if other.id != version.id:
            found |= {a.id: b.id for a, b in matched_steps(other.steps, version.steps)}
    return found


def _length(term: str | None, start: dt.datetime, calendar: Calendar) -> int:
    """Working minutes that a term comes to when it begins with the receipt."""
    if not term:
        return 0
    due = reckon(Term.parse(term), start, calendar).due_at
    return working_minutes(start, due, calendar)


# ---- what is read --------------------------------------------------------------------------------
def _chosen(
    version: ProcedureVersion, since: dt.datetime, at: dt.datetime
) -> tuple[int, int, list[str]]:
    """How many were received in the year, how many of them run still, and the ids of the others."""
    of = sa.and_(
        Dossier.procedure_id == version.procedure_id,
        Dossier.code.is_not(None),
        Dossier.received_at >= since,
        Dossier.received_at <= at,
    )
    query = sa.select(Dossier.id, Dossier.processed_at.is_not(None)).where(of)
    rows = db.session.execute(query.order_by(Dossier.received_at, Dossier.id)).all()
    done = [row[0] for row in rows if row[1]]
    return len(rows), len(rows) - len(done), done


def _spread(ids: list[str], most: int) -> list[str]:
    """At most so many, at equal distances over the year."""
    if len(ids) <= most:
        return ids
    return [ids[n * len(ids) // most] for n in range(most)]


def _dossiers(ids: Sequence[str]) -> Iterable[Any]:
    query = sa.select(
        Dossier.id,
        Dossier.received_at,
        Dossier.due_at,
        Dossier.processed_at,
        Dossier.competent_id,
        Dossier.cases,
        Dossier.details,
    )
    return db.session.execute(query.where(Dossier.id.in_(ids)).order_by(Dossier.id)).all()


def _steps(ids: Sequence[str]) -> dict[str, list[Any]]:
    query = sa.select(
        DossierStep.dossier_id,
        DossierStep.definition_id,
        DossierStep.opened_at,
        DossierStep.finished_at,
    ).where(
        DossierStep.dossier_id.in_(ids),
        DossierStep.position < AD_HOC,
        DossierStep.state.in_((StepState.done, StepState.sent_back)),
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.dossier_id].append(row)
    return found


def _pauses(ids: Sequence[str]) -> dict[str, list[tuple[dt.datetime, dt.datetime]]]:
    query = sa.select(DossierPause.dossier_id, DossierPause.starts, DossierPause.ends).where(
        DossierPause.dossier_id.in_(ids), DossierPause.ends.is_not(None)
    )
    found: dict[str, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for dossier_id, starts, ends in db.session.execute(query):
        if ends is not None:
            found[dossier_id].append((starts, ends))
    return found
