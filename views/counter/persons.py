"""The persons of a batch: what is known of each, and whether they have such a dossier already."""

from typing import Any

import sqlalchemy as sa

from domain import names
from domain.codes import ApplicantKind
from domain.errors import DomainError
from models.applicant import Applicant
from models.base import db
from models.dossier import Dossier
from views.counter import batch, known
from views.counter.batch import BatchLine
from views.counter.desk import Desk

#: What of a person is filled in on a line.
FILLED = ("name", "phone", "address", "birth_date", "sex")


def look(desk: Desk) -> None:
    """Say on every line its expected code and what this person has running already."""
    written = desk.batch_written
    for line, code in zip(written, desk.expected_codes(len(written)), strict=False):
        line.number = code
    of = _numbers_of(desk, written)
    running = _running(desk, written, set().union(*of.values())) if of else []
    above: set[str] = set()
    for line in written:
        mine = of.get(line.key.data, set())
        line.running = [d for d in running if d.owner_id_number in mine][: known.MOST_SHOWN]
        line.twin = not mine.isdisjoint(above)
        above |= mine


def complete(desk: Desk) -> None:
    """Fill what is empty on every line from the person known under its number."""
    persons = _known(desk, desk.batch_written)
    for line in desk.batch_written:
        person = _person_of(line, persons)
        for name in FILLED if person is not None else ():
            if not line[name].data and not any(map(str.strip, line[name].raw_data or ())):
                line.fill([(name, getattr(person, name))])


def moved(desk: Desk) -> list[BatchLine]:
    """Whoever was filled in before the page became a batch is its first line; others begin empty."""
    form = desk.form
    if form.owner_kind.data != ApplicantKind.citizen:
        return []
    person: dict[str, Any] = {
        name: form[f"owner_{name}"].data for name in ("id_number", "old_number", *FILLED)
    }
    line = batch.first(person)
    if not line.written:
        return []
    form.fill(**{f"owner_{name}": None for name in person})
    return [line]


def _own(line: BatchLine) -> set[str]:
    """The numbers that stand on the line itself, as they are kept."""
    found = set()
    for text in (line.id_number.data, line.old_number.data):
        try:
            found.add(names.normalise_id_number(text or ""))
        except DomainError:
            continue
    return found - {""}


def _known(desk: Desk, lines: list[BatchLine]) -> dict[str, Applicant]:
    """Number, present or former → the person this agency knows under it."""
    wanted = sorted(set().union(*map(_own, lines)))
    if not wanted:
        return {}
    query = sa.select(Applicant).where(
        Applicant.agency_id == desk.post.agency_id,
        sa.or_(Applicant.id_number.in_(wanted), Applicant.old_id_number.in_(wanted)),
    )
    persons = list(db.session.scalars(query))
    former = {p.old_id_number: p for p in persons if p.old_id_number}
    return former | {p.id_number: p for p in persons if p.id_number}


def _person_of(line: BatchLine, persons: dict[str, Applicant]) -> Applicant | None:
    """The twelve digits say more than the nine of before."""
    numbers = sorted(_own(line), key=len, reverse=True)
    return next((persons[n] for n in numbers if n in persons), None)


def _numbers_of(desk: Desk, lines: list[BatchLine]) -> dict[str, set[str]]:
    """Key of a line → every number under which the dossiers of its person may stand."""
    persons = _known(desk, lines)
    found = {}
    for line in lines:
        person = _person_of(line, persons)
        more = (person.id_number, person.old_id_number) if person is not None else ()
        found[line.key.data] = _own(line) | {n for n in more if n}
    return found


def _running(desk: Desk, lines: list[BatchLine], numbers: set[str]) -> list[Dossier]:
    """Dossiers under one of the numbers that have not ended, but those that these lines became."""
    if desk.version is None or not numbers:
        return []
    own = [line.key.data for line in lines]
    query = known.running_under(numbers, desk.version.procedure_id)
    return list(db.session.scalars(query.where(Dossier.id.not_in(own))))
