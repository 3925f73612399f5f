"""An afternoon of an administrator: a procedure that did not exist is built in the browser, tried and
published; a clerk receives the first dossier of it, and it goes to its end."""

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from seeds.demo import PASSWORD
from tests.factories.procedures import DOCUMENTS, FIELDS, STEPS, STREET
from tests.journeys import people as do
from tests.journeys.people import People, vi
from tests.tools.engines import sqlite_only

pytestmark = [sqlite_only, pytest.mark.timeout(600)]
NAME = "Cấp giấy phép sử dụng tạm thời một phần lòng đường, hè phố"
ADMIN, CLERK, OFFICER, HEAD, LEADER = "quantri", "tiepnhan", "chuyenvien", "truongphong", "lanhdao"
TICKS = {"required", "listed", "searched", "silence"}


#: Where the pictures of docs/huong-dan/quan-tri-thu-tuc.md go, when they are wanted.
PICTURES = os.environ.get("GUIDE", "")


def picture(page: Page, name: str) -> None:
    """A picture of the page as it stands, for the guide."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", animations="disabled")


def test_a_procedure_is_built_published_and_lived(people: People) -> None:
    admin = people.sign_in(ADMIN)
    shape = register_begun(admin)
    paper_made(admin)
    register = register_opened(admin, shape)
    design = begun(admin)
    later = {}
    for key, kind, label, more in FIELDS:
        values = {"key": key, "kind": kind.value, "label": label, **more}
        if "stages" in values:  # there is no step yet to name
            later[key] = {name: values.pop(name) for name in ("stages", "readers")}
        field_added(admin, design, values)
    for name, more in DOCUMENTS:
        added(admin, f"{design}?phan=giay-to&them=1", {"name": name, **more})
    for place, (kind, role, function, term, more) in enumerate(STEPS, 1):
        step = {"kind": kind.value, "role": role.value, "function": function, "term": term}
        added(admin, f"{design}?phan=buoc&them=1", {"name": f"Bước {place}", **step, **more})
    for key, values in later.items():
        changed(admin, f"{design}?phan=du-lieu", key, values)
    fee = {
        "name": "Phí sử dụng tạm thời lòng đường, hè phố",
        "amount": "1000",
        "quantity": "dien_tich * so_ngay",
        "free_if": 'muc_dich = "dam_cuoi"',
    }
    added(admin, f"{design}?phan=phi&them=1", fee)
    writes_into_it(admin, design)
    published(admin, design)

    clerk = people.sign_in(CLERK)
    dossier, code = received(clerk)
    forwarded(clerk, dossier)
    checked_on_the_spot(people.sign_in(OFFICER), dossier)
    decided(people, dossier)
    in_the_register(people, register, dossier)
    handed_over(clerk, code)


PERMIT = "Giấy phép sử dụng tạm thời lòng đường, hè phố"
BOOK = "Sổ cấp giấy phép sử dụng lòng đường, hè phố"
NUMBER = "001/{year}/GP-SDLĐ"
#: Fields of the register: key, kind, label, what differs. Those of the same name fill themselves.
ENTRY = (
    ("nguoi_duoc_cap", "text", "Người được cấp phép", {"required": True}),
    ("tuyen_duong", "text", "Tuyến đường", {"required": True, "listed": True, "searched": True}),
    ("dien_tich", "number", "Diện tích (m²)", {"listed": True}),
    ("tu_ngay", "date", "Từ ngày", {"required": True}),
    ("den_ngay", "date", "Đến ngày", {"required": True}),
)


def paper_made(admin: Page) -> None:
    """The permit as it is printed: begun from the form that comes with the product, and published."""
    admin.goto("/mau-in")
    admin.locator("form:has(.new-make) [name=name]").fill(PERMIT)
    admin.locator(".new-make").click()
    admin.wait_for_url(re.compile("/mau-in/[0-9a-f-]{36}"))
    body = admin.locator("#body")
    text = body.input_value().replace(
        "{# Điền", '<p class="prose">Tại: {{ data.tuyen_duong }}.</p>{# Điền'
    )
    expect(admin.locator("#preview img").first).to_be_visible()
    with admin.expect_response(re.compile("/thu$")):  # the paper follows what is typed
        body.fill(text)
    expect(admin.locator("#preview img").first).to_be_visible()
    picture(admin, "8-mau-in")
    admin.locator("button[value=publish]").click()
    admin.locator("#confirm-dialog [value=yes]").click()
    expect(admin.locator(".template-facts")).to_contain_text("Đang dùng")


def register_begun(admin: Page) -> str:
    """The register and what stands in it; where it is shaped."""
    admin.goto("/thiet-ke-so/")
    put(admin, {"name": BOOK, "entry": "Giấy phép"})
    admin.locator("form.model-form button[type=submit]").click()
    admin.wait_for_url(re.compile("/thiet-ke-so/[0-9a-f-]{36}"))
    shape = admin.url.partition("?")[0]
    for key, kind, label, more in ENTRY:
        values = {"kind": kind, "label": label, "key": key, **more}
        added(admin, f"{shape}?phan=truong&them=1", values)
    return shape


def register_opened(admin: Page, shape: str) -> str:
    """How it is numbered, what is printed of it, who may do what; then it is used, at this address."""
    admin.goto(f"{shape}?phan=chung")
    choose_first(admin, "form")
    rights = {"writers": "registrar", "revokers": "leader", "exporters": "leader"}
    keys = {"holder_key": "nguoi_duoc_cap", "starts_key": "tu_ngay", "ends_key": "den_ngay"}
    put(admin, {"pattern": "{so:3}/{nam}/GP-SDLĐ", "code": "gp_long_duong", **keys, **rights})
    picture(admin, "9-so-dang-ky")
    admin.keyboard.press("Control+s")
    do.told(admin, vi("Saved."))
    admin.locator("form[action$='/mo'] button").click()
    do.told(admin, vi("The register is in use; entries can be made."))
    return "/so/gp_long_duong"


def writes_into_it(admin: Page, design: str) -> None:
    """The procedure ends with an entry: the holder is the applicant, the rest fills itself."""
    admin.goto(f"{design}?phan=ket-qua&them=1")
    put(admin, {"name": PERMIT})
    choose_first(admin, "register")
    admin.keyboard.press("Control+s")
    expect(admin.locator("[name=fills-nguoi_duoc_cap]")).to_be_visible()
    admin.locator("[name=fills-nguoi_duoc_cap]").fill("chu_ho_so")
    picture(admin, "10-ket-qua-vao-so")
    admin.keyboard.press("Control+s")
    expect(admin.locator("[data-part-form]")).to_have_count(0)


def begun(admin: Page) -> str:
    """The procedure and its first version; where its draft is designed."""
    admin.goto("/danh-muc/procedure/add")
    put(admin, {"code": STREET, "name": NAME, "level": "district", "aliases": "gpld hè phố"})
    admin.evaluate("document.getElementById('procedure_field').tomselect.open()")
    choose_first(admin, "procedure_field")
    admin.keyboard.press("Control+s")
    admin.wait_for_url(re.compile("/procedure/show/"))
    procedure = admin.url.partition("?")[0].rpartition("/")[2]
    admin.goto(f"/danh-muc/procedure_version/add?_flt_0_procedure={procedure}")
    put(admin, {"key": "1", "valid_from": "01/01/2026", "legal_term": "5wd"})
    admin.keyboard.press("Control+s")
    admin.wait_for_url(re.compile("/procedure_version/show/"))
    picture(admin, "1-phien-ban")
    link = admin.locator("a[href^='/thiet-ke/']").first.get_attribute("href") or ""
    return link.partition("?")[0]


def choose_first(page: Page, field: str) -> None:
    """The first that a list offers."""
    page.evaluate(
        "id => { const select = document.getElementById(id), list = select.tomselect;"
        " const first = list ? Object.keys(list.options)[0]"
        " : [...select.options].find(option => option.value).value;"
        " list ? list.setValue(first) : (select.value = first);"
        " select.dispatchEvent(new Event('change', { bubbles: true })); }",
        field,
    )


def put(page: Page, values: dict[str, Any]) -> None:
    """Fill in fields by the names of their columns, opening the groups they stand in."""
    for name, value in values.items():
        field = page.locator(f"#{name}")
        expect(field).to_be_attached()
        page.evaluate(
            "id => document.getElementById(id).closest('details')?.setAttribute('open', '')", name
        )
        if field.evaluate("element => element.tagName") == "FIELDSET":
            for one in re.split(r"[\n, ]+", value):
                field.locator(f"input[value='{one}']").check()
        elif name in TICKS:
            field.set_checked(bool(value))
        elif field.evaluate("element => Boolean(element.tomselect)"):
            texts = value.split("\n") if field.evaluate("e => e.multiple") else [value]
            page.evaluate(
                "([id, value]) => document.getElementById(id).tomselect.setValue(value)",
                [name, texts if len(texts) > 1 else texts[0]],
            )
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(str(value))


#: Parts whose form is shown in the guide: what is typed as its name → the picture.
SHOWN = {
    "Mục đích sử dụng": "2-truong-du-lieu",
    "Phương án bảo đảm giao thông": "3-giay-to",
    "Bước 4": "4-buoc",
    "Phí sử dụng tạm thời lòng đường, hè phố": "5-phi",
}


def added(page: Page, address: str, values: dict[str, Any]) -> None:
    """A part of the draft: its form is opened, filled in and saved."""
    page.goto(address)
    put(page, values)
    if shown := SHOWN.get(values.get("label", values.get("name", ""))):
        picture(page, shown)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part-form]")).to_have_count(0)


def changed(page: Page, address: str, key: str, values: dict[str, Any]) -> None:
    """A row that stands in the list is opened and changed."""
    page.goto(address)
    page.locator(".part-line").filter(has_text=key).locator(".part-name").click()
    put(page, values)
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part-form]")).to_have_count(0)


def field_added(page: Page, design: str, values: dict[str, Any]) -> None:
    table = values.pop("group", "")
    kind = {"kind": values.pop("kind")}
    address = f"{design}?phan=du-lieu&them=1" + (f"&bang={table}" if table else "")
    added(page, address, {**kind, **values})


def published(admin: Page, design: str) -> None:
    """Nothing is wrong with the draft; it becomes the law of its period."""
    admin.goto(f"{design}?phan=kiem-tra")
    expect(admin.locator(".finding-error")).to_have_count(0)
    picture(admin, "6-kiem-tra")
    admin.goto(f"{design}?phan=du-lieu")
    expect(admin.locator(".part-name")).to_have_count(len(FIELDS))
    admin.locator("form[action*='/publish/'] button").click()
    admin.locator("#confirm-dialog [value=yes]").click()
    admin.wait_for_url(re.compile("/procedure_version/show/"))


def received(clerk: Page) -> tuple[str, str]:
    """By the short word; what is typed decides what else is asked, and what it costs."""
    do.choose(clerk, "gpld")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#d-tuyen_duong")).to_be_visible()
    for name, text in do.PERSON.items():
        clerk.locator(f"#{name}").fill(text)
    clerk.locator("#d-tuyen_duong").fill("Đường Hùng Vương")
    expect(clerk.locator("#d-phuong_tien")).to_have_count(0)
    clerk.locator("#d-muc_dich").select_option("xe")
    expect(clerk.locator("#d-phuong_tien")).to_be_visible()
    clerk.locator("[name=d-phuong_tien-0-loai_xe]").fill("Xe máy")
    clerk.locator("[name=d-phuong_tien-0-so_luong]").fill("30")
    clerk.locator("#d-dien_tich").fill("60")
    clerk.locator("#d-tu_ngay").fill("1/2/30")
    clerk.locator("#d-den_ngay").fill("10/2/30")
    clerk.locator("#d-cam_ket").select_option("1")
    expect(clerk.locator("#part-papers")).to_contain_text("Phương án bảo đảm giao thông")
    expect(clerk.locator("[data-show=total]")).to_have_text("600.000")
    expect(clerk.locator("#d-so_ngay")).to_have_text("10")
    clerk.locator("#d-tuyen_duong").scroll_into_view_if_needed()
    picture(clerk, "7-tiep-nhan")
    clerk.keyboard.press("F9")
    clerk.wait_for_url(do.DONE)
    return do.dossier_id(clerk), clerk.locator(".big-code").inner_text().strip()


def forwarded(clerk: Page, dossier: str) -> None:
    do.look(clerk, dossier)
    do.press(clerk, "Forward")
    do.told(clerk, vi("Forwarded."))


def checked_on_the_spot(officer: Page, dossier: str) -> None:
    """What must be filled in stands first; the proposal waits for it."""
    do.look(officer, dossier)
    do.press(officer, "Take over")
    do.told(officer, vi("The work is in your hand now."))
    expect(officer.locator("main")).to_contain_text("Đường Hùng Vương")
    assert do.offered(officer)[0] == vi("Fill in data")
    do.act(officer, "Propose").get_by_label(vi("Proposal")).fill("Đề nghị cấp giấy phép.")
    do.press(officer, "Propose")
    expect(officer.locator(".error-summary")).to_contain_text("Kết quả kiểm tra thực địa")
    do.look(officer, dossier)
    form = do.act(officer, "Fill in data")
    form.locator("#d-ket_qua_kiem_tra").fill("Đúng hiện trạng, không cản trở giao thông")
    do.press(officer, "Fill in data")
    do.told(officer, vi("The data is filled in."))
    expect(officer.locator(".data-written")).to_contain_text("Đúng hiện trạng")


def decided(people: People, dossier: str) -> None:
    """The opinion beside the work, the proposal, both signatures: sixty square metres need the head's."""
    asked = people.sign_in("cv.xaydung")
    do.look(asked, dossier)
    do.act(asked, "Give an opinion").get_by_label(vi("Opinion")).fill("Nhất trí.")
    do.press(asked, "Give an opinion")
    do.told(asked, vi("The opinion is given."))
    officer, head, leader = (people.sign_in(name) for name in (OFFICER, HEAD, LEADER))
    do.look(officer, dossier)
    do.act(officer, "Propose").get_by_label(vi("Proposal")).fill("Đề nghị cấp giấy phép.")
    do.press(officer, "Propose")
    do.told(officer, vi("Proposed for signature."))
    do.look(head, dossier)
    do.press(head, "Approve")
    do.told(head, vi("Approved."))
    do.look(leader, dossier)
    expect(do.act(leader, "Approve")).to_contain_text("Để trống thì lấy số từ sổ")
    do.press(leader, "Approve")
    do.told(leader, vi("Approved."))
    expect(do.fact(leader, "Status")).to_contain_text("Đã xử lý xong")


def in_the_register(people: People, register: str, dossier: str) -> None:
    """The permit stands in the register under the number of the result; it is printed, found, exported."""
    leader = people.sign_in(LEADER)
    leader.goto(register)
    row = leader.get_by_role("row").filter(has_text="Đường Hùng Vương")
    expect(row).to_contain_text(do.PERSON["owner_name"])
    number = re.search(r"\d{3}/\d{4}/GP-SDLĐ", row.inner_text())
    assert number, "the entry has the number that its register gives"
    picture(leader, "11-so-trong-su-dung")
    do.look(leader, dossier)
    expect(leader.get_by_role("main")).to_contain_text(number[0])
    leader.goto(register)
    row.get_by_role("link").first.click()
    expect(leader.get_by_role("heading", level=1)).to_contain_text(number[0])
    form = leader.locator("form[action*='/in-giay/']").first
    hidden = form.evaluate("form => Object.fromEntries(new FormData(form))")
    printing = form.get_attribute("action") or ""
    permit = text_of(leader.request.post(printing, form=hidden).body())
    assert number[0] in permit and "Đường Hùng Vương" in permit
    account = {"username": LEADER, "password": PASSWORD, "provider": "db"}
    signed = leader.request.post("/api/v1/security/login", data=account).json()
    headers = {"Authorization": f"Bearer {signed['access_token']}"}
    address = "/api/v1/register/gp_long_duong/entry"
    found = leader.request.get(address, headers=headers).json()
    assert [one["number"] for one in found["result"]] == [number[0]]
    assert number[0] in leader.request.get(f"{register}/xuat/csv").text()


def text_of(pdf: bytes) -> str:
    """What a paper says, its lines joined."""
    return " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages).split())


def handed_over(clerk: Page, code: str) -> None:
    clerk.goto("/tra-ket-qua")
    clerk.get_by_role("main").locator("input[name=q]").fill(code)
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("heading", name=code)).to_be_visible()
    clerk.get_by_label(vi("Receiver's ID number")).fill("066190001234")
    clerk.get_by_label(vi("The slip was collected")).check()
    expect(clerk.locator("[name=pay_0]")).to_have_value("600.000")
    clerk.keyboard.press("F9")
    do.told(clerk, vi("The result of %(code)s was handed over.", code=code))
