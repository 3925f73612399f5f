"""Long work: a long list is written aside with a true bar, by one worker, and survives its death."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa

from app import clock
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.event import Event
from models.job import Job
from models.procedure import ProcedureField
from services import jobs as verbs
from tests.factories import dossiers as make
from tests.factories.pages import Page
from tests.journeys.people import vi
from views import book, jobs
from views.generated import importing, transfer

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


# ---- a large file is taken in --------------------------------------------------------------------
IMPORT = "/danh-muc/procedure_field/import"
LINES = "code,name\nzz-1,Lĩnh vực thử một\nzz-2,Lĩnh vực thử hai\n"


@pytest.fixture
def large(session, login, monkeypatch):
    """An administrator, for whom any file is large."""
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    return login(Role.admin)


def asked_to_store(app, client, text=LINES):
    """Send a file, choose its columns as proposed, try it, ask for it to be stored: its page, the job."""
    data = {"really": "1", "file": (io.BytesIO(text.encode()), "linh-vuc.csv")}
    url = client.post(IMPORT, data=data, content_type="multipart/form-data").headers["Location"]
    chosen = Page(client.get(url)).values("//form[.//*[@id='head']]")
    assert client.post(url, data={**chosen, "act": "try"}).status_code == 303
    assert jobs.work_off(app) == 1
    assert client.post(url, data={"act": "store"}).status_code == 303
    db.session.rollback()
    return url, db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first()


def made(session):
    session.rollback()  # what this connection has read is of a moment ago
    query = sa.select(ProcedureField.name).where(ProcedureField.code.like("zz-%"))
    return sorted(session.scalars(query))


def test_large_file_is_tried_then_taken_in_and_says_what_became_of_it(app, session, large):
    url, _job = asked_to_store(app, large)
    assert made(session) == []
    assert vi("This was a trial: nothing has been stored yet.") in large.get("/viec-chay-lau").text
    assert jobs.work_off(app) == 1
    assert made(session) == ["Lĩnh vực thử hai", "Lĩnh vực thử một"]
    page = Page(large.get("/viec-chay-lau"))
    said = vi("New: %(new)s; changed: %(changed)s; the same: %(same)s; wrong: %(wrong)s.")
    assert said % {"new": 2, "changed": 0, "same": 0, "wrong": 0} in page.text
    assert page.all(f"//a[@href='{url}']")


def test_work_killed_after_it_had_stored_all_is_started_again_and_doubles_nothing(
    app, session, large, monkeypatch
):
    def killed(*_, **__):
        raise SystemExit  # the process ends here: nothing is written down any more

    job_id = asked_to_store(app, large)[1].id
    monkeypatch.setattr(verbs, "finish", killed)
    with pytest.raises(SystemExit):
        jobs.work_off(app)
    monkeypatch.undo()
    session.rollback()
    assert len(made(session)) == 2 and session.get_one(Job, job_id).state == "running"
    later = clock.now() + verbs.LEASE + dt.timedelta(minutes=1)
    monkeypatch.setattr("views.present._now", lambda: later)
    assert vi("interrupted") in large.get("/viec-chay-lau").text
    assert jobs.work_off(app) == 1
    assert len(made(session)) == 2 and session.get_one(Job, job_id).state == "done"
    imports = sa.select(Event).where(Event.tag == Tag.catalogue_import)
    assert [e.changes["created"] for e in session.scalars(imports)] == [2]


def test_work_that_failed_is_started_again_by_its_person_only(app, session, many, login):
    job_id = ask(many).id
    verbs.fail(job_id, clock.now())
    address = f"/viec-chay-lau/{job_id}/lai"
    login(Role.clerk).post(address)
    session.expire_all()
    assert session.get_one(Job, job_id).state == "failed"
    again = login(Role.admin)
    assert (
        Page(again.get("/viec-chay-lau")).find(f"//form[@action='{address}']//button") is not None
    )
    assert again.post(address).headers["Location"] == "/viec-chay-lau"
    assert again.get("/so-viec").get_json()["jobs"] == "1"
    assert jobs.work_off(app) == 1
    session.expire_all()
    assert session.get_one(Job, job_id).state == "done"


def test_thick_register_book_is_drawn_aside(app, session, login, monkeypatch):
    monkeypatch.setattr(book, "AT_ONCE", 0)
    make.received()
    clerk = login(Role.clerk)
    assert clerk.get("/so-theo-doi/in").headers["Location"] == "/viec-chay-lau"
    assert jobs.work_off(app) == 1
    link = Page(clerk.get("/viec-chay-lau")).find("//a[@download]").get("href")
    assert clerk.get(link).data.startswith(b"%PDF")
