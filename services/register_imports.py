"""A file for a register: taken in, its columns chosen, tried, stored; paused, gone on with, stopped.

What is chosen and how far it is stands in one row. The work itself is done by `services.import_runs`.
"""

import datetime as dt
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import sqlalchemy as sa

from domain.errors import DomainError
from domain.events import Tag
from domain.unicode import fold
from models.base import Row, db
from models.ids import uuid7
from models.job import Job
from models.register_import import ImportLine, RegisterImport, RunState
from models.scope import everything
from services import jobs
from services.acting import Actor
from services.catalogue import ALL
from services.filestore import FileStore
from services.importing import tables
from services.recording import record
from services.transaction import one_at_a_time, transaction

#: States in which the file is still needed.
OPEN = (RunState.mapping, RunState.trying, RunState.tried, RunState.storing, RunState.paused)
#: Lines that may be stored all or not at all: longer a transaction keeps others waiting.
WHOLE = 2_000
#: How long an import that nobody ends, and the wrong lines of one that ended, are kept.
KEPT_FOR = dt.timedelta(days=30)
ORPHAN_SECONDS = 24 * 3600
COUNTS = ("created", "changed", "same", "wrong")


class Asked(NamedTuple):
    """Who waits for the work, and how the list of long work calls it."""

    user_id: int
    title: str
    language: str
    page: str


def store_below(uploads: str | Path) -> FileStore:
    """Where the files lie until they are done with."""
    return FileStore(Path(uploads) / "imports")


def of(run_id: str, register: str) -> RegisterImport:
    """An import of this register, as far as it is seen here. Errors: row.not_found."""
    query = sa.select(RegisterImport).where(
        RegisterImport.id == run_id, RegisterImport.register == register
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise DomainError("row.not_found")
    return found


def recent(register: str, limit: int = 5) -> list[RegisterImport]:
    """The imports of a register, the newest first."""
    query = sa.select(RegisterImport).where(RegisterImport.register == register)
    return list(db.session.scalars(query.order_by(RegisterImport.id.desc()).limit(limit)))


def wrong_lines(run_id: str, limit: int | None = None) -> list[ImportLine]:
    """The lines that were not taken in, in the order of the file."""
    query = sa.select(ImportLine).where(ImportLine.run_id == run_id).order_by(ImportLine.number)
    return list(db.session.scalars(query.limit(limit) if limit else query))


def active(run: RegisterImport) -> bool:
    """Whether somebody is at it or will be: the piece of long work is open."""
    if run.state not in (RunState.trying, RunState.storing) or run.job_id is None:
        return False
    job = db.session.get(Job, run.job_id)
    return job is not None and job.state in jobs.OPEN


# ---- the file ------------------------------------------------------------------------------------
def begin(
    register: str,
    stream: BinaryIO,
    name: str,
    *,
    store: FileStore,
    limit: int,
    user_id: int,
    actor: Actor,
    at: dt.datetime,
) -> RegisterImport:
    """Keep a file and see what it is; the same file sent twice is one import.

    limit: bytes. Errors: file.empty, file.too_large, import.not_readable, import.old_excel,
    import.encoding.
    """
    digest, _size = store.take(stream, limit)
    try:
        seen = tables.look(store.path(digest))
    except DomainError:
        _forget_file(store, digest)
        raise
    with transaction() as session:
        one_at_a_time(f"import {digest}")
        if (same := _waiting(register, digest, user_id)) is not None:
            return same
        run = RegisterImport(register=register, user_id=user_id, sha256=digest, made_at=at)
        run.agency_id, run.made_by = actor.home.agency_id, actor.name
        run.file_name = Path(name or "").name[-200:] or "?"
        _show(run, seen)
        session.add(run)
        session.flush()
        return run


def _waiting(register: str, digest: str, user_id: int) -> RegisterImport | None:
    query = sa.select(RegisterImport).where(
        RegisterImport.register == register,
        RegisterImport.sha256 == digest,
        RegisterImport.user_id == user_id,
        RegisterImport.state == RunState.mapping,
    )
    return db.session.scalars(query.limit(1)).first()


def _show(run: RegisterImport, seen: tables.Look) -> None:
    run.form, run.heads = seen.form.plain(), seen.heads
    run.sample = [[number, [tables.shown(c) for c in cells]] for number, cells in seen.sample]


def known_places(run: RegisterImport) -> tuple[dict[str, int], str | None] | None:
    """The choice that was remembered for this register, where its headings stand in this file."""
    query = (
        sa.select(RegisterImport)
        .where(RegisterImport.register == run.register, RegisterImport.remembered)
        .order_by(RegisterImport.id.desc())
    )
    for before in db.session.scalars(query.limit(1)):
        now = {fold(head): place for place, head in reversed(list(enumerate(run.heads)))}
        then = {n: fold(before.heads[p]) for n, p in before.places.items()}
        found = {name: now[head] for name, head in then.items() if head in now}
        return (found, before.match_by) if found else None
    return None


# ---- what is chosen ------------------------------------------------------------------------------
def choose(
    run_id: str,
    *,
    places: dict[str, int],
    match_by: str | None,
    remembered: bool,
    head: int | None,
    store: FileStore,
    actor: Actor,
    at: dt.datetime,
) -> RegisterImport:
    """Keep which column of the file means what; what was tried before has to be tried again.

    head: the row of the headings; another one than before is looked up anew.
    Errors: import.other_state, import.column_chosen_twice.
    """
    with transaction():
        run = _in(run_id, RunState.mapping, RunState.tried)
        if head is not None and head != run.form["head"]:
            _show(run, tables.look(store.path(run.sha256), head))
            run.places = {}
        else:
            run.places = {name: p for name, p in places.items() if 0 <= p < len(run.heads)}
        taken = list(run.places.values())
        for name, place in run.places.items():
            if taken.count(place) > 1:
                raise DomainError("import.column_chosen_twice", field=name)
        run.match_by = match_by if match_by in run.places else None
        run.remembered, run.state, run.tried, run.said = remembered, RunState.mapping, None, None
        return run


def reopen(run_id: str, *, actor: Actor, at: dt.datetime) -> None:
    """Back to the choice of columns, which stays as it is. Errors: import.other_state."""
    with transaction():
        run = _in(run_id, RunState.tried, RunState.mapping)
        run.state, run.said = RunState.mapping, None


def start_trial(run_id: str, asked: Asked, *, actor: Actor, at: dt.datetime) -> None:
    """Let the file be tried; asked twice it is tried once. Errors: import.other_state."""
    with transaction():
        run = held(run_id)
        if run.state is RunState.trying and active(run):
            return
        _refuse_unless(run, RunState.mapping, RunState.tried, RunState.trying)
        run.state, run.total, run.tried, run.wanted = RunState.trying, 0, None, None
        begin_again(run)
        _ask(run, asked, trial=True, at=at)


def start_storing(run_id: str, asked: Asked, *, whole: bool, actor: Actor, at: dt.datetime) -> None:
    """Let the file be stored; asked twice it is stored once.

    whole: all lines or none. Errors: import.try_first, import.busy, import.whole_too_long,
    import.whole_wrong, import.other_state.
    """
    with transaction():
        run = held(run_id)
        if run.state is RunState.storing:
            return
        if run.state is RunState.mapping:
            raise DomainError("import.try_first")
        _refuse_unless(run, RunState.tried)
        _refuse_second(run)
        if whole and run.total > WHOLE:
            raise DomainError("import.whole_too_long", limit=WHOLE)
        if whole and (run.tried or {}).get("wrong"):
            raise DomainError("import.whole_wrong")
        run.state, run.whole, run.wanted, run.said = RunState.storing, whole, None, None
        begin_again(run)
        _ask(run, asked, trial=False, at=at)


def pause(run_id: str, *, actor: Actor, at: dt.datetime) -> None:
    """Stop after the piece in hand, to go on later. Errors: import.other_state."""
    with transaction():
        run = _in(run_id, RunState.storing, RunState.paused)
        if run.state is RunState.storing:
            if active(run):
                run.wanted = "pause"
            else:
                run.state = RunState.paused


def go_on(run_id: str, asked: Asked, *, actor: Actor, at: dt.datetime) -> None:
    """Go on after a pause, or where a process died. Errors: import.busy, import.other_state."""
    with transaction():
        run = _in(run_id, RunState.paused, RunState.storing, RunState.trying)
        run.wanted = None
        if active(run):
            return
        trial = run.state is RunState.trying
        if not trial:
            _refuse_second(run)
            run.state = RunState.storing
        _ask(run, asked, trial=trial, at=at)


def stop(run_id: str, *, store: FileStore, actor: Actor, at: dt.datetime) -> None:
    """End it: what is stored stays, the rest of the file is let go. A trial goes back to its columns.

    Errors: import.other_state.
    """
    with transaction():
        run = _in(run_id, *OPEN, RunState.stopped)
        if active(run):
            run.wanted = "stop"
            return
        if run.state is RunState.trying:
            run.state, run.wanted = RunState.mapping, None
            return
        if run.state is not RunState.stopped:
            ended(run, RunState.stopped, actor=actor, at=at)
    let_go(store, run_id)


# ---- inside a transaction ------------------------------------------------------------------------
def held(run_id: str) -> RegisterImport:
    """The import as it stands now, kept from others. Errors: row.not_found."""
    query = (
        sa.select(RegisterImport)
        .where(RegisterImport.id == run_id)
        .with_for_update(of=RegisterImport)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise DomainError("row.not_found")
    return found


def ended(run: RegisterImport, state: RunState, *, actor: Actor, at: dt.datetime) -> None:
    """Leave the event of the import as a whole, if anything was stored."""
    begun = run.state in (RunState.storing, RunState.paused)
    run.state, run.finished_at, run.wanted = state, at, None
    if begun:
        counts = {name: getattr(run, name) for name in COUNTS}
        more = {"file": run.file_name} | ({"stopped": True} if state is RunState.stopped else {})
        subject = _model(run.register)(id=ALL)
        record(
            Tag.catalogue_import, subject, actor=actor, at=at, changes=counts | more, op_id=run.id
        )


def _model(name: str) -> type[Row]:
    found: type[Row] = next(m.class_ for m in Row.registry.mappers if m.class_.__name__ == name)
    return found


def _in(run_id: str, *states: RunState) -> RegisterImport:
    run = held(run_id)
    _refuse_unless(run, *states)
    return run


def _refuse_unless(run: RegisterImport, *states: RunState) -> None:
    if run.state not in states:
        raise DomainError("import.other_state")


def _refuse_second(run: RegisterImport) -> None:
    """Two files at once into one register of one agency would hold each other up, line by line."""
    one_at_a_time(f"import into {run.register} {run.agency_id}")
    query = sa.select(RegisterImport).where(
        RegisterImport.register == run.register,
        RegisterImport.agency_id == run.agency_id,
        RegisterImport.state == RunState.storing,
        RegisterImport.id != run.id,
    )
    for other in db.session.scalars(query):
        if active(other):
            raise DomainError("import.busy", name=other.made_by)


def begin_again(run: RegisterImport) -> None:
    """Nothing is dealt with yet, and no line is wrong."""
    run.line = run.done = run.done_before = 0
    for name in COUNTS:
        setattr(run, name, 0)
    run.begun_at = run.beat_at = None
    db.session.execute(sa.delete(ImportLine).where(ImportLine.run_id == run.id))


def _ask(run: RegisterImport, asked: Asked, *, trial: bool, at: dt.datetime) -> None:
    facts = {"import": run.id, "register": run.register, "trial": trial, "page": asked.page}
    facts["key"] = uuid7()  # a stretch of work of its own, whatever becomes of the one before
    words: Any = {"title": asked.title, "language": asked.language, "facts": facts}
    run.job_id = jobs.ask(asked.user_id, "import", **words, at=at)


# ---- what is left over ---------------------------------------------------------------------------
def let_go(store: FileStore, run_id: str) -> None:
    """Remove the file of an import that has ended, unless another one needs it."""
    digest = db.session.scalar(sa.select(RegisterImport.sha256).where(RegisterImport.id == run_id))
    if digest:
        _forget_file(store, digest)


def _forget_file(store: FileStore, digest: str) -> None:
    if not _needed(digest):
        store.remove(digest)


def _needed(digest: str) -> bool:
    query = sa.select(RegisterImport.id).where(
        RegisterImport.sha256 == digest, RegisterImport.state.in_(OPEN)
    )
    with everything():
        return db.session.scalar(query.limit(1)) is not None


def sweep(store: FileStore, at: dt.datetime) -> None:
    """End what nobody has ended for a month; forget wrong lines of long ago and files nobody needs."""
    old = at - KEPT_FOR
    with transaction():
        forgotten = (RegisterImport.made_at < old, RegisterImport.state.in_(OPEN))
        for run in db.session.scalars(sa.select(RegisterImport).where(*forgotten)):
            if not active(run):
                run.state, run.finished_at = RunState.stopped, at
        db.session.flush()
        ended_ids = sa.select(RegisterImport.id).where(RegisterImport.finished_at < old)
        db.session.execute(sa.delete(ImportLine).where(ImportLine.run_id.in_(ended_ids)))
    for digest in store.old(ORPHAN_SECONDS):
        _forget_file(store, digest)
