"""The procedures that rows of a book may name, read once."""

import datetime as dt
from typing import NamedTuple

import sqlalchemy as sa

from domain.errors import DomainError
from domain.names import fold
from models.base import db
from models.procedure import Procedure, ProcedureVersion, VersionState


class Choice(NamedTuple):
    """The version a dossier is pinned to."""

    procedure_id: str
    version_id: str
    name: str


class _Version(NamedTuple):
    version_id: str
    valid_from: dt.date
    valid_to: dt.date | None


class Catalogue:
    """Published and retired versions, found by code or by name without diacritics."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, str]] = {}
        self._codes_by_name: dict[str, list[str]] = {}
        self._versions: dict[str, list[_Version]] = {}
        for row in db.session.execute(self._query()):
            code, procedure_id, name, version_id, valid_from, valid_to = row
            if code not in self._names:
                self._names[code] = (procedure_id, name)
                self._codes_by_name.setdefault(fold(name), []).append(code)
            self._versions.setdefault(code, []).append(_Version(version_id, valid_from, valid_to))

    @staticmethod
    def _query() -> sa.Select[str, str, str, str, dt.date, dt.date | None]:
        return (
            sa.select(
                Procedure.code,
                Procedure.id,
                Procedure.name,
                ProcedureVersion.id,
                ProcedureVersion.valid_from,
                ProcedureVersion.valid_to,
            )
            .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
            .where(ProcedureVersion.state != VersionState.draft)
            .order_by(ProcedureVersion.valid_from, ProcedureVersion.id)
        )

    def by_code(self, code: str, on: dt.date) -> Choice:
        """Errors: import.procedure_unknown."""
        known = self._names.get(code)
        if known is None:
            raise DomainError("import.procedure_unknown")
        return Choice(known[0], self._version(code, on), known[1])

    def by_name(self, name: str, on: dt.date) -> Choice:
        """Errors: import.procedure_unknown, import.procedure_ambiguous."""
        codes = self._codes_by_name.get(fold(name), [])
        if not codes:
            raise DomainError("import.procedure_unknown")
        if len(codes) > 1:
            raise DomainError("import.procedure_ambiguous")
        return self.by_code(codes[0], on)

    def _version(self, code: str, on: dt.date) -> str:
        """The version in force on that day; the newest where none reaches back so far."""
        versions = self._versions[code]
        valid = [v for v in versions if v.valid_from <= on and (v.valid_to or dt.date.max) >= on]
        return (valid or versions)[-1].version_id
