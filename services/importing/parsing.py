"""One row of an old book, checked as a whole: an entry to write, or all that is wrong with it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain import names
from domain.codes import Outcome, Status
from domain.errors import DomainError
from services.importing import values
from services.importing.catalogue import Catalogue, Choice
from services.importing.columns import Column
from services.importing.reading import Raw
from services.importing.values import When

OLDEST = dt.date(1990, 1, 1)


class Problem(NamedTuple):
    """What is wrong: row number in the file, column, what stands there, and why."""

    row: int
    column: Column | None
    value: str
    error: DomainError


@dataclass(frozen=True)
class Entry:
    """A row that can be written. Days without a time get one from the working hours."""

    row: int
    legacy_code: str
    order: int | None
    received: When
    choice: Choice
    owner: str
    status: Status
    outcome: Outcome | None
    id_number: str | None
    phone: str | None
    address: str | None
    subject: str | None
    sets: int
    due: When | None
    processed: When | None
    returned: When | None
    result: str | None
    result_no: str | None
    note: str | None

    @property
    def key(self) -> tuple[str, int]:
        """By what a repeated import knows the row: running numbers begin again every year."""
        return self.legacy_code, self.received.day.year

    @property
    def running(self) -> bool:
        """Whether there is still something to do before the result."""
        return self.status in (Status.received, Status.processing)

    def repetition(self, first: int) -> Problem:
        """The problem that an earlier row has the same key."""
        error = DomainError("import.repeated", row=first)
        return Problem(self.row, Column.legacy_code, self.legacy_code, error)


@dataclass
class _Row:
    """Reads cells and gathers what is wrong with them."""

    raw: Raw
    problems: list[Problem] = field(default_factory=list)

    def get(self, column: Column, rule: Callable[[Any], Any], needed: bool = False) -> Any:
        value = self.raw.cells.get(column)
        if value is None:
            if needed:
                self.refuse(column, DomainError("value.required"))
            return None
        try:
            return rule(value)
        except DomainError as error:
            self.refuse(column, error)
            return None

    def refuse(self, column: Column, error: DomainError) -> None:
        value = self.raw.cells.get(column)
        shown = "" if value is None else values.text(value)[:200]
        self.problems.append(Problem(self.raw.number, column, shown, error))


def parse(raw: Raw, catalogue: Catalogue, today: dt.date) -> tuple[Entry | None, list[Problem]]:
    """The entry of a row, or None and all its problems."""
    row = _Row(raw)
    received: When | None = row.get(Column.received, values.when, needed=True)
    order = row.get(Column.order, _order)
    legacy = row.get(Column.legacy_code, _short(60))
    owner = row.get(Column.owner, _owner, needed=True)
    choice = _choice(row, catalogue, received)
    dates: dict[str, Any] = _dates(row, received, today)
    status, outcome = _status(row, dates)
    rest: dict[str, Any] = {
        "id_number": row.get(Column.id_number, values.id_number),
        "phone": row.get(Column.phone, values.phone),
        "address": row.get(Column.address, _short(400)),
        "subject": row.get(Column.subject, _short(1000)),
        "sets": row.get(Column.sets, _sets) or 1,
        "result": row.get(Column.result, _short(1000)),
        "result_no": row.get(Column.result_no, _short(60)),
        "note": row.get(Column.note, values.text),
    }
    if legacy is None and order is None and Column.order not in {p.column for p in row.problems}:
        row.refuse(Column.legacy_code, DomainError("value.required"))
    if row.problems or received is None or choice is None or status is None:
        return None, row.problems
    code = legacy or f"{order}/{received.day.year}"
    known: dict[str, Any] = {"received": received, "choice": choice, "owner": owner, "order": order}
    state: dict[str, Any] = {"status": status, "outcome": outcome}
    return Entry(row=raw.number, legacy_code=code, **known, **state, **dates, **rest), []


# ---- parts of a row ------------------------------------------------------------------------------
def _order(value: Any) -> int:
    number = values.text(value)
    if not number.isdecimal() or not 0 < int(number) < 10_000_000:
        raise DomainError("value.invalid")
    return int(number)


def _sets(value: Any) -> int:
    number = values.text(value).split(" ")[0]
    if not number.isdecimal() or not 0 < int(number) < 1000:
        raise DomainError("value.invalid")
    return int(number)


def _short(limit: int) -> Callable[[Any], str]:
    def rule(value: Any) -> str:
        found = values.text(value)
        if len(found) > limit:
            raise DomainError("name.too_long", limit=limit)
        return found

    return rule


def _owner(value: Any) -> str:
    return names.clean_name(values.text(value), organisation=True)


def _choice(row: _Row, catalogue: Catalogue, received: When | None) -> Choice | None:
    on = received.day if received else OLDEST
    find: Callable[[str, dt.date], Choice]
    if Column.procedure_code in row.raw.cells:
        column, find = Column.procedure_code, catalogue.by_code
    else:
        column, find = Column.procedure_name, catalogue.by_name
    choice: Choice | None = row.get(column, lambda v: find(values.text(v), on), needed=True)
    return choice


def _dates(row: _Row, received: When | None, today: dt.date) -> dict[str, When | None]:
    """Due, resolved and returned: not before the receipt; what has happened not in the future."""
    if received and not OLDEST <= received.day <= today:
        code = "import.date_future" if received.day > today else "date.invalid"
        row.refuse(Column.received, DomainError(code))
    found: dict[str, When | None] = {}
    for name in ("due", "processed", "returned"):
        column = Column[name]
        moment: When | None = row.get(column, values.when)
        found[name] = moment
        if moment and received and moment.day < received.day:
            row.refuse(column, DomainError("import.date_before_receipt"))
        elif moment and name != "due" and moment.day > today:
            row.refuse(column, DomainError("import.date_future"))
    return found


def _status(row: _Row, dates: dict[str, When | None]) -> tuple[Status | None, Outcome | None]:
    """The status that the book names, else the one that its dates show."""
    said: values.State | None = row.get(Column.status, values.state)
    if said is None and Column.status in row.raw.cells:
        return None, None
    status = said.status if said and said.status else _shown(row, dates)
    if dates["returned"] and status in (Status.received, Status.processing, Status.processed):
        row.refuse(Column.status, DomainError("import.status_conflict"))
    if status is Status.returned and not _given(row, Column.returned):
        row.refuse(Column.returned, DomainError("value.required"))
    if status is Status.processed and not _given(row, Column.processed):
        row.refuse(Column.processed, DomainError("value.required"))
    return status, _outcome(status, said)


def _given(row: _Row, column: Column) -> bool:
    return column in row.raw.cells


def _shown(row: _Row, dates: dict[str, When | None]) -> Status:
    if _given(row, Column.returned):
        return Status.returned
    return Status.processed if dates["processed"] else Status.received


def _outcome(status: Status, said: values.State | None) -> Outcome | None:
    if said and said.outcome:
        return said.outcome
    return {
        Status.processed: Outcome.granted,
        Status.returned: Outcome.granted,
        Status.withdrawn: Outcome.withdrawn,
        Status.stopped: Outcome.stopped,
        Status.not_accepted: Outcome.not_accepted,
    }.get(status)
