"""The rows of a section: what each part is, in a line that can be read at a glance."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask_babel import gettext, ngettext

from domain.data_fields import INTAKE
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.outcome import ActionKind, ProcedureResult, StepAction
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
)
from models.register import RegisterField
from printing import issued
from services.dossier.data import choices_of, stages_of
from services.part_order import arranged, numbered
from views.counter.lines import cases_of
from views.designer.checking import Told
from views.designer.sections import Section
from views.generated.titles import title
from views.generated.values import number, term_words


class Fact(NamedTuple):
    """A piece of the line below a name; a code is written as it is, never translated."""

    text: str
    code: str = ""


@dataclass
class Line:
    """A part in its list. `findings`: of the checks, `columns`: of a table, `first`/`last`: of its like."""

    id: str
    name: str
    number: str
    facts: list[Fact]
    required: bool = False
    movable: bool = True
    table: str = ""
    columns: list["Line"] = field(default_factory=list)
    findings: list[Told] = field(default_factory=list)
    first: bool = False
    last: bool = False

    @property
    def errors(self) -> list[Told]:
        """What stops publishing, said in the row."""
        return [one for one in self.findings if one.severity == "error"]

    @property
    def remarks(self) -> list[Told]:
        """What is only counted in the row."""
        return [one for one in self.findings if one.severity != "error"]


def of(section: Section, version: ProcedureVersion, findings: Iterable[Told]) -> list[Line]:
    """The rows of a section in their order, columns within their table."""
    parts: list[Any] = arranged(getattr(version, section.rows)) if section.rows else []
    by_part: dict[str, list[Told]] = {}
    for finding in findings:
        if finding.part_id:
            by_part.setdefault(finding.part_id, []).append(finding)
    tops: list[Line] = []
    by_key: dict[str, Line] = {}
    for part in parts:
        line = _line(part, version, by_part.get(part.id, []))
        owner = (
            by_key.get(part.group or "") if isinstance(part, DataField | RegisterField) else None
        )
        (owner.columns if owner is not None else tops).append(line)
        if line.table:
            by_key[line.table] = line
    _ends(tops)
    return tops


def _ends(lines: list[Line]) -> None:
    """Number the lines, and mark the first and the last: they cannot move further."""
    for place, line in enumerate(lines, 1):
        line.number = str(place)
        line.first, line.last = place == 1, place == len(lines)
        _ends(line.columns)


def _line(part: Any, version: ProcedureVersion, findings: list[Told]) -> Line:
    table = (
        part.key
        if isinstance(part, DataField | RegisterField) and part.kind is FieldKind.group
        else ""
    )
    return Line(
        part.id,
        _name(part),
        "",
        _FACTS[type(part)](part, version),
        required=isinstance(part, DataField | RegisterField | RequiredDocument)
        and bool(part.required),
        movable=numbered(type(part)),
        table=table,
        findings=findings,
    )


def _name(part: Any) -> str:
    if isinstance(part, StepAction):
        return title(part.kind)
    return str(getattr(part, "label", None) or part.name)


def _if(words: str, code: str | None) -> list[Fact]:
    return [Fact(words, code)] if code else []


def _field(row: DataField, version: ProcedureVersion) -> list[Fact]:
    count = len(choices_of(row.choices))
    words = title(row.kind)
    if row.kind in (FieldKind.choice, FieldKind.choices):
        words = f"{words} ({count})"
    found = [Fact(words, row.key)]
    found += _if(gettext("shown if"), row.show_if)
    found += _if(gettext("required if"), row.required_if)
    found += _if(gettext("calculated"), row.calculated)
    places = stages_of(getattr(row, "stages", None))
    if places and places != {INTAKE}:
        found.append(Fact(_stages(places)))
    if row.readers:
        found.append(Fact(gettext("seen by some only")))
    if getattr(row, "retired", False):
        found.append(Fact(gettext("not asked any more")))
    return found


def _stages(places: frozenset[str]) -> str:
    steps = ", ".join(sorted((p for p in places if p != INTAKE), key=lambda p: (len(p), p)))
    at_step = gettext("filled in at step %(steps)s", steps=steps)
    return f"{gettext('At the counter')}, {at_step}" if INTAKE in places else at_step


def _paper(row: RequiredDocument, version: ProcedureVersion) -> list[Fact]:
    counts = []
    if row.originals:
        counts.append(ngettext("%(num)d original", "%(num)d originals", row.originals))
    if row.copies:
        counts.append(ngettext("%(num)d copy", "%(num)d copies", row.copies))
    found = [Fact(", ".join(counts))] if counts else []
    if row.condition:
        found.append(Fact(row.condition_text or gettext("only in the case"), row.condition))
    found += _if(gettext("only if"), row.only_if)
    if row.from_register:
        found.append(Fact(gettext("not asked for: obtainable from a register")))
    if row.blank_name:
        found.append(Fact(gettext("with a blank form"), (row.blank_type or "").upper()))
    return found


def _step(row: ProcedureStep, _version: ProcedureVersion) -> list[Fact]:
    found = [Fact(title(row.kind)), Fact(title(row.role), row.function or "")]
    if row.term:
        found.append(Fact(term_words(row.term)))
    if row.external_body:
        found.append(Fact(row.external_body))
    if row.group:
        found.append(Fact(gettext("side by side, group %(group)s", group=row.group)))
    found += _if(gettext("only if"), row.only_if)
    if row.same_as:
        found.append(Fact(gettext("same person as step %(step)s", step=row.same_as)))
    if row.silence:
        found.append(Fact(gettext("silence means consent")))
    return found


def _fee(row: FeeRule, version: ProcedureVersion) -> list[Fact]:
    amount = gettext("amount not confirmed")
    if row.amount is not None:
        amount = f"{number(row.amount)} ₫"
    found = [Fact(amount), Fact(title(row.moment))]
    if row.condition:
        words = cases_of(version).get(row.condition, gettext("only in the case"))
        found.append(Fact(words, row.condition))
    found += _if("×", row.quantity)
    found += _if(gettext("only if"), row.only_if)
    found += _if(gettext("free of charge if"), row.free_if)
    return found


def _case(row: CaseTerm, _version: ProcedureVersion) -> list[Fact]:
    return [Fact(term_words(row.term), row.case)]


def _result(row: ProcedureResult, version: ProcedureVersion) -> list[Fact]:
    found = [Fact(title(row.act)), Fact(row.register.name, row.register.code)]
    found += _if(gettext("entry with the number in"), row.found_by)
    early = [a.step for a in version.actions if a.result == row.code]
    if early:
        found.append(Fact(gettext("at step %(step)s", step=early[0])))
    else:
        found.append(Fact(gettext("when the work ends")))
    found += _if(gettext("only if"), row.only_if)
    return found


def _action(row: StepAction, version: ProcedureVersion) -> list[Fact]:
    step = next((str(s) for s in version.steps if s.position == row.step), str(row.step))
    found = [Fact(step), Fact(title(row.moment))]
    code = row.form or row.fee or row.result
    if code:
        found.append(Fact(_called(row, version), code))
    if row.kind is ActionKind.notify:
        roles = ", ".join(title(Role(name)) for name in (row.notified or "").split())
        found += [Fact(roles), Fact(row.text or "")]
    found += _if(gettext("only if"), row.only_if)
    return found


def _called(row: StepAction, version: ProcedureVersion) -> str:
    """The name of what an action prints, asks for or registers."""
    if row.form:
        return issued.names().get(row.form, "")
    fees = {fee.code: fee.name for fee in version.fees}
    results = {result.code: result.name for result in version.results}
    return fees.get(row.fee or "") or results.get(row.result or "") or ""


_FACTS: dict[type[Any], Callable[[Any, ProcedureVersion], list[Fact]]] = {
    DataField: _field,
    RequiredDocument: _paper,
    ProcedureStep: _step,
    FeeRule: _fee,
    CaseTerm: _case,
    ProcedureResult: _result,
    StepAction: _action,
    RegisterField: _field,
}
