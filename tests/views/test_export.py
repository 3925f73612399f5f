"""Dossiers with their data as CSV and XLSX: what Excel opens here, real days and numbers, an event."""

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from domain.events import Tag
from domain.roles import Role
from models.event import Event
from services.dossier.forms import FeeLine, HandedIn
from tests.factories import dossiers as made
from tests.factories.procedures import STREET, TYPED, street_permit
from views import export, jobs


@pytest.fixture
def street(session):
    version = street_permit()
    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    owner = made.Person(name="Nguyễn Thị Hoa", address="=1+1")
    form = {"papers": papers, "fees": (FeeLine(version.fees[0].id),), "owner": owner}
    return version.procedure_id, made.received(STREET, **form, data=TYPED)


def table(answer):
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    head, *lines = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_csv_is_what_excel_opens_here(street, login):
    made.received()
    address = f"/viec/xuat/csv?tab=cua-toi&thu-tuc={street[0]}"
    (line,) = table(login(Role.clerk).get(address, buffered=True))
    assert line["Mã hồ sơ"] == street[1].code
    assert line["Diện tích (m²)"] == "40" and line["Từ ngày"] == "01/05/2026"
    assert line["Phương tiện"] == "Xe máy, 30; Ô tô, 2"
    assert line["Mục đích sử dụng"] == "Trông giữ xe"
    assert line["Cam kết hoàn trả mặt bằng"] == "Có"
    assert "'=1+1" in line.values()
    assert "Kết quả kiểm tra thực địa" not in line


def test_workbook_has_days_and_numbers_and_a_sheet_for_the_table(street, login):
    address = f"/viec/xuat/xlsx?tab=cua-toi&thu-tuc={street[0]}"
    book = load_workbook(io.BytesIO(login(Role.clerk).get(address, buffered=True).data))
    main, vehicles = book.worksheets
    head = [cell.value for cell in main[1]]
    line = dict(zip(head, main[2], strict=True))
    day = line["Từ ngày"]
    assert (day.value, day.number_format) == (dt.datetime(2026, 5, 1), "dd/mm/yyyy")
    assert line["Diện tích (m²)"].value == 40
    assert isinstance(main[2][10].value, dt.datetime)
    assert "f" not in {cell.data_type for cell in main[2]}
    assert line["Phương tiện"].value == 2
    assert vehicles.title == "Phương tiện"
    code = street[1].code
    rows = [[cell.value for cell in row] for row in vehicles.iter_rows()]
    assert rows[1:] == [[code, 1, "Xe máy", 30], [code, 2, "Ô tô", 2]]


def test_search_is_written_out_and_what_left_the_house_is_an_event(street, login, session):
    clerk = login(Role.clerk)
    page = clerk.get("/tra-cuu?q=nguyen+thi+hoa")
    assert "/tra-cuu/xuat/xlsx?q=" in page.text
    (line,) = table(clerk.get("/tra-cuu/xuat/csv?q=nguyen+thi+hoa", buffered=True))
    assert line["Mã hồ sơ"] == street[1].code
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_export)).one()
    assert event.changes == {"form": "csv", "query": "search&q=nguyen thi hoa"}


def test_rows_of_others_are_in_no_file(street, login):
    assert table(login(Role.officer).get("/viec/xuat/csv?tab=cua-toi", buffered=True)) == []
    assert login(Role.admin).get("/viec/xuat/csv").status_code == 403


def test_long_list_is_written_by_a_job(app, street, login, session, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 0)
    clerk = login(Role.clerk)
    answer = clerk.get(f"/viec/xuat/csv?tab=cua-toi&thu-tuc={street[0]}")
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/viec-chay-lau")
    session.rollback()
    assert jobs.work_off(app) == 1
    page = clerk.get("/viec-chay-lau")
    address = next(part for part in page.text.split('"') if part.endswith("/tep"))
    (line,) = table(clerk.get(address))
    assert line["Mã hồ sơ"] == street[1].code and line["Từ ngày"] == "01/05/2026"
