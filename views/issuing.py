"""Issue the paper of an act: its frozen values from `printing`, its number and record from `services`."""

import datetime as dt
from typing import Any

from flask import current_app

from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.organisation import Unit, UnitKind
from models.paper import IssuedPaper
from printing import issued as kept, papers as made
from printing.registry import PAPERS
from services import dossier as verbs, paper_templates, papers
from services.acting import Actor
from services.dossier.forms import Intake
from services.transaction import transaction

#: Forms that a leader or a head signs for the body; the others are the counter's.
LETTERS = frozenset({"refusal", "apology", "stop_notice"})


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

    It is printed from the template in use for the procedure, if there is one, now and ever after.
    said: what the act said, by the names of `printing.papers.Occasion`.
    """
    agency = _agency(dossier, actor)
    body = _body(agency, actor) if form in LETTERS else None
    occasion = made.Occasion(at=at, officer=actor.name, title=actor.title, body=body, **said)
    used = paper_templates.current(form, dossier.procedure_id)
    content = _content(form, dossier, occasion, agency)
    if used is not None:
        content["data"] = kept.data_of(dossier)
    return papers.issue(
        dossier,
        form,
        content,
        made.scheme(form, agency, dossier.counter, at, body),
        actor=actor,
        at=at,
        agency_id=agency.id,
        op_id=papers.key_of(op_id, form) if op_id else None,
        template_id=used.id if used else None,
    )


def _content(form: str, dossier: Dossier, occasion: made.Occasion, agency: Unit) -> dict[str, Any]:
    if form in PAPERS:
        return made.content(form, dossier, occasion, lookup(), agency)
    return made.own_content(dossier, occasion, lookup(), agency)


def own_papers(dossier: Dossier) -> list[tuple[str, str]]:
    """(code, name) of the papers of one's own that a dossier's procedure may print."""
    fitting = (
        one
        for one in paper_templates.in_use()
        if one.form not in PAPERS
        and one.procedure_id in (None, dossier.procedure_id)
        and (one.procedure_id or paper_templates.register_of(one.form) is None)
    )
    return list({one.form: (one.form, one.name) for one in fitting}.values())


def receive(form: Intake, *, actor: Actor, at: dt.datetime) -> Dossier:
    """Receive a dossier together with its slip: either both are kept or neither.

    A form sent twice gives the same dossier and the same slip.
    """
    with transaction(), db.session.no_autoflush:
        dossier = verbs.receive(form, actor=actor, at=at)
        if dossier.code:
            issue("receipt_slip", dossier, actor=actor, at=at, op_id=dossier.id)
    return dossier


def _body(agency: Unit, actor: Actor) -> Unit | None:
    """In whose name a letter goes out: the body led, or the department; None: the counter's own."""
    if actor.post(Role.leader, agency_id=agency.id):
        return agency
    head = actor.post(Role.head, agency_id=agency.id)
    unit = db.session.get(Unit, head.unit_id) if head else None
    return unit if unit is not None and unit.kind is not UnitKind.counter else None


def _agency(dossier: Dossier, actor: Actor) -> Unit:
    """The dossier's owner, or the other agency at work whose officer this is."""
    own = actor.post(agency_id=dossier.agency_id)
    return db.session.get_one(Unit, dossier.agency_id if own else actor.home.agency_id)
