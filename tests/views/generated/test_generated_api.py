"""The generated API: tokens, scope and rights as on the screens, only columns can be written."""

import pytest
import sqlalchemy as sa

from domain.roles import Role
from tests.conftest import Visitor
from tests.views.generated.conftest import PASSWORD

API = "/api/v1/test_hive/"
GOOD = {"label": "Tổ", "temper": "wild", "frames": 3, "settled": "2026-07-01", "price": 5}


@pytest.fixture
def token(app):
    """``token("clerk")``: headers of somebody who signed in by the API."""

    def sign_in(username) -> dict[str, str]:
        body = {"username": str(username), "password": PASSWORD, "provider": "db"}
        answer = Visitor(app).post("/api/v1/security/login", json=body)
        assert answer.status_code == 200
        return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    return sign_in


def test_without_or_with_a_wrong_token_nothing_is_read(client, registers):
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eDp5"}):
        answer = client.get(API, headers=headers)
        assert answer.status_code == 401
        assert answer.get_json()["message"]


def test_a_cookie_alone_opens_no_api(login, registers):
    client = login(Role.clerk)
    assert client.get(API).status_code == 401
    assert client.post(API, json=GOOD).status_code == 401


def test_a_token_beside_the_cookie_of_another_person_is_refused(login, token, registers):
    answer = login(Role.clerk).get(API, headers=token("leader"))
    assert answer.status_code == 401


def test_row_is_added_read_changed_and_deleted(client, token, registers, session, agencies):
    headers = token("clerk")
    made = client.post(API, json=GOOD, headers=headers)
    assert made.status_code == 201
    row_id = made.get_json()["id"]
    row = client.get(API + row_id, headers=headers).get_json()["result"]
    assert row["temper"] == "wild"
    assert row["settled"] == "2026-07-01"
    assert session.get(registers.Hive, row_id).agency_id == agencies["D1"]
    changed = client.put(
        API + row_id, json={"price": 7}, headers={**headers, "If-Match": row["stamp"]}
    )
    assert changed.status_code == 200
    assert changed.get_json()["result"]["price"] == 7
    assert changed.get_json()["result"]["label"] == "Tổ"
    stale = client.put(
        API + row_id, json={"price": 8}, headers={**headers, "If-Match": row["stamp"]}
    )
    assert stale.status_code == 409
    assert client.delete(API + row_id, headers=headers).status_code == 200
    assert client.get(API + row_id, headers=headers).status_code == 404


def test_list_searches_filters_and_pages_by_cursor(client, token, registers, session, agencies):
    rows = [
        registers.Hive(label=f"Đạt {n:02d}", temper="calm", agency_id=agencies["D1"])
        for n in range(30)
    ]
    session.add_all([*rows, registers.Hive(label="X", temper="calm", agency_id=agencies["D2"])])
    session.commit()
    headers = token("clerk")
    first = client.get(API + "?q=dat&temper=calm&order=-label", headers=headers).get_json()
    assert first["count"] == 30
    assert first["result"][0]["label"] == "Đạt 29"
    second = client.get(first["next"], headers=headers).get_json()
    assert [r["label"] for r in second["result"]] == [f"Đạt {n:02d}" for n in range(4, -1, -1)]
    assert second["next"] == ""


@pytest.mark.parametrize("name", ["agency_id", "id", "keeper_id", "stamp", "nonsense"])
def test_what_is_no_writable_column_is_refused(client, token, registers, session, agencies, name):
    headers = token("clerk")
    answer = client.post(API, json={**GOOD, name: agencies["D2"]}, headers=headers)
    assert answer.status_code == 422
    assert name in answer.get_json()["errors"]
    assert session.scalar(sa.select(sa.func.count()).select_from(registers.Hive)) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b'{"temper": "wild"}', 422),
        (b'{"label": {"a": 1}, "temper": "wild"}', 422),
        (b'{"label": ["a"], "temper": "wild"}', 422),
        (b'{"label": "\\ud800", "temper": "wild"}', 422),
        (b'{"label": "A", "temper": 7}', 422),
        (b'{"label": "A", "temper": "wild", "frames": true}', 422),
        (b'{"label": "A", "temper": "wild", "price": 1e99}', 422),
        (b'{"label": "A", "temper": "wild", "keeper": {"id": [1]}}', 422),
        (b'{"label": "A", "temper": "wild", "seen_at": 5}', 422),
    ],
)
def test_bad_bodies_are_refused_with_a_sentence(client, token, registers, body, status):
    headers = {**token("clerk"), "Content-Type": "application/json"}
    answer = client.post(API, data=body, headers=headers)
    assert answer.status_code == status
    assert answer.get_json()["message"]


def test_foreign_rows_are_not_found_and_not_chosen(client, token, registers, keep, session):
    keeper = keep(registers.Keeper, "D2", code="K2", name="Người bên kia")
    hive = keep(registers.Hive, "D2", label="Tổ bên kia", temper="calm", keeper=keeper)
    headers, url = token("clerk"), API + hive.id
    assert client.get(url, headers=headers).status_code == 404
    assert client.put(url, json={"label": "Cướp"}, headers=headers).status_code == 404
    assert client.delete(url, headers=headers).status_code == 404
    assert client.get(API + "1", headers=headers).status_code == 404
    for way in (keeper.id, {"id": keeper.id}, "K2"):
        answer = client.post(API, json={**GOOD, "keeper": way}, headers=headers)
        assert answer.status_code == 422
        assert "keeper" in answer.get_json()["errors"]


def test_a_role_without_the_right_is_refused(client, token, registers, keep):
    hive = keep(registers.Hive, label="Tổ", temper="calm")
    leader, cashier = token("leader"), token("cashier")
    assert client.get(API, headers=leader).status_code == 200
    assert client.post(API, json=GOOD, headers=leader).status_code == 403
    assert client.delete(API + hive.id, headers=leader).status_code == 403
    assert client.get(API, headers=cashier).status_code == 403
    assert client.get(API + hive.id, headers=cashier).get_json()["message"]


def test_description_names_what_the_person_may_read(client, token, registers):
    assert client.get("/api/v1/_openapi").status_code == 401
    paths = client.get("/api/v1/_openapi", headers=token("clerk")).get_json()["paths"]
    assert "/api/v1/test_hive/" in paths
    assert set(paths["/api/v1/test_hive/{pk}"]) == {"get", "put", "delete"}
    paths = client.get("/api/v1/_openapi", headers=token("cashier")).get_json()["paths"]
    assert "/api/v1/test_hive/" not in paths
    assert client.get("/api/v9/_openapi", headers=token("clerk")).status_code == 404


def test_written_columns_in_the_description_have_their_labels(client, token, registers):
    document = client.get("/api/v1/_openapi", headers=token("clerk")).get_json()
    written = document["components"]["schemas"]["HiveApi.post"]
    assert "agency_id" not in written["properties"]
    assert written["properties"]["temper"]["enum"] == ["calm", "wild"]
    assert set(written["required"]) == {"label", "temper"}
