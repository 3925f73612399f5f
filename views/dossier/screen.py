"""Everything the dossier page shows, gathered once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext

from domain.codes import PauseKind, StepState
from domain.data_files import FileRef
from domain.events import Tag
from models.attachment import Attachment
from models.base import db
from models.dossier import Dossier, DossierStep
from models.ids import uuid7
from printing.issued import names as paper_names
from services import contents, paper_templates
from services.acting import Actor
from services.dossier import actions, data, data_files
from services.dossier.steps import live
from views import data_form, issuing
from views.access import may
from views.dossier import checklist, clock, panel, timeline, viewer
from views.dossier.offers import choices, hands
from views.dossier.panel import Found, Panel
from views.generated.titles import title as word
from views.registers.words import entered_by


def gather(
    dossier: Dossier,
    actor: Actor,
    at: dt.datetime,
    wanted: Mapping[str, str],
    found: Found,
    opened: Panel | None = None,
) -> dict[str, Any]:
    """Values of dossier/page.html. `wanted`: the address; `found`: what `permitted` allows."""
    files = files_of(dossier, actor)
    issued = contents.papers_of(dossier)
    events = contents.events_of(dossier)
    made = choices(found)
    return {
        **panel.values(dossier),
        "title": dossier.code or dossier.owner_name,
        "clock": clock.face(dossier, at),
        "holders": holders(dossier),
        "choices": made,
        "panels": panel.all_of(dossier, found, made, opened),
        "hands": hands(dossier, actor),
        "chosen_step": wanted.get("buoc"),
        "people": people(dossier),
        "request_facts": request_facts(dossier),
        "written_data": written_data(dossier, actor),
        "files_url": file_address if may("can_read", "DossierFile") else None,
        "checklist": checklist.of(dossier, files),
        "viewer": viewer.of(dossier, files, issued, wanted),
        "legs": legs(dossier),
        "fees": contents.fees_of(dossier),
        "receipts": contents.receipts_of(dossier),
        "issued": issued,
        "paper_names": paper_names(),
        "entries": entered_by(dossier),
        "own_papers": issuing.own_papers(dossier)
        if paper_templates.may_print(dossier, actor)
        else [],
        "papers_due": papers_due(dossier, at),
        "pause_word": lambda kind: word(PauseKind(kind)),
        "new_key": uuid7,
        "comments": [e for e in events if e.tag is Tag.dossier_comment],
        "days": timeline.days(events, wanted.get("loc", ""), unread=unread(dossier, actor)),
        "kinds": timeline.KINDS,
        "only": wanted.get("loc", ""),
    }


def papers_due(dossier: Dossier, at: dt.datetime) -> list[tuple[str, str]]:
    """(code, name) of the papers that an action of a step asks for and nobody has printed yet."""
    names = paper_names()
    return [(form, names.get(form, form)) for form in actions.papers_due(dossier, at.date())]


def holders(dossier: Dossier) -> list[dict[str, Any]]:
    """Who has it now and since when; several when steps run side by side."""
    return [
        {
            "step": s.name,
            "unit": s.unit.full_name,
            "near": s.unit.name,
            "holder": s.holder.full_name if s.holder else None,
            "since": s.taken_at or s.opened_at,
            "due": s.due_at,
            "waiting": s.state is StepState.waiting,
            "outside": s.external_body,
        }
        for s in live(dossier)
    ]


def now_with(dossier_id: str) -> str:
    """A sentence that says who has the dossier now; empty when nobody has, or it cannot be seen from here."""
    dossier = db.session.scalars(sa.select(Dossier).where(Dossier.id == dossier_id)).first()
    names = [h["holder"] or h["outside"] or h["unit"] for h in holders(dossier)] if dossier else []
    return gettext("Now with: %(names)s.", names=", ".join(dict.fromkeys(names))) if names else ""


def people(dossier: Dossier) -> list[tuple[Any, ...]]:
    """Facts about the owner and about who came in the owner's place."""
    rows: list[tuple[Any, ...]] = [
        (gettext("Applicant"), dossier.owner_name),
        (gettext("ID number"), dossier.owner_id_number),
        (gettext("Telephone"), dossier.owner_phone),
        (gettext("E-mail"), dossier.owner_email),
        (gettext("Address"), dossier.owner_address, True),
    ]
    if dossier.submitter_name:
        rows += [
            (gettext("Submitted by"), dossier.submitter_name),
            (gettext("Submitter's ID number"), dossier.submitter_id_number),
            (gettext("Submitter's telephone"), dossier.submitter_phone),
            (gettext("Authorisation"), dossier.authorisation),
        ]
    return rows


def request_facts(dossier: Dossier) -> list[tuple[Any, ...]]:
    """Facts about the request, its result and its return."""
    book = "/".join(str(p) for p in (dossier.book_order, dossier.book) if p)
    rows: list[tuple[Any, ...]] = [
        (gettext("Procedure"), f"{dossier.procedure.name} ({dossier.procedure.code})", True),
        (gettext("Content of the request"), dossier.subject, True),
        (gettext("Received at"), dossier.received_at),
        (gettext("Channel"), word(dossier.channel)),
        (gettext("Counter"), dossier.counter.full_name),
        (gettext("Resolved by"), dossier.competent.full_name),
        (gettext("Register book"), book),
        (gettext("Term"), timeline.term_text(dossier.term) if dossier.term else None),
    ]
    if dossier.legacy_code:
        rows.append((gettext("Old number"), dossier.legacy_code))
    if dossier.outcome:
        rows.append((gettext("Outcome"), word(dossier.outcome)))
    if dossier.result_no or dossier.result_text:
        rows.append((gettext("Number of the result"), dossier.result_no))
        rows.append((gettext("Result"), dossier.result_text, True))
    if dossier.returned_at:
        rows.append((gettext("Returned at"), dossier.returned_at))
        rows.append((gettext("Handed to"), dossier.returned_to))
    return rows


def written_data(dossier: Dossier, actor: Actor) -> list[data_form.Line]:
    """The version's own fields as the reader may see them."""
    version = data.version_of(dossier)
    roles = {role.value for role in actor.roles}
    return data_form.lines_of(data.specs(version), data.values_of(dossier, version), roles)


def files_of(dossier: Dossier, actor: Actor) -> list[Attachment]:
    """Scans and files as the reader may see them: none without the right, none of others' fields."""
    if not may("can_read", "DossierFile"):
        return []
    roles = {role.value for role in actor.roles}
    return [f for f in contents.attachments_of(dossier) if data_files.readable(f, roles)]


def file_address(file: FileRef) -> str:
    """Where a file of a data field is shown."""
    return url_for("file.show", file_id=file.id)


def unread(dossier: Dossier, actor: Actor) -> frozenset[str]:
    """Labels of fields that are not for this reader, in the history either."""
    return data.unread(data.version_of(dossier), {role.value for role in actor.roles})


def legs(dossier: Dossier) -> list[dict[str, Any]]:
    """The stretches of the journey, each with its agency, its own deadline and its steps."""
    return [
        {
            "leg": leg,
            "agency": leg.agency.full_name,
            "home": leg.agency_id == dossier.agency_id and leg.sender_id is None,
            "steps": [_step(s) for s in _ordered(dossier, leg.id)],
        }
        for leg in dossier.legs
    ]


def _ordered(dossier: Dossier, leg_id: str) -> list[DossierStep]:
    """Steps as they went: what was begun by its beginning, then what is still to come."""
    mine = [s for s in dossier.steps if s.leg_id == leg_id]
    begun = sorted((s for s in mine if s.opened_at), key=lambda s: (s.opened_at, s.position))
    return begun + sorted((s for s in mine if not s.opened_at), key=lambda s: s.position)


def _step(step: DossierStep) -> dict[str, Any]:
    """One step as kit.stepper draws it."""
    holder = step.holder.full_name if step.holder else step.finished_by
    return {
        "state": step.state,
        "title": step.name,
        "unit": step.external_body or step.unit.name,
        "holder": holder if step.opened_at else None,
        "term": timeline.term_text(step.term) if step.term else None,
        "started_at": step.opened_at,
        "due_at": step.due_at,
        "finished_at": step.finished_at,
        "note": step.note,
    }
