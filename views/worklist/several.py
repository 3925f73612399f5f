"""Several rows at once: first what would change, then each row in a transaction of its own."""

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import abort, flash, redirect, request
from flask_babel import gettext, ngettext

from domain.codes import Verb
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.dossier import DossierStep
from models.ids import uuid7
from services import dossier as verbs, onward
from services.acting import Actor
from services.dossier import hands
from services.papers import key_of
from views import kept_forms, present
from views.access import page, permission
from views.dossier.offers import officers_of
from views.fields import read_key
from views.generated.several_words import window
from views.generated.titles import title
from views.worklist import blueprint, listing
from views.worklist.asked import Asked, read

MOST_AT_ONCE = 100
LONGEST = 2000


class Row(NamedTuple):
    """A ticked row, `dossier id:step id:version`, as it was when the list was opened."""

    dossier_id: str
    step_id: str
    version: int | None

    @property
    def value(self) -> str:
        """As the list sends it."""
        return f"{self.dossier_id}:{self.step_id}:{self.version or ''}"


def ticked() -> list[Row]:
    """The rows of the request, each once."""
    found = {}
    for text in request.form.getlist("rowid")[:MOST_AT_ONCE]:
        dossier_id, _, rest = text.partition(":")
        step_id, _, version = rest.partition(":")
        seen = int(version) if version.isdecimal() and len(version) < 10 else None
        if read_key(step_id) == step_id:  # a UUID at all
            found[step_id] = Row(dossier_id, step_id, seen)
    return list(found.values())


# ---- what would change ---------------------------------------------------------------------------
@blueprint.post("/viec/xem-truoc")
@permission("can_use", "WorkList")
def preview() -> Any:
    """What forwarding or assigning the ticked rows would change; nothing is changed yet."""
    asked, act = read(request.args), request.form.get("act", "")
    if act not in ("forward", "assign"):
        abort(404)
    rows = ticked()
    if not rows:
        return _nothing(asked)
    return _preview(asked, act, rows)


def _preview(asked: Asked, act: str, rows: list[Row], error: str = "") -> str:
    actor = present.actor()
    plans = plans_of(rows, actor, Verb.assign if act == "assign" else None)
    good = [(row, plan) for row, plan in plans if plan.error is None]
    return page(
        "worklist/several.html",
        title=gettext("Assign") if act == "assign" else gettext("Forward"),
        asked=asked,
        act=act,
        plans=plans,
        good=[row for row, _ in good],
        proposes=any(plan.verb is Verb.propose for _, plan in good),
        people=_people({plan.step.unit_id for _, plan in good}) if act == "assign" else [],
        typed={name: request.form.get(name, "") for name in ("note", "officer_id")},
        key=read_key(request.form.get("idempotency_key")) or uuid7(),
        error=error,
        say=say,
        word=title,
        minutes=int(window().total_seconds() // 60),
    )


def plans_of(
    rows: list[Row], actor: Actor, verb: Verb | None, *, named: bool = False
) -> list[tuple[Row, onward.Plan]]:
    """The plan of each row that may be seen, in the order ticked."""
    at = present.now()
    steps = onward.gathered([row.step_id for row in rows])
    return [
        (
            row,
            onward.plan(
                steps[row.step_id], actor=actor, at=at, version=row.version, verb=verb, named=named
            ),
        )
        for row in rows
        if row.step_id in steps
    ]


def _people(unit_ids: set[str]) -> list[tuple[str, str]]:
    """Who may be given all of them: the officers of their department, when it is one."""
    return officers_of(*unit_ids) if len(unit_ids) == 1 else []


def say(error: DomainError) -> str:
    """A refusal in the reader's language."""
    return error.text(gettext)


def _nothing(asked: Asked) -> Any:
    flash(gettext("Select at least one row."), "warning")
    return listing(asked), 422


# ---- doing it ------------------------------------------------------------------------------------
@blueprint.post("/viec")
@permission("can_use", "WorkList")
def many() -> Any:
    """Take over, forward or assign what is ticked; each row says what became of it."""
    asked, act = read(request.args), request.form.get("act", "")
    if act not in ("take_over", "forward", "assign"):
        abort(404)
    rows = ticked()
    if not rows:
        return _nothing(asked)
    if kept_forms.only_show():
        return listing(asked) if act == "take_over" else _preview(asked, act, rows)
    note = request.form.get("note", "").strip()[:LONGEST]
    officer_id = request.form.get("officer_id", "").strip()
    lack = _lack(act, rows, note, officer_id)
    if lack:
        return _preview(asked, act, rows, lack), 422
    key = read_key(request.form.get("idempotency_key"))
    do = _doer(act, note, officer_id, uuid7() if key is None else key_of(key, act))
    results = [one(row, do, key) for row in rows]
    if all(ok for _, _, ok in results):
        flash(_all_done(act, len(results)), "success")
        return redirect(asked.here(), 303)
    return listing(asked, results), 422


def _lack(act: str, rows: list[Row], note: str, officer_id: str) -> str:
    """What must be filled in first; empty when nothing is missing."""
    if act == "assign" and not officer_id:
        return gettext("Choose the officer.")
    if act != "forward" or note:
        return ""
    steps = onward.gathered([row.step_id for row in rows]).values()
    proposes = any(onward.verb_of(step) is Verb.propose for step in steps)
    return gettext("Write the proposal.") if proposes else ""


Do = Callable[[DossierStep, dict[str, Any]], str]


def _doer(act: str, note: str, officer_id: str, batch_id: str) -> Do:
    """How one step is done, and the sentence afterwards; `batch_id` is common to all of them."""

    def forward(step: DossierStep, facts: dict[str, Any]) -> str:
        verb = onward.verb_of(step)
        if verb not in onward.TOGETHER:
            raise DomainError("dossier.one_by_one")
        if verb is Verb.propose:
            verbs.propose(step.dossier, proposal=note, **facts)
            return gettext("Proposed for signature.")
        verbs.forward(step.dossier, note=note or None, **facts)
        return gettext("Forwarded.")

    def assign(step: DossierStep, facts: dict[str, Any]) -> str:
        facts["batch_id"] = batch_id
        verbs.assign(step.dossier, officer_id=officer_id, note=note or None, **facts)
        return gettext("Assigned.")

    def take_over(step: DossierStep, facts: dict[str, Any]) -> str:
        verbs.take_over(step.dossier, batch_id=batch_id, **facts)
        return gettext("The work is in your hand now.")

    return {"forward": forward, "assign": assign, "take_over": take_over}[act]


def one(row: Row, do: Do, key: str | None) -> tuple[str, str, bool]:
    """Do one row: (dossier, sentence, whether it was done). The key makes a second click harmless."""
    step = db.session.scalars(sa.select(DossierStep).where(DossierStep.id == row.step_id)).first()
    if step is None:
        return "–", say(DomainError("dossier.not_found")), False
    name = step.dossier.code or step.dossier.owner_name
    facts = {
        **present.who(),
        "step_id": row.step_id,
        "version": row.version,
        "op_id": key_of(key, row.step_id) if key else None,
    }
    try:
        return name, do(step, facts), True
    except DomainError as error:
        db.session.rollback()
        return name, say(error), False


def _all_done(act: str, count: int) -> str:
    if act == "forward":
        return ngettext("%(num)d dossier forwarded.", "%(num)d dossiers forwarded.", count)
    if act == "assign":
        return ngettext("%(num)d dossier assigned.", "%(num)d dossiers assigned.", count)
    return ngettext("%(num)d dossier taken over.", "%(num)d dossiers taken over.", count)


# ---- taking it back ------------------------------------------------------------------------------
@blueprint.post("/viec/hoan-tac")
@permission("can_use", "WorkList")
def undo() -> Any:
    """Give back what one has just assigned or taken over; each row says what became of it."""
    asked = read(request.args)
    batch_id = read_key(request.form.get("batch")) or uuid7()
    try:
        rows = hands.give_back(batch_id, within=window(), **present.who())
    except DomainError as error:
        flash(say(error), "warning")
        return redirect(asked.here(), 303)
    done = sum(row.error is None for row in rows)
    if done == len(rows):
        flash(
            ngettext("%(num)d dossier was given back.", "%(num)d dossiers were given back.", done),
            "success",
        )
        return redirect(asked.here(), 303)
    given = gettext("Given back.")
    results = [(r.name, say(r.error) if r.error else given, r.error is None) for r in rows]
    return listing(asked, results), 422


def offered(asked: Asked) -> dict[str, Any] | None:
    """The banner over the list: one's last act on several that can still be taken back."""
    found = hands.recent(within=window(), **present.who())
    if found is None:
        return None
    if found.tag is Tag.dossier_assign:
        told = ngettext(
            "You assigned %(num)d dossier.", "You assigned %(num)d dossiers.", found.rows
        )
    else:
        told = ngettext(
            "You took over %(num)d dossier.", "You took over %(num)d dossiers.", found.rows
        )
    url = asked.here("worklist.undo")
    return {"text": told, "until": found.at + window(), "url": url, "fields": {"batch": found.id}}
