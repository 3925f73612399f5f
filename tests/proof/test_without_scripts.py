"""Where the law needs it a page works without JavaScript: sign-in, intake, look-up by the slip."""

from typing import Any

from playwright.sync_api import Browser, expect

from printing.papers import Lookup
from tests.conftest import ENVIRONMENT
from tests.journeys import people as do
from tests.journeys.people import vi
from tests.proof.eyes import window
from tests.tools.engines import sqlite_only

pytestmark = sqlite_only


def test_visit_with_its_mistakes_works_without_scripts(
    browser: Browser, demonstration: Any
) -> None:
    page = window(browser, demonstration.url, java_script_enabled=False)
    page.goto("/login/")
    page.locator("#username").fill("tiepnhan")
    page.locator("#password").fill("sai-mat-khau")
    page.get_by_role("main").get_by_role("button", name=vi("Sign In")).click()
    expect(page.locator("#username")).to_be_visible()
    expect(page.get_by_role("alert").first).to_be_visible()
    do.sign_in(page, "tiepnhan")

    page.goto("/tiep-nhan")
    page.locator("#procedure").fill("1.001612")
    page.get_by_role("button", name=vi("Choose"), exact=True).click()
    person = {"owner_name": "Hồ Thị Yên Ắng", "owner_id_number": "066190008888"}
    do.write(page, {**do.PERSON, **person, "owner_birth_date": "31/02/1990"})
    page.get_by_role("button", name=vi("Receive and print the slip")).click()
    expect(page.locator("#owner_birth_date")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#owner_name")).to_have_value(person["owner_name"])
    page.locator("#owner_birth_date").fill("15/03/1990")
    page.get_by_role("button", name=vi("Receive and print the slip")).click()
    page.wait_for_url(do.DONE)
    dossier = do.dossier_id(page)
    code = page.locator(".big-code").inner_text().strip()
    assert do.CODE.match(code)
    page.context.close()
    _follow(browser, demonstration, dossier, code)


def _follow(browser: Browser, demonstration: Any, dossier: str, code: str) -> None:
    """The citizen at home: with the code alone, then with the secret of the slip's QR code."""
    page = window(browser, demonstration.url, java_script_enabled=False)
    page.goto(f"/tra-cuu/{code}")
    main = page.get_by_role("main")
    expect(main).to_contain_text(code)
    expect(main).not_to_contain_text("Hồ Thị Yên Ắng")
    expect(main).not_to_contain_text("hộ kinh doanh")
    secret = Lookup("", ENVIRONMENT["SECRET_KEY"]).token(dossier)
    page.goto(f"/tra-cuu/{code}?k={secret}")
    expect(main).to_contain_text("hộ kinh doanh")
    page.context.close()
