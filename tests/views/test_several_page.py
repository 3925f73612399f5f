"""Several rows of a list changed and put back in a browser, by the keyboard, on a small screen."""

import re

from playwright.sync_api import Page, expect

from tests.views.test_counter_keyboard import sign_in

LIST = "/danh-muc/calendar_day/list/?q=quoc+khanh"


def test_days_are_changed_together_and_put_back_by_the_keyboard(page: Page) -> None:
    sign_in(page, "quantri")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(LIST)
    expect(page.locator(".toolbar-bulk")).to_be_hidden()
    for number in (0, 1):
        page.locator("input[name=rowid]").nth(number).focus()
        page.keyboard.press("Space")
    expect(page.locator("[data-bulk-count]")).to_contain_text("2")
    page.locator("button[value=change_many]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("action_post"))
    page.locator("#source").focus()
    page.keyboard.type("Công văn số 5")
    expect(page.locator("#pick-source")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/change$"))
    expect(page.locator("#reason")).to_be_focused()
    expect(page.locator(".several-change ins").first).to_have_text("Công văn số 5")
    page.keyboard.type("Theo công văn mới")
    page.get_by_role("button", name="Sửa 2 dòng").press("Enter")
    page.wait_for_url(re.compile(r"list/\?q=quoc"))
    expect(page.locator(".undo-bar")).to_contain_text("Bạn vừa sửa 2 dòng.")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator(".undo-bar button").press("Enter")
    expect(page.locator("main")).to_contain_text("2 dòng đã trở lại như trước.")
    expect(page.locator(".undo-bar")).to_have_count(0)
