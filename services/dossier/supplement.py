"""The structured list by which a citizen is asked to complete a dossier."""

import datetime as dt

from models.base import db
from models.dossier import Dossier, SupplementItem, SupplementRequest
from models.ids import uuid7
from services.acting import Actor
from services.dossier.forms import Lack, plain


def add_supplement(
    dossier: Dossier,
    lacks: tuple[Lack, ...],
    reason: str,
    *,
    by: Actor,
    at: dt.datetime,
    before_intake: bool = False,
    override_by: str | None = None,
    answer_by: dt.datetime | None = None,
) -> SupplementRequest:
    """Write a supplement request with its lines, as rows of the dossier's owner."""
    agency_id = dossier.agency_id
    request = SupplementRequest(
        id=uuid7(),
        agency_id=agency_id,
        dossier=dossier,
        requested_at=at,
        requested_by=by.name,
        reason=plain(reason),
        before_intake=before_intake,
        override_by=override_by,
        answer_by=answer_by,
    )
    db.session.add(request)
    for position, lack in enumerate(lacks, 1):
        db.session.add(
            SupplementItem(
                agency_id=agency_id,
                dossier_id=dossier.id,
                supplement=request,
                position=position,
                paper=lack.paper,
                wrong=lack.wrong,
                needed=lack.needed,
                copy=lack.copy or None,
            )
        )
    return request
