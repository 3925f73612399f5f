"""The work of an import: a file is tried or stored piece by piece, each piece one transaction.

With a piece its counts, its wrong lines and the last line of it are written. A process that dies
leaves whole pieces; whoever goes on begins behind the last of them.
"""

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from domain.errors import DomainError
from models.base import Row, db
from models.ids import uuid7
from models.register_import import ImportLine, RegisterImport, RunState
from services import register_imports, taking_in
from services.acting import Actor
from services.catalogue import Line
from services.filestore import FileStore
from services.importing import tables
from services.importing.bulk import Values, insert
from services.importing.tables import Numbered
from services.jobs import Progress
from services.taking_in import Result
from services.transaction import transaction

#: Lines of a piece.
PIECE = 500
MOST_LINES = 100_000
#: SQLite has one writer: seconds between two pieces in which others get their turn.
GAP = 0.05


@dataclass
class Read:
    """A line as it was read: the id of the row it names, its values, what cannot be read."""

    number: int
    row_id: str | None
    values: dict[str, Any]
    mistakes: list[DomainError] = field(default_factory=list)


class Reader(Protocol):
    """Makes lines of cells, and sentences of errors: both in the language of a person."""

    #: Columns whose value stands once in the register.
    unique: Sequence[str]

    def read(self, rows: Sequence[Numbered]) -> list[Read]:
        """The lines; inside the transaction that stores them."""
        ...

    def say(self, error: DomainError) -> list[str]:
        """[name of the column, sentence]."""
        ...


class _Undo(Exception):
    """Leaves the transaction of a trial, or of a whole file with a mistake."""


class _Halt(Exception):
    """Somebody wants a pause or an end, or another process is at it."""


class Job(NamedTuple):
    """What a run needs besides its row."""

    model: type[Row]
    reader: Reader
    store: FileStore
    actor: Actor
    now: Callable[[], dt.datetime]
    progress: Progress


def carry_out(run_id: str, job: Job) -> None:
    """Try or store what is left of a file, as its row says; a file that cannot be read ends it."""
    run = _Run(run_id, job)
    try:
        run.carry_out()
    except _Halt:
        return
    except DomainError as error:
        run.broken(error)


class _Run:
    """One stretch of work at one import."""

    def __init__(self, run_id: str, job: Job) -> None:
        self.run_id, self.job = run_id, job
        self.keys: dict[tuple[str, Any], int] = {}

    def carry_out(self) -> None:
        with transaction():
            run = register_imports.held(self.run_id)
            if run.state not in (RunState.trying, RunState.storing):
                raise _Halt
            self.trial, self.whole = run.state is RunState.trying, run.whole
            self.form, self.match_by = tables.Form(**run.form), run.match_by
            self.path = self.job.store.path(run.sha256)
            self.begin(run)
            digest, total, done = run.sha256, run.total, run.done
        self.intact(digest)
        self.total = self.counted(total)
        self.job.progress(done, self.total)
        for piece in self.pieces():
            self.obey()
            self.take(piece)
            if db.session.get_bind().dialect.name == "sqlite":
                time.sleep(GAP)
        self.finish()

    def begin(self, run: RegisterImport) -> None:
        now = self.job.now()
        if self.trial:  # nothing was stored by a trial: it begins anew
            register_imports.begin_again(run)
            run.tried_since = uuid7()
        run.begun_at, run.beat_at, run.done_before = now, now, run.done
        self.line, self.since = run.line, run.tried_since or uuid7()

    def intact(self, digest: str) -> None:
        """Refuse a file that is not the one that was tried. Errors: file.damaged."""
        known = hashlib.sha256()
        with self.path.open("rb") as file:
            while part := file.read(1 << 20):
                known.update(part)
        if known.hexdigest() != digest:
            raise DomainError("file.damaged")

    def counted(self, total: int) -> int:
        """How many lines there are; counted once, before the trial."""
        if total and not self.trial:
            return total
        total = tables.count(self.path, self.form)
        if total > MOST_LINES:
            raise DomainError("import.too_long", limit=MOST_LINES)
        with transaction():
            self.mine().total = total
        return total

    def pieces(self) -> Iterator[list[Numbered]]:
        """What is still to do; of lines dealt with only the keys are read again."""
        rows = tables.rows(self.path, self.form)
        size = MOST_LINES if self.whole and not self.trial else PIECE
        for piece in _parts(rows, size):
            before = [row for row in piece if row[0] <= self.line]
            if before:
                self.repeated(self.job.reader.read(before))
            if after := piece[len(before) :]:
                yield after

    # ---- one piece -------------------------------------------------------------------------------
    def take(self, piece: list[Numbered]) -> None:
        results: list[str | list[DomainError]] = []
        undo = False
        try:
            with transaction():
                run = self.mine()
                results = self.results(self.job.reader.read(piece))
                undo = self.trial or (self.whole and any(isinstance(r, list) for r in results))
                if undo:
                    raise _Undo
                self.book(run, piece, results)
        except _Undo:
            with transaction():
                run = self.mine()
                self.book(run, piece, results)
                if not self.trial:
                    self.nothing_stored(run)
        self.job.progress(self.done, self.total)
        if undo and not self.trial:
            raise _Halt

    def results(self, reads: list[Read]) -> list[str | list[DomainError]]:
        """What became of each line, the mistakes of a wrong one."""
        twice = self.repeated(reads)
        good = [r for r in reads if not r.mistakes and r.number not in twice]
        self.match(good)
        lines = [Line(r.number, r.row_id, r.values) for r in good]
        taken: dict[int, Result] = {}
        actor, at = self.job.actor, self.job.now()
        came = taking_in.take(self.job.model, lines, actor=actor, at=at, since=self.since)
        for line, result in zip(lines, came, strict=True):
            taken[line.number] = result
        found: list[str | list[DomainError]] = []
        for read in reads:
            mistakes = read.mistakes or ([twice[read.number]] if read.number in twice else [])
            result = taken.get(read.number, "")
            if isinstance(result, DomainError):
                mistakes = [result]
            found.append(mistakes or str(result))
        return found

    def repeated(self, reads: Iterable[Read]) -> dict[int, DomainError]:
        """Lines that mean the same row as an earlier line of the file."""
        wrong: dict[int, DomainError] = {}
        for read in reads:
            keys: list[tuple[str, Any]] = [("id", read.row_id)] if read.row_id else []
            keys += [(name, read.values.get(name)) for name in self.job.reader.unique]
            for key in (key for key in keys if key[1] is not None):
                first = self.keys.setdefault(key, read.number)
                if first != read.number:
                    wrong[read.number] = DomainError("import.twice", field=key[0], line=first)
        return wrong

    def match(self, reads: list[Read]) -> None:
        """Find the rows that lines without an id mean, by the column that was chosen."""
        name = self.match_by
        if name is None:
            return
        without = [r for r in reads if r.row_id is None and r.values.get(name) is not None]
        ids = taking_in.ids_by(self.job.model, name, [r.values[name] for r in without])
        for read in without:
            read.row_id = ids.get(read.values[name])

    def book(
        self, run: RegisterImport, piece: list[Numbered], results: list[str | list[DomainError]]
    ) -> None:
        """Write how far it is and which lines were wrong, in the transaction under way."""
        wrong = [(row, r) for row, r in zip(piece, results, strict=True) if isinstance(r, list)]
        insert(db.session, ImportLine.__table__, [self.wrong(run, *pair) for pair in wrong])
        came = Counter(result for result in results if isinstance(result, str))
        run.created += came["new"]
        run.changed += came["changed"]
        run.same += came["same"]
        run.wrong += len(wrong)
        run.done += len(piece)
        self.line = run.line = piece[-1][0]
        self.done, run.beat_at = run.done, self.job.now()

    def wrong(self, run: RegisterImport, row: Numbered, mistakes: list[DomainError]) -> Values:
        """A line to keep for whoever corrects it."""
        return {
            "id": uuid7(),
            "agency_id": run.agency_id,
            "run_id": run.id,
            "number": row[0],
            "cells": [tables.shown(cell) for cell in row[1]],
            "mistakes": [self.job.reader.say(error) for error in mistakes],
        }

    def mine(self) -> RegisterImport:
        """The row, locked, if this is still the one to go on with it."""
        run = register_imports.held(self.run_id)
        state = RunState.trying if self.trial else RunState.storing
        if run.state is not state or run.line != self.line:
            raise _Halt
        return run

    # ---- its end ---------------------------------------------------------------------------------
    def obey(self) -> None:
        """Pause or end between two pieces, if somebody wants it."""
        query = sa.select(RegisterImport.wanted).where(RegisterImport.id == self.run_id)
        wanted = db.session.scalar(query)
        if wanted is None:
            return
        with transaction():
            run = self.mine()
            if wanted == "pause" and not self.trial:
                run.state, run.wanted = RunState.paused, None
            elif self.trial:
                run.state, run.wanted = RunState.mapping, None
            else:
                self.end(run, RunState.stopped)
        self.let_go()
        raise _Halt

    def finish(self) -> None:
        """All lines are through: a trial leaves its counts, an import its event."""
        with transaction():
            run = self.mine()
            if self.trial:
                run.state, run.wanted = RunState.tried, None
                run.tried = {name: getattr(run, name) for name in register_imports.COUNTS}
            else:
                self.end(run, RunState.done)
        self.let_go()

    def nothing_stored(self, run: RegisterImport) -> None:
        """All or nothing, and a line was wrong: the wrong lines are kept, the counts are not."""
        run.tried = {name: getattr(run, name) for name in register_imports.COUNTS}
        run.state, run.said = RunState.tried, self.sentence(DomainError("import.whole_wrong"))

    def broken(self, error: DomainError) -> None:
        """The file cannot be read to its end: say why; what is stored stays."""
        with transaction():
            run = register_imports.held(self.run_id)
            run.said = self.sentence(error)
            if run.state is RunState.trying:
                run.state = RunState.mapping
            elif run.state is RunState.storing:
                self.end(run, RunState.stopped)
        self.let_go()

    def end(self, run: RegisterImport, state: RunState) -> None:
        register_imports.ended(run, state, actor=self.job.actor, at=self.job.now())

    def let_go(self) -> None:
        """The file, if nobody needs it any more."""
        register_imports.let_go(self.job.store, self.run_id)

    def sentence(self, error: DomainError) -> str:
        return self.job.reader.say(error)[1]


def _parts(rows: Iterable[Numbered], size: int) -> Iterator[list[Numbered]]:
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part
