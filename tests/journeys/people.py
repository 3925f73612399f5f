"""What people do at the screen, in their words: sign in, receive, do an act, read."""

import io
import re
from functools import cache
from typing import Any

import pypdf
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import config
from seeds.demo import PASSWORD

#: A slow machine is not a defect.
expect.set_options(timeout=15_000)
DONE = re.compile(r"/tiep-nhan/xong/([0-9a-f-]{36})$")
CODE = re.compile(r"^H15(\.\w+){1,2}-\d{6}-\d{4}$")
#: A sentence with at least one letter that only Vietnamese has.
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
#: Nobody real: the number stands for a woman born in Đắk Lắk in 1990.
PERSON = {
    "owner_id_number": "066190001234",
    "owner_name": "Nguyễn Thị Hoa",
    "owner_birth_date": "15/03/1990",
    "owner_phone": "0905123456",
    "owner_address": "Buôn Kô Tam, xã Ea Tu",
}


@cache
def _catalogue() -> Catalog:
    path = config.ROOT / "translations" / "vi" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale="vi")


def vi(msgid: str, **facts: object) -> str:
    """The Vietnamese on the screen for a text of the product; it fails when there is none."""
    message = _catalogue().get(msgid)
    assert message is not None and message.string, f"no Vietnamese for {msgid!r}"
    return str(message.string) % facts if facts else str(message.string)


class People:
    """One window for each person."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.contexts: dict[str, BrowserContext] = {}
        self.troubles: list[str] = []

    def leave(self) -> None:
        """Close every window."""
        for context in self.contexts.values():
            context.close()

    def window(self, name: str, **options: Any) -> Page:
        """A new window of its own, in Vietnamese, watched."""
        settings: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}, **options}
        context = self.browser.new_context(
            base_url=self.url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **settings
        )
        context.set_default_timeout(20_000)
        self.contexts[name] = context
        return self._watched(context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _heard(self, page: Page, message: Any) -> None:
        # A form answered with 4xx is reported as a failed load; that is what the journey is about.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"{page.url}: {message.text}")

    def _asked(self, url: str) -> None:
        # What the browser shows a PDF with (chrome:, chrome-extension:) lies in the browser itself.
        if url.startswith(("http:", "https:", "ws:", "wss:")) and not url.startswith(self.url):
            self.troubles.append(f"left the house: {url}")

    def sign_in(self, username: str) -> Page:
        """The window of this person, signed in by the form the first time."""
        if username in self.contexts:
            return self.contexts[username].pages[0]
        page = self.window(username)
        sign_in(page, username)
        return page

    def another(self, username: str) -> Page:
        """A second tab of a person who is signed in."""
        self.sign_in(username)
        return self._watched(self.contexts[username].new_page())


def sign_in(page: Page, username: str) -> None:
    """By the form."""
    page.goto("/login/")
    expect(page.get_by_role("heading", name=vi("Sign In"))).to_be_visible()
    page.locator("#username").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=vi("Sign In")).click()
    expect(page.locator(".menu-name")).to_be_visible()


# ---- at the counter ------------------------------------------------------------------------------
def choose(page: Page, words: str) -> None:
    """Type words of a procedure and take the first one that is offered."""
    page.goto("/tiep-nhan")
    expect(page.get_by_role("heading", name=vi("Receive a dossier"), level=1)).to_be_visible()
    box = page.locator("#procedure")
    box.press_sequentially(words)
    expect(page.locator(".picker-list li[aria-selected=true]")).to_be_visible()
    box.press("Enter")
    expect(page.locator("#part-papers table")).to_be_visible()


def write(page: Page, values: dict[str, str]) -> None:
    """Fill fields by their names, without leaving a look-up unanswered."""
    for name, text in values.items():
        page.locator(f"[name={name}]").fill(text)


def begin(page: Page, words: str = "dang ky thanh lap ho kinh doanh", **more: str) -> None:
    """A whole visit typed in: procedure, person, request."""
    choose(page, words)
    write(page, {**PERSON, "subject": "Mở quán cà phê tại xã Quảng Tiến", **more})


def receive(page: Page, **more: str) -> str:
    """A visit that ends in a receipt without a fee; the id of the dossier."""
    begin(page, **more)
    for fee in page.locator("#part-fees [name$=-taken]").all():
        fee.uncheck()
    button = page.get_by_role("button", name=vi("Receive and print the slip"))
    button.click()
    page.wait_for_function(
        "location.pathname.includes('/xong/') || document.querySelector('.error-summary')"
    )
    if not DONE.search(page.url):  # the same person has a dossier of this kind under way
        page.locator("[name=doubled]").check()
        button.click()
        page.wait_for_url(DONE)
    return dossier_id(page)


def dossier_id(page: Page) -> str:
    """The id in the address of the page after a visit."""
    found = DONE.search(page.url)
    assert found, page.url
    return found[1]


def paper(page: Page, link: Locator) -> bytes:
    """What opens behind a link to a paper."""
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "inline" in answer.headers["content-disposition"]
    return answer.body()


def words_of(pdf: bytes) -> str:
    """The text of a paper, blanks squeezed."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


# ---- on the page of a dossier --------------------------------------------------------------------
def look(page: Page, dossier: str) -> None:
    """Open a dossier."""
    answer = page.goto(f"/ho-so/{dossier}")
    assert answer is not None and answer.status == 200, page.url


def act(page: Page, verb: str) -> Locator:
    """The form of an act, opened in its place, found by the name it has on the screen."""
    name = vi(verb)
    form = page.locator("[data-panel]:not([hidden])").filter(
        has=page.get_by_role("heading", name=name, exact=True)
    )
    expect(page.locator("[data-dossier][data-ready]")).to_be_attached()
    if not form.count():
        link = _acts(page).filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*(F9|[A-Z])?\s*$"))
        expect(link).to_have_count(1)
        if not link.is_visible():
            page.locator("[data-more] > summary").click()
        link.click()
    expect(form).to_be_visible()
    return form


def _acts(page: Page) -> Locator:
    return page.locator(".head-acts [data-act]")


def press(page: Page, verb: str) -> None:
    """Send the form of an act."""
    act(page, verb).get_by_role("button", name=vi(verb), exact=True).click()


def offered(page: Page) -> list[str]:
    """Names of the acts that the page offers, the next one and the others."""
    names: list[str] = _acts(page).evaluate_all(
        "acts => acts.map(act => [...act.childNodes].filter(n => n.nodeName !== 'KBD')"
        ".map(n => n.textContent).join('').trim())"
    )
    return names


def told(page: Page, sentence: str) -> None:
    """A sentence stands at the top of the page."""
    expect(page.locator(".notice[role]").filter(has_text=sentence)).to_be_visible()


def fact(page: Page, name: str) -> Locator:
    """What stands beside a name at the top of a dossier."""
    line = page.locator(".dossier-state dl > div", has=page.get_by_text(vi(name), exact=True))
    return line.locator("dd")


def history(page: Page) -> str:
    """The whole timeline, unfolded."""
    page.locator("[data-tabs] a[href='#lich-su']").click()
    for day in page.locator("#lich-su details:not([open]) > summary").all():
        day.click()
    return page.locator("#lich-su").inner_text()
