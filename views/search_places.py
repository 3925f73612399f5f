"""Where the hits of the search from anywhere lead, and who may see them; `services.search_sources` finds."""

import datetime as dt
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext

from domain.text import N_
from services.registers import definition, listing
from services.search_sources import SOURCES, Hit
from views import access, present


class Place(NamedTuple):
    """What the hits of a source are called and look like, the page of one (endpoint, argument), and the
    permission without which they are not looked for."""

    heading: str
    icon: str
    endpoint: str
    argument: str
    permission: tuple[str, str]


PLACES: dict[str, Place] = {
    "people": Place(
        N_("People, organisations"),
        "bi-person-vcard",
        "Search.person",
        "person_id",
        ("can_read", "Applicant"),
    ),
    "procedures": Place(
        N_("Procedures"),
        "bi-journal-text",
        "ProcedureView.show",
        "pk",
        ("can_use", "Search"),
    ),
}


class Group(NamedTuple):
    """The hits of one source: heading, icon, and (address, hit)."""

    heading: str
    icon: str
    hits: list[tuple[str, Hit]]


def groups(text: str, on: dt.date, limit: int) -> list[Group]:
    """What every source finds that this reader may see; sources without a hit are left out."""
    found = []
    for source in SOURCES:
        place = PLACES[source.name]
        hits = source.find(text, on, limit) if access.may(*place.permission) else []
        if hits:
            found.append(
                Group(gettext(place.heading), place.icon, [(_url(place, h), h) for h in hits])
            )
    return [*found, *_entries(text, limit)]


def _entries(text: str, limit: int) -> list[Group]:
    """Entries of the registers that this reader may read; each register says who that is."""
    if not access.may("can_read", "RegisterEntry"):
        return []
    registers = {one.id: one for one in definition.readable(present.actor())}
    hits = []
    for entry in listing.find([*registers.values()], text, limit):
        register = registers[entry.register_id]
        url = url_for("registers.entry", code=register.code, entry_id=entry.id)
        hits.append((url, Hit(entry.id, f"{entry.number} · {entry.holder}", register.name)))
    return [Group(gettext("Registers"), "bi-journals", hits)] if hits else []


def _url(place: Place, hit: Hit) -> str:
    given: dict[str, Any] = {place.argument: hit.id}
    return url_for(place.endpoint, **given)
