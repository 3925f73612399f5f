"""What a version does by itself: results that are registered, actions of its steps."""

from collections.abc import Iterator

from domain.codes import ResultAct
from domain.data_fields import PARTS
from domain.field_kinds import FieldKind
from domain.register import fills_of
from models.outcome import ActionKind, ProcedureResult, StepAction
from models.procedure import ProcedureVersion
from models.register import RegisterField, RegisterUse
from services import paper_templates
from services.draft_checks import conditions
from services.draft_checks.conditions import Place
from services.draft_checks.finding import Finding, found
from services.draft_checks.naming import Names
from services.registers.results import FACTS, TODAY

#: Kinds that are copied whole: a formula cannot make them.
_WHOLE = frozenset(PARTS) | {FieldKind.group, FieldKind.choices}
#: Papers that come with the product and can be printed of any dossier at any time.
ON_REQUEST = ("receipt_slip", "control_slip")
#: Acts that need all that a register demands; a change keeps what stands there.
_NEW = frozenset({ResultAct.create})


def check(version: ProcedureVersion, names: Names) -> Iterator[Finding]:
    """What is wrong with the results and the actions."""
    for result in version.results:
        yield from _result(result, version, names)
    for action in version.actions:
        yield from _action(action, version, names)


# ---- results -------------------------------------------------------------------------------------
def _result(result: ProcedureResult, version: ProcedureVersion, names: Names) -> Iterator[Finding]:
    register = result.register
    if register is None:
        return
    if register.use is not RegisterUse.open:
        yield found("results.not_open", "results", result, "register", register=register.name)
    if result.act is not ResultAct.create and result.found_by not in names.fields:
        yield found("results.found_by", "results", result, "found_by", key=result.found_by or "")
    yield from conditions.check(result.only_if, Place("results", result, "only_if"), names)
    if result.act is not ResultAct.revoke:
        yield from _fills(result, names)


def _fills(result: ProcedureResult, names: Names) -> Iterator[Finding]:
    register = result.register
    fields = {f.key: f for f in register.data_fields if not f.group and not f.retired}
    at = ("results", result, "fills")
    written = fills_of(result.fills)
    known = names.with_facts([*FACTS, TODAY])
    for fill in written:
        if fill.key not in fields:
            yield found("results.no_field", *at, register=register.name, key=fill.key)
            continue
        yield from conditions.check(fill.formula, Place("results", result, "fills"), known)
        source = names.fields.get(fill.formula)
        field = fields[fill.key]
        if field.kind in _WHOLE and (source is None or source.kind is not field.kind):
            yield found("results.other_kind", *at, label=field.label, kind=field.kind)
    if result.act in _NEW:
        filled = {fill.key for fill in written}
        for key, field in fields.items():
            if _demanded(field) and key not in filled and not _same(field, names):
                yield found("results.not_filled", *at, register=register.name, label=field.label)


def _demanded(field: RegisterField) -> bool:
    return bool(field.required) and not field.show_if and not field.calculated and not field.default


def _same(field: RegisterField, names: Names) -> bool:
    source = names.fields.get(field.key)
    return source is not None and source.kind is field.kind


# ---- actions -------------------------------------------------------------------------------------
def _action(action: StepAction, version: ProcedureVersion, names: Names) -> Iterator[Finding]:
    if all(step.position != action.step for step in version.steps):
        yield found("actions.no_step", "actions", action, "step", step=action.step)
    if action.kind is ActionKind.fee and action.fee not in {fee.code for fee in version.fees}:
        yield found("actions.no_fee", "actions", action, "fee", code=action.fee or "")
    if action.kind is ActionKind.register:
        codes = {result.code for result in version.results}
        if action.result not in codes:
            yield found("actions.no_result", "actions", action, "result", code=action.result or "")
    if action.kind is ActionKind.print and not _printable(action.form or "", version):
        yield found("actions.no_paper", "actions", action, "form", code=action.form or "")
    place = Place("actions", action, "only_if", action.step)
    yield from conditions.check(action.only_if, place, names)


def _printable(form: str, version: ProcedureVersion) -> bool:
    """Whether a paper can be printed of the dossiers of a version."""
    return form in ON_REQUEST or paper_templates.current(form, version.procedure_id) is not None
