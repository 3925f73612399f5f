"""The intake in a real browser: by keyboard alone, and without scripts by its buttons."""

import re

import lxml.html
import pytest
from playwright.sync_api import expect

from seeds.demo import PASSWORD

CARD = "066190001234|240123456|Nguyễn Thị Hoa|15031990|Nữ|Buôn Kô Tam, xã Ea Tu|01012022"
DONE = re.compile(r"/tiep-nhan/xong/[0-9a-f-]{36}$")


def sign_in(page, username="tiepnhan"):
    """As the form does, without drawing it: people see it in the journeys."""
    shown = lxml.html.fromstring(page.request.get("/login/").text())
    token = shown.xpath("//main//input[@name='csrf_token']/@value")[0]
    sent = {"csrf_token": token, "username": username, "password": PASSWORD}
    answer = page.request.post("/login/", form=sent, max_redirects=0)
    assert answer.status == 302 and "/login" not in answer.headers["location"]


def focused(page):
    return page.evaluate("document.activeElement.name")


def choose(page, text):
    """Type a procedure and take the first one offered."""
    page.focus("#procedure")
    page.keyboard.type(text)
    page.wait_for_selector(".picker-list li[aria-selected=true]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#part-papers table")


def test_whole_intake_by_keyboard(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    assert focused(page) == "procedure"
    choose(page, "thanh lap ho kinh doanh")
    expect(page.locator("#card")).to_be_focused()
    page.keyboard.type(CARD)
    page.keyboard.press("Enter")
    expect(page.locator("#owner_phone")).to_be_focused()
    assert page.input_value("#owner_name") == "Nguyễn Thị Hoa"
    page.keyboard.type("0905123456")
    assert re.fullmatch(r"\d\d:\d\d \d\d/\d\d/\d{4}", page.text_content("[data-show=due]"))
    page.keyboard.press("F9")
    page.wait_for_url(DONE)
    assert re.search(r"-\d{6}-\d{4}$", page.text_content(".big-code").strip())


AT_ONCE = """document.addEventListener('DOMContentLoaded', () => document.querySelector('[data-pay]') &&
  document.dispatchEvent(new KeyboardEvent('keydown', {key: 'F9', bubbles: true})))"""


def test_second_press_of_the_key_that_received_takes_no_money(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    page.keyboard.type(CARD)
    page.keyboard.press("Enter")
    expect(page.locator("#owner_phone")).to_be_focused()
    page.keyboard.type("0905123456")
    page.add_init_script(AT_ONCE)
    page.keyboard.press("F9")
    page.wait_for_url(DONE)
    page.wait_for_timeout(1200)
    assert DONE.search(page.url)
    receipts = page.get_by_text("BL-", exact=False)
    expect(receipts).to_have_count(0)
    page.keyboard.press("F9")
    expect(receipts.first).to_be_visible()


def test_procedures_are_offered_again_to_whoever_comes_back_without_having_chosen(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    page.focus("#procedure")
    page.keyboard.type("dang ky ho kinh doanh")
    first = page.locator(".picker-list li[aria-selected=true]")
    expect(first).to_contain_text("1.001612")
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    page.click("#procedure")
    expect(first).to_be_visible()
    page.keyboard.press("Escape")
    page.click("#owner_phone")
    page.click("#procedure")
    expect(first).to_be_visible()


def test_line_that_is_down_is_said_and_nothing_typed_is_lost(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    page.fill("#owner_name", "Nguyễn Thị Hoa")
    for reach in ("**/tiep-nhan", "**/tiep-nhan/thu-tuc?*"):
        page.route(reach, lambda route: route.abort())
    page.fill("#owner_id_number", "066190001234")
    page.keyboard.press("Enter")
    said = page.locator("#no-answer")
    expect(said).to_contain_text("Không tra cứu được")
    page.unroute_all()
    page.focus("#procedure")
    page.keyboard.type("dang ky ho kinh")
    expect(page.locator(".picker-list li[aria-selected=true]")).to_be_visible()
    expect(said).to_be_hidden()
    assert page.input_value("#owner_name") == "Nguyễn Thị Hoa"


def test_enter_goes_on_and_never_sends(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    sent = []
    page.on("request", lambda r: sent.append(r.url) if r.is_navigation_request() else None)
    page.focus("#owner_name")
    seen = []

    def stop():
        return page.evaluate("document.activeElement.id")

    for _ in range(60):
        before = stop()
        page.keyboard.press("Enter")
        seen.append(stop())
        if stop() == before:
            break
    assert "owner_phone" in seen and "subject" in seen
    assert seen[0] != "owner_name" and sent == []
    page.keyboard.press("Shift+Enter")
    assert stop() != seen[-1]


def test_choice_of_a_case_asks_for_its_papers_and_changes_nothing_typed(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    page.fill("#owner_name", "Nguyễn Thị Hoa")
    rows = page.locator("#part-papers tbody tr")
    before = rows.count()
    page.check("#case-no_eid")
    expect(rows).to_have_count(before + 1)
    assert page.is_checked("#case-no_eid")
    assert page.input_value("#owner_name") == "Nguyễn Thị Hoa"


def test_total_and_date_follow_what_is_chosen(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    assert page.text_content("[data-show=total]") == "50.000"
    page.select_option("#channel", "postal")
    expect(page.locator("[data-show=total]")).to_have_text("150.000")


def test_refusal_of_the_server_keeps_the_page_and_names_the_field(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    page.fill("#owner_name", "Nguyễn Thị Hoa")
    page.fill("#owner_id_number", "12")
    page.keyboard.press("F9")
    page.wait_for_selector(".error-summary")
    assert page.input_value("#owner_id_number") == "12"
    page.click(".error-summary a")
    assert focused(page) == "owner_id_number"


@pytest.fixture
def plain(browser, live_server):
    """A window without scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_whole_intake_without_scripts(plain):
    sign_in(plain)
    plain.goto("/tiep-nhan")
    plain.fill("#procedure", "1.001612")
    plain.click("button[value=choose]")
    plain.fill("#card", CARD)
    plain.press("#card", "Enter")
    assert "/tiep-nhan/xong" not in plain.url
    plain.click("button[value=card]")
    assert plain.input_value("#owner_name") == "Nguyễn Thị Hoa"
    plain.click("button[value=receive]")
    plain.wait_for_url(DONE)


@pytest.mark.parametrize("width", [360, 1366])
def test_no_page_is_wider_than_the_screen(page, width):
    sign_in(page)
    page.set_viewport_size({"width": width, "height": 740})
    for address in ("/", "/tiep-nhan", "/tra-ket-qua", "/tra-cuu?q=a", "/so-theo-doi"):
        page.goto(address)
        if address == "/tiep-nhan":
            choose(page, "1.001612")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, address
