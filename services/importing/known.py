"""Which rows of a book are dossiers already: by that a repeated import leaves them out."""

import datetime as dt

import sqlalchemy as sa

from domain.calendar import at_minute
from models.base import db
from models.dossier import Dossier
from services.importing.parsing import Entry


class Known:
    """Old numbers of an agency's dossiers, read once for each year that a book has.

    Asked for batch by batch, PostgreSQL would go through all dossiers of the agency every time as
    long as it has no statistics of the rows that the import itself has just written.
    """

    def __init__(self, agency_id: str) -> None:
        self._agency_id = agency_id
        self._years: dict[int, set[str]] = {}

    def forget(self) -> None:
        """Somebody else has imported in the meantime: read again."""
        self._years.clear()

    def fresh(self, entries: list[Entry]) -> list[Entry]:
        """Entries that no dossier stands for yet. A row that this run writes never comes again."""
        return [e for e in entries if e.legacy_code not in self._year(e.received.day.year)]

    def _year(self, year: int) -> set[str]:
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._read(year)
        return found

    def _read(self, year: int) -> set[str]:
        query = sa.select(Dossier.legacy_code).where(
            Dossier.agency_id == self._agency_id,
            Dossier.legacy_code.is_not(None),
            Dossier.received_at >= at_minute(dt.date(year, 1, 1), 0),
            Dossier.received_at < at_minute(dt.date(year + 1, 1, 1), 0),
        )
        return {code for code in db.session.scalars(query) if code}
