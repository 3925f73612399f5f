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
from printing.own.proving import press
from services import comparing, packaging
from services.packaging import BesideTemplate, Origin, Package, Plan, Problem, Refused
from views import access, changes, kept_forms, present, stored
from views.changes import SECTIONS
from views.fields import read_key
from views.generated.columns import register_of
from views.paper_templates import comparing as difference
from views.paper_templates.forms import SIZES

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
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+)(?:\[(\d+)\])?(?:\.(\w+))?)?")
#: Parts of a package that are no part of a version: how one of them is called.
_BESIDE = {
    "registers": _l("The register"),
    "templates": _l("Printed paper"),
    "files": _l("Blank form"),
}
_TEMPLATE = {
    "form": _l("Code"),
    "own": _l("Only for the procedure"),
    "name": _l("Name of the paper"),
    "size": _l("Sheet"),
    "note": _l("What is new"),
    "body": _l("Template"),
}
#: A text so long, with blank forms in it, is not shown again where nothing is wrong with it.
_SHOWN = 500_000


class Told(NamedTuple):
    """A problem as it is shown: its place in words and as a path, and the sentence."""

    words: str
    path: str
    text: str


class TemplateShown(NamedTuple):
    """A printed paper as it is shown: what comes of it, and line by line what differs."""

    name: str
    form: str
    own: bool
    size: str
    makes: bool
    known: bool
    renamed: str
    lines: list[difference.Line]


class Packages(BaseView):  # type: ignore[misc]
    """`/thu-tuc/xuat/<version>` and `/thu-tuc/nhap`."""

    route_base = "/thu-tuc"
    default_view = "form"

    def create_blueprint(self, *args: Any, **options: Any) -> Any:
        """As every view, with room for a package before its form is read."""
        blueprint = super().create_blueprint(*args, **options)
        blueprint.url_value_preprocessor(_make_room)
        return blueprint

    @expose("/xuat/<uuid:version_id>")
    @access.permission(*PERMISSION)
    def export(self, version_id: Any) -> Any:
        """A version as a file, whose event is left before it goes."""
        version = access.seen(ProcedureVersion, version_id)
        by, at = present.actor().name, present.now()
        try:
            text = packaging.export(version, secret=_secret(), by=by, at=at, store=stored.store())
        except DomainError as error:
            flash(error.text(gettext), "danger")
            return redirect(url_for("ProcedureVersionView.show", pk=version_id))
        packaging.note_export(version, **present.who())
        version = access.seen(ProcedureVersion, version_id)
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
            found = packaging.plan(package, **present.who(), press=press(present.now()))
        except Refused as refused:
            db.session.rollback()
            return _page(typed, refused=refused), 422
        return _page(typed, plan=found), 422 if found.problems else 200


def _taken(package: Package, mark: str) -> Any:
    """One draft for one text of one page, however often it is sent."""
    key = read_key(request.form.get("idempotency_key"))
    key = key and str(uuid.uuid5(uuid.UUID(key), mark))
    version = packaging.take(
        package, **present.who(), op_id=key, press=press(present.now()), store=stored.store()
    )
    flash(gettext("The package was taken in as a draft; look at it and publish it."), "success")
    return redirect(url_for("Designer.show", version_id=version.id), 303)


def _make_room(endpoint: str | None, values: Any) -> None:
    """A package with blank forms is longer than any other form; nobody else has this room."""
    if endpoint == "Packages.check":
        request.max_form_memory_size = packaging.MOST_BYTES + 1_000_000


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
        shown=typed if problems or len(typed) <= _SHOWN else "",
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
        "registers": [(one, changes.sections(one.changes)) for one in plan.registers],
        "templates": [_template(one) for one in plan.templates],
        "files": _files(plan.package),
    }


def _template(one: BesideTemplate) -> TemplateShown:
    after, before = one.after, one.before
    old = before["body"] if before is not None else ""
    renamed = before["name"] if before is not None and before["name"] != after["name"] else ""
    return TemplateShown(
        after["name"],
        after["form"],
        after["own"],
        str(dict(SIZES)[after["size"].value]),
        one.makes,
        before is not None,
        renamed,
        difference.difference(old, after["body"]) if one.makes else [],
    )


def _files(package: Package) -> list[tuple[str, str, int]]:
    """Paper, name and size in bytes of every blank form."""
    rows = package.parts["documents"]
    return [
        (row["name"], row["blank_name"], len(package.files[row["blank_sha256"]]))
        for row in rows
        if row["blank_sha256"]
    ]


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
    if found is None:
        return ""
    section, number, name, inner, column = found.groups()
    if section in _BESIDE:
        return _beside(section, number, name, inner, column)
    if section not in SECTIONS:
        return ""
    if name in SECTIONS:
        section, name = name, None
    words = str(SECTIONS[section][0]) + (f" {number}" if number else "")
    return _with_label(words, section, name)


def _beside(section: str, number: str, name: str, inner: str, column: str) -> str:
    """`registers[1].data_fields[3].key` as “Register 1 · Fields of the register 3 · Field name”."""
    words = str(_BESIDE[section]) + (f" {number}" if number else "")
    if section == "templates" and name in _TEMPLATE:
        return f"{words} · {_TEMPLATE[name]}"
    if section == "registers" and name == "data_fields":
        words += f" · {SECTIONS['register_fields'][0]}" + (f" {inner}" if inner else "")
        return _with_label(words, "register_fields", column)
    return _with_label(words, "register", name) if section == "registers" else words


def _with_label(words: str, section: str, name: str | None) -> str:
    column = register_of(changes.MODELS[section]).get(name)
    return f"{words} · {column.ui.label}" if column is not None else words
