"""What comes in beside a version: registers that are not here become drafts, and so do printed papers.

What is here already is never changed: in what it differs is said.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sqlalchemy as sa

from domain.data_fields import FieldSpec
from domain.errors import DomainError
from domain.events import Tag
from models.base import db
from models.ids import uuid7
from models.paper_template import PaperTemplate, TemplateState
from models.procedure import DataField
from models.register import Register, RegisterField, RegisterUse
from services import paper_templates
from services.acting import Actor
from services.comparing import Change, compare_registers
from services.dossier.data import specs_of
from services.packaging.body import REGISTER_FIELDS, Values, template_values
from services.packaging.problem import Problem
from services.packaging.reading import Package
from services.recording import record
from services.refusals import flush
from services.transaction import one_at_a_time

#: Proves a printed paper: its values, the fields it is filled in from, names of further fields → its
#: mistakes. Papers are printed above this layer, so whoever calls brings it along.
Press: TypeAlias = Callable[[Values, Sequence[FieldSpec], Collection[str]], list[DomainError]]


@dataclass(frozen=True)
class BesideRegister:
    """A register of a package. known: the one that is here and stays as it is; None where a draft is made.
    changes: from the one that is here, or from nothing."""

    place: str
    code: str
    name: str
    known: bool
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class BesideTemplate:
    """A printed paper of a package. makes: whether a draft is made of it; it is not where the same paper
    is here. before: what is printed now, None where nothing is. after: the package's. Values as TEMPLATE."""

    place: str
    after: Values
    before: Values | None = None
    makes: bool = True


# ---- what would come of it -----------------------------------------------------------------------
def registers_of(package: Package) -> list[BesideRegister]:
    """What is to be said of each register."""
    here = known_registers(row["code"] for row in package.registers)
    found = []
    for n, values in enumerate(package.registers, 1):
        known = here.get(values["code"])
        changes = compare_registers(known or Register(), loose_register(values))
        place, code, name = f"registers[{n}]", values["code"], values["name"]
        found.append(BesideRegister(place, code, name, known is not None, changes))
    return found


def templates_of(package: Package, procedure_id: str | None) -> list[BesideTemplate]:
    """What is to be said of each printed paper; procedure_id: of the procedure that is here."""
    found = []
    for n, values in enumerate(package.templates, 1):
        rows = _series(values, procedure_id)
        same = any(template_values(row) == values for row in rows)
        before = template_values(rows[0]) if rows else None
        found.append(BesideTemplate(f"templates[{n}]", values, before, not same))
    return found


def _series(values: Values, procedure_id: str | None) -> list[PaperTemplate]:
    """What is here of a paper: printed from now, then the draft."""
    if values["own"] and procedure_id is None:
        return []
    series = paper_templates.series_of(values["form"], procedure_id if values["own"] else None)
    rows = [r for r in paper_templates.versions(series) if r.state is not TemplateState.retired]
    return sorted(rows, key=lambda row: row.state is not TemplateState.published)


def known_registers(codes: Any) -> dict[str, Register]:
    """The registers with these codes that are here."""
    query = sa.select(Register).where(Register.code.in_({*codes}))
    return {row.code: row for row in db.session.scalars(query)}


def loose_register(values: Values) -> Register:
    """A register with its fields as rows that belong to no session."""
    own, rows = _apart(values)
    fields = [RegisterField(**row, position=n) for n, row in enumerate(rows, 1)]
    return Register(**own, data_fields=fields)


def _apart(values: Values) -> tuple[Values, list[Values]]:
    own = {name: value for name, value in values.items() if name != REGISTER_FIELDS}
    return own, values[REGISTER_FIELDS]


# ---- taking in -----------------------------------------------------------------------------------
def write_registers(package: Package, owner: str) -> Iterator[tuple[str, Any]]:
    """Make a draft of every register that is not here; each row with its place in the package."""
    for code in sorted(row["code"] for row in package.registers):
        one_at_a_time(f"register:{code}")
    here = known_registers(row["code"] for row in package.registers)
    for n, values in enumerate(package.registers, 1):
        if values["code"] in here:
            continue
        own, rows = _apart(values)
        register = Register(id=uuid7(), agency_id=owner, use=RegisterUse.draft, **own)
        db.session.add(register)
        flush(Register)
        place = f"registers[{n}]"
        for i, row in enumerate(rows, 1):
            made = RegisterField(**row, id=uuid7(), agency_id=owner, register=register, position=i)
            db.session.add(made)
            yield f"{place}.{REGISTER_FIELDS}[{i}]", made
        flush(RegisterField)
        yield place, register


def write_templates(
    package: Package, procedure_id: str, actor: Actor, at: dt.datetime, problems: list[Problem]
) -> list[PaperTemplate]:
    """Make a draft of every printed paper that is not here in these words.

    A draft of other words that is here already is somebody's work: it is a problem, not overwritten.
    """
    made = []
    for one in templates_of(package, procedure_id):
        if not one.makes:
            continue
        series = paper_templates.series_of(
            one.after["form"], procedure_id if one.after["own"] else None
        )
        known = paper_templates.versions(series)
        if any(row.state is TemplateState.draft for row in known):
            error = DomainError("package.template_draft", name=one.after["name"])
            problems.append(Problem(f"{one.place}.form", error))
            continue
        row = PaperTemplate(
            **{name: value for name, value in one.after.items() if name != "own"},
            id=uuid7(),
            agency_id=actor.home.agency_id,
            series=series,
            number=max((r.number for r in known), default=0) + 1,
            procedure_id=procedure_id if one.after["own"] else None,
            state=TemplateState.draft,
            made_by=actor.name,
            made_at=at,
            changed_by=actor.name,
            changed_at=at,
        )
        db.session.add(row)
        flush(PaperTemplate)
        made.append(row)
    return made


def note(rows: Sequence[Register | PaperTemplate], *, actor: Actor, at: dt.datetime) -> None:
    """Leave in the history of each row that was made that it came with a package."""
    for row in rows:
        changes: dict[str, Any] = {"name": [None, row.name]}
        record(Tag.catalogue_create, row, actor=actor, at=at, changes=changes)


# ---- printed papers, proved ----------------------------------------------------------------------
def prove(package: Package, press: Press | None) -> Iterator[Problem]:
    """The mistakes of the printed papers, at their lines."""
    if not package.templates:
        return
    if press is None:
        raise ValueError("this package has printed papers: bring a press along")
    asked = specs_of(DataField(**row) for row in package.parts["data_fields"])
    for n, values in enumerate(package.templates, 1):
        fields = {spec.key: spec for spec in (*asked, *_entered(package, values["form"]))}
        keys = () if values["own"] else paper_templates.keys()
        for error in press(values, tuple(fields.values()), keys):
            yield Problem(f"templates[{n}].body", error)


def _entered(package: Package, form: str) -> Iterator[FieldSpec]:
    """The fields of the registers whose entries are printed on this paper."""
    for values in package.registers:
        if values["form"] == form:
            yield from specs_of(RegisterField(**row) for row in values[REGISTER_FIELDS])
