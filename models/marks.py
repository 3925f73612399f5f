"""What changed last: a mark that is the same as long as nothing was written, one per topic besides.

A process that keeps something in memory keeps the mark beside it, read *before* what is kept was
read, and asks for the mark again before using it. A mark is exact: whoever would see a change sees
another mark. `data` stands for the whole database; the topics are raised by triggers (migration
0008), so that receipts do not outdate identities and calendars.
"""

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Hashable, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.pq import ExecStatus
from sqlalchemy import orm

from models.base import db

T = TypeVar("T")


class Mark(NamedTuple):
    """`data`: anything at all; `calendar`, `identity`, `catalogue`: their topics."""

    data: str
    calendar: str
    identity: str
    catalogue: str


_numbers = itertools.count(1)
_TOPICS = ", ".join(
    f"(SELECT value FROM change_mark WHERE topic = '{topic}')" for topic in Mark._fields[1:]
)
_PG = f"SELECT pg_current_snapshot()::text, {_TOPICS}"
_NAME = b"mark"
_SQLITE = f"SELECT data_version, {_TOPICS} FROM pragma_data_version"


class _Watch:
    """A connection of this process that only looks: always outside a transaction, never writing."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.pid, self.connection = engine, 0, None
        self.lock, self.opened = threading.Lock(), 0
        self.postgresql = engine.dialect.name == "postgresql"
        sa.event.listen(engine, "engine_disposed", lambda _engine: self.drop())

    def drop(self) -> None:
        """Close the connection; one that was opened before a fork belongs to the parent."""
        connection, self.connection = self.connection, None
        if connection is not None and self.pid == os.getpid():
            with contextlib.suppress(Exception):
                connection.close()

    def read(self) -> Mark | None:
        with self.lock:
            for _ in range(2):
                try:
                    return self._read()
                except Exception:  # any driver's: closed meanwhile, or not there yet
                    self.drop()
        return None

    def _read(self) -> Mark:
        if self.connection is None or self.pid != os.getpid():
            self.connection, self.pid = self._open(), os.getpid()
            self.opened = next(_numbers)
        row = self._row()
        # A mark means something within one connection only: behind another one there may be a
        # restored database, and SQLite counts the changes for each connection by itself.
        return Mark(*(f"{self.opened}:{value}" for value in row))

    def _row(self) -> Sequence[Any]:
        """What stands in the database now; below the cursors, because every request asks."""
        connection: Any = self.connection
        if not self.postgresql:
            found: Sequence[Any] = connection.execute(_SQLITE).fetchone()
            return found
        answer = connection.pgconn.exec_prepared(_NAME, [])
        if answer.status != ExecStatus.TUPLES_OK:
            raise psycopg.OperationalError
        return [answer.get_value(0, n).decode() for n in range(len(Mark._fields))]

    def _open(self) -> Any:
        # Beside the pool: whoever waits there for a connection must never hold up one who has the
        # write lock and only wants to look.
        dialect = self.engine.dialect
        given, named = dialect.create_connect_args(self.engine.url)
        if not self.postgresql:
            named |= {"check_same_thread": False}
        driver: Any = dialect.connect(*given, **named)
        if self.postgresql:
            driver.autocommit = True
            driver.pgconn.prepare(_NAME, _PG.encode())
        return driver


_watches: dict[int, _Watch] = {}


def read() -> Mark | None:
    """The mark of now; None when it cannot be had, and then nothing kept may be used."""
    engine = db.engine
    watch = _watches.get(id(engine))
    if watch is None or watch.engine is not engine:
        watch = _watches[id(engine)] = _Watch(engine)
    return watch.read()


class Topic:
    """One topic as the transaction under way may use it: read once, and not after a change of its own."""

    def __init__(self, name: str, *models: type) -> None:
        self.name, self.models = name, models
        self.changed = f"changed {name}"
        sa.event.listen(orm.Session, "before_flush", self._watch)

    def _watch(self, session: orm.Session, *_flush: Any) -> None:
        if self._touched(session):
            session.info[self.changed] = True

    def _touched(self, session: orm.Session) -> bool:
        rows = (*session.new, *session.dirty, *session.deleted)
        return any(isinstance(row, self.models) for row in rows)

    def mark(self) -> str | None:
        """What is kept is kept under this; None: keep nothing and use nothing that is kept."""
        session = db.session()
        if session.info.get(self.changed) or self._touched(session):
            return None
        mark: Mark | None = session.info.get("mark") or _request.get() or read()
        if session.in_transaction():
            session.info["mark"] = mark
        value: str | None = getattr(mark, self.name, None)
        return value


#: The mark read at the beginning of the request under way; good until its first transaction ends.
_request: ContextVar[Mark | None] = ContextVar("mark", default=None)


def begin(mark: Mark | None) -> None:
    """Say what was read at the beginning of a request, or forget it (None)."""
    _request.set(mark)


def _ended(session: orm.Session, transaction: orm.SessionTransaction) -> None:
    """What a transaction has read and changed ends with it."""
    if transaction.parent is None:
        _request.set(None)
        for key in [k for k in session.info if k == "mark" or k.startswith("changed ")]:
            del session.info[key]


sa.event.listen(orm.Session, "after_transaction_end", _ended)

_kept: dict[Any, tuple[str, Any]] = {}
MOST_KEPT = 2_000


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made again only after something was written. Plain values only, no rows.

    key: says all that the value depends on besides the data, the scope included.
    """
    mark = read()
    if mark is None:
        return make()
    known = _kept.get(key)
    if known is not None and known[0] == mark.data:
        value: T = known[1]
        return value
    made = make()
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = (mark.data, made)
    return made
