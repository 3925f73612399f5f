"""Registers through the screens: which ones there are, the list of one, what leaves it as a file."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from pypdf import PdfReader

from domain.events import Tag
from domain.roles import Role
from models.register import Register, RegisterEntry, RegisterField, RegisterUse
from services.registers import definition, listing
from tests.factories import dossiers as made
from tests.factories.pages import Page
from tests.factories.register_pages import (
    LIST,
    address,
    entered,
    events,
    numbers,
)
from tests.factories.registers import street_register
from views import jobs


@pytest.fixture
def register(session: Any) -> Register:
    street_register()
    return definition.every()[0]


# ---- which registers -----------------------------------------------------------------------------
def test_index_names_the_registers_with_what_holds_and_what_ends_soon(session, register, login):
    today = made.now().date()
    for days in (5, 400, -1):
        last = today + dt.timedelta(days=days)
        entered(register, tu_ngay="1/1/2026", den_ngay=f"{last:%d/%m/%Y}")
    street_register(RegisterUse.draft, code="so_nhap", name="Sổ đang soạn")
    street_register(code="so_kin", name="Sổ của lãnh đạo", readers="leader")
    page = Page(login(Role.clerk).get("/so"))
    (row,) = page.all("//tbody/tr")
    assert "Sổ cấp giấy phép" in row.text_content()
    holds, ending = row.xpath(".//td//a")
    assert (holds.text_content(), ending.text_content()) == ("2", "1")
    clerk = login(Role.clerk)
    assert len(numbers(clerk.get(holds.get("href")))) == 2
    assert len(numbers(clerk.get(ending.get("href")))) == 1
    assert "Sổ của lãnh đạo" in login(Role.leader).get("/so").text
    admin = login(Role.admin).get("/so").text
    assert "Sổ đang soạn" in admin and "/so/so_nhap" in admin


def test_menu_leads_to_the_registers(register, login):
    for role in (Role.clerk, Role.auditor, Role.admin):
        assert Page(login(role).get("/so")).all("//nav//a[@href='/so']")


@pytest.mark.parametrize(
    ("code", "role", "status"),
    [
        ("khong_co", Role.clerk, 404),
        ("so_nhap", Role.clerk, 404),
        ("so_nhap", Role.admin, 200),
        ("so_kin", Role.clerk, 404),
        ("so_kin", Role.leader, 200),
        ("so_kin", Role.auditor, 200),
    ],
)
def test_register_that_is_not_for_the_reader_is_not_there(session, login, code, role, status):
    street_register(RegisterUse.draft, code="so_nhap", name="Sổ đang soạn")
    street_register(code="so_kin", name="Sổ của lãnh đạo", readers="leader")
    client = login(role)
    assert client.get(f"/so/{code}").status_code == status
    assert client.get(f"/so/{code}/them").status_code in (404, 403)


# ---- the list ------------------------------------------------------------------------------------
def test_list_is_searched_narrowed_ordered_and_paged_by_its_address(register, login):
    for n in range(27):
        entered(
            register,
            chu_giay_phep=("Trần Văn Bình", "Lê Đạo")[n % 2],
            tuyen_duong=f"Đường số {n}",
            muc_dich=("xe", "khac")[n % 2],
            dien_tich=str(n + 1),
            tu_ngay="1/5/2026",
            den_ngay="31/12/2026",
        )
    client = login(Role.officer)
    first = client.get(f"{LIST}?order=number")
    assert numbers(first) == [f"{n:03}" for n in range(1, 26)]
    assert "27 bản ghi" in Page(first).text
    second = client.get(Page(first).find("//a[@rel='next']").get("href"))
    assert numbers(second) == ["026", "027"]
    back = client.get(Page(second).find("//a[@rel='prev']").get("href"))
    assert numbers(back) == numbers(first)
    assert numbers(client.get(f"{LIST}?q=le+dao+014")) == ["014"]
    narrowed = f"{LIST}?d-muc_dich=khac&d-dien_tich-tu=5&d-dien_tich-den=9&order=-number"
    assert numbers(client.get(narrowed)) == ["008", "006"]
    wide = client.get(f"{LIST}?rows=50&order=holder&q=tran")
    assert len(numbers(wide)) == 14
    heads = Page(wide).all("//th[@aria-sort]")
    assert [h.get("aria-sort") for h in heads] == ["ascending"]
    assert "q=tran" in heads[0].xpath("./a")[0].get("href")
    assert numbers(client.get(f"{LIST}?after=x&order=sai&rows=7&state=la")) != []


def test_condition_that_cannot_be_read_is_told_and_comes_back(register, login):
    entered(register)
    answer = login(Role.clerk).get(f"{LIST}?registered_on_from=hôm+qua&d-dien_tich-tu=nhiều")
    page = Page(answer)
    assert numbers(answer) == ["001"]
    assert page.find("//*[@id='registered_on_from']").get("value") == "hôm qua"
    assert page.find("//*[@id='d-dien_tich-tu']").get("value") == "nhiều"
    assert "không phải ngày tháng" in page.words("registered_on-error")
    assert page.words("d-dien_tich-error")


def test_state_of_an_entry_follows_from_the_day(session, register, login):
    entry = entered(register)
    client = login(Role.clerk)
    assert numbers(client.get(f"{LIST}?state=expired")) == ["001"]
    assert "Hết hiệu lực" in client.get(LIST).text
    session.get_one(RegisterEntry, entry.id).valid_to = made.now().date()
    session.commit()
    assert numbers(client.get(f"{LIST}?state=expired")) == []
    assert "hôm nay là ngày cuối" in client.get(LIST).text


def test_entries_of_another_agency_are_not_there(session, register, login):
    own, foreign = entered(register), entered(register, "tiepnhan.krongana")
    clerk = login(Role.clerk)
    assert len(numbers(clerk.get(LIST))) == 1
    assert clerk.get(address(own)).status_code == 200
    for act in ("", "sua", "thay-the", "thu-hoi"):
        assert clerk.get(address(foreign, act)).status_code == 404
    assert clerk.post(address(foreign, "sua"), data={}).status_code == 404
    assert clerk.post(f"{LIST}/in-giay/{foreign.id}", data={}).status_code == 404
    assert foreign.id not in clerk.get("/so").text
    wide = login(Role.province_leader).get(LIST)
    assert len(numbers(wide)) == 2 and "Krông Ana" in wide.text


def test_columns_and_values_of_others_are_left_out(session, register, login):
    field = session.scalars(sa.select(RegisterField).where(RegisterField.key == "ghi_chu")).one()
    field.listed = True
    session.commit()
    entry = entered(definition.every()[0], ghi_chu="Đã kiểm tra thực địa")
    hidden, shown = login(Role.clerk), login(Role.head)
    for page in (LIST, address(entry)):
        assert "Đã kiểm tra thực địa" not in hidden.get(page).text
        assert "Ghi chú nội bộ" not in hidden.get(page).text
        assert "Đã kiểm tra thực địa" in shown.get(page).text
    assert numbers(hidden.get(f"{LIST}?d-ghi_chu=khong")) == ["001"]
    assert numbers(shown.get(f"{LIST}?d-ghi_chu=khong")) == []


def test_search_from_anywhere_finds_entries_of_registers_one_may_read(session, register, login):
    own = entered(register, chu_giay_phep="Phùng Khắc Khoan")
    entered(register, "tiepnhan.krongana", chu_giay_phep="Phùng Khắc Khoan")
    street_register(code="so_kin", name="Sổ của lãnh đạo", readers="leader")
    entered(definition.by_code("so_kin"), chu_giay_phep="Phùng Khắc Khoan")
    found = login(Role.officer).get("/tim-nhanh?q=phung+khac").text
    assert address(own) in found and found.count('data-url="/so/') == 1
    assert login(Role.leader).get("/tim-nhanh?q=phung+khac").text.count('data-url="/so/') == 2
    assert own.id in login(Role.officer).get("/tim-nhanh?q=001/2026").text


# ---- files ---------------------------------------------------------------------------------------
def test_export_holds_the_rows_of_the_list_and_leaves_its_event(session, register, login):
    entered(register, ghi_chu="=1+1")
    entered(register, chu_giay_phep="Lê Đạo", muc_dich="khac", dien_tich="12,5")
    head = login(Role.head)
    answer = head.get(f"{LIST}/xuat/csv?order=number", buffered=True)
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [line["Số"][:3] for line in lines] == ["001", "002"]
    assert lines[0]["Ghi chú nội bộ"] == "'=1+1" and lines[1]["Mục đích sử dụng"] == "Mục đích khác"
    assert lines[0]["Phương tiện"].startswith("Xe máy")
    sheet = load_workbook(
        io.BytesIO(head.get(f"{LIST}/xuat/xlsx?d-muc_dich=khac", buffered=True).data)
    ).active
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    place = table[0].index("Diện tích (m²)")
    assert len(table) == 2 and table[1][place] == 12.5
    assert isinstance(table[1][table[0].index("Ngày vào sổ")], dt.datetime)
    found = events(session, Tag.catalogue_export)
    assert [(e.subject_kind, e.changes["form"]) for e in found] == [
        ("Register", "csv"),
        ("Register", "xlsx"),
    ]
    assert found[1].changes["query"] == "d-muc_dich=khac"


def test_auditor_exports_without_the_fields_of_others(session, register, login):
    entered(register, ghi_chu="Đã kiểm tra thực địa")
    text = login(Role.auditor).get(f"{LIST}/xuat/csv", buffered=True).get_data(as_text=True)
    assert "Nguyễn Thị Hoa" in text and "thực địa" not in text and "Ghi chú" not in text


@pytest.mark.parametrize("what", ["xuat/csv", "xuat/xlsx", "in"])
def test_without_the_right_nothing_leaves(session, register, login, what):
    assert login(Role.clerk).get(f"{LIST}/{what}").status_code == 403
    assert events(session, Tag.catalogue_export) == []
    assert login(Role.head).get(f"{LIST}/xuat/exe").status_code == 404


def test_printed_book_has_the_columns_of_the_list(register, login):
    entered(register)
    answer = login(Role.leader).get(f"{LIST}/in", buffered=True)
    assert answer.content_type == "application/pdf"
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.data)).pages)
    assert "001/2026/GP-SDLĐ" in " ".join(text.split()) and "Nguyễn Thị Hoa" in text


def test_longer_export_is_written_aside_with_the_rights_of_its_person(
    app, session, register, login, monkeypatch
):
    for _ in range(3):
        entered(register)
    entered(register, "tiepnhan.krongana")
    monkeypatch.setattr("views.registers.files.AT_ONCE", 2)
    client = login(Role.head)
    answer = client.get(f"{LIST}/xuat/csv")
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/viec-chay-lau")
    assert jobs.work_off(app) == 1
    link = Page(client.get("/viec-chay-lau")).find("//a[contains(@href, '/tep')]").get("href")
    text = client.get(link).get_data(as_text=True)
    assert text.count("GP-SDLĐ") == 3


def test_counts_and_pages_stay_true_beyond_what_is_counted(register, login, monkeypatch):
    for _ in range(3):
        entered(register)
    monkeypatch.setattr(listing, "COUNTED", 2)
    assert "hơn 2" in Page(login(Role.clerk).get(LIST)).text.lower()
