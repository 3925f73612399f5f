"""The work-list through HTTP: tabs, search, taking over and forwarding several at once."""

import re
from typing import Any

import pytest

from domain.codes import Status, StepKind
from domain.roles import Role
from models.dossier import Dossier
from services import dossier as verbs
from services.dossier.steps import live
from tests.factories import dossiers as make


def codes(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', page)


def rows(page: str) -> list[str]:
    return re.findall(r'name="rowid" form="work" value="([^"]*)"', page)


def counts(page: str) -> dict[str, str]:
    found = re.findall(r'tab=([a-z-]+)"[^>]*>[^<]*<span class="count">([^<]*)</span>', page)
    return dict(found)


def test_list_shows_my_work_with_its_time_and_next_act(session: Any, login: Any) -> None:
    dossier = make.received()
    page = login(Role.clerk).get("/viec").text
    assert codes(page) == [dossier.code]
    assert "Nguyễn Thị Hoa" in page and 'class="left' in page
    assert f"/ho-so/{dossier.id}?buoc={live(dossier)[0].id}" in page
    assert counts(page)["cua-toi"] == "1"


def test_list_of_the_department_holds_what_others_have(session: Any, login: Any) -> None:
    dossier = make.received()
    other = login("tiepnhan2")
    assert codes(other.get("/viec").text) == []
    assert codes(other.get("/viec?tab=cua-phong").text) == [dossier.code]
    assert codes(login("chuyenvien.krongana").get("/viec?tab=cua-phong").text) == []


def test_waiting_tab_holds_what_stands(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    step = live(dossier)[0]
    verbs.suspend(
        dossier, kind="outage", reason="Mất điện", actor=make.actor("truongphong"), at=make.now()
    )
    from models.base import db
    from models.officer import Officer

    holder = db.session.get_one(Officer, step.holder_id or make.doer(step).officer_id)
    officer = login(holder.user.username)
    assert codes(officer.get("/viec?tab=dang-cho").text) == [dossier.code]
    assert codes(officer.get("/viec").text) == []


@pytest.mark.parametrize(("q", "found"), [("hoa", 1), ("nguyen thi hoa", 1), ("không có", 0)])
def test_list_is_searched_without_diacritics(session: Any, login: Any, q: str, found: int) -> None:
    make.received()
    assert len(codes(login(Role.clerk).get("/viec", query_string={"q": q}).text)) == found


def test_list_goes_on_by_key(session: Any, login: Any) -> None:
    made = {make.received().code for _ in range(27)}
    clerk = login(Role.clerk)
    first = clerk.get("/viec").text
    older = re.search(r'<a href="([^"]*sau=[^"]*)" rel="next"', first)
    assert older is not None and len(codes(first)) == 25
    second = clerk.get(older[1].replace("&amp;", "&")).text
    assert {*codes(first), *codes(second)} == made
    assert clerk.get("/viec?sau=nonsense").status_code == 422


def test_unknown_tab_is_not_there(login: Any) -> None:
    clerk = login(Role.clerk)
    assert clerk.get("/viec?tab=la").status_code == 404
    assert clerk.get("/viec?tab=late").status_code == 200


def test_list_asks_for_its_permission(login: Any, client: Any) -> None:
    assert login(Role.auditor).get("/viec").status_code == 403
    assert login(Role.auditor).post("/viec", data={"act": "forward"}).status_code == 403
    assert client.get("/viec").status_code == 302


def test_several_are_forwarded_at_once(session: Any, login: Any) -> None:
    made = [make.received() for _ in range(3)]
    clerk = login(Role.clerk)
    typed = {"act": "forward", "rowid": rows(clerk.get("/viec").text)}
    answer = clerk.post("/viec", data=typed)
    assert answer.status_code == 303
    session.expire_all()
    assert {d.status for d in made} == {Status.processing}


def test_each_row_says_what_became_of_it(session: Any, login: Any) -> None:
    good, done = make.received(), make.received()
    clerk = login(Role.clerk)
    picked = rows(clerk.get("/viec").text)
    verbs.forward(done, actor=make.actor("tiepnhan"), at=make.now())
    answer = clerk.post("/viec", data={"act": "forward", "rowid": picked})
    assert answer.status_code == 422
    results = answer.text[answer.text.index("work-results") :]
    assert f"<strong>{good.code}</strong>" in results
    assert f"<strong>{done.code}</strong>" in results
    session.expire_all()
    assert good.status is Status.processing


def test_several_are_taken_over(session: Any, login: Any) -> None:
    made: list[Dossier] = [make.received(), make.received()]
    other = login("tiepnhan2")
    picked = rows(other.get("/viec?tab=cua-phong").text)
    answer = other.post("/viec?tab=cua-phong", data={"act": "take_over", "rowid": picked})
    assert answer.status_code == 303
    session.expire_all()
    holders = {live(d)[0].holder_id for d in made}
    assert holders == {make.officer_id("tiepnhan2")}


@pytest.mark.parametrize(
    "rowid", [[], ["x"], ["x:y:z"], ["0192aaaa-0000-7000-8000-000000000000::"]]
)
def test_odd_selections_are_answered_with_a_sentence(login: Any, rowid: list[str]) -> None:
    answer = login(Role.clerk).post("/viec", data={"act": "forward", "rowid": rowid})
    assert answer.status_code == 422
