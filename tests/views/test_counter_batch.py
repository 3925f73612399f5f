"""The same dossier for several persons: each with its number and slip, none without being asked."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.errors import DomainError
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.paper import IssuedPaper
from services.dossier.forms import Person
from tests.factories import dossiers as make
from tests.factories.counter import chosen, send, typed
from tests.factories.pages import Page
from views import issuing


def card(n: int, old: str = "") -> str:
    return f"06619000123{n}|{old}|Nguyễn Thị Hoa|15031990|Nữ|Buôn Kô Tam|01012022"


def batch(clerk: Any, *cards: str) -> Any:
    """The answer after these cards were scanned onto the page of a batch."""
    empty = {"owner_id_number": "", "owner_name": ""}
    answer = send(clerk, chosen(clerk, **empty), "batch")
    for text in cards:
        answer = send(clerk, typed(answer), "card", card=text)
    return answer


def count(kind: Any = Dossier) -> int:
    return db.session.scalar(sa.select(sa.func.count(kind.id))) or 0


def running(n: int, **changes: Any) -> Dossier:
    """Such a dossier that this person has at this counter already."""
    owner = Person("Nguyễn Thị Hoa", id_number=f"06619000123{n}", phone="0905 123 456")
    return make.received(owner=owner, **changes)


def rows(answer: Any) -> list[str]:
    return [" ".join(r.text_content().split()) for r in Page(answer).all("//main//tbody/tr")]


def test_batch_receives_every_line_once_with_its_own_slip(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    values = typed(batch(clerk, *map(card, range(3))))
    for _ in range(2):
        answer = send(clerk, values, "receive_all")
        assert answer.status_code == 200 and len(rows(answer)) == 3
    numbers = session.scalars(sa.select(Dossier.owner_id_number)).all()
    assert sorted(numbers) == [f"06619000123{n}" for n in range(3)]
    assert len(set(session.scalars(sa.select(Dossier.code)))) == 3
    slips = session.scalars(sa.select(IssuedPaper.dossier_id)).all()
    assert len(slips) == len(set(slips)) == 3


def test_line_says_the_number_that_it_then_gets(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    answer = batch(clerk, *map(card, range(3)))
    said = [Page(answer).words(f"b-{n}-number") for n in range(4)]
    send(clerk, typed(answer), "receive_all")
    query = sa.select(Dossier.code).order_by(Dossier.owner_id_number)
    assert said == [*session.scalars(query), "–"]


def test_line_that_is_wrong_is_marked_and_nobody_is_received(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    values = typed(batch(clerk, card(1)))
    values |= {"b-1-id_number": "12", "b-1-name": "Lê Văn Ba", "b-2-id_number": "066190001239"}
    answer = send(clerk, values, "receive_all")
    assert answer.status_code == 422 and count() == 0
    assert Page(answer).words("b-1-id_number-error") and Page(answer).words("b-2-name-error")
    kept = typed(answer)
    assert (kept["b-1-id_number"], kept["b-1-name"]) == ("12", "Lê Văn Ba")
    kept |= {"b-1-id_number": "066190001232", "b-2-name": "Y Bih Niê"}
    assert send(clerk, kept, "receive_all").status_code == 200 and count() == 3


def test_running_dossier_is_shown_on_its_line_and_waits_for_a_tick(
    session: Any, login: Any
) -> None:
    clerk, before = login(Role.clerk), running(1)
    answer = batch(clerk, card(0), card(1))
    assert before.code in Page(answer).words("b-1-says")
    assert Page(answer).all("//*[@id='b-0-says'][@hidden]")
    refused = send(clerk, typed(answer), "receive_all")
    assert refused.status_code == 422 and count() == 1
    assert Page(refused).error("b-1-doubled")
    ticked = {**typed(refused), "b-1-doubled": "y"}
    assert [send(clerk, ticked, "receive_all").status_code for _ in range(2)] == [200, 200]
    assert count() == 3


def test_running_dossier_is_found_under_the_number_of_before(session: Any, login: Any) -> None:
    owner = Person("Nguyễn Thị Hoa", id_number="240123456")
    clerk, before = login(Role.clerk), make.received(owner=owner)
    answer = batch(clerk, card(1, old="240123456"))
    assert before.code in Page(answer).words("b-0-says")
    assert not Page(answer).all("//*[@id='b-1-says'][not(@hidden)]")


def test_person_on_two_lines_is_asked_about(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    values = typed(batch(clerk, card(1), card(1)))
    assert not values["b-1-id_number"]  # a card scanned twice stays one line
    values |= {"b-1-id_number": "066 190 001 231", "b-1-name": "Nguyễn Thị Hoa"}
    refused = send(clerk, values, "receive_all")
    assert refused.status_code == 422 and Page(refused).error("b-1-doubled") and count() == 0
    ticked = {**typed(refused), "b-1-doubled": "y"}
    assert send(clerk, ticked, "receive_all").status_code == 200 and count() == 2


def test_line_is_filled_in_from_the_person_known_under_its_number(session: Any, login: Any) -> None:
    running(1)
    clerk = login(Role.clerk)
    values = typed(batch(clerk)) | {"b-0-id_number": "066190001231", "b-0-address": "Buôn Dhă"}
    kept = typed(send(clerk, values, "line"))
    assert kept["b-0-name"] == "Nguyễn Thị Hoa" and kept["b-0-phone"].endswith("123456")
    assert kept["b-0-address"] == "Buôn Dhă"


def test_person_on_the_page_becomes_the_first_line(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    values = typed(send(clerk, chosen(clerk), "batch"))
    assert (values["b-0-name"], values["b-0-birth_date"]) == ("Nguyễn Thị Hoa", "15/03/1990")
    assert values["owner_name"] == values["owner_id_number"] == ""
    assert send(clerk, values, "receive_all").status_code == 200
    assert session.scalars(sa.select(Dossier.owner_name)).all() == ["Nguyễn Thị Hoa"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"procedure": "", "version_id": ""}, "procedure"), ({"return_method": "post"}, None)],
)
def test_what_is_wrong_for_all_is_said_once(
    session: Any, login: Any, changes: dict[str, str], field: str | None
) -> None:
    clerk = login(Role.clerk)
    values = typed(batch(clerk, card(0), card(1))) | changes
    answer = send(clerk, values, "receive_all")
    assert answer.status_code == 422 and count() == 0
    assert Page(answer).error(field or "return_address")
    assert len(Page(answer).all("//*[contains(@class, 'error-summary')]//li")) == 1


def test_batch_without_a_person_is_refused(session: Any, login: Any) -> None:
    answer = send(login(Role.clerk), typed(batch(login(Role.clerk))), "receive_all")
    assert answer.status_code == 422 and count() == 0


def test_line_refused_by_the_services_can_be_taken_up_again(
    session: Any, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, receive = login(Role.clerk), issuing.receive

    def failing(form: Any, **who: Any) -> Dossier:
        if form.owner.id_number.endswith("1"):
            raise DomainError("procedure.not_published")
        return receive(form, **who)

    monkeypatch.setattr(issuing, "receive", failing)
    values = typed(batch(clerk, *map(card, range(3)))) | {"b-1-phone": "0905999999"}
    answer = send(clerk, values, "receive_all")
    assert answer.status_code == 200 and count() == 2
    monkeypatch.undo()
    left = Page(answer).values("//main//form[.//button[@value='line']]")
    again = typed(send(clerk, left, "line"))
    assert (again["b-0-id_number"], again["b-0-phone"]) == ("066190001231", "0905999999")
    assert again["b-0-birth_date"] == "15/03/1990" and again["subject"] == "Mở quán cà phê"
    assert again["b-0-key"] == values["b-1-key"] and not again.get("b-1-id_number")
    assert send(clerk, again, "receive_all").status_code == 200 and count() == 3
