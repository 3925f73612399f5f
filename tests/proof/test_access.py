"""Everybody can use every screen: WCAG 2.2 AA on all of them, as each role, in both themes and sizes;
and on the same walk, that each page is light."""

import re
from typing import Any

import pytest
from flask import render_template
from playwright.sync_api import Browser, Page, expect

from app.errors import SENTENCES
from domain.roles import Role
from seeds.demo import first_of_each_role
from tests.journeys.people import sign_in, vi
from tests.proof.eyes import Eyes, window
from tests.proof.screens import GENERATED, Screens
from tests.proof.weight import FIRST, NEXT, Meter
from tests.tools.engines import sqlite_only

pytestmark = [sqlite_only, pytest.mark.timeout(600)]
PEOPLE = {a.role: a.username for a in first_of_each_role()}
ROLES = [role for role in Role if role in PEOPLE]


#: Kinds of pages that somebody has already looked at in all sizes and themes: a page of the same kind
#: has other menus and other words for another role or register, but the same parts.
SEEN: set[str] = set()
KEYS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=^/danh-muc/)\w+")


def looks(url: str) -> int:
    """In how many of size and theme a page is judged: the first one of its kind in each size and each
    theme, hand-written ones in all four; another of the same kind once."""
    kind = KEYS.sub("*", url)
    new = kind not in SEEN
    SEEN.add(kind)
    return 1 if not new else 2 if url.startswith("/danh-muc/") else 4


@pytest.fixture(scope="module")
def screens(built_app: Any, demonstration: Any) -> Screens:
    """The addresses, shared by all roles of this file."""
    return Screens(built_app, demonstration.database_url)


@pytest.mark.parametrize("role", ROLES)
def test_no_screen_keeps_anybody_out_or_is_heavy(
    browser: Browser, demonstration: Any, screens: Screens, role: Role
) -> None:
    page = window(browser, demonstration.url)
    meter, eyes = Meter(page), Eyes(page)
    sign_in(page, PEOPLE[role])
    page.wait_for_load_state("networkidle")
    first = meter.taken()
    assert 50_000 < first <= FIRST, f"{first} bytes at first\n{meter.heaviest()}"
    count, heavy = 0, {}
    for url in screens.of(page, role):
        meter.taken()
        page.goto(url)
        eyes.judge(url, looks=looks(url))
        count += 1
        if (spent := meter.taken()) > NEXT:
            heavy[url] = spent
    page.context.close()
    assert count >= 5
    assert eyes.found == {}, f"\n{count} screens as {role}\n{eyes.report()}"
    assert heavy == {}, meter.heaviest()


def test_every_generated_screen_is_walked_by_somebody(screens: Screens) -> None:
    assert len(screens.shares) > 40
    lists = {r for r in screens.rules if GENERATED.match(r) and r.endswith("/list/")}
    assert lists - screens.shares.keys() == set()
    assert {*screens.shares.values()} <= set(ROLES)


def wrong_password(page: Page) -> None:
    page.goto("/login/")
    page.locator("#username").fill("tiepnhan")
    page.locator("#password").fill("sai")
    page.get_by_role("main").get_by_role("button", name=vi("Sign In")).click()
    expect(page.get_by_role("alert").first).to_be_visible()


def crash(page: Page, app: Any) -> None:
    """What a person sees when the product itself has failed."""
    with app.test_request_context("/"):
        fault = render_template("kit/error.html", status=500, sentence=SENTENCES[500], code="3f2a")
    page.route(
        "**/hong", lambda route: route.fulfill(status=500, body=fault, content_type="text/html")
    )
    page.goto("/hong")


def test_screens_before_and_between_keep_nobody_out(
    browser: Browser, demonstration: Any, built_app: Any
) -> None:
    """Sign-in with and without an error, what a slip's code leads to, forms with errors, refusals."""
    page = window(browser, demonstration.url)
    eyes = Eyes(page)
    page.goto("/login/")
    eyes.judge("/login/")
    assert eyes.rings("/login/") > 4
    wrong_password(page)
    eyes.judge("/login/ refused")
    page.goto("/tra-cuu/khong-co")
    eyes.judge("/tra-cuu/<code> unknown")
    sign_in(page, PEOPLE[Role.clerk])
    page.goto("/danh-muc/procedure_version/add")
    eyes.judge("403")
    crash(page, built_app)
    eyes.judge("500")
    page.context.close()
    assert eyes.found == {}, f"\n{eyes.report()}"


def refused_intake(page: Page) -> None:
    page.goto("/tiep-nhan")
    page.keyboard.press("F9")
    expect(page.locator(".error-summary")).to_be_visible()


def chosen(page: Page) -> None:
    page.goto("/tiep-nhan")
    page.locator("#procedure").fill("1.001612")
    page.wait_for_selector(".picker-list li[aria-selected=true]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#part-papers table")


def uncovered(page: Page) -> None:
    """The bar of the keys covers what is scrolled out from under it, which is not judged here."""
    page.evaluate("document.querySelector('.keys').style.position = 'static'")


def guidance(page: Page) -> None:
    chosen(page)
    for key in ("F6", "Space", "F4"):
        page.keyboard.press(key)
    page.wait_for_selector("#part-guide [data-f9]")
    page.keyboard.press("F7")
    uncovered(page)


def batch(page: Page) -> None:
    chosen(page)
    page.keyboard.press("F8")
    page.wait_for_selector("#b-0-name")
    page.locator("#b-0-name").fill("Nguyễn Thị Hoa")
    page.locator("#b-0-id_number").fill("066190001231")
    uncovered(page)


def refused_hand_over(page: Page) -> None:
    page.goto("/tra-ket-qua")
    page.goto(page.locator("main tbody a").first.get_attribute("href") or "")
    page.locator("#receiver_id").fill("12")
    page.keyboard.press("F9")
    expect(page.locator(".error-summary").first).to_be_visible()


def refused_act(page: Page) -> None:
    page.goto("/viec?tab=cua-toi")
    page.goto(page.locator("main a[href^='/ho-so/']").first.get_attribute("href") or "")
    page.keyboard.press("F9")
    page.wait_for_selector("form textarea:visible")
    page.keyboard.press("F9")
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def batch_received(page: Page) -> None:
    batch(page)
    page.keyboard.press("F9")
    page.wait_for_selector(".batch-done")


def asked_before_removal(page: Page) -> None:
    page.goto("/danh-muc/document_type/list/")
    page.locator("[data-confirm]:visible").first.click()
    expect(page.locator("#confirm-dialog")).to_be_visible()


def refused_row(page: Page) -> None:
    page.goto("/danh-muc/unit/add")
    page.locator("#model_form button[type=submit]").first.click()
    expect(page.locator(".error-summary")).to_be_visible()


SENT = {
    Role.clerk: (refused_intake, guidance, batch, batch_received, refused_hand_over),
    Role.officer: (refused_act,),
    Role.admin: (refused_row, asked_before_removal),
}


@pytest.mark.parametrize("role", SENT)
def test_forms_that_came_back_keep_nobody_out(
    browser: Browser, demonstration: Any, role: Role
) -> None:
    page = window(browser, demonstration.url)
    sign_in(page, PEOPLE[role])
    eyes = Eyes(page)
    for state in SENT[role]:
        state(page)
        eyes.judge(state.__name__)
    page.context.close()
    assert eyes.found == {}, f"\n{eyes.report()}"


RINGED = {
    Role.clerk: ("/", "/tiep-nhan", "/viec", "/tra-ket-qua", "/tra-cuu?q=nguyen"),
    Role.admin: ("/danh-muc/unit/list/", "/danh-muc/unit/add", "/style"),
    Role.leader: ("/viec", "/so-theo-doi"),
}


@pytest.mark.parametrize("role", RINGED)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_keyboard_always_shows_where_it_is(
    browser: Browser, demonstration: Any, role: Role, scheme: str
) -> None:
    page = window(browser, demonstration.url, color_scheme=scheme)
    sign_in(page, PEOPLE[role])
    eyes = Eyes(page)
    for url in RINGED[role]:
        page.goto(url)
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        assert eyes.rings(url) > 10
    page.context.close()
    assert eyes.found == {}, f"\n{eyes.report()}"
