"""Registers in words: how an entry stands, its facts, its columns."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from flask_babel import gettext

from domain import register as law
from domain.codes import EntryState
from domain.data_fields import FieldSpec
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.dossier import Dossier
from models.register import Register, RegisterEntry
from models.scope import current
from services import reference
from services.acting import Actor
from services.registers import definition, listing, results, writing
from views import data_form, present
from views.generated.titles import title
from views.registers.asked import roles_of

#: State → kind and icon of its badge; the word is `title(state)`.
BADGES: dict[EntryState, tuple[str, str]] = {
    EntryState.valid: ("success", "bi-check-circle"),
    EntryState.expired: ("warning", "bi-hourglass-bottom"),
    EntryState.revoked: ("danger", "bi-x-octagon"),
    EntryState.replaced: ("neutral", "bi-arrow-repeat"),
}


@dataclass(frozen=True)
class Standing:
    """How an entry stands today: word, kind, icon of its badge; left: days that remain, if they are few."""

    state: EntryState
    word: str
    kind: str
    icon: str
    left: int | None = None


def standing(entry: RegisterEntry, today: dt.date) -> Standing:
    """How an entry stands."""
    state = law.standing(entry.state, entry.valid_to, today)
    left = None
    if state is EntryState.valid and entry.valid_to is not None:
        days = (entry.valid_to - today).days
        left = days if days <= listing.SOON else None
    return Standing(state, title(state), *BADGES[state], left)


def register_of(code: str) -> Register:
    """The register with this code, if whoever asks may read it; 404 otherwise."""
    found = definition.by_code(code)
    if found is None or not definition.may(found, present.actor(), "read"):
        abort(404)
    return found


def entry_of(register: Register, entry_id: Any) -> RegisterEntry:
    """An entry of the register, if it may be seen from here; 404 otherwise."""
    try:
        return listing.seen(register, str(entry_id))
    except DomainError:
        abort(404)


def called(register: Register) -> str:
    """What one entry is called, as the administrator calls it."""
    return register.entry or gettext("Entry")


def address(register: Register, entry: RegisterEntry | None = None, **more: Any) -> str:
    """The address of the list, or of an entry."""
    if entry is None:
        return url_for("registers.show", code=register.code, **more)
    return url_for("registers.entry", code=register.code, entry_id=entry.id, **more)


def act_address(register: Register, entry: RegisterEntry | None, slug: str) -> str:
    """The address of the form of a new entry, or of an act on one."""
    if entry is None:
        return url_for("registers.enter", code=register.code)
    return url_for("registers.perform", code=register.code, entry_id=entry.id, slug=slug)


def holder_label(register: Register) -> str:
    """What the holder of an entry is called: by the field that names it."""
    spec = next(
        (f for f in definition.fields_of(register, all_=True) if f.key == register.holder_key), None
    )
    return data_form.label_of(spec) if spec is not None else gettext("Holder")


def columns(register: Register, fields: Sequence[FieldSpec]) -> tuple[FieldSpec, ...]:
    """The listed fields that are columns of their own: holder and last day have theirs already."""
    shown_already = {register.holder_key, register.ends_key}
    return tuple(
        f for f in fields if f.key not in shown_already and f.kind is not FieldKind.heading
    )


def wide() -> bool:
    """Whether entries of several agencies are seen, so that each must say whose it is."""
    agencies = current().agencies
    return agencies is None or len(agencies) > 1


def agency(entry: RegisterEntry) -> str:
    """The name of the agency an entry belongs to."""
    unit = reference.unit(entry.agency_id)
    return unit.full_name if unit is not None else ""


def entered_by(dossier: Dossier) -> list[dict[str, Any]]:
    """What a dossier has entered in registers; items {number, holder, register, standing, url}."""
    found, today = [], present.now().date()
    for entry in results.entries_of(dossier):
        register = definition.by_id(entry.register_id)
        open_to_me = definition.may(register, present.actor(), "read")
        found.append(
            {
                "number": entry.number,
                "holder": entry.holder,
                "register": register.name,
                "standing": standing(entry, today),
                "url": address(register, entry) if open_to_me else "",
            }
        )
    return found


def written(register: Register, entry: RegisterEntry, actor: Actor) -> list[data_form.Line]:
    """The values of an entry as the reader may see them, fields that are not asked for any more too."""
    values = writing.values_of(entry, register)
    return data_form.lines_of(definition.fields_of(register, all_=True), values, roles_of(actor))
