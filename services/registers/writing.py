"""What an entry says, put into its row: values, holder, validity, number, and what it is found by."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from domain import names
from domain.data_fields import FieldSpec, Filled, Values, fill, freeze, thaw, words
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from domain.register import LONGEST, EntryNumber, months_after
from models.base import db
from models.organisation import Unit
from models.register import Register, RegisterEntry, RegisterValue
from services.dossier import data
from services.dossier.fill_in import difference
from services.dossier.forms import plain
from services.numbers import next_number
from services.registers import definition


def values_of(entry: RegisterEntry, register: Register) -> Values:
    """The values of an entry by key, those, too, of fields that are not asked for any more."""
    return thaw(definition.fields_of(register, all_=True), entry.details or {})


def read(register: Register, typed: Mapping[str, Any], today: dt.date) -> Filled:
    """What was typed into the fields of a register, read and checked."""
    return fill(definition.fields_of(register), typed, today=today, facts={}, stage=None)


def write(
    row: RegisterEntry, register: Register, typed: Mapping[str, Any], holder: str, today: dt.date
) -> dict[str, Any]:
    """Put what was typed into an entry; label → [words before, words after] of what differs.

    Errors: the first that stands at a field; register.period, value.required at the holder.
    """
    filled = read(register, typed, today)
    for problem in filled.problems.values():
        raise problem
    fields = definition.fields_of(register, all_=True)
    before = values_of(row, register)
    retired = {f.key for f in fields} - {f.key for f in definition.fields_of(register)}
    after = {**{k: v for k, v in before.items() if k in retired}, **filled.values}
    row.details = freeze(after)
    row.holder = (_holder(register, fields, after) or plain(holder))[:300]
    if not row.holder:
        raise DomainError("value.required", field="holder")
    row.holder_sort = names.person_sort_key(row.holder)[:400]
    _set_validity(row, register, after)
    return difference(fields, before, after)


def _holder(register: Register, fields: tuple[FieldSpec, ...], values: Values) -> str:
    """Whom the entry is for, by the field that says it: a person or body by its name."""
    value = values.get(register.holder_key or "")
    spec = next((f for f in fields if f.key == register.holder_key), None)
    if spec is None or value is None:
        return ""
    if spec.kind in (FieldKind.person, FieldKind.organisation):
        return str(value.get("name") or "")
    return words(spec, value)


def _set_validity(row: RegisterEntry, register: Register, values: Values) -> None:
    first = values.get(register.starts_key or "")
    last = values.get(register.ends_key or "")
    row.valid_from = first if isinstance(first, dt.date) else row.registered_on
    row.valid_to = last if isinstance(last, dt.date) else None
    if row.valid_to is None and register.months:
        row.valid_to = months_after(row.valid_from, register.months)
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise DomainError("period.backwards", field=register.ends_key or "")


def number_of(register: Register, entry: RegisterEntry, typed: str) -> str:
    """The number that was typed, for what was entered on paper before; else the next one, given late."""
    if number := plain(typed):
        if len(number) > LONGEST:
            raise DomainError("value.too_long", field="number", limit=LONGEST)
        if _taken(register, entry.agency_id, number):
            raise DomainError("register.number_taken", field="number", number=number)
        return number
    agency = db.session.get_one(Unit, entry.agency_id)
    year = entry.registered_on.year
    scheme = EntryNumber(agency.code, year, register.pattern, register.yearly)
    while True:
        n = next_number(entry.agency_id, f"register:{register.code}", scheme.period)
        number = scheme.format(n)
        if not _taken(register, entry.agency_id, number):
            return number


def _taken(register: Register, agency_id: str, number: str) -> bool:
    query = sa.select(RegisterEntry.id).where(
        RegisterEntry.register_id == register.id,
        RegisterEntry.agency_id == agency_id,
        RegisterEntry.number == number,
    )
    return db.session.scalar(query) is not None


def search_key(row: RegisterEntry, register: Register) -> str:
    """The words by which an entry is found: its number, its holder, the fields that are searched."""
    fields, values = definition.fields_of(register, all_=True), values_of(row, register)
    found = data.search_words(fields, values)
    return names.fold(f"{row.number} {row.holder} {found}")


def index(row: RegisterEntry, register: Register) -> None:
    """Write what lists are narrowed by."""
    values = values_of(row, register)
    for spec in definition.fields_of(register, all_=True):
        value = values.get(spec.key)
        if spec.listed and value is not None:
            columns = data.narrowed_by(spec, value)
            db.session.add(
                RegisterValue(agency_id=row.agency_id, entry_id=row.id, key=spec.key, **columns)
            )
