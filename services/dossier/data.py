"""The data of a dossier: the fields its version asks for, what was filled in, what follows from it.

Values stand in `Dossier.details["data"]` as JSON (`domain.data_fields.freeze`); those of listed fields
stand in `data_value` besides, so that lists can be narrowed by them.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain import formula, names
from domain.codes import StepState
from domain.data_fields import (
    INTAKE,
    FieldSpec,
    Filled,
    Values,
    fill,
    freeze,
    read_number,
    thaw,
    typed_again,
    words,
)
from domain.errors import DomainError
from domain.field_kinds import FieldKind
from models.base import db
from models.dossier import DataValue, Dossier, DossierStep
from models.outcome import ActionKind
from models.procedure import DataField, FeeRule, ProcedureVersion, RequiredDocument
from models.register import RegisterField
from services import reference
from services.dossier import data_files

#: Where the values stand in `Dossier.details`.
KEY = "data"
_TEXT = 200


# ---- the definition ------------------------------------------------------------------------------
def specs(version: ProcedureVersion) -> tuple[FieldSpec, ...]:
    """The fields of a version in their order, the columns of a table within it."""
    return specs_of(version.data_fields)


def specs_of(rows: Iterable[DataField | RegisterField]) -> tuple[FieldSpec, ...]:
    """The fields that these rows describe, the columns of a table within it."""
    rows = [*rows]
    columns: dict[str, list[FieldSpec]] = {}
    for row in rows:
        if row.group:
            columns.setdefault(row.group, []).append(_spec(row))
    return tuple(_spec(row, tuple(columns.get(row.key, ()))) for row in rows if not row.group)


def _spec(row: DataField | RegisterField, columns: tuple[FieldSpec, ...] = ()) -> FieldSpec:
    return FieldSpec(
        key=row.key,
        label=row.label,
        kind=row.kind,
        label_en=row.label_en or "",
        help=row.help or "",
        required=bool(row.required),
        required_if=row.required_if or "",
        show_if=row.show_if or "",
        calculated=row.calculated or "",
        default=row.default or "",
        choices=choices_of(row.choices),
        least=_bound(row.least),
        most=_bound(row.most),
        check=row.check or "",
        check_message=row.check_message or "",
        stages=stages_of(getattr(row, "stages", None)),
        readers=frozenset((row.readers or "").split()),
        columns=columns,
        listed=bool(row.listed),
        searched=bool(row.searched),
    )


def choices_of(text: str | None) -> tuple[tuple[str, str], ...]:
    """The lines of a list as (code, words): “cho_xe = Chỗ để xe”, or only the words.

    A line without code gets one from its words, without marks: “Chỗ để xe” is cho_de_xe.
    """
    found = []
    for line in (text or "").splitlines():
        code, sign, label = line.partition("=")
        if not sign:
            code, label = names.fold(line).replace(" ", "_"), line
        if code.strip() and label.strip():
            found.append((code.strip(), label.strip()))
    return tuple(found)


def stages_of(text: str | None) -> frozenset[str]:
    """“intake, 2” as a set; empty for the counter alone."""
    return frozenset(part.strip() for part in (text or "").split(",") if part.strip())


def _bound(text: str | None) -> Decimal | None:
    """A bound as administrators write it; one that cannot be read bounds nothing."""
    try:
        return read_number((text or "").strip())
    except DomainError:
        return None


def facts(version: ProcedureVersion, cases: Collection[str]) -> dict[str, bool]:
    """Every name in the version's conditions that is no field, as a case: whether it is given."""
    keys = {row.key for row in version.data_fields}
    used = (formula_names(text) for text in formulas(version))
    return {name: name in cases for found in used for name in found if name not in keys}


def formulas(version: ProcedureVersion) -> list[str]:
    """All conditions and calculations of a version."""
    texts: list[str | None] = []
    for row in version.data_fields:
        texts += [row.show_if, row.required_if, row.calculated, row.check]
    for document in version.documents:
        texts.append(document.only_if)
    for step in version.steps:
        texts.append(step.only_if)
    for fee in version.fees:
        texts += [fee.only_if, fee.quantity, fee.free_if]
    texts += [part.only_if for part in (*version.results, *version.actions)]
    return [text for text in texts if text]


def watched(version: ProcedureVersion) -> frozenset[str]:
    """The fields that something else depends on."""
    keys = {row.key for row in version.data_fields}
    return frozenset(name for text in formulas(version) for name in formula_names(text) & keys)


def formula_names(text: str) -> frozenset[str]:
    """The names a formula uses; none where it cannot be read."""
    try:
        return formula.parse(text).names
    except DomainError:
        return frozenset()


# ---- what follows from the data ------------------------------------------------------------------
class Known:
    """What conditions of one version may ask about one visit or dossier: its cases and its data."""

    def __init__(
        self, version: ProcedureVersion, cases: Collection[str], values: Values, today: dt.date
    ) -> None:
        self.today, self.cases, self.values = today, frozenset(cases), values
        #: Fees that a step asks for, by their code: the counter does not.
        self.later = frozenset(a.fee for a in version.actions if a.kind is ActionKind.fee)
        self.names: dict[str, Any] = {
            **{row.key: None for row in version.data_fields if not row.group},
            **facts(version, cases),
            **values,
        }

    def holds(self, condition: str | None) -> bool:
        """Whether a condition is met; without one it is, one that cannot be read is not."""
        if not condition:
            return True
        try:
            return formula.holds(condition, self.names, self.today)
        except DomainError:
            return False

    def asks_for(self, document: RequiredDocument) -> bool:
        """Whether a component is asked for: never what a register holds, else by case and condition."""
        case = document.condition is None or document.condition in self.cases
        return case and not document.from_register and self.holds(document.only_if)

    def charges(self, rule: FeeRule, *, at_step: bool = False) -> bool:
        """Whether a fee is taken on that day for this visit: by its days, its condition, its exemption.

        at_step: asked by a step of the work, which has fees that the counter does not take.
        """
        if not at_step and rule.code in self.later:
            return False
        begun = rule.valid_from is None or rule.valid_from <= self.today
        ended = rule.valid_to is not None and rule.valid_to < self.today
        free = bool(rule.free_if) and self.holds(rule.free_if)
        return begun and not ended and not free and self.holds(rule.only_if)

    def number(self, text: str | None) -> Decimal | None:
        """What a formula comes to, if it is a number."""
        if not text:
            return None
        try:
            found = formula.evaluate(text, self.names, self.today)
        except DomainError:
            return None
        return found if isinstance(found, Decimal) else None


def known(dossier: Dossier, today: dt.date, version: ProcedureVersion | None = None) -> Known:
    """What conditions may ask about a dossier as it stands."""
    version = version or version_of(dossier)
    return Known(version, dossier.cases or (), values_of(dossier, version), today)


def version_of(dossier: Dossier) -> ProcedureVersion:
    """The version a dossier was received under, with all its parts."""
    return reference.version(dossier.version_id) or dossier.procedure_version


def values_of(dossier: Dossier, version: ProcedureVersion | None = None) -> Values:
    """The values of a dossier, by key; see `domain.data_fields` for their shapes."""
    kept = (dossier.details or {}).get(KEY) or {}
    return thaw(specs(version or version_of(dossier)), kept) if kept else {}


def read(
    version: ProcedureVersion, typed: Mapping[str, Any], cases: Collection[str], today: dt.date
) -> Filled:
    """What was typed at the counter (key → text, list, parts, rows), read and checked."""
    return fill(specs(version), typed, today=today, facts=facts(version, cases))


# ---- keeping -------------------------------------------------------------------------------------
def keep(dossier: Dossier, fields: Iterable[FieldSpec], values: Values) -> None:
    """Write the values into a dossier, their words after its search key, what lists are narrowed by."""
    fields = tuple(fields)
    details = {k: v for k, v in (dossier.details or {}).items() if k != KEY}
    dossier.details = {**details, KEY: freeze(values)} if values else details
    found = names.fold(search_words(fields, values))
    if found:
        dossier.search_key = f"{dossier.search_key} {found}".strip()
    for spec in fields:
        value = values.get(spec.key)
        if spec.listed and value is not None:
            columns = narrowed_by(spec, value)
            row = DataValue(agency_id=dossier.agency_id, dossier=dossier, key=spec.key, **columns)
            db.session.add(row)


Data = tuple[tuple[FieldSpec, ...], Values]


def replace(dossier: Dossier, before: Data, after: Data) -> None:
    """Write other data in the place of what there was, each with the fields that define it."""
    db.session.execute(sa.delete(DataValue).where(DataValue.dossier_id == dossier.id))
    old = names.fold(search_words(*before))
    if old:
        dossier.search_key = dossier.search_key.removesuffix(old).rstrip()
    keep(dossier, *after)


def carry(dossier: Dossier, old: ProcedureVersion, new: ProcedureVersion) -> None:
    """Take the data along to another version: what it asks for, too, under the same name and kind."""
    before = specs(old)
    kinds = {f.key: f.kind for f in before}
    values = values_of(dossier, old)
    fields = specs(new)
    kept = {f.key: values[f.key] for f in fields if f.key in values and kinds[f.key] is f.kind}
    replace(dossier, (before, values), (fields, kept))
    data_files.show_to_readers(fields, kept)


def search_words(fields: Iterable[FieldSpec], values: Values) -> str:
    """The words by which the data finds its dossier."""
    return " ".join(words(f, values[f.key]) for f in fields if f.searched and f.key in values)


def narrowed_by(spec: FieldSpec, value: Any) -> dict[str, Any]:
    """What lists are narrowed by, for a value: one of `text` (folded), `number` and `day`."""
    if isinstance(value, dt.date):
        return {"day": value}
    if isinstance(value, bool):
        return {"text": "1" if value else "0"}
    if isinstance(value, int | Decimal):
        return {"number": Decimal(value)}
    if spec.kind in (FieldKind.choice, FieldKind.choices):
        return {"text": f"|{'|'.join(value if isinstance(value, list) else [value])}|"[:_TEXT]}
    return {"text": names.fold(words(spec, value))[:_TEXT]}


# ---- at which step -------------------------------------------------------------------------------
def stage_of(step: DossierStep) -> str:
    """Where data is filled in at a step: `intake` at the counter's own, else the step's position."""
    return INTAKE if step.position == 1 and step.leg.position == 1 else str(step.position)


def fillable(dossier: Dossier, step: DossierStep | None) -> tuple[FieldSpec, ...]:
    """The fields that whoever has this step fills in; none at a step of another agency."""
    if step is None or step.state not in (StepState.open, StepState.waiting):
        return ()
    if step.agency_id != dossier.agency_id:
        return ()
    return tuple(f for f in specs(version_of(dossier)) if f.filled_at(stage_of(step)))


def refill(dossier: Dossier, stage: str, typed: Mapping[str, Any], today: dt.date) -> Filled:
    """What the dossier's data becomes when this is typed into the fields of a stage."""
    version = version_of(dossier)
    return fill(
        specs(version),
        typed,
        today=today,
        facts=facts(version, dossier.cases or ()),
        before=values_of(dossier, version),
        stage=stage,
    )


def refuse_missing(dossier: Dossier, step: DossierStep | None, today: dt.date) -> None:
    """A step is not left before the data demanded at it is there. Errors: data.missing."""
    if labels := missing(dossier, step, today):
        raise DomainError("data.missing", fields=labels)


def missing(dossier: Dossier, step: DossierStep | None, today: dt.date) -> list[str]:
    """Labels of what must be filled in, or put right, before the step is left."""
    fields = fillable(dossier, step)
    if step is None or not fields:
        return []
    values = values_of(dossier)
    typed = {f.key: typed_again(f, values[f.key]) for f in fields if f.key in values}
    problems = refill(dossier, stage_of(step), typed, today).problems
    keys = {path.split("-")[0] for path in problems}
    return [f.label for f in fields if f.key in keys]


def unread(version: ProcedureVersion, roles: Collection[str]) -> frozenset[str]:
    """Labels of the fields that nobody with only these roles may read."""
    hidden = (f.label for f in specs(version) if f.readers and not f.readers & set(roles))
    return frozenset(hidden)
