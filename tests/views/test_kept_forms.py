"""A form sent after the session had ended comes back filled in, to its person alone, and does nothing."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa
from itsdangerous import TimestampSigner

from app import clock
from domain.codes import StepKind
from domain.roles import Role
from models.applicant import Applicant
from models.dossier import Dossier
from models.event import Event
from models.kept_form import KeptForm
from seeds.demo import PASSWORD
from tests.factories import dossiers as make
from tests.factories.pages import Page
from tests.journeys.people import vi
from tests.views.kept_form_cases import FORMS, NAMES
from views import kept_forms

HERE = {"Origin": "http://localhost"}


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


# ---- every page that shows a form ----------------------------------------------------------------
#: What is sent by POST and holds nothing that a person has written: the sentence says to do it again.
NOTHING_TYPED = {
    "dossier.issue": "a button",
    "paper.reprint": "a button",
    **dict.fromkeys(("registers.issue", "registers.reprint"), "a button"),
    "preferences.change": "one of three buttons",
    "jobs.again": "a button",
    "scans.drop": "a file, which is not kept",
    "scans.retry": "a button",
    "scans.take_back": "a button",
    "Counter.preview": "asked by a script",
    "Counter.picture": "a picture, sent by a script",
    "Designer.act": "a button",
    "Designer.blank": "a file, which is not kept",
    "Trying.act": "an agency of a list, and buttons",
    "Designer.preview": "only tried, never kept",
    "RegisterDesign.preview": "only tried, never kept",
    **dict.fromkeys([f"RegisterDesign.{n}" for n in ("act", "use", "discard")], "a button"),
    "notices.read": "a button",
    "paper_templates.preview": "only tried, never kept",
    "paper_templates.discard": "a button",
    "lists.act": "buttons and boxes",
    "lists.columns": "boxes",
    "lists.opens": "a button",
    "AuthDBView.login": "a password",
    "ResetMyPasswordView.this_form_post": "passwords",
}
#: The same of generated screens and their relatives, by the name of the method.
BUTTONS = {"delete", "action", "action_post", "publish", "retire", "draft", "undo", "import_run"}


#: Forms of every generated screen, tried in tests/views/generated.
GENERATED = {"add", "edit", "take_in", "change", "change_now", "remove"}


def sent(app):
    """Addresses that take a form, programs aside."""
    rules = [r for r in app.url_map.iter_rules() if "POST" in (r.methods or ())]
    return {r.endpoint for r in rules if not r.rule.startswith("/api/")}


def test_every_form_comes_back_or_stands_among_those_that_hold_nothing(app):
    with app.app_context():
        kept = {e for e in sent(app) if kept_forms.shown_again(e)}
    buttons = {e for e in sent(app) if e.rpartition(".")[2] in BUTTONS}
    assert sent(app) - kept - buttons == NOTHING_TYPED.keys() & sent(app)
    assert NOTHING_TYPED.keys() <= sent(app)
    assert kept >= kept_forms.PAGES
    named = kept_forms.PAGES
    written = {e for e in kept if e in named or e.rpartition(".")[2] not in GENERATED}
    assert written == FORMS.keys() | {"Counter.send", "dossier.act", "worklist.preview"}


WORDS = "Huỳnh Văn Đức"


@pytest.mark.parametrize("endpoint", FORMS)
def test_page_shows_what_was_typed_and_does_nothing(session, login, endpoint):
    role, given, field = FORMS[endpoint]
    address, more = given(session)
    client = login(role)
    before = session.scalar(sa.select(sa.func.count(Event.id)))
    answer = client.post(address, data={**more, field: WORDS, "only_show": "1"})
    assert answer.status_code == 200
    page = Page(answer)
    assert WORDS in {written(e) for e in page.all(f"//*[@name='{field}']")}
    assert not page.all("//*[contains(@class, 'error-summary')]")
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count(Event.id))) == before


def written(box):
    """What stands in a field; the line break after <textarea> is no text."""
    return box.get("value") or (box.text or "").strip()


def texts(page, path):
    """The fields of a form into which words can be written."""
    boxes = page.all(f"{path}//textarea") + page.all(f"{path}//input[not(@type) or @type='text']")
    return [box.get("name") for box in boxes if box.get("name")]


@pytest.mark.parametrize("kind", [StepKind.work, StepKind.sign])
def test_every_act_of_a_dossier_comes_back_as_it_was_typed(session, login, kind):
    dossier = make.at_step(kind)
    client = login(Role.officer if kind is StepKind.work else Role.head)
    acts = Page(client.get(f"/ho-so/{dossier.id}")).all("//a[contains(@href, 'viec=')]/@href")
    before = session.scalar(sa.select(sa.func.count(Event.id)))
    seen = 0
    for address in {act.partition("#")[0] for act in acts}:
        page = Page(client.get(address))
        action = page.find("//form[@data-draft]").get("action")
        path = f"//form[@action='{action}']"
        names = texts(page, path)
        typed = {
            **page.values(path),
            **{n: [WORDS] * names.count(n) for n in names},
            "only_show": "1",
        }
        again = Page(client.post(action, data=typed))
        boxes = [b for n in set(names) for b in again.all(f"{path}//*[@name='{n}']")]
        assert {written(b) for b in boxes} <= {WORDS}, action
        seen += len(boxes)
    assert seen > 3
    session.expire_all()
    assert session.scalar(sa.select(sa.func.count(Event.id))) == before


def test_import_says_that_its_file_must_be_chosen_again(session, aged, guarded):
    client = aged(Role.admin)
    typed = {"really": "1", "csrf_token": "old", "file": (io.BytesIO(b"id"), "linh-vuc.csv")}
    answer = client.post("/danh-muc/procedure_field/import", data=typed, headers=HERE)
    back = sign_in(client, answer.headers["Location"], Role.admin, guarded)
    page = opened(client, back)
    assert page.find("//input[@type='file' and @name='file']") is not None
    assert vi("Files could not be kept: choose them again.") in page.text
