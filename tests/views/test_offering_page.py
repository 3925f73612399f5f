"""The page on which is chosen where a procedure is offered: found, ticked, looked at, done, taken back."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.event import Event
from models.organisation import Unit
from models.procedure import ProcedureVersion
from services import offering
from tests.factories import dossiers as make
from tests.factories.pages import Page
from tests.factories.procedures import street_permit
from tests.house.test_catalogue import troubles

FORM = "//div[contains(@class, 'offering')]//form[.//input[@name='q']]"


@pytest.fixture
def admin(session: Any, login: Any) -> Any:
    return login(Role.admin)


@pytest.fixture
def version(session: Any) -> ProcedureVersion:
    return street_permit()


def unit(code: str) -> Unit:
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def address(version: ProcedureVersion) -> str:
    return f"/thiet-ke/{version.id}/don-vi"


def send(admin: Any, version: ProcedureVersion, page: Page, viec: str, **typed: Any) -> Any:
    values = dict(page.find(FORM).form_values())
    ticked = typed.pop("ticked", page_ticked(page))
    return admin.post(address(version), data={**values, "don-vi": ticked, **typed, "viec": viec})


def page_ticked(page: Page) -> list[str]:
    shown = page.all(f"{FORM}//input[@name='don-vi'][@checked or @type='hidden']")
    return [one.get("value") for one in shown]


def test_everywhere_is_what_stands_first(admin: Any, version: ProcedureVersion) -> None:
    answer = admin.get(address(version))
    page = Page(answer)
    assert page.find("//input[@name='pham-vi'][@checked]").get("value") == "tat-ca"
    assert page_ticked(page) == [] and troubles(answer.text) == []
    assert len(page.all("//input[@name='don-vi']")) == 15  # the districts, whose level it is


def test_search_keeps_what_is_ticked_elsewhere(admin: Any, version: ProcedureVersion) -> None:
    first, other = unit("DL-648"), unit("DL-655")
    page = Page(admin.get(address(version)))
    page = Page(send(admin, version, page, "tim", ticked=[first.id], q="krong ana"))
    boxes = page.all("//input[@name='don-vi'][@type='checkbox']")
    assert [one.get("value") for one in boxes] == [other.id]
    assert page_ticked(page) == [first.id]
    page = Page(send(admin, version, page, "them", q="krong ana"))
    assert sorted(page_ticked(page)) == sorted([first.id, other.id])
    page = Page(send(admin, version, page, "bo", q="krong ana"))
    assert page_ticked(page) == [first.id]
    assert offering.offered(version.procedure_id) is None


def test_preview_says_what_each_agency_lacks_and_keeps_nothing(
    admin: Any, version: ProcedureVersion
) -> None:
    version.steps[2].function = "KHONGCO"
    db.session.commit()
    page = Page(admin.get(address(version)))
    ids = [unit("DL-648").id, unit("DL-646").id]
    answer = send(admin, version, page, "xem", ticked=ids, **{"pham-vi": "chon"})
    shown = Page(answer)
    rows = [one.text_content() for one in shown.all("//tbody/tr")]
    assert len(rows) == 2 and all("KHONGCO" in row for row in rows)
    assert troubles(answer.text) == []
    assert sorted(page_ticked(shown)) == sorted(ids)
    assert offering.offered(version.procedure_id) is None


def test_choice_is_done_told_and_taken_back(admin: Any, version: ProcedureVersion) -> None:
    here, procedure_id = unit("DL-648").id, version.procedure_id
    page = Page(admin.get(address(version)))
    answer = send(admin, version, page, "dung", ticked=[here], **{"pham-vi": "chon"})
    assert answer.status_code == 303 and offering.offered(procedure_id) == {here}
    again = send(admin, version, page, "dung", ticked=[here], **{"pham-vi": "chon"})
    assert again.status_code == 303
    page = Page(admin.get(address(version)))
    assert page_ticked(page) == [here]
    undo = page.find("//div[contains(@class, 'undo-bar')]//form")
    admin.post(address(version), data=dict(undo.form_values()))
    assert offering.offered(procedure_id) is None
    count = sa.select(sa.func.count(Event.id)).where(Event.tag == Tag.procedure_units)
    assert db.session.scalar(count) == 2


def test_nothing_ticked_is_said_and_the_form_is_kept(admin: Any, version: ProcedureVersion) -> None:
    page = Page(admin.get(address(version)))
    answer = send(admin, version, page, "dung", ticked=[], q="cu", **{"pham-vi": "chon"})
    assert answer.status_code == 422
    shown = Page(answer)
    assert shown.all("//*[contains(@class, 'error-summary')]")
    assert shown.find("//input[@name='q']").get("value") == "cu"
    assert shown.find("//input[@name='pham-vi'][@checked]").get("value") == "chon"


def test_stale_form_is_not_carried_out(admin: Any, version: ProcedureVersion) -> None:
    page = Page(admin.get(address(version)))
    who: dict[str, Any] = {"actor": make.actor("quantri"), "at": make.now()}
    offering.choose(version.procedure, {unit("DL-655").id}, **who)
    here = unit("DL-648").id
    answer = send(admin, version, page, "dung", ticked=[here], **{"pham-vi": "chon"})
    assert answer.status_code == 409
    assert offering.offered(version.procedure_id) == {unit("DL-655").id}


def test_counter_offers_what_its_agency_offers(
    session: Any, login: Any, version: ProcedureVersion
) -> None:
    clerk, words = login(Role.clerk), "/tiep-nhan/thu-tuc?q=long+duong+he+pho"
    code = version.procedure.code
    assert code in clerk.get(words).text
    who: dict[str, Any] = {"actor": make.actor("quantri"), "at": make.now()}
    offering.choose(version.procedure, {unit("DL-655").id}, **who)
    assert code not in clerk.get(words).text
    assert code in clerk.get(f"/tiep-nhan/thu-tuc?q={code}").text


def test_page_of_a_version_leads_there(admin: Any, login: Any, version: ProcedureVersion) -> None:
    shown = f"/danh-muc/procedure_version/show/{version.id}"
    assert address(version) in admin.get(shown).text
    assert address(version) not in login(Role.clerk).get(shown).text
    assert login(Role.clerk).get(address(version)).status_code == 403
