"""Lines of the work-list that stand together: by procedure, kind of step, status, department or holder.

A group is the first thing the list is ordered by. Closed lists stand in their own order, the others in
the order in which their rows were entered; what nobody holds comes last.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from domain.codes import Status, StepKind
from models.base import db
from models.dossier import Dossier, DossierStep
from models.types import Id
from services.turns import Condition

#: By what the lines may be grouped.
GROUPS = ("procedure", "step", "status", "unit", "holder")
#: Stands for “nobody”, behind every holder.
NOBODY = "ffffffff-ffff-ffff-ffff-ffffffffffff"
#: More lines than this are not counted by group.
MOST_COUNTED = 1000
_CLOSED: dict[str, type[StrEnum]] = {"step": StepKind, "status": Status}


def key(group: str) -> Any:
    """What a group is ordered by; never NULL."""
    if group in _CLOSED:
        column: Any = DossierStep.kind if group == "step" else Dossier.status
        places = {member: place for place, member in enumerate(_CLOSED[group])}
        return sa.case(places, value=column, else_=len(places))
    if group == "holder":
        return sa.func.coalesce(DossierStep.holder_id, sa.literal(NOBODY, Id), type_=Id)
    return Dossier.procedure_id if group == "procedure" else DossierStep.unit_id


def restored(group: str, raw: Any) -> Any:
    """The value of a cursor. Errors: ValueError."""
    if group in _CLOSED:
        if type(raw) is not int:
            raise ValueError
        return raw
    return str(uuid.UUID(str(raw)))


def totals(group: str, found: Sequence[Condition]) -> dict[Any, int] | None:
    """Value of a group → how many lines it has in all; None where there are too many to count."""
    lines = (
        sa.select(key(group).label("value"))
        .select_from(DossierStep)
        .join(Dossier, Dossier.id == DossierStep.dossier_id)
        .where(*found)
        .limit(MOST_COUNTED + 1)
        .subquery()
        .c
    )
    query = sa.select(lines.value, sa.func.count()).group_by(lines.value)
    counted = {row[0]: row[1] for row in db.session.execute(query)}
    return counted if sum(counted.values()) <= MOST_COUNTED else None
