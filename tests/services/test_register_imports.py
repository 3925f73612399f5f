"""The ways of an import beside the straight one: damaged files, lost columns, forgotten imports."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask_babel import gettext

from app import clock
from domain.errors import DomainError
from models.event import Event
from models.reference import LandType
from models.register_import import ImportLine, RegisterImport, RunState
from services import import_runs, register_imports
from tests.services import register_files as files


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Small pieces, one after the other."""
    monkeypatch.setattr(import_runs, "PIECE", 4)
    monkeypatch.setattr(import_runs, "GAP", 0)


@pytest.fixture
def shelf(app, session, tmp_path):
    """Files of imports, and a request's language for their sentences."""
    with app.test_request_context():
        yield files.store_in(tmp_path)


def as_it_is(session, run_id) -> RegisterImport:
    session.rollback()
    return session.get_one(RegisterImport, run_id)


def there(session) -> int:
    return session.scalar(sa.select(sa.func.count(LandType.id)).where(LandType.code.like("z%")))


def asked_to_store(shelf, run_id):
    register_imports.start_storing(run_id, files.ASKED, whole=False, **files.who())


def test_file_that_is_not_the_one_that_was_tried_is_not_stored(session, shelf):
    run_id = files.begun(shelf, files.content(9))
    digest = files.tried(shelf, run_id).sha256
    shelf.path(digest).write_bytes(files.content(9, prefix="x"))
    asked_to_store(shelf, run_id)
    import_runs.carry_out(run_id, files.job(shelf))
    run = as_it_is(session, run_id)
    assert (run.state, run.done, there(session)) == (RunState.stopped, 0, 0)
    assert run.said == DomainError("file.damaged").text(gettext)


def test_file_that_breaks_off_says_at_which_line(session, shelf):
    data = files.content(200) + b'\r\nz900,"a b,c\r\n'
    run_id = files.begun(shelf, data)
    run = files.tried(shelf, run_id)
    assert (run.state, run.tried) == (RunState.mapping, None)
    assert run.said == DomainError("import.broken_off", line=202).text(gettext)


def test_columns_that_the_register_no_longer_has_are_chosen_again(session, shelf):
    run_id = files.begun(shelf, files.content(3))
    job = files.job(shelf)
    job.reader.gone = ["colour"]
    register_imports.start_trial(run_id, files.ASKED, **files.who())
    import_runs.carry_out(run_id, job)
    run = as_it_is(session, run_id)
    assert run.state is RunState.mapping and "colour" in run.said


def test_trial_that_was_broken_off_begins_again_and_counts_nothing_twice(
    session, shelf, monkeypatch
):
    run_id = files.begun(shelf, files.content(9) + b"\r\nz0,,x")
    register_imports.start_trial(run_id, files.ASKED, **files.who())
    before, pieces = import_runs._Run.take, []

    def take(self, piece):
        pieces.append(piece)
        if len(pieces) == 3:
            raise SystemExit
        before(self, piece)

    monkeypatch.setattr(import_runs._Run, "take", take)
    with pytest.raises(SystemExit):
        import_runs.carry_out(run_id, files.job(shelf))
    monkeypatch.setattr(import_runs._Run, "take", before)
    import_runs.carry_out(run_id, files.job(shelf))
    run = as_it_is(session, run_id)
    assert run.tried == {"created": 9, "changed": 0, "same": 0, "wrong": 1}
    assert session.scalar(sa.select(sa.func.count(ImportLine.id))) == 1


def test_second_process_at_the_same_import_writes_nothing(session, shelf):
    """Two that both think it is theirs: the one that comes second sees that the last line has moved."""
    run_id = files.begun(shelf, files.content(9))
    files.tried(shelf, run_id)
    asked_to_store(shelf, run_id)
    second = import_runs._Run(run_id, files.job(shelf))

    def first_is_quicker(done, total):
        if done == 4:
            import_runs.carry_out(run_id, files.job(shelf))

    second.job = files.job(shelf, first_is_quicker)
    with pytest.raises(import_runs._Halt):
        second.carry_out()
    assert there(session) == 9
    assert as_it_is(session, run_id).created == 9
    made = sa.select(sa.func.count(Event.id)).where(Event.subject_kind == "LandType")
    assert session.scalar(made) == 10


def test_what_was_stored_before_is_the_same_when_the_file_is_sent_again(session, shelf):
    for expected in ({"created": 5}, {"same": 5}):
        run_id = files.begun(shelf, files.content(5))
        files.chosen(shelf, run_id, match_by="code")
        tried = files.tried(shelf, run_id).tried
        assert {name: count for name, count in tried.items() if count} == expected
        if "created" in expected:
            asked_to_store(shelf, run_id)
            import_runs.carry_out(run_id, files.job(shelf))


def test_import_that_nobody_ends_is_closed_after_a_month_and_its_file_goes(session, shelf):
    old, young = (files.begun(shelf, files.content(n)) for n in (3, 4))
    month = dt.timedelta(days=31)
    session.get_one(RegisterImport, old).made_at = clock.now() - month
    session.commit()
    digests = {name: as_it_is(session, name).sha256 for name in (old, young)}
    for digest in digests.values():
        _age(shelf.path(digest))
    register_imports.sweep(shelf, clock.now())
    assert as_it_is(session, old).state is RunState.stopped
    assert as_it_is(session, young).state is RunState.mapping
    assert shelf.path(digests[young]).is_file()
    with pytest.raises(DomainError):
        shelf.path(digests[old])


def _age(path) -> None:
    import os

    os.utime(path, (0, 0))
