"""Papers of the office's own design: a template that an administrator wrote, filled in and printed.

`check` names the mistakes of a template with their lines, `render` prints one. Everything is refused
with a `DomainError` (template.*): no template reads a file, an address, a setting or another dossier.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.data_fields import FieldSpec
from domain.errors import DomainError
from printing.contexts import OwnPaperContext, Sheet
from printing.engine import A4, A4_LANDSCAPE, A5, PageSize, PaperError
from printing.own import checks, markup, sandbox, shapes
from printing.own.budget import spending
from printing.registry import COPY_LABELS, PAPERS, Paper, set_on_paper

#: Sheets a template may choose.
SIZES: dict[str, PageSize] = {"a5": A5, "a4": A4, "a4_landscape": A4_LANDSCAPE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A template: the form it replaces, or a code of its own, its name, sheet and text."""

    form: str
    name: str
    size: str
    body: str

    @property
    def paper(self) -> Paper:
        """The form it prints, on its own sheet of paper."""
        known = PAPERS.get(self.form)
        if known is not None:
            return replace(known, size=SIZES[self.size])
        return Paper(
            name=self.name,
            context=OwnPaperContext,
            template=None,
            file=self.form.replace("_", "-"),
            size=SIZES[self.size],
            numbers={},
            renamed={},
        )


def known(form: str, fields: Iterable[FieldSpec], keys: Iterable[str] = ()) -> shapes.Scope:
    """What a template of this form may name; see `shapes.scope`."""
    paper = PAPERS.get(form)
    return shapes.scope(paper.context if paper else OwnPaperContext, fields, keys)


def html(own: Own, context: Sheet, data: Mapping[str, Any], *, copies: int = 1) -> str:
    """The template filled in, as HTML that has been looked through. Errors: template.*."""
    if len(own.body.encode()) > checks.LONGEST_BODY:
        limit = checks.LONGEST_BODY // 1000
        raise DomainError("template.too_long", field="body", limit=limit)
    values = {
        "sheet": context,
        "paper": own.paper,
        "copies": COPY_LABELS.get(copies, ("",)),
        "data": sandbox.Data(dict(data)),
    }
    with spending() as budget:
        made = _filled(own.body, values)
        markup.check(made, budget.pictures, own.body)
    return made


def _filled(body: str, values: dict[str, Any]) -> str:
    pieces: list[str] = []
    total = 0
    try:
        for piece in sandbox.compiled(body).generate(values):
            total += len(piece)
            if total > markup.LONGEST:
                raise checks.TooMuch
            pieces.append(piece)
    except (DomainError, KeyboardInterrupt):
        raise
    except Exception as error:  # whatever a template can bring about is its mistake, told as one
        raise checks.refusal(error) from None
    return "".join(pieces)


def render(own: Own, context: Sheet, data: Mapping[str, Any], *, copies: int = 1) -> bytes:
    """The template filled in and printed, as PDF. Errors: template.*."""
    if not isinstance(context, own.paper.context):
        raise PaperError(f"no paper {own.form} for {type(context).__name__}")
    made = html(own, context, data, copies=copies)
    try:
        return set_on_paper(made, own.paper, own.paper.title(context.edition), copies=copies)
    except PaperError:
        raise DomainError("template.layout", field="body") from None


def check(own: Own, scope: shapes.Scope) -> list[DomainError]:
    """The mistakes of a template that show without printing it."""
    return checks.check(own.body, scope)
