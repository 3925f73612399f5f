"""Rows of the tables for the entries of one batch: dossier, leg, steps of what still runs, event.

Written below the ORM's unit of work, because tens of thousands of rows go in at once; the agency of
every row is that of the unit, and on PostgreSQL row-level security checks it again.
"""

import datetime as dt
from functools import cache
from typing import Any

import sqlalchemy as sa

from domain import names
from domain.calendar import Calendar, at_minute
from domain.codes import Channel, Status, StepKind, StepState
from domain.deadline import Term, reckon
from domain.errors import DomainError
from domain.events import Tag
from domain.numbering import DossierCode
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierLeg, DossierStep
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit, UnitKind
from models.procedure import ProcedureStep, ProcedureVersion
from services.acting import Actor
from services.dossier.clock import term_of
from services.dossier.steps import unit_for
from services.importing.bulk import Values, insert
from services.importing.numbers import id_at, raised
from services.importing.parsing import Entry
from services.importing.values import When
from services.working_time import calendar_of

#: Working hours where the calendar of the day knows none: a book has receipts on any day.
OPENING, CLOSING = 7 * 60, 17 * 60
#: The result of a resolved dossier whose book does not say it.
IN_THE_BOOK = "Theo sổ theo dõi hồ sơ cũ"


class Writer:
    """Writes batches for one unit; what every row needs is looked up once."""

    def __init__(self, unit: Unit, actor: Actor, at: dt.datetime, file: str) -> None:
        self.actor, self.at, self.file = actor, at, file
        self.agency = unit if unit.is_agency else db.session.get_one(Unit, unit.agency_id)
        self.counter = _counter(unit, self.agency, at.date())
        self.official_code = self.agency.official_code or self.agency.code
        DossierCode(self.official_code, at.date())  # refuses a code that cannot be numbered under
        self._last: int | None = None
        self.plan = cache(self._plan)
        self.term = cache(self._term)
        self.calendar = cache(lambda year: calendar_of(self.agency, dt.date(year, 1, 1)))

    def overtaken(self) -> bool:
        """Whether somebody else has imported since our last batch; from here on they wait.

        The counter of imported dossiers stays locked until the transaction ends.
        """
        return raised(self.agency.id, "import", "all") != self._last

    def write(self, session: Any, entries: list[Entry]) -> None:
        """Write a batch in the transaction under way; numbers are taken last."""
        legs: list[Values] = []
        steps: list[Values] = []
        events: list[Values] = []
        dossiers = [self._dossier(entry) for entry in entries]
        last = self._last = raised(self.agency.id, "import", "all", by=len(entries))
        for number, (entry, values) in enumerate(
            zip(entries, dossiers, strict=True), last - len(entries) + 1
        ):
            self._name(values, entry, number)
            legs.append(leg := self._leg(values))
            if entry.running:
                steps += self._steps(values, leg, entry)
            events.append(self._event(values, entry))
        for model, rows in (
            (Dossier, dossiers),
            (DossierLeg, legs),
            (DossierStep, steps),
            (Event, events),
        ):
            insert(session, model.__table__, rows)
        self._continue_books(entries)

    # ---- rows ------------------------------------------------------------------------------------
    def _dossier(self, entry: Entry) -> Values:
        received = self._at(entry.received, opening=True)
        returned, processed = self._moment(entry.returned), self._moment(entry.processed)
        if entry.status is Status.returned:
            processed = processed or returned
        due, term = self._due(entry, received)
        resolved = entry.status is Status.processed
        return {
            "id": id_at(received, entry.row),
            "agency_id": self.agency.id,
            "legacy_code": entry.legacy_code,
            "book": str(received.year),
            "book_order": entry.order,
            "status": entry.status,
            "outcome": entry.outcome,
            "channel": Channel.in_person,
            "procedure_id": entry.choice.procedure_id,
            "version_id": entry.choice.version_id,
            "counter_id": self.counter.id,
            "competent_id": self.agency.id,
            "owner_name": entry.owner,
            "owner_id_number": entry.id_number,
            "owner_phone": entry.phone,
            "owner_address": entry.address,
            "subject": entry.subject or entry.choice.name,
            "cases": [],
            "details": {"import": self._source(entry)},
            "sets": entry.sets,
            "received_at": received,
            "term": term,
            "due_at": due,
            "original_due_at": due,
            "processed_at": processed,
            "returned_at": returned,
            "result_no": entry.result_no,
            "result_text": entry.result or (IN_THE_BOOK if resolved else None),
            "name_key": names.fold(entry.owner),
        }

    def _source(self, entry: Entry) -> Values:
        found: Values = {"file": self.file, "row": entry.row}
        return found | ({"note": entry.note} if entry.note else {})

    def _name(self, values: Values, entry: Entry, number: int) -> None:
        """The code: never one that receipts issue, because of its L (docs/decisions)."""
        day = values["received_at"].date()
        values["code"] = f"{self.official_code}-{day:%y%m%d}-L{number:05d}"
        words = (values["code"], entry.legacy_code, entry.owner, entry.id_number, entry.phone)
        values["search_key"] = names.fold(" ".join(w for w in words if w))

    def _leg(self, values: Values) -> Values:
        ended = values["returned_at"] or values["processed_at"]
        return {
            "id": uuid7(),
            "agency_id": self.agency.id,
            "dossier_id": values["id"],
            "position": 1,
            "opened_at": values["received_at"],
            "due_at": values["due_at"],
            "finished_at": ended,
        }

    def _steps(self, values: Values, leg: Values, entry: Entry) -> list[Values]:
        """The plan of the version; its first step is open at the counter, in nobody's hand yet."""
        made: list[Values] = []
        for step in self.plan(entry.choice.version_id):
            opened: Values = {"state": StepState.pending}
            if not made:
                opened = {
                    "state": StepState.open,
                    "opened_at": values["received_at"],
                    "due_at": values["due_at"],
                    "sent_by": self.actor.name,
                }
            blank = {"opened_at": None, "due_at": None, "sent_by": None}
            made.append(
                {"id": uuid7(), "dossier_id": values["id"], "leg_id": leg["id"]}
                | step
                | blank
                | opened
            )
        return made

    def _event(self, values: Values, entry: Entry) -> Values:
        post = self.actor.home
        return {
            "id": uuid7(),
            "agency_id": self.agency.id,
            "tag": Tag.dossier_import,
            "at": self.at,
            "dossier_id": values["id"],
            "subject_kind": "Dossier",
            "subject_id": values["id"],
            "actor_id": self.actor.officer_id,
            "actor_name": self.actor.name,
            "actor_role": post.role.value,
            "actor_unit": post.unit_name or self.agency.full_name,
            "address": self.actor.address,
            "changes": {
                "code": values["code"],
                "legacy_code": entry.legacy_code,
                "status": entry.status.value,
                "file": self.file,
                "row": entry.row,
            },
        }

    # ---- what rows need --------------------------------------------------------------------------
    def _moment(self, when: When | None, opening: bool = False) -> dt.datetime | None:
        """A day without a time: the opening of that day for a receipt, else its closing."""
        return self._at(when, opening) if when else None

    def _at(self, when: When, opening: bool = False) -> dt.datetime:
        minute = when.time.hour * 60 + when.time.minute if when.time else None
        if minute is None:
            spans = self._calendar(when.day).spans(when.day) or ((OPENING, CLOSING),)
            minute = spans[0][0] if opening else spans[-1][1]
        return at_minute(when.day, minute)

    def _calendar(self, day: dt.date) -> Calendar:
        found: Calendar = self.calendar(day.year)
        return found

    def _due(self, entry: Entry, received: dt.datetime) -> tuple[dt.datetime | None, str | None]:
        """The appointment of the book and, for what still runs, the term if it agrees with it."""
        written = self._moment(entry.due)
        if not entry.running:
            return written, None
        term = self.term(entry.choice.version_id)
        if term is None:
            return written, None
        try:
            found = reckon(
                term, received, self._calendar(received.date()), policy=self.agency.policy
            ).due_at
        except DomainError:  # a year without working hours
            return written, None
        if written is None or written.date() == found.date():
            return found, str(term)
        return written, None

    def _term(self, version_id: str) -> Term | None:
        return term_of(db.session.get_one(ProcedureVersion, version_id))

    def _plan(self, version_id: str) -> list[Values]:
        """Columns of the steps of a version, those at the counter in our counter."""
        query = (
            sa.select(ProcedureStep)
            .where(ProcedureStep.version_id == version_id)
            .order_by(ProcedureStep.position)
        )
        plan = [self._step(step) for step in db.session.scalars(query)]
        if not plan or plan[0]["kind"] is not StepKind.receive:
            plan.insert(0, self._at_counter())
        return plan

    def _at_counter(self) -> Values:
        return self._step(
            ProcedureStep(
                position=0, name="Tiếp nhận hồ sơ", kind=StepKind.receive, role=Role.clerk
            )
        ) | {"definition_id": None}

    def _step(self, step: ProcedureStep) -> Values:
        unit = self.counter
        if step.kind not in (StepKind.receive, StepKind.return_result):
            unit = unit_for(self.agency.id, step.function, self.at.date())
        return {
            "agency_id": self.agency.id,
            "definition_id": step.id,
            "position": step.position,
            "round": 1,
            "group": step.group,
            "kind": step.kind,
            "name": step.name,
            "role": step.role,
            "unit_id": unit.id,
            "term": step.term,
            "silence": bool(step.silence),
            "outside_total": bool(step.outside_total),
            "external_body": step.external_body,
        }

    # ---- counters --------------------------------------------------------------------------------
    def _continue_books(self, entries: list[Entry]) -> None:
        """New receipts go on after the highest number that the old book of their year has."""
        highest: dict[int, int] = {}
        for entry in entries:
            year = entry.received.day.year
            highest[year] = max(highest.get(year, 0), entry.order or 0)
        for year, order in sorted(highest.items()):
            if order:
                raised(self.agency.id, "book", str(year), to=order)


def _counter(unit: Unit, agency: Unit, on: dt.date) -> Unit:
    """The counter named, else the agency's first one, else the department that does its work."""
    if unit.kind is UnitKind.counter:
        return unit
    query = sa.select(Unit).where(
        Unit.agency_id == agency.id,
        Unit.kind == UnitKind.counter,
        Unit.valid_from <= on,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= on),
    )
    found = db.session.scalars(query.order_by(Unit.code).limit(1)).first()
    return found or unit_for(agency.id, None, on)
