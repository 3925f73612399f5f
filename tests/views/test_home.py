"""The first page and the menu: what this person may use, and what waits for them."""

import pytest

from domain.codes import StepKind
from domain.roles import Role
from tests.factories import dossiers as make
from tests.factories.pages import Page

PAGES = {
    "/tiep-nhan": {Role.clerk},
    "/viec": {Role.clerk, Role.officer, Role.head, Role.leader, Role.cashier, Role.registrar},
    "/tra-ket-qua": {Role.clerk},
    "/tra-cuu": set(Role) - {Role.admin, Role.system},
    "/so-theo-doi": {
        Role.clerk, Role.registrar, Role.leader, Role.auditor, Role.province_leader,
    },
}  # fmt: skip
ROLES = [role for role in Role if role is not Role.system]


def test_stranger_signs_in_first(session, client):
    answer = client.get("/")
    assert answer.status_code == 302 and "/login" in answer.headers["Location"]


@pytest.mark.parametrize("role", ROLES)
def test_menu_and_home_offer_exactly_what_the_role_may_open(session, login, role):
    client = login(role)
    page = Page(client.get("/"))
    menu = [a.get("href") for a in page.all("//nav[@class='side-nav']//a")]
    quick = [a.get("href") for a in page.all("//div[contains(@class, 'home-acts')]/a")]
    for address, holders in PAGES.items():
        may = role in holders
        assert (address in menu) is may, address
        assert (address in quick) is may, address
        assert client.get(address).status_code == (200 if may else 403), address


def test_hand_written_pages_come_before_the_generated_ones(session, login):
    page = Page(login(Role.clerk).get("/"))
    menu = [a.get("href") for a in page.all("//nav[@class='side-nav']//a")]
    assert menu[:6] == ["/", "/tiep-nhan", "/tra-ket-qua", "/viec", "/quet", "/tra-cuu"]
    assert len(menu) > 6


def test_clerk_sees_receipts_and_results_that_wait(session, login):
    fresh, ready = make.received(), make.processed()
    page = Page(login(Role.clerk).get("/"))
    assert fresh.code in page.text and ready.code in page.text
    tile = page.find("//a[contains(@class, 'tile')][@href='/tra-ket-qua']/b")
    assert tile.text == "1"


def test_officer_sees_the_work_in_hand(session, login):
    dossier = make.at_step(StepKind.work)
    page = Page(login(Role.officer).get("/"))
    links = [a.get("href") for a in page.all("//tbody//a")]
    assert any(link.startswith(f"/ho-so/{dossier.id}?buoc=") for link in links)
    tile = page.find("//a[contains(@class, 'tile')][@href='/viec?tab=mine']/b")
    assert tile.text == "1"


def test_administrator_sees_what_the_catalogues_lack(session, login):
    page = Page(login(Role.admin).get("/"))
    tile = page.find("//a[contains(@class, 'tile')][contains(@href, 'fee')]/b")
    assert int(tile.text.rstrip("+")) > 0
    assert not page.all("//a[@href='/viec?tab=mine']")


def test_people_without_that_duty_do_not_see_findings(session, login):
    page = Page(login(Role.officer).get("/"))
    assert not page.all("//a[contains(@class, 'tile')][contains(@href, 'fee')]")
