"""The content of a package: from values to what is written, in one form for files and for the hash."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models.base import Ui
from models.paper_template import LONGEST_BODY, PaperTemplate, SheetSize
from models.procedure import Procedure, ProcedureVersion
from models.register import Register, RegisterField
from services.dossier.data import stages_of
from services.packaging.notation import Block
from services.version_parts import PARTS, Column, columns_of, rows_of, value_of

Values = dict[str, Any]
#: The field of administration, which belongs to a procedure but is a register of its own.
FIELD = "field"
#: Where the fields of a register of the office's own stand.
REGISTER_FIELDS = "data_fields"
#: Printed papers have screens of their own: nothing is drawn from their columns here.
_FACELESS = Ui("")
#: A printed paper of the office's own: `own` where it is printed for this procedure alone.
TEMPLATE: tuple[Column, ...] = (
    Column("form", _FACELESS, "text", required=True, length=40),
    Column("own", _FACELESS, "yes_no", default=False),
    Column("name", _FACELESS, "text", required=True, length=300),
    Column("size", _FACELESS, "choice", members=SheetSize, default=SheetSize.a5),
    Column("note", _FACELESS, "text", length=500),
    Column("body", _FACELESS, "text", required=True, length=LONGEST_BODY),
)


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything that a package holds, as values by column.

    procedure["field"]: {"code", "name"}. parts: rows of a version by part; kinds of papers and registers
    by their code. registers: those that the version names, each with its rows under "data_fields".
    templates: printed papers, see TEMPLATE. files: fingerprint → bytes of the blank forms; the rows of
    the papers name them, so that the hash covers them, too.
    """

    procedure: Values
    version: Values
    parts: dict[str, list[Values]]
    registers: list[Values] = field(default_factory=list)
    templates: list[Values] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


def body_of(content: Content) -> Values:
    """The content as it is written: what says nothing and what is the default is left out."""
    own = {**_written(Procedure, content.procedure), FIELD: content.procedure[FIELD]}
    whole = _written(ProcedureVersion, content.version)
    for part, model in PARTS.items():
        if rows := content.parts.get(part):
            whole[part] = [_written(model, row) for row in rows]
    body: Values = {"procedure": own, "version": whole}
    if content.registers:
        body["registers"] = [_register(values) for values in content.registers]
    if content.templates:
        body["templates"] = [_template(values) for values in content.templates]
    return body


def content_of(version: ProcedureVersion, templates: Sequence[PaperTemplate] = ()) -> Content:
    """A version's content without its files: steps are counted anew from 1, what names them follows.

    templates: the papers of the office's own that go with it.
    """
    procedure = _all(Procedure, version.procedure)
    administration = version.procedure.procedure_field
    procedure[FIELD] = {"code": administration.code, "name": administration.name}
    rows = {part: rows_of(version, part) for part in PARTS}
    places = {step.position: n for n, step in enumerate(rows["steps"], 1)}
    parts = {
        part: [_renumbered(_all(PARTS[part], row), places) for row in rows[part]] for part in PARTS
    }
    return Content(
        procedure=procedure,
        version=_all(ProcedureVersion, version),
        parts=parts,
        registers=[register_values(register) for register in registers_of(version)],
        templates=[template_values(row) for row in templates],
    )


def registers_of(version: ProcedureVersion) -> list[Register]:
    """The registers that the results of a version name, by code."""
    found = {row.register.code: row.register for row in version.results}
    return [found[code] for code in sorted(found)]


def register_values(register: Register) -> Values:
    """A register with its fields in their order, those no longer asked for as well."""
    rows = sorted(register.data_fields, key=lambda row: (row.position or 0, row.id or ""))
    fields = [_all(RegisterField, row) for row in rows]
    return {**_all(Register, register), REGISTER_FIELDS: fields}


def template_values(row: PaperTemplate) -> Values:
    """A printed paper. Spaces at the ends of its lines, which nobody sees, are not content."""
    return {
        "form": row.form,
        "own": row.procedure_id is not None,
        "name": row.name,
        "size": row.size,
        "note": row.note,
        "body": lines_of(row.body),
    }


def lines_of(body: str) -> str:
    """The text of a template as it is packed: readable in a file, the same when it is printed."""
    return "\n".join(line.rstrip() for line in body.expandtabs(4).splitlines()).strip()


def _all(model: type[Any], row: Any) -> Values:
    return {column.name: value_of(row, column) for column in columns_of(model)}


def _renumbered(values: Values, places: dict[int, int]) -> Values:
    if values.get("same_as") is not None:
        values["same_as"] = places.get(values["same_as"], values["same_as"])
    if values.get("step") is not None:
        values["step"] = places.get(values["step"], values["step"])
    if values.get("stages"):
        found = [
            places.get(int(s), int(s)) if s.isdecimal() else s for s in stages_of(values["stages"])
        ]
        values["stages"] = ", ".join(map(str, sorted(found, key=lambda s: (isinstance(s, int), s))))
    return values


def _register(values: Values) -> Values:
    whole = _written(Register, values)
    if rows := values[REGISTER_FIELDS]:
        whole[REGISTER_FIELDS] = [_written(RegisterField, row) for row in rows]
    return whole


def _template(values: Values) -> Values:
    found = _said(TEMPLATE, values)
    return {**found, "body": Block(found["body"])}


def _written(model: type[Any], values: Values) -> Values:
    return _said(columns_of(model), values)


def _said(columns: Sequence[Column], values: Values) -> Values:
    found = {}
    for column in columns:
        value = values.get(column.name)
        if value is not None and value != column.default:
            found[column.name] = _plain(column, value)
    return found


def _plain(column: Column, value: Any) -> Any:
    if column.kind == "members":
        return value.split()
    if isinstance(value, enum.Enum):
        return value.value
    return value
