"""The return desk by scanner and keyboard, measured; and what goes to the printer by itself."""

import re
import sys
import time
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, Route, expect

from models.ids import uuid7
from tests.tools.engines import sqlite_only
from tests.tools.serving import LiveServer
from tests.views.test_counter_keyboard import sign_in
from tests.views.test_counter_pace import Clerk, one

MOST_SECONDS, PER_KEY = 20, 0.2
#: The counter of the clerk `tiepnhan`, an owner with a number, the oldest first.
WAITING = """
SELECT d.id, d.agency_id, d.code, d.owner_name, d.owner_id_number FROM dossier d
WHERE d.status = 'processed' AND length(d.owner_id_number) = 12 AND d.counter_id =
  (SELECT o.unit_id FROM officer o JOIN ab_user u ON u.id = o.user_id WHERE u.username = 'tiepnhan')
ORDER BY d.id LIMIT 1"""
FEE = """
INSERT INTO dossier_fee (id, agency_id, dossier_id, name, quantity, amount, paid, moment)
VALUES (:id, :agency, :dossier, 'Lệ phí cấp bản sao', 1, 30000, 0, 'on_return')"""


@pytest.fixture
def waiting(demonstration: LiveServer) -> Any:
    """A dossier whose result waits, with 30.000 đồng still to be paid."""
    engine = sa.create_engine(demonstration.database_url)
    with engine.begin() as connection:
        found = connection.execute(sa.text(WAITING)).one()
        values = {"id": _plain(uuid7()), "agency": found.agency_id, "dossier": found.id}
        connection.execute(sa.text(FEE), values)
    engine.dispose()
    return found


def _plain(key: str) -> str:
    return key.replace("-", "")


@pytest.fixture
def desk(browser: Browser, demonstration: LiveServer) -> Any:
    """The clerk's window; what is sent to the printer is counted instead. The Chromium of the tests may
    have no viewer for PDFs: it is told that it has one, and gets a page in the place of the paper."""
    context = browser.new_context(
        base_url=demonstration.url, locale="vi-VN", viewport={"width": 1366, "height": 768}
    )
    printed: list[str] = []
    context.expose_binding("toPrinter", lambda source: printed.append(source["frame"].url))
    context.add_init_script("window.print = () => window.toPrinter();")
    context.add_init_script(
        "Object.defineProperty(navigator, 'pdfViewerEnabled', {get: () => true});"
    )
    context.route("**/giay/*?khung=1", shown_as_page)
    page = context.new_page()
    sign_in(page)
    yield page, printed
    context.close()


def shown_as_page(route: Route) -> None:
    """The paper is fetched, and must be one; then a page stands in for its viewer."""
    paper = route.fetch()
    assert paper.headers["content-type"] == "application/pdf" and paper.body()[:5] == b"%PDF-"
    route.fulfill(status=200, content_type="text/html", body="<!DOCTYPE html><title>Giấy</title>")


def scan(page: Page, text: str) -> None:
    """As a scanner does: quickly, and Enter at the end. No key of the clerk."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@sqlite_only
@pytest.mark.timeout(240)
def test_result_is_handed_over_in_twenty_seconds(desk: Any, waiting: Any) -> None:
    page, printed = desk
    page.goto("/tra-ket-qua")
    started, keys = time.monotonic(), 0
    scan(page, f"https://motcua.example/tra-cuu/{waiting.code}?k=abcdefghijklmnopqrstuv")
    expect(page.locator("#card")).to_be_focused()
    assert page.is_checked("#slip_collected")  # it was scanned, so it lies on the table
    scan(page, f"{waiting.owner_id_number}||{waiting.owner_name}|15031990|Nữ|Buôn Kô Tam|01012022")
    expect(page.get_by_text("Đúng thẻ của người nộp hồ sơ.")).to_be_visible()
    expect(page.locator("[data-key=F9]")).to_be_focused()
    page.keyboard.press("F9")
    keys += 1
    expect(page.locator(".alert-success").last).to_contain_text(waiting.code)
    expect(page.locator("#q")).to_be_focused()
    seconds = time.monotonic() - started + keys * PER_KEY
    sys.stdout.write(f"\none result: {keys} keystroke, {seconds:.1f} s with the fee\n")
    assert seconds <= MOST_SECONDS
    wait_for(page, printed)
    assert re.search(r"/giay/[0-9a-f-]{36}\?khung=1$", printed[0])


@sqlite_only
@pytest.mark.timeout(240)
def test_slip_goes_to_the_printer_by_itself_and_only_once(desk: Any) -> None:
    page, printed = desk
    page.goto("/tiep-nhan")
    one(Clerk(page), 900_001, "dktlhkd")
    wait_for(page, printed)
    expect(page.get_by_text("Giấy đã được gửi ra máy in.")).to_be_visible()
    page.reload()
    page.wait_for_timeout(1500)
    assert len(printed) == 1
    # The next person's card may come while the page of the one before still stands.
    # (The driver strikes no keys for letters with marks, so this card has none.)
    scan(page, "066190900002|240900002|Y Blia Nie|15031990|Nam|Buon Ko Tam, xa Ea Tu|01012022")
    expect(page.locator("#owner_name")).to_have_value("Y Blia Nie")
    assert page.evaluate("sessionStorage.getItem('counter.card')") is None


def wait_for(page: Page, printed: list[str]) -> None:
    """Until a paper has gone to the printer; fifteen seconds at most."""
    for _ in range(75):
        if printed:
            return
        page.wait_for_timeout(200)
    raise AssertionError("nothing went to the printer")
