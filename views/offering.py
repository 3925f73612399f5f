"""At which agencies a procedure is offered: a tree with a search, what each agency lacks, one act for all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext, ngettext

from domain import names
from domain.errors import DomainError
from models.ids import uuid7
from models.organisation import Unit
from models.procedure import ProcedureVersion
from services import draft_checks, offering, reference
from services.draft_checks import people
from services.draft_checks.people import Gap
from views import access, kept_forms, present
from views.fields import read_key
from views.generated.several_words import window
from views.generated.titles import title

PERMISSION = ("can_use", "Publish")
#: What is said of the shared parts of a procedure, the same for every agency.
_SHARED = frozenset({"results.not_open", "actions.no_paper"})
#: Agencies of a group that are open without being asked.
_OPEN = 12
STATUS = {"row.stale": 409, "dossier.role_not_allowed": 403}


@dataclass
class Typed:
    """The form: offered everywhere or at `ids`, the words searched for, what was asked for."""

    everywhere: bool
    ids: set[str]
    words: str = ""
    act: str = ""

    @property
    def chosen(self) -> set[str] | None:
        """As `services.offering.choose` takes it."""
        return None if self.everywhere else self.ids


class Group(NamedTuple):
    """A superior body with the agencies below it that are shown."""

    name: str
    units: list[Unit]
    ticked: int
    opened: bool


class Fit(NamedTuple):
    """An agency and, in words, what it lacks."""

    unit: Unit
    lacks: list[str]


class Offering(BaseView):  # type: ignore[misc]
    """`/thiet-ke/<version>/don-vi`: `q` are words of names."""

    route_base = "/thiet-ke"
    default_view = "show"

    @expose("/<uuid:version_id>/don-vi", methods=["GET"])
    @access.permission(*PERMISSION)
    def show(self, version_id: Any) -> Any:
        """The choice as it stands."""
        version = access.seen(ProcedureVersion, version_id)
        return _page(version, _kept(version))

    @expose("/<uuid:version_id>/don-vi", methods=["POST"])
    @access.permission(*PERMISSION)
    def act(self, version_id: Any) -> Any:
        """Search, tick many, look at what is lacking; or offer it there, or take that back."""
        version = access.seen(ProcedureVersion, version_id)
        typed = _typed(version)
        if kept_forms.only_show() or typed.act not in ("dung", "hoan-tac"):
            return _page(version, typed)
        try:
            _do(version, typed)
        except DomainError as error:
            version = access.seen(ProcedureVersion, version_id)
            return _page(version, typed, error), STATUS.get(error.code, 422)
        return redirect(url_for("Offering.show", version_id=version_id), 303)


def _do(version: ProcedureVersion, typed: Typed) -> None:
    who = present.who()
    if typed.act == "hoan-tac":
        batch = read_key(request.form.get("batch")) or uuid7()
        done = offering.undo(version.procedure, batch, within=window(), **who)
        flash(gettext("It is as before.") if done else gettext("Nothing was changed."), "success")
        return
    key = read_key(request.form.get("idempotency_key"))
    seen = request.form.get("seen", "")
    chosen = typed.chosen
    done = offering.choose(version.procedure, chosen, seen=seen, batch_id=key, **who)
    flash(_said(chosen) if done else gettext("Nothing was changed."), "success")


def _said(chosen: Collection[str] | None) -> str:
    if chosen is None:
        return gettext("The procedure is offered at all agencies.")
    return ngettext(
        "The procedure is offered at %(num)d agency.",
        "The procedure is offered at %(num)d agencies.",
        len(chosen),
    )


# ---- what was typed ------------------------------------------------------------------------------
def _kept(version: ProcedureVersion) -> Typed:
    chosen = offering.offered(version.procedure_id)
    return Typed(chosen is None, set(chosen or ()), request.args.get("q", "")[:100])


def _typed(version: ProcedureVersion) -> Typed:
    form = request.form
    typed = Typed(
        form.get("pham-vi") != "chon",
        set(form.getlist("don-vi")),
        form.get("q", "")[:100],
        form.get("viec", ""),
    )
    if typed.act in ("them", "bo"):
        shown = {unit.id for unit in _shown(_fitting(version), typed.words)}
        typed.ids = typed.ids | shown if typed.act == "them" else typed.ids - shown
        typed.everywhere = False
    return typed


def _fitting(version: ProcedureVersion) -> list[Unit]:
    """The agencies among which is chosen: those of the level that resolves, and those that offer it."""
    chosen = offering.offered(version.procedure_id) or frozenset()
    level = version.procedure.level
    units = offering.agencies(present.now().date())
    return [unit for unit in units if offering.fits(unit, level) or unit.id in chosen]


def _shown(units: Sequence[Unit], words: str) -> list[Unit]:
    wanted = names.fold(words).split()
    said = ((unit, names.fold(f"{unit.full_name} {unit.code}")) for unit in units)
    return [unit for unit, name in said if all(word in name for word in wanted)]


# ---- the page ------------------------------------------------------------------------------------
def _page(version: ProcedureVersion, typed: Typed, error: DomainError | None = None) -> str:
    units = _fitting(version)
    shown = _shown(units, typed.words)
    looked = typed.act in ("xem", "dung")
    meant = units if typed.everywhere else [unit for unit in units if unit.id in typed.ids]
    return access.page(
        "offering/index.html",
        title=gettext("Use at other agencies"),
        version=version,
        typed=typed,
        groups=_groups(shown, typed),
        hidden=sorted(typed.ids - {unit.id for unit in shown}),
        count=len(units),
        found=len(shown),
        level=title(version.procedure.level),
        seen=request.form.get("seen") or offering.stamp(version.procedure),
        key=read_key(request.form.get("idempotency_key")) or uuid7(),
        fits=_fits(version, meant) if looked else None,
        shared=[found.text(gettext) for found in _shared(version)] if looked else [],
        error=error.text(gettext) if error else "",
        undo=_undo(version),
    )


def _groups(shown: Sequence[Unit], typed: Typed) -> list[Group]:
    """By superior, in the order of codes; an agency without one heads its own."""
    by_parent: dict[str, list[Unit]] = {}
    for unit in shown:
        by_parent.setdefault(unit.parent_id or unit.id, []).append(unit)
    found = []
    for parent_id, units in by_parent.items():
        parent = reference.unit(parent_id)
        ticked = sum(unit.id in typed.ids for unit in units)
        opened = bool(ticked or typed.words or len(by_parent) == 1 or len(units) <= _OPEN)
        found.append(Group(parent.full_name if parent else "", units, ticked, opened))
    return found


def _fits(version: ProcedureVersion, units: Sequence[Unit]) -> list[Fit]:
    """What each agency lacks, those that lack something first."""
    on = max(present.now().date(), version.valid_from)
    gaps = people.gaps(version, units, on)
    found = [Fit(unit, _words(gaps[unit.id])) for unit in units]
    return sorted(found, key=lambda fit: (not fit.lacks, fit.unit.code))


def _words(gaps: Sequence[Gap]) -> list[str]:
    return [*dict.fromkeys(_sentence(gap) for gap in gaps)]


def _sentence(gap: Gap) -> str:
    if gap.step is None:
        return gettext("No officer has an account here yet.")
    step = gettext("Step %(step)s", step=gap.step.position)
    if gap.unit is None:
        return gettext(
            "%(step)s: no department with the function %(function)s.",
            step=step,
            function=gap.step.function,
        )
    role = title(gap.step.role)
    return gettext(
        "%(step)s: nobody with the role “%(role)s” in %(unit)s.",
        step=step,
        role=role,
        unit=gap.unit,
    )


def _shared(version: ProcedureVersion) -> list[Any]:
    return [found for found in draft_checks.written(version) if found.code in _SHARED]


def _undo(version: ProcedureVersion) -> dict[str, Any] | None:
    """The banner over the form: one's last choice, as long as it can be taken back."""
    found = offering.recent(version.procedure, within=window(), **present.who())
    if found is None:
        return None
    text = gettext(
        "Agencies added: %(added)s, taken out: %(removed)s.",
        added=found.added,
        removed=found.removed,
    )
    url = url_for("Offering.act", version_id=version.id)
    fields = {"viec": "hoan-tac", "batch": found.id}
    return {"text": text, "until": found.at + window(), "url": url, "fields": fields}
