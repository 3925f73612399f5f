"""Units and versions of procedures, kept in memory until a change of them is committed.

They are read at every receipt and change a few times a year. What is kept belongs to no session; who
asks gets copies in the session at hand, without a look into the database. A change that the same
transaction has made is never hidden by what is kept.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from domain.names import sort_key
from models import marks
from models.base import Row, db
from models.organisation import Unit, UnitKind
from models.outcome import ProcedureResult, StepAction
from models.paper_template import PaperTemplate
from models.procedure import (
    CaseTerm,
    DataField,
    DocumentType,
    FeeRule,
    Procedure,
    ProcedureField,
    ProcedureStep,
    ProcedureUnit,
    ProcedureVersion,
    RequiredDocument,
)
from models.register import Register, RegisterField

R = TypeVar("R", bound=Row)
T = TypeVar("T")

_topic = marks.Topic(
    "catalogue",
    *(Unit, Procedure, ProcedureField, ProcedureVersion, ProcedureUnit),
    *(CaseTerm, DataField, FeeRule, ProcedureStep, RequiredDocument, DocumentType),
    *(PaperTemplate, ProcedureResult, StepAction, Register, RegisterField),
)
_kept: dict[Hashable, tuple[str, Sequence[Any]]] = {}
MOST_KEPT = 2_000
_PARTS = (
    ProcedureVersion.data_fields,
    ProcedureVersion.documents,
    ProcedureVersion.fees,
    ProcedureVersion.case_terms,
    ProcedureVersion.steps,
    ProcedureVersion.results,
    ProcedureVersion.actions,
)
_WHOLE = (
    *(orm.selectinload(part) for part in _PARTS),
    orm.joinedload(ProcedureVersion.procedure).joinedload(Procedure.procedure_field),
)


def version(version_id: str) -> ProcedureVersion | None:
    """A version with its procedure, papers, fees, terms of cases and steps."""
    where = ProcedureVersion.id == version_id
    query = sa.select(ProcedureVersion).where(where).options(*_WHOLE)
    return next(iter(_rows(("version", version_id), query)), None)


def unit(unit_id: str) -> Unit | None:
    """A unit by its id."""
    query = sa.select(Unit).where(Unit.id == unit_id)
    return next(iter(_rows(("unit", unit_id), query)), None)


def registers() -> Sequence[Register]:
    """The registers that administrators have defined, each with its fields, by name."""
    query = sa.select(Register).options(orm.selectinload(Register.data_fields))
    return _rows(("registers",), query.order_by(Register.name, Register.id))


def communes(on: dt.date) -> Sequence[str]:
    """Names of the communes, wards and townships of that day, in Vietnamese order."""
    query = sa.select(Unit.name).where(
        Unit.kind == UnitKind.commune,
        Unit.valid_from <= on,
        sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= on),
    )
    return plain(("communes", on), lambda: sorted(set(db.session.scalars(query)), key=sort_key))


def departments(agency_id: str, on: dt.date) -> Sequence[Unit]:
    """The departments and counters of an agency on that day, by code."""
    query = (
        sa.select(Unit)
        .where(
            Unit.agency_id == agency_id,
            Unit.kind.in_((UnitKind.department, UnitKind.counter)),
            Unit.valid_from <= on,
            sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= on),
        )
        .order_by(Unit.code)
    )
    return _rows(("departments", agency_id, on), query)


def plain(key: Hashable, make: Callable[[], Sequence[T]]) -> Sequence[T]:
    """Plain values, no rows, that `make` reads from units, procedures and templates alone."""
    mark = _topic.mark()
    known = _kept.get(key)
    if mark is not None and known is not None and known[0] == mark:
        return known[1]
    found = make()
    _keep(key, mark, found)
    return found


def _rows(key: Hashable, query: sa.Select[Any]) -> Sequence[R]:
    """Rows in the session at hand, from memory while their mark is the one they were read under."""
    session = db.session()
    mark = _topic.mark()
    known = _kept.get(key)
    if mark is not None and known is not None and known[0] == mark:
        return [_here(session, row) for row in known[1]]
    found: Sequence[R] = session.scalars(query).all()
    _keep(key, mark, _apart(found))
    return found


def _here(session: orm.Session, row: R) -> R:
    """The session's own row. One that it has already, with all that is kept, is not copied again."""
    state: Any = sa.inspect(row)
    own: Any = session.identity_map.get(state.key)
    if own is not None and not sa.inspect(own).expired and state.dict.keys() <= own.__dict__.keys():
        return own  # type: ignore[no-any-return]
    return session.merge(row, load=False)


def _keep(key: Hashable, mark: str | None, found: Sequence[Any]) -> None:
    if mark is not None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = (mark, found)


def _apart(rows: Sequence[R]) -> list[R]:
    """Copies that belong to no session."""
    nowhere = orm.Session()
    copies = [nowhere.merge(row, load=False) for row in rows]
    nowhere.expunge_all()
    return copies
