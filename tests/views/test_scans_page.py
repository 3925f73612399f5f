"""The page of scans and its tray through HTTP, and once in a browser from the drop to the dossier."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app import jobs
from domain.roles import Role
from models.attachment import Attachment
from models.scan import BatchState, ScanBatch, ScanPiece
from tests.factories import dossiers as make
from tests.factories.pages import Page
from tests.scanning import stacks
from tests.tools.engines import sqlite_only
from tests.views.test_counter_keyboard import CARD, choose, sign_in


@pytest.fixture
def secret(app: Any) -> str:
    return str(app.config["SECRET_KEY"])


def drop(client: Any, data: bytes, name: str = "quet.pdf", **more: Any) -> Any:
    form = {"file": (io.BytesIO(data), name)}
    return client.post("/quet", data=form, content_type="multipart/form-data", **more)


def dropped(app: Any, session: Any, client: Any, data: bytes) -> ScanBatch:
    assert drop(client, data).status_code == 303
    jobs.scan(app)
    session.expire_all()
    return session.scalars(sa.select(ScanBatch)).one()


@sqlite_only
def test_a_stack_that_was_dropped_is_followed_and_leads_to_its_dossier(app, session, login, secret):
    dossier = make.received()
    clerk = login(Role.clerk)
    data = stacks.pdf(stacks.covers(dossier, secret)[0], stacks.text(1), stacks.text(2))
    assert drop(clerk, data, "xap 1.pdf").status_code == 303
    page = clerk.get("/quet")
    assert "Đang chờ đến lượt" in page.text and "every 1s" in page.text
    batch = session.scalars(sa.select(ScanBatch)).one()
    batch.state, batch.pages, batch.pages_done = BatchState.running, 40, 12
    session.commit()
    running = clerk.get("/quet/tien-do").text
    assert "Trang 12/40" in running and 'max="40" value="12"' in running
    assert 'hx-get="/quet/tien-do"' in running
    jobs.scan(app)
    done = clerk.get("/quet/tien-do").text
    assert "every 1s" not in done and "3 trang · đã lưu 1 phần" in done
    file = session.scalars(sa.select(Attachment)).one()
    assert f"/ho-so/{dossier.id}" in done and f"/tep/{file.id}" in done
    assert dossier.papers[0].name in done
    assert file.added_by == "Trần Thanh Hùng"


def test_a_file_that_is_no_scan_is_refused_in_words_at_the_field(session, login):
    clerk = login(Role.clerk)
    answer = drop(clerk, b"MZ this is a program", "quét.pdf")
    assert answer.status_code == 422
    assert "quét.pdf: Bản quét phải là tệp PDF" in Page(answer).words("file-error")
    answer = drop(clerk, b"MZ", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"][:9]) == (422, "quet.pdf:")
    empty = clerk.post("/quet", data={}, content_type="multipart/form-data")
    assert (empty.status_code, "Hãy chọn tệp" in Page(empty).words("file-error")) == (422, True)
    assert session.scalars(sa.select(ScanBatch)).all() == []


def test_a_stack_may_be_larger_than_other_requests_but_not_without_end(
    app, session, login, monkeypatch
):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 20_000)
    monkeypatch.setitem(app.config, "MAX_SCAN_MB", 1)
    clerk = login(Role.clerk)
    data = stacks.pdf(stacks.text(1), quality=95)
    assert len(data) > 20_000
    assert drop(clerk, data).status_code == 303
    assert drop(clerk, data + b"%" * 1_100_000).status_code == 413


@sqlite_only
def test_the_tray_shows_the_pages_and_files_them_where_the_clerk_says(app, session, login, secret):
    dossier = make.received()
    clerk = login(Role.clerk)
    forged = stacks.slip(dossier, "another-secret-" * 4)
    batch = dropped(app, session, clerk, stacks.pdf(stacks.text(1), forged, stacks.text(2)))
    lost, guessed = batch.pieces
    first = clerk.get("/quet/khay")
    assert first.headers["Location"] == f"/quet/khay/{lost.id}"
    page = Page(clerk.get(f"/quet/khay/{guessed.id}"))
    assert page.find("//select[@id='dossier_id']/option[@selected]").get("value") == dossier.id
    assert "Mã không khớp với hồ sơ" in page.text
    shown = page.all("//img[contains(@class, 'sheet')]")
    assert len(shown) == 2
    for image in (shown[0].get("src"), shown[1].get("data-large")):
        answer = clerk.get(image)
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert answer.data.startswith(b"\x89PNG") and "private" in answer.headers["Cache-Control"]
    turned = clerk.get(f"/quet/manh/{guessed.id}/trang/1?rong=900&xoay=90").data
    assert int.from_bytes(turned[16:20], "big") == 900  # its width stays, its height does not
    for bad in ("1?rong=901", "3?rong=900", "1?rong=900&xoay=45", "1"):
        assert clerk.get(f"/quet/manh/{guessed.id}/trang/{bad}").status_code == 404
    nothing = clerk.post(f"/quet/khay/{lost.id}/luu", data={"dossier_id": "", "paper_id": ""})
    assert nothing.status_code == 422
    assert "thuộc hồ sơ nào" in Page(nothing).error("dossier_id")
    to = {"dossier_id": "", "code": dossier.code.lower(), "paper_id": dossier.papers[0].id}
    done = clerk.post(f"/quet/khay/{lost.id}/luu", data=to)
    assert (done.status_code, done.headers["Location"]) == (303, f"/quet/khay/{guessed.id}")
    done = clerk.post(f"/quet/khay/{guessed.id}/luu", data={"dossier_id": dossier.id})
    assert done.headers["Location"] == "/quet/khay"
    assert "Khay trống" in clerk.get("/quet/khay").text
    files = session.scalars(sa.select(Attachment).order_by(Attachment.id)).all()
    assert [(f.paper_id, f.pages) for f in files] == [(dossier.papers[0].id, 1), (None, 2)]
    assert clerk.get(f"/quet/manh/{lost.id}/trang/1?rong=900").status_code == 404


def test_pages_are_thrown_away_with_a_reason_and_can_be_taken_back(app, session, login):
    clerk = login(Role.clerk)
    piece = dropped(app, session, clerk, stacks.pdf(stacks.text(1))).pieces[0]
    refused = clerk.post(f"/quet/khay/{piece.id}/bo", data={"reason": " "})
    assert refused.status_code == 422 and Page(refused).error("reason")
    assert clerk.post(f"/quet/khay/{piece.id}/bo", data={"reason": "quét thử"}).status_code == 303
    assert "quét thử" in clerk.get("/quet").text
    back = clerk.post(f"/quet/khay/{piece.id}/lay-lai")
    assert back.headers["Location"] == f"/quet/khay/{piece.id}"
    session.expire_all()
    assert session.get_one(ScanPiece, piece.id).state == "open"


@sqlite_only
def test_pages_of_others_are_not_shown(app, session, login, secret):
    piece = dropped(app, session, login(Role.clerk), stacks.pdf(stacks.text(1))).pieces[0]
    for who in ("tiepnhan.krongana", "chuyenvien"):
        client = login(who)
        for url in (f"/quet/khay/{piece.id}", f"/quet/manh/{piece.id}/trang/1?rong=900"):
            assert client.get(url).status_code == 404, (who, url)
        for slug in ("luu", "bo", "lay-lai"):
            assert client.post(f"/quet/khay/{piece.id}/{slug}", data={}).status_code == 404
        assert client.post(f"/quet/{piece.batch_id}/thu-lai").status_code == 404
        assert "quet.pdf" not in client.get("/quet").text


def test_pickers_find_dossiers_and_their_papers(session, login):
    dossier = make.received()
    clerk, foreign = login(Role.clerk), login("tiepnhan.krongana")
    found = clerk.get("/quet/tim?q=nguyen+thi+hoa").get_json()
    assert [f["value"] for f in found] == [dossier.id]
    assert found[0]["text"].startswith(dossier.code)
    papers = clerk.get(f"/quet/giay-to?dossier_id={dossier.id}").get_json()
    assert [p["value"] for p in papers] == [p.id for p in dossier.papers]
    assert foreign.get("/quet/tim?q=nguyen+thi+hoa").get_json() == []
    assert foreign.get(f"/quet/giay-to?dossier_id={dossier.id}").get_json() == []


def test_cover_sheets_are_printed_from_the_page_of_the_dossier(session, login):
    dossier = make.received()
    clerk = login(Role.clerk)
    address = f"/quet/to-bia/{dossier.id}"
    assert address in clerk.get(f"/ho-so/{dossier.id}").text
    answer = clerk.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert dossier.code in answer.headers["Content-Disposition"]
    assert login("tiepnhan.krongana").get(address).status_code == 404


def cover_pdf(page: Any) -> bytes:
    """The cover sheets of the dossier whose page is open, as the browser gets them."""
    address = page.get_attribute("a[href^='/quet/to-bia/']", "href")
    return bytes(page.request.get(address).body())


@sqlite_only
def test_from_intake_to_cover_sheet_to_scan_to_dossier_in_a_browser(page, tmp_path):
    sign_in(page)
    page.goto("/tiep-nhan")
    choose(page, "1.001612")
    page.fill("#card", CARD)
    page.press("#card", "Enter")
    expect(page.locator("#owner_phone")).to_be_focused()
    page.keyboard.press("F9")
    page.wait_for_url(re.compile("/tiep-nhan/xong/"))
    code = page.text_content(".big-code").strip()
    page.goto(page.get_attribute("a[href^='/ho-so/']", "href"))
    cover = stacks.sheets.drawn(cover_pdf(page), 150)
    stack = [stacks.text(9), cover, *(stacks.text(n) for n in range(1, 5))]
    file = tmp_path / "xap.pdf"
    file.write_bytes(stacks.pdf(*(stacks.scanned(p, n) for n, p in enumerate(stack, 700))))

    page.goto("/quet")
    page.set_input_files("#file", str(file))
    page.click("#drop button[type=submit]")
    bar = page.locator(".batch progress[max='6']")
    expect(bar).to_be_visible(timeout=30_000)
    page.goto("/")  # the work goes on without its page
    page.goto("/quet")
    expect(page.locator(".batch-done")).to_be_visible(timeout=60_000)
    expect(page.locator("#to-tray .count")).to_have_text("1")
    expect(page.locator(".batch-pieces tbody tr")).to_have_count(2)
    expect(page.locator(".batch-pieces tbody tr").nth(1)).to_contain_text(code)

    page.click("#to-tray")
    expect(page.locator("img.sheet")).to_be_visible()
    box = page.locator("#dossier_id-ts-control")
    expect(box).to_be_focused()
    page.keyboard.type(code[-4:])
    expect(page.locator(".ts-dropdown .option").first).to_contain_text(code)
    page.keyboard.press("Enter")
    expect(page.locator("#paper_id-ts-control")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("[data-sheets]").focus()
    page.keyboard.press("Enter")  # outside any field: file
    page.wait_for_url("**/quet/khay")
    assert "Khay trống" in page.text_content("main")
