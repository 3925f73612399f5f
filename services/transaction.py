"""One verb, one transaction: everything of an act is committed together or not at all."""

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from domain.errors import DomainError
from models.base import db
from models.dossier import Dossier
from models.event import Event


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
    try:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("in_verb", None)


def locked(dossier: Dossier | str, expected: int | None = None) -> Dossier:
    """The dossier, locked until the end of the transaction, as it stands now.

    expected: the `version` the officer was looking at; another one raises `dossier.stale`.
    Errors: dossier.not_found, dossier.stale.
    """
    dossier_id = dossier if isinstance(dossier, str) else sa.inspect(dossier).identity[0]
    query = (
        sa.select(Dossier)
        .where(Dossier.id == dossier_id)
        .with_for_update(of=Dossier)
        .execution_options(populate_existing=True)
    )
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise DomainError("dossier.not_found")
    if expected is not None and row.version != expected:
        raise DomainError("dossier.stale")
    return row


def repeated(op_id: str | None) -> bool:
    """Whether the act with this key was already done: a double click or a re-sent form."""
    if op_id is None:
        return False
    return db.session.scalar(sa.select(Event.id).where(Event.op_id == op_id)) is not None
