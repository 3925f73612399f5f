"""Issue the paper of an act: its frozen values from `printing`, its number and record from `services`."""

import datetime as dt
from typing import Any

from flask import current_app

from models.base import db
from models.dossier import Dossier
from models.organisation import Unit
from models.paper import IssuedPaper
from printing import papers as made
from services import papers
from services.acting import Actor


def lookup() -> made.Lookup:
    """Where a citizen looks a dossier up."""
    config = current_app.config
    return made.Lookup(config["PUBLIC_URL"], config["SECRET_KEY"])


def issue(
    form: str,
    dossier: Dossier,
    *,
    actor: Actor,
    at: dt.datetime,
    op_id: str | None = None,
    **said: Any,
) -> IssuedPaper:
    """Issue one form in the name of the actor's agency; the same key gives the same paper.

    said: what the act said, by the names of `printing.papers.Occasion`.
    """
    agency = _agency(dossier, actor)
    occasion = made.Occasion(at=at, officer=actor.name, title=actor.title, **said)
    return papers.issue(
        dossier,
        form,
        made.content(form, dossier, occasion, lookup(), agency),
        made.scheme(form, agency, dossier.counter, at),
        actor=actor,
        at=at,
        agency_id=agency.id,
        op_id=papers.key_of(op_id, form) if op_id else None,
    )


def _agency(dossier: Dossier, actor: Actor) -> Unit:
    """The dossier's owner, or the other agency at work whose officer this is."""
    own = actor.post(agency_id=dossier.agency_id)
    return db.session.get_one(Unit, dossier.agency_id if own else actor.home.agency_id)
