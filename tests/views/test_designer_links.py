"""The head of the designer leads to what belongs to a version; its history; fees in their order."""

from typing import Any

import sqlalchemy as sa

from services import designing, procedure
from tests.factories.dossiers import now
from tests.factories.pages import Page
from tests.views.test_designer import act, address, admin, draft, field, who

__all__ = ["admin", "draft"]


def test_head_leads_to_comparison_package_papers_and_history(admin: Any, draft: Any) -> None:
    page = Page(admin.get(address(draft, "chung")))
    links = page.all("//nav[contains(@class, 'designer-links')]//a/@href")
    current = procedure.in_force(draft, now().date())
    wanted = [
        f"/thiet-ke/{draft.id}/so-sanh?voi={current.id}",
        f"/thu-tuc/xuat/{draft.id}",
        f"/mau-in?thu_tuc={draft.procedure_id}",
        f"/thiet-ke/{draft.id}/lich-su",
    ]
    assert [url for url in links if url in wanted] == wanted
    assert [admin.get(url).status_code for url in wanted] == [200] * 4


def test_history_tells_of_parts_that_are_there_and_that_are_gone(admin: Any, draft: Any) -> None:
    kept = field(draft, "Diện tích")
    designing.change(kept, {"label": "Diện tích đất"}, **who())
    gone = field(draft, "Ghi chú thừa")
    designing.remove(gone, **who())
    text = Page(admin.get(f"/thiet-ke/{draft.id}/lich-su")).text
    assert "Ô nhập dữ liệu: Diện tích đất" in text
    assert "Diện tích → Diện tích đất" in text
    assert text.count("Ghi chú thừa") == 2  # added, deleted


def test_history_goes_on_page_by_page(admin: Any, draft: Any) -> None:
    for n in range(53):
        field(draft, f"Trường {n}")
    page = Page(admin.get(f"/thiet-ke/{draft.id}/lich-su"))
    assert len(page.all("//ol[@class='timeline']/li")) == 50
    (older,) = page.all("//a[contains(@href, 'sau=')]/@href")
    assert "Trường 0" in Page(admin.get(older)).text


def test_fees_are_moved_in_the_designer(admin: Any, draft: Any) -> None:
    first, second = draft.fees[:2]
    assert act(admin, draft, "phi", second.id, "len").status_code == 303
    sa.inspect(draft).session.expire_all()
    assert draft.fees[:2] == [second, first]
