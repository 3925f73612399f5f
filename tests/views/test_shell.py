"""What surrounds the pages: the trail, the counts of the queues, search from anywhere."""

import pytest
from playwright.sync_api import expect

from domain.names import fold
from domain.roles import Role
from tests.factories import dossiers as make
from tests.factories.pages import Page
from tests.journeys.people import vi
from tests.tools.engines import sqlite_only


def crumbs(page: Page) -> list[str]:
    return [" ".join(c.text_content().split()) for c in page.all("//nav[@class='trail']//li")]


def test_home_page_has_no_trail(session, login):
    assert crumbs(Page(login(Role.clerk).get("/"))) == []


@pytest.mark.parametrize(
    ("role", "path", "above"),
    [
        (Role.clerk, "/tra-ket-qua", ["Home page", "Return results"]),
        (Role.officer, "/viec", ["Home page", "My work"]),
        (Role.admin, "/danh-muc/unit/list/", ["Home page", "Organisation", "Units"]),
        (Role.admin, "/danh-muc/unit/add", ["Home page", "Organisation", "Units"]),
    ],
)
def test_trail_leads_from_home_to_the_page(session, login, role, path, above):
    found = crumbs(Page(login(role).get(path)))
    assert found[: len(above)] == [vi(words) for words in above]


def test_trail_of_a_dossier_leads_back_to_the_work(session, login):
    dossier = make.received()
    page = Page(login(Role.clerk).get(f"/ho-so/{dossier.id}"))
    links = [a.get("href") for a in page.all("//nav[@class='trail']//a")]
    assert links[:2] == ["/", "/viec"]
    assert page.all("//nav[@class='trail']//li[@aria-current='page']")


def test_counts_are_those_of_the_queues(session, login):
    make.received()
    make.processed()
    found = login(Role.clerk).get("/so-viec").get_json()
    assert found["ReturnDesk"] == "1"
    assert set(found) == {"WorkList", "ReturnDesk"}
    assert login(Role.auditor).get("/so-viec").get_json() == {}


@pytest.mark.parametrize("what", ["code", "name"])
def test_finds_a_dossier_by_its_code_and_by_its_name_without_diacritics(session, login, what):
    dossier = make.received()
    typed = dossier.code if what == "code" else fold(dossier.owner_name)
    words = login(Role.clerk).get("/tim-nhanh", query_string={"q": typed}).text
    assert f"/ho-so/{dossier.id}" in words


def test_finds_nothing_of_another_agency(session, login):
    dossier = make.received()
    answer = login("tiepnhan.krongana").get("/tim-nhanh", query_string={"q": dossier.code})
    assert f"/ho-so/{dossier.id}" not in answer.text


def test_finds_procedures_by_their_initials(session, login):
    words = login(Role.clerk).get("/tim-nhanh", query_string={"q": "gpxd"}).text
    assert "xây dựng" in words and "/danh-muc/procedure/show/" in words


def test_says_nothing_of_a_single_letter(session, login):
    assert "option" not in login(Role.clerk).get("/tim-nhanh?q=a").text


@sqlite_only
def test_searches_from_anywhere_by_keyboard(page, live_server):
    page.goto("/login/")
    page.fill("[name=username]", "tiepnhan")
    page.fill("[name=password]", "MotCua-2026")
    page.keyboard.press("Enter")
    page.wait_for_selector(".side-nav")
    page.keyboard.press("Control+k")
    box = page.get_by_role(
        "combobox", name=vi("Page, dossier code, name, ID number, phone, procedure")
    )
    expect(box).to_be_focused()
    page.keyboard.type("so theo doi")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(first).to_contain_text(vi("Register book"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/so-theo-doi")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    # Typing in the box of the top bar is the same search, and its first letter is not lost.
    page.locator("#top-q").focus()
    page.keyboard.type("gpxd")
    found = page.locator("#palette").get_by_role("option")
    expect(found.filter(has_text="xây dựng").first).to_be_visible()


def test_finds_people_for_who_may_see_them_and_leads_to_their_dossiers(session, login):
    dossier = make.received()
    asked = {"q": f"{fold(dossier.owner_name)}"}
    clerk = login(Role.clerk)
    words = clerk.get("/tim-nhanh", query_string=asked).text
    address = f"/tra-cuu/nguoi/{dossier.applicant_id}"
    assert f'data-url="{address}"' in words
    assert address in clerk.get("/tra-cuu", query_string=asked).text
    page = clerk.get(address)
    assert page.status_code == 200 and f"/ho-so/{dossier.id}" in page.text
    assert address not in login(Role.officer).get("/tim-nhanh", query_string=asked).text
    assert login(Role.officer).get(address).status_code == 403
    assert login("tiepnhan.krongana").get(address).status_code == 404


def test_every_source_of_the_search_has_its_place():
    from services.search_sources import SOURCES
    from views.search_places import PLACES

    assert [source.name for source in SOURCES] == list(PLACES)
