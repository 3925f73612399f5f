"""Dossiers for programs: the data of a procedure, what it looks like, and who may read which field."""

from typing import Any

import jsonschema
import pytest

from domain.roles import Role
from models.procedure import DataField
from services.dossier.forms import FeeLine, HandedIn
from tests.factories import dossiers as make
from tests.factories.procedures import STREET, TYPED, street_permit
from tests.house.test_routes import token


@pytest.fixture
def dossier(session: Any) -> Any:
    version = street_permit()
    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    fees = (FeeLine(version.fees[0].id),)
    made = make.received(STREET, papers=papers, fees=fees, data=TYPED)
    made.details = {
        **made.details,
        "data": {**made.details["data"], "ket_qua_kiem_tra": "Kín"},
    }
    session.commit()
    return made


def got(app: Any, client: Any, role: Role, address: str) -> Any:
    return client.get(f"/api/v1/dossier/{address}", headers=token(app, role))


def test_dossier_is_read_with_data_that_conforms_to_its_schema(
    app: Any, client: Any, dossier: Any
) -> None:
    found = got(app, client, Role.officer, dossier.code).get_json()["result"]
    assert (found["code"], found["procedure"], found["version"]) == (dossier.code, STREET, "1")
    assert found["data"]["phuong_tien"][1] == {"loai_xe": "Ô tô", "so_luong": 2}
    assert found["data"]["so_ngay"] == 10 and found["data"]["tu_ngay"] == "2026-05-01"
    address = found["schema"].removeprefix("/api/v1/dossier/")
    schema = got(app, client, Role.officer, address).get_json()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(found["data"], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**found["data"], "dien_tich": 501}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**found["data"], "la": 1}, schema)


def test_field_with_readers_is_neither_told_nor_described_to_the_others(
    app: Any, client: Any, dossier: Any
) -> None:
    clerk = got(app, client, Role.clerk, dossier.code).get_json()["result"]
    officer = got(app, client, Role.officer, dossier.code).get_json()["result"]
    assert "ket_qua_kiem_tra" in officer["data"] and "ket_qua_kiem_tra" not in clerk["data"]
    address = clerk["schema"].removeprefix("/api/v1/dossier/")
    described = got(app, client, Role.clerk, address).get_json()["properties"]
    assert "tuyen_duong" in described and "ket_qua_kiem_tra" not in described


@pytest.mark.parametrize("address", ["khong-co", "schema/01a21cef-4d99-7000-a402-ee9158048467"])
def test_what_is_not_there_is_404(app: Any, client: Any, dossier: Any, address: str) -> None:
    assert got(app, client, Role.officer, address).status_code == 404


def test_dossier_of_another_agency_is_404(app: Any, client: Any, dossier: Any) -> None:
    headers = token_of(app, "chuyenvien.krongana")
    assert client.get(f"/api/v1/dossier/{dossier.code}", headers=headers).status_code == 404


def token_of(app: Any, username: str) -> dict[str, str]:
    from seeds.demo import PASSWORD

    body = {"username": username, "password": PASSWORD, "provider": "db"}
    answer = app.test_client().post("/api/v1/security/login", json=body)
    return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}


def test_field_that_a_running_dossier_does_not_know_is_not_told(
    app: Any, client: Any, session: Any, dossier: Any
) -> None:
    row = session.query(DataField).filter_by(key="cam_ket").one()
    session.delete(row)
    session.commit()
    found = got(app, client, Role.officer, dossier.code).get_json()["result"]
    assert "cam_ket" not in found["data"]
