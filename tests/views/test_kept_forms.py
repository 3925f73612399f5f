"""A form sent after the session had ended comes back filled in, to its person alone, and does nothing."""

import datetime as dt

import pytest
import sqlalchemy as sa
from itsdangerous import TimestampSigner

from app import clock
from domain.roles import Role
from models.applicant import Applicant
from models.dossier import Dossier
from models.kept_form import KeptForm
from seeds.demo import PASSWORD, first_of_each_role
from tests.factories import dossiers as make
from tests.factories.pages import Page

HERE = {"Origin": "http://localhost"}
NAMES = {a.role: a.username for a in first_of_each_role()}


@pytest.fixture
def guarded(app, monkeypatch):
    """Tokens are asked for, as in the product; people sign in before that."""

    def switch(on=True):
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", on)

    return switch


@pytest.fixture
def aged(login, monkeypatch, guarded):
    """A person whose session began eleven hours ago."""

    def sign_in(role):
        before = TimestampSigner.get_timestamp
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: before(self) - 11 * 3600)
        client = login(role)
        monkeypatch.setattr(TimestampSigner, "get_timestamp", before)
        guarded()
        return client

    return sign_in


def sign_in(client, address, role, guarded):
    guarded(False)
    answer = client.post(address, data={"username": NAMES[role], "password": PASSWORD})
    guarded()
    assert answer.status_code == 302
    return answer.headers["Location"]


def opened(client, address):
    """The page that leads on, sent as it stands."""
    page = Page(client.get(address))
    form = page.find("//form[@data-auto]")
    return Page(client.post(form.get("action"), data=dict(form.form_values()), headers=HERE))


def test_generated_form_comes_back_filled_in_when_the_session_had_ended(session, aged, guarded):
    client = aged(Role.clerk)
    typed = {"name": "Nguyễn Thị Hoa", "phone": "0905 000 111", "csrf_token": "old"}
    answer = client.post("/danh-muc/applicant/add", data=typed, headers=HERE)
    assert answer.status_code == 303 and "/login/" in answer.headers["Location"]
    back = sign_in(client, answer.headers["Location"], Role.clerk, guarded)
    page = opened(client, back)
    assert page.find("//*[@id='name']").get("value") == "Nguyễn Thị Hoa"
    assert page.find("//*[@id='phone']").get("value") == "0905 000 111"
    assert not page.all("//*[contains(@class, 'error-summary')]")
    assert session.scalars(sa.select(Applicant).where(Applicant.name == typed["name"])).all() == []


def test_counter_comes_back_filled_in_when_the_session_had_ended(session, aged, guarded):
    client = aged(Role.clerk)
    before = session.scalar(sa.select(sa.func.count(Dossier.id)))
    typed = {"action": "receive", "owner_name": "Trần Văn Bình", "csrf_token": "old"}
    answer = client.post("/tiep-nhan", data=typed, headers=HERE)
    page = opened(client, sign_in(client, answer.headers["Location"], Role.clerk, guarded))
    assert page.find("//*[@name='owner_name']").get("value") == "Trần Văn Bình"
    assert session.scalar(sa.select(sa.func.count(Dossier.id))) == before


def test_act_on_a_dossier_comes_back_and_is_not_done_when_the_session_had_ended(
    session, aged, guarded
):
    dossier = make.received()
    version = dossier.version
    client = aged(Role.clerk)
    typed = {"text": "Đã gọi điện cho công dân", "csrf_token": "old"}
    answer = client.post(f"/ho-so/{dossier.id}/ghi-chu", data=typed, headers=HERE)
    assert "/login/" in answer.headers["Location"]
    page = opened(client, sign_in(client, answer.headers["Location"], Role.clerk, guarded))
    assert "Đã gọi điện cho công dân" in page.find("//textarea[@name='text']").text
    session.expire_all()
    assert session.get_one(Dossier, dossier.id).version == version


def test_form_stays_hidden_when_somebody_else_signs_in(session, aged, guarded):
    client = aged(Role.clerk)
    typed = {"name": "Nguyễn Thị Hoa", "csrf_token": "old"}
    answer = client.post("/danh-muc/applicant/add", data=typed, headers=HERE)
    back = sign_in(client, answer.headers["Location"], Role.officer, guarded)
    shown = client.get(back)
    assert shown.status_code == 303 and shown.headers["Location"] == "/"


def test_neither_passwords_nor_tokens_are_kept(session, aged):
    client = aged(Role.clerk)
    typed = {"name": "Hoa", "csrf_token": "old", "password": "MotCua", "new_password": "x"}
    client.post("/danh-muc/applicant/add", data=typed, headers=HERE)
    assert session.scalars(sa.select(KeptForm)).one().fields == [["name", "Hoa"]]


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}])
def test_form_from_elsewhere_is_refused_and_not_kept(session, aged, headers):
    client = aged(Role.clerk)
    answer = client.post("/danh-muc/applicant/add", data={"name": "Hoa"}, headers=headers)
    assert answer.status_code == 400
    assert session.scalars(sa.select(KeptForm)).all() == []


def test_nothing_is_kept_for_a_stranger_or_under_a_forged_cookie(session, app, client, guarded):
    guarded()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb")
    answer = client.post("/danh-muc/applicant/add", data={"name": "Hoa"}, headers=HERE)
    assert answer.status_code == 400
    assert session.scalars(sa.select(KeptForm)).all() == []


def test_act_that_no_page_can_show_again_is_not_done_but_explained(session, aged):
    answer = aged(Role.admin).post("/danh-muc/unit/action_post", data={}, headers=HERE)
    assert answer.status_code == 303 and answer.headers["Location"] == "/login/"
    assert session.scalars(sa.select(KeptForm)).all() == []


def test_form_is_gone_after_its_hour(session, aged, guarded, monkeypatch):
    client = aged(Role.clerk)
    answer = client.post("/danh-muc/applicant/add", data={"name": "Hoa"}, headers=HERE)
    back = sign_in(client, answer.headers["Location"], Role.clerk, guarded)
    later = clock.now() + dt.timedelta(minutes=61)
    monkeypatch.setattr("views.present._now", lambda: later)
    assert client.get(back).headers["Location"] == "/"


def test_signed_in_person_with_an_old_page_gets_the_form_back(session, login, guarded):
    client = login(Role.clerk)
    guarded()
    answer = client.post("/danh-muc/applicant/add", data={"name": "Hoa"}, headers=HERE)
    assert answer.status_code == 303
    assert opened(client, answer.headers["Location"]).find("//*[@id='name']").get("value") == "Hoa"
