"""Certificates of entries: what the page offers, the PDF, printing again."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from domain.codes import EntryState
from domain.errors import DomainError
from domain.names import fold
from models.base import db
from models.ids import uuid7
from models.register import Register, RegisterEntry, RegisterPaper
from printing import register_papers
from printing.papers import Occasion
from services.acting import Actor
from services.registers import papers as service
from views import access, issuing, present
from views.fields import read_key
from views.paper import pdf_response
from views.registers import words


def shown(register: Register, entry: RegisterEntry, actor: Actor) -> dict[str, Any]:
    """What the page of an entry says of certificates.

    name: of the template, empty where nothing can be printed anew; again: whether prints may be repeated.
    """
    may = access.may("can_act", "RegisterEntry") and service.may_print(register, entry, actor)
    holds = entry.state is EntryState.valid
    template = service.template_of(register)
    kept = service.papers_of(entry)
    fresh = not kept or _changed_since(entry, kept[0])
    return {
        "kept": kept,
        "names": {paper.id: register_papers.own_of(paper).name for paper in kept},
        "name": template.name if template and may and holds and fresh else "",
        "again": may and holds,
        "key": uuid7,
        "missing": bool(register.form) and template is None,
    }


def _changed_since(entry: RegisterEntry, paper: RegisterPaper) -> bool:
    """Whether the entry says something else now than on its newest certificate."""
    return paper.content.get("version") != entry.version


def issue(code: str, entry_id: Any) -> Response:
    """Print the certificate and open it."""
    register = words.register_of(code)
    entry, who = words.entry_of(register, entry_id), present.who()
    template = service.template_of(register)
    if template is None:
        abort(404)
    if not service.may_print(register, entry, who["actor"]):
        abort(403)
    occasion = Occasion(at=who["at"], officer=who["actor"].name, title=who["actor"].title)
    content = register_papers.content(register, entry, occasion, issuing.lookup())
    content["version"] = entry.version
    try:
        key = read_key(request.form.get("idempotency_key"))
        paper = service.issue(entry, content, template=template, row_id=key, **who)
    except DomainError as error:
        return _refused(register, str(entry_id), error)
    return redirect(url_for("registers.paper", code=code, paper_id=paper.id), 303)


def show(code: str, paper_id: Any) -> Response:
    """The certificate as it was last printed."""
    register = words.register_of(code)
    paper = _paper(register, paper_id)
    pdf = register_papers.render(paper, service.last_print(paper.id))
    number = fold(paper.number).upper().replace(" ", "-").replace("/", "-")
    return pdf_response(pdf, f"{register_papers.own_of(paper).paper.file}-{number}.pdf")


def reprint(code: str, paper_id: Any) -> Response:
    """Print again, which is an event, and open it."""
    register = words.register_of(code)
    paper, who = _paper(register, paper_id), present.who()
    entry_id = paper.entry_id
    if not service.may_print(register, words.entry_of(register, entry_id), who["actor"]):
        abort(403)
    try:
        service.reprint(paper, **who, op_id=read_key(request.form.get("idempotency_key")))
    except DomainError as error:
        return _refused(register, entry_id, error)
    return redirect(url_for("registers.paper", code=code, paper_id=str(paper_id)), 303)


def _paper(register: Register, paper_id: Any) -> RegisterPaper:
    """A certificate of an entry of this register, if it may be seen from here; 404 otherwise."""
    paper = access.seen(RegisterPaper, paper_id)
    words.entry_of(register, paper.entry_id)
    return paper


def _refused(register: Register, entry_id: str, error: DomainError) -> Response:
    db.session.rollback()
    flash(error.text(gettext), "danger")
    return redirect(words.address(register, words.entry_of(register, entry_id)), 303)
