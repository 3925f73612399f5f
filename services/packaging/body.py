"""The content of a package: from values to what is written, in one form for files and for the hash."""

import enum
from typing import Any

from models.procedure import Procedure, ProcedureVersion
from services.dossier.data import stages_of
from services.version_parts import PARTS, Column, columns_of, rows_of, value_of

Values = dict[str, Any]
#: The field of administration, which belongs to a procedure but is a register of its own.
FIELD = "field"


def body_of(procedure: Values, version: Values, parts: dict[str, list[Values]]) -> Values:
    """The content as it is written: what says nothing and what is the default is left out.

    Values are by column as in the models; `procedure["field"]` is {"code", "name"}.
    """
    own = {**_written(Procedure, procedure), FIELD: procedure[FIELD]}
    whole = _written(ProcedureVersion, version)
    for part, model in PARTS.items():
        if rows := parts.get(part):
            whole[part] = [_written(model, row) for row in rows]
    return {"procedure": own, "version": whole}


def values_of(version: ProcedureVersion) -> tuple[Values, Values, dict[str, list[Values]]]:
    """A version's own values for `body_of`: steps are counted anew from 1, what names them follows."""
    procedure = _all(Procedure, version.procedure)
    field = version.procedure.procedure_field
    procedure[FIELD] = {"code": field.code, "name": field.name}
    rows = {part: rows_of(version, part) for part in PARTS}
    places = {step.position: n for n, step in enumerate(rows["steps"], 1)}
    parts = {
        part: [_renumbered(_all(PARTS[part], row), places) for row in rows[part]] for part in PARTS
    }
    return procedure, _all(ProcedureVersion, version), parts


def _all(model: type[Any], row: Any) -> Values:
    return {column.name: value_of(row, column) for column in columns_of(model)}


def _renumbered(values: Values, places: dict[int, int]) -> Values:
    if values.get("same_as") is not None:
        values["same_as"] = places.get(values["same_as"], values["same_as"])
    if values.get("stages"):
        found = [
            places.get(int(s), int(s)) if s.isdecimal() else s for s in stages_of(values["stages"])
        ]
        values["stages"] = ", ".join(map(str, sorted(found, key=lambda s: (isinstance(s, int), s))))
    return values


def _written(model: type[Any], values: Values) -> Values:
    found = {}
    for column in columns_of(model):
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
