"""The history of an entry: who did what and when, from what to what, and why; the newest first."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from domain.events import TITLES, Tag
from domain.roles import Role
from models.base import db
from models.event import Event
from models.register import Register, RegisterEntry, RegisterPaper
from services.registers import definition
from views.generated.titles import title

SHOWN = 100
#: Looks are for the event log; here they would hide what was done.
_TOLD: dict[Tag, tuple[str, str]] = {
    Tag.register_enter: ("bi-journal-plus", ""),
    Tag.register_amend: ("bi-pencil", ""),
    Tag.register_revoke: ("bi-x-octagon", "danger"),
    Tag.register_restore: ("bi-arrow-counterclockwise", ""),
    Tag.register_replace: ("bi-arrow-repeat", ""),
    Tag.register_print: ("bi-printer", ""),
    Tag.register_reprint: ("bi-printer", ""),
}
#: Changes that stand elsewhere on the page.
_KNOWN = frozenset({"number", "holder", "state", "paper", "print"})


def timeline(
    register: Register, entry: RegisterEntry, roles: Collection[str]
) -> list[dict[str, Any]]:
    """Items for the kit's `timeline`; fields that somebody with these roles may not read are left out."""
    printed = sa.select(RegisterPaper.id).where(RegisterPaper.entry_id == entry.id)
    subjects = (
        sa.and_(Event.subject_kind == kind, Event.subject_id.in_(ids))
        for kind, ids in (
            (RegisterEntry.__name__, [entry.id]),
            (RegisterPaper.__name__, db.session.scalars(printed).all()),
        )
    )
    query = sa.select(Event).where(sa.or_(*subjects), Event.tag.in_(_TOLD))
    found = db.session.scalars(query.order_by(Event.id.desc()).limit(SHOWN))
    fields = definition.fields_of(register, all_=True)
    hidden = {f.label for f in fields} - {f.label for f in definition.seen_fields(fields, roles)}
    return [_item(event, hidden) for event in found]


def _item(event: Event, hidden: Collection[str]) -> dict[str, Any]:
    icon, kind = _TOLD[Tag(event.tag)]
    role = event.actor_role
    return {
        "title": gettext(TITLES[Tag(event.tag)]),
        "at": event.at,
        "actor": event.actor_name,
        "role": title(Role(role)) if role in set(Role) else role,
        "text": event.reason,
        "icon": icon,
        "kind": kind,
        "changes": [_change(name, value) for name, value in _changes(event, hidden)],
    }


def _changes(event: Event, hidden: Collection[str]) -> list[tuple[str, Any]]:
    pairs = ((n, v) for n, v in (event.changes or {}).items() if n not in _KNOWN)
    return [(name, value) for name, value in pairs if name not in hidden]


def _change(name: str, value: Any) -> str:
    if name == "replaces":
        return gettext("In the place of No. %(number)s", number=value)
    if not isinstance(value, list):
        return f"{name}: {value}"
    before, after = (str(one) if one else "–" for one in value)
    return f"{name}: {after}" if before == "–" else f"{name}: {before} → {after}"
