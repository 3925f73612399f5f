"""A file goes into a catalogue at the screen: columns corrected beside the rows, tried, stored to the end."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import sign_in, vi

LINES = 1500


@pytest.fixture
def file(tmp_path):
    """Land types under other headings; one line has no name."""
    path = tmp_path / "loai-dat.csv"
    rows = [f"T{n};{'' if n == 7 else f'Đất số {n}'};Nhóm {n % 5}" for n in range(LINES)]
    path.write_text("\r\n".join(["Ký hiệu;Tên loại đất;Nhom", *rows]), encoding="utf-8")
    return path


def test_columns_are_corrected_beside_the_rows_and_the_file_is_stored(page: Page, file):
    sign_in(page, "quantri")
    page.goto("/danh-muc/land_type/import")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name=vi("Next: choose the columns")).click()
    preview = page.locator("#preview")
    expect(preview.locator(".alert-warning")).to_contain_text("Mã")
    page.select_option("#col-code", label="1. Ký hiệu")  # the rows follow without a button
    expect(preview.locator("tbody")).to_contain_text("T0")
    expect(preview.locator(".alert-warning")).to_have_count(0)
    page.get_by_role("button", name=vi("Try the whole file")).click()
    expect(page.get_by_role("progressbar").or_(page.locator("button[value=store]"))).to_be_visible()
    expect(page.locator("button[value=store]")).to_contain_text("1.499", timeout=40_000)
    expect(page.locator("#import")).to_contain_text(vi("All wrong lines as a file"))
    page.locator("button[value=store]").click()
    expect(page.locator("#import")).to_contain_text(
        vi("The whole file is through."), timeout=40_000
    )
    page.get_by_role("link", name=vi("To the list")).click()
    page.fill("#q-LandTypeView", "Đất số 1499")
    expect(page.locator("#rows-LandTypeView")).to_contain_text("T1499")
