"""The main job: a dossier goes from the counter to its return, every person at their own screen."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from domain.events import TITLES, Tag
from tests.journeys import people as do
from tests.journeys.people import People, vi, words_of
from tests.tools.engines import postgresql_only

pytestmark = postgresql_only  # the other journeys go over SQLite
CLERK, HEAD, OFFICER, REGISTRAR = "tiepnhan", "truongphong", "chuyenvien", "vanthu"


def test_a_business_is_registered(people: People, marks: Callable[..., Any]) -> None:
    clerk = people.sign_in(CLERK)
    dossier, code, address = received(clerk, marks)
    followed_by_the_citizen(people.window("citizen"), address, code)
    forwarded(clerk, dossier)
    assigned(people.sign_in(HEAD), dossier, code)
    due = supplement_requested(people.sign_in(OFFICER), dossier)
    supplement_received(clerk, dossier, due)
    decided(people, dossier)
    handed_over(clerk, code)
    told_in_the_history(clerk, dossier)


def received(clerk: Page, marks: Callable[..., Any]) -> tuple[str, str, str]:
    do.begin(clerk)
    papers = clerk.locator("#part-papers tbody")
    expect(papers).to_contain_text("Giấy đề nghị đăng ký hộ kinh doanh")
    fee = clerk.locator("#part-fees tbody tr").first
    expect(fee).to_contain_text("Lệ phí đăng ký hộ kinh doanh")
    expect(fee).to_contain_text("50.000")
    expect(clerk.locator("[data-show=total]")).to_have_text("50.000")
    promised = clerk.locator("[data-show=due]").inner_text()
    clerk.get_by_role("button", name=vi("Receive and print the slip")).click()
    clerk.wait_for_url(do.DONE)
    code = clerk.locator(".big-code").inner_text().strip()
    assert do.CODE.match(code), code
    day = promised.split()[1]
    expect(clerk.locator(".big-due")).to_contain_text(day)
    expect(clerk.locator(".big-due")).to_contain_text("Nguyễn Thị Hoa")
    expect(clerk.locator(".unpaid")).to_contain_text("50.000")
    slip = do.paper(clerk, clerk.get_by_role("link", name=vi("Print the slip")))
    text = words_of(slip)
    day, month, year = day.split("/")
    written = f"ngày {day} tháng {month} năm {year}"
    for word in ("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", code, "Nguyễn Thị Hoa", written):
        assert word in text, word
    read = next(m for m in marks(slip) if m.startswith("QR-Code:")).removeprefix("QR-Code:")
    assert f"/tra-cuu/{code}?k=" in read
    return do.dossier_id(clerk), code, read


def followed_by_the_citizen(page: Page, address: str, code: str) -> None:
    """What the code on the slip leads to, on a telephone that is not signed in."""
    page.goto(address)
    expect(page.get_by_role("main")).to_contain_text(code)
    expect(page.get_by_role("main")).to_contain_text("Đăng ký thành lập hộ kinh doanh")
    assert "Nguyễn Thị Hoa" not in page.content()
    page.goto(address.partition("?")[0])  # without the slip: the degree of completion only
    expect(page.get_by_role("main")).to_contain_text(code)
    assert "hộ kinh doanh" not in page.get_by_role("main").inner_text()
    page.goto("/login/")
    page.get_by_role("link", name=vi("Follow a dossier")).click()
    page.get_by_label(vi("Dossier code on the slip")).fill("H15.36.00-200101-9999")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(
        vi("No dossier has this code. Compare it with the slip.")
    )
    page.get_by_label(vi("Dossier code on the slip")).fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=vi("Follow a dossier"))).to_be_visible()
    expect(page.locator("progress")).to_be_visible()


def forwarded(clerk: Page, dossier: str) -> None:
    clerk.get_by_role("link", name=vi("Open the dossier")).click()
    expect(do.fact(clerk, "Status")).to_contain_text("Được tiếp nhận")
    do.act(clerk, "Forward").get_by_label(vi("Note")).fill("Đủ giấy tờ")
    do.press(clerk, "Forward")
    do.told(clerk, vi("Forwarded."))
    expect(do.fact(clerk, "Status")).to_contain_text("Đang xử lý")


def assigned(head: Page, dossier: str, code: str) -> None:
    head.goto("/viec?tab=cua-toi")  # what nobody holds yet is the head's
    row = head.locator("table.work tbody tr", has_text=code)
    expect(row).to_contain_text("Nguyễn Thị Hoa")
    row.get_by_role("link", name=code, exact=True).click()
    form = do.act(head, "Assign")
    form.locator("select[name=officer_id]").select_option(label="Nguyễn Thị Lan · Chuyên viên")
    do.press(head, "Assign")
    do.told(head, vi("Assigned."))
    expect(do.fact(head, "In whose hand")).to_contain_text("Nguyễn Thị Lan")


def supplement_requested(officer: Page, dossier: str) -> str:
    officer.goto("/viec")
    expect(officer.locator("table.work")).to_contain_text("Nguyễn Thị Hoa")
    do.look(officer, dossier)
    before = do.fact(officer, "Appointment").inner_text()
    form = do.act(officer, "Request supplement")
    form.get_by_label(vi("Which paper")).first.fill("Giấy đề nghị đăng ký hộ kinh doanh")
    form.get_by_label(vi("What is wrong")).first.fill("Chưa ghi ngành, nghề kinh doanh")
    form.get_by_label(vi("What is needed")).first.fill("Ghi đủ ngành, nghề và ký lại")
    form.get_by_label(vi("Reason")).fill("Chưa đủ nội dung theo mẫu")
    do.press(officer, "Request supplement")
    do.told(officer, vi("The supplement is requested; the clock stands."))
    expect(do.fact(officer, "Status")).to_contain_text("Chờ bổ sung")
    expect(do.fact(officer, "Working time")).to_contain_text("Tạm dừng")
    slip = words_of(do.paper(officer, officer.locator(".notice a[href^='/giay/']")))
    for word in ("Chưa ghi ngành, nghề kinh doanh", "Ghi đủ ngành", "Nguyễn Thị Hoa"):
        assert word in slip, word
    return before


def supplement_received(clerk: Page, dossier: str, before: str) -> None:
    do.look(clerk, dossier)
    do.press(clerk, "Receive supplement")
    do.told(clerk, vi("The supplement is received; the clock runs again."))
    expect(do.fact(clerk, "Status")).to_contain_text("Đang xử lý")
    # The clock stood for less than a minute: the appointment is the same to the minute, or later.
    now = do.fact(clerk, "Appointment").inner_text()
    assert moment(now) >= moment(before)
    expect(clerk.locator("#buoc")).to_contain_text("bổ sung")


def moment(text: str) -> tuple[str, ...]:
    """“09:00 26/11/2026” or the other way round, in the order of time."""
    time = re.search(r"\d\d:\d\d", text)
    day = re.search(r"(\d\d)/(\d\d)/(\d{4})", text)
    assert time and day, text
    return day[3], day[2], day[1], time[0]


def decided(people: People, dossier: str) -> None:
    officer, head, registrar = (people.sign_in(n) for n in (OFFICER, HEAD, REGISTRAR))
    do.look(officer, dossier)
    do.act(officer, "Propose").get_by_label(vi("Proposal")).fill("Hồ sơ đủ điều kiện, đề nghị ký.")
    do.press(officer, "Propose")
    do.told(officer, vi("Proposed for signature."))
    do.look(head, dossier)
    expect(head.locator("#buoc")).to_contain_text("Hồ sơ đủ điều kiện, đề nghị ký.")
    do.press(head, "Approve")
    do.told(head, vi("Approved."))
    do.look(registrar, dossier)
    form = do.act(registrar, "Finish")
    form.locator("[name=result_no]").fill("12/GCN")
    form.locator("[name=result_text]").fill("Giấy chứng nhận đăng ký hộ kinh doanh")
    do.press(registrar, "Finish")
    do.told(registrar, vi("Finished: the result is ready."))
    expect(do.fact(registrar, "Status")).to_contain_text("Đã xử lý xong")


def handed_over(clerk: Page, code: str) -> None:
    clerk.goto("/tra-ket-qua")
    expect(clerk.get_by_role("main")).to_contain_text(code)
    clerk.get_by_role("main").locator("input[name=q]").fill(code)
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("heading", name=code)).to_be_visible()
    expect(clerk.get_by_role("main")).to_contain_text("Giấy chứng nhận đăng ký hộ kinh doanh")
    # Without the whole fee nothing leaves the house, and what was typed stays.
    number, money = vi("Receiver's ID number"), clerk.locator("[name=pay_0]")
    clerk.get_by_label(number).fill("066190001234")
    clerk.get_by_label(vi("The slip was collected")).check()
    expect(money).to_have_value("50.000")
    money.fill("0")
    clerk.get_by_role("button", name=vi("Take the money and hand over")).click()
    expect(clerk.locator(".error-summary").first).to_be_visible()
    assert clerk.get_by_label(number).input_value() == "066190001234"
    money.fill("50.000")
    clerk.keyboard.press("F9")
    do.told(clerk, vi("The result of %(code)s was handed over.", code=code))
    receipt = words_of(do.paper(clerk, clerk.locator("main a[href^='/giay/']").first))
    assert "50.000" in receipt and "Năm mươi nghìn đồng" in receipt
    expect(clerk.get_by_role("main").locator("table")).to_have_count(0)


ACTS = (
    (Tag.dossier_receive, "Trần Thanh Hùng"),
    (Tag.dossier_forward, "Trần Thanh Hùng"),
    (Tag.dossier_assign, "Lê Văn Bình"),
    (Tag.dossier_request_supplement, "Nguyễn Thị Lan"),
    (Tag.dossier_receive_supplement, "Trần Thanh Hùng"),
    (Tag.dossier_propose, "Nguyễn Thị Lan"),
    (Tag.dossier_approve, "Lê Văn Bình"),
    (Tag.dossier_finish, "Võ Thị Ánh"),
    (Tag.dossier_record_payment, "Trần Thanh Hùng"),
    (Tag.dossier_return_result, "Trần Thanh Hùng"),
)


def told_in_the_history(clerk: Page, dossier: str) -> None:
    do.look(clerk, dossier)
    expect(do.fact(clerk, "Status")).to_contain_text("Đã trả kết quả")
    expect(do.fact(clerk, "Working time")).to_contain_text("hạn")
    do.history(clerk)
    entries = clerk.locator("#lich-su .timeline > li").all_inner_texts()
    missing = [
        (tag, who)
        for tag, who in ACTS
        if not any(vi(TITLES[tag]) in e and who in e for e in entries)
    ]
    assert missing == [], entries
    assert do.offered(clerk) == [vi("Comment")]
