"""A draft on trial: the real screens on a database of its own, of which nothing stays."""

import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.middleware.proxy_fix import ProxyFix

from app import trials as door
from domain.roles import Role
from models.base import db
from models.organisation import Unit
from models.procedure import VersionState
from services import reference, trials
from services.filestore import FileStore
from tests.conftest import Visitor
from tests.factories.counter import chosen, send
from tests.factories.pages import Page
from tests.factories.procedures import STREET, street_permit
from tests.services.test_blank_forms import DOCX

DATA = {
    "d-tuyen_duong": "Đường Hùng Vương",
    "d-muc_dich": "xe",
    "d-dien_tich": "40",
    "d-tu_ngay": "1/5/26",
    "d-den_ngay": "10/5/26",
    "d-phuong_tien-0-loai_xe": "Xe máy",
    "d-phuong_tien-0-so_luong": "30",
    "d-cam_ket": "1",
}


def everything_stored() -> dict[str, list[str]]:
    """Every row of every table of the real database, framework's own included."""
    db.session.rollback()
    found = {}
    tables = sa.inspect(db.engine).get_table_names()
    for name in tables:
        rows = db.session.connection().exec_driver_sql(f'SELECT * FROM "{name}"').fetchall()
        found[name] = sorted(map(repr, rows))
    assert {"dossier", "event", "ab_user", "number_counter"} <= found.keys()
    return found


class Inside:
    """A visitor below the address of a trial."""

    def __init__(self, client: FlaskClient, trial_id: str) -> None:
        self.client, self.below = client, f"/thu/{trial_id}"

    def get(self, address: str, **more: Any) -> Any:
        return self.client.get(self._at(address), **more)

    def post(self, address: str, **more: Any) -> Any:
        return self.client.post(self._at(address), **more)

    def _at(self, address: str) -> str:
        return address if address.startswith(self.below) else self.below + address

    def play(self, words: str) -> Any:
        """Go on as the part whose words begin so."""
        page = Page(self.get("/theo-doi-ho-so"))
        options = page.all("//select[@name='vai']/option")
        value = next(o.get("value") for o in options if o.text_content().startswith(words))
        return self.post("/vai", data={"vai": value})


@pytest.fixture
def draft(session: Any) -> Any:
    return street_permit(VersionState.draft)


@pytest.fixture
def admin(login: Any) -> FlaskClient:
    return login(Role.admin)


def begun(admin: FlaskClient, version_id: str, code: str = "DL-648") -> Inside:
    """A trial at an agency, entered."""
    agency = db.session.scalars(sa.select(Unit.id).where(Unit.code == code)).one()
    answer = admin.post(f"/thiet-ke/{version_id}/thu", data={"agency_id": agency})
    assert answer.status_code == 303, Page(answer).text
    address = answer.headers["Location"]
    assert admin.get(address).status_code == 303
    return Inside(admin, address.split("/")[2])


def received(inside: Inside) -> str:
    """A dossier of the trial; its code."""
    answer = send(inside, {**chosen(inside, STREET), **DATA}, "receive")
    assert answer.status_code == 303, Page(answer).text
    page = Page(inside.get(answer.headers["Location"]))
    return page.all("//*[contains(@class, 'trial-dossiers')]/a")[0].text_content()


def hand_on(inside: Inside) -> None:
    """The clerk's step is done, on the page of the dossier that the work list leads to."""
    link = Page(inside.get("/viec")).find("//a[contains(@href, '/ho-so/')]").get("href")
    assert link.startswith(inside.below)
    page = Page(inside.get(link.partition("?")[0] + "?viec=chuyen"))
    form = page.find("//form[contains(@action, '/chuyen')]")
    values = dict(form.form_values())
    assert inside.post(form.get("action"), data=values).status_code == 303


def steps(trial_id: str, app: Any) -> list[tuple[str, str]]:
    """Names and states of the steps in the database of the trial."""
    engine = sa.create_engine(f"sqlite:///{door.folder(app) / trial_id / 'trial.db'}")
    with engine.connect() as connection:
        query = "SELECT name, state FROM dossier_step ORDER BY position"
        found = [tuple(row) for row in connection.exec_driver_sql(query)]
    engine.dispose()
    return found


def test_a_trial_walks_the_real_screens_and_the_real_database_has_no_row_more_or_less(
    app, draft, admin
):
    version_id, uploads = draft.id, Path(app.config["UPLOAD_DIR"])
    before, files = everything_stored(), sorted(uploads.rglob("*"))
    inside = begun(admin, version_id)
    assert everything_stored() == before
    code = received(inside)
    assert code.startswith("THU.")
    hand_on(inside)
    landing = inside.play("Chuyên viên – Phòng Tài chính")
    assert landing.status_code == 303
    assert "Bước 2" in Page(inside.get(landing.headers["Location"])).text
    inside.play("Công dân")
    assert code in Page(inside.get(f"/tra-cuu/{code}")).text
    trial_id = inside.below.split("/")[2]
    assert inside.post("/het").headers["Location"] == f"/thiet-ke/{version_id}"
    assert not (door.folder(app) / trial_id).exists()
    assert everything_stored() == before and sorted(uploads.rglob("*")) == files
    assert reference.version(version_id).state is VersionState.draft


def test_every_page_of_a_trial_bears_its_bar_and_leads_nowhere_else(draft, admin):
    inside = begun(admin, draft.id)
    received(inside)
    for address in ("/", "/tiep-nhan", "/viec", "/tra-ket-qua", "/tra-cuu", "/khong-co"):
        page = Page(inside.get(address))
        assert page.all("//*[contains(@class, 'trial-bar')]"), address
        links = page.all("//@href | //@action | //@src")
        out = [a for a in links if a.startswith("/") and not a.startswith(inside.below)]
        assert not out, address
        assert not page.all("//*[@data-person!='']")


def test_the_papers_of_a_trial_are_marked_on_every_page(draft, admin):
    inside = begun(admin, draft.id)
    answer = send(inside, {**chosen(inside, STREET), **DATA}, "receive")
    page = Page(inside.get(answer.headers["Location"]))
    paper = inside.get(page.find("//a[@data-print]").get("href"))
    assert paper.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(paper.data)).pages
    assert pages and all("BẢN THỬ" in p.extract_text() for p in pages)


def test_blank_forms_of_the_draft_are_there_on_trial(app, draft, admin):
    paper = draft.documents[0]
    paper.blank_sha256 = FileStore(Path(app.config["UPLOAD_DIR"])).put(DOCX)
    paper.blank_name, paper.blank_type, paper.blank_size = "don.docx", "docx", len(DOCX)
    db.session.commit()
    address = f"/mau-don/{paper.id}"
    answer = begun(admin, draft.id).get(address)
    assert (answer.status_code, answer.data) == (200, DOCX)


def test_time_is_put_forward_and_silence_agrees_by_itself(app, draft, admin):
    inside = begun(admin, draft.id)
    received(inside)
    hand_on(inside)
    trial_id = inside.below.split("/")[2]
    assert ("Bước 3", "open") in steps(trial_id, app)
    for _ in range(2):
        assert inside.post("/gio", data={"leap": "1wd", "ve": "/viec"}).status_code == 303
    assert ("Bước 3", "done") in steps(trial_id, app)
    found = trials.find(door.folder(app), trial_id)
    assert found is not None and found.shift > 24 * 3600


def test_nobody_else_sees_a_trial_and_a_ticket_is_good_for_one(app, draft, admin, login):
    inside = begun(admin, draft.id)
    other = begun(admin, draft.id)
    for stranger in (Visitor(app), login(Role.clerk), login("quantri")):
        for address in ("/tiep-nhan", "/theo-doi-ho-so", "/vao?ve=x"):
            assert stranger.get(inside.below + address).status_code == 404
    trial = trials.find(door.folder(app), other.below.split("/")[2])
    ticket = door.door(app).ticket(trial)
    assert Visitor(app).get(f"{inside.below}/vao?ve={ticket}").status_code == 404


@pytest.mark.parametrize("who", [Role.clerk, Role.leader, Role.auditor])
def test_only_an_administrator_begins_a_trial(draft, login, who):
    assert login(who).post(f"/thiet-ke/{draft.id}/thu").status_code == 403


def test_a_draft_under_which_nothing_could_be_received_is_refused_with_the_reason(
    app, draft, admin
):
    draft.legal_term = None
    db.session.commit()
    agency = db.session.scalars(sa.select(Unit.id).where(Unit.code == "DL-648")).one()
    answer = admin.post(f"/thiet-ke/{draft.id}/thu", data={"agency_id": agency})
    assert answer.status_code == 422 and "thời hạn" in Page(answer).text
    assert list(trials.every(door.folder(app))) == []


def test_trials_are_listed_entered_again_ended_and_bounded(app, draft, admin):
    address = f"/thiet-ke/{draft.id}/thu"
    ids = [begun(admin, draft.id).below.split("/")[2] for _ in range(trials.MOST_OF_ONE + 1)]
    left = {t.id for t in trials.every(door.folder(app))}
    assert left == set(ids[1:])
    again = admin.post(address, data={"trial": ids[-1], "viec": "vao"})
    assert admin.get(again.headers["Location"]).status_code == 303
    assert admin.post(address, data={"trial": ids[-1], "viec": "het"}).status_code == 303
    assert ids[-1] not in Page(admin.get(address)).tree.text_content()
    assert admin.get(f"/thu/{ids[-1]}/tiep-nhan").status_code == 404


def test_a_trial_that_nobody_ended_is_swept_after_a_day(app, draft, admin, tmp_path):
    inside = begun(admin, draft.id)
    root = Path(door.folder(app))
    trial = trials.find(root, inside.below.split("/")[2])
    assert trials.sweep(root, trial.started_at + trials.KEPT_FOR) == 0
    trials.sweep(root, trial.started_at + 2 * trials.KEPT_FOR)
    assert trials.find(root, trial.id) is None


def test_the_door_stands_behind_the_proxies_that_are_believed(tmp_path):
    app = Flask("small")
    app.config.update(UPLOAD_DIR=str(tmp_path / "uploads"), SECRET_KEY="x" * 40)
    app.wsgi_app = ProxyFix(app.wsgi_app)
    door.init_app(app, lambda _settings: app)
    assert isinstance(app.wsgi_app, ProxyFix) and isinstance(app.wsgi_app.app, door.Trials)
    assert app.test_client().get("/nothing").status_code == 404


@pytest.fixture(autouse=True)
def _none_left(app):
    yield
    for trial in list(trials.every(door.folder(app))):
        trials.end(door.folder(app), trial.id)
        app.extensions["trials"].drop(trial.id)
