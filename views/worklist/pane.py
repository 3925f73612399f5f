"""Fragments of the desk: a dossier beside the list, and the form of one act on it."""

from typing import Any

from flask import abort, render_template

from domain.codes import StepKind, Verb
from models.dossier import Dossier, DossierStep
from services import contents, onward
from views import present
from views.access import permission, seen
from views.dossier import clock, screen, timeline
from views.dossier.acts import ACTS, BY_SLUG
from views.dossier.offers import made_for, permitted, why_not
from views.generated.titles import title
from views.worklist import blueprint

#: Events shown beside the list; all of them are on the page of the dossier.
LATEST = 4
#: The acts that have a key of their own: verb → (slug of the fragment, key).
KEYS = (
    ((Verb.assign,), "phan-cong", "A"),
    ((Verb.request_supplement,), "yeu-cau-bo-sung", "S"),
    (tuple(dict.fromkeys((*onward.ONWARD.values(), Verb.forward))), "chuyen", "T"),
)


@blueprint.get("/viec/xem/<uuid:step_id>")
@permission("can_use", "WorkList")
def look(step_id: Any) -> str:
    """Who holds it, its clock and why, the citizen, papers, the last events, what may be done."""
    step = seen(DossierStep, step_id)
    dossier, actor, at = step.dossier, present.actor(), present.now()
    files = screen.files_of(dossier, actor)
    return render_template(
        "worklist/_pane.html",
        step=step,
        dossier=dossier,
        clock=clock.face(dossier, at),
        holders=screen.holders(dossier),
        files=files,
        events=[timeline.item(e) for e in contents.events_of(dossier, LATEST)],
        offers=_offers(dossier, step, permitted(dossier, actor, at, step.id)),
    )


def _offers(
    dossier: Dossier, step: DossierStep, allowed: dict[Verb, DossierStep | None]
) -> list[dict[str, str]]:
    """The acts with a key that may be done now, in the order of the keys."""
    mine = {verb for verb, about in allowed.items() if about is step or ACTS[verb].stepless}
    found = []
    for verbs, slug, key in KEYS:
        verb = onward.verb_of(step) if slug == "chuyen" else verbs[0]
        if verb in mine and not (slug == "chuyen" and verb is Verb.assign):
            found.append({"slug": slug, "key": key, "label": title(verb), "icon": ACTS[verb].icon})
    return found


@blueprint.get("/viec/xem/<uuid:step_id>/<slug>")
@permission("can_act", "Dossier")
def form(step_id: Any, slug: str) -> str:
    """The form of an act, with what would follow it; or why it cannot be done now.

    `chuyen` is whatever leads this step on: forward, propose, sign, give the opinion…
    """
    step = seen(DossierStep, step_id)
    verb = onward.verb_of(step) if slug == "chuyen" else BY_SLUG.get(slug)
    if verb is None:
        abort(404)
    dossier, actor, at = step.dossier, present.actor(), present.now()
    allowed = permitted(dossier, actor, at, step.id)
    fits = verb in allowed and (ACTS[verb].stepless or allowed[verb] is step)
    return render_template(
        "worklist/_act.html",
        dossier=dossier,
        step=step,
        verb=verb,
        verb_title=title,
        word=title,
        offer=made_for(verb, dossier, step) if fits else None,
        refusal="" if fits else why_not(verb, dossier, step),
        plan=onward.plan(step, actor=actor, at=at, verb=verb, named=True) if fits else None,
        leads_on=verb in onward.ONWARD.values() or verb is Verb.forward,
        assigns=verb is Verb.assign and step.kind is not StepKind.assign,
    )
