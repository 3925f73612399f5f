"""Entries of registers through the screens: a new one, acts with their reason, what others do not see."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import EntryState
from domain.events import Tag
from domain.roles import Role
from models.ids import uuid7
from models.register import Register, RegisterField, RegisterUse
from services.registers import definition
from tests.factories import dossiers as made, procedures
from tests.factories.pages import Page
from tests.factories.register_pages import (
    FILLED,
    FORM,
    LIST,
    address,
    entered,
    events,
    numbers,
    opened,
    rows,
)
from tests.factories.registers import street_register, writes_into


@pytest.fixture
def register(session: Any) -> Register:
    street_register()
    return definition.every()[0]


# ---- a new entry ---------------------------------------------------------------------------------
def test_entering_gives_a_number_and_sent_twice_makes_one_entry(session, register, login):
    client = login(Role.clerk)
    form = {**opened(client, f"{LIST}/them"), **FILLED}
    first = client.post(f"{LIST}/them", data=form)
    second = client.post(f"{LIST}/them", data=form)
    (entry,) = rows(session)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"] == address(entry)
    assert entry.number.startswith("001/") and entry.holder == "Nguyễn Thị Hoa"
    assert len(events(session, Tag.register_enter)) == 1
    page = client.get(address(entry)).text
    assert "Xe máy" in page and "Đường Hùng Vương" in page


def test_number_and_day_of_the_paper_book_are_kept(session, register, login):
    client = login(Role.clerk)
    typed = {"number": "17/2019/GP", "registered_on": "3/2/2019"}
    form = {**opened(client, f"{LIST}/them"), **FILLED, **typed}
    assert client.post(f"{LIST}/them", data=form).status_code == 303
    (entry,) = rows(session)
    assert (entry.number, entry.registered_on) == ("17/2019/GP", dt.date(2019, 2, 3))
    again = {**form, "op_id": uuid7(), "d-tuyen_duong": "Đường Lê Duẩn"}
    answer = client.post(f"{LIST}/them", data=again)
    assert answer.status_code == 422 and "đã có trong sổ" in Page(answer).error("number")
    assert Page(answer).find("//*[@id='d-tuyen_duong']").get("value") == "Đường Lê Duẩn"


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(session, register, login):
    client = login(Role.clerk)
    wrong = {
        "d-chu_giay_phep": "",
        "d-dien_tich": "rộng",
        "d-den_ngay": "1/1/2026",
        "registered_on": "32/1/2026",
    }
    form = {**opened(client, f"{LIST}/them"), **FILLED, **wrong}
    answer = client.post(f"{LIST}/them", data=form)
    page = Page(answer)
    assert answer.status_code == 422 and rows(session) == []
    for field in (*wrong, "d-dien_tich"):
        assert page.error(field), field
    assert page.values(FORM) == {
        **form,
        "d-phuong_tien-1-loai_xe": "",
        "d-phuong_tien-1-so_luong": "",
    }
    linked = {link.get("href") for link in page.all("//*[contains(@class, 'error-summary')]//a")}
    assert linked == {f"#{field}" for field in wrong}


def test_future_day_and_day_before_the_first_are_refused(session, register, login):
    client = login(Role.clerk)
    tomorrow = f"{made.now() + dt.timedelta(days=1):%d/%m/%Y}"
    form = {**opened(client, f"{LIST}/them"), **FILLED, "registered_on": tomorrow}
    answer = client.post(f"{LIST}/them", data=form)
    assert answer.status_code == 422 and Page(answer).error("registered_on")


def test_holder_is_asked_for_where_no_field_names_one(session, login):
    street_register(holder_key=None, code="so_khac", name="Sổ khác")
    client = login(Role.clerk)
    form = {**opened(client, "/so/so_khac/them"), **FILLED}
    answer = client.post("/so/so_khac/them", data=form)
    assert answer.status_code == 422 and Page(answer).error("holder")
    assert client.post("/so/so_khac/them", data={**form, "holder": "Lê Đạo"}).status_code == 303
    assert rows(session)[0].holder == "Lê Đạo"


def test_form_follows_what_is_answered_and_stores_nothing(session, register, login):
    field = session.scalars(sa.select(RegisterField).where(RegisterField.key == "dien_tich")).one()
    field.show_if = 'muc_dich = "xe"'
    session.commit()
    client = login(Role.clerk)
    form = opened(client, f"{LIST}/them")
    assert "d-dien_tich" not in form
    answer = client.post(f"{LIST}/them", data={**form, "d-muc_dich": "xe", "look": "1"})
    page = Page(answer)
    assert answer.status_code == 200 and page.all("//input[@id='d-dien_tich']")
    assert not page.all("//*[contains(@class, 'field-error')]") and rows(session) == []


@pytest.mark.parametrize("role", [Role.officer, Role.head, Role.leader, Role.cashier, Role.admin])
def test_without_the_right_nothing_is_entered(session, register, login, role):
    client = login(role)
    assert client.get(f"{LIST}/them").status_code == 403
    assert client.post(f"{LIST}/them", data=FILLED).status_code == 403
    assert not Page(client.get(LIST)).all("//a[contains(@href, '/them')]")


# ---- acts ----------------------------------------------------------------------------------------
def test_amending_asks_why_and_the_history_says_from_what_to_what(session, register, login):
    entry = entered(register)
    client = login(Role.clerk)
    form = {**opened(client, address(entry, "sua")), "d-dien_tich": "55"}
    refused = client.post(address(entry, "sua"), data=form)
    assert refused.status_code == 422 and Page(refused).error("reason")
    assert Page(refused).find("//*[@id='d-dien_tich']").get("value") == "55"
    done = client.post(address(entry, "sua"), data={**form, "reason": "Đo lại"})
    assert done.status_code == 303 and rows(session)[0].details["dien_tich"] in (55, "55")
    again = client.post(address(entry, "sua"), data={**form, "reason": "Đo lại"})
    assert again.status_code == 303 and len(events(session, Tag.register_amend)) == 1
    history = Page(client.get(address(entry))).words("lich-su")
    assert "Diện tích (m²): 40 → 55" in history and "Đo lại" in history
    assert "Trần Thanh Hùng" in history or made.actor("tiepnhan").name in history


def test_amending_keeps_the_fields_that_the_person_may_not_read(session, register, login):
    entry = entered(register, ghi_chu="Đã kiểm tra thực địa")
    client = login(Role.clerk)
    form = opened(client, address(entry, "sua"))
    assert "d-ghi_chu" not in form
    typed = {**form, "reason": "Đo lại", "d-dien_tich": "41", "d-ghi_chu": "sửa trộm"}
    assert client.post(address(entry, "sua"), data=typed).status_code == 303
    assert rows(session)[0].details["ghi_chu"] == "Đã kiểm tra thực địa"


def test_who_was_overtaken_sees_what_is_stored_now_and_may_send_again(session, register, login):
    entry = entered(register)
    client = login(Role.clerk)
    mine = {**opened(client, address(entry, "sua")), "reason": "Đo lại", "d-dien_tich": "55"}
    other = {**opened(client, address(entry, "sua")), "reason": "Nhầm", "d-dien_tich": "60"}
    assert client.post(address(entry, "sua"), data=other).status_code == 303
    answer = client.post(address(entry, "sua"), data=mine)
    page = Page(answer)
    assert answer.status_code == 409
    told = " ".join(page.find("//table[.//th[contains(., 'Đang lưu')]]").text_content().split())
    assert "Diện tích (m²)" in told and "60" in told and "55" in told
    sent = page.values(FORM)
    assert sent["d-dien_tich"] == "55" and sent["reason"] == "Đo lại"
    assert client.post(address(entry, "sua"), data=sent).status_code == 303
    assert [e.reason for e in events(session, Tag.register_amend)] == ["Nhầm", "Đo lại"]


def test_replacing_makes_a_new_entry_and_links_both(session, register, login):
    entry = entered(register)
    client = login(Role.clerk)
    form = opened(client, address(entry, "thay-the"))
    assert form["d-dien_tich"] == "40"
    sent = {**form, "reason": "Cấp đổi", "d-dien_tich": "20"}
    first = client.post(address(entry, "thay-the"), data=sent)
    second = client.post(address(entry, "thay-the"), data=sent)
    old, new = rows(session)
    assert first.headers["Location"] == second.headers["Location"] == address(new)
    assert (old.state, new.state) == (EntryState.replaced, EntryState.valid)
    assert new.number in client.get(address(old)).text
    assert old.number in client.get(address(new)).text
    assert "/sua" not in client.get(address(old)).text
    late = client.post(address(old, "sua"), data={**form, "reason": "muộn", "op_id": uuid7()})
    assert late.status_code == 409
    late = client.post(address(old, "sua"), data={**Page(late).values(FORM), "op_id": uuid7()})
    assert late.status_code == 409 and "không sửa được nữa" in late.text
    assert len(events(session, Tag.register_amend)) == 0


def test_revoking_and_taking_it_back_need_a_reason_and_the_right(session, register, login):
    entry = entered(register)
    clerk, leader = login(Role.clerk), login(Role.leader)
    assert clerk.get(address(entry, "thu-hoi")).status_code == 403
    assert clerk.post(address(entry, "thu-hoi"), data={"reason": "x"}).status_code == 403
    form = opened(leader, address(entry, "thu-hoi"))
    empty = leader.post(address(entry, "thu-hoi"), data=form)
    assert empty.status_code == 422 and Page(empty).error("reason")
    done = leader.post(address(entry, "thu-hoi"), data={**form, "reason": "Vi phạm"})
    assert done.status_code == 303 and rows(session)[0].state is EntryState.revoked
    page = leader.get(address(entry)).text
    assert "Đã thu hồi" in page and "Vi phạm" in page and "/sua" not in page
    twice = leader.post(address(entry, "thu-hoi"), data={**form, "reason": "nữa", "op_id": uuid7()})
    assert twice.status_code == 409
    back = opened(leader, address(entry, "khoi-phuc"))
    sent = {**back, "reason": "Ra quyết định nhầm"}
    assert leader.post(address(entry, "khoi-phuc"), data=sent).status_code == 303
    assert rows(session)[0].state is EntryState.valid


def test_what_does_not_fit_leads_back_to_the_entry(register, login):
    entry = entered(register)
    answer = login(Role.leader).get(address(entry, "khoi-phuc"))
    assert answer.status_code == 303 and answer.headers["Location"] == address(entry)
    assert login(Role.leader).get(address(entry, "la")).status_code == 404


def test_closed_register_is_only_read(session, register, login):
    entry = entered(register)
    session.get_one(Register, register.id).use = RegisterUse.closed
    session.commit()
    clerk = login(Role.clerk)
    assert numbers(clerk.get(LIST)) == ["001"]
    assert clerk.get(f"{LIST}/them").status_code == 403
    assert "/sua" not in clerk.get(address(entry)).text
    assert clerk.get(address(entry, "sua")).status_code == 403


def test_a_look_leaves_one_event_an_hour(session, register, login):
    entry = entered(register)
    client = login(Role.officer)
    for _ in range(2):
        assert client.get(address(entry)).status_code == 200
    (event,) = events(session, Tag.register_read)
    assert event.subject_id == entry.id and event.actor_name == made.actor("chuyenvien").name


# ---- dossiers ------------------------------------------------------------------------------------
def test_dossier_page_and_entry_lead_to_each_other(session, register, login):
    version = procedures.street_permit()
    result = writes_into(version, register, fills="chu_giay_phep = chu_ho_so\ndien_tich = 12")
    from services.dossier.forms import FeeLine, HandedIn
    from services.registers import results

    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    dossier = made.received(
        procedures.STREET,
        papers=papers,
        fees=(FeeLine(version.fees[0].id),),
        data=procedures.TYPED,
    )
    from services.transaction import transaction

    who = {"actor": made.actor("tiepnhan"), "at": made.now()}
    with transaction():
        results.perform(dossier, result, agency_id=dossier.agency_id, **who)
    (entry,) = rows(session)
    clerk = login(Role.clerk)
    page = clerk.get(f"/ho-so/{dossier.id}").text
    assert address(entry) in page and entry.number in page
    shown = Page(clerk.get(address(entry)))
    assert shown.all(f"//a[@href='/ho-so/{dossier.id}']")
    outsider = Page(login("cv.tuphap").get(address(entry)))
    assert not outsider.all(f"//a[@href='/ho-so/{dossier.id}']")
