"""The form of a part: the fields of its declaration, with the choices that its version gives."""

import enum
import re
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, lazy_gettext as _l
from wtforms import Field, TextAreaField

from domain.codes import FeeMoment, ResultAct, StepKind
from domain.data_fields import IN_ROWS, INTAKE
from domain.field_kinds import FieldKind
from domain.roles import Role
from models.base import Row, db
from models.organisation import Unit
from models.outcome import ActionKind, ActionMoment, ProcedureResult, StepAction
from models.procedure import DataField, FeeRule, ProcedureStep, ProcedureVersion
from models.register import Register, RegisterField
from printing import issued
from printing.registry import PAPERS
from services import paper_templates
from services.draft_checks.outcomes import ON_REQUEST
from services.part_names import NAMES
from services.part_rules import FORMULAS
from views.designer.fills import fills_for
from views.designer.sections import KINDS, OF_COLUMNS, Section, fits
from views.generated.columns import Column, register_of
from views.generated.fields import McForm, Typed, ViSelect, field_of
from views.generated.titles import title

Pairs = list[tuple[str, str]]
PER = {"case": _l("dossier"), "page": _l("page"), "copy": _l("copy")}
#: What a new part is until told otherwise.
FIRST: dict[type[Row], dict[str, Any]] = {
    DataField: {"kind": FieldKind.text},
    ProcedureStep: {"kind": StepKind.work, "role": Role.officer},
    FeeRule: {"moment": FeeMoment.on_receipt, "per": "case"},
    RegisterField: {"kind": FieldKind.text},
    ProcedureResult: {"act": ResultAct.create},
    StepAction: {"kind": ActionKind.print, "moment": ActionMoment.exit},
}


class Among(ViSelect):
    """A value that is chosen among what the version has; another one that stands there stays."""

    among: Pairs = []

    def chosen(self) -> tuple[str, str] | None:
        """(code, words) of the value."""
        if self.data is None:
            return None
        code = self.data.value if isinstance(self.data, enum.Enum) else str(self.data)
        return code, dict(self.among).get(code, code)

    def offered(self) -> Pairs:
        """(code, words) of all there is to choose."""
        chosen = self.chosen()
        known = chosen is None or chosen[0] in dict(self.among)
        return [*self.among] if known else [*self.among, chosen]  # type: ignore[list-item]


class Ticks(Typed, Field):  # type: ignore[misc]
    """Several of a list, a box each; kept as one text."""

    among: Pairs = []
    codes: list[str] = []

    def process_data(self, value: Any) -> None:
        """Show a value."""
        self.data = value
        self.codes = [code for code in re.split(r"[\s,;]+", value or "") if code]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the boxes that were ticked."""
        super().process_formdata([", ".join(valuelist)])
        self.codes = [*valuelist]

    def boxes(self) -> list[tuple[str, str, bool]]:
        """(code, words, ticked) of all there is, what stands there without being known last."""
        known = dict(self.among)
        unknown = [(code, code) for code in self.codes if code not in known]
        return [(code, words, code in self.codes) for code, words in [*self.among, *unknown]]


class Condition(Typed, TextAreaField):  # type: ignore[misc]
    """A condition or a calculation: as many lines as it needs, kept as one."""


class PartForm(McForm):
    """The form of a part of a version."""

    def values(self) -> dict[str, Any]:
        """Column → value; what does not fit the kind of the part is left empty."""
        found = super().values()
        kind = found.get("kind") or found.get("act")
        model = self.declared.model
        for column in self.declared.columns:
            column_of_table = found.get("group") and model in (DataField, RegisterField)
            if not fits(model, column.name, kind) or (
                column_of_table and column.name not in OF_COLUMNS
            ):
                found[column.name] = False if column.kind == "yes_no" else None
        return found


def form_of(section: Section, version: ProcedureVersion, row: Any, table: str) -> type[PartForm]:
    """The form class for a row of a section, or for a new one; table: it is a column of this one."""
    model: Any = section.model
    whole = register_of(model)
    wanted = [n for n in section.names if not table or n in OF_COLUMNS]
    columns = tuple(_asked(whole[n]) if n == NAMES.get(model) else whole[n] for n in wanted)
    register = replace(whole, columns=columns)
    made = {c.name: _field(c, model, version, row, table) for c in columns}
    return type(f"{model.__name__}PartForm", (PartForm,), {"declared": register, **made})


def _asked(column: Column) -> Column:
    """A name, which need not be written: then it is made from the words."""
    left_empty = gettext("Left empty it is made from the words")
    helps = ". ".join(str(part) for part in (column.ui.help, left_empty) if part)
    return replace(column, required=False, ui=replace(column.ui, help=helps))


def _field(
    column: Column, model: type[Row], version: ProcedureVersion, row: Any, table: str
) -> Any:
    """The field of a column: the generated one, unless the version knows what may be chosen."""
    plain = field_of(column, f"{model.__name__}View")
    if column.name in FORMULAS.get(model, ()):
        return _like(plain, "TextAreaField", Condition, column, rows=1, spellcheck="false")
    if column.name == "fills":
        return _like(plain, "Fills", fills_for(version, row), column)
    if (model, column.name) in _TICKED:
        among = _TICKED[model, column.name](version)
        return _like(plain, "Ticks", type("Ticks", (Ticks,), {"among": among}), column)
    if (model, column.name) in _AMONG:
        among = _AMONG[model, column.name](version, row, table)
        return _like(plain, "SelectField", type("Among", (Among,), {"among": among}), column)
    if column.name == "condition":
        plain.kwargs["render_kw"] = {**plain.kwargs["render_kw"], "list": "cases"}
    return plain


def _like(plain: Any, name: str, base: type[Any], column: Column, **more: Any) -> Any:
    """A field with the label and help of the generated one; `name` is known to the templates."""
    made = type(name, (base,), {"column": column, "endpoint": ""})
    attributes = {**(plain.kwargs.get("render_kw") or {}), **more}
    return made(**{**plain.kwargs, "render_kw": attributes})


# ---- what may be chosen --------------------------------------------------------------------------
def _kinds(_version: ProcedureVersion, _row: Any, table: str) -> Pairs:
    return [(k.value, title(k)) for k in FieldKind if not table or k in IN_ROWS]


def tables(version: ProcedureVersion, row: Any = None, _table: str = "") -> Pairs:
    """The tables of a version, of which fields may be columns: (name, label)."""
    return [
        (f.key, f.label) for f in version.data_fields if f.kind is FieldKind.group and f is not row
    ]


def _steps_before(version: ProcedureVersion, row: Any, _table: str) -> Pairs:
    here = row.position if row is not None else len(version.steps) + 1
    return [(str(s.position), str(s)) for s in version.steps if s.position < here]


def _functions(_version: ProcedureVersion, _row: Any, _table: str) -> Pairs:
    """The functions of departments, each with the name of one that has it."""
    query = (
        sa.select(Unit.function, sa.func.min(Unit.name))
        .where(Unit.function.is_not(None))
        .group_by(Unit.function)
        .order_by(Unit.function)
    )
    return [(code, f"{code} · {name}") for code, name in db.session.execute(query) if code]


def _per(_version: ProcedureVersion, _row: Any, _table: str) -> Pairs:
    return [(code, str(words)) for code, words in PER.items()]


def _stages(version: ProcedureVersion) -> Pairs:
    later = [s for s in version.steps if s.position > 1]
    return [(INTAKE, gettext("At the counter")), *((str(s.position), str(s)) for s in later)]


def _readers(_version: ProcedureVersion) -> Pairs:
    return [(role.value, title(role)) for role in Role if role is not Role.system]


def _steps(version: ProcedureVersion, _row: Any, _table: str) -> Pairs:
    return [(str(s.position), str(s)) for s in version.steps]


def _forms(version: ProcedureVersion, _row: Any, _table: str) -> Pairs:
    """The papers that can be printed of a dossier at any time, the office's own first."""
    names = issued.names()
    own = [
        one.form
        for one in paper_templates.in_use()
        if one.form not in PAPERS and one.procedure_id in (None, version.procedure_id)
    ]
    return [(form, names.get(form, form)) for form in dict.fromkeys((*own, *ON_REQUEST))]


def _fees(version: ProcedureVersion, _row: Any, _table: str) -> Pairs:
    return list({fee.code: (fee.code, fee.name) for fee in version.fees}.values())


def _results(version: ProcedureVersion, _row: Any, _table: str) -> Pairs:
    return [(result.code, result.name) for result in version.results]


def _numbers(version: ProcedureVersion, _row: Any, _table: str) -> Pairs:
    """The fields in which the number of an entry may stand."""
    texts = (f for f in version.data_fields if f.kind is FieldKind.text and not f.group)
    return [(f.key, f.label) for f in texts]


def _register_kinds(_register: Any, _row: Any, table: str) -> Pairs:
    kinds = (k for k in FieldKind if k is not FieldKind.file)
    return [(k.value, title(k)) for k in kinds if not table or k in IN_ROWS]


def _fields_of(register: Register, _row: Any, _table: str) -> Pairs:
    """The fields of a register that an entry may be called by."""
    apart = (FieldKind.heading, FieldKind.group)
    mine = (f for f in register.data_fields if not f.group and f.kind not in apart)
    return [(f.key, f.label) for f in mine]


def _dates_of(register: Register, _row: Any, _table: str) -> Pairs:
    dates = (f for f in register.data_fields if not f.group and f.kind is FieldKind.date)
    return [(f.key, f.label) for f in dates]


def _own_forms(_register: Register, _row: Any, _table: str) -> Pairs:
    """The papers of the office's own that are in use."""
    names = issued.names()
    forms = (one.form for one in paper_templates.in_use() if one.form not in PAPERS)
    return [(form, names.get(form, form)) for form in dict.fromkeys(forms)]


_AMONG: dict[tuple[type[Row], str], Any] = {
    (DataField, "kind"): _kinds,
    (DataField, "group"): tables,
    (ProcedureStep, "same_as"): _steps_before,
    (ProcedureStep, "function"): _functions,
    (FeeRule, "per"): _per,
    (Register, "holder_key"): _fields_of,
    (Register, "starts_key"): _dates_of,
    (Register, "ends_key"): _dates_of,
    (Register, "form"): _own_forms,
    (RegisterField, "kind"): _register_kinds,
    (RegisterField, "group"): tables,
    (ProcedureResult, "found_by"): _numbers,
    (StepAction, "step"): _steps,
    (StepAction, "form"): _forms,
    (StepAction, "fee"): _fees,
    (StepAction, "result"): _results,
}
_TICKED: dict[tuple[type[Row], str], Any] = {
    (DataField, "stages"): _stages,
    (DataField, "readers"): _readers,
    (RegisterField, "readers"): _readers,
    (StepAction, "notified"): _readers,
    **{(Register, right): _readers for right in ("readers", "writers", "revokers", "exporters")},
}


# ---- filled in -----------------------------------------------------------------------------------
def empty(section: Section, table: str) -> dict[str, Any]:
    """What a new part is until told otherwise."""
    found = dict(FIRST.get(section.model, {})) if section.model is not None else {}
    return {**found, "group": table} if table else found


def asks_more(row: Any) -> bool:
    """Whether only a kept row can ask all: the fields of a register are known once it is chosen."""
    return isinstance(row, ProcedureResult) and row.act is not ResultAct.revoke


def kinds_of(section: Section, name: str) -> str:
    """The kinds that have a property, for the script that hides it from the others; empty: all."""
    allowed = KINDS.get(section.model, {}).get(name) if section.model is not None else None
    return " ".join(sorted(kind.value for kind in allowed)) if allowed else ""
