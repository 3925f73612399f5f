"""A whole procedure by the keyboard alone: fields, papers, steps, a fee, a mistake found and put right."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factories.dossiers import BUSINESS
from tests.tools.engines import sqlite_only
from tests.views.test_counter_keyboard import sign_in

#: So many presses of Tab reach everything on a page.
MOST = 140
ROWS = ".part-name"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; fails when it cannot be reached."""
    expect(target).to_be_attached()
    for _ in range(MOST):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def write(page: Page, field: str, text: str) -> None:
    tab_to(page, page.locator(f"#{field}"))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def pick(page: Page, field: str, value: str) -> None:
    """Type the words of a choice into a list that can be searched, and take it."""
    expect(page.locator(f"#{field}-ts-control")).to_be_attached()
    words = page.evaluate(
        "([id, value]) => document.getElementById(id).tomselect.options[value].text", [field, value]
    )
    tab_to(page, page.locator(f"#{field}-ts-control"))
    page.keyboard.type(words)
    expect(page.locator(".ts-dropdown .option.active:visible")).to_have_text(words)
    page.keyboard.press("Enter")
    expect(page.locator(f"#{field}")).to_have_value(value)


def unfold(page: Page, field: str) -> None:
    """Open the group in which a field stands."""
    fold = page.locator(f"details.part-group:has(#{field})")
    if fold.get_attribute("open") is None:
        tab_to(page, fold.locator("> summary"))
        page.keyboard.press("Enter")
        expect(page.locator(f"#{field}")).to_be_visible()


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part-form]")).to_have_count(0)
    expect(page.locator("[data-designer][data-ready]")).to_be_attached()


def section(page: Page, slug: str) -> None:
    tab_to(page, page.locator(f".designer-tabs a[href*='phan={slug}']"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"phan={slug}"))


def new(page: Page, first: str) -> None:
    """N, from the row or the button that has the focus; the first field is written into at once."""
    expect(page.locator(f"{ROWS}:focus, [data-add]:focus")).to_have_count(1)
    page.keyboard.press("n")
    page.wait_for_url(re.compile("them=1"))
    expect(page.locator("[data-part-form] [data-focus]")).to_be_focused()
    page.keyboard.type(first)


def names(page: Page) -> list[str]:
    texts = page.locator(ROWS).all_inner_texts()
    return [re.sub(r"^\d+\s*|\s*\*.*$", "", " ".join(text.split())) for text in texts]


@sqlite_only
@pytest.mark.timeout(240)
def test_a_procedure_is_shaped_by_the_keyboard_alone(page: Page) -> None:
    sign_in(page, "quantri")
    page.goto(f"/danh-muc/procedure/list/?q={BUSINESS}")
    link = page.locator("a[href*='/procedure/show/']").first.get_attribute("href") or ""
    procedure = link.partition("?")[0].rpartition("/")[2]
    page.goto(f"/danh-muc/procedure_version/add?_flt_0_procedure={procedure}")
    for field, text in (("key", "thu"), ("valid_from", "01/02/2030"), ("legal_term", "5wd")):
        write(page, field, text)
    page.keyboard.press("Control+s")
    tab_to(page, page.locator("a.btn-primary[href^='/thiet-ke/']"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/thiet-ke/"))

    # Three fields, the last of which is shown by a condition put together from the help.
    section(page, "du-lieu")
    new(page, "Mục đích")
    expect(page.locator("#choices")).to_be_hidden()
    pick(page, "kind", "choice")
    write(page, "choices", "xe = Trông giữ xe")
    page.keyboard.press("Enter")
    page.keyboard.type("khac = Mục đích khác")
    tab_to(page, page.locator("#required"))
    page.keyboard.press("Space")
    save(page)
    new(page, "Diện tích")
    pick(page, "kind", "number")
    save(page)
    new(page, "Nói rõ mục đích")
    unfold(page, "show_if")
    help_ = page.locator("[data-into=show_if]")
    tab_to(page, help_.locator("> summary"))
    page.keyboard.press("Enter")
    tab_to(page, help_.locator("[data-insert='muc_dich = \"khac\"']"))
    page.keyboard.press("Enter")
    expect(page.locator("#show_if")).to_be_focused()
    expect(page.locator("#show_if")).to_have_value('muc_dich = "khac"')
    save(page)
    assert names(page) == ["Mục đích", "Diện tích", "Nói rõ mục đích"]

    # The row keeps the focus when it moves; the form on trial follows what is answered.
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(ROWS).nth(1)).to_be_focused()
    assert names(page) == ["Mục đích", "Nói rõ mục đích", "Diện tích"]
    page.keyboard.press("ArrowDown")
    expect(page.locator(ROWS).nth(2)).to_be_focused()
    expect(page.locator("#d-noi_ro_muc_dich")).to_have_count(0)
    tab_to(page, page.locator("#d-muc_dich"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#d-noi_ro_muc_dich")).to_be_visible()

    # Two papers, the second with a name that is written wrongly.
    section(page, "giay-to")
    new(page, "Đơn đề nghị")
    save(page)
    new(page, "Bản vẽ vị trí")
    unfold(page, "only_if")
    write(page, "only_if", "dien_tic > 50")
    save(page)
    page.keyboard.press("Delete")
    expect(page.locator("#confirm-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(ROWS)).to_have_count(2)

    # Two steps and a fee.
    section(page, "buoc")
    new(page, "Tiếp nhận hồ sơ")
    pick(page, "kind", "receive")
    pick(page, "role", "clerk")
    write(page, "term", "4wh")
    save(page)
    new(page, "Thẩm định")
    write(page, "term", "2wd")
    save(page)
    section(page, "phi")
    new(page, "Phí sử dụng")
    write(page, "amount", "20000")
    save(page)
    expect(page.locator(".part-facts")).to_contain_text("20.000")

    # The mistake is found, leads to its field, and is gone when it is put right.
    expect(page.locator("form[action*='/publish/']")).to_have_count(0)
    section(page, "kiem-tra")
    tab_to(page, page.locator(".finding-error a").first)
    page.keyboard.press("Enter")
    expect(page.locator("#only_if")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("dien_tich > 50")
    save(page)
    section(page, "kiem-tra")
    expect(page.locator(".finding-error")).to_have_count(0)

    publish = page.locator("form[action*='/publish/'] button")
    tab_to(page, publish)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#confirm-dialog [value=yes]"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/procedure_version/show/"))
    expect(page.locator("form[action*='/retire/']")).to_have_count(1)


@sqlite_only
def test_leaving_the_form_by_escape_and_a_refusal_opens_its_group(page: Page) -> None:
    sign_in(page, "quantri")
    page.goto("/danh-muc/procedure_version/list/")
    page.goto(page.locator("a[href*='/procedure_version/show/']").first.get_attribute("href") or "")
    page.locator("form[action*='/draft/'] button").click()
    page.locator("a.btn-primary[href^='/thiet-ke/']").click()
    section(page, "du-lieu")
    new(page, "Ghi chú")
    unfold(page, "check")
    write(page, "check", "(")
    page.keyboard.press("Control+s")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#check")).to_be_visible()
    expect(page.locator("#label")).to_have_value("Ghi chú")
    write(page, "check", "1 < 2")
    save(page)
    page.keyboard.press("Enter")
    expect(page.locator("#label")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"{ROWS}")).to_be_focused()
