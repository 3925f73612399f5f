"""One made-up dossier after another, as rows of the product's tables."""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

from benchmarks.names import any_name
from benchmarks.offices import Office, Person, Procedure, Reference
from domain.events import Tag
from domain.names import fold, person_sort_key
from domain.numbering import dossier_code

#: Share of the dossiers in the clerk's own office.
HOME_SHARE = 0.6
OPENING, WORKING_SECONDS = 7 * 3600, 9 * 3600
PLACES = (
    "thôn 3, xã Quảng Tiến",
    "buôn Sut M’grư, xã Cư Suê",
    "tổ dân phố 5, thị trấn Quảng Phú",
    "thôn Hợp Thành, xã Quảng Hiệp",
    "buôn Pốk, thị trấn Ea Pốk",
)
COLUMNS = {
    "applicant": (
        *("id", "agency_id", "kind", "name", "id_number", "phone", "address"),
        *("search_key", "sort_key"),
    ),
    "dossier": (
        *("id", "agency_id", "code", "book", "book_order", "status", "outcome", "channel"),
        *("procedure_id", "version_id", "applicant_id", "counter_id", "competent_id"),
        *("receiver_id", "owner_name", "owner_kind", "owner_id_number", "owner_phone"),
        *("owner_address", "subject", "cases", "details", "sets", "return_method"),
        *("received_at", "term", "due_at", "original_due_at", "processed_at", "returned_at"),
        *("result_no", "returned_to", "slip_collected", "extensions", "supplement_requests"),
        *("search_key", "name_key", "version"),
    ),
    "dossier_leg": ("id", "agency_id", "dossier_id", "position", "opened_at", "due_at"),
    "dossier_step": (
        *("id", "agency_id", "dossier_id", "leg_id", "definition_id", "position", "round"),
        *("kind", "name", "role", "unit_id", "holder_id", "state", "term", "silence"),
        *("outside_total", "sent_by", "opened_at", "taken_at", "due_at", "finished_at"),
        "finished_by",
    ),
    "event": (
        *("id", "agency_id", "tag", "at", "dossier_id", "subject_kind", "subject_id"),
        *("actor_id", "actor_name", "actor_role", "actor_unit", "changes", "op_id"),
    ),
    "number_counter": ("id", "agency_id", "scheme", "period", "last"),
}
Rows = dict[str, list[tuple[Any, ...]]]
NOBODY = Person("", "Nguyễn Văn Một")


@dataclass
class Case:
    """One dossier before it becomes rows. `took` is None while it is under way."""

    number: int
    id: str
    office: Office
    procedure: Procedure
    day: dt.date
    received: dt.datetime
    order: int
    serial: int
    took: int | None
    name: str
    phone: str

    def after(self, days: int, hours: int = 0) -> dt.datetime:
        """A moment some days after the receipt."""
        return self.received + dt.timedelta(days=days, hours=hours)

    @cached_property
    def due(self) -> dt.datetime:
        """The appointment: the number of the term as calendar days, none for the same day."""
        digits = "".join(c for c in self.procedure.term or "3" if c.isdigit())
        return self.after(int(digits or 0), 8)

    @property
    def id_number(self) -> str:
        """Province 999 does not exist, so the number belongs to nobody."""
        return f"999{self.number:09d}"


class Maker:
    """Makes the dossiers of an office in the order of time; the same ones on every run of a day."""

    def __init__(self, reference: Reference, days: list[dt.date], rows: int, backlog: int) -> None:
        self.home, *self.others = reference.offices
        self.days, self.rows, self.backlog = days, rows, backlog
        self.on = {day: reference.on(day) for day in days}
        self.dice = random.Random(2026)
        self.serials = count(1)
        self.numbers: Counter[tuple[str, dt.date]] = Counter()
        self.orders: Counter[tuple[str, int]] = Counter()

    def stretch(self, first: int, beyond: int) -> Rows:
        """Rows by table, in the order in which they refer to each other."""
        found: Rows = {table: [] for table in COLUMNS if table != "number_counter"}
        for i in range(first, beyond):
            self._add(self._case(i), found)
        return found

    def _case(self, i: int) -> Case:
        place = i * len(self.days) // self.rows
        day = self.days[place]
        office = self.home if self.dice.random() < HOME_SHARE else self.dice.choice(self.others)
        self.numbers[office.id, day] += 1
        self.orders[office.id, day.year] += 1
        received = _moment(day, self._second(i, place))
        took = min(self.dice.randrange(1, 15), len(self.days) - 1 - place)
        return Case(
            number=i,
            id=self._id(received),
            office=office,
            procedure=self.dice.choice(self.on[day]),
            day=day,
            received=received,
            order=self.orders[office.id, day.year],
            serial=self.numbers[office.id, day],
            took=took if i < self.rows - self.backlog else None,
            name=any_name(self.dice),
            phone=f"09{self.dice.randrange(10**8):08d}",
        )

    def _second(self, i: int, place: int) -> int:
        """Dossiers of a day are spread over its working hours, in their order."""
        first, beyond = (-(-p * self.rows // len(self.days)) for p in (place, place + 1))
        return OPENING + (i - first) * WORKING_SECONDS // max(1, beyond - first)

    def _id(self, moment: dt.datetime) -> str:
        """A UUIDv7 of that moment: ids follow time, as those of the product do."""
        milliseconds = int(moment.timestamp()) * 1000
        serial = next(self.serials) & 0xFFF
        tail = (0b10 << 62) | self.dice.getrandbits(62)
        text = f"{(milliseconds << 16) | 0x7000 | serial:016x}{tail:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def _add(self, case: Case, rows: Rows) -> None:
        folded, key = fold(case.name), person_sort_key(case.name)
        applicant, leg = self._id(case.received), self._id(case.received)
        rows["applicant"].append(_applicant(case, applicant, folded, key))
        rows["dossier"].append(_dossier(case, applicant, folded))
        rows["dossier_leg"].append(
            (leg, case.office.id, case.id, 1, case.received, case.due),
        )
        rows["dossier_step"] += self._steps(case, leg)
        rows["event"] += self._events(case)

    def _steps(self, case: Case, leg: str) -> list[tuple[Any, ...]]:
        live = case.took is None
        middle = case.after(0, 2) if live else case.after(case.took or 0)
        first, work, last = case.procedure.steps
        counter, office = case.office.counter, case.office
        held = live and case.number % 3 == 0
        return [
            self._step(case, leg, first, counter, case.received, case.after(0, 2)),
            self._step(
                *(case, leg, work, office.unit(work.function), case.after(0, 2)),
                None if live else middle,
                held=held,
            ),
            self._step(case, leg, last, counter, None if live else middle, middle),
        ]

    def _step(
        self,
        case: Case,
        leg: str,
        definition: Any,
        unit: str,
        opened: dt.datetime | None,
        finished: dt.datetime | None,
        *,
        held: bool = False,
    ) -> tuple[Any, ...]:
        state = "pending" if opened is None else "open" if finished is None else "done"
        holder = case.office.people.get(unit)
        taken = holder is not None and (held or state == "done")
        return (
            *(self._id(case.received), case.office.id, case.id, leg, str(definition.id)),
            *(definition.position, 1, definition.kind, definition.name, definition.role, unit),
            *(holder.id if holder and taken else None, state, definition.term),
            *(definition.silence, definition.outside_total),
            (holder or NOBODY).name if opened else None,
            *(opened, opened if taken else None, case.due if opened else None),
            finished if state == "done" else None,
            (holder or NOBODY).name if state == "done" else None,
        )

    def _events(self, case: Case) -> list[tuple[Any, ...]]:
        acts = [(Tag.dossier_receive, case.received), (Tag.dossier_forward, case.after(0, 2))]
        if case.took is None:
            acts.append((Tag.dossier_read, case.after(0, 3)))
        else:
            acts.append((Tag.dossier_return_result, case.after(case.took, 1)))
        return [self._event(case, *act) for act in acts]

    def _event(self, case: Case, tag: Tag, at: dt.datetime) -> tuple[Any, ...]:
        clerk = case.office.people.get(case.office.counter, NOBODY)
        first = tag is Tag.dossier_receive
        return (
            *(self._id(at), case.office.id, tag.value, at, case.id, "Dossier", case.id),
            *(clerk.id or None, clerk.name, "clerk", case.office.name),
            *("{}", case.id if first else None),
        )


def _moment(day: dt.date, second: int) -> dt.datetime:
    hours, rest = divmod(second, 3600)
    return dt.datetime.combine(day, dt.time(hours, rest // 60, rest % 60), _ZONE)


#: A plain offset: Viet Nam has no summer time, and the loader asks for it a million times.
_ZONE = dt.timezone(dt.timedelta(hours=7))


def _applicant(case: Case, key: str, folded: str, sort: str) -> tuple[Any, ...]:
    return (
        *(key, case.office.id, "citizen", case.name, case.id_number, case.phone),
        PLACES[case.number % len(PLACES)],
        f"{folded} {case.id_number} {case.phone}",
        sort,
    )


def _dossier(case: Case, applicant: str, folded: str) -> tuple[Any, ...]:
    code = dossier_code(case.office.code, case.day, case.serial)
    clerk = case.office.people.get(case.office.counter)
    done = case.took is not None
    over = case.after(case.took or 0, 1) if done else None
    return (
        *(case.id, case.office.id, code, str(case.day.year), case.order),
        *("returned" if done else "processing", "granted" if done else None, "in_person"),
        *(case.procedure.id, case.procedure.version, applicant, case.office.counter),
        *(case.office.id, clerk.id if clerk else None, case.name, "citizen"),
        *(case.id_number, case.phone, PLACES[case.number % len(PLACES)], case.procedure.name),
        *("[]", "{}", 1, "counter", case.received, case.procedure.term, case.due, case.due),
        *(over, over, f"{case.order}/GCN" if done else None, case.name if done else None),
        *(True if done else None, 0, 0),
        *(f"{fold(code)} {folded} {case.id_number} {case.phone}", folded, 1),
    )
