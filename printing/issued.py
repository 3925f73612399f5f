"""Issued papers: printed from what they were frozen with, by the template they were printed from."""

import logging
from dataclasses import replace
from typing import Any

from domain.data_fields import FieldSpec, words
from domain.data_words import part_in_words
from domain.errors import DomainError
from domain.field_kinds import PARTS, FieldKind
from models.base import db
from models.dossier import Dossier
from models.paper import IssuedPaper
from models.paper_template import PaperTemplate
from printing import contexts as c
from printing.frozen import thaw
from printing.own import Own, render as draw_own
from printing.registry import PAPERS, Paper, render as draw
from services import paper_templates
from services.dossier import data
from services.papers import Printed

log = logging.getLogger(__name__)


def data_of(dossier: Dossier) -> dict[str, Any]:
    """What the dossier's own fields say, in words and in lines, as a template names them: `data.<key>`.

    A field with parts is part → words, the whole of it under an empty name.
    """
    values = data.values_of(dossier)
    fields = data.specs(data.version_of(dossier))
    return {f.key: said_of(f, values.get(f.key)) for f in fields if f.kind is not FieldKind.heading}


def said_of(spec: FieldSpec, value: Any) -> Any:
    """What one field says: words, words by part, or lines of words by column."""
    if isinstance(value, dict) and spec.kind in PARTS:
        return {"": words(spec, value)} | {p: part_in_words(p, one) for p, one in value.items()}
    if spec.kind is not FieldKind.group:
        return words(spec, value)
    return [{c.key: words(c, row.get(c.key)) for c in spec.columns} for row in value or ()]


def own_of(issued: IssuedPaper) -> Own | None:
    """The template an issued paper was printed from; None: the form that comes with the product."""
    row = db.session.get(PaperTemplate, issued.template_id) if issued.template_id else None
    if row is None:
        return None
    return Own(form=row.form, name=row.name, size=row.size.value, body=row.body)


def paper_of(issued: IssuedPaper) -> Paper:
    """The form of an issued paper: its name, its file, its sheet."""
    own = own_of(issued)
    return own.paper if own else PAPERS[issued.form]


def names() -> dict[str, str]:
    """Code of every form → its name, built-in ones and the office's own."""
    return {**paper_templates.names(), **{code: paper.name for code, paper in PAPERS.items()}}


def render(issued: IssuedPaper, printed: Printed | None = None) -> bytes:
    """The PDF of an issued paper; from its second print on it says so.

    A built-in form whose template does not print these values is printed as it comes with the product:
    the same values always give the same paper. Errors: template.* for a paper of the office's own.
    """
    own = own_of(issued)
    paper = own.paper if own else PAPERS[issued.form]
    sheet = thaw(paper.context, issued.content)
    if printed is not None and printed.number > 1:
        sheet = replace(sheet, reprint=c.Reprint(at=printed.at, number=printed.number))
    if own is None:
        return draw(issued.form, sheet, copies=paper.copies)
    return from_template(own, sheet, issued.content.get("data") or {})


def from_template(own: Own, sheet: c.Sheet, said: dict[str, Any]) -> bytes:
    """What a template gives, or the built-in form where it fails: nobody waits for a paper in vain."""
    try:
        return draw_own(own, sheet, said, copies=own.paper.copies)
    except DomainError as error:
        if own.form not in PAPERS:
            raise
        log.warning("template of %s does not print: %s", own.form, error.code)
        return draw(own.form, sheet, copies=own.paper.copies)
