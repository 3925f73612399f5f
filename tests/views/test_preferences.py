"""Theme, density and language are remembered per person, across sign-ins and computers."""

import pytest
import sqlalchemy as sa

from domain.roles import Role
from models.preference import Preference
from tests.factories.pages import Page


def root(client, path="/"):
    return Page(client.get(path)).find("//html")


def test_newcomer_has_the_look_of_the_computer_and_vietnamese(session, login):
    found = root(login(Role.clerk))
    assert (found.get("data-theme"), found.get("data-density"), found.get("lang")) == (
        "system",
        "comfortable",
        "vi",
    )


@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [("theme", "dark", "data-bs-theme"), ("density", "compact", "data-density"), ("language", "en", "lang")],
)  # fmt: skip
def test_choice_is_remembered_when_the_person_signs_in_elsewhere(
    session, login, name, value, attribute
):
    answer = login(Role.clerk).post("/tuy-chon", data={name: value, "next": "/viec?tab=mine"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/viec?tab=mine")
    assert root(login(Role.clerk)).get(attribute) == value
    assert root(login(Role.leader)).get(attribute) != value


def test_numbers_follow_the_language_and_amounts_stay_as_they_are_typed(session, login):
    client = login(Role.admin)
    page = client.get("/style").text
    assert "1.234.567" in page and "1.250.000 ₫" in page
    client.post("/tuy-chon", data={"language": "en"})
    page = client.get("/style").text
    assert "1,234,567" in page and "1.250.000 ₫" in page


def test_one_choice_leaves_the_others(session, login):
    client = login(Role.clerk)
    for data in ({"theme": "dark"}, {"density": "compact"}, {"theme": "light"}):
        client.post("/tuy-chon", data=data)
    row = session.scalars(sa.select(Preference)).one()
    assert (row.theme, row.density, row.language) == ("light", "compact", None)


@pytest.mark.parametrize("data", [{"theme": "pink"}, {"density": ""}, {"language": "fr"}])
def test_choice_that_does_not_exist_is_refused(session, login, data):
    assert login(Role.clerk).post("/tuy-chon", data=data).status_code == 422
    assert session.scalars(sa.select(Preference)).all() == []


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil"],
)  # fmt: skip
def test_way_back_stays_inside_when_the_address_is_foreign(session, login, address):
    answer = login(Role.clerk).post("/tuy-chon", data={"theme": "dark", "next": address})
    assert answer.headers["Location"] == "/"


def test_sign_in_brings_ones_own_look_when_another_person_sat_here_before(session, login, client):
    login(Role.clerk).post("/tuy-chon", data={"theme": "dark", "language": "en"})
    login(Role.leader).post("/tuy-chon", data={"language": "vi"})
    from seeds.demo import PASSWORD, first_of_each_role

    names = {a.role: a.username for a in first_of_each_role()}
    for role, theme, language in ((Role.clerk, "dark", "en"), (Role.leader, "system", "vi")):
        client.post("/login/", data={"username": names[role], "password": PASSWORD})
        found = root(client)
        assert (found.get("data-theme"), found.get("lang")) == (theme, language)
        client.get("/logout/")


def test_language_of_the_sign_in_page_stays_when_the_person_never_chose(session, client):
    from seeds.demo import PASSWORD, first_of_each_role

    client.get("/lang/en")
    assert root(client, "/login/").get("lang") == "en"
    clerk = next(a for a in first_of_each_role() if a.role is Role.clerk)
    client.post("/login/", data={"username": clerk.username, "password": PASSWORD})
    assert root(client).get("lang") == "en"
