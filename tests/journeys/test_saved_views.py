"""A list as its reader likes it, by keys alone: columns, a view of one's own, what opens by itself."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys import people as do
from tests.journeys.people import People, vi
from tests.proof.eyes import DESK, NARROW, PHONE, Eyes
from tests.tools.engines import sqlite_only

LIST = "/danh-muc/procedure/list/"
CLERK = "tiepnhan"


def menu(page: Page, words: str) -> Locator:
    """Open a menu of the bar by its key."""
    summary = page.locator("[data-views] summary", has_text=words)
    summary.focus()
    page.keyboard.press("Enter")
    expect(summary.locator("xpath=..")).to_have_attribute("open", "")
    return summary.locator("xpath=..")


def heads(page: Page) -> list[str]:
    found = page.locator("thead th:not(.pick):not(.row-actions)").all_inner_texts()
    return [head.strip() for head in found]


@sqlite_only  # what is kept is proven on both engines in tests/services
def test_list_is_arranged_kept_and_opened_by_keys(people: People) -> None:
    page = people.sign_in(CLERK)
    page.goto(LIST)
    eyes = Eyes(page)
    columns_by_keys(page, eyes)
    view_by_keys(page, eyes)
    changed_and_undone(page, eyes)
    assert eyes.found == {}, eyes.report()
    without_scripts(people)


def columns_by_keys(page: Page, eyes: Eyes) -> None:
    """The first column goes away, the third moves to the front; the focus stays with it."""
    before = heads(page)
    box = menu(page, vi("Columns"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    up = box.locator("li", has_text=before[2]).locator("[name=up]")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    seen(page, eyes, "columns")
    page.keyboard.press("Escape")
    expect(box.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    box.get_by_role("button", name=vi("Show these columns")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"cot="))
    assert heads(page) == [before[2], before[1], *before[3:]]
    page.goto(LIST)
    assert heads(page) == [before[2], before[1], *before[3:]], "remembered"


def view_by_keys(page: Page, eyes: Eyes) -> None:
    """What is typed into the search is saved as it stands, although the page was not loaded anew."""
    page.get_by_role("searchbox", name=vi("Search this list")).fill("khai sinh")
    expect(page).to_have_url(re.compile(r"q=khai"))
    menu(page, vi("Save as a view"))
    page.keyboard.press("Tab")
    page.keyboard.type("Khai sinh")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    seen(page, eyes, "saving")
    page.locator("#view-name").press("Enter")
    do.told(page, vi("Saved."))
    page.goto(LIST)
    expect(page).to_have_url(re.compile(r"q=khai.*xem=[0-9a-f-]{36}"))
    expect(page.locator("[data-views] summary b").first).to_have_text("Khai sinh")
    box = menu(page, vi("Showing"))
    seen(page, eyes, "views")
    box.get_by_role("link", name=vi("All"), exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"xem=-$"))


def changed_and_undone(page: Page, eyes: Eyes) -> None:
    """A filter in a view is said to be a change, and goes with one press."""
    page.goto(LIST)
    page.get_by_role("searchbox", name=vi("Search this list")).fill("khai tử")
    expect(page.locator("[data-views]")).to_contain_text(vi("changed"))
    seen(page, eyes, "changed")
    page.get_by_role("link", name=vi("Undo the changes")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-views]")).not_to_contain_text(vi("changed"))
    page.goto("/cach-xem")
    seen(page, eyes, "all views")
    page.get_by_role("link", name=re.compile(vi("Change"))).first.press("Enter")
    page.wait_for_url(re.compile(r"/cach-xem/[0-9a-f-]{36}"))
    seen(page, eyes, "one view")


def seen(page: Page, eyes: Eyes, where: str) -> None:
    """In both sizes nothing runs out of the window, and axe finds nothing."""
    for size in (PHONE, NARROW, DESK):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        eyes.width(where)
    eyes.axe(where)


def without_scripts(people: People) -> None:
    """A column is moved by a form; the button that was pressed has the focus again."""
    page = people.window("plain", java_script_enabled=False)
    page.goto("/login/")
    do.sign_in(page, CLERK)
    page.goto(f"{LIST}?xem=-")
    before = heads(page)
    menu(page, vi("Columns")).locator("li").nth(1).locator("[name=up]").press("Enter")
    page.wait_for_url(re.compile(r"vua="))
    assert heads(page)[:2] == [before[1], before[0]]
    moved = page.locator("[data-columns] li").first.locator("[name=down]")
    expect(moved).to_be_focused()
