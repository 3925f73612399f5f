"""The keys of the legend, one journey of a clerk's morning; and the scanners that are no keyboard."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import CHROMIUM
from tests.tools import programs
from tests.tools.engines import sqlite_only
from tests.tools.serving import LiveServer
from tests.views.test_counter_keyboard import CARD, DONE, choose, sign_in
from tests.views.test_counter_pace import card
from tests.views.test_counter_scanning import picture


def scan(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def next_person(page: Page) -> None:
    """Enter, as it stands on the button, and the empty page."""
    page.wait_for_url(DONE)
    page.keyboard.press("Enter")
    expect(page.locator("#procedure")).to_be_focused()


@sqlite_only
@pytest.mark.timeout(240)
def test_morning_of_a_clerk_by_the_keys_of_the_legend(page: Page) -> None:
    sign_in(page)
    page.goto("/tiep-nhan")
    legend = page.locator(".keys [data-press]")
    assert legend.evaluate_all("keys => keys.map(key => key.dataset.press)") == [
        *("F2", "F3", "F4", "F6", "F7", "F8", "F9", "Esc")
    ]
    page.focus("#subject")
    page.keyboard.press("F2")
    expect(page.locator("#procedure")).to_be_focused()
    choose(page, "dktlhkd")
    page.fill("#subject", "Mở quán cà phê")
    page.focus("#owner_email")  # the scan does not depend on the field
    scan(page, card(1))
    expect(page.locator("#owner_phone")).to_be_focused()
    page.keyboard.press("F9")
    next_person(page)

    # F3: the same request, another person; the card first or the key first.
    page.keyboard.press("F3")
    expect(page.locator("#subject")).to_have_value("Mở quán cà phê")
    expect(page.locator("#card")).to_be_focused()
    expect(page.locator("#owner_name")).to_have_value("")
    scan(page, card(2))
    expect(page.locator("#owner_phone")).to_be_focused()

    # F7: a digit takes a reason, F9 ends the visit by it.
    page.keyboard.press("F7")
    expect(page.locator("#refuse_reason")).to_be_focused()
    page.keyboard.press("2")
    reason = page.locator("[data-reason]").nth(1).get_attribute("data-reason")
    expect(page.locator("#refuse_reason")).to_have_value(reason or "")
    page.keyboard.press("F9")
    page.wait_for_url(DONE)
    expect(page.locator("main")).to_contain_text(reason or "")
    next_person(page)

    # F8: whoever was scanned first is the first line; a number typed is looked up while one types on.
    page.keyboard.press("F3")
    expect(page.locator("#card")).to_be_focused()
    scan(page, card(3))
    expect(page.locator("#owner_phone")).to_be_focused()
    page.keyboard.press("F8")
    expect(page.locator("#b-0-name")).to_have_value("Nguyễn Thị Hoa")
    expect(page.locator("#owner_name")).to_have_value("")
    scan(page, card(4))
    expect(page.locator("#b-1-id_number")).to_have_value("066190000004")
    page.focus("#b-2-id_number")
    page.keyboard.type("066190000001", delay=60)
    page.keyboard.press("Enter")
    expect(page.locator("#b-2-name")).to_be_focused()
    page.keyboard.type("Nguyễn Thị Hoa")
    warning = page.locator("#b-2-says")
    expect(warning).to_be_visible()
    expect(page.locator("#b-2-name")).to_have_value("Nguyễn Thị Hoa")
    expect(page.locator("#b-count")).to_have_text("3")
    numbers = [page.text_content(f"#b-{n}-number") or "" for n in range(3)]
    assert [int(number[-4:]) - int(numbers[0][-4:]) for number in numbers] == [0, 1, 2]

    # F9 asks about the one who has such a dossier; then it receives all, in this order.
    page.keyboard.press("F9")
    box = page.locator("#b-2-doubled")
    expect(box).to_be_focused()
    expect(page.locator("#scan-says")).to_have_text(warning.locator("b").text_content() or "")
    page.keyboard.press("Space")
    page.keyboard.press("F9")
    expect(page.locator("[data-print]")).to_have_count(3)
    assert [
        (page.locator("tbody td:nth-of-type(1)").nth(n).text_content() or "").strip()
        for n in range(3)
    ] == numbers
    page.keyboard.press("Enter")
    expect(page.locator("#procedure")).to_be_focused()


@pytest.fixture
def eye(browser: Browser, live_server: LiveServer, tmp_path: Path) -> Iterator[Page]:
    """A window whose camera sees a card, and whose serial scanner is spoken for by `window.serial`."""
    video = tmp_path / "card.mjpeg"
    video.write_bytes(_film())
    found = programs.chromium()
    seeing = browser.browser_type.launch(
        executable_path=found.executable,
        args=[
            *CHROMIUM,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={video}",
        ],
        env={**os.environ, **found.environment},
    )
    programs.unplug(seeing)
    tab = seeing.new_context(
        base_url=live_server.url, locale="vi-VN", viewport={"width": 1366, "height": 768}
    ).new_page()
    tab.add_init_script(SERIAL)
    yield tab
    seeing.close()


def _film() -> bytes:
    """A second of a card held still, as a camera gives it: JPEG after JPEG."""
    import cv2
    import numpy

    code = cv2.imdecode(numpy.frombuffer(picture(CARD), numpy.uint8), cv2.IMREAD_GRAYSCALE)
    frame = numpy.full((480, 640), 255, numpy.uint8)
    side = min(440, *code.shape[:2]) if max(code.shape) < 440 else 440
    code = cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA)
    frame[20 : 20 + side, 100 : 100 + side] = code
    done, jpeg = cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    assert done
    return bytes(jpeg.tobytes()) * 30


#: A port that gives what `serialSays` is told, in pieces that cut through letters.
SERIAL = """
(() => {
  let pour;
  const port = {
    open: options => { window.serialSpeed = options.baudRate; return Promise.resolve(); },
    readable: new ReadableStream({ start: controller => { pour = controller; } }),
  };
  window.serialSays = text => {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += 5) pour.enqueue(bytes.slice(at, at + 5));
  };
  Object.defineProperty(navigator, 'serial', { value: {
    getPorts: () => Promise.resolve([]), requestPort: () => Promise.resolve(port),
  } });
})()"""


@sqlite_only
@pytest.mark.timeout(120)
def test_camera_and_serial_scanner_fill_the_person_in(eye: Any) -> None:
    sign_in(eye)
    eye.goto("/tiep-nhan")
    pictures = []
    eye.on("request", lambda r: pictures.append(r) if r.url.endswith("/tiep-nhan/anh") else None)
    camera = eye.locator("[data-camera]")
    camera.click()
    expect(eye.locator("#owner_id_number")).to_have_value("066190001234")
    expect(eye.locator("#owner_name")).to_have_value("Nguyễn Thị Hoa")
    expect(eye.locator("#scan-video")).to_be_hidden()
    expect(camera).not_to_have_attribute("aria-pressed", "true")
    assert pictures

    eye.keyboard.press("Escape")
    expect(eye.locator("#owner_name")).to_have_value("")
    scanner = eye.locator("[data-serial]")
    scanner.click()
    expect(scanner).to_have_attribute("aria-pressed", "true")
    assert eye.evaluate("window.serialSpeed") == 9600
    eye.evaluate("text => window.serialSays(text)", card(7) + "\r\n")
    expect(eye.locator("#owner_id_number")).to_have_value("066190000007")
    expect(eye.locator("#owner_name")).to_have_value("Nguyễn Thị Hoa")
    assert re.search("Buôn Kô Tam", eye.input_value("#owner_address"))


@sqlite_only
def test_files_that_are_too_large_are_refused_at_the_field_and_nothing_typed_is_lost(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "thanh lap ho kinh doanh")
    page.fill("#owner_name", "Y Bliă Niê")
    scans = page.locator("[data-scans]").first
    page.evaluate("document.getElementById('counter').dataset.most = 3000")
    fit = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF" + b"0" * 2000}
    scans.set_input_files([fit])
    expect(page.locator("[data-scan-count]").first).to_have_text("1")
    scans.set_input_files([fit, {**fit, "name": "b.pdf"}])
    expect(page.locator("#scan-says")).to_contain_text("quá lớn")
    expect(page.locator("[data-scan-count]").first).to_have_text("")
    assert page.input_value("#owner_name") == "Y Bliă Niê"
