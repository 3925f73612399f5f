"""Rows of another agency: not by address, not by action, not by picker, not by a written field."""

import re

import pytest
import sqlalchemy as sa

from domain.roles import Role

HIVE = "/danh-muc/test_hive"


@pytest.fixture
def foreign(registers, keep):
    """A keeper and a hive of the other agency."""
    keeper = keep(registers.Keeper, "D2", code="K2", name="Người bên kia")
    hive = keep(registers.Hive, "D2", label="Tổ bên kia", temper="calm", keeper=keeper)
    return keeper, hive


def count(session, model) -> int:
    """All rows, whoever owns them."""
    return session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.mark.parametrize("page", ["show", "edit"])
def test_foreign_row_is_not_found_by_its_address(login, foreign, page):
    answer = login(Role.clerk).get(f"{HIVE}/{page}/{foreign[1].id}")
    assert answer.status_code == 404
    assert "Tổ bên kia" not in answer.text


@pytest.mark.parametrize(
    "pk", ["1", "x", "0192-", "%00", "'", "00000000-0000-0000-0000-000000000000"]
)
def test_an_id_that_is_none_is_not_found(login, registers, pk):
    client = login(Role.clerk)
    for page in ("show", "edit"):
        assert client.get(f"{HIVE}/{page}/{pk}").status_code == 404
    assert client.post(f"{HIVE}/delete/{pk}").status_code == 404


def test_foreign_row_cannot_be_changed_or_deleted(login, registers, foreign, session):
    client, hive = login(Role.clerk), foreign[1]
    data = {"label": "Cướp", "temper": "wild", "frames": "1"}
    assert client.post(f"{HIVE}/edit/{hive.id}", data=data).status_code == 404
    assert client.post(f"{HIVE}/delete/{hive.id}").status_code == 404
    assert client.post(f"{HIVE}/action/delete_many/{hive.id}").status_code == 404
    session.expire_all()
    assert session.get(registers.Hive, hive.id).label == "Tổ bên kia"


def test_one_foreign_row_stops_a_bulk_action_for_all(login, registers, foreign, keep, session):
    own = keep(registers.Hive, label="Tổ nhà", temper="calm")
    data = {"action": "delete_many", "rowid": [own.id, foreign[1].id]}
    assert login(Role.clerk).post(f"{HIVE}/action_post", data=data).status_code == 404
    assert count(session, registers.Hive) == 2


def test_foreign_related_row_cannot_be_chosen(login, registers, foreign, keep, session):
    client, keeper = login(Role.clerk), foreign[0]
    data = {"label": "Tổ", "temper": "calm", "frames": "1", "keeper": keeper.id}
    answer = client.post(f"{HIVE}/add", data=data)
    assert answer.status_code == 422
    assert 'id="keeper-error"' in answer.text
    assert "Người bên kia" not in answer.text
    assert client.post(f"{HIVE}/add", data={**data, "keeper": "K2"}).status_code == 422
    assert count(session, registers.Hive) == 1


def test_pickers_and_forms_offer_only_visible_rows(login, registers, foreign, keep):
    keep(registers.Keeper, code="K1", name="Đặng Thị Ước")
    client = login(Role.clerk)
    assert "Người bên kia" not in client.get(f"{HIVE}/add").text
    picked = client.get(f"{HIVE}/pick/keeper").get_json()
    assert [entry["text"] for entry in picked] == ["Đặng Thị Ước"]
    found = client.get(f"{HIVE}/pick/keeper?q=dang+uoc").get_json()
    assert len(found) == 1
    assert client.get(f"{HIVE}/pick/keeper?q=kia").get_json() == []
    assert client.get(f"{HIVE}/pick/agency").status_code == 404
    assert client.get(f"{HIVE}/pick/label").status_code == 404


def test_long_relations_are_asked_for_and_not_loaded(login, registers, session, agencies):
    rows = [
        registers.Keeper(code=f"K{n}", name=f"Người {n:03d}", agency_id=agencies["D1"])
        for n in range(60)
    ]
    session.add_all(rows)
    session.commit()
    client = login(Role.clerk)
    text = client.get(f"{HIVE}/add").text
    assert f'data-remote="{HIVE}/pick/keeper"' in text
    assert "Người 001" not in text
    assert len(client.get(f"{HIVE}/pick/keeper").get_json()) == 30
    chosen = {"label": "", "temper": "calm", "frames": "1", "keeper": rows[5].id}
    again = client.post(f"{HIVE}/add", data=chosen)
    assert f'<option value="{rows[5].id}" selected>Người 005</option>' in again.text


def test_counts_exports_and_books_leave_foreign_rows_out(login, registers, foreign):
    client = login(Role.clerk)
    assert "Tổ bên kia" not in client.get(f"{HIVE}/list/").text
    assert not re.search(r'<th scope="row">', client.get(f"{HIVE}/list/").text)
    content = client.get(f"{HIVE}/export/csv", buffered=True).text
    assert "Tổ bên kia" not in content
    assert len(content.splitlines()) == 1


def test_filter_by_a_foreign_related_row_is_left_out(login, registers, foreign, keep):
    keep(registers.Hive, label="Tổ nhà", temper="calm")
    text = login(Role.clerk).get(f"{HIVE}/list/?keeper={foreign[0].id}").text
    assert "Tổ nhà" in text
    assert "Người bên kia" not in text


def test_the_other_agency_sees_its_own_rows_only(login, registers, foreign, keep):
    keep(registers.Hive, label="Tổ nhà", temper="calm")
    text = login("clerk.there").get(f"{HIVE}/list/").text
    assert "Tổ bên kia" in text
    assert "Tổ nhà" not in text


def test_shared_list_is_read_by_all_and_written_by_the_hub(login, registers, keep, session):
    keep(registers.Flower, "HUB", name="Cà phê")
    assert "Cà phê" in login(Role.clerk).get("/danh-muc/test_flower/list/").text
    assert login(Role.clerk).get("/danh-muc/test_flower/add").status_code == 403
    answer = login(Role.admin).post("/danh-muc/test_flower/add", data={"name": "Hồ tiêu"})
    assert answer.status_code == 303
    assert count(session, registers.Flower) == 2
