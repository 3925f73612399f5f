"""Cards and slips at the counter: scanned anywhere, by camera, garbled."""

import io

import segno
import sqlalchemy as sa
from playwright.sync_api import expect

from domain.roles import Role
from models.applicant import Applicant
from models.attachment import Attachment
from models.base import db
from tests.factories import dossiers as make
from tests.factories.counter import chosen, only, send, typed
from tests.factories.pages import Page
from tests.services.scans import pdf
from tests.tools.engines import sqlite_only
from tests.views.test_counter_keyboard import CARD, sign_in


def picture(text):
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=5, border=4)
    return out.getvalue()


def test_picture_of_a_card_is_read_and_not_kept(session, login):
    clerk = login(Role.clerk)
    answer = clerk.post("/tiep-nhan/anh", data=picture(CARD), content_type="image/png")
    assert answer.json == {"text": CARD}


def test_picture_without_a_code_gives_nothing_and_other_bytes_are_refused(session, login):
    clerk = login(Role.clerk)
    for junk in (b"", b"no picture", b"\xff\xd8" + b"0" * 50, b"\x89PNG" + b"0" * 700_000):
        answer = clerk.post("/tiep-nhan/anh", data=junk, content_type="image/jpeg")
        assert answer.status_code == 422 and answer.json["error"]


def test_garbled_name_is_said_at_its_field_and_the_rest_is_kept(session, login):
    clerk = login(Role.clerk)
    card = "066190001234||Nguyễ́n Hoa|15031990|Nữ|Buôn Kô Tam|01012022"
    answer = send(clerk, typed(clerk.get("/tiep-nhan")), "card", card=card)
    page, values = Page(answer), typed(answer)
    assert page.error("owner_name")
    assert (values["owner_id_number"], values["owner_birth_date"]) == ("066190001234", "15/03/1990")
    assert not values.get("owner_name")


def test_old_number_of_the_card_finds_the_person_and_is_kept(session, login):
    clerk = login(Role.clerk)
    send(clerk, chosen(clerk, owner_id_number="240123456"), "receive")
    before = only()
    values = typed(send(clerk, typed(clerk.get("/tiep-nhan")), "card", card=CARD))
    assert values["owner_phone"] == before.owner_phone
    answer = send(clerk, values, "choose", procedure=make.BUSINESS)
    assert before.code in answer.get_data(as_text=True)
    refused = send(clerk, typed(answer), "receive")
    assert refused.status_code == 422 and Page(refused).error("doubled")
    assert send(clerk, typed(refused), "receive", doubled="y").status_code == 303
    person = db.session.scalars(sa.select(Applicant)).one()
    assert (person.id_number, person.old_id_number) == ("066190001234", "240123456")


def test_old_number_typed_by_hand_leaves_the_new_one(session, login):
    clerk = login(Role.clerk)
    values = typed(send(clerk, chosen(clerk), "card", card=CARD))
    assert send(clerk, values, "receive").status_code == 303
    typed_by_hand = chosen(clerk, owner_id_number="240123456", doubled="y")
    assert send(clerk, typed_by_hand, "receive").status_code == 303
    person = db.session.scalars(sa.select(Applicant)).one()
    assert (person.id_number, person.old_id_number) == ("066190001234", "240123456")


def test_same_as_before_takes_the_request_and_keeps_the_person(session, login):
    clerk = login(Role.clerk)
    send(clerk, chosen(clerk), "receive")
    values = typed(send(clerk, typed(clerk.get("/tiep-nhan")), "same", owner_name="Y Bih Niê"))
    assert values["subject"] == "Mở quán cà phê"
    assert values["version_id"] == only().version_id
    assert values["owner_name"] == "Y Bih Niê" and not values["owner_id_number"]


@sqlite_only
def test_card_is_caught_wherever_the_focus_is_and_escape_takes_it_back(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    page.fill("#subject", "Việc")
    page.focus("#subject")
    page.keyboard.type(CARD)
    page.keyboard.press("Enter")
    expect(page.locator("#owner_id_number")).to_have_value("066190001234")
    expect(page.locator("#owner_name")).to_have_value("Nguyễn Thị Hoa")
    assert page.input_value("#subject") == "Việc" and not page.input_value("#card")
    page.keyboard.press("Escape")
    expect(page.locator("#owner_name")).to_have_value("")
    assert page.input_value("#subject") == "Việc"
    page.keyboard.press("Escape")
    expect(page.locator("#subject")).to_have_value("")
    page.focus("#owner_phone")
    page.keyboard.type("0905123456")  # fast, but no scan: it comes back to its field
    expect(page.locator("#owner_phone")).to_have_value("0905123456")


@sqlite_only
def test_card_is_caught_however_slowly_its_keys_arrive(page):
    """As on a machine that is busy: no key within the time in which a scanner strikes one."""
    sign_in(page)
    page.goto("/tiep-nhan")
    page.wait_for_selector("#procedure:focus")
    page.keyboard.type(CARD, delay=60)
    page.keyboard.press("Enter")
    expect(page.locator("#owner_name")).to_have_value("Nguyễn Thị Hoa")
    expect(page.locator("#procedure")).to_have_value("")


@sqlite_only
def test_slip_that_is_scanned_opens_its_dossier(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    page.keyboard.type("http://localhost/tra-cuu/H15.36.00-260101-0001?k=abc")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/tra-ket-qua?q=H15.36.00-260101-0001" in url)


@sqlite_only
def test_number_of_a_card_is_put_together_when_the_machine_stood_still_within_it(page):
    sign_in(page)
    page.goto("/tiep-nhan")
    page.focus("#subject")
    page.keyboard.type("Tổ 3")
    page.keyboard.type(CARD[:6])
    page.wait_for_timeout(700)
    page.keyboard.type(CARD[6:])
    page.keyboard.press("Enter")
    expect(page.locator("#owner_id_number")).to_have_value("066190001234")
    assert page.input_value("#subject") == "Tổ 3"


def test_scans_chosen_beside_the_papers_are_kept_with_the_receipt_once(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk)
    field = next(name for name in values if name.endswith("-handed_in"))[: -len("handed_in")]

    def sent():
        files = [(io.BytesIO(pdf(2)), "tờ khai.pdf"), (io.BytesIO(b"no file"), "hỏng.pdf")]
        return send(clerk, values, "receive", **{f"{field}file": files})

    assert [sent().status_code for _ in range(2)] == [303, 303]
    dossier = only()
    kept = session.scalars(sa.select(Attachment)).all()
    assert [(a.dossier_id, a.pages, a.title) for a in kept] == [(dossier.id, 2, "tờ khai")]
    paper = next(p for p in dossier.papers if p.document_id == field[2:-1])
    assert kept[0].paper_id == paper.id
    assert "hỏng.pdf" in clerk.get(f"/tiep-nhan/xong/{dossier.id}").text


def test_files_are_asked_for_again_when_the_form_comes_back(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk) | {"owner_name": ""}
    field = next(name for name in values if name.endswith("-handed_in"))[: -len("handed_in")]
    answer = send(clerk, values, "receive", **{f"{field}file": (io.BytesIO(pdf(1)), "a.pdf")})
    assert answer.status_code == 422 and "Hãy chọn lại các tệp" in answer.text
