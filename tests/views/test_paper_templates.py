"""Templates of papers through the screens: copied, tried, published, printed from, taken back."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from domain.codes import StepKind
from domain.events import Tag
from domain.roles import Role
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from models.paper import IssuedPaper
from models.paper_template import PaperTemplate, TemplateState
from services import dossier as verbs
from services.dossier.forms import HandedIn, Intake, Person
from tests.factories import dossiers as make, procedures, screens
from tests.factories.pages import Page

FORM = "//form[@id='template-form']"
MARK = "Mẫu của phường"


def rows(session: Any) -> list[PaperTemplate]:
    session.expire_all()
    return list(session.scalars(sa.select(PaperTemplate).order_by(PaperTemplate.id)))


def copied(client: Any, form: str = "receipt_slip", **more: Any) -> str:
    """The address of a draft made of a form."""
    answer = client.post("/mau-in/moi", data={"form": form, "op_id": uuid7(), **more})
    assert answer.status_code == 303, answer.text
    address: str = answer.headers["Location"]
    return address


def typed(client: Any, address: str) -> dict[str, Any]:
    """What the editor would send as it stands."""
    return Page(client.get(address)).values(FORM)


def published(client: Any, address: str, old: str, new: str) -> None:
    """Change the text and publish it."""
    values = typed(client, address)
    assert old in values["body"]
    body = values["body"].replace(old, new, 1)
    answer = client.post(address, data={**values, "body": body, "then": "publish"})
    assert answer.status_code == 303, answer.text


def slip(client: Any, dossier: Dossier, form: str = "receipt_slip") -> str:
    answer = client.post(f"{screens.address(dossier)}/giay/{form}", data={})
    assert answer.status_code == 303, answer.text
    address: str = answer.headers["Location"]
    return address


def text(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    found = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in found).split())


HEAD = "{{ ui.code_marks(sheet) }}"


# ---- a built-in form -----------------------------------------------------------------------------
def test_a_copied_form_is_printed_once_published_and_the_built_in_one_when_it_is_retired(
    session: Any, login: Any
) -> None:
    admin, clerk, dossier = login(Role.admin), login(Role.clerk), make.received()
    address = copied(admin, "control_slip")
    before = slip(clerk, dossier, "control_slip")
    assert MARK not in text(clerk, before)
    published(admin, address, HEAD, f"<p>{MARK}</p>{HEAD}")
    assert MARK not in text(clerk, before), "a paper already issued stays as it was"
    assert MARK in text(clerk, slip(clerk, dossier, "control_slip"))
    assert admin.post(f"{address}/bai-bo").status_code == 303
    assert MARK not in text(clerk, slip(clerk, dossier, "control_slip"))
    tags = list(session.scalars(sa.select(Event.tag).where(Event.subject_kind == "PaperTemplate")))
    assert tags == [
        Tag.catalogue_create,
        Tag.catalogue_update,
        Tag.template_publish,
        Tag.template_retire,
    ]


def test_a_paper_is_printed_again_as_it_was_after_its_template_has_changed(
    session: Any, login: Any
) -> None:
    admin, clerk, dossier = login(Role.admin), login(Role.clerk), make.received()
    first = copied(admin, "control_slip")
    published(admin, first, HEAD, f"<p>{MARK} một</p>{HEAD}")
    paper = slip(clerk, dossier, "control_slip")
    original = text(clerk, paper)
    answer = admin.post(f"{first}/ban-thao")
    published(admin, answer.headers["Location"], f"{MARK} một", f"{MARK} hai")
    assert text(clerk, paper) == original
    assert clerk.post(f"{paper}/in-lai", data={}).status_code == 303
    again = text(clerk, paper)
    assert re.sub(r"BẢN IN LẠI \(lần 2\) lúc .*? năm \d+ ", "", again) == original
    assert f"{MARK} hai" in text(clerk, slip(clerk, dossier, "control_slip"))
    assert [row.state.value for row in rows(session)] == ["retired", "published"]


def test_a_template_of_one_procedure_is_printed_for_that_procedure_only(
    session: Any, login: Any
) -> None:
    admin, clerk = login(Role.admin), login(Role.clerk)
    dossier, other = make.received(make.BUSINESS), make.received(make.SUSPENSION)
    address = copied(admin, "control_slip", procedure_id=dossier.procedure_id)
    published(admin, address, HEAD, f"<p>{MARK}</p>{HEAD}")
    assert MARK in text(clerk, slip(clerk, dossier, "control_slip"))
    assert MARK not in text(clerk, slip(clerk, other, "control_slip"))


def test_a_template_that_fails_on_real_values_lets_nobody_wait(session: Any, login: Any) -> None:
    """The check cannot see everything: the counter then gets the form of the product, and always the same."""
    admin, clerk, dossier = login(Role.admin), login(Role.clerk), make.received()
    address = copied(admin, "control_slip")
    wrong = "{% if sheet.code.startswith('H15.00') %}{% else %}{{ sheet.code.missing }}{% endif %}"
    row = rows(session)[0]
    row.body, row.state = f"{wrong}\n{row.body}", TemplateState.published
    session.commit()
    assert address.endswith(row.id)
    paper = slip(clerk, dossier, "control_slip")
    assert text(clerk, paper) == text(clerk, paper)
    assert "PHIẾU KIỂM SOÁT" in text(clerk, paper)


# ---- the editor ----------------------------------------------------------------------------------
def test_the_preview_shows_the_paper_and_names_what_is_wrong_with_its_line(
    session: Any, login: Any
) -> None:
    admin = login(Role.admin)
    address = copied(admin, "refusal")
    values = typed(admin, address)
    good = admin.post(f"{address}/thu", data=values, headers={"HX-Request": "true"})
    assert good.status_code == 200
    assert 'src="data:image/png;base64,' in good.text
    assert "data-line" not in good.text
    body = values["body"].replace("sheet.reason", "sheet.raeson")
    wrong = admin.post(
        f"{address}/thu", data={**values, "body": body}, headers={"HX-Request": "true"}
    )
    line = next(n for n, words in enumerate(body.splitlines(), 1) if "raeson" in words)
    assert f'data-line="{line}"' in wrong.text
    assert "sheet.raeson" in wrong.text and "sheet.reason" in wrong.text
    assert wrong.headers["HX-Retarget"] == "#preview-problems"
    whole = Page(admin.post(f"{address}/thu", data={**values, "body": body}))
    assert whole.values(FORM)["body"] == body, "without a script nothing typed is lost"
    assert whole.find(f"//*[@data-line='{line}']") is not None
    pdf = admin.post(f"{address}/thu", data={**values, "pdf": "1"})
    assert pdf.mimetype == "application/pdf"
    assert rows(session)[0].body == values["body"], "trying keeps nothing"


def test_a_draft_with_a_mistake_is_kept_but_not_published(session: Any, login: Any) -> None:
    admin = login(Role.admin)
    address = copied(admin, "refusal")
    values = typed(admin, address)
    body = values["body"].replace("sheet.reason", "sheet.raeson")
    answer = admin.post(address, data={**values, "body": body, "then": "publish"})
    assert answer.status_code == 422
    assert "data-line" in answer.text
    row = rows(session)[0]
    assert (row.state, "raeson" in row.body) == (TemplateState.draft, True)
    again = Page(answer).values(FORM)
    fixed = {**again, "body": values["body"], "then": "publish"}
    assert admin.post(address, data=fixed).status_code == 303
    assert rows(session)[0].state is TemplateState.published


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(session: Any, login: Any) -> None:
    one, two = login(Role.admin), login(Role.admin)
    address = copied(one, "refusal")
    first, second = typed(one, address), typed(two, address)
    assert one.post(address, data={**first, "name": "Phiếu một"}).status_code == 303
    late = two.post(address, data={**second, "name": "Phiếu hai"})
    assert late.status_code == 409
    assert Page(late).values(FORM)["name"] == "Phiếu hai"
    assert rows(session)[0].name == "Phiếu một"


def test_a_published_version_is_read_only_and_a_draft_of_it_is_the_next_version(
    session: Any, login: Any
) -> None:
    admin = login(Role.admin)
    address = copied(admin, "refusal")
    published(admin, address, HEAD, f"<p>{MARK}</p>{HEAD}")
    values = typed(admin, address)
    answer = admin.post(address, data={**values, "name": "Khác", "size": "a5"})
    assert answer.status_code == 422
    assert admin.post(f"{address}/xoa").status_code == 422
    made = admin.post(f"{address}/ban-thao").headers["Location"]
    assert admin.post(f"{address}/ban-thao").headers["Location"] == made, "one draft at a time"
    assert copied(admin, "refusal") == made
    assert [(row.number, row.state.value) for row in rows(session)] == [
        (1, "published"),
        (2, "draft"),
    ]
    assert admin.post(f"{made}/xoa").status_code == 303
    assert len(rows(session)) == 1


@pytest.mark.parametrize("change", ["body = 'x'", "name = 'x'", "size = 'a4'"])
def test_the_database_itself_keeps_what_papers_were_printed_from(
    session: Any, login: Any, change: str
) -> None:
    admin = login(Role.admin)
    published(admin, copied(admin, "refusal"), HEAD, HEAD)
    for statement in (f"UPDATE paper_template SET {change}", "DELETE FROM paper_template"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            session.execute(sa.text(statement))
        session.rollback()


def test_the_difference_between_versions_is_told_line_by_line_in_words(
    session: Any, login: Any
) -> None:
    admin = login(Role.admin)
    address = copied(admin, "refusal")
    published(admin, address, HEAD, f"<p>{MARK}</p>\n{HEAD}")
    page = Page(admin.get(f"{address}/khac"))
    added = page.all("//tr[contains(@class, 'line-added')]")
    assert [MARK in " ".join(row.text_content().split()) for row in added] == [True]
    assert page.all("//tr[contains(@class, 'line-removed')]") == []


def test_only_administrators_see_the_templates(session: Any, login: Any, client: Any) -> None:
    admin = login(Role.admin)
    address = copied(admin, "refusal")
    for who in (Role.clerk, Role.leader, Role.auditor):
        other = login(who)
        for path in ("/mau-in", address, f"{address}/khac", "/mau-in/goc/refusal"):
            assert other.get(path).status_code == 403
        for path in (address, f"{address}/thu", f"{address}/bai-bo", "/mau-in/moi"):
            assert other.post(path, data={}).status_code == 403
    assert client.get("/mau-in").status_code == 302
    assert "/mau-in" in admin.get("/").text
    assert "/mau-in" not in login(Role.clerk).get("/").text


def test_every_form_is_in_the_list_and_can_be_looked_at(session: Any, login: Any) -> None:
    admin = login(Role.admin)
    page = Page(admin.get("/mau-in"))
    for name in ("Giấy tiếp nhận hồ sơ", "Sổ theo dõi hồ sơ", "Tờ bìa quét"):
        assert name in page.text
    assert admin.get("/mau-in/goc/receipt_slip").mimetype == "application/pdf"
    assert admin.get("/mau-in/goc/register_book").status_code == 404
    answer = admin.post("/mau-in/moi", data={"form": "register_book", "op_id": uuid7()})
    assert answer.status_code == 422
    assert admin.post("/mau-in/moi", data={"form": "-", "op_id": uuid7()}).status_code == 422


# ---- a paper of one's own ------------------------------------------------------------------------
@pytest.fixture
def street(session: Any) -> Dossier:
    """A dossier of a procedure with data of its own, just received."""
    version = procedures.street_permit()
    session.commit()
    values = {
        "tuyen_duong": "Đường Nguyễn Tất Thành",
        "muc_dich": "xe",
        "dien_tich": "12,5",
        "tu_ngay": "01/12/2026",
        "den_ngay": "05/12/2026",
        "phuong_tien": [{"loai_xe": "Xe tải 5 tấn", "so_luong": "2"}],
        "cam_ket": "1",
    }
    papers = tuple(
        HandedIn(name=d.name, document_id=d.id, originals=1) for d in version.documents[:2]
    )
    form = Intake(
        id=uuid7(),
        version_id=version.id,
        owner=Person(
            name="Nguyễn Thị Hoa",
            id_number="066190001234",
            phone="0905123456",
            address="Buôn Kô Tam",
        ),
        papers=papers,
        fees=(),
        subject="Sử dụng tạm hè phố",
        data=values,
    )
    return verbs.receive(form, actor=make.actor("tiepnhan"), at=make.now())


def own_paper(client: Any, dossier: Dossier) -> tuple[str, str]:
    """Code and address of a published permit that shows the data of the procedure."""
    address = copied(
        client, "-", name="Giấy phép sử dụng hè phố", procedure_id=dossier.procedure_id
    )
    values = typed(client, address)
    more = (
        "<p>Tuyến đường: {{ data.tuyen_duong }}; diện tích {{ data.dien_tich }} m²</p>"
        '<table class="lines">{% for row in data.phuong_tien %}<tr><td>{{ row.loai_xe }}</td>'
        "<td>{{ row.so_luong }}</td></tr>{% endfor %}</table>"
    )
    answer = client.post(address, data={**values, "body": values["body"] + more, "then": "publish"})
    assert answer.status_code == 303, answer.text
    return "giay_phep_su_dung_he_pho", address


def test_a_permit_is_printed_with_the_data_of_its_dossier_and_stays_as_it_was(
    session: Any, login: Any, street: Dossier
) -> None:
    admin, leader = login(Role.admin), login(Role.leader)
    code, address = own_paper(admin, street)
    for _ in range(12):
        steps = verbs.steps.live(street)
        if any(s.kind is StepKind.sign and s.role is Role.leader for s in steps):
            break
        if steps[0].kind is StepKind.work:
            filled = {"ket_qua_kiem_tra": "Đạt yêu cầu"}
            officer = make.doer(steps[0])
            street = verbs.record_data(
                street, typed=filled, actor=officer, at=make.now(), step_id=steps[0].id
            )
        make.advance(street, steps[0])
    page = leader.get(screens.address(street)).text
    assert f"/giay/{code}" in page
    paper = slip(leader, street, code)
    shown = text(leader, paper)
    for words in ("Nguyễn Thị Hoa", "Đường Nguyễn Tất Thành", "12,5 m²", "Xe tải 5 tấn"):
        assert words in shown, words
    assert "GIẤY PHÉP SỬ DỤNG HÈ PHỐ" in shown and "TM. ỦY BAN NHÂN DÂN" in shown
    issued = session.scalars(sa.select(IssuedPaper).where(IssuedPaper.form == code)).one()
    assert issued.content["data"]["phuong_tien"] == [{"loai_xe": "Xe tải 5 tấn", "so_luong": "2"}]
    admin.post(f"{address}/bai-bo")
    assert text(leader, paper) == shown
    assert f"/giay/{code}" not in leader.get(screens.address(street)).text
    history = leader.get(screens.address(street)).text
    assert "Giấy phép sử dụng hè phố" in history


def test_a_permit_is_not_printed_too_early_or_by_the_counter(
    session: Any, login: Any, street: Dossier
) -> None:
    admin, clerk = login(Role.admin), login(Role.clerk)
    code, _ = own_paper(admin, street)
    assert f"/giay/{code}" not in clerk.get(screens.address(street)).text
    assert clerk.post(f"{screens.address(street)}/giay/{code}", data={}).status_code == 422
    leader = login(Role.leader)
    assert leader.post(f"{screens.address(street)}/giay/{code}", data={}).status_code == 422
    assert session.scalars(sa.select(IssuedPaper).where(IssuedPaper.form == code)).all() == []


def test_a_field_the_procedure_does_not_have_is_named(
    session: Any, login: Any, street: Dossier
) -> None:
    admin = login(Role.admin)
    address = copied(admin, "-", name="Giấy phép", procedure_id=street.procedure_id)
    values = typed(admin, address)
    assert "data.phuong_tien" in admin.get(address).text
    body = values["body"] + "\n{{ data.tuyen_duog }}"
    answer = admin.post(f"{address}/thu", data={**values, "body": body})
    assert "data.tuyen_duong" in Page(answer).words("preview-problems")


def test_a_template_is_tried_with_a_real_dossier_and_that_leaves_an_event(
    session: Any, login: Any, street: Dossier
) -> None:
    admin = login(Role.admin)
    _, address = own_paper(admin, street)
    values = typed(admin, address)
    for _ in range(2):
        answer = admin.post(f"{address}/thu", data={**values, "code": street.code, "pdf": "1"})
        shown = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
        assert "Đường Nguyễn Tất Thành" in shown
    looked = session.scalars(sa.select(Event).where(Event.tag == Tag.dossier_read)).all()
    assert [event.dossier_id for event in looked] == [street.id]
    answer = admin.post(f"{address}/thu", data={**values, "code": "H15.99"})
    assert "data:image/png" in answer.text
