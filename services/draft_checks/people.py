"""Whether the offices that resolve a procedure have somebody for each of its steps."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import Role as AccountRole, User

from domain.codes import StepKind
from domain.roles import Role
from models.base import db
from models.officer import Officer
from models.organisation import Unit, UnitKind
from models.procedure import ProcedureStep, ProcedureVersion
from services.dossier.steps import unit_with
from services.draft_checks.finding import Finding, found
from services.draft_checks.rows import ENDS
from services.offering import offered

#: Units that are named before the rest is only counted.
_NAMED = 3


class _Office(NamedTuple):
    """An agency with its departments and the roles held in each of its units."""

    name: str
    departments: Sequence[Any]
    roles: Mapping[str, frozenset[str]]


def check(version: ProcedureVersion) -> Iterator[Finding]:
    """Steps whose role nobody in service holds, in the agencies of the procedure's level.

    Only agencies whose officers have accounts count: the others do not work with the product yet.
    """
    if version.procedure is None or not version.steps:
        return
    offices = _offices(version)
    if not offices:
        yield found("steps.no_agency", "steps")
        return
    for step in version.steps:
        if step.kind is not StepKind.transfer:
            yield from _step(step, offices)


def _step(step: ProcedureStep, offices: Sequence[_Office]) -> Iterator[Finding]:
    missing = [(office, unit) for office in offices if (unit := _without(step, office))]
    if len(missing) == len(offices):
        units = dict.fromkeys(unit for _, unit in missing)
        yield found(
            "steps.nobody", "steps", step, "role", role=step.role, units=list(units)[:_NAMED]
        )
    elif missing:
        names = [office.name for office, _ in missing][:_NAMED]
        yield found(
            "steps.nobody_at",
            "steps",
            step,
            "role",
            role=step.role,
            count=len(missing),
            all=len(offices),
            units=names,
        )


def _without(step: ProcedureStep, office: _Office) -> str | None:
    """The department of this step in an office, if nobody there may do it."""
    wanted = {step.role.value}
    if step.kind is StepKind.consult:  # a department is asked as a whole: its head may answer
        wanted.add(Role.head.value)
    if step.kind in ENDS:
        held = frozenset().union(*office.roles.values())
        return None if wanted & held else office.name
    if not office.departments:
        return office.name
    unit = unit_with(step.function, office.departments)
    return None if wanted & office.roles.get(unit.id, frozenset()) else unit.full_name


class Gap(NamedTuple):
    """What an agency lacks for a step: a department with its function, else somebody with its role in
    `unit`; for no step in particular, anybody with an account."""

    step: ProcedureStep | None
    unit: str | None = None


def gaps(version: ProcedureVersion, agencies: Sequence[Unit], on: dt.date) -> dict[str, list[Gap]]:
    """Agency → what it lacks for the steps of a version on a day, whether it offers it or not."""
    held = _held()
    departments = _departments([unit.id for unit in agencies], on)
    found: dict[str, list[Gap]] = {}
    for unit in agencies:
        office = _Office(unit.full_name, departments[unit.id], held.get(unit.id, {}))
        lacks = [*_lacking(version, office)]
        found[unit.id] = lacks if office.roles else [Gap(None), *(g for g in lacks if not g.unit)]
    return found


def _lacking(version: ProcedureVersion, office: _Office) -> Iterator[Gap]:
    functions = {department.function for department in office.departments}
    for step in version.steps:
        if step.kind is StepKind.transfer:
            continue
        if step.function and step.function not in functions:
            yield Gap(step)
        elif unit := _without(step, office):
            yield Gap(step, unit)


# ---- gathering -----------------------------------------------------------------------------------
def _offices(version: ProcedureVersion) -> list[_Office]:
    """Agencies of the level that offer it, with officers in service, or, of a level that is no kind of
    unit, those that have a department for one of the steps."""
    level = version.procedure.level.value
    held = _held()
    agencies = db.session.execute(
        sa.select(Unit.id, Unit.full_name, Unit.kind)
        .where(Unit.is_agency, Unit.id.in_(held), *_valid(version.valid_from))
        .order_by(Unit.code)
    ).all()
    departments = _departments([row.id for row in agencies], version.valid_from)
    own = {s.function for s in version.steps if s.function} - {"UBND", "VP", "MC"}
    by_kind = level in {kind.value for kind in UnitKind}
    chosen = offered(version.procedure.id)
    if chosen is not None:
        agencies = [row for row in agencies if row.id in chosen]
    return [
        _Office(row.full_name, departments[row.id], held[row.id])
        for row in agencies
        if (row.kind == level if by_kind else own & {d.function for d in departments[row.id]})
    ]


def _held() -> dict[str, dict[str, frozenset[str]]]:
    """Agency → unit → names of the roles that officers in service hold there."""
    query = (
        sa.select(Unit.agency_id, Unit.id, AccountRole.name)
        .join(Officer, Officer.unit_id == Unit.id)
        .join(User, User.id == Officer.user_id)
        .join(User.roles)
        .where(Officer.active, User.active)
        .distinct()
    )
    found_: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for agency, unit, role in db.session.execute(query):
        found_[agency][unit].add(role)
    return {a: {u: frozenset(r) for u, r in units.items()} for a, units in found_.items()}


def _departments(agencies: Sequence[str], on: dt.date) -> dict[str, list[Any]]:
    kinds = (UnitKind.department, UnitKind.counter)
    query = (
        sa.select(Unit.id, Unit.agency_id, Unit.function, Unit.full_name)
        .where(Unit.agency_id.in_(agencies), Unit.kind.in_(kinds), *_valid(on))
        .order_by(Unit.code)
    )
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        rows[row.agency_id].append(row)
    return rows


def _valid(on: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    return (Unit.valid_from <= on, sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= on))
