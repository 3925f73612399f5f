"""The door of FAB's views to rows: FAB sees only what the session's scope lets through."""

from typing import Any

import sqlalchemy as sa
from flask_appbuilder.models.filters import BaseFilterConverter, Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface

from models.base import Row, db
from services import catalogue
from views import present
from views.generated.columns import register_of
from views.generated.listing import State, counted, loading, page_of


class _NoFilters(BaseFilterConverter):
    """FAB's filters are shared between requests; the lists have their own (`listing.State`)."""

    def convert(self, col_name: str) -> None:
        return None


class McInterface(SQLAInterface):
    """Rows of one model as text ids, read through the scope and written through the service."""

    filter_converter_class = _NoFilters

    def __init__(self, obj: type[Row], session: Any = None) -> None:
        super().__init__(obj, session)
        self.register = register_of(obj)

    def get(self, id: Any, filters: Filters | None = None, *_: Any, **__: Any) -> Row | None:
        """The row with its relations, or None when there is none or it is outside the scope."""
        query = db.session.query(self.obj).filter(self.obj.id == str(id))
        return loading(query, self.register.relations).one_or_none()

    def several(self, ids: list[str]) -> list[Row] | None:
        """All rows of these ids, or None if a single one is missing or outside the scope."""
        rows = list(db.session.scalars(sa.select(self.obj).where(self.obj.id.in_(ids))))
        return rows if len(rows) == len(set(ids)) else None

    def query(self, *_: Any, page_size: int | None = None, **__: Any) -> tuple[int, list[Row]]:
        """FAB's own paging: the first page and its bounded count, whatever was asked."""
        state = State(self.register, rows=min(page_size or 25, 100))
        return counted(state), page_of(state, self.register.where("listed")).rows

    def add(self, item: Row, commit: bool = True) -> None:
        """Add through the service; FAB's security views are the only ones that come here."""
        names = [c.name for c in self.register.where("edited")]
        values = {name: getattr(item, name) for name in names}
        catalogue.create(self.obj, values, actor=present.actor(), at=present.now())

    def edit(self, item: Row, commit: bool = True) -> None:
        """Change through the service."""
        names = [c.name for c in self.register.where("edited")]
        values = {name: getattr(item, name) for name in names}
        catalogue.update(item, values, actor=present.actor(), at=present.now())

    def delete(self, item: Row, commit: bool = True) -> None:
        """Delete through the service."""
        catalogue.delete(item, actor=present.actor(), at=present.now())
