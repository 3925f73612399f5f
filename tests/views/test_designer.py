"""The procedure designer: every part is added, changed, moved, copied and deleted; nothing typed is lost."""

from typing import Any

import lxml.html
import pytest

from domain.field_kinds import FieldKind
from domain.roles import Role
from models.ids import uuid7
from models.procedure import ProcedureVersion
from services import procedure
from tests.factories.designs import FORM, address, field, send, who
from tests.factories.dossiers import version_of
from tests.factories.pages import Page
from tests.house.test_catalogue import troubles


@pytest.fixture
def draft(session: Any) -> ProcedureVersion:
    """A draft without data and cases, with the papers, steps and fees of a shipped procedure."""
    return procedure.draft_from(version_of(), **who())


@pytest.fixture
def admin(login: Any) -> Any:
    return login(Role.admin)


def names(page: Page) -> list[str]:
    """The rows of the list as they stand, columns behind their table."""
    return [
        " ".join(row.text_content().replace("*", " ").split("(")[0].split()[1:])
        for row in page.all("//a[contains(@class, 'part-name')]")
    ]


def act(admin: Any, version: ProcedureVersion, phan: str, row_id: str, viec: str) -> Any:
    return admin.post(f"/thiet-ke/{version.id}/{phan}/{row_id}/{viec}")


# ---- who and where -------------------------------------------------------------------------------
SECTIONS = (
    *("chung", "du-lieu", "giay-to", "buoc", "phi", "truong-hop", "ket-qua", "viec-tu-dong"),
    "kiem-tra",
)


@pytest.mark.parametrize("phan", SECTIONS)
def test_every_section_opens(admin: Any, draft: Any, phan: str) -> None:
    answer = admin.get(address(draft, phan))
    assert answer.status_code == 200
    page = Page(answer)
    assert page.find("//nav[contains(@class, 'designer-tabs')]//a[@aria-current]") is not None
    assert len(page.all("//nav[contains(@class, 'designer-tabs')]//li")) == len(SECTIONS)


def test_a_version_or_section_that_is_not_there_is_404(admin: Any, draft: Any) -> None:
    urls = (f"/thiet-ke/{uuid7()}", "/thiet-ke/abc", address(draft, "khac"))
    assert [admin.get(url).status_code for url in urls] == [404, 404, 404]
    row = field(draft, "Tên")
    acts = (("du-lieu", row.id, "bay"), ("khac", row.id, "xoa"), ("buoc", row.id, "xoa"))
    assert [act(admin, draft, *one).status_code for one in acts] == [404, 404, 404]


@pytest.mark.parametrize("role", [Role.clerk, Role.leader, Role.auditor])
def test_nobody_else_designs(login: Any, draft: Any, role: Role) -> None:
    client, row = login(role), draft.documents[0]
    answers = (
        client.get(address(draft)),
        client.post(address(draft, "chung"), data={}),
        act(client, draft, "giay-to", row.id, "xoa"),
        client.post(f"/thiet-ke/{draft.id}/xem-thu"),
    )
    assert [a.status_code for a in answers] == [403] * 4


def test_the_page_of_a_version_leads_here(admin: Any, draft: Any) -> None:
    page = Page(admin.get(f"/danh-muc/procedure_version/show/{draft.id}"))
    assert page.find(f"//a[@href='{address(draft)}']") is not None


def without_helps(answer: Any) -> str:
    """A page without the helps of its fields: they are those of the generated screens."""
    tree = lxml.html.fromstring(answer.text)
    for gone in tree.xpath("//*[contains(@class, 'form-text')]"):
        gone.drop_tree()
    return str(lxml.html.tostring(tree, encoding="unicode"))


@pytest.mark.parametrize("phan", SECTIONS)
def test_every_section_speaks_vietnamese(admin: Any, draft: Any, phan: str) -> None:
    field(draft, "Loại", kind=FieldKind.choice, choices="xe = Để xe", stages="intake, 2")
    field(draft, "Đoạn", kind=FieldKind.group, readers="officer", check="dem(doan) < 9")
    field(draft, "Dài", kind=FieldKind.number, group="doan", required=True)
    field(draft, "Ghi chú", show_if="rong > 5", required_if="authorised")
    rows = list(getattr(draft, ROWS.get(phan, "case_terms")))
    pages = [address(draft, phan), address(draft, phan, them="1")]
    pages += [address(draft, phan, sua=row.id) for row in rows]
    published = version_of()
    pages += [address(published, phan)]
    pages += [
        address(published, phan, sua=r.id) for r in getattr(published, ROWS.get(phan, "fees"))
    ]
    assert sorted({t for url in pages for t in troubles(without_helps(admin.get(url)))}) == []


# ---- adding and changing -------------------------------------------------------------------------
NEW: dict[str, dict[str, str]] = {
    "du-lieu": {"label": "Diện tích", "kind": "number", "required": "y", "least": "1"},
    "giay-to": {"name": "Đơn đề nghị", "originals": "1", "copies": "2", "only_if": "house"},
    "buoc": {"name": "Thẩm định", "kind": "work", "role": "officer", "term": "2wd"},
    "phi": {"name": "Phí thẩm định", "amount": "120.000", "moment": "on_receipt"},
    "truong-hop": {"name": "Nhà ở riêng lẻ", "term": "5wd"},
}
ROWS = {
    "du-lieu": "data_fields",
    "giay-to": "documents",
    "buoc": "steps",
    "phi": "fees",
    "ket-qua": "results",
    "viec-tu-dong": "actions",
}


def rows_of(session: Any, draft: Any, phan: str) -> list[Any]:
    session.expire_all()
    return list(getattr(draft, ROWS.get(phan, "case_terms")))


@pytest.mark.parametrize("phan", NEW)
def test_a_part_is_added_changed_copied_and_deleted(
    admin: Any, session: Any, draft: Any, phan: str
) -> None:
    before = len(rows_of(session, draft, phan))
    answer = send(admin, address(draft, phan, them="1"), **NEW[phan])
    assert answer.status_code == 303
    rows = rows_of(session, draft, phan)
    assert len(rows) == before + 1
    name = next(v for k, v in NEW[phan].items() if k in ("label", "name"))
    (row_id,) = [r.id for r in rows if name in str(r)]

    words = {"label" if phan == "du-lieu" else "name": f"{name} mới"}
    answer = send(admin, address(draft, phan, sua=row_id), **words)
    assert answer.status_code == 303
    assert f"{name} mới" in names(Page(admin.get(answer.headers["Location"])))

    answer = act(admin, draft, phan, row_id, "sao-chep")
    assert answer.status_code == 303
    assert len(rows_of(session, draft, phan)) == before + 2
    assert act(admin, draft, phan, row_id, "xoa").status_code == 303
    assert row_id not in {r.id for r in rows_of(session, draft, phan)}


@pytest.mark.parametrize("phan", ["du-lieu", "giay-to", "buoc", "truong-hop"])
def test_a_part_moves_up_and_down(admin: Any, session: Any, draft: Any, phan: str) -> None:
    for n in ("một", "hai"):
        given = {k: f"{v} {n}" if k in ("label", "name") else v for k, v in NEW[phan].items()}
        assert send(admin, address(draft, phan, them="1"), **given).status_code == 303
    ids = [r.id for r in rows_of(session, draft, phan)]
    answer = act(admin, draft, phan, ids[-1], "len")
    assert answer.status_code == 303
    assert [r.id for r in rows_of(session, draft, phan)] == [*ids[:-2], ids[-1], ids[-2]]
    page = Page(admin.get(answer.headers["Location"]))
    assert page.find(f"//a[@id='dong-{ids[-1]}']").get("data-focus") is not None
    act(admin, draft, phan, ids[-1], "xuong")
    assert [r.id for r in rows_of(session, draft, phan)] == ids


def test_the_name_of_a_field_is_made_from_its_label(admin: Any, session: Any, draft: Any) -> None:
    send(admin, address(draft, "du-lieu", them="1"), label="Tuyến đường, hè phố")
    (row,) = rows_of(session, draft, "du-lieu")
    assert row.key == "tuyen_duong_he_pho"


def test_columns_are_added_below_their_table(admin: Any, session: Any, draft: Any) -> None:
    field(draft, "Đoạn", kind=FieldKind.group)
    field(draft, "Ghi chú")
    page = Page(admin.get(address(draft, "du-lieu")))
    link = page.find("//div[@class='part-columns']//a").get("href")
    form = Page(admin.get(link))
    assert not form.all("//*[@name='show_if' or @name='stages']")
    assert send(admin, link, label="Chiều dài", kind="number").status_code == 303
    page = Page(admin.get(address(draft, "du-lieu")))
    assert names(page) == ["Đoạn", "Chiều dài", "Ghi chú"]
    assert len(page.all("//div[@class='part-columns']//li")) == 1
    table = rows_of(session, draft, "du-lieu")[0]
    act(admin, draft, "du-lieu", table.id, "xoa")
    assert [f.label for f in rows_of(session, draft, "du-lieu")] == ["Ghi chú"]


def test_what_does_not_fit_the_kind_is_not_kept(admin: Any, session: Any, draft: Any) -> None:
    url = address(draft, "du-lieu", them="1")
    send(admin, url, label="Phần", kind="heading", required="y", choices="a\nb", least="1")
    (row,) = rows_of(session, draft, "du-lieu")
    assert (row.required, row.choices, row.least) == (False, None, None)
    form = Page(admin.get(address(draft, "du-lieu", sua=row.id)))
    holder = form.find("//*[@data-property='choices']")
    assert set(holder.get("data-kinds").split()) == {"choice", "choices"}


def test_stages_and_readers_are_ticked(admin: Any, session: Any, draft: Any) -> None:
    url = address(draft, "du-lieu", them="1")
    send(admin, url, label="Ý kiến", stages=["intake", "3"], readers=["officer", "head"])
    (row,) = rows_of(session, draft, "du-lieu")
    assert (row.stages, row.readers) == ("intake, 3", "officer\nhead")
    page = Page(admin.get(address(draft, "du-lieu", sua=row.id)))
    assert page.values(FORM)["stages"] == ["intake", "3"]
    assert page.values(FORM)["readers"] == ["officer", "head"]


def test_one_after_the_other_without_leaving_the_form(admin: Any, draft: Any) -> None:
    url = address(draft, "du-lieu", them="1")
    answer = send(admin, url, label="Một", then="more")
    assert answer.headers["Location"].endswith("them=1")
    assert send(admin, address(draft, "du-lieu", them="1"), label="Hai").status_code == 303


def test_the_version_itself_is_changed_in_the_general_section(
    admin: Any, session: Any, draft: Any
) -> None:
    answer = send(admin, address(draft, "chung"), legal_term="7 ngày làm việc", key="2027")
    assert answer.status_code == 303
    session.expire_all()
    assert (draft.legal_term, draft.key) == ("7wd", "2027")
    assert send(admin, address(draft, "chung"), key="").status_code == 422


# ---- refusals ------------------------------------------------------------------------------------
REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("du-lieu", {"label": ""}, "label"),
    ("du-lieu", {"key": "Dien Tich"}, "key"),
    ("du-lieu", {"key": "co_san"}, "key"),
    ("du-lieu", {"show_if": "dien tich >"}, "show_if"),
    ("du-lieu", {"kind": "choice", "choices": ""}, "choices"),
    ("du-lieu", {"kind": "number", "least": "mười"}, "least"),
    ("du-lieu", {"kind": "number", "least": "9", "most": "1"}, "most"),
    ("giay-to", {"originals": "hai"}, "originals"),
    ("giay-to", {"only_if": "(("}, "only_if"),
    ("giay-to", {"condition": "Ủy quyền"}, "condition"),
    ("buoc", {"term": "ba hôm"}, "term"),
    ("buoc", {"only_if": "x ="}, "only_if"),
    ("phi", {"amount": "một triệu"}, "amount"),
    ("phi", {"quantity": "2 +"}, "quantity"),
    ("phi", {"valid_from": "02/01/2027", "valid_to": "01/01/2027"}, "valid_to"),
    ("truong-hop", {"term": ""}, "term"),
    ("truong-hop", {"case": "Nhà ở"}, "case"),
]


@pytest.mark.parametrize(("phan", "typed", "at"), REFUSED)
def test_a_refusal_stands_at_its_field_and_all_typed_is_kept(
    admin: Any, session: Any, draft: Any, phan: str, typed: dict[str, str], at: str
) -> None:
    field(draft, "Có sẵn")
    before = len(rows_of(session, draft, phan))
    given = {**NEW[phan], "source": "Quyết định 12", **typed}
    answer = send(admin, address(draft, phan, them="1"), **given)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.error(at)
    kept = page.values(FORM)
    assert {name: kept.get(name, "") for name in given} == given
    assert page.find(f"//*[@id='{at}']/ancestor::*[self::fieldset or @open]") is not None
    assert len(rows_of(session, draft, phan)) == before


def test_the_second_of_two_administrators_is_told_and_loses_nothing(
    admin: Any, login: Any, session: Any, draft: Any
) -> None:
    row = field(draft, "Tên")
    url = address(draft, "du-lieu", sua=row.id)
    mine = Page(admin.get(url))
    assert send(login(Role.admin), url, label="Họ và tên", help="Theo căn cước").status_code == 303
    answer = admin.post(
        mine.find(FORM).get("action"), data={**mine.values(FORM), "label": "Tên gọi"}
    )
    assert answer.status_code == 409
    page = Page(answer)
    assert page.values(FORM)["label"] == "Tên gọi"
    assert "Họ và tên" in page.error("label")
    again = admin.post(page.find(FORM).get("action"), data=page.values(FORM))
    assert again.status_code == 303
    session.refresh(row)
    assert row.label == "Tên gọi"


def test_what_was_deleted_meanwhile_can_be_added_anew(admin: Any, session: Any, draft: Any) -> None:
    row = field(draft, "Tên")
    mine = Page(admin.get(address(draft, "du-lieu", sua=row.id)))
    act(admin, draft, "du-lieu", row.id, "xoa")
    answer = admin.post(
        mine.find(FORM).get("action"), data={**mine.values(FORM), "label": "Tên gọi"}
    )
    assert answer.status_code == 409
    page = Page(answer)
    assert page.values(FORM)["label"] == "Tên gọi"
    assert admin.post(page.find(FORM).get("action"), data=page.values(FORM)).status_code == 303
    assert [f.label for f in rows_of(session, draft, "du-lieu")] == ["Tên gọi"]


def test_an_act_that_is_refused_says_why(admin: Any, session: Any, draft: Any) -> None:
    field(draft, "Ý kiến", stages="2")
    answer = act(admin, draft, "buoc", draft.steps[1].id, "xoa")
    assert answer.status_code == 422
    assert "Ý kiến" in Page(answer).text


# ---- only read -----------------------------------------------------------------------------------
def test_a_published_version_is_only_read(admin: Any, session: Any) -> None:
    version = version_of()
    paper = version.documents[0]
    for phan in SECTIONS:
        page = Page(admin.get(address(version, phan)))
        assert not page.all(FORM)
        assert not page.all("//*[@data-do or @data-add]")
    page = Page(admin.get(address(version, "giay-to", sua=paper.id)))
    assert paper.name in page.text
    assert not page.all(FORM)
    assert not Page(admin.get(address(version, "giay-to", them="1"))).all(FORM)


def test_a_form_of_what_was_published_meanwhile_comes_back(
    admin: Any, session: Any, draft: Any
) -> None:
    url = address(draft, "giay-to", sua=draft.documents[0].id)
    mine = Page(admin.get(url))
    procedure.publish(draft, **who())
    typed = {**mine.values(FORM), "name": "Đơn mới"}
    answer = admin.post(mine.find(FORM).get("action"), data=typed)
    assert answer.status_code == 422
    assert Page(answer).values(FORM)["name"] == "Đơn mới"
    assert act(admin, draft, "giay-to", draft.documents[0].id, "xoa").status_code == 422


# ---- checks, preview, help -----------------------------------------------------------------------
def test_an_error_stands_in_its_row_its_tab_and_the_checks_and_stops_publishing(
    admin: Any, session: Any, draft: Any
) -> None:
    row = field(draft, "Ghi chú", show_if="dien_tich > 50")
    page = Page(admin.get(address(draft, "du-lieu")))
    assert "dien_tich" in page.find("//li//p[@class='part-findings']").text_content()
    assert page.all("//nav[contains(@class, 'designer-tabs')]//*[contains(@class, 'tab-error')]")
    assert not page.all("//form[contains(@action, '/publish/')]")
    checks = Page(admin.get(address(draft, "kiem-tra")))
    link = checks.find(f"//a[contains(@href, '{row.id}')]").get("href")
    assert link.endswith("#show_if")
    assert admin.get(link).status_code == 200
    send(admin, address(draft, "du-lieu", sua=row.id), show_if="")
    page = Page(admin.get(address(draft, "du-lieu")))
    assert not page.all("//li//p[@class='part-findings']")


def test_the_preview_follows_what_is_typed_and_keeps_nothing(
    admin: Any, session: Any, draft: Any
) -> None:
    field(draft, "Loại", kind=FieldKind.choice, choices="xe = Để xe\nkho = Kho")
    field(draft, "Số xe", show_if='loai = "xe"')
    url = f"/thiet-ke/{draft.id}/xem-thu"
    page = Page(admin.get(address(draft, "du-lieu")))
    assert not page.all("//*[@id='d-so_xe']")
    assert Page(admin.post(url, data={"d-loai": "xe"})).all("//*[@id='d-so_xe']")
    assert not Page(admin.post(url, data={"d-loai": "kho"})).all("//*[@id='d-so_xe']")


def test_the_preview_of_a_circle_says_what_is_wrong(admin: Any, draft: Any) -> None:
    field(draft, "A", key="a", show_if="b")
    field(draft, "B", key="b", show_if="a")
    page = Page(admin.get(address(draft, "du-lieu")))
    assert not page.all("//form[@data-preview]")
    assert page.all("//section[@id='xem-thu']//*[contains(@class, 'alert-danger')]")
