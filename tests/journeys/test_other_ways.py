"""Journeys that leave the straight way: refusals, waits, other agencies, two people at once."""

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from domain.calendar import TZ
from tests.journeys import people as do
from tests.journeys.people import People, vi, words_of
from tests.tools.engines import sqlite_only

pytestmark = sqlite_only
CLERK, HEAD, OFFICER, LEADER = "tiepnhan", "truongphong", "chuyenvien", "lanhdao"


def at_work(people: People) -> str:
    """A dossier in the hand of an officer, led there at the screens; its id."""
    clerk, head = people.sign_in(CLERK), people.sign_in(HEAD)
    dossier = do.receive(clerk)
    do.look(clerk, dossier)
    do.press(clerk, "Forward")
    do.told(clerk, vi("Forwarded."))
    do.look(head, dossier)
    form = do.act(head, "Assign")
    form.locator("select[name=officer_id]").select_option(label="Nguyễn Thị Lan · Chuyên viên")
    do.press(head, "Assign")
    do.told(head, vi("Assigned."))
    return dossier


def ask_for_papers(page: Page, wrong: str) -> None:
    """Fill in and send the structured request."""
    form = do.act(page, "Request supplement")
    form.locator("[name=paper]").first.fill("Giấy đề nghị đăng ký hộ kinh doanh")
    form.locator("[name=wrong]").first.fill(wrong)
    form.locator("[name=needed]").first.fill("Sửa và ký lại")
    form.locator("[name=reason]").fill("Chưa đúng mẫu")
    do.press(page, "Request supplement")


def test_refused_at_the_counter_with_a_written_reason(people):
    clerk = people.sign_in(CLERK)
    do.begin(clerk)
    clerk.locator("details.refusal > summary").click()
    clerk.locator("[name=refuse_reason]").fill("Không thuộc thẩm quyền giải quyết")
    clerk.get_by_role("button", name=vi("Refuse and print the reason")).click()
    clerk.wait_for_url(do.DONE)
    expect(clerk.get_by_role("main")).to_contain_text("Không được tiếp nhận")
    letter = words_of(do.paper(clerk, clerk.get_by_role("link", name=vi("Print the refusal"))))
    assert "Không thuộc thẩm quyền giải quyết" in letter and "Nguyễn Thị Hoa" in letter


def test_guided_first_then_received_with_everything_kept(people):
    clerk = people.sign_in(CLERK)
    do.begin(clerk)
    clerk.locator("#part-papers [name$=-handed_in]").first.uncheck()
    clerk.locator("[name=action][value=guidance][data-key]").click()
    rows = clerk.locator("#part-guide tbody tr")
    expect(rows.first.locator("[name$=-paper]")).to_have_value("Giấy đề nghị đăng ký hộ kinh doanh")
    rows.first.locator("[name$=-needed]").fill("Nộp một bản chính")
    clerk.locator("[name=guide_reason]").fill("Thiếu giấy đề nghị")
    clerk.get_by_role("button", name=vi("Print the guidance")).click()
    clerk.wait_for_url(do.DONE)
    do.told(clerk, vi("Guidance was given; nothing was received yet."))
    assert clerk.locator(".big-code").count() == 0
    slip = words_of(do.paper(clerk, clerk.get_by_role("link", name=vi("Print the guidance"))))
    assert "Nộp một bản chính" in slip
    clerk.get_by_role("link", name=vi("Take this visit up again")).click()
    expect(clerk.locator("[name=owner_name]")).to_have_value("Nguyễn Thị Hoa")
    expect(clerk.locator("[name=subject]")).to_have_value("Mở quán cà phê tại xã Quảng Tiến")
    clerk.locator("#part-papers [name$=-handed_in]").first.check()
    clerk.get_by_role("button", name=vi("Receive and print the slip")).click()
    expect(clerk.locator(".big-code")).to_have_text(do.CODE)


def test_reappointed_once_with_a_letter_of_apology(people):
    dossier = at_work(people)
    leader = people.sign_in(LEADER)
    do.look(leader, dossier)
    first = do.fact(leader, "Appointment").inner_text()
    later = dt.datetime.now(TZ).date() + dt.timedelta(days=30)
    while later.weekday() > 4:
        later += dt.timedelta(days=1)
    form = do.act(leader, "Apologise and re-appoint")
    form.locator("[name=extended_to]").fill(f"{later:%d/%m/%Y} 09:00")
    form.locator("[name=reason]").fill("Phải xác minh thực tế")
    do.press(leader, "Apologise and re-appoint")
    do.told(leader, vi("The return is re-appointed."))
    appointment = do.fact(leader, "Appointment")
    expect(appointment).to_contain_text(f"{later:%d/%m/%Y}")
    expect(appointment).to_contain_text(first)  # the first promise stays readable
    letter = words_of(do.paper(leader, leader.locator(".notice a[href^='/giay/']")))
    for word in ("xin lỗi", "Nguyễn Thị Hoa", "Phải xác minh thực tế"):
        assert word.casefold() in letter.casefold(), word
    assert vi("Apologise and re-appoint") not in do.offered(leader)


def test_another_agency_is_asked_and_answers(people):
    dossier = at_work(people)
    officer = people.sign_in(OFFICER)
    do.look(officer, dossier)
    form = do.act(officer, "Transfer to another agency")
    form.locator("select[name=to_agency_id] + .ts-wrapper input").press_sequentially("quang tien")
    form.locator(".ts-dropdown [data-selectable]", has_text="Quảng Tiến").first.click()
    form.locator("[name=request]").fill("Xác nhận địa điểm kinh doanh")
    form.locator("[name=term_amount]").fill("2")
    do.press(officer, "Transfer to another agency")
    do.told(officer, vi("Handed over to the other agency."))
    expect(officer.locator("#buoc")).to_contain_text("Xác nhận địa điểm kinh doanh")

    theirs = people.sign_in("chuyenvien.xa")
    theirs.goto("/viec?tab=cua-phong")
    expect(theirs.locator("table.work")).to_contain_text("Nguyễn Thị Hoa")
    do.look(theirs, dossier)
    do.act(theirs, "Propose").locator("[name=note]").fill("Đã đi xem, đúng địa điểm")
    do.press(theirs, "Propose")
    chairman = people.sign_in("lanhdao.xa")
    do.look(chairman, dossier)
    do.act(chairman, "Approve").locator("[name=result_text]").fill("Đúng địa điểm đã khai")
    do.press(chairman, "Approve")
    expect(chairman.locator(".notice[role=status]").first).to_be_visible()

    do.look(officer, dossier)
    expect(officer.locator("#buoc")).to_contain_text("Đúng địa điểm đã khai")
    assert vi("Propose") in do.offered(officer)
    expect(do.fact(officer, "In whose hand")).to_contain_text("Nguyễn Thị Lan")


def test_second_request_for_papers_is_a_leaders_act(people):
    dossier = at_work(people)
    officer, clerk = people.sign_in(OFFICER), people.sign_in(CLERK)
    do.look(officer, dossier)
    ask_for_papers(officer, "Chưa ghi ngành, nghề")
    expect(do.fact(officer, "Status")).to_contain_text("Chờ bổ sung")
    do.look(clerk, dossier)
    do.press(clerk, "Receive supplement")
    do.told(clerk, vi("The supplement is received; the clock runs again."))
    do.look(officer, dossier)
    assert vi("Request supplement") not in do.offered(officer)
    leader = people.sign_in(LEADER)
    do.look(leader, dossier)
    ask_for_papers(leader, "Còn thiếu chữ ký")
    do.told(leader, vi("The supplement is requested; the clock stands."))
    expect(do.fact(leader, "Status")).to_contain_text("Chờ bổ sung")
    expect(leader.locator("#bo-sung")).to_contain_text(vi("second request, allowed by a leader"))


def test_double_click_receives_one_dossier(people):
    clerk = people.sign_in(CLERK)
    number = "066190004321"
    do.begin(clerk, owner_name="Trần Văn Đúp", owner_id_number=number)
    with clerk.expect_request(lambda r: r.method == "POST" and r.is_navigation_request()) as sent:
        clerk.get_by_role("button", name=vi("Receive and print the slip")).dblclick()
    clerk.wait_for_url(do.DONE)
    code = clerk.locator(".big-code").inner_text()
    # and once more, as a browser does that sends a form again
    again = clerk.request.post(
        sent.value.url,
        data=sent.value.post_data_buffer,
        headers={"Content-Type": sent.value.headers["content-type"], "Referer": sent.value.url},
    )
    assert (again.status, again.url) == (200, clerk.url)
    assert code in again.text()
    clerk.goto(f"/tra-cuu?q={number}")
    expect(clerk.get_by_role("main").locator("tbody tr")).to_have_count(1)


def test_two_officers_at_once_one_wins_and_the_other_loses_nothing(people):
    dossier = at_work(people)
    officer, other = people.sign_in(OFFICER), people.another(OFFICER)
    for page in (officer, other):
        do.look(page, dossier)
    do.act(officer, "Propose").locator("[name=note]").fill("Đủ điều kiện")
    typed = "Cần xem lại ngành nghề có điều kiện trước khi trình"
    form = do.act(other, "Request supplement")
    form.locator("[name=paper]").first.fill("Giấy đề nghị")
    form.locator("[name=reason]").fill(typed)
    do.press(officer, "Propose")
    do.told(officer, vi("Proposed for signature."))
    with other.expect_response(lambda r: r.request.method == "POST") as answer:
        do.press(other, "Request supplement")
    assert answer.value.status in {409, 422}
    summary = other.locator(".error-summary")
    expect(summary).to_contain_text(
        vi("Not done yet. Please look at what is marked; nothing you typed is lost.")
    )
    expect(other.locator("[data-panel]:not([hidden]) [name=reason]")).to_have_value(typed)
    expect(other.locator("[data-panel]:not([hidden]) [name=paper]").first).to_have_value(
        "Giấy đề nghị"
    )
    other.close()


def test_bad_input_stays_in_the_form_with_sentences_at_the_fields(people):
    clerk = people.sign_in(CLERK)
    wrong = {"owner_name": "", "owner_id_number": "12", "owner_birth_date": "31/02/1990"}
    do.begin(clerk, **wrong)
    with clerk.expect_response(lambda r: r.request.method == "POST" and r.status != 200) as answer:
        clerk.get_by_role("button", name=vi("Receive and print the slip")).click()
    assert answer.value.status == 422
    expect(clerk.locator(".error-summary")).to_contain_text("Chưa tiếp nhận")
    for name in ("owner_name", "owner_birth_date"):
        field = clerk.locator(f".field:has([name={name}])")
        expect(field.locator(".field-error")).to_have_text(do.VIETNAMESE)
        expect(clerk.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
    for name, text in {**wrong, "subject": "Mở quán cà phê tại xã Quảng Tiến"}.items():
        expect(clerk.locator(f"[name={name}]")).to_have_value(text)
    clerk.locator(".error-summary a").first.click()
    expect(clerk.locator(".field.has-error :focus")).to_have_count(1)


@pytest.mark.parametrize("username", ["cv.xaydung", "chuyenvien.krongana"])
def test_officer_of_elsewhere_is_told_there_is_nothing_here(people, username):
    dossier = do.receive(people.sign_in(CLERK))
    page = people.sign_in(username)
    answer = page.goto(f"/ho-so/{dossier}")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("main")).to_contain_text(
        "Không có nội dung ở đây hoặc nội dung thuộc đơn vị khác."
    )
    assert "Nguyễn Thị Hoa" not in page.content()
