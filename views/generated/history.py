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
    return [entry(register, event) for event in db.session.scalars(query)]


def entry(register: Register, event: Event) -> dict[str, Any]:
    """One event of a row of this register as the kit's `timeline` draws it."""
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
    told = Words(register).changes(event.changes)
    return [f"{label}: {before} → {after}" for label, before, after in told]


class Words:
    """Plain values of events in words; each related row is looked up once."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._columns = {column.key.key: column for column in register.columns}
        self._rows: dict[tuple[str, Any], str] = {}

    def changes(self, changed: dict[str, Any]) -> list[tuple[str, str, str]]:
        """(label, before, after) of the columns that people see."""
        out = []
        for name, change in changed.items():
            column = self._columns.get(name)
            if column is not None and column in self._register.shown:
                before, after = (self._value(column, value) for value in change)
                out.append((str(column.ui.label), before, after))
        return out

    def _value(self, column: Column, value: Any) -> str:
        """A value in words; a row that is gone or hidden stays an id."""
        if value is None:
            return "–"
        if column.kind == "relation" and column.target is not None:
            key = (column.name, value)
            if key not in self._rows:
                query = sa.select(column.target).where(column.target.id == value)
                row = db.session.scalars(query).first()
                self._rows[key] = str(row) if row is not None else str(value)
            return self._rows[key]
        try:
            return values.text(column, values.read(column, value))
        except ValueError:
            return str(value)
