"""Running dossiers of older versions: the mapping of their steps, what it would do, the move itself."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext, ngettext

from domain.errors import DomainError
from models.dossier import Dossier
from models.procedure import ProcedureStep, ProcedureVersion, VersionState
from services import moves
from services.dossier import moving
from views import access, kept_forms, present

PERMISSION = ("can_use", "Publish")


@dataclass(frozen=True)
class Line:
    """A step of the old version: in how many dossiers it is in hand, what it may go on as, what is
    chosen; `open` where it is in hand and nothing is chosen yet."""

    step: ProcedureStep
    count: int
    goals: list[ProcedureStep]
    chosen: str

    @property
    def open(self) -> bool:
        """Whether the administrator must still decide."""
        return bool(self.count) and not self.chosen


class Moving(BaseView):  # type: ignore[misc]
    """`/thiet-ke/<version>/chuyen-ho-so`: `tu` is the old version, `sau` the dossier a page begins behind."""

    route_base = "/thiet-ke"
    default_view = "show"

    @expose("/<uuid:version_id>/chuyen-ho-so", methods=["GET"])
    @access.permission(*PERMISSION)
    def show(self, version_id: Any) -> Any:
        """The older versions with running dossiers, the proposed mapping, what it would do."""
        version = access.seen(ProcedureVersion, version_id)
        return _page(version, {})

    @expose("/<uuid:version_id>/chuyen-ho-so", methods=["POST"])
    @access.permission(*PERMISSION)
    def act(self, version_id: Any) -> Any:
        """Look at what another mapping would do, or move the chosen dossiers or all of them."""
        version = access.seen(ProcedureVersion, version_id)
        typed = request.form
        if kept_forms.only_show() or typed.get("viec") not in ("chon", "tat-ca"):
            return _page(version, typed)
        old = _old(version)
        ids = _wanted(old, typed)
        if old is None or not ids:
            return _page(version, typed, error=DomainError("move.nothing", field="ho-so")), 422
        try:
            done = moves.move_many(ids, version, **_facts(old, version, typed), **present.who())
        except DomainError as error:
            return _page(access.seen(ProcedureVersion, version_id), typed, error=error), 422
        version = access.seen(ProcedureVersion, version_id)
        moved = sum(one.refusal is None for one in done)
        if moved:
            flash(_said(moved), "success")
        if moved < len(done):
            return _page(version, typed, done=done), 422
        return redirect(url_for("Moving.show", version_id=version.id, tu=old.id), 303)


def _said(moved: int) -> str:
    return ngettext("%(num)d dossier was moved.", "%(num)d dossiers were moved.", moved)


def _old(version: ProcedureVersion) -> ProcedureVersion | None:
    """The old version that is looked at: the one asked for, else the one with the most dossiers."""
    asked = request.values.get("tu", "")
    known = {v.id: v for v in version.procedure.versions if v.id != version.id}
    if asked:
        return known.get(asked) or abort(404)
    return next((row.version for row in moves.older(version)), None)


def _wanted(old: ProcedureVersion | None, typed: Any) -> list[str]:
    if old is None:
        return []
    if typed.get("viec") == "tat-ca":
        return [d.id for d in moves.running(old, limit=moves.MOST_AT_ONCE)]
    running = {d.id for d in moves.running(old, limit=10 * moves.MOST_AT_ONCE)}
    return [one for one in typed.getlist("ho-so") if one in running]


def _facts(old: ProcedureVersion, new: ProcedureVersion, typed: Any) -> dict[str, Any]:
    deadline = moving.RECKONED if typed.get("han") == moving.RECKONED else moving.KEPT
    return {
        "mapping": _mapping(old, new, typed),
        "deadline": deadline,
        "reason": typed.get("reason", ""),
    }


def _mapping(old: ProcedureVersion, new: ProcedureVersion, typed: Any) -> dict[str, str]:
    """What was chosen for each step; before anything is sent, what is proposed."""
    if not typed:
        return moves.proposed(old, new)
    known = {step.id for step in new.steps}
    chosen = {step.id: typed.get(f"b-{step.id}", "") for step in old.steps}
    return {key: value for key, value in chosen.items() if value in known}


def _page(
    version: ProcedureVersion,
    typed: Any,
    error: DomainError | None = None,
    done: list[moves.Moved] | None = None,
) -> str:
    older, old = moves.older(version), _old(version)
    facts = _shown(version, old, typed) if old is not None else {}
    return access.page(
        "moving/index.html",
        title=gettext("Dossiers running under an older version"),
        version=version,
        takes=version.state is VersionState.published and _begun(version),
        older=older,
        old=old,
        error=error,
        error_text=error.text(gettext) if error else "",
        done=[(one.code, one.refusal.text(gettext)) for one in done or () if one.refusal],
        reason=typed.get("reason", "") if typed else "",
        deadline=typed.get("han", moving.KEPT) if typed else moving.KEPT,
        ticked=set(typed.getlist("ho-so")) if typed else set(),
        most=moves.MOST_AT_ONCE,
        **facts,
    )


def _begun(version: ProcedureVersion) -> bool:
    return version.valid_from <= present.now().date()


def _shown(version: ProcedureVersion, old: ProcedureVersion, typed: Any) -> dict[str, Any]:
    """The mapping, and a page of dossiers with what moving each would do."""
    mapping, counts = _mapping(old, version, typed), moves.in_hand(old)
    after = request.args.get("sau", "")
    found = list(moves.running(old, after, moves.PAGE + 1))
    page = found[: moves.PAGE]
    return {
        "lines": [
            Line(s, counts.get(s.id, 0), moves.goals(s, version), mapping.get(s.id, ""))
            for s in old.steps
        ],
        "rows": [_row(dossier, version, mapping) for dossier in page],
        "after": page[-1].id if len(found) > len(page) else "",
    }


def _row(dossier: Dossier, version: ProcedureVersion, mapping: dict[str, str]) -> dict[str, Any]:
    told = moving.told(dossier, version, mapping, present.now())
    refusal = told.refusal.text(gettext) if told.refusal else ""
    return {"dossier": dossier, "told": told, "refusal": refusal}
