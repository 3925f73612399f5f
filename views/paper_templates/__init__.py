"""Templates of papers: the list of forms, the editor with its preview, versions and their difference."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import AppBuilder
from flask_babel import gettext, lazy_gettext as _l
from werkzeug.wrappers import Response

from domain.errors import DomainError
from models.base import db
from models.ids import uuid7
from models.paper_template import PaperTemplate, SheetSize, TemplateState
from models.procedure import Procedure
from printing import own
from printing.own import Own, samples
from printing.registry import PAPERS, render as draw
from services import catalogue, paper_templates as verbs
from views import access, kept_forms, present
from views.access import seen
from views.paper import pdf_response
from views.paper_templates import comparing, listing, words
from views.paper_templates.forms import NewForm, TemplateForm
from views.paper_templates.trying import MOST_PAGES, Tried, tried

PERMISSION = ("can_use", "Publish")
blueprint = Blueprint("paper_templates", __name__, url_prefix="/mau-in")
#: The choice of a paper that is made from nothing.
NOTHING = "-"
STATUS = {"row.stale": 409, "dossier.role_not_allowed": 403}


def register(appbuilder: AppBuilder) -> None:
    """Put the list into the menu of procedures."""
    appbuilder.add_link(
        "PaperTemplates",
        href="/mau-in",
        icon="bi-file-earmark-richtext",
        label=_l("Printed papers"),
        category="procedures",
    )


# ---- the list ------------------------------------------------------------------------------------
@blueprint.get("")
@access.permission(*PERMISSION)
def index() -> str:
    """All forms; below them what a new one is made of."""
    return _index(_new_form())


def _index(form: NewForm) -> str:
    built_in, others = listing.forms()
    chosen = request.args.get("thu_tuc", "")
    others.sort(key=lambda form: form.procedure_id != chosen)  # those of the asked one stand first
    return access.page(
        "paper_templates/index.html",
        title=gettext("Printed papers"),
        built_in=built_in,
        others=others,
        chosen=listing.procedures([chosen]).get(chosen, ""),
        form=form,
        new_key=uuid7,
    )


def _new_form() -> NewForm:
    form = NewForm()
    made_from = [(NOTHING, gettext("A paper of our own"))]
    made_from.append((listing.CERTIFICATE, gettext("A certificate of a register")))
    made_from += [(code, paper.name) for code, paper in PAPERS.items() if paper.template]
    form.form.choices = made_from
    form.op_id.data = form.op_id.data or uuid7()
    chosen = form.procedure_id.data or request.args.get("thu_tuc", "")
    known = listing.procedures([chosen])
    form.procedure_id.choices = [("", "–"), *known.items()]
    form.procedure_id.data = chosen if chosen in known else ""
    form.procedure_id.render_kw = {
        "data-remote": url_for("ProcedureVersionView.pick", relation="procedure")
    }
    return form


@blueprint.post("/moi")
@access.permission(*PERMISSION)
def new() -> Any:
    """A draft: a copy of a form that comes with the product, or a paper of one's own."""
    form = _new_form()
    if kept_forms.only_show():
        return _index(form)
    try:
        row = _made(form)
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _index(form), STATUS.get(error.code, 422)
    return redirect(url_for(".show", template_id=row.id), 303)


def _made(form: NewForm) -> PaperTemplate:
    code, name = form.form.data or NOTHING, (form.name.data or "").strip()
    paper = PAPERS.get(code)
    if code not in (NOTHING, listing.CERTIFICATE) and (paper is None or paper.template is None):
        raise DomainError("value.choice", field="form")
    if paper is None and not name:
        raise DomainError("value.required", field="name")
    sizes = {sheet: size for size, sheet in own.SIZES.items()}
    row_id = form.op_id.data or uuid7()
    again = db.session.get(PaperTemplate, row_id)
    return again or verbs.create(
        code if paper else listing.free_code(name),
        name=name or paper.name if paper else name,
        size=sizes[paper.size] if paper else SheetSize.a4,
        body=listing.built_in_body(code),
        procedure_id=_procedure(form),
        row_id=row_id,
        **present.who(),
    )


def _procedure(form: NewForm) -> str | None:
    if form.procedure_id.data:
        return str(form.procedure_id.data)
    typed = (form.procedure_code.data or "").strip()
    if not typed:
        return None
    found = db.session.scalar(sa.select(Procedure.id).where(Procedure.code == typed))
    if found is None:
        raise DomainError("procedure.not_found", field="procedure_code")
    return found


@blueprint.get("/goc/<form>")
@access.permission(*PERMISSION)
def built_in(form: str) -> Response:
    """A form as it comes with the product, with dummy values, as PDF."""
    paper = PAPERS.get(form)
    if paper is None or paper.template is None:
        abort(404)
    pdf = draw(form, samples.full(form, present.now()), copies=paper.copies)
    return pdf_response(pdf, f"{paper.file}.pdf")


# ---- the editor ----------------------------------------------------------------------------------
@blueprint.get("/<uuid:template_id>")
@access.permission(*PERMISSION)
def show(template_id: Any) -> str:
    """One version: a draft to write in, any other to look at."""
    row = seen(PaperTemplate, template_id)
    return _editor(row, _form_of(row))


def _form_of(row: PaperTemplate) -> TemplateForm:
    form = TemplateForm(formdata=None, obj=row)
    form.size.data, form.seen.data = row.size.value, catalogue.stamp(row)
    return form


def _editor(
    row: PaperTemplate, form: TemplateForm, done: Tried | None = None, code: str = ""
) -> str:
    procedure = listing.procedures([row.procedure_id]).get(row.procedure_id or "", "")
    return access.page(
        "paper_templates/edit.html",
        title=row.name,
        row=row,
        form=form,
        draft=row.state is TemplateState.draft,
        procedure=procedure,
        built_in=row.form in PAPERS,
        groups=words.groups(row.form, verbs.fields_of(row.procedure_id, row.form)),
        versions=verbs.versions(row.series),
        tried=done,
        code=code,
        most_pages=MOST_PAGES,
    )


@blueprint.post("/<uuid:template_id>")
@access.permission(*PERMISSION)
def save(template_id: Any) -> Any:
    """Keep the draft, and with `then=publish` print from it; or show it again with what is wrong."""
    row, form = seen(PaperTemplate, template_id), TemplateForm()
    if kept_forms.only_show():
        return _editor(row, form)
    done, status = None, 422
    if form.validate():
        try:
            row = verbs.change(row, **form.values(), seen=form.seen.data or "", **present.who())
            if request.form.get("then") != "publish":
                flash(gettext("Saved."), "success")
                return redirect(url_for(".show", template_id=template_id), 303)
            row = seen(PaperTemplate, template_id)
            form.seen.data = catalogue.stamp(row)
            done = _publish(row, form.seen.data)
            if done is None:
                return redirect(url_for(".show", template_id=template_id), 303)
            form.refuse(DomainError("template.mistakes"))
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
            status = STATUS.get(error.code, 422)
    return _editor(seen(PaperTemplate, template_id), form, done), status


def _publish(row: PaperTemplate, stamp: str) -> Tried | None:
    """Publish a version that prints; what is wrong with one that does not."""
    template = Own(form=row.form, name=row.name, size=row.size.value, body=row.body)
    done = tried(template, row.procedure_id)
    if done.problems:
        return done
    verbs.publish(row, seen=stamp, **present.who())
    flash(gettext("The template is published; it is printed from now on."), "success")
    return None


@blueprint.post("/<uuid:template_id>/thu")
@access.permission(*PERMISSION)
def preview(template_id: Any) -> Any:
    """What is in the form, printed: as pages in the editor, or with `pdf` as a file of its own.

    Nothing is kept. A script gets only the pages, or only the mistakes while there are any.
    """
    row, form = seen(PaperTemplate, template_id), TemplateForm()
    size = form.size.data if form.size.data in own.SIZES else row.size.value
    body = verbs.plain(form.body.data or "")
    template = Own(form=row.form, name=form.name.data or row.name, size=size, body=body)
    code = request.form.get("code", "").strip()[:40]
    done = tried(template, row.procedure_id, code)
    if "pdf" in request.form and done.pdf:
        return pdf_response(done.pdf, f"{template.paper.file}.pdf")
    row = seen(PaperTemplate, template_id)
    if "HX-Request" not in request.headers:
        return _editor(row, form, done, code)
    answer = Response(
        render_template("paper_templates/_preview.html", tried=done, most_pages=MOST_PAGES),
        mimetype="text/html",
    )
    if done.problems:  # the last pages that could be drawn stay in sight
        answer.headers["HX-Retarget"] = "#preview-problems"
        answer.headers["HX-Reselect"] = "#preview-problems > *"
    return answer


# ---- acts on versions ----------------------------------------------------------------------------
@blueprint.post("/<uuid:template_id>/bai-bo")
@access.permission(*PERMISSION)
def retire(template_id: Any) -> Any:
    """Print no longer from this version."""
    row = seen(PaperTemplate, template_id)
    return _done(row, lambda: verbs.retire(row, **present.who()), _l("The template is retired."))


@blueprint.post("/<uuid:template_id>/ban-thao")
@access.permission(*PERMISSION)
def draft(template_id: Any) -> Any:
    """A draft with the text of this version; where there is a draft already, that one."""
    row = seen(PaperTemplate, template_id)
    made = {"name": row.name, "size": row.size.value, "body": row.body}
    return _done(
        row,
        lambda: verbs.create(row.form, **made, procedure_id=row.procedure_id, **present.who()),
        _l("This is the draft; what is printed does not change before it is published."),
    )


def _done(row: PaperTemplate, act: Any, sentence: Any) -> Any:
    try:
        after = act()
    except DomainError as error:
        db.session.rollback()
        flash(error.text(gettext), "danger")
        row = seen(PaperTemplate, row.id)
        return _editor(row, _form_of(row)), STATUS.get(error.code, 422)
    flash(str(sentence), "success")
    return redirect(url_for(".show", template_id=after.id), 303)


@blueprint.post("/<uuid:template_id>/xoa")
@access.permission(*PERMISSION)
def discard(template_id: Any) -> Any:
    """Throw a draft away."""
    row = seen(PaperTemplate, template_id)
    name = row.name
    try:
        verbs.discard(row, **present.who())
    except DomainError as error:
        db.session.rollback()
        flash(error.text(gettext), "danger")
        row = seen(PaperTemplate, template_id)
        return _editor(row, _form_of(row)), STATUS.get(error.code, 422)
    flash(gettext("“%(name)s” was deleted.", name=name), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<uuid:template_id>/khac")
@access.permission(*PERMISSION)
def difference(template_id: Any) -> str:
    """Line by line, what this version has otherwise than another (`voi`: its id, or `goc`)."""
    row = seen(PaperTemplate, template_id)
    others = [v for v in verbs.versions(row.series) if v.id != row.id]
    older = next((v for v in others if v.number < row.number), None)
    wanted = request.args.get("voi") or (older.id if older else "goc")
    other = next((v for v in others if v.id == wanted), None)
    before = other.body if other else listing.built_in_body(row.form)
    return access.page(
        "paper_templates/difference.html",
        title=gettext("Difference: %(name)s", name=row.name),
        row=row,
        other=other,
        others=others,
        lines=comparing.difference(before, row.body),
    )
