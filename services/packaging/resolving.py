"""What a package names: found among what is here and what it brings along, or said to be missing."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from models.base import db
from models.organisation import Unit
from models.paper_template import PaperTemplate, TemplateState
from models.procedure import DocumentType, ProcedureField
from models.register import Register
from services.draft_checks.outcomes import ON_REQUEST
from services.packaging.beside import known_registers
from services.packaging.body import FIELD
from services.packaging.problem import Problem
from services.packaging.reading import Package


def field_of(code: str) -> ProcedureField | None:
    """A field of administration by its code."""
    query = sa.select(ProcedureField).where(ProcedureField.code == code)
    return db.session.scalars(query).one_or_none()


def types_of(package: Package) -> dict[str, DocumentType]:
    """The kinds of papers that are named and here, by code."""
    query = sa.select(DocumentType).where(DocumentType.code.in_(type_codes(package)))
    return {found.code: found for found in db.session.scalars(query)}


def type_codes(package: Package) -> set[str]:
    """Codes of the kinds of papers that are named."""
    return {row["type"] for row in package.parts["documents"] if row["type"] is not None}


def register_codes(package: Package) -> set[str]:
    """Codes of the registers that results name."""
    return {row["register"] for row in package.parts["results"] if row["register"] is not None}


def registers_of(package: Package) -> dict[str, Register]:
    """The registers that results name and that are here, by code."""
    return known_registers(register_codes(package))


def unresolved(package: Package, procedure_id: str | None) -> Iterator[Problem]:
    """What the package names, does not bring along, and this installation does not have."""
    code = package.procedure[FIELD]["code"]
    if field_of(code) is None:
        yield Problem(f"procedure.{FIELD}.code", DomainError("package.no_field", name=code))
    types = types_of(package)
    for n, row in enumerate(package.parts["documents"], 1):
        if row["type"] is not None and row["type"] not in types:
            error = DomainError("package.no_document", name=row["type"])
            yield Problem(f"documents[{n}].type", error)
    functions = set(db.session.scalars(sa.select(Unit.function).distinct()))
    for n, row in enumerate(package.parts["steps"], 1):
        if row["function"] is not None and row["function"] not in functions:
            error = DomainError("package.no_function", function=row["function"])
            yield Problem(f"steps[{n}].function", error)
    yield from _no_register(package)
    yield from _no_paper(package, procedure_id)


def _no_register(package: Package) -> Iterator[Problem]:
    here = registers_of(package).keys() | {row["code"] for row in package.registers}
    for n, row in enumerate(package.parts["results"], 1):
        if row["register"] is None:
            yield Problem(f"results[{n}].register", DomainError("value.required"))
        elif row["register"] not in here:
            error = DomainError("package.no_register", name=row["register"])
            yield Problem(f"results[{n}].register", error)
    wanted = register_codes(package)
    for n, row in enumerate(package.registers, 1):
        if row["code"] not in wanted:
            error = DomainError("package.register_unnamed", name=row["code"])
            yield Problem(f"registers[{n}].code", error)


def _no_paper(package: Package, procedure_id: str | None) -> Iterator[Problem]:
    mine = sa.or_(PaperTemplate.procedure_id.is_(None), PaperTemplate.procedure_id == procedure_id)
    query = sa.select(PaperTemplate.form).where(PaperTemplate.state != TemplateState.retired, mine)
    here = {*db.session.scalars(query), *ON_REQUEST}
    here |= {row["form"] for row in package.templates}
    known = known_registers(row["code"] for row in package.registers)
    named: list[tuple[str, Any]] = [
        (f"actions[{n}].form", row["form"]) for n, row in enumerate(package.parts["actions"], 1)
    ]
    named += [
        (f"registers[{n}].form", row["form"])
        for n, row in enumerate(package.registers, 1)
        if row["code"] not in known
    ]
    for place, form in named:
        if form is not None and form not in here:
            yield Problem(place, DomainError("package.no_paper", name=form))
