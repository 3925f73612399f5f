"""The rows of a file as lines of a register: by the columns that were chosen, a piece at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from domain.errors import DomainError
from domain.headings import propose
from models.base import Row, db
from services.import_runs import Read
from services.importing.tables import Numbered
from views.generated import files, values
from views.generated.columns import Column, Register

#: The name that stands for the id of a row among the columns.
ID = "id"
_KEYS = frozenset({"text", "integer"})


def unique_columns(register: Register) -> tuple[Column, ...]:
    """Columns by whose value a row is known."""
    table = register.model.__table__
    return tuple(
        c
        for c in register.where("edited")
        if c.kind in _KEYS and c.name in table.c and table.c[c.name].unique
    )


def needed(register: Register, places: Mapping[str, int]) -> list[str]:
    """Labels of the columns that must be filled and have no source."""
    return [
        str(c.ui.label)
        for c in register.where("edited")
        if c.required and c.default is None and c.name not in places
    ]


def proposed(register: Register, heads: Sequence[str]) -> dict[str, int]:
    """Which column of the file seems to mean which column of the register."""
    wanted: list[tuple[str, Sequence[str]]] = [(ID, (ID,))]
    wanted += [(c.name, (c.name, str(c.ui.label))) for c in register.where("edited")]
    return propose(heads, wanted)


class LineReader:
    """Reads lines in the language in force; `places` is name of a column → position in the file."""

    def __init__(self, register: Register, places: Mapping[str, int]) -> None:
        self.register, self.places = register, dict(places)
        self.unique = [c.name for c in unique_columns(register) if c.name in places]
        known = {c.name: c for c in register.where("edited")}
        self.gone = [name for name in places if name != ID and name not in known]
        self.columns = [(c, self.places[n]) for n, c in known.items() if n in self.places]

    def read(self, rows: Sequence[Numbered]) -> list[Read]:
        """The lines with what cannot be read of each. Errors: import.column_gone."""
        if self.gone:
            raise DomainError("import.column_gone", column=self.gone[0])
        rows_of = {
            column.name: _related(column, [_cell(cells, place) for _, cells in rows])
            for column, place in self.columns
            if column.kind == "relation"
        }
        return [self._line(number, cells, rows_of) for number, cells in rows]

    def _line(self, number: int, cells: list[Any], rows_of: dict[str, dict[str, Row]]) -> Read:
        line = Read(number, None, {})
        if ID in self.places:
            raw = _cell(cells, self.places[ID])
            line.row_id = str(raw).strip() if raw not in (None, "") else None
        for column, place in self.columns:
            raw = _cell(cells, place)
            if column.kind == "relation":
                raw = rows_of[column.name].get(_typed(raw), raw)
            try:
                line.values[column.name] = values.read(column, raw)
            except DomainError as error:
                line.mistakes.append(error)
        return line

    def say(self, error: DomainError) -> list[str]:
        """[label of the column, sentence]."""
        column = self.register.get(error.field)
        return [str(column.ui.label) if column is not None else "", error.text(gettext)]

    def shown(self, rows: Sequence[Numbered]) -> list[list[dict[str, str]]]:
        """The first rows as they will be read: a cell {text, error} for each chosen column."""
        return [
            [self._shown(column, cells, place) for column, place in self.columns]
            for _, cells in rows
        ]

    def _shown(self, column: Column, cells: list[Any], place: int) -> dict[str, str]:
        raw = _cell(cells, place)
        try:
            value = values.read(column, raw)
        except DomainError as error:
            return {"text": str(raw or ""), "error": error.text(gettext)}
        return {"text": values.text(column, value), "error": ""}


def _cell(cells: Sequence[Any], place: int) -> Any:
    return files.bare(cells[place]) if place < len(cells) else None


def _typed(raw: Any) -> str:
    return str(raw).strip()


def _related(column: Column, cells: Sequence[Any]) -> dict[str, Row]:
    """What is typed → row it means, asked for a whole piece at once; the others are asked one by one."""
    target = column.target
    assert target is not None
    typed = {_typed(raw) for raw in cells if raw not in (None, "") and not isinstance(raw, Row)}
    if not typed:
        return {}
    found = {}
    if values.coded(target):
        rows = db.session.scalars(sa.select(target).where(target.code.in_(typed)))
        found = {str(row.code): row for row in rows}
    if left := typed - found.keys():
        found |= {
            str(row.id): row
            for row in db.session.scalars(sa.select(target).where(target.id.in_(left)))
        }
    return found
