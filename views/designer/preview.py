"""The form of a draft as whoever fills it in will see it; nothing typed there is kept."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from domain.data_fields import fill
from domain.errors import DomainError
from models.procedure import ProcedureVersion
from services.dossier import data
from views.counter.lines import cases_of
from views.data_form import DataForm

PREFIX = "d-"


@dataclass(frozen=True)
class Preview:
    """form: the inputs, none where a definition cannot work; cases: (code, words, ticked)."""

    form: DataForm | None
    cases: list[tuple[str, str, bool]]
    trouble: str = ""


def preview(version: ProcedureVersion, typed: Any, today: dt.date) -> Preview:
    """The fields of all stages with what was typed (a posted form, or none) and what follows from it."""
    ticked = set(typed.getlist("cases")) if typed is not None else set()
    cases = [(code, words, code in ticked) for code, words in cases_of(version).items()]
    fields = data.specs(version)
    form = DataForm(
        fields, typed=typed, prefix=PREFIX, watched=data.watched(version), uploads=False
    )
    known = data.facts(version, ticked)
    try:
        filled = fill(fields, form.typed, today=today, facts=known, stage=None)
    except DomainError as error:
        return Preview(None, cases, error.text(gettext))
    form.show(filled.shown, filled.values)
    if typed is not None:
        given = {p: e for p, e in filled.problems.items() if e.code != "value.required"}
        form.refuse(given)
    return Preview(form, cases)
