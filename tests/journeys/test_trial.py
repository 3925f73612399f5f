"""An administrator tries a draft before it becomes law: one window, every part, and nothing stays."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people as do
from tests.journeys.people import PERSON, People, vi
from tests.tools.engines import sqlite_only

pytestmark = [sqlite_only, pytest.mark.timeout(300)]
#: Tạm ngừng hộ kinh doanh: counter, officer works, head signs, counter.
SUSPENSION = "1.001570"


def test_a_draft_is_walked_as_clerk_officer_and_citizen_in_the_real_screens(people: People) -> None:
    admin = people.sign_in("quantri")
    drafted(admin)
    admin.get_by_role("link", name=vi("Try the procedure")).click()
    admin.get_by_role("button", name=vi("Begin the trial")).click()
    admin.wait_for_url(re.compile("/thu/[0-9a-f]{32}/tiep-nhan$"))
    below = re.sub("/tiep-nhan$", "", admin.url)
    strays: list[str] = []
    admin.on("request", lambda one: strays.append(one.url) if below not in one.url else None)

    code = received(admin)
    assert code.startswith("THU.")
    do.press(opened(admin, code), "Forward")
    do.told(admin, vi("Forwarded."))
    played(admin, "Chuyên viên")
    admin.wait_for_url(re.compile("/viec"))
    expect(admin.locator("main")).to_contain_text(code)
    slept(admin, "1wd")
    expect(bar(admin)).to_contain_text(code)
    played(admin, vi("Citizen"))
    admin.wait_for_url(re.compile("/theo-doi-ho-so"))
    bar(admin).get_by_role("link", name=code).click()
    expect(admin.locator("main")).to_contain_text(code)
    assert strays == []

    bar(admin).get_by_role("button", name=vi("End the trial")).click()
    admin.wait_for_url(re.compile(r"/thiet-ke/[0-9a-f-]{36}$"))
    expect(admin.locator(".trial-bar")).to_have_count(0)
    answer = admin.goto(f"{below}/tiep-nhan")
    assert answer is not None and answer.status == 404
    clerk = people.sign_in("tiepnhan")
    clerk.goto(f"/tra-cuu?q={code}")
    expect(clerk.locator("main")).not_to_contain_text(f"{code} ·")


def drafted(admin: Page) -> None:
    """A draft of a procedure that is in force, in the designer."""
    admin.goto(f"/danh-muc/procedure/list/?q={SUSPENSION}")
    admin.locator("a[href*='/danh-muc/procedure/show/']").first.click()
    admin.locator("a[href*='/danh-muc/procedure_version/show/']").first.click()
    admin.get_by_role("button", name=vi("Make a draft of it")).click()
    admin.get_by_role("link", name=vi("Design"), exact=True).click()
    admin.wait_for_url(re.compile("/thiet-ke/"))


def bar(page: Page) -> Any:
    """The bar of the trial, which stands above every screen."""
    return page.locator(".trial-bar")


def received(page: Page) -> str:
    """A visit of somebody who exists nowhere; the code on its slip."""
    page.reload()
    box = page.locator("#procedure")
    box.press_sequentially("tam ngung")
    expect(page.locator(".picker-list li[aria-selected=true]")).to_be_visible()
    box.press("Enter")
    expect(page.locator("#part-papers table")).to_be_visible()
    do.write(page, PERSON)
    for fee in page.locator("#part-fees [name$=-taken]").all():
        fee.uncheck()
    page.get_by_role("button", name=vi("Receive and print the slip")).click()
    page.wait_for_url(re.compile("/xong/"))
    paper = page.locator("[data-print]").first
    assert "BẢN THỬ" in do.words_of(do.paper(page, paper))
    return bar(page).locator(".trial-dossiers a").first.inner_text()


def opened(page: Page, code: str) -> Page:
    bar(page).get_by_role("link", name=code).click()
    expect(page.locator("[data-dossier]")).to_be_attached()
    return page


def played(page: Page, words: str) -> None:
    """Go on as the first part whose words begin so."""
    choice = bar(page).get_by_label(vi("Play"), exact=True)
    found = choice.locator("option").filter(has_text=re.compile(f"^{words}")).first
    choice.select_option(value=str(found.get_attribute("value")))
    bar(page).get_by_role("button", name=vi("Play this part")).click()


def slept(page: Page, leap: str) -> None:
    """Put the clock forward; the page comes back with the other hour."""
    before = bar(page).locator("time").first.get_attribute("datetime")
    bar(page).get_by_label(vi("Put the clock forward")).select_option(value=leap)
    bar(page).get_by_role("button", name=vi("Let it pass")).click()
    expect(bar(page).locator("time").first).not_to_have_attribute("datetime", str(before))
