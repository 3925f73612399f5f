"""The product for every reader: in English, without scripts, on a telephone."""

import pytest
from playwright.sync_api import expect

from tests.journeys import people as do
from tests.journeys.people import People, vi
from tests.tools.engines import sqlite_only

pytestmark = sqlite_only
CLERK = "tiepnhan"


def test_english_and_back(people: People) -> None:
    page = people.sign_in("lanhdao")
    page.goto("/viec")
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Work list"))
    page.locator(".app-top details.menu > summary").click()
    page.get_by_role("button", name="English", exact=True).click()
    page.goto("/viec")
    expect(page.get_by_role("heading", level=1)).to_have_text("Work list")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator(".app-top details.menu > summary").click()
    page.get_by_role("button", name="Tiếng Việt", exact=True).click()
    page.goto("/viec")
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Work list"))
    assert page.locator("html").get_attribute("lang") == "vi"


def test_sign_in_intake_and_search_without_scripts(people: People) -> None:
    page = people.window("no-script", java_script_enabled=False)
    do.sign_in(page, CLERK)
    page.goto("/tiep-nhan")
    page.locator("#procedure").fill("1.001612")
    page.get_by_role("button", name=vi("Choose"), exact=True).click()
    expect(page.locator("#part-papers")).to_contain_text("Giấy đề nghị đăng ký hộ kinh doanh")
    do.write(page, {**do.PERSON, "owner_name": "Hồ Thị Lặng", "owner_id_number": "066190007777"})
    page.get_by_role("button", name=vi("Receive and print the slip")).click()
    page.wait_for_url(do.DONE)
    code = page.locator(".big-code").inner_text().strip()
    assert do.CODE.match(code)
    page.goto("/tra-cuu")
    page.get_by_role("main").locator("[name=q]").fill("ho thi lang")
    page.get_by_role("main").locator("form [type=submit]").first.click()
    row = page.get_by_role("main").locator("tbody tr", has_text="Hồ Thị Lặng")
    expect(row).to_contain_text(code)
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)


PAGES = {
    CLERK: ("/", "/tiep-nhan", "/viec", "/tra-ket-qua", "/tra-cuu?q=nguyen", "/so-theo-doi"),
    "quantri": ("/", "/danh-muc/unit/list/", "/danh-muc/officer/list/", "/danh-muc/unit/add"),
    "kiemtra": ("/nhat-ky/",),
}


@pytest.mark.parametrize("username", PAGES)
def test_nothing_runs_out_of_a_telephone(people: People, username: str) -> None:
    dossier = do.receive(people.sign_in(CLERK))
    page = people.window(f"phone {username}", viewport={"width": 360, "height": 740})
    do.sign_in(page, username)
    too_wide = {}
    more = (f"/ho-so/{dossier}", f"/tiep-nhan/xong/{dossier}") if username == CLERK else ()
    for url in (*PAGES[username], *more):
        answer = page.goto(url)
        assert answer is not None and answer.status == 200, url
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            too_wide[url] = width
    assert too_wide == {}
