"""Registers for programs: entries page by page, one entry, what its data looks like, who may read what."""

from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa

from domain.events import Tag
from domain.roles import Role
from models.event import Event
from models.register import RegisterUse
from services.registers import definition
from tests.factories.register_pages import entered
from tests.factories.registers import CODE, street_register
from tests.house.test_routes import token
from tests.views.test_dossier_api import token_of


@pytest.fixture
def register(session: Any) -> Any:
    street_register()
    return definition.every()[0]


def got(app: Any, client: Any, role: Role, address: str) -> Any:
    return client.get(f"/api/v1/register/{address}", headers=token(app, role))


def test_entries_are_read_page_by_page_with_data_that_conforms_to_the_schema(app, client, register):
    for n in range(26):
        entered(register, dien_tich=str(n + 1), muc_dich=("xe", "khac")[n % 2], ghi_chu="kín")
    first = got(app, client, Role.officer, f"{CODE}/entry?order=number").get_json()
    assert first["count"] == 26 and len(first["result"]) == 25 and first["before"] == ""
    second = client.get(first["next"], headers=token(app, Role.officer)).get_json()
    assert [e["number"][:3] for e in second["result"]] == ["026"] and second["next"] == ""
    schema = got(app, client, Role.officer, f"{CODE}/schema").get_json()
    jsonschema.Draft202012Validator.check_schema(schema)
    for entry in (*first["result"], *second["result"]):
        jsonschema.validate(entry["data"], schema)
        assert (entry["state"], entry["holder"]) == ("expired", "Nguyễn Thị Hoa")
    narrowed = f"{CODE}/entry?d-muc_dich=khac&d-dien_tich-tu=20&state=expired"
    found = got(app, client, Role.officer, narrowed).get_json()
    assert {e["data"]["dien_tich"] for e in found["result"]} == {20, 22, 24, 26}
    assert found["count"] == 4


def test_one_entry_is_read_and_leaves_the_event_of_a_look(app, client, session, register):
    entry = entered(register)
    found = got(app, client, Role.clerk, f"{CODE}/entry/{entry.id}").get_json()["result"]
    assert found["number"] == "001/2026/GP-SDLĐ" and found["valid_to"] == "2026-05-10"
    assert found["data"]["phuong_tien"] == [{"loai_xe": "Xe máy", "so_luong": 30}]
    assert found["schema"] == f"/api/v1/register/{CODE}/schema"
    assert session.scalars(sa.select(Event).where(Event.tag == Tag.register_read)).one()


def test_field_with_readers_is_neither_told_nor_described_to_the_others(app, client, register):
    entry = entered(register, ghi_chu="kín")
    for role, told in ((Role.clerk, False), (Role.head, True)):
        one = got(app, client, role, f"{CODE}/entry/{entry.id}").get_json()["result"]
        many = got(app, client, role, f"{CODE}/entry").get_json()["result"][0]
        described = got(app, client, role, f"{CODE}/schema").get_json()["properties"]
        assert [("ghi_chu" in where) for where in (one["data"], many["data"], described)] == [
            told
        ] * 3


def test_entry_of_another_agency_is_404_and_not_listed(app, client, register):
    entry = entered(register)
    headers = token_of(app, "tiepnhan.krongana")
    address = f"/api/v1/register/{CODE}/entry"
    assert client.get(f"{address}/{entry.id}", headers=headers).status_code == 404
    assert client.get(address, headers=headers).get_json()["result"] == []


@pytest.mark.parametrize("address", ["so_nhap/entry", "so_nhap/schema", "la/entry", "la/schema"])
def test_register_that_is_not_for_the_reader_is_404(app, client, session, address):
    street_register(RegisterUse.draft, code="so_nhap")
    assert got(app, client, Role.clerk, address).status_code == 404


def test_day_that_cannot_be_read_is_refused(app, client, register):
    answer = got(app, client, Role.clerk, f"{CODE}/entry?valid_to_from=32/1/2026")
    assert answer.status_code == 422 and "valid_to_from" in answer.get_json()["message"]


def test_description_of_the_api_names_the_registers(app, client):
    described = client.get("/api/v1/_openapi", headers=token(app, Role.clerk)).get_json()
    paths = {p for p in described["paths"] if p.startswith("/api/v1/register/{code}")}
    assert {p.removeprefix("/api/v1/register/{code}") for p in paths} == {
        "/entry",
        "/entry/{pk}",
        "/schema",
    }
