"""Exactly the acts this officer may do on this dossier now, and the form of each."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext

from domain.codes import StepKind, StepState, Verb
from domain.collation import person_sort_key
from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, DossierStep
from models.officer import Officer
from models.organisation import Unit, UnitKind
from models.procedure import ProcedureVersion
from services.acting import Actor
from services.contents import fees_of
from services.dossier import data
from services.dossier.guard import allowed, check, post_on, step_of
from services.dossier.steps import AD_HOC, current, live
from services.registers.results import names_result
from views import present
from views.data_form import DataForm
from views.dossier import hours
from views.dossier.acts import ACTS, Act
from views.dossier.forms import ActForm


@dataclass
class Offer:
    """One act with its form, bound to what was typed, and the step it is about."""

    verb: Verb
    act: Act
    form: ActForm
    step: DossierStep | None = None


class Choice(NamedTuple):
    """One act this officer may do now, without its form. `key`: the letter that opens it, or empty;
    `next`: plainly the next thing to do."""

    verb: Verb
    act: Act
    step: DossierStep | None
    key: str
    next: bool


#: Letters that open an act; the next one has F9 and T beside.
KEYS = {
    Verb.assign: "A",
    Verb.request_supplement: "S",
    Verb.send_back: "G",
    Verb.comment: "C",
    Verb.add_attachment: "D",
}


def choices(found: dict[Verb, DossierStep | None]) -> list[Choice]:
    """What `permitted` found, in the order of ACTS; only the first can be the next thing to do."""
    verbs = [verb for verb in ACTS if verb in found]
    if _wanting(found.get(Verb.record_data)):
        verbs.sort(key=lambda verb: verb is not Verb.record_data)
    return [
        Choice(v, ACTS[v], found[v], KEYS.get(v, ""), v is verbs[0] and _next(v, found[v]))
        for v in verbs
    ]


#: Acts that lead the dossier on; any other is a choice, which the officer opens.
_ONWARD = frozenset(
    {
        Verb.receive_supplement,
        Verb.return_result,
        Verb.record_payment,
        Verb.resume,
        Verb.approve,
        Verb.propose,
        Verb.answer_consult,
        Verb.finish,
        Verb.forward,
    }
)


def _wanting(step: DossierStep | None) -> bool:
    """Whether data must be filled in before the step can be left."""
    return step is not None and bool(data.missing(step.dossier, step, present.now().date()))


def _next(verb: Verb, step: DossierStep | None) -> bool:
    """Whether this is plainly the next thing to do."""
    if verb is Verb.record_data:
        return _wanting(step)
    if verb is Verb.assign:
        return step is not None and step.kind is StepKind.assign
    return verb in _ONWARD


def why_not(verb: Verb, dossier: Dossier, step: DossierStep | None) -> str:
    """Why an act cannot be done now, as a sentence."""
    try:
        check(verb, dossier, present.actor(), step, present.now())
    except DomainError as error:
        return error.text(gettext)
    return DomainError("dossier.role_not_allowed").text(gettext)


def permitted(
    dossier: Dossier, actor: Actor, at: dt.datetime, step_id: str | None = None
) -> dict[Verb, DossierStep | None]:
    """Verb → the step it would be about; the step chosen or in hand comes before the others."""
    steps: list[DossierStep | None] = [*live(dossier)]
    first = next((s for s in steps if s and s.id == step_id), None)
    first = first or step_of(dossier, actor, None)
    steps.sort(key=lambda s: s is not first)
    found: dict[Verb, DossierStep | None] = {}
    for step in steps or [None]:
        for verb in allowed(dossier, actor, step, at):
            if verb in ACTS and verb not in found and _fits(verb, dossier, actor, step):
                found[verb] = step
    return found


def hands(dossier: Dossier, actor: Actor) -> list[DossierStep]:
    """The live steps of the actor's posts, when there is more than one to choose from."""
    return [s for s in live(dossier) if post_on(actor, s)]


def _fits(verb: Verb, dossier: Dossier, actor: Actor, step: DossierStep | None) -> bool:
    """What the verbs themselves check of the step, so that no button leads to a refusal."""
    if verb is Verb.take_over:
        taken = step is not None and step.holder_id == actor.officer_id
        return step is not None and not taken and post_on(actor, step) is not None
    if verb is Verb.assign:
        return step is not None and _leads(actor, step)
    if verb is Verb.record_data:
        return bool(data.fillable(dossier, step))
    if verb is Verb.record_payment:
        return any(f.paid < f.amount for f in fees_of(dossier))
    return True


def _leads(actor: Actor, step: DossierStep) -> bool:
    if step.kind is StepKind.assign and post_on(actor, step) is None:
        return False
    head = actor.post(Role.head, unit_id=step.unit_id)
    return (head or actor.post(Role.leader, agency_id=step.agency_id)) is not None


# ---- forms ---------------------------------------------------------------------------------------
def made_for(verb: Verb, dossier: Dossier, step: DossierStep | None, formdata: Any = None) -> Offer:
    """The form of an act: fresh, or bound to what was typed."""
    act = ACTS[verb]
    first = {"version": dossier.version, "step_id": step.id if step and not act.stepless else ""}
    form = act.form(act.slug, formdata=formdata, data={**first, **_starting(verb, dossier)})
    fill = _FILL.get(verb)
    if fill is not None:
        fill(form, dossier, step)
    return Offer(verb, act, form, step)


def _starting(verb: Verb, dossier: Dossier) -> dict[str, Any]:
    """Values an officer would type most often."""
    if verb is Verb.return_result:
        return {
            "receiver": dossier.submitter_name or dossier.owner_name,
            "receiver_id": dossier.submitter_id_number or dossier.owner_id_number,
        }
    if verb is Verb.record_payment:
        return {"payer": dossier.submitter_name or dossier.owner_name}
    if verb is Verb.request_supplement:
        return {"answer_by": hours.to_complete(dossier.competent, present.now().date())}
    return {}


def _officers(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    form.offer("officer_id", [("", "–"), *(officers_of(step.unit_id) if step else ())])


def officers_of(unit_id: str) -> list[tuple[str, str]]:
    """Whom a department can give work to: (id, name and title), by given name."""
    query = sa.select(Officer).where(Officer.unit_id == unit_id, Officer.active)
    people = sorted(db.session.scalars(query), key=lambda one: person_sort_key(one.full_name))
    return [(one.id, f"{one.full_name} · {one.title}") for one in people]


def _departments(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    if step is None:
        return form.offer("unit_ids", [])
    today = present.now().date()
    query = sa.select(Unit).where(
        Unit.agency_id == step.agency_id,
        Unit.kind == UnitKind.department,
        Unit.id != step.unit_id,
        Unit.valid_from <= today,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= today),
    )
    units = db.session.scalars(query.order_by(Unit.code))
    return form.offer("unit_ids", [(u.id, u.name) for u in units])


def _agency(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    _remote(form, "to_agency_id", "dossier.pick_agency", Unit)


def _procedure(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    _remote(form, "version_id", "dossier.pick_procedure", ProcedureVersion)


def _remote(form: Any, name: str, endpoint: str, model: Any) -> None:
    """A picker that asks the server; what was chosen stays chosen when the form is shown again."""
    form[name].render_kw = {"data-remote": url_for(endpoint)}
    chosen = db.session.get(model, form[name].data) if form[name].data else None
    form.offer(name, [(chosen.id, str(chosen))] if chosen else [])


def _open_fees(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    form.amounts.fees = [f for f in fees_of(dossier) if f.paid < f.amount]


def _papers(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    papers = [(p.id, f"{p.position}. {p.name}") for p in dossier.papers]
    form.offer("paper_id", [("", "–"), *papers])


def _data(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    """The fields of the step in hand, with what the dossier says or what was just typed."""
    if step is None:
        return
    version = data.version_of(dossier)
    stage = data.stage_of(step)
    inputs = DataForm(
        [f for f in data.specs(version) if f.stands_at(stage)],
        typed=form.data_fields.posted,
        values=data.values_of(dossier, version),
    )
    filled = data.refill(dossier, stage, inputs.typed, present.now().date())
    form.data_fields.offer(inputs, filled)


def _closing(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    form.extended_to.closing = partial(hours.closing, dossier.competent)


def _result(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    """The result is asked for only where nothing but the return follows."""
    if step is not None and not ends_work(dossier, step):
        del form.result_no, form.result_text
        return
    _number_by_itself(form, dossier, step)


def _number_by_itself(form: Any, dossier: Dossier, step: DossierStep | None) -> None:
    """Say that the register gives the number, where one does."""
    if names_result(dossier, present.now().date()):
        form.result_no.description = gettext("Left empty it gets the number from the register")


def ends_work(dossier: Dossier, step: DossierStep) -> bool:
    """Whether nothing but the return of the result follows a step in its leg."""
    leg = current([s for s in dossier.steps if s.leg_id == step.leg_id and s.position < AD_HOC])
    known = data.known(dossier, present.now().date())
    pending = [s for s in leg if s.state is StepState.pending and known.holds(s.only_if)]
    rest = [*pending, *(s for s in leg if s is not step and s in live(dossier))]
    return all(s.kind is StepKind.return_result for s in rest)


_FILL: dict[Verb, Callable[[Any, Dossier, DossierStep | None], None]] = {
    Verb.assign: _officers,
    Verb.consult: _departments,
    Verb.transfer: _agency,
    Verb.correct_procedure: _procedure,
    Verb.record_payment: _open_fees,
    Verb.add_attachment: _papers,
    Verb.approve: _result,
    Verb.finish: _number_by_itself,
    Verb.extend: _closing,
    Verb.record_data: _data,
}
