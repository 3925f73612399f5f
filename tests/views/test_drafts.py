"""Drafts in a real browser: kept while one types, offered back, forgotten when sent and at sign-out."""

from playwright.sync_api import expect

from tests.journeys.people import vi
from tests.tools.engines import sqlite_only

FORM = "/danh-muc/applicant/add"
DRAFTS = "Object.keys(localStorage).filter(k => k.startsWith('motcua-draft:'))"


def sign_in(page, username):
    page.goto("/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", "MotCua-2026")
    page.keyboard.press("Enter")
    page.wait_for_selector(".side-nav")


def drafted(page):
    """Wait until a draft is kept; what is typed is kept when the person pauses."""
    for _ in range(100):
        if len(page.evaluate(DRAFTS)) == 1:
            return
        page.wait_for_timeout(50)
    raise AssertionError("no draft was kept")


@sqlite_only
def test_draft_of_a_form_that_failed_outlives_a_notice_that_is_not_shown(page):
    sign_in(page, "tiepnhan")
    keep = """until => localStorage.setItem('motcua-draft:' + document.body.dataset.person + ':/x',
        JSON.stringify({at: Date.now(), until: until, values: [], sent: 1}))"""
    page.evaluate(keep, 4_102_444_800_000)
    page.goto("/tiep-nhan")
    expect(page.locator("#received-already")).to_be_hidden()
    assert len(page.evaluate(DRAFTS)) == 1


@sqlite_only
def test_chosen_files_are_named_in_the_readers_language(page):
    sign_in(page, "quantri")
    page.goto("/style")
    face = page.locator("#file + .file-face")
    expect(face).to_contain_text(vi("no file chosen"))
    page.set_input_files(
        "#file", {"name": "dự thảo.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"}
    )
    expect(face).to_contain_text("dự thảo.pdf")


@sqlite_only
def test_draft_comes_back_by_a_button_and_goes_when_the_form_is_saved(page, live_server):
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, "tiepnhan")
    page.goto(FORM)
    offer = page.locator(".draft-offer")
    expect(offer).to_have_count(0)
    page.fill("#name", "Nguyễn Thị Hoa")
    page.fill("#phone", "0905000111")
    drafted(page)
    page.goto("/")  # the warning before leaving is answered with yes
    page.goto(FORM)
    expect(page.locator("#name")).to_have_value("")  # offered, not forced
    expect(offer).to_be_visible()
    page.get_by_role("button", name=vi("Restore the draft")).click()
    expect(page.locator("#name")).to_have_value("Nguyễn Thị Hoa")
    expect(page.locator("#phone")).to_have_value("0905000111")
    page.locator("#name").focus()
    page.keyboard.press("Control+s")
    expect(page.locator(".notice.alert-success")).to_be_visible()
    assert page.evaluate(DRAFTS) == []
    page.goto(FORM)
    expect(offer).to_have_count(0)


@sqlite_only
def test_draft_is_dropped_by_its_button_at_sign_out_and_for_another_person(page, live_server):
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, "tiepnhan")
    page.goto(FORM)
    page.fill("#name", "Trần Văn Bình")
    drafted(page)
    page.goto(FORM)
    page.get_by_role("button", name=vi("Discard the draft")).click()
    assert page.evaluate(DRAFTS) == []
    page.fill("#name", "Trần Văn Bình")
    drafted(page)
    page.evaluate(
        "localStorage.setItem('motcua-draft:0:/x', JSON.stringify({at: Date.now(), values: []}))"
    )
    page.goto("/")
    kept = page.evaluate(DRAFTS)
    assert len(kept) == 1 and ":0:" not in kept[0]  # those of others are gone
    page.locator("details.menu summary").click()
    page.locator("details.menu a[href*='/logout'], details.menu form button.menu-act").last.click()
    page.wait_for_url("**/login/**")
    assert page.evaluate(DRAFTS) == []


@sqlite_only
def test_warns_before_leaving_only_when_something_was_typed(page, live_server):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    sign_in(page, "tiepnhan")
    page.goto(FORM)
    page.goto("/")
    assert asked == []
    page.goto(FORM)
    page.fill("#name", "Hoa")
    page.locator(".side-nav a").first.click()
    page.wait_for_url("**/")
    assert asked == ["beforeunload"]
