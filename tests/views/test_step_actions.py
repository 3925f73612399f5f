"""What steps do by themselves, as officers see it: lines in the top bar, papers to print."""

from typing import Any

import pytest

from domain.roles import Role
from models.base import db
from models.outcome import ActionKind, ActionMoment
from services import dossier as verbs
from services.dossier import actions, telling
from services.dossier.forms import FeeLine, HandedIn
from tests.factories import dossiers as made
from tests.factories.pages import Page
from tests.factories.procedures import STREET, TYPED, street_permit
from tests.factories.registers import does
from tests.house.test_catalogue import troubles

LINE = "Có hồ sơ lòng đường mới"


def received() -> Any:
    """A dossier of the street permit, just received and handed on."""
    version = made.version_of(STREET)
    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    fees = (FeeLine(version.fees[0].id),)
    days = {"tu_ngay": "1/5/2030", "den_ngay": "10/5/2030"}
    form = made.intake(STREET, papers=papers, fees=fees, data={**TYPED, **days})
    who = {"actor": made.actor("tiepnhan"), "at": made.now()}
    return verbs.forward(verbs.receive(form, **who), **who)


@pytest.fixture
def version(session: Any) -> Any:
    return street_permit()


def test_officers_read_what_they_are_told_and_it_is_counted_until_then(
    version: Any, login: Any
) -> None:
    told = {"notified": "head", "text": LINE}
    does(version, 2, ActionKind.notify, ActionMoment.entry, **told)
    dossier = received()
    head = login(Role.head)
    assert head.get("/so-viec").get_json()["notices"] == "1"
    answer = head.get("/thong-bao")
    page = Page(answer)
    assert page.find(f"//a[@href='/ho-so/{dossier.id}']").text_content() == LINE
    assert troubles(answer.text) == []
    row = page.find("//input[@name='id']").get("value")
    assert login(Role.officer).post("/thong-bao/da-doc", data={"id": row}).status_code == 303
    assert telling.unread(made.officer_id("truongphong")) == 1  # another's line stays unread
    assert login(Role.head).post("/thong-bao/da-doc", data={"id": row}).status_code == 303
    assert "notices" not in login(Role.head).get("/so-viec").get_json()
    assert telling.unread(made.officer_id("truongphong")) == 0


def test_a_paper_that_a_step_asks_for_is_offered_until_it_is_printed(
    version: Any, login: Any
) -> None:
    does(version, 1, ActionKind.print, ActionMoment.exit, form="control_slip")
    dossier = received()
    clerk, address = login(Role.clerk), f"/ho-so/{dossier.id}"
    due = "//div[@class='papers-due']//form"
    form = Page(clerk.get(address)).find(due)
    assert clerk.post(form.get("action"), data=dict(form.form_values())).status_code == 303
    assert Page(clerk.get(address)).all(due) == []
    db.session.expire_all()
    assert actions.papers_due(dossier, made.now().date()) == []
