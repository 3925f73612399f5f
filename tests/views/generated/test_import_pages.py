"""A file of any size: its columns are chosen, it is tried, stored piece by piece, paused and gone on with."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook

from domain.events import Tag
from domain.roles import Role
from models.event import Event
from models.job import Job
from models.register_import import ImportLine, RegisterImport, RunState
from services import import_runs, register_imports
from tests.factories.pages import Page
from tests.journeys.people import vi
from views import jobs

HIVE = "/danh-muc/test_hive"
CHOSEN = "//form[.//*[@id='head']]"
FILE = "Tên;Tính khí;Số khung;Ghi thêm\r\nTổ một;wild;3;a\r\nTổ hai;calm;4;b\r\nTổ ba;calm;5;c\r\n"


@pytest.fixture
def clerk(login, registers):
    """A clerk, who may import hives."""
    return login(Role.clerk)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Two lines are a piece."""
    monkeypatch.setattr(import_runs, "PIECE", 2)
    monkeypatch.setattr(import_runs, "GAP", 0)


def sent(client, content, name="to-ong.csv", form="map"):
    """Send a file; the address of its import."""
    content = content.encode() if isinstance(content, str) else content
    data = {"file": (io.BytesIO(content), name), "really": form}
    answer = client.post(f"{HIVE}/import", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    return answer.headers["Location"]


def given(client, url, **more):
    """What the form of the columns would send as it stands."""
    values = Page(client.get(url)).values(CHOSEN)
    return {**values, **more}


def tried(app, client, url, **more):
    """Choose as proposed and try; the page."""
    answer = client.post(url, data=given(client, url, act="try", **more))
    assert answer.status_code == 303
    jobs.work_off(app)
    return Page(client.get(url))


def stored(app, client, url, **more):
    """Store what was tried; the page."""
    assert client.post(url, data={"act": "store", **more}).status_code == 303
    jobs.work_off(app)
    return Page(client.get(url))


def run_of(session):
    """The newest import as it stands."""
    session.rollback()
    query = sa.select(RegisterImport).order_by(RegisterImport.id.desc())
    return session.scalars(query.limit(1)).one()


def labels(session, registers):
    session.rollback()
    return sorted(session.scalars(sa.select(registers.Hive.label)))


# ---- the choice of columns -----------------------------------------------------------------------
def test_columns_are_proposed_by_their_names_and_the_first_rows_shown_as_read(clerk):
    page = Page(clerk.get(sent(clerk, "TEN,temper,Frames,Giá (đồng)\nTổ một,calm,3,1200000\n")))
    chosen = page.values(CHOSEN)
    assert (chosen["col-label"], chosen["col-temper"], chosen["col-frames"]) == ("0", "1", "2")
    assert chosen["col-price"] == "" or chosen["col-price"] == "3"
    rows = page.find("//div[@id='preview']//tbody").text_content()
    assert "Tổ một" in rows and "Calm" in rows


def test_choice_is_corrected_and_a_column_without_a_source_is_named(clerk):
    url = sent(clerk, "A;B;C\r\nTổ một;calm;3\r\n")
    missing = Page(clerk.get(url)).find("//div[@id='preview']").text_content()
    assert vi("Name") in missing and "Temper" in missing
    answer = clerk.post(url, data=given(clerk, url, act="try"))
    assert answer.status_code == 422
    more = {"col-label": "0", "col-temper": "1", "col-frames": "2", "act": "look"}
    page = Page(clerk.post(url, data=given(clerk, url, **more)))
    assert "Tổ một" in page.find("//div[@id='preview']//tbody").text_content()
    assert not page.all("//div[@id='preview']//*[contains(@class, 'alert-warning')]")


def test_column_chosen_twice_is_refused_at_its_field(clerk):
    url = sent(clerk, FILE)
    twice = given(clerk, url, **{"col-label": "0", "col-note": "0", "col-frames": "2"})
    answer = clerk.post(url, data=twice)
    assert answer.status_code == 422
    kept = Page(answer).values(CHOSEN)
    assert [kept[f"col-{name}"] for name in ("label", "note", "frames")] == ["0", "0", "2"]
    assert vi("This column of the file is chosen twice.") in Page(answer).error("col-label")


def test_choice_is_remembered_for_the_next_file_of_the_register(app, clerk):
    url = sent(clerk, "A;B;C\r\nTổ một;calm;3\r\n")
    more = {"col-label": "0", "col-temper": "1", "col-frames": "2", "remember": "1", "act": "look"}
    clerk.post(url, data=given(clerk, url, **more))
    chosen = Page(clerk.get(sent(clerk, "C;A;B\r\n7;Tổ mới;calm\r\n"))).values(CHOSEN)
    assert (chosen["col-label"], chosen["col-temper"], chosen["col-frames"]) == ("1", "2", "0")


TITLED = "Danh sách tổ ong;;\r\n;;\r\nTên;Temper;Frames\r\nMột;calm;3\r\nHai;calm;4\r\n"


def test_title_above_the_headings_is_passed_over_or_the_row_is_said(clerk):
    url = sent(clerk, TITLED)
    page = Page(clerk.get(url))
    assert page.values(CHOSEN)["head"] == "3"
    assert "Một" in page.find("//div[@id='preview']//tbody").text_content()
    other = given(clerk, url, head="4", act="look")
    assert clerk.post(url, data=other, headers={"HX-Request": "true"}).headers["HX-Refresh"]
    options = Page(clerk.get(url)).find("//select[@id='col-label']").text_content()
    assert "1. Một" in options and "Tên" not in options


# ---- tried, then stored --------------------------------------------------------------------------
def test_trial_counts_and_stores_nothing_then_the_file_is_stored_and_leaves_its_events(
    app, session, registers, clerk, keep
):
    keep(registers.Hive, label="Tổ hai", temper="calm", frames=4)
    keep(registers.Hive, label="Tổ ba", temper="wild", frames=5)
    url = sent(clerk, FILE)
    page = tried(app, clerk, url, **{"col-label": "0", "col-temper": "1", "col-frames": "2",
                                     "match_by": "label"})  # fmt: skip
    run = run_of(session)
    assert run.tried == {"created": 1, "changed": 1, "same": 1, "wrong": 0}
    assert labels(session, registers) == ["Tổ ba", "Tổ hai"]
    assert vi("This was a trial: nothing has been stored yet.") in page.text
    stored(app, clerk, url)
    assert labels(session, registers) == ["Tổ ba", "Tổ hai", "Tổ một"]
    events = session.scalars(sa.select(Event).order_by(Event.id)).all()
    kinds = [e.tag for e in events if e.tag.value.startswith("catalogue:record")]
    whole = [Tag.catalogue_create, Tag.catalogue_update, Tag.catalogue_import]
    assert sorted(kinds) == sorted(whole)
    last = next(e for e in events if e.tag is Tag.catalogue_import)
    assert (last.changes["created"], last.changes["changed"], last.changes["file"]) == (
        1,
        1,
        "to-ong.csv",
    )
    assert run_of(session).state is RunState.done


def test_file_is_kept_until_it_is_done_and_no_longer(app, session, clerk):
    url = sent(clerk, FILE)
    store = register_imports.store_below(app.config["UPLOAD_DIR"])
    digest = run_of(session).sha256
    assert store.path(digest).is_file()
    choice = {"col-label": "0", "col-temper": "1", "col-frames": "2"}
    tried(app, clerk, url, **choice)
    stored(app, clerk, url)
    with pytest.raises(Exception, match=r"file\.damaged"):
        store.path(digest)


WRONG = (
    "Tên;Tính khí;Số khung\r\nTổ một;wild;3\r\nTổ hai;hung dữ;4\r\nTổ ba;calm;\r\nTổ một;calm;5\r\n"
)
CHOICE = {"col-label": "0", "col-temper": "1", "col-frames": "2"}


def test_wrong_lines_are_named_left_out_and_come_back_as_a_file_of_the_same_form(
    app, session, registers, clerk
):
    url = sent(clerk, WRONG)
    page = tried(app, clerk, url, **CHOICE)
    numbers = [row.text_content() for row in page.all("//tbody/tr/th")]
    assert numbers == ["3", "5"] or numbers == ["3", "4", "5"]
    page = stored(app, clerk, url)
    assert "Tổ một" in labels(session, registers)
    answer = clerk.get(page.find("//a[@download]").get("href"))
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Tên", "Tính khí", "Số khung", vi("Mistake")]
    assert rows[1][:3] == ["Tổ hai", "hung dữ", "4"]
    assert "Temper" in rows[1][3] and "3" in rows[1][3]
    rows[1][1] = "calm"
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows[:2])
    again = sent(clerk, "\ufeff" + out.getvalue())
    tried(app, clerk, again, **CHOICE)
    stored(app, clerk, again)
    assert "Tổ hai" in labels(session, registers)


def test_workbook_gives_its_wrong_lines_back_as_a_workbook(app, session, registers, clerk):
    book, out = Workbook(), io.BytesIO()
    for row in (("label", "temper", "frames"), ("Một", "calm", 1), ("Hai", "dữ", 2)):
        book.active.append(row)
    book.save(out)
    url = sent(clerk, out.getvalue(), "to.xlsx")
    page = tried(app, clerk, url)
    sheet = load_workbook(io.BytesIO(clerk.get(page.find("//a[@download]").get("href")).data))
    rows = [[cell.value for cell in row] for row in sheet.worksheets[0]]
    assert rows[1][:3] == ["Hai", "dữ", "2"] and rows[0][3] == vi("Mistake")
    stored(app, clerk, url)
    assert labels(session, registers) == ["Một"]


def test_all_or_nothing_stores_nothing_when_a_line_is_refused_meanwhile(
    app, session, registers, clerk, keep
):
    url = sent(clerk, FILE)
    tried(app, clerk, url, match_by="", **CHOICE)
    keep(registers.Hive, label="Tổ ba", temper="calm")
    page = stored(app, clerk, url, whole="1")
    assert labels(session, registers) == ["Tổ ba"]
    assert vi("Some lines are wrong, so all or nothing would store nothing.") in page.text
    assert [line.number for line in session.scalars(sa.select(ImportLine))] == [4]


def test_row_that_somebody_changed_after_the_trial_is_left_alone_with_a_sentence(
    app, session, registers, clerk, keep, login
):
    hive = keep(registers.Hive, label="Tổ hai", temper="wild", frames=1)
    url = sent(clerk, FILE)
    tried(app, clerk, url, match_by="label", **CHOICE)
    seen = Page(clerk.get(f"{HIVE}/edit/{hive.id}")).values("//form[.//input[@name='seen']]")
    other = login(Role.clerk)
    assert other.post(f"{HIVE}/edit/{hive.id}", data={**seen, "frames": "9"}).status_code == 303
    page = stored(app, clerk, url)
    session.expire_all()
    assert session.get(registers.Hive, hive.id).frames == 9
    assert page.all("//td[contains(., 'sau khi thử')]")
    run = run_of(session)
    assert (run.created, run.changed, run.wrong) == (2, 0, 1)


# ---- paused, stopped, killed ---------------------------------------------------------------------
@pytest.fixture
def ready(app, clerk):
    """An import of five lines, tried and asked to be stored."""
    lines = "".join(f"Tổ {n};calm;{n}\r\n" for n in range(5))
    url = sent(clerk, f"label;temper;frames\r\n{lines}")
    tried(app, clerk, url)
    assert clerk.post(url, data={"act": "store"}).status_code == 303
    return url


def between_pieces(monkeypatch, act):
    """Do something after the first piece."""
    before = import_runs._Run.take

    def take(self, piece):
        before(self, piece)
        if piece[0][0] == 2:
            act()

    monkeypatch.setattr(import_runs._Run, "take", take)


def post(client, url, act):
    """From outside, while the work is going on."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(client.post, url, data={"act": act}).result(30)


def test_pause_is_obeyed_between_pieces_and_gone_on_from_there(
    app, session, registers, clerk, ready, monkeypatch
):
    between_pieces(monkeypatch, lambda: post(clerk, ready, "pause"))
    jobs.work_off(app)
    run = run_of(session)
    assert (run.state, run.done, run.line) == (RunState.paused, 2, 3)
    assert len(labels(session, registers)) == 2
    monkeypatch.undo()
    assert clerk.post(ready, data={"act": "go_on"}).status_code == 303
    jobs.work_off(app)
    assert labels(session, registers) == [f"Tổ {n}" for n in range(5)]
    run = run_of(session)
    assert (run.state, run.done, run.created) == (RunState.done, 5, 5)


def test_stop_keeps_what_is_stored_and_ends_the_import_with_its_event(
    app, session, registers, clerk, ready, monkeypatch
):
    between_pieces(monkeypatch, lambda: post(clerk, ready, "stop"))
    jobs.work_off(app)
    assert run_of(session).state is RunState.stopped
    assert len(labels(session, registers)) == 2
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_import)).one()
    assert event.changes["stopped"] is True and event.changes["created"] == 2


def test_bar_tells_what_is_stored_and_the_page_renews_itself(
    app, session, clerk, ready, monkeypatch
):
    seen = []

    def look():
        with ThreadPoolExecutor(1) as other:
            answer = other.submit(clerk.get, f"{ready}?phan=storing").result(30)
        bar = Page(answer).find("//progress")
        seen.append((bar.get("role"), bar.get("aria-valuenow"), bar.get("aria-valuemax")))
        assert "hx-get" in answer.text

    between_pieces(monkeypatch, look)
    jobs.work_off(app)
    assert seen == [("progressbar", "2", "5")]
    assert not Page(clerk.get(ready)).all("//*[@hx-get]")
    assert clerk.get(f"{ready}?phan=storing").headers["HX-Refresh"] == "true"


def test_second_import_into_the_same_register_waits_for_the_first(app, session, registers, clerk):
    first, second = sent(clerk, FILE), sent(clerk, FILE + "Tổ tư;calm;6;d\r\n")
    for url in (first, second):
        tried(app, clerk, url, match_by="label", **CHOICE)
    assert clerk.post(first, data={"act": "store"}).status_code == 303
    answer = clerk.post(second, data={"act": "store"})
    assert answer.status_code == 422 and "Ông clerk đang nhập" in Page(answer).text
    jobs.work_off(app)
    stored(app, clerk, second)
    assert len(labels(session, registers)) == 4
    assert run_of(session).same == 3


def test_double_click_stores_once(app, session, registers, clerk):
    url = sent(clerk, FILE)
    assert sent(clerk, FILE) == url
    tried(app, clerk, url, **CHOICE)
    for _ in range(2):
        assert clerk.post(url, data={"act": "store"}).status_code == 303
    assert session.scalar(sa.select(sa.func.count(Job.id)).where(Job.state == "waiting")) == 1
    jobs.work_off(app)
    assert clerk.post(url, data={"act": "store"}).status_code == 422
    assert len(labels(session, registers)) == 3


# ---- whose it is ---------------------------------------------------------------------------------
def test_import_of_another_agency_or_register_is_not_there(app, clerk, login):
    url = sent(clerk, FILE)
    assert login("clerk.there").get(url).status_code == 404
    assert clerk.get(url.replace("test_hive", "test_keeper")).status_code == 404
    assert login(Role.leader).get(url).status_code in {302, 403}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "import.old_excel"),
        ("Señor;naïve;Müller\n".encode("latin-1"), "import.encoding"),
        (b"", "file.empty"),
        (b"PK\x03\x04 no workbook", "import.not_readable"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_its_sentence(clerk, content, words):
    from domain.errors import MESSAGES

    data = {"file": (io.BytesIO(content), "x.csv"), "really": "map"}
    answer = clerk.post(f"{HIVE}/import", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert vi(MESSAGES[words]) in Page(answer).text


def test_work_asked_for_is_not_done_for_a_person_who_has_lost_the_right(
    app, session, registers, ready, monkeypatch
):
    monkeypatch.setitem(registers.Hive.__screen__.roles, Role.clerk, "rx")
    jobs.work_off(app)
    assert labels(session, registers) == []
    assert run_of(session).state is RunState.storing
