"""Packages on screen: a file comes down, a text is looked at, then taken in; what is refused is kept."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.events import Tag
from domain.roles import Role
from models.event import Event
from models.outcome import ActionKind, ActionMoment
from models.paper_template import PaperTemplate, SheetSize, TemplateState
from models.procedure import Procedure, ProcedureVersion, VersionState
from models.register import RegisterUse
from services import procedure
from services.filestore import FileStore
from tests.factories import dossiers as make
from tests.factories.pages import Page
from tests.factories.procedures import STREET, street_permit
from tests.factories.registers import does, street_register, writes_into
from tests.services.test_blank_forms import DOCX, office

HERE = "/thu-tuc/nhap"


@pytest.fixture
def admin(session: Any, login: Any) -> Any:
    return login(Role.admin)


@pytest.fixture
def text(session: Any, admin: Any) -> str:
    """The package of the street permit under another code: a procedure that is not here."""
    version = street_permit()
    answer = admin.get(f"/thu-tuc/xuat/{version.id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace(f"code: '{STREET}'", "code: '9.000001'")


def look(client: Any, text: str, **more: Any) -> Any:
    """Send a text from the empty form."""
    form = Page(client.get(HERE)).find("//form[.//input[@type='file']]")
    data = {**dict(form.form_values()), "text": text, **more}
    return client.post(HERE, data=data, content_type="multipart/form-data")


def taking(answer: Any) -> dict[str, str]:
    """What the button that takes it in would send, line ends as a browser writes them."""
    form = Page(answer).find("//form[contains(@class, 'package-take')]")
    sent = dict(form.form_values())
    return {**sent, "text": sent["text"].replace("\n", "\r\n")}


def made(session: Any) -> list[ProcedureVersion]:
    session.expire_all()
    query = sa.select(ProcedureVersion).join(Procedure).where(Procedure.code == "9.000001")
    return list(session.scalars(query))


def refusals(answer: Any) -> list[str]:
    return [one.text_content() for one in Page(answer).all("//*[@class='package-problems']//code")]


def test_export_is_a_file_and_leaves_an_event(session: Any, admin: Any) -> None:
    version = street_permit()
    answer = admin.get(f"/thu-tuc/xuat/{version.id}")
    assert answer.headers["Content-Disposition"].startswith(
        f'attachment; filename="{STREET}-1.yaml"'
    )
    assert answer.text.startswith("format: mot-cua-thu-tuc")
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_export)).one()
    assert event.subject_id == version.id and event.actor_name


def test_package_is_looked_at_first_and_then_taken_in(session: Any, admin: Any, text: str) -> None:
    plan = look(admin, text)
    assert plan.status_code == 200
    assert "9.000001" in Page(plan).text and "Giấy ủy quyền" in Page(plan).text
    assert made(session) == []
    answer = admin.post(HERE, data=taking(plan))
    draft = made(session)[0]
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/thiet-ke/{draft.id}")
    assert draft.state is VersionState.draft and len(draft.steps) == 6
    assert admin.get(answer.headers["Location"]).status_code == 200


def test_file_is_taken_like_a_text(session: Any, admin: Any, text: str) -> None:
    upload = (io.BytesIO(text.encode()), "thu-tuc.yaml")
    plan = look(admin, "", file=upload)
    assert plan.status_code == 200
    assert admin.post(HERE, data=taking(plan)).status_code == 303
    assert len(made(session)) == 1


def test_sent_twice_it_is_one_draft(session: Any, admin: Any, text: str) -> None:
    sent = taking(look(admin, text))
    first, second = (admin.post(HERE, data=sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(made(session)) == 1


def test_two_texts_of_one_page_are_two_drafts(session: Any, admin: Any, text: str) -> None:
    plan = look(admin, text)
    key = taking(plan)["idempotency_key"]
    admin.post(HERE, data=taking(plan))
    other = taking(look(admin, text.replace("5wd", "3wd"), idempotency_key=key))
    assert other["idempotency_key"] == key
    admin.post(HERE, data=other)
    assert sorted(v.legal_term for v in made(session)) == ["3wd", "5wd"]


def test_text_changed_after_the_look_is_looked_at_again(
    session: Any, admin: Any, text: str
) -> None:
    sent = taking(look(admin, text))
    sent["text"] = sent["text"].replace("5wd", "3wd")
    answer = admin.post(HERE, data=sent)
    assert answer.status_code == 200 and made(session) == []
    assert admin.post(HERE, data=taking(answer)).status_code == 303
    assert made(session)[0].legal_term == "3wd"


def test_refusal_stands_at_its_place_and_the_text_is_kept(
    session: Any, admin: Any, text: str
) -> None:
    wrong = text.replace("5wd", "năm ngày").replace("kind: sign", "kind: <b>seal</b>")
    answer = look(admin, wrong)
    assert answer.status_code == 422
    assert refusals(answer) == ["version.legal_term", "steps[4].kind", "steps[5].kind"]
    assert "<b>seal" not in answer.text
    assert Page(answer).find("//textarea[@id='text']").text.strip() == wrong.strip()
    assert not Page(answer).all("//form[contains(@class, 'package-take')]")


def test_what_cannot_be_resolved_is_said_with_the_difference(
    session: Any, admin: Any, text: str
) -> None:
    wrong = text.replace("function: KTHT", "function: XYZ").replace("code: HKD", "code: KHONG")
    answer = look(admin, wrong)
    assert answer.status_code == 422
    assert refusals(answer) == ["procedure.field.code", "steps[3].function"]
    assert "Giấy ủy quyền" in Page(answer).text
    assert not Page(answer).all("//form[contains(@class, 'package-take')]")
    assert made(session) == []


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"a" * 10_000_000, b"hello", b"a: &a [*a]", b"- !!python/x y"]
)
def test_hostile_file_is_refused_with_a_sentence(session: Any, admin: Any, content: bytes) -> None:
    answer = look(admin, "", file=(io.BytesIO(content), "x.yaml"))
    assert answer.status_code == 422
    assert len(Page(answer).all("//*[@class='package-problems']/li")) == 1


def test_existing_procedure_is_shown_against_its_newest_version(session: Any, admin: Any) -> None:
    version = street_permit()
    given = admin.get(f"/thu-tuc/xuat/{version.id}").text
    page = Page(look(admin, given.replace("5wd", "3wd")))
    assert [one.text_content() for one in page.all("//dd[contains(@class, 'was')]/del")]
    assert len(page.all("//li[contains(@class, 'change-changed')]")) == 1
    assert not page.all("//li[contains(@class, 'change-added')]")


def test_only_administrators_pack_and_take_in(session: Any, login: Any) -> None:
    version = street_permit()
    for role in (Role.clerk, Role.leader, Role.auditor):
        client = login(role)
        for address in (HERE, f"/thu-tuc/xuat/{version.id}"):
            assert client.get(address).status_code == 403
        assert client.post(HERE, data={"text": "x"}).status_code == 403
        shown = client.get(f"/danh-muc/procedure_version/show/{version.id}").text
        assert "/thu-tuc/xuat/" not in shown


def test_list_of_versions_leads_to_the_form(session: Any, admin: Any, login: Any) -> None:
    address = "/danh-muc/procedure_version/list/"
    assert f'href="{HERE}"' in admin.get(address).text
    assert f'href="{HERE}"' not in login(Role.clerk).get(address).text


# ---- two versions side by side -------------------------------------------------------------------
@pytest.fixture
def pair(session: Any) -> tuple[str, str]:
    """A published version and a draft of it in which a step was added and a term shortened."""
    old = street_permit()
    draft = procedure.draft_from(old, actor=make.actor("quantri"), at=make.now())
    draft.legal_term = "3wd"
    draft.data_fields[4].required_if, draft.data_fields[4].label = "dien_tich > 5", "Số m²"
    session.commit()
    return old.id, draft.id


def test_difference_is_read_by_everybody_who_reads_versions(
    session: Any, login: Any, pair: tuple[str, str]
) -> None:
    old, draft = pair
    for role in (Role.clerk, Role.officer, Role.admin):
        client = login(role)
        answer = client.get(f"/thiet-ke/{draft}/so-sanh")
        assert answer.status_code == 200
        page = Page(answer)
        assert page.find("//section[@id='phan-data_fields']//h3//span").text == "Số m²"
        assert "5 ngày làm việc" in page.text and "3 ngày làm việc" in page.text
        shown = client.get(f"/danh-muc/procedure_version/show/{draft}").text
        assert f"/thiet-ke/{draft}/so-sanh" in shown
    assert old in answer.text


def test_other_version_may_be_chosen_and_must_be_one_of_the_procedure(
    session: Any, admin: Any, pair: tuple[str, str]
) -> None:
    old, draft = pair
    page = Page(admin.get(f"/thiet-ke/{old}/so-sanh?voi={draft}"))
    chosen = page.find("//select[@name='voi']/option[@selected]")
    assert chosen.get("value") == draft
    was = page.all("//section[@id='phan-version']//dd[contains(@class, 'was')]")
    assert any("3 ngày làm việc" in one.text_content() for one in was)
    foreign = make.version_of().id
    for wrong in (foreign, draft, "x", "1' or 1=1"):
        assert admin.get(f"/thiet-ke/{draft}/so-sanh?voi={wrong}").status_code == 404


def test_version_without_another_says_so(session: Any, admin: Any) -> None:
    version = street_permit()
    answer = admin.get(f"/thiet-ke/{version.id}/so-sanh")
    assert answer.status_code == 200
    assert Page(answer).all("//*[@class='empty']") and not Page(answer).all("//select[@name='voi']")


def test_words_of_a_text_that_differ_are_marked(session: Any, admin: Any) -> None:
    old = street_permit()
    old.legal_basis = "Nghị định số 165/2024/NĐ-CP ngày 26/12/2024 của Chính phủ"
    session.commit()
    draft = procedure.draft_from(old, actor=make.actor("quantri"), at=make.now())
    draft.legal_basis = "Nghị định số 170/2026/NĐ-CP ngày 26/12/2024 của Chính phủ"
    session.commit()
    page = Page(admin.get(f"/thiet-ke/{draft.id}/so-sanh"))
    marks = [one.text for one in page.all("//section[@id='phan-version']//ins/mark")]
    assert {"170", "2026"} <= set(marks) and not re.search("Chính", "".join(marks))


# ---- what goes with a version ----------------------------------------------------------------------
@pytest.fixture
def whole(session: Any, app: Any) -> ProcedureVersion:
    """A version with a register, a printed paper and a blank form."""
    version = street_permit()
    writes_into(version, street_register())
    does(version, 5, ActionKind.print, ActionMoment.entry, form="giay_phep")
    session.add(
        PaperTemplate(
            agency_id=version.agency_id,
            series="giay_phep",
            form="giay_phep",
            name="Giấy phép",
            size=SheetSize.a4,
            body="<h1>Giấy phép</h1>",
            made_by="An",
            made_at=make.now(),
            changed_by="An",
            changed_at=make.now(),
        )
    )
    paper, data = version.documents[0], DOCX
    paper.blank_sha256 = FileStore(Path(app.config["UPLOAD_DIR"])).put(data)
    paper.blank_name, paper.blank_type, paper.blank_size = "don.docx", "docx", len(data)
    session.commit()
    return version


def test_what_goes_with_a_version_is_shown_and_taken_in(
    session: Any, admin: Any, whole: ProcedureVersion
) -> None:
    text = admin.get(f"/thu-tuc/xuat/{whole.id}").text
    other = (
        text.replace(f"code: '{STREET}'", "code: '9.000001'")
        .replace("gp_long_duong", "so_khac")
        .replace("form: giay_phep", "form: giay_khac")
    )
    plan = look(admin, other)
    assert plan.status_code == 200
    shown = Page(plan).text
    for words in ("so_khac", "giay_khac", "<h1>Giấy phép</h1>", "don.docx", "Ghi chú nội bộ"):
        assert words in shown, words
    assert admin.post(HERE, data=taking(plan)).status_code == 303
    draft = made(session)[0]
    assert draft.results[0].register.code == "so_khac"
    assert draft.results[0].register.use is RegisterUse.draft
    found = session.scalars(sa.select(PaperTemplate).where(PaperTemplate.form == "giay_khac"))
    assert [row.state for row in found] == [TemplateState.draft]
    assert draft.documents[0].blank_size == len(DOCX)


def test_register_and_paper_that_are_here_are_shown_with_their_difference(
    session: Any, admin: Any, whole: ProcedureVersion
) -> None:
    text = admin.get(f"/thu-tuc/xuat/{whole.id}").text
    other = text.replace("{so:3}/{nam}/GP-SDLĐ", "{so}/{nam}/GP").replace(
        "<h1>Giấy phép</h1>", "<h1>Giấy mời</h1>"
    )
    answer = look(admin, other)
    page = Page(answer)
    assert answer.status_code == 422  # somebody is at work on this paper: its draft stays
    assert refusals(answer) == ["templates[1].form"]
    gone = [one.text_content() for one in page.all("//tr[@class='line-removed']//code")]
    new = [one.text_content() for one in page.all("//tr[@class='line-added']//code")]
    assert gone == ["<h1>Giấy phép</h1>"] and new == ["<h1>Giấy mời</h1>"]
    assert "{so}/{nam}/GP" in page.text and "{so:3}/{nam}/GP-SDLĐ" in page.text


def test_template_that_reads_a_file_is_refused_on_the_page(
    session: Any, admin: Any, whole: ProcedureVersion
) -> None:
    text = admin.get(f"/thu-tuc/xuat/{whole.id}").text
    wrong = text.replace("<h1>Giấy phép</h1>", "{% include '/etc/passwd' %}")
    answer = look(admin, wrong)
    assert answer.status_code == 422
    assert "templates[1].body" in refusals(answer)
    assert not Page(answer).all("//form[contains(@class, 'package-take')]")


def test_package_of_some_megabytes_is_looked_at_and_taken_in(
    session: Any, admin: Any, app: Any, whole: ProcedureVersion
) -> None:
    data = office("word/document.xml", **{"word/media/plan.xml": "x" * 3_000_000})
    paper = whole.documents[0]
    paper.blank_sha256 = FileStore(Path(app.config["UPLOAD_DIR"])).put(data)
    paper.blank_size = len(data)
    session.commit()
    text = admin.get(f"/thu-tuc/xuat/{whole.id}").text
    text = text.replace(f"code: '{STREET}'", "code: '9.000001'")
    plan = look(admin, "", file=(io.BytesIO(text.encode()), "goi.yaml"))
    assert plan.status_code == 200
    assert Page(plan).find("//textarea[@id='text']").text.strip() == ""
    answer = admin.post(HERE, data=taking(plan), content_type="multipart/form-data")
    assert answer.status_code == 303
    assert made(session)[0].documents[0].blank_size == len(data)


def test_version_with_too_many_megabytes_is_not_exported(
    session: Any, admin: Any, whole: ProcedureVersion
) -> None:
    whole.documents[0].blank_size = 9_000_000
    session.commit()
    answer = admin.get(f"/thu-tuc/xuat/{whole.id}")
    assert answer.status_code == 302
    assert session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_export)).all() == []
