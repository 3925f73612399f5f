"""The designer of registers: made from nothing, shaped, put into use, closed."""

import datetime as dt
from typing import Any

import lxml.html
import pytest
import sqlalchemy as sa

from domain.calendar import TZ
from domain.roles import Role
from models.ids import uuid7
from models.register import Register, RegisterField, RegisterUse
from services.registers import entries
from services.registers.entries import Typed
from tests.factories import dossiers as made
from tests.factories.pages import Page
from tests.factories.registers import CODE, TYPED, street_register
from tests.house.test_catalogue import troubles

FORM = "//form[@data-part-form]"
NEW = "//form[@action='/thiet-ke-so/']"


@pytest.fixture
def admin(login: Any) -> Any:
    return login(Role.admin)


@pytest.fixture
def register(session: Any) -> Register:
    return street_register(RegisterUse.draft)


def address(register: Register, phan: str = "truong", **more: str) -> str:
    query = "&".join(f"{k}={v}" for k, v in {"phan": phan, **more}.items() if v)
    return f"/thiet-ke-so/{register.id}?{query}"


def send(admin: Any, url: str, form: str = FORM, **typed: Any) -> Any:
    """Open the form at this address, fill it in and send it; None leaves a value out."""
    page = Page(admin.get(url))
    values = {k: v for k, v in {**page.values(form), **typed}.items() if v is not None}
    return admin.post(page.find(form).get("action"), data=values)


def fresh(session: Any) -> Register:
    session.expire_all()
    found: Register = session.scalars(sa.select(Register)).one()
    return found


def a_permit() -> None:
    at = dt.datetime(2026, 5, 4, 9, 0, tzinfo=TZ)
    register = made.db.session.scalars(sa.select(Register)).one()
    entries.enter(register, Typed(TYPED), actor=made.actor("tiepnhan", at), at=at)


def test_a_register_is_made_shaped_and_put_into_use(admin: Any, session: Any) -> None:
    answer = send(admin, "/thiet-ke-so/", NEW, name="Sổ cấp phép đào đường", entry="Giấy phép")
    assert answer.status_code == 303
    register = fresh(session)
    assert (register.code, register.use) == ("so_cap_phep_dao_duong", RegisterUse.draft)
    assert register.pattern == "{so}/{nam}"
    refused = admin.post(f"/thiet-ke-so/{register.id}/su-dung/mo")
    assert refused.status_code == 422 and "chưa có ô nhập nào" in refused.text
    for label, kind in (("Tuyến đường", "text"), ("Đến ngày", "date")):
        answer = send(admin, address(register, them="1"), label=label, kind=kind)
        assert answer.status_code == 303
    answer = send(admin, address(register, "chung"), ends_key="den_ngay", pattern="{so:2}/{nam}/ĐĐ")
    assert answer.status_code == 303
    assert admin.post(f"/thiet-ke-so/{register.id}/su-dung/mo").status_code == 303
    register = fresh(session)
    assert [f.key for f in register.data_fields] == ["tuyen_duong", "den_ngay"]
    assert (register.use, register.ends_key) == (RegisterUse.open, "den_ngay")


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"pattern": "{nam}/GP"}, "pattern", "{so} đúng một lần"),
        ({"pattern": "{so}/{thang}"}, "pattern", "{so} đúng một lần"),
        ({"months": "12"}, "months", "không chọn cả hai"),
        ({"ends_key": "", "months": "0"}, "months", "từ 1 đến 1200"),
        ({"code": "Sổ 1"}, "code", "Dùng chữ thường không dấu"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field_and_stays_typed(
    admin: Any, register: Any, typed: dict[str, str], field: str, words: str
) -> None:
    answer = send(admin, address(register, "chung"), name="Tên mới", **typed)
    page = Page(answer)
    assert answer.status_code == 422
    assert words in page.find(f"//*[@id='{field}-error']").text_content()
    assert page.values(FORM)["name"] == "Tên mới" and page.values(FORM)[field] == typed[field]


def test_a_field_that_was_filled_in_keeps_its_kind_and_is_retired_not_deleted(
    admin: Any, session: Any
) -> None:
    register = street_register()
    a_permit()
    row = session.scalars(sa.select(RegisterField).where(RegisterField.key == "dien_tich")).one()
    answer = send(admin, address(register, sua=row.id), kind="text", least="")
    assert answer.status_code == 422 and "Sổ đã có mục" in answer.text
    answer = admin.post(f"/thiet-ke-so/{register.id}/truong/{row.id}/xoa")
    assert answer.status_code == 422 and "Không hỏi nữa" in answer.text
    assert send(admin, address(register, sua=row.id), retired="y").status_code == 303
    session.expire_all()
    assert session.get_one(RegisterField, row.id).retired
    assert send(admin, address(register, them="1"), label="Ghi chú").status_code == 303


def test_two_administrators_do_not_overwrite_each_other(admin: Any, register: Any) -> None:
    page = Page(admin.get(address(register, "chung")))
    values = page.values(FORM)
    assert send(admin, address(register, "chung"), name="Tên của người khác").status_code == 303
    answer = admin.post(page.find(FORM).get("action"), data={**values, "name": "Tên của tôi"})
    assert answer.status_code == 409
    assert "Tên của người khác" in answer.text and "Tên của tôi" in answer.text


def test_a_draft_is_thrown_away_and_a_closed_register_only_read(
    admin: Any, session: Any, register: Any
) -> None:
    assert admin.post(f"/thiet-ke-so/{register.id}/su-dung/mo").status_code == 303
    assert admin.post(f"/thiet-ke-so/{register.id}/bo").status_code == 422
    assert admin.post(f"/thiet-ke-so/{register.id}/su-dung/dong").status_code == 303
    page = Page(admin.get(address(register, "chung")))
    assert page.all(FORM) == []
    row = fresh(session).data_fields[0]
    assert admin.post(f"/thiet-ke-so/{register.id}/truong/{row.id}/len").status_code == 422


def test_rows_move_and_are_copied(admin: Any, session: Any, register: Any) -> None:
    ids = [f.id for f in fresh(session).data_fields if not f.group]
    base = f"/thiet-ke-so/{register.id}/truong"
    assert admin.post(f"{base}/{ids[1]}/len").status_code == 303
    assert [f.id for f in fresh(session).data_fields if not f.group][:2] == [ids[1], ids[0]]
    assert admin.post(f"{base}/{ids[0]}/sao-chep").status_code == 303
    keys = [f.key for f in fresh(session).data_fields]
    assert keys[:3] == ["tuyen_duong", "chu_giay_phep", "chu_giay_phep_2"]
    assert [admin.post(f"{base}/{x}").status_code for x in (f"{ids[0]}/bay", f"{uuid7()}/xoa")] == [
        404,
        404,
    ]


def test_the_form_is_tried_and_nothing_is_kept(admin: Any, register: Any) -> None:
    answer = admin.post(
        f"/thiet-ke-so/{register.id}/xem-thu", data={"d-dien_tich": "không phải số"}
    )
    assert answer.status_code == 200
    assert Page(answer).find("//*[@id='d-dien_tich-error']") is not None


@pytest.mark.parametrize("role", [Role.clerk, Role.leader, Role.auditor])
def test_nobody_else_designs(login: Any, register: Any, role: Role) -> None:
    client = login(role)
    answers = (
        client.get("/thiet-ke-so/"),
        client.get(address(register)),
        client.post(address(register, "chung"), data={}),
        client.post(f"/thiet-ke-so/{register.id}/su-dung/mo"),
    )
    assert [a.status_code for a in answers] == [403] * 4


def without_helps(answer: Any) -> str:
    """A page without the helps of its fields, which show how places of a number are written."""
    tree = lxml.html.fromstring(answer.text)
    for gone in tree.xpath("//*[contains(@class, 'form-text')]"):
        gone.drop_tree()
    return str(lxml.html.tostring(tree, encoding="unicode"))


@pytest.mark.parametrize("use", [*RegisterUse])
def test_every_page_speaks_vietnamese(admin: Any, session: Any, use: RegisterUse) -> None:
    register = street_register(use)
    assert register.code == CODE
    row = register.data_fields[0]
    pages = ["/thiet-ke-so/", address(register), address(register, "chung")]
    pages += [address(register, them="1"), address(register, sua=row.id)]
    found = {t for url in pages for t in troubles(without_helps(admin.get(url)))}
    assert sorted(found) == []
