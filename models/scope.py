"""Whose rows a session may see and write: applied here, once, below every screen, API, job and file.

Without a scope nothing is visible and nothing can be written. A request runs inside the scope of its
officer, a job or command inside `everything()`. On PostgreSQL row-level security repeats the agency part.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import iterate

from models.base import Row, ScopeKind


@dataclass(frozen=True)
class Scope:
    """agencies: ids whose rows are seen (None: all); departments: dossiers with a step there (None: any).

    writes: ids whose rows may be written (None: all).
    """

    agencies: frozenset[str] | None = frozenset()
    departments: frozenset[str] | None = None
    writes: frozenset[str] | None = frozenset()


NOTHING = Scope()
EVERYTHING = Scope(agencies=None, departments=None, writes=None)
_current: ContextVar[Scope] = ContextVar("scope", default=NOTHING)


class ScopeViolation(Exception):
    """A row of another agency was about to be written."""


def current() -> Scope:
    """The scope in force."""
    return _current.get()


def enter(scope: Scope) -> object:
    """Put a scope in force and return the token that `leave()` needs."""
    return _current.set(scope)


def leave(token: object) -> None:
    """Return to the scope before `enter()`."""
    _current.reset(token)  # type: ignore[arg-type]


@contextlib.contextmanager
def within(scope: Scope) -> Iterator[None]:
    """Run a block inside a scope."""
    token = enter(scope)
    try:
        yield
    finally:
        leave(token)


def everything() -> contextlib.AbstractContextManager[None]:
    """Run a block as the system: all agencies."""
    return within(EVERYTHING)


# ---- reading -------------------------------------------------------------------------------------
class _LegHere(FunctionElement):
    """An agency of the scope works on the dossier.

    On PostgreSQL the function that row-level security asks: spelt out as a sub-query, whose tables
    have policies with sub-queries of their own, planning takes longer than the reading.
    """

    type = sa.Boolean()
    inherit_cache = True


@compiles(_LegHere)
def _spelt_out(element, compiler, **kw):
    _dossier_id, sub_query = element.clauses
    return compiler.process(sub_query, **kw)


@compiles(_LegHere, "postgresql")
def _asked(element, compiler, **kw):
    dossier_id, _sub_query = element.clauses
    return f"mc_leg_here({compiler.process(dossier_id, **kw)})"


def _among(column: sa.ColumnElement, agencies: frozenset[str]) -> sa.ColumnElement:
    """One agency, as nearly everybody has, needs no list, which is written anew at each execution."""
    return column == next(iter(agencies)) if len(agencies) == 1 else column.in_(agencies)


def _leg_here(dossier_id: sa.ColumnElement, agencies: frozenset[str]) -> sa.ColumnElement:
    leg = Row.metadata.tables["dossier_leg"].alias("scope_leg")
    found = sa.exists().where(leg.c.dossier_id == dossier_id, _among(leg.c.agency_id, agencies))
    return _LegHere(dossier_id, found)


def _step_here(dossier_id: sa.ColumnElement, departments: frozenset[str]) -> sa.ColumnElement:
    step = Row.metadata.tables["dossier_step"].alias("scope_step")
    return sa.exists().where(step.c.dossier_id == dossier_id, step.c.unit_id.in_(departments))


def visible(entity: type[Row], scope: Scope) -> sa.ColumnElement | None:
    """The condition under which a row of `entity` is seen in `scope`; None where nothing is hidden."""
    if entity.__scope__ is ScopeKind.shared or (
        scope.agencies is None and scope.departments is None
    ):
        return None
    table = entity.__table__
    own = sa.true() if scope.agencies is None else _among(table.c.agency_id, scope.agencies)
    if entity.__scope__ is ScopeKind.agency:
        return own
    dossier_id = table.c.id if table.name == "dossier" else table.c.dossier_id
    if scope.agencies is not None:
        own = sa.or_(own, _leg_here(dossier_id, scope.agencies))
    if scope.departments is not None:
        inside = _step_here(dossier_id, scope.departments)
        own = sa.and_(own, sa.or_(dossier_id.is_(None), inside))
    return own


@lru_cache(maxsize=4096)
def _criteria(entity: type[Row], scope: Scope):
    condition = visible(entity, scope)
    return (
        None if condition is None else with_loader_criteria(entity, condition, include_aliases=True)
    )


def _limit(state: ORMExecuteState) -> None:
    """Add the scope's condition to every entity that a statement reads, updates or deletes."""
    scope = _current.get()
    _announce(state.session)
    if scope == EVERYTHING or state.is_column_load:
        return
    if state.is_insert or state.is_update or state.is_delete:
        _limit_change(state, scope)
    known = _options.setdefault(state.statement, {})
    if scope not in known:
        if len(known) >= MOST_SCOPES:
            known.clear()
        known[scope] = _options_for(state.statement, scope)
    if known[scope]:
        state.statement = state.statement.options(*known[scope])


#: A statement that is built once and executed often is looked through once for each scope. Only what
#: limits it is kept, never a statement: one that held itself here would stay for ever.
_options: WeakKeyDictionary[Any, dict[Scope, tuple[Any, ...]]] = WeakKeyDictionary()
MOST_SCOPES = 500


def _options_for(statement: Any, scope: Scope) -> tuple[Any, ...]:
    found = (_criteria(entity, scope) for entity in _entities(statement))
    return tuple(option for option in found if option is not None)


def _entities(statement: sa.Executable) -> set[type[Row]]:
    """Every model a statement names anywhere: a count, a join, a sub-query and a union leak too."""
    found = {e._annotations.get("parententity") for e in iterate(statement)}
    mappers = {getattr(entity, "mapper", None) for entity in found}
    return {m.class_ for m in mappers if m is not None and issubclass(m.class_, Row)}


def _limit_change(state: ORMExecuteState, scope: Scope) -> None:
    """A change of many rows at once passes no flush: it reaches only rows that may be written."""
    mapper = state.bind_mapper
    if scope.writes is None or mapper is None or not issubclass(mapper.class_, Row):
        return
    if state.is_insert:
        raise ScopeViolation(f"{mapper.class_.__name__}: rows are added one by one")
    owner = mapper.local_table.c.agency_id
    state.statement = state.statement.where(owner.in_(scope.writes))


# ---- writing -------------------------------------------------------------------------------------
def _guard(session: Session, _context: object, _instances: object) -> None:
    """Refuse to write rows of an agency outside the scope, and never let an owner change."""
    scope = _current.get()
    _announce(session)
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, Row):
            continue
        if row not in session.new and sa.inspect(row).attrs.agency_id.history.has_changes():
            raise ScopeViolation(f"{type(row).__name__}: the owner of a row never changes")
        foreign = scope.writes is not None and row.agency_id not in scope.writes
        if foreign and (row not in session.dirty or session.is_modified(row)):
            raise ScopeViolation(f"{type(row).__name__} of another agency")


def _announce(session: Session, connection: sa.Connection | None = None) -> None:
    """Tell PostgreSQL's row-level security whose rows this transaction may touch."""
    agencies = _current.get().agencies
    value = "*" if agencies is None else ",".join(sorted(agencies))
    if session.info.get("announced") == value:
        return
    if connection is None:
        connection = session.connection()
        if session.info.get("announced") == value:
            return  # by the transaction that has just begun
    if connection.dialect.name == "postgresql":
        _tell(connection, value)
    session.info["announced"] = value


def _tell(connection: sa.Connection, value: str) -> None:
    """At the beginning of a transaction, in one message with its BEGIN: every request pays for each."""
    quoted = value.replace("'", "''")
    text = f"SELECT set_config('app.agencies', '{quoted}', true)"
    driver: Any = connection.connection.driver_connection
    untouched = driver.pgconn.transaction_status == TransactionStatus.IDLE
    if untouched and not driver.autocommit and driver.isolation_level is None:
        told = driver.pgconn.exec_(f"BEGIN; {text}".encode())
        if told.status == ExecStatus.TUPLES_OK:
            return
    connection.exec_driver_sql(text)


def _forget(session: Session, _transaction: object) -> None:
    """What was announced inside a savepoint is gone with it."""
    session.info.pop("announced", None)


def _begin(session: Session, _transaction: object, connection: sa.Connection) -> None:
    session.info.pop("announced", None)
    _announce(session, connection)


def install() -> None:
    """Attach the scope to every session of the process. Safe to call again."""
    if not sa.event.contains(Session, "do_orm_execute", _limit):
        sa.event.listen(Session, "do_orm_execute", _limit)
        sa.event.listen(Session, "before_flush", _guard)
        sa.event.listen(Session, "after_begin", _begin)
        sa.event.listen(Session, "after_soft_rollback", _forget)
