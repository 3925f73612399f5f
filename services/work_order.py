"""The order of the work-list and places in it: by group if there is one, by what is due first of step and
dossier, then by id."""

import base64
import datetime as dt
import json
import uuid
from typing import Any

import sqlalchemy as sa

from domain.calendar import TZ
from domain.errors import DomainError
from models.dossier import Dossier, DossierStep
from services import work_groups
from services.turns import Condition


def due(step: Any = DossierStep.due_at, dossier: Any = Dossier.due_at) -> sa.Case[Any]:
    """The due moment of the step or of the dossier, whichever comes first: `Item.due`."""
    return sa.case(
        (sa.or_(dossier.is_(None), step <= dossier), step), else_=sa.func.coalesce(dossier, step)
    )


def order(back: bool = False, group: str = "") -> tuple[Any, ...]:
    """Forward, or backward; what has no due moment stands last in its group."""
    key = (work_groups.key(group),) if group else ()
    if back:
        first = (one.desc() for one in key)
        return *first, due().desc().nulls_first(), DossierStep.id.desc()
    return *key, due().asc().nulls_last(), DossierStep.id


def cursor(moment: dt.datetime | None, step_id: str, group: Any = None) -> str:
    """The place of a line, for an address; group: the value of its group, where there is one."""
    place = [moment.isoformat() if moment else None, step_id]
    place += [group] if group is not None else []
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def beyond(cursor: str, back: bool, group: str = "") -> Condition:
    """What comes after the line of a cursor, or before it. Errors: request.invalid."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        when, step_id, *grouped = parts
        moment = dt.datetime.fromisoformat(when).astimezone(TZ) if when is not None else None
        place = str(uuid.UUID(step_id))
        value = work_groups.restored(group, grouped[0]) if group else None
    except (ValueError, TypeError, AttributeError, OverflowError, IndexError):
        raise DomainError("request.invalid") from None
    inside = _before(moment, place) if back else _after(moment, place)
    if not group:
        return inside
    key = work_groups.key(group)
    further = key < value if back else key > value
    return sa.or_(further, sa.and_(key == value, inside))


def _after(moment: dt.datetime | None, step_id: str) -> Condition:
    later, first = DossierStep.id > step_id, due()
    if moment is None:
        return sa.and_(first.is_(None), later)
    return sa.or_(first > moment, sa.and_(first == moment, later), first.is_(None))


def _before(moment: dt.datetime | None, step_id: str) -> Condition:
    earlier, first = DossierStep.id < step_id, due()
    if moment is None:
        return sa.or_(first.is_not(None), sa.and_(first.is_(None), earlier))
    return sa.or_(first < moment, sa.and_(first == moment, earlier))
