"""What the slip's QR code leads to, and first pages of those who look, not work."""

from typing import Any

import pytest

from domain.codes import StepKind
from domain.roles import Role
from printing.papers import Lookup
from services import dossier as verbs
from services.dossier.forms import Lack
from tests.factories.dossiers import actor, at_step, now, processed, received


def address(app: Any, dossier: Any) -> str:
    lookup = Lookup("", app.config["SECRET_KEY"])
    return lookup.address(dossier)


def test_the_slips_code_shows_dates_and_what_is_missing(
    app: Any, session: Any, client: Any
) -> None:
    dossier = at_step(StepKind.work)
    verbs.request_supplement(
        dossier,
        items=(Lack("Giấy đề nghị", "thiếu chữ ký", "ký và nộp lại"),),
        reason="Thiếu chữ ký",
        actor=actor("chuyenvien"),
        at=now(),
    )
    page = client.get(address(app, dossier))
    assert page.status_code == 200
    for words in (dossier.code, "Chờ bổ sung", dossier.procedure.name, "thiếu chữ ký"):
        assert words in page.text
    for private in (dossier.owner_name, dossier.owner_id_number, dossier.owner_phone):
        assert private not in page.text


def test_the_address_printed_in_words_asks_for_the_code_without_signing_in(
    app: Any, session: Any, client: Any
) -> None:
    page = client.get(Lookup("", app.config["SECRET_KEY"]).page)
    assert page.status_code == 200 and 'name="ma"' in page.text
    dossier = received()
    found = client.get(Lookup("", "").page, query_string={"ma": f" {dossier.code.lower()} "})
    assert found.headers["Location"] == f"/tra-cuu/{dossier.code}"
    unknown = client.get(Lookup("", "").page, query_string={"ma": "<b>abc"})
    assert unknown.status_code == 404 and "&lt;b&gt;abc" in unknown.text


def test_the_code_alone_shows_the_degree_of_completion_only(session: Any, client: Any) -> None:
    dossier = received()
    page = client.get(f"/tra-cuu/{dossier.code}")
    assert page.status_code == 200
    assert "0/6" in page.text
    assert dossier.procedure.name not in page.text
    for wrong in ("wrong", "%C3%A9", "%00"):
        answer = client.get(f"/tra-cuu/{dossier.code}?k={wrong}")
        assert (answer.status_code, answer.text) == (200, page.text)


@pytest.mark.parametrize("code", ["H15.36.00-260101-9999", "abc", "%27--"])
def test_an_unknown_code_says_so(session: Any, client: Any, code: str) -> None:
    page = client.get(f"/tra-cuu/{code}")
    assert page.status_code == 404
    assert "Không có hồ sơ nào có mã này" in page.text


def test_an_officer_is_led_to_the_dossier(session: Any, login: Any) -> None:
    dossier = received()
    answer = login(Role.clerk).get(f"/tra-cuu/{dossier.code}", follow_redirects=True)
    assert answer.request.path == f"/ho-so/{dossier.id}"


def test_leaders_of_the_province_and_auditors_see_figures_at_home(session: Any, login: Any) -> None:
    received()
    processed()
    for role in (Role.province_leader, Role.auditor):
        page = login(role).get("/").text
        assert "Đang xử lý" in page
        assert "Kết quả chờ trả" in page


def test_the_cashier_finds_what_waits_for_money(session: Any, login: Any) -> None:
    dossier = at_step(StepKind.work)
    verbs.request_payment(
        dossier, name="Lệ phí trước bạ", amount=1_500_000, actor=actor("chuyenvien"), at=now()
    )
    page = login(Role.cashier).get("/").text
    assert dossier.code in page
    assert "1.500.000" in page


def test_a_department_that_was_only_consulted_cannot_stop_the_dossier(session: Any) -> None:
    dossier = at_step(StepKind.work)
    verbs.consult(
        dossier,
        unit_ids=(actor("tp.laodong").home.unit_id,),
        question="Ý kiến?",
        term="2wd",
        actor=actor("chuyenvien"),
        at=now(),
    )
    from domain.errors import DomainError

    for verb in (verbs.stop, verbs.suspend):
        more = {"kind": "outage"} if verb is verbs.suspend else {}
        with pytest.raises(DomainError) as refused:
            verb(dossier, reason="Thử", actor=actor("tp.laodong"), at=now(), **more)
        assert refused.value.code == "dossier.role_not_allowed"


def test_the_administrator_has_no_search_box(login: Any) -> None:
    assert "top-search" not in login(Role.admin).get("/").text
    assert "top-search" in login(Role.clerk).get("/").text
