"""The counter with a procedure that asks for data of its own."""

import time
from typing import Any

import pytest
import sqlalchemy as sa

from domain.field_kinds import FieldKind
from domain.roles import Role
from models.base import db
from models.fee import DossierFee
from models.procedure import DataField
from tests.factories.counter import chosen, only, papers, send, typed
from tests.factories.pages import Page
from tests.factories.procedures import STREET, street_permit

DATA = {
    "d-tuyen_duong": "Đường Hùng Vương",
    "d-muc_dich": "xe",
    "d-dien_tich": "40",
    "d-tu_ngay": "1/5/26",
    "d-den_ngay": "10/5/26",
    "d-phuong_tien-0-loai_xe": "Xe máy",
    "d-phuong_tien-0-so_luong": "30",
    "d-cam_ket": "1",
}


@pytest.fixture
def clerk(session, login):
    street_permit()
    return login(Role.clerk)


def filled(clerk: Any, **more: str) -> dict[str, Any]:
    """The page with everything typed."""
    return {**chosen(clerk, STREET), **DATA, **{f"d-{k}": v for k, v in more.items()}}


def shown(answer: Any) -> set[str]:
    """The fields of the procedure that stand on the page to be filled in."""
    inputs = Page(answer).all(
        "//*[@id='part-data']//*[self::input or self::select or self::textarea]"
    )
    names = {one.get("name") for one in inputs if one.get("type") != "hidden"}
    return {name.removeprefix("d-") for name in names}


def test_receive_with_data_keeps_it_and_charges_by_it(clerk):
    answer = send(clerk, filled(clerk), "receive")
    assert answer.status_code == 303, Page(answer).text
    kept = only().details["data"]
    assert (kept["dien_tich"], kept["so_ngay"], kept["tong_xe"]) == (40, 10, 30)
    assert db.session.scalar(sa.select(DossierFee.amount)) == 400_000


def test_fields_appear_as_what_they_depend_on_is_chosen(clerk):
    first = send(clerk, chosen(clerk, STREET), "refresh")
    assert {"tuyen_duong", "muc_dich", "dien_tich", "cam_ket"} <= shown(first)
    assert not {"muc_dich_khac", "phuong_tien-0-loai_xe", "ket_qua_kiem_tra"} & shown(first)
    parking = send(clerk, {**typed(first), "d-muc_dich": "xe"}, "refresh")
    assert "phuong_tien-0-loai_xe" in shown(parking)
    other = send(clerk, {**typed(first), "d-muc_dich": "khac"}, "refresh")
    assert "muc_dich_khac" in shown(other) and "phuong_tien-0-loai_xe" not in shown(other)


def test_what_was_typed_into_a_field_that_went_away_comes_back_with_it(clerk):
    away = send(clerk, filled(clerk, muc_dich="dam_cuoi"), "refresh")
    assert "phuong_tien-0-loai_xe" not in shown(away)
    back = send(clerk, {**typed(away), "d-muc_dich": "xe"}, "refresh")
    assert typed(back)["d-phuong_tien-0-loai_xe"] == "Xe máy"


def test_table_offers_one_line_more_than_is_written(clerk):
    answer = send(clerk, filled(clerk), "refresh")
    rows = {name.split("-")[1] for name in shown(answer) if name.startswith("phuong_tien-")}
    assert rows == {"0", "1"}


def test_papers_and_fees_follow_the_data(clerk):
    small = send(clerk, filled(clerk), "refresh")
    large = send(clerk, filled(clerk, dien_tich="60"), "refresh")
    assert "Phương án bảo đảm giao thông" not in papers(small)
    assert "Phương án bảo đảm giao thông" in papers(large)
    assert clerk.post("/tiep-nhan/hen-tra", data=filled(clerk)).json["total"] == "400.000"
    free = send(clerk, filled(clerk, muc_dich="dam_cuoi"), "refresh")
    assert "Phí sử dụng tạm thời" not in Page(free).text


@pytest.mark.parametrize(
    ("typed_in", "field"),
    [
        ({"tuyen_duong": ""}, "tuyen_duong"),
        ({"dien_tich": "9x"}, "dien_tich"),
        ({"den_ngay": "1/4/26"}, "den_ngay"),
        ({"tu_ngay": "32/1/26"}, "tu_ngay"),
        ({"phuong_tien-0-loai_xe": ""}, "phuong_tien-0-loai_xe"),
        ({"muc_dich": "vat_lieu", "dien_tich": "60"}, "don_vi_thi_cong-name"),
    ],
)
def test_receive_says_at_the_field_what_is_wrong_and_keeps_all(clerk, typed_in, field):
    values = filled(clerk, **typed_in)
    values |= {k: "y" for k in typed(send(clerk, values, "refresh")) if k.endswith("handed_in")}
    answer = send(clerk, values, "receive")
    assert answer.status_code == 422
    page = Page(answer)
    assert page.all(f"//*[@id='d-{field}-error']"), page.text
    assert page.all(f"//*[contains(@class, 'error-summary')]//a[@href='#d-{field}']")
    back = typed(answer)
    for name in DATA:
        assert back.get(name, "") == values[name], name


def test_same_as_before_brings_the_data_too(clerk):
    send(clerk, filled(clerk), "receive")
    again = send(clerk, typed(clerk.get("/tiep-nhan")), "same")
    back = typed(again)
    assert (back["d-tuyen_duong"], back["d-dien_tich"]) == ("Đường Hùng Vương", "40")
    assert back["d-tu_ngay"] == "01/05/2026" and back["d-phuong_tien-0-so_luong"] == "30"


def test_another_procedure_takes_nothing_of_it(clerk):
    values = filled(clerk)
    answer = send(clerk, {**values, "procedure": "1.001612"}, "choose")
    assert not Page(answer).all("//*[@id='part-data']//input")


def test_guided_visit_keeps_what_could_be_read(clerk):
    values = filled(clerk, dien_tich="9x")
    lines = {"l-0-seen": "1", "l-0-paper": "Đơn", "l-0-wrong": "thiếu chữ ký", "l-0-needed": "ký"}
    answer = send(clerk, {**values, **lines, "guide_reason": "Thiếu"}, "guide")
    assert answer.status_code == 303, Page(answer).text
    assert only().details["data"]["tuyen_duong"] == "Đường Hùng Vương"


def test_form_of_two_hundred_fields_opens_fast(session, login):
    """Issue: under 150 ms on the server; a quarter of the fields depend on others."""
    version = street_permit()
    for n in range(190):
        more = {"show_if": f"f{n - 1} > 1"} if n % 4 == 3 else {}
        session.add(
            DataField(
                agency_id=version.agency_id,
                version=version,
                position=20 + n,
                key=f"f{n}",
                label=f"Trường {n}",
                kind=FieldKind.number,
                **more,
            )
        )
    session.commit()
    client = login(Role.clerk)
    values = chosen(client, STREET)
    assert len(shown(send(client, values, "refresh"))) > 140
    times = []
    for _ in range(7):
        start = time.process_time()  # the machine may be busy with something else
        send(client, values, "refresh")
        times.append(time.process_time() - start)
    print(f"form of 200 fields: {min(times) * 1000:.0f} ms")  # noqa: T201
    assert min(times) < 0.15, times


def test_address_proposes_the_communes_of_the_day(session, login):
    version = street_permit()
    more = {"key": "noi_o", "label": "Nơi ở", "kind": FieldKind.address, "position": 30}
    session.add(DataField(agency_id=version.agency_id, version=version, **more))
    session.commit()
    page = Page(send(login(Role.clerk), chosen(login(Role.clerk), STREET), "refresh"))
    assert page.find("//input[@id='d-noi_o-commune']").get("list") == "communes"
    offered = [one.get("value") for one in page.all("//datalist[@id='communes']/option")]
    assert "Xã Quảng Tiến" in offered and len(offered) == len(set(offered)) > 100
