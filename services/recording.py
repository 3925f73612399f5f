"""Events: the last thing every verb does before it commits."""

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.events import Tag
from models.base import Row, db
from models.dossier import Dossier
from models.event import Event
from services.acting import Actor, Post

#: What stands in JSON as it is.
_PLAIN = frozenset({str, int, bool, float})


def record(
    tag: Tag,
    subject: Row,
    *,
    actor: Actor,
    at: dt.datetime,
    dossier: Dossier | None = None,
    post: Post | None = None,
    reason: str | None = None,
    changes: dict[str, Any] | None = None,
    op_id: str | None = None,
    batch_id: str | None = None,
) -> Event:
    """Leave the event of an act. `post` is the post the actor used; `changes` are plain JSON values.

    batch_id: shared by the events of one act on several rows.
    """
    values = event_values(
        tag,
        subject,
        actor=actor,
        at=at,
        dossier=dossier,
        post=post,
        reason=reason,
        changes=changes,
        op_id=op_id,
        batch_id=batch_id,
    )
    event = Event(**values)
    db.session.add(event)
    return event


def event_values(
    tag: Tag,
    subject: Row,
    *,
    actor: Actor,
    at: dt.datetime,
    dossier: Dossier | None = None,
    post: Post | None = None,
    reason: str | None = None,
    changes: dict[str, Any] | None = None,
    op_id: str | None = None,
    batch_id: str | None = None,
) -> dict[str, Any]:
    """Column → value of the same event, without its id: for whoever writes many at once."""
    used = post or actor.home
    return {
        "agency_id": used.agency_id,
        "tag": tag,
        "at": at,
        "dossier_id": dossier.id if dossier is not None else None,
        "subject_kind": type(subject).__name__,
        "subject_id": subject.id,
        "actor_id": actor.officer_id,
        "actor_name": actor.name,
        "actor_role": used.role.value,
        "actor_unit": used.unit_name,
        "for_name": used.for_name,
        "address": actor.address,
        "reason": reason,
        "changes": plain(changes or {}),
        "op_id": op_id,
        "batch_id": batch_id,
    }


def plain(value: Any) -> Any:
    """The value in JSON's types: moments in ISO form, enums by value, decimals as text."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def difference(row: Row) -> dict[str, list[Any]]:
    """Column → [before, after] of what was changed on a row and not yet flushed."""
    state: Any = sa.inspect(row)
    found = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            found[attribute.key] = [plain(before), plain(getattr(row, attribute.key))]
    return found
