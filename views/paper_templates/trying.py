"""Trying a template: with dummy values, or with those of one dossier, before anything is printed from it."""

import base64
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.register import Register
from printing import own, papers, register_papers
from printing.contexts import Sheet
from printing.frozen import thaw
from printing.issued import data_of
from printing.own import Own, samples
from services import contents, pages, paper_templates
from services.registers import entries, listing
from views import issuing, present
from views.dossier.after import ON_REQUEST

#: Dots across of a page of the preview, and how many pages are shown.
WIDTH, MOST_PAGES = 800, 4


@dataclass
class Tried:
    """What came of it: mistakes, else the PDF; `said` about whose values were printed."""

    problems: list[DomainError] = field(default_factory=list)
    pdf: bytes = b""
    said: str = ""

    @property
    def lines(self) -> list[tuple[int, str]]:
        """(line, sentence) of every mistake; line 0 where it is about the whole."""
        return [(error.facts.get("line", 0), error.text(gettext)) for error in self.problems]

    def pictures(self) -> list[str]:
        """The first pages as data addresses."""
        shown = min(self.count, MOST_PAGES)
        drawn = (pages.image_of(self.pdf, n, width=WIDTH) for n in range(1, shown + 1))
        return [f"data:image/png;base64,{base64.b64encode(png).decode()}" for png in drawn]

    @property
    def count(self) -> int:
        """How many pages the paper has."""
        return pages.count_of(self.pdf) if self.pdf else 0


def tried(template: Own, procedure_id: str | None, code: str = "") -> Tried:
    """The paper with dummy values, or with those of the dossier that has this code, a certificate with
    those of the entry that has this number.

    Mistakes are those seen at once, and those that show when full and bare values are filled in.
    """
    fields = paper_templates.fields_of(procedure_id, template.form)
    register = None if procedure_id else paper_templates.register_of(template.form)
    keys = () if procedure_id or register else paper_templates.keys()
    found = own.check(template, own.known(template.form, fields, keys))
    if found:
        return Tried(found)
    at, copies = present.now(), template.paper.copies
    try:
        bare = samples.bare(template.form, at)
        own.html(template, bare, samples.data(fields, whole=False), copies=copies)
        sheet, values, said = samples.full(template.form, at), samples.data(fields), ""
        if code and register is not None:
            sheet, values, said = _of_entry(template, register, code, sheet, values)
        elif code:
            sheet, values, said = _of_dossier(template, code, sheet, values)
        pdf = own.render(template, sheet, values, copies=copies)
    except DomainError as error:
        return Tried([error])
    return Tried(pdf=pdf, said=said or gettext("With dummy values."))


def _of_entry(
    template: Own, register: Register, number: str, sheet: Sheet, values: dict[str, Any]
) -> tuple[Sheet, dict[str, Any], str]:
    """The values of an entry and whose they are; where there is none, the given ones and why."""
    entry = listing.numbered(register, number)
    if entry is None:
        missing = DomainError("register.entry_missing", register=register.name, number=number)
        return sheet, values, missing.text(gettext)
    entries.note_look(entry, **present.who())
    entry = listing.seen(register, entry.id)
    actor = present.actor()
    occasion = papers.Occasion(at=present.now(), officer=actor.name, title=actor.title)
    frozen = register_papers.content(register, entry, occasion, issuing.lookup())
    said = gettext("With the values of the entry %(number)s.", number=entry.number)
    return thaw(template.paper.context, frozen), frozen["data"], said


def _of_dossier(
    template: Own, code: str, sheet: Sheet, values: dict[str, Any]
) -> tuple[Sheet, dict[str, Any], str]:
    """The values of a dossier and whose they are; where it has none, the given ones and why."""
    try:
        dossier = _dossier(code)
        sheet, values = _real(template, dossier)
    except DomainError as error:
        return sheet, values, error.text(gettext)
    return sheet, values, gettext("With the values of dossier %(code)s.", code=dossier.code)


def _dossier(code: str) -> Dossier:
    query = sa.select(Dossier).where(Dossier.code == code.strip().upper())
    dossier = db.session.scalars(query).first()
    if dossier is None:
        raise DomainError("dossier.not_found")
    paper_templates.note_look(dossier, **present.who())
    db.session.refresh(dossier)
    return dossier


def _real(template: Own, dossier: Dossier) -> tuple[Sheet, dict[str, Any]]:
    """What a dossier says on such a paper: as it was issued last, or as it would be issued now."""
    kind, said = template.paper.context, data_of(dossier)
    last = next((p for p in contents.papers_of(dossier) if p.form == template.form), None)
    if last is not None:
        return thaw(kind, last.content), {**said, **(last.content.get("data") or {})}
    actor = present.actor()
    occasion = papers.Occasion(at=present.now(), officer=actor.name, title=actor.title)
    if template.form in ON_REQUEST:
        frozen = papers.content(template.form, dossier, occasion, issuing.lookup())
    elif template.form in own.PAPERS:
        raise DomainError("template.no_data")
    else:
        frozen = papers.own_content(dossier, occasion, issuing.lookup())
    return thaw(kind, frozen), said
