"""The dossier page with data of its procedure: who reads it, who fills it in, what the history says."""

from typing import Any

import pytest

from domain.roles import Role
from services import dossier as verbs
from services.dossier.forms import FeeLine, HandedIn
from services.dossier.steps import live
from tests.factories import dossiers as make, screens
from tests.factories.pages import Page
from tests.factories.procedures import STREET, TYPED, street_permit


@pytest.fixture
def dossier(session: Any) -> Any:
    """Received and forwarded; the work is in the hand of the officer."""
    version = street_permit()
    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    fees = (FeeLine(version.fees[0].id),)
    made = make.received(STREET, papers=papers, fees=fees, data=TYPED)
    at = make.now()
    verbs.forward(made, actor=make.actor("tiepnhan", at), at=at, step_id=live(made)[0].id)
    verbs.take_over(made, actor=make.actor("chuyenvien", at), at=at, step_id=live(made)[0].id)
    return made


def fill_in(client: Any, dossier: Any, **typed: str) -> Any:
    """Send the form of the act as it stands on the page."""
    page = Page(client.get(f"{screens.address(dossier)}?viec=dien-du-lieu"))
    form = page.values("//form[contains(@action, 'dien-du-lieu')]")
    return client.post(f"{screens.address(dossier)}/dien-du-lieu", data={**form, **typed})


def test_data_is_read_in_words(login: Any, dossier: Any) -> None:
    text = Page(login(Role.officer).get(screens.address(dossier))).text
    for words in ("Đường Hùng Vương", "Trông giữ xe", "01/05/2026", "Xe máy", "Tổng số xe"):
        assert words in text
    assert "Vị trí sử dụng" in text


def test_record_data_goes_through_the_page_and_into_the_history(login: Any, dossier: Any) -> None:
    officer = login(Role.officer)
    answer = fill_in(officer, dossier, **{"d-ket_qua_kiem_tra": "Đúng hiện trạng"})
    assert answer.status_code == 303, Page(answer).text
    text = Page(officer.get(screens.address(dossier))).text
    assert text.count("Đúng hiện trạng") == 2  # in the data and in the history
    assert "Điền dữ liệu" in text


def test_what_is_missing_is_said_at_its_field(login: Any, dossier: Any) -> None:
    answer = fill_in(login(Role.officer), dossier, **{"d-ket_qua_kiem_tra": " "})
    assert answer.status_code == 422
    assert Page(answer).all("//*[@id='d-ket_qua_kiem_tra-error']")


def test_proposal_is_refused_before_the_data_is_there(login: Any, dossier: Any) -> None:
    officer = login(Role.officer)
    page = officer.get(screens.address(dossier)).text
    assert screens.offered(page)[0] == "dien-du-lieu"
    values = screens.fields(
        officer.get(screens.act_of(dossier, "trinh")).text, f"{screens.address(dossier)}/trinh"
    )
    answer = officer.post(
        f"{screens.address(dossier)}/trinh", data={**values, "note": "Đề nghị ký"}
    )
    assert answer.status_code == 422
    assert "Kết quả kiểm tra thực địa" in Page(answer).text


def test_field_with_readers_is_kept_from_the_others(login: Any, dossier: Any) -> None:
    fill_in(login(Role.officer), dossier, **{"d-ket_qua_kiem_tra": "Bí mật nội bộ"})
    assert "Bí mật nội bộ" not in Page(login(Role.clerk).get(screens.address(dossier))).text


@pytest.mark.parametrize("role", [Role.clerk, Role.cashier, Role.auditor])
def test_act_is_not_offered_to_whoever_does_not_have_the_step(
    login: Any, dossier: Any, role: Role
) -> None:
    page = Page(login(role).get(screens.address(dossier)))
    assert not page.all("//a[contains(@href, 'dien-du-lieu')]")
