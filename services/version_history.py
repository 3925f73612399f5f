"""What happened to a version of a procedure: events of itself and of its parts, those taken out too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.events import Tag
from models.base import db
from models.event import Event
from models.procedure import ProcedureVersion
from services.part_order import LISTS

#: Deletions that are looked through for those of one version, the newest of each kind of part.
_MOST_GONE = 2000


@dataclass(frozen=True)
class Page:
    """Events, newest first; `older` is the id that the next page begins after, None at the end.

    names: id of a version or part → the words it is known by, also of parts that are gone.
    """

    events: Sequence[Event]
    names: dict[str, str]
    older: str | None


def page(version: ProcedureVersion, *, after: str | None = None, limit: int = 50) -> Page:
    """One page of the history of a version."""
    parts = [part for name in LISTS.values() for part in getattr(version, name)]
    names = {
        version.id: str(version.key),
        **{part.id: str(part) for part in parts},
        **_gone(version),
    }
    query = (
        sa.select(Event)
        .where(Event.subject_kind.in_(_kinds()), Event.subject_id.in_(names))
        .order_by(Event.id.desc())
        .limit(limit + 1)
    )
    if after:
        query = query.where(Event.id < after)
    found = list(db.session.scalars(query))
    return Page(found[:limit], names, found[limit - 1].id if len(found) > limit else None)


def _kinds() -> list[str]:
    return [ProcedureVersion.__name__, *(model.__name__ for model in LISTS)]


def _gone(version: ProcedureVersion) -> dict[str, str]:
    """Parts that were taken out: the event of their deletion says which version they were of."""
    found: dict[str, str] = {}
    for kind in _kinds()[1:]:
        query = sa.select(Event.subject_id, Event.changes).where(
            Event.subject_kind == kind, Event.tag == Tag.catalogue_delete
        )
        for row_id, changes in db.session.execute(
            query.order_by(Event.id.desc()).limit(_MOST_GONE)
        ):
            if _before(changes, "version_id") == version.id:
                words = _before(changes, "label") or _before(changes, "name") or row_id
                found[row_id] = str(words)
    return found


def _before(changes: dict[str, Any], name: str) -> Any:
    pair = (changes or {}).get(name)
    return pair[0] if isinstance(pair, list) and pair else None
