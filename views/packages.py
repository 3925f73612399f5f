"""Packages of procedures: a version leaves as a text, a text comes in as a draft after a look at it."""

import contextlib
import datetime as dt
import hashlib
import re
import uuid
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response, current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext, lazy_gettext as _l

from domain.errors import DomainError
from models.base import db
from models.ids import uuid7
from models.procedure import ProcedureVersion
from services import comparing, packaging
from services.packaging import Origin, Package, Plan, Problem, Refused
from views import access, changes, kept_forms, present
from views.changes import SECTIONS
from views.fields import read_key
from views.generated.columns import register_of

PERMISSION = ("can_use", "Publish")
#: What the seal says: words, kind and icon of the badge.
ORIGINS: dict[Origin, tuple[Any, str, str]] = {
    Origin.here: (_l("Exported here, unchanged since"), "success", "bi-shield-check"),
    Origin.elsewhere: (
        _l("Exported by another installation, unchanged since"),
        "info",
        "bi-box-arrow-in-down",
    ),
    Origin.changed: (_l("Changed after it was exported"), "warning", "bi-pencil"),
    Origin.unsealed: (_l("Written by hand: it has no hash"), "warning", "bi-question-circle"),
}
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")


class Told(NamedTuple):
    """A problem as it is shown: its place in words and as a path, and the sentence."""

    words: str
    path: str
    text: str


class Packages(BaseView):  # type: ignore[misc]
    """`/thu-tuc/xuat/<version>` and `/thu-tuc/nhap`."""

    route_base = "/thu-tuc"
    default_view = "form"

    @expose("/xuat/<uuid:version_id>")
    @access.permission(*PERMISSION)
    def export(self, version_id: Any) -> Response:
        """A version as a file; the event is left first."""
        version = access.seen(ProcedureVersion, version_id)
        packaging.note_export(version, **present.who())
        version = access.seen(ProcedureVersion, version_id)
        by, at = present.actor().name, present.now()
        text = packaging.export(version, secret=_secret(), by=by, at=at)
        name = packaging.file_name(version)
        disposition = f"attachment; filename=\"{name}\"; filename*=UTF-8''{quote(name)}"
        headers = {"Content-Disposition": disposition}
        return Response(text, content_type="application/yaml; charset=utf-8", headers=headers)

    @expose("/nhap", methods=["GET"])
    @access.permission(*PERMISSION)
    def form(self) -> Any:
        """Where a file is chosen, or a text pasted."""
        return _page()

    @expose("/nhap", methods=["POST"])
    @access.permission(*PERMISSION)
    def check(self) -> Any:
        """Show what would come of a package; sent again from there, take it in as a draft."""
        typed = request.form.get("text", "")
        if kept_forms.only_show():
            return _page(typed)
        try:
            typed = packaging.decode(_file() or typed)
            package = packaging.read(typed, secret=_secret())
            if request.form.get("viec") == "nhap" and request.form.get("seen") == _mark(typed):
                return _taken(package, _mark(typed))
            found = packaging.plan(package, **present.who())
        except Refused as refused:
            db.session.rollback()
            return _page(typed, refused=refused), 422
        return _page(typed, plan=found), 422 if found.problems else 200


def _taken(package: Package, mark: str) -> Any:
    """One draft for one text of one page, however often it is sent."""
    key = read_key(request.form.get("idempotency_key"))
    key = key and str(uuid.uuid5(uuid.UUID(key), mark))
    version = packaging.take(package, **present.who(), op_id=key)
    flash(gettext("The package was taken in as a draft; look at it and publish it."), "success")
    return redirect(url_for("Designer.show", version_id=version.id), 303)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _file() -> bytes:
    """The file chosen, no more of it than is looked at."""
    upload = request.files.get("file")
    return upload.read(packaging.MOST_BYTES + 1) if upload else b""


def _mark(text: str) -> str:
    """By this a text is known that was looked at before it is taken in."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def _page(typed: str = "", refused: Refused | None = None, plan: Plan | None = None) -> str:
    problems = (refused.problems if refused else ()) or (plan.problems if plan else ())
    key = read_key(request.form.get("idempotency_key")) or uuid7()
    return access.page(
        "packages/index.html",
        title=gettext("Take in a procedure"),
        text=typed,
        key=key,
        seen=_mark(typed) if plan and not problems else "",
        problems=[told(problem) for problem in problems],
        more=refused.more if refused else 0,
        limit=packaging.MOST_BYTES // 1_000_000,
        **(_planned(plan) if plan else {"plan": None}),
    )


def _planned(plan: Plan) -> dict[str, Any]:
    """What the page shows of a plan."""
    header = plan.package.header
    same = comparing.unchanged(plan.draft, plan.changes) if plan.against is not None else {}
    sections = changes.sections(plan.changes, same)
    return {
        "plan": plan,
        "header": header,
        "origin": ORIGINS[plan.package.origin],
        "exported_at": _moment(header.get("exported_at", "")),
        "sections": sections,
        "counts": changes.counts(sections),
        "same": sum(same.values()),
        "own": changes.sections(plan.own),
        "what_words": changes.what_words(),
    }


def _moment(text: str) -> dt.datetime | None:
    with contextlib.suppress(ValueError):
        found = dt.datetime.fromisoformat(text)
        return found if found.tzinfo else None
    return None


def told(problem: Problem) -> Told:
    """A problem in the reader's language."""
    return Told(_place(problem.place), problem.place, _sentence(problem.error))


def _sentence(error: DomainError) -> str:
    return error.text(gettext)


def _place(path: str) -> str:
    """`steps[3].term` as “Steps 3 · Duration”; empty where the path names nothing known."""
    found = _PLACE.match(path)
    if found is None or found[1] not in SECTIONS:
        return ""
    section, number, name = found.groups()
    if name in SECTIONS:
        section, name = name, None
    words = str(SECTIONS[section][0]) + (f" {number}" if number else "")
    column = register_of(changes.MODELS[section]).get(name)
    return f"{words} · {column.ui.label}" if column is not None else words
