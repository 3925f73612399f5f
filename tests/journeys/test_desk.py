"""The desk by keys alone: the counter forwards, the head assigns, the officer proposes, the head signs."""

import io
import re
from typing import Any

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from seeds.demo import PASSWORD
from tests.journeys import people as do
from tests.journeys.people import People, vi
from tests.tools.engines import sqlite_only

CLERK, HEAD, OFFICER = "tiepnhan", "truongphong", "chuyenvien"
LIST = "/viec?tab=cua-toi&q=hoa"


def rows(page: Page) -> Locator:
    return page.locator("[data-row]")


def current(page: Page) -> Locator:
    return page.locator("[data-row][aria-current]")


def press(page: Page, *keys: str) -> None:
    expect(page.locator("[data-desk][data-ready]")).to_be_attached()
    for key in keys:
        page.keyboard.press(key)


def dialog(page: Page) -> Locator:
    box = page.locator("#desk-act")
    expect(box.locator(".act-head")).to_be_visible()
    return box


def told(page: Page, sentence: str, *, left: int) -> None:
    """The act is done, and the list stands where it was."""
    do.told(page, sentence)
    expect(page).to_have_url(re.compile(re.escape(LIST)))
    expect(rows(page)).to_have_count(left)


@sqlite_only  # the work-list itself is proven on both engines in tests/services and tests/views
def test_desk_is_worked_by_keys(people: People, built_app: Any) -> None:
    clerk = people.sign_in(CLERK)
    made = [do.receive(clerk) for _ in range(3)]
    counter_forwards(clerk, built_app)
    head_assigns(people.sign_in(HEAD))
    officer = people.sign_in(OFFICER)
    officer_finds_the_way(officer)
    officer_proposes(officer, people.another(OFFICER))
    scanned(officer, made)
    head_signs(people.sign_in(HEAD))


def outlive(page: Page, app: Any) -> None:
    """Let the session of this browser be eleven hours old."""
    cookie: Any = next(
        c for c in page.context.cookies() if c["name"] == app.config["SESSION_COOKIE_NAME"]
    )
    seal = SecureCookieSessionInterface().get_signing_serializer(app)
    assert seal is not None
    content, now = seal.loads(cookie["value"]), TimestampSigner.get_timestamp
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) - 11 * 3600)
        cookie["value"] = seal.dumps(content)
    page.context.add_cookies([cookie])


def counter_forwards(clerk: Page, app: Any) -> None:
    """Two at once after a look at what will change; the third by itself."""
    clerk.goto(LIST)
    expect(rows(clerk)).to_have_count(3)
    press(clerk, "x", "j", "x", "t")
    expect(clerk).to_have_url(re.compile("/viec/xem-truoc"))
    plan = clerk.locator(".desk-plan tbody tr")
    expect(plan).to_have_count(2)
    expect(plan.first).to_contain_text("trưởng phòng")
    press(clerk, "F9")
    told(clerk, "Đã chuyển 2 hồ sơ.", left=1)
    press(clerk, "t")
    expect(dialog(clerk).locator("textarea")).to_be_focused()
    clerk.keyboard.type("Đủ giấy tờ, jkxt")
    outlive(clerk, app)  # the session ends meanwhile: the form comes back after signing in
    press(clerk, "F9")
    clerk.locator("#username").fill(CLERK)
    clerk.locator("#password").fill(PASSWORD)
    clerk.locator("#password").press("Enter")
    note = clerk.locator("[data-panel=chuyen] textarea")
    expect(note).to_have_value("Đủ giấy tờ, jkxt")
    note.press("F9")
    do.told(clerk, vi("Forwarded."))
    clerk.goto(LIST)
    expect(rows(clerk)).to_have_count(0)


def head_assigns(head: Page) -> None:
    head.goto(LIST)
    expect(rows(head)).to_have_count(3)
    press(head, "a")
    expect(dialog(head).locator("select")).to_be_focused()
    head.keyboard.type("Nguyễn Thị Lan")
    press(head, "F9")
    told(head, vi("Assigned."), left=2)
    press(head, "x", "j", "x", "a")
    choice = head.locator("#several-officer")
    expect(choice).to_be_focused()
    head.keyboard.type("Nguyễn Thị Lan")
    press(head, "F9")
    told(head, "Đã phân công 2 hồ sơ.", left=0)


def officer_finds_the_way(officer: Page) -> None:
    """Rows, pane, filter and Back."""
    officer.goto("/viec")
    expect(rows(officer)).to_have_count(3)
    pane = officer.locator("#desk-pane")
    for number, key in ((1, "j"), (2, "j"), (1, "k")):
        press(officer, key)
        code = rows(officer).nth(number).locator("th a")
        expect(code).to_be_focused()
        expect(pane.locator("h2")).to_have_text(code.inner_text())
    press(officer, "p")
    expect(pane).to_be_hidden()
    press(officer, "p")
    expect(pane).to_be_visible()
    press(officer, "?")
    expect(officer.locator("#desk-keys")).to_be_visible()
    press(officer, "Escape", "/")
    expect(officer.locator("#work-q")).to_be_focused()
    officer.keyboard.type("hoa")
    press(officer, "Enter")
    expect(officer).to_have_url(re.compile(re.escape(LIST)))
    press(officer, "j")
    code = current(officer).locator("th a").inner_text()
    press(officer, "Enter")
    expect(officer).to_have_url(re.compile("/ho-so/"))
    officer.go_back()
    expect(officer).to_have_url(re.compile(re.escape(LIST)))
    expect(officer.locator("#work-q")).to_have_value("hoa")
    expect(current(officer).locator("th a")).to_have_text(code)


def officer_proposes(officer: Page, stale: Page) -> None:
    """A refused form keeps what was typed; of two windows only one does it."""
    stale.goto(LIST)
    press(officer, "s")
    box = dialog(officer)
    officer.keyboard.type("Giấy đề nghị")
    press(officer, "F9")
    expect(box.locator(".error-summary")).to_be_visible()
    expect(box.locator("input[name=paper]").first).to_have_value("Giấy đề nghị")
    press(officer, "Escape")
    expect(current(officer).locator("th a")).to_be_focused()
    code = current(officer).locator("th a").inner_text()
    propose(officer)
    told(officer, vi("Proposed for signature."), left=2)
    late = rows(stale).filter(has_text=code)
    late.locator("th a").focus()
    propose(stale)
    expect(stale.locator("#desk-act .error-summary, #desk-act .alert").first).to_be_visible()
    stale.close()
    for left in (1, 0):
        propose(officer)
        told(officer, vi("Proposed for signature."), left=left)


def propose(page: Page) -> None:
    press(page, "t")
    box = dialog(page)
    if box.locator("textarea").count():
        expect(box.locator("textarea")).to_be_focused()
        page.keyboard.type("Hồ sơ đủ điều kiện, đề nghị ký.")
        press(page, "F9")


def scanned(officer: Page, made: list[str]) -> None:
    """A draft of the result lies in each dossier."""
    picture = io.BytesIO()
    Image.new("RGB", (620, 877), "white").save(picture, "PNG")
    draft = {"name": "du-thao.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    for dossier in made:
        do.look(officer, dossier)
        token = officer.locator("input[name=csrf_token]").first.input_value()
        typed: dict[str, Any] = {"csrf_token": token, "title": "Dự thảo kết quả", "file": draft}
        officer.request.post(f"/ho-so/{dossier}/dinh-kem", multipart=typed)


def head_signs(head: Page) -> None:
    """The paper is open beside the list; signing leads to the next, several go by a summary."""
    head.goto("/ky")
    expect(rows(head)).to_have_count(3)
    first = current(head).locator("strong").inner_text()
    sheet = head.locator(".sheet img").first
    expect(sheet).to_be_visible()
    expect(sheet).to_have_js_property("naturalWidth", 1000)
    expect(head.locator(".written")).to_contain_text("đề nghị ký")
    press(head, "j")
    expect(rows(head).nth(1)).to_have_attribute("aria-current", "true")
    press(head, "k", "y")
    expect(head.locator("[data-sign] textarea")).to_be_focused()
    head.keyboard.type("Đồng ý, y g")
    press(head, "F9")
    asked = head.locator("#confirm-dialog")
    expect(asked).to_contain_text(f"Ký duyệt hồ sơ {first}")
    press(head, "F9")  # one more is no answer
    expect(asked).to_be_visible()
    press(head, "Enter")
    do.told(head, f"{first}: {vi('Approved.')} Hiện ở: ")
    expect(rows(head)).to_have_count(2)
    expect(current(head).locator("strong")).not_to_have_text(first)
    press(head, "x", "j", "x", "y")
    expect(head.locator(".desk-plan tbody tr")).to_have_count(2)
    press(head, "F9")
    do.told(head, "Đã ký 2 hồ sơ.")
    expect(rows(head)).to_have_count(0)
