"""The order of the parts of a draft: places 1, 2, 3 …, columns under their table, and what refers to a
step by its number."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa

from domain.errors import DomainError
from models.base import db
from models.outcome import ProcedureResult, StepAction
from models.procedure import (
    CaseTerm,
    DataField,
    FeeRule,
    ProcedureStep,
    ProcedureVersion,
    RequiredDocument,
)
from models.register import Register, RegisterField
from services.dossier.data import stages_of

Part: TypeAlias = (
    CaseTerm
    | DataField
    | FeeRule
    | ProcedureResult
    | ProcedureStep
    | RegisterField
    | RequiredDocument
    | StepAction
)
#: What parts belong to: the draft of a version, or a register of the office's own.
Owner: TypeAlias = ProcedureVersion | Register
#: Where the parts of a kind stand in their version.
LISTS: dict[type[Any], str] = {
    CaseTerm: "case_terms",
    DataField: "data_fields",
    RequiredDocument: "documents",
    ProcedureStep: "steps",
    FeeRule: "fees",
    ProcedureResult: "results",
    StepAction: "actions",
}
#: The same, with the fields of registers.
ALL_LISTS: dict[type[Any], str] = {**LISTS, RegisterField: "data_fields"}


def numbered(model: type[Any]) -> bool:
    """Whether parts of this kind have an order of their own."""
    return "position" in sa.inspect(model).columns


def owner_name(model: type[Any]) -> str:
    """The relation by which a part names what it belongs to."""
    return "register" if model is RegisterField else "version"


def rows_of(owner: Owner, model: type[Any]) -> list[Any]:
    """The parts of a kind as they are kept now, in their order."""
    order = getattr(type(owner), ALL_LISTS[model]).property.order_by
    mine = getattr(model, f"{owner_name(model)}_id") == owner.id
    query = sa.select(model).where(mine).order_by(*order)
    return [*db.session.scalars(query.execution_options(populate_existing=True))]


def last_place(rows: Iterable[Any]) -> int:
    """The highest place that is taken, 0 where none is."""
    return max((row.position for row in rows), default=0)


def table_of(part: Any) -> str | None:
    """The name of the table that a part is a column of."""
    return part.group if isinstance(part, DataField | RegisterField) else None


def columns_of(part: Any, owner: Owner) -> list[Any]:
    """The columns of a table, none of anything else."""
    if not isinstance(part, DataField | RegisterField) or part.group:
        return []
    return [row for row in owner.data_fields if row.group == part.key]


def arranged(rows: Iterable[Any]) -> list[Any]:
    """Parts in their order, each table followed by its columns, columns of no table last."""
    found = [*rows]
    if not any(table_of(row) for row in found):
        return found
    tops = [row for row in found if not row.group]
    keys = {row.key for row in tops}
    order = [one for row in tops for one in (row, *(c for c in found if c.group == row.key))]
    return [*order, *(row for row in found if row.group and row.group not in keys)]


def shifted(rows: Sequence[Any], part: Any, by: int) -> list[Any]:
    """The rows with a part `by` places further among its like, which ends at the ends."""
    like = [row for row in rows if table_of(row) == table_of(part)]
    old = like.index(part)
    like.insert(min(max(old + by, 0), len(like) - 1), like.pop(old))
    others = iter(like)
    return arranged([next(others) if row in like else row for row in rows])


def number(owner: Owner, rows: Sequence[Any]) -> None:
    """Give places 1, 2, 3 … in this order, never one twice at a moment; references to steps follow.

    Errors: step.order, when a step would stand before the one whose person it takes over.
    """
    moved = [(n, row) for n, row in enumerate(rows, 1) if row.position != n]
    places = {row.position: n for n, row in moved}
    steps = bool(moved) and isinstance(rows[0], ProcedureStep)
    for sign in (-1, 1) if steps else (1,):  # no two steps may have one number meanwhile
        for n, row in moved:
            row.position = sign * n
        db.session.flush()
    if steps:
        assert isinstance(owner, ProcedureVersion)
        _follow(owner, rows, places)


def _follow(
    version: ProcedureVersion, steps: Sequence[ProcedureStep], places: dict[int, int]
) -> None:
    for step in steps:
        if step.same_as is not None:
            step.same_as = places.get(step.same_as, step.same_as)
            if step.same_as >= step.position:
                raise DomainError("step.order")
    for field in version.data_fields:
        if stages := stages_of(field.stages):
            moved = {str(places.get(int(s), int(s))) if s.isdecimal() else s for s in stages}
            field.stages = ", ".join(sorted(moved, key=_stage))
    for action in version.actions:
        action.step = places.get(action.step, action.step)
    db.session.flush()


def _stage(stage: str) -> tuple[int, str]:
    return (int(stage), "") if stage.isdecimal() else (0, stage)


def refuse_referred(version: ProcedureVersion, step: ProcedureStep) -> None:
    """Refuse to take out a step that others name by its number. Errors: step.referred."""
    steps = [str(s) for s in version.steps if s.same_as == step.position and s is not step]
    here = str(step.position)
    fields = [str(f) for f in version.data_fields if here in stages_of(f.stages)]
    actions = [str(a) for a in version.actions if a.step == step.position]
    if steps or fields or actions:
        raise DomainError("step.referred", parts=[*steps, *fields, *actions])
