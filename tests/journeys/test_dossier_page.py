"""The page of a dossier by keys alone: papers beside the form, acts in their place, tabs, a narrow screen."""

import re
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys import people as do
from tests.journeys.people import People, vi
from tests.services.scans import pdf
from tests.tools.engines import sqlite_only

pytestmark = sqlite_only
CLERK, HEAD, OFFICER = "tiepnhan", "truongphong", "chuyenvien"
PANEL = "[data-panel]:not([hidden])"


def press(page: Page, *keys: str) -> None:
    expect(page.locator("[data-dossier][data-ready]")).to_be_attached()
    for key in keys:
        page.keyboard.press(key)


def panel(page: Page) -> Locator:
    form = page.locator(PANEL)
    expect(form).to_be_visible()
    return form


def at(page: Page, words: str, paper: str) -> None:
    """Which page of which paper is shown, in words and as a picture."""
    expect(page.locator("[data-at]")).to_have_text(words)
    expect(page.locator("#viewer-list option:checked")).to_contain_text(paper)
    picture = page.locator("[data-box] img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("one => one.naturalWidth") > 300


def attach(page: Page, dossier: str, title: str, pages: int) -> None:
    token = page.locator("input[name=csrf_token]").first.input_value()
    file = {"name": "quet.pdf", "mimeType": "application/pdf", "buffer": pdf(pages)}
    typed: dict[str, Any] = {"csrf_token": token, "title": title, "file": file}
    page.request.post(f"/ho-so/{dossier}/dinh-kem", multipart=typed)


def test_dossier_is_read_and_led_on_by_keys(people: People, browser: Browser) -> None:
    clerk = people.sign_in(CLERK)
    dossier = do.receive(clerk)
    do.look(clerk, dossier)
    for title, pages in (("Đơn đề nghị", 3), ("Sơ đồ vị trí", 1)):
        attach(clerk, dossier, title, pages)
    clerk.goto("/viec?tab=cua-toi&q=hoa")
    clerk.locator("[data-row] th a").first.click()
    expect(clerk).to_have_url(re.compile(dossier))
    papers_are_leafed(clerk)
    parts_and_timeline_are_chosen(clerk)
    refused_form_keeps_everything(clerk)
    next_act_is_done(clerk)
    head = people.sign_in(HEAD)
    do.look(head, dossier)
    press(head, "a")
    expect(panel(head).locator("select")).to_be_focused()
    head.keyboard.type("Nguyễn Thị Lan")
    press(head, "F9")
    do.told(head, vi("Assigned."))
    officer = people.sign_in(OFFICER)
    do.look(officer, dossier)
    narrow_screen_has_everything(officer)
    typing_after_a_refusal_commands_nothing(officer)
    supplement_gets_further_rows(officer)
    papers_are_shown_without_scripts(browser, people.url, dossier)


def papers_are_leafed(clerk: Page) -> None:
    """Pages, papers, turned, larger, over the whole width; a scan of the list opens here."""
    at(clerk, "Trang 1/3", "Đơn đề nghị")
    press(clerk, "ArrowRight", "j")
    at(clerk, "Trang 3/3", "Đơn đề nghị")
    press(clerk, "ArrowRight")
    at(clerk, "Trang 1/1", "Sơ đồ vị trí")
    press(clerk, "n")
    at(clerk, "Trang 1/2", "Giấy tiếp nhận")
    press(clerk, "b", "b", "r")
    at(clerk, "Trang 1/3", "Đơn đề nghị")
    picture = clerk.locator("[data-box] img")
    expect(picture).to_have_attribute("src", re.compile("q=90"))
    assert picture.evaluate("one => one.naturalWidth > one.naturalHeight")
    press(clerk, "Shift+R", "+", "+")
    expect(clerk.locator("[data-zoom]")).to_have_text("150 %")
    assert clerk.locator("[data-box]").evaluate("one => one.scrollWidth > one.clientWidth + 100")
    press(clerk, "0", "z")
    expect(clerk.locator(".dossier-work")).to_be_hidden()
    press(clerk, "Escape")
    expect(clerk.locator(".dossier-work")).to_be_visible()
    clerk.route("**/trang/*", lambda route: route.fulfill(status=422))
    press(clerk, "ArrowRight")
    expect(clerk.locator("[data-broken]")).to_be_visible()
    expect(clerk.locator("[data-broken] a")).to_have_attribute("href", re.compile("^/tep/"))
    clerk.unroute("**/trang/*")
    clerk.locator("[data-view]", has_text="Sơ đồ vị trí").focus()
    press(clerk, "Enter")
    at(clerk, "Trang 1/1", "Sơ đồ vị trí")


def parts_and_timeline_are_chosen(clerk: Page) -> None:
    press(clerk, "5")
    expect(clerk).to_have_url(re.compile("#lich-su$"))
    events = clerk.locator("#lich-su .timeline > li:visible")
    everything = events.count()
    clerk.locator("[data-kind=paper]").focus()
    press(clerk, "Enter")
    expect(clerk.locator("#lich-su .day").first).to_have_attribute("open", "")
    assert 0 < events.count() < everything
    clerk.reload()
    expect(clerk.locator("#lich-su")).to_be_visible()
    at(clerk, "Trang 1/1", "Sơ đồ vị trí")
    press(clerk, "1")
    expect(clerk.locator("#noi-dung")).to_be_visible()
    expect(clerk.locator("#lich-su")).to_be_hidden()


def refused_form_keeps_everything(clerk: Page) -> None:
    """A form from the menu, found by the arrows; the page is not loaded anew, the paper stays."""
    clerk.evaluate("window.same = true")
    press(clerk, "v")
    expect(clerk.locator("[data-more] a").first).to_be_focused()
    press(clerk, "ArrowUp", "ArrowUp", "Enter")
    form = panel(clerk)
    title = form.locator("[name=title]")
    title.fill("Bản vẽ n r z")
    press(clerk, "F9")
    expect(panel(clerk).locator(".error-summary")).to_be_visible()
    expect(panel(clerk).locator("[name=file]")).to_be_focused()
    expect(panel(clerk).locator("#dinh-kem-file-error")).to_be_visible()
    expect(panel(clerk).locator("[name=title]")).to_have_value("Bản vẽ n r z")
    at(clerk, "Trang 1/1", "Sơ đồ vị trí")
    assert clerk.evaluate("window.same")
    file = {"name": "ve.pdf", "mimeType": "application/pdf", "buffer": pdf(2)}
    panel(clerk).locator("[name=file]").set_input_files(file)
    press(clerk, "F9")
    do.told(clerk, vi("The file is added."))
    expect(clerk.locator("[data-view]", has_text="Bản vẽ")).to_be_visible()


def next_act_is_done(clerk: Page) -> None:
    press(clerk, "F9")
    note = panel(clerk).locator("textarea")
    expect(note).to_be_focused()
    clerk.keyboard.type("Đủ giấy tờ, n r z 5")
    press(clerk, "Alt+b")
    at(clerk, "Trang 1/3", "Đơn đề nghị")
    press(clerk, "Escape")
    expect(clerk.locator(PANEL)).to_have_count(0)
    press(clerk, "t")
    expect(note).to_have_value("Đủ giấy tờ, n r z 5")
    expect(clerk.locator("#noi-dung")).to_be_visible()
    press(clerk, "F9")
    do.told(clerk, vi("Forwarded."))
    expect(clerk.locator("[data-back]")).to_be_visible()
    press(clerk, "l")
    expect(clerk).to_have_url(re.compile(r"/viec\?tab=cua-toi&q=hoa$"))


def narrow_screen_has_everything(officer: Page) -> None:
    """The acts stand at the foot of the screen, the papers lie over it."""
    officer.set_viewport_size({"width": 360, "height": 740})
    bar = officer.locator(".head-acts").bounding_box()
    assert bar is not None and abs(bar["y"] + bar["height"] - 740) <= 1
    expect(officer.locator("[data-first]")).to_be_in_viewport(ratio=1)
    officer.locator("[data-more] > summary").click()
    expect(officer.locator("[data-more] a").first).to_be_in_viewport(ratio=1)
    officer.keyboard.press("Escape")
    officer.locator("[data-view-open]").click()
    box = officer.locator(".viewer").bounding_box()
    assert box is not None and (box["width"], box["height"]) == (360, 740)
    at(officer, "Trang 1/3", "Đơn đề nghị")
    assert officer.locator(".dossier-work").evaluate("one => one.inert")
    officer.keyboard.press("Escape")
    assert not officer.locator(".dossier-work").evaluate("one => one.inert")
    expect(officer.locator("[data-view-open]")).to_be_focused()
    assert officer.evaluate("document.documentElement.scrollWidth") <= 360
    officer.set_viewport_size({"width": 1366, "height": 768})


def typing_after_a_refusal_commands_nothing(officer: Page) -> None:
    """A proposal was forgotten: one types on at once, and the letters are the proposal."""
    press(officer, "t", "F9")
    expect(officer.locator(f"{PANEL} .error-summary")).to_be_visible()
    note = officer.locator(f"{PANEL} textarea")
    expect(note).to_be_focused()
    officer.keyboard.type("Ho so hop le, s a l v t")
    expect(note).to_have_value("Ho so hop le, s a l v t")
    officer.locator(f"{PANEL} button").first.focus()
    officer.keyboard.type("sval")
    expect(officer.locator(PANEL)).to_have_count(1)
    expect(note).to_have_value("Ho so hop le, s a l v t")
    note.fill("")
    press(officer, "Escape")
    expect(officer.locator(PANEL)).to_have_count(0)


def supplement_gets_further_rows(officer: Page) -> None:
    press(officer, "s")
    form = panel(officer)
    rows = form.locator(".lack")
    expect(rows).to_have_count(3)
    form.locator("button[name=more]").click()
    expect(rows).to_have_count(4)
    expect(rows.last.locator("[name=paper]")).to_be_focused()
    for name in ("paper", "wrong", "needed"):
        rows.last.locator(f"[name={name}]").fill("Giấy đề nghị")
    form.locator("[name=reason]").fill("Chưa đúng mẫu")
    press(officer, "F9")
    do.told(officer, vi("The supplement is requested; the clock stands."))
    expect(officer.locator("#bo-sung tbody tr")).to_have_count(1)


def papers_are_shown_without_scripts(browser: Browser, url: str, dossier: str) -> None:
    context = browser.new_context(base_url=url, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    do.sign_in(page, OFFICER)
    do.look(page, dossier)
    page.get_by_role("link", name=vi("Next page")).click()
    expect(page.locator("[data-at]")).to_have_text("Trang 2/3")
    picture = page.locator("[data-box] img")
    answer = page.request.get(str(picture.get_attribute("src")))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    page.locator("#viewer-list").select_option(index=1)
    page.get_by_role("button", name=vi("Show"), exact=True).click()
    expect(page.locator("[data-at]")).to_have_text("Trang 1/1")
    for part in ("noi-dung", "buoc", "giay", "phi", "lich-su"):
        expect(page.locator(f"#{part}")).to_be_visible()
    page.locator("[data-more] > summary").click()
    page.locator("[data-more] a").last.click()
    page.locator(f"{PANEL} textarea").fill("Đã xem")
    page.locator(f"{PANEL} .act-bar button").click()
    do.told(page, vi("The comment is added."))
    context.close()
