"""Long work: a long list is written aside with a true bar, by one worker, and survives its death."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app import clock
from domain.roles import Role
from models.base import db
from models.job import Job
from models.procedure import ProcedureField
from services import jobs as verbs
from tests.factories.pages import Page
from views import jobs
from views.generated import transfer

EXPORT = "/danh-muc/procedure_field/export/csv"


@pytest.fixture
def many(session, login, monkeypatch):
    """An administrator, for whom two rows are already a long list; the bar moves with every row."""
    monkeypatch.setattr(transfer, "AT_ONCE", 2)
    monkeypatch.setattr(transfer, "STEP", 1)
    return login(Role.admin)


def ask(client):
    answer = client.get(EXPORT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/viec-chay-lau")
    db.session.rollback()
    return db.session.scalars(sa.select(Job)).one()


def test_long_list_is_written_aside_and_fetched_when_it_is_done(app, session, many, monkeypatch):
    told = []
    before = verbs.tell

    def tell(job_id, done, total, at):
        told.append((done, total))
        before(job_id, done, total, at)

    monkeypatch.setattr(verbs, "tell", tell)
    job = ask(many)
    assert many.get("/viec-chay-lau/so").get_json() == {"running": 1}
    page = Page(many.get("/viec-chay-lau"))
    assert page.find("//progress").get("value") == "0"
    assert jobs.work_off(app) == 1
    total = session.scalar(sa.select(sa.func.count(ProcedureField.id)))
    assert told == [(0, total), *((n, total) for n in range(1, total + 1)), (total, total)]
    assert many.get("/viec-chay-lau/so").get_json() == {"running": 0}
    link = Page(many.get("/viec-chay-lau")).find("//a[@download]").get("href")
    assert link.endswith(f"/{job.id}/tep")
    got = many.get(link)
    assert "attachment" in got.headers["Content-Disposition"]
    names = session.scalars(sa.select(ProcedureField.name)).all()
    assert names and all(name in got.text for name in names)
    assert got.text.startswith("\ufeffid,Mã")


def test_same_work_is_not_asked_twice_while_it_runs(session, many):
    first = ask(many)
    assert ask(many).id == first.id


def test_file_is_for_the_person_who_asked(app, session, many, login):
    job = ask(many)
    jobs.work_off(app)
    other = login(Role.clerk)
    assert other.get(f"/viec-chay-lau/{job.id}/tep").status_code == 404
    assert not Page(other.get("/viec-chay-lau")).all("//a[@download]")


def test_work_of_a_dead_process_is_taken_up_again_three_times_at_most(session, many):
    ask(many)
    at = clock.now()
    for lap in range(verbs.MOST_TRIES):
        later = at + lap * (verbs.LEASE + dt.timedelta(seconds=1))
        assert verbs.take(later).tries == lap + 1
        assert verbs.take(later + verbs.LEASE / 2) is None
    assert verbs.take(at + 10 * verbs.LEASE) is None
    session.rollback()
    assert session.scalars(sa.select(Job)).one().state == "failed"


def test_failure_is_shown_and_stops_nothing_else(app, session, many, monkeypatch):
    ask(many)
    monkeypatch.setitem(jobs.KINDS, "export", lambda facts, progress: 1 / 0)
    assert jobs.work_off(app) == 1
    session.rollback()
    assert session.scalars(sa.select(Job)).one().state == "failed"
    assert many.get("/viec-chay-lau").status_code == 200
