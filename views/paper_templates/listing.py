"""The list of all forms: those that come with the product, and the office's own."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext

from domain import names
from models.base import db
from models.paper_template import PaperTemplate, TemplateState
from models.procedure import Procedure
from printing.registry import PAPERS
from printing.templates import FOLDER
from services import paper_templates

#: Where the text stands from which a paper of one's own is begun.
OWN_START = "_shared/own_paper.html"
#: The choice of a certificate of a register, and the text from which one is begun.
CERTIFICATE, CERTIFICATE_START = "so-dang-ky", "_shared/register_paper.html"


@dataclass
class Form:
    """A form with its versions. `fixed`: drawn without a template; `procedure`: whose it is alone."""

    code: str
    name: str
    built_in: bool
    fixed: bool = False
    procedure: str = ""
    procedure_id: str = ""
    versions: list[PaperTemplate] = field(default_factory=list)

    def one(self, state: TemplateState) -> PaperTemplate | None:
        """The version in that state."""
        return next((v for v in self.versions if v.state is state), None)

    @property
    def used(self) -> PaperTemplate | None:
        """What is printed from."""
        return self.one(TemplateState.published)

    @property
    def draft(self) -> PaperTemplate | None:
        """What is being written."""
        return self.one(TemplateState.draft)

    @property
    def newest(self) -> PaperTemplate | None:
        """The version to look at first."""
        return self.draft or self.used or next(iter(self.versions), None)


def forms() -> tuple[list[Form], list[Form]]:
    """The built-in forms in their order; then the templates of single procedures and of one's own papers."""
    query = sa.select(PaperTemplate).order_by(PaperTemplate.number.desc())
    series: dict[str, list[PaperTemplate]] = {}
    for row in db.session.scalars(query):
        series.setdefault(row.series, []).append(row)
    built_in = [
        Form(code, gettext(paper.name), True, paper.template is None, "", series.pop(code, []))
        for code, paper in PAPERS.items()
    ]
    known = procedures(rows[0].procedure_id for rows in series.values())
    own = [
        Form(
            rows[0].form,
            rows[0].name,
            rows[0].form in PAPERS,
            procedure=known.get(rows[0].procedure_id or "", ""),
            procedure_id=rows[0].procedure_id or "",
            versions=rows,
        )
        for rows in series.values()
    ]
    return built_in, sorted(own, key=lambda one: (names.sort_key(one.name), one.procedure))


def procedures(ids: Iterable[str | None]) -> dict[str, str]:
    """Id → name of procedures."""
    wanted = {one for one in ids if one}
    query = sa.select(Procedure.id, Procedure.name).where(Procedure.id.in_(wanted))
    return {row.id: row.name for row in db.session.execute(query)}


def built_in_body(form: str) -> str:
    """The text of a form as it comes with the product; for a paper of one's own, what it begins with."""
    paper = PAPERS.get(form)
    certificate = form == CERTIFICATE or paper_templates.register_of(form) is not None
    start = CERTIFICATE_START if certificate else OWN_START
    place = f"{paper.template}/template.html" if paper else start
    return (FOLDER / place).read_text(encoding="utf-8").strip()


def free_code(name: str) -> str:
    """A code for a paper of one's own, from its name, that no form has: “Giấy phép” is giay_phep."""
    stem = names.fold(name).replace(" ", "_")[:34].strip("_")
    if not stem[:1].isalpha():
        stem = f"giay_{stem}".strip("_")
    taken = {*PAPERS, *paper_templates.names()}
    tries = (stem, *(f"{stem}_{n}" for n in range(2, 1_000)))
    return next(code for code in tries if code not in taken)
