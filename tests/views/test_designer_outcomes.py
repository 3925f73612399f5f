"""The designer of a procedure: results that are registered, and what steps do by themselves."""

from typing import Any

import pytest

from domain.roles import Role
from models.outcome import ActionKind, ProcedureResult, StepAction
from models.procedure import ProcedureVersion, VersionState
from services import designing, draft_checks
from tests.factories.designs import address, send, who
from tests.factories.pages import Page
from tests.factories.procedures import street_permit
from tests.factories.registers import street_register


@pytest.fixture
def draft(session: Any) -> ProcedureVersion:
    street_register()
    return street_permit(VersionState.draft)


@pytest.fixture
def admin(login: Any) -> Any:
    return login(Role.admin)


def register_id(admin: Any, draft: ProcedureVersion) -> str:
    """The value of the only register that the form offers."""
    page = Page(admin.get(address(draft, "ket-qua", them="1")))
    found: list[str] = page.tree.xpath("//select[@name='register']/option[@value!='']/@value")
    (one,) = found
    return one


def result(admin: Any, session: Any, draft: ProcedureVersion, **more: Any) -> ProcedureResult:
    values = {"name": "Giấy phép", "act": "create", "register": register_id(admin, draft), **more}
    answer = send(admin, address(draft, "ket-qua", them="1"), **values)
    assert answer.status_code == 303
    session.expire_all()
    found: ProcedureResult = draft.results[-1]
    assert f"sua={found.id}" in answer.headers["Location"]
    return found


def codes(draft: ProcedureVersion) -> list[str]:
    return [f.code for f in draft_checks.written(draft) if f.section in ("results", "actions")]


def test_a_result_asks_for_what_fills_each_field_of_its_register(
    admin: Any, session: Any, draft: Any
) -> None:
    row = result(admin, session, draft)
    page = Page(admin.get(address(draft, "ket-qua", sua=row.id)))
    inputs = {i.get("name"): i for i in page.all("//input[@list='fill-names']")}
    assert {"fills-chu_giay_phep", "fills-tuyen_duong", "fills-phuong_tien"} <= inputs.keys()
    assert "Tuyến đường" in inputs["fills-tuyen_duong"].get("placeholder")
    assert inputs["fills-chu_giay_phep"].get("placeholder") is None
    assert codes(draft) == ["results.not_filled"]
    values = {"fills-chu_giay_phep": "chu_ho_so", "fills-dien_tich": "dien_tich * 2"}
    assert send(admin, address(draft, "ket-qua", sua=row.id), **values).status_code == 303
    session.expire_all()
    assert draft.results[0].fills == "chu_giay_phep = chu_ho_so\ndien_tich = dien_tich * 2"
    assert codes(draft) == []


def test_a_line_that_cannot_be_read_is_refused_where_it_stands(
    admin: Any, session: Any, draft: Any
) -> None:
    row = result(admin, session, draft)
    values = {"fills-chu_giay_phep": "chu ho so", "fills-ghi_chu": "noi_dung"}
    page = Page(answer := send(admin, address(draft, "ket-qua", sua=row.id), **values))
    assert answer.status_code == 422
    assert page.find("//*[@id='fills-chu_giay_phep-error']") is not None
    typed = page.find("//input[@name='fills-ghi_chu']").get("value")
    assert typed == "noi_dung"


def test_a_change_of_an_entry_names_the_field_with_its_number(
    admin: Any, session: Any, draft: Any
) -> None:
    values = {"name": "Gia hạn", "register": register_id(admin, draft), "act": "amend"}
    page = Page(answer := send(admin, address(draft, "ket-qua", them="1"), **values))
    assert answer.status_code == 422
    assert page.find("//*[@id='found_by-error']") is not None


@pytest.mark.parametrize(
    ("kind", "more", "missing"),
    [
        ("print", {"form": "control_slip"}, "form"),
        ("fee", {"fee": "PSDLD"}, "fee"),
        ("notify", {"notified": "leader", "text": "Có giấy phép chờ ký"}, "notified"),
        ("register", {"result": "giay_phep"}, "result"),
    ],
)
def test_an_act_of_a_step_is_added_and_cannot_lack_what_it_needs(
    admin: Any, session: Any, draft: Any, kind: str, more: dict[str, str], missing: str
) -> None:
    result(admin, session, draft)
    given = {"step": "5", "moment": "exit", "kind": kind}
    page = Page(answer := send(admin, address(draft, "viec-tu-dong", them="1"), **given))
    assert answer.status_code == 422
    assert page.find(f"//*[@id='{missing}-error']") is not None
    answer = send(admin, address(draft, "viec-tu-dong", them="1"), **given, **more)
    assert answer.status_code == 303
    session.expire_all()
    (row,) = draft.actions
    assert (row.step, row.kind) == (5, ActionKind(kind))
    assert "Bước 5" in admin.get(address(draft, "viec-tu-dong")).text


def test_acts_follow_the_number_of_their_step_and_the_code_of_their_fee(
    session: Any, draft: Any
) -> None:
    values = {"step": 5, "kind": ActionKind.fee, "fee": "PSDLD"}
    designing.add(draft, StepAction, values, **who())
    session.expire_all()
    designing.move(draft.steps[3], 1, **who())
    session.expire_all()
    assert draft.actions[0].step == 4
    fee = draft.fees[0]
    designing.change(fee, {"name": fee.name, "code": "PHI_MOI"}, **who())
    session.expire_all()
    assert draft.actions[0].fee == "PHI_MOI"
    assert codes(draft) == []


def test_checks_name_what_an_act_cannot_find(session: Any, draft: Any) -> None:
    for values in (
        {"step": 9, "kind": ActionKind.fee, "fee": "KHAC"},
        {"step": 2, "kind": ActionKind.register, "result": "khac"},
        {"step": 2, "kind": ActionKind.print, "form": "khac"},
    ):
        designing.add(draft, StepAction, values, **who())
    session.expire_all()
    wanted = {"actions.no_step", "actions.no_fee", "actions.no_result", "actions.no_paper"}
    assert set(codes(draft)) == wanted
