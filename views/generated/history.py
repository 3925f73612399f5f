"""The history of one row: its events, newest first, in the reader's language."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from domain.events import TITLES, Tag
from domain.roles import Role
from models.base import Row, db
from models.event import Event
from views.generated import values
from views.generated.columns import Column, Register
from views.generated.titles import title

SHOWN = 50
_ICONS = {
    Tag.catalogue_create: "bi-plus-lg",
    Tag.catalogue_update: "bi-pencil",
    Tag.catalogue_delete: "bi-trash3",
}


def timeline(register: Register, row: Row) -> list[dict[str, Any]]:
    """Entries for the kit's `timeline`: title, moment, actor, role, reason and changes in words."""
    query = (
        sa.select(Event)
        .where(Event.subject_kind == register.name, Event.subject_id == row.id)
        .order_by(Event.id.desc())
        .limit(SHOWN)
    )
    return [_entry(register, event) for event in db.session.scalars(query)]


def _entry(register: Register, event: Event) -> dict[str, Any]:
    role = event.actor_role
    return {
        "title": gettext(TITLES[event.tag]),
        "at": event.at,
        "actor": event.actor_name,
        "role": title(Role(role)) if role in set(Role) else role,
        "text": event.reason,
        "icon": _ICONS.get(event.tag, "bi-dot"),
        "changes": _changes(register, event),
    }


def _changes(register: Register, event: Event) -> list[str]:
    if event.tag is not Tag.catalogue_update:
        return []
    by_key = {column.key.key: column for column in register.columns}
    out = []
    for name, change in event.changes.items():
        column = by_key.get(name)
        if column is not None and column in register.shown:
            before, after = (_words(column, value) for value in change)
            label = str(column.ui.label)
            out.append(f"{label}: {before} → {after}")
    return out


def _words(column: Column, value: Any) -> str:
    """A value of an event in words; a row that is gone or hidden stays an id."""
    if value is None:
        return "–"
    if column.kind == "relation" and column.target is not None:
        row = db.session.scalars(sa.select(column.target).where(column.target.id == value)).first()
        return str(row) if row is not None else str(value)
    try:
        return values.text(column, values.read(column, value))
    except ValueError:
        return str(value)
