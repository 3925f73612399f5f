"""The form of an act in its place on the page: closed and ready, open, or why it cannot be done."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from domain.codes import Verb
from models.dossier import Dossier, DossierStep
from services import contents, onward
from views import present
from views.dossier.acts import ACTS, BY_SLUG, Act
from views.dossier.offers import Choice, Offer, made_for, why_not
from views.generated.titles import title

Found = dict[Verb, DossierStep | None]
#: Acts that are decided on what others have written.
DECIDED = frozenset({Verb.approve, Verb.finish})


@dataclass(frozen=True)
class Panel:
    """One act: its form, or `refusal` when it may not be done now; `plan` says what would follow.

    written: what is read before a signature or a result, None for other acts.
    """

    verb: Verb
    act: Act
    offer: Offer | None
    refusal: str = ""
    plan: onward.Plan | None = None
    written: tuple[DossierStep, ...] | None = None
    open: bool = False


def asked(dossier: Dossier, found: Found, made: list[Choice], slug: str) -> Panel | None:
    """The panel that an address names; `chuyen` is whatever leads the dossier on."""
    verb = BY_SLUG.get(slug)
    if verb is Verb.forward and verb not in found and made and made[0].next:
        verb = made[0].verb
    if verb is None:
        return None
    if verb in found:
        return shown(made_for(verb, dossier, found[verb]))
    step = next(iter(found.values()), None)
    return Panel(verb, ACTS[verb], None, why_not(verb, dossier, step), open=True)


def shown(offer: Offer, *, open: bool = True) -> Panel:
    """The panel of a form."""
    return Panel(
        offer.verb, offer.act, offer, plan=_plan(offer), written=_written(offer), open=open
    )


def all_of(dossier: Dossier, found: Found, made: list[Choice], opened: Panel | None) -> list[Panel]:
    """The open panel, and the next act's, which stands ready so that its key opens it at once."""
    panels = [opened] if opened is not None else []
    if made and made[0].next and (opened is None or opened.verb is not made[0].verb):
        first = made_for(made[0].verb, dossier, found[made[0].verb])
        panels.append(shown(first, open=False))
    return panels


def drawn(dossier: Dossier, panel: Panel | None) -> str:
    """The panel alone, for the page that stands already; nothing for an act that does not exist."""
    if panel is None:
        return ""
    return render_template("dossier/_act.html", **values(dossier), panel=panel)


def values(dossier: Dossier) -> dict[str, Any]:
    """What the form of an act reads beside itself."""
    return {"dossier": dossier, "word": title, "verb_title": title}


def _written(offer: Offer) -> tuple[DossierStep, ...] | None:
    if offer.step is None or offer.verb not in DECIDED:
        return None
    return tuple(contents.written_before(offer.step))


def _plan(offer: Offer) -> onward.Plan | None:
    """What opens after an act that leads its step on."""
    step = offer.step
    if step is None or offer.act.stepless or offer.verb not in (Verb.forward, onward.verb_of(step)):
        return None
    facts = {"actor": present.actor(), "at": present.now()}
    plan = onward.plan(step, verb=offer.verb, named=True, **facts)
    return None if plan.error else plan
