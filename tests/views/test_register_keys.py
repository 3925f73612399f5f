"""A register by the keyboard alone: an entry typed from the paper book, found, amended, its history read."""

import re
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from domain.field_kinds import FieldKind
from models.ids import uuid7
from models.organisation import Unit
from models.register import Register, RegisterField, RegisterUse
from tests.factories.registers import CODE, FIELDS
from tests.tools.engines import sqlite_only
from tests.tools.serving import LiveServer
from tests.views.test_counter_keyboard import sign_in
from tests.views.test_designer_keys import tab_to, write


def defined(url: str) -> None:
    """The register of street permits in the database of a running product."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        agency = connection.scalar(sa.select(Unit.id).where(Unit.code == "DL-648"))
        register: dict[str, Any] = {"id": uuid7(), "agency_id": agency, "code": CODE}
        register |= {"name": "Sổ cấp giấy phép", "entry": "Giấy phép", "use": RegisterUse.open}
        register |= {"pattern": "{so:3}/{nam}/GP", "yearly": True, "holder_key": "chu_giay_phep"}
        register |= {"starts_key": "tu_ngay", "ends_key": "den_ngay", "writers": "clerk"}
        connection.execute(sa.insert(Register.__table__).values(**register))
        for place, (key, kind, label, more) in enumerate(FIELDS, 1):
            given: dict[str, Any] = {"id": uuid7(), "agency_id": agency, "position": place}
            given |= {"register_id": register["id"], "key": key, "kind": kind, "label": label}
            given |= dict.fromkeys(("required", "listed", "searched", "retired"), False)
            if kind is FieldKind.number and key == "dien_tich":
                given["show_if"] = 'muc_dich = "xe"'
            given |= more
            connection.execute(sa.insert(RegisterField.__table__).values(**given))
    engine.dispose()


@sqlite_only
def test_entry_goes_from_the_paper_book_to_its_history_by_keys(
    page: Page, live_server: LiveServer
) -> None:
    defined(live_server.database_url)
    sign_in(page)
    page.goto("/so")
    tab_to(page, page.get_by_role("link", name="Sổ cấp giấy phép"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Vào sổ"))
    page.keyboard.press("Enter")
    write(page, "number", "17/2019/GP")
    write(page, "registered_on", "3/2/2019")
    write(page, "d-chu_giay_phep", "Nguyễn Thị Hoa")
    write(page, "d-tuyen_duong", "Đường Hùng Vương")
    expect(page.locator("#d-dien_tich")).to_have_count(0)
    tab_to(page, page.locator("#d-muc_dich"))
    page.keyboard.press("ArrowDown")
    write(page, "d-dien_tich", "40")
    write(page, "d-tu_ngay", "1/5/2019")
    write(page, "d-den_ngay", "1/4/2019")
    page.keyboard.press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#d-den_ngay")).to_be_focused()
    write(page, "d-den_ngay", "31/5/2019")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Giấy phép 17/2019/GP")
    expect(page.locator(".entry-state")).to_contain_text("Hết hiệu lực")

    page.goto(f"/so/{CODE}")
    tab_to(page, page.locator("#so-q"))
    page.keyboard.type("hoa hung vuong")
    expect(page).to_have_url(re.compile(r"[?&]q=hoa"))
    tab_to(page, page.locator("#so-rows tbody th a"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Sửa đổi"))
    page.keyboard.press("Enter")
    write(page, "d-dien_tich", "45")
    write(page, "reason", "Đo lại theo biên bản")
    tab_to(page, page.locator(".form-bar button[type=submit]").first)
    page.keyboard.press("Enter")
    history = page.locator("#lich-su")
    expect(history).to_contain_text("Diện tích (m²): 40 → 45")
    expect(history).to_contain_text("Đo lại theo biên bản")


@sqlite_only
def test_pages_fit_a_telephone(page: Page, live_server: LiveServer) -> None:
    defined(live_server.database_url)
    sign_in(page)
    page.set_viewport_size({"width": 360, "height": 740})
    for address in ("/so", f"/so/{CODE}", f"/so/{CODE}?d-dien_tich-tu=x", f"/so/{CODE}/them"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, address
