"""One verb, one transaction: everything of an act is committed together or not at all."""

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.event import Event
from models.scope import current, everything

#: Dossiers that nobody else can change until the transaction under way ends: id → dossier.
_HELD = "held"
#: Ids of those among them that this transaction has made.
_MADE = "made"


@contextlib.contextmanager
def transaction() -> Iterator[Any]:
    """Open the write transaction of a verb and commit it at the end; any error undoes all of it.

    A verb called inside another joins its transaction. On SQLite the write lock is taken at the
    start, so that a verb that began cannot fail on a lock half-way.
    """
    session = db.session()
    if session.info.get("in_verb"):
        yield session
        return
    session.rollback()
    session.info["in_verb"] = True
    session.info[_HELD], session.info[_MADE] = {}, set()
    try:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("in_verb", None)
        for name in (_HELD, _MADE):
            session.info.pop(name, None)


def one_at_a_time(key: str) -> None:
    """Wait until nobody else handles the form with this key: one sent twice is then found done.

    SQLite has one writer at a time anyway; on PostgreSQL the wait ends with the transaction.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        statement = "SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"
        db.session.execute(sa.text(statement), {"key": key})


def hold(dossier: Dossier) -> None:
    """Say that this transaction makes the dossier: nobody else sees it yet."""
    db.session.info[_HELD][dossier.id] = dossier
    db.session.info[_MADE].add(dossier.id)


def made_here(dossier: Dossier) -> bool:
    """Whether the transaction under way has made the dossier, so that there is nothing of it yet."""
    return dossier.id in db.session.info.get(_MADE, ())


def locked(
    dossier: Dossier | str,
    expected: int | None = None,
    op_id: str | None = None,
    *,
    moves: bool = True,
) -> Dossier:
    """The dossier, locked until the end of the transaction, as it stands now.

    expected: the `version` the officer was looking at; another one raises `dossier.stale`.
    op_id: key of the form; one that was already done is never stale and outdates nothing.
    moves: whether the act outdates what others look at; a comment or a scan does not.
    Errors: dossier.not_found, dossier.stale.
    """
    held = db.session.info.get(_HELD, {})
    if isinstance(dossier, str):
        dossier_id = dossier
    else:
        dossier_id = (sa.inspect(dossier).identity or (dossier.id,))[0]
    if dossier_id in held and not moves and expected is None:
        known: Dossier = held[dossier_id]
        return known
    if db.session.scalar(sa.select(Dossier.id).where(Dossier.id == dossier_id)) is None:
        raise DomainError("dossier.not_found")
    query = (
        sa.select(Dossier)
        .where(Dossier.id == dossier_id)
        .with_for_update(of=Dossier)
        .execution_options(populate_existing=True)
    )
    with everything():  # an agency at work on it may lock a row that only its owner may change
        row = db.session.scalars(query).one()
    held[dossier_id] = row
    if repeated(op_id):
        return row
    if expected is not None and row.version != expected:
        raise DomainError("dossier.stale")
    writes = current().writes
    if moves and (writes is None or row.agency_id in writes):
        flag_modified(row, "status")  # a new version even where only a step changes
    return row


def repeated(op_id: str | None) -> bool:
    """Whether the act with this key was already done: a double click or a re-sent form."""
    if op_id is None:
        return False
    return db.session.scalar(sa.select(Event.id).where(Event.op_id == op_id)) is not None
