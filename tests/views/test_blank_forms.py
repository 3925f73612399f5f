"""Blank forms: uploaded in the designer, found beside the paper at the counter and on the dossier."""

import io
from typing import Any

import pytest

from domain.codes import StepKind
from domain.roles import Role
from models.base import db
from models.procedure import RequiredDocument
from printing.papers import Lookup
from services import dossier as verbs, procedure
from services.dossier.forms import Lack
from tests.factories import dossiers as make, screens
from tests.factories.counter import chosen, send
from tests.factories.pages import Page
from tests.services.test_blank_forms import DOCX


@pytest.fixture
def draft(session: Any) -> Any:
    return procedure.draft_from(make.version_of(), actor=make.actor("quantri"), at=make.now())


def upload(client: Any, document: Any, content: bytes = DOCX, name: str = "Mẫu đơn.docx") -> Any:
    address = f"/thiet-ke/{document.version_id}/giay-to/{document.id}/mau"
    return client.post(address, data={"file": (io.BytesIO(content), name)})


def test_form_is_uploaded_looked_at_and_taken_away_in_the_designer(draft: Any, login: Any) -> None:
    admin = login(Role.admin)
    document = draft.documents[0]
    answer = upload(admin, document)
    assert answer.status_code == 303
    page = Page(admin.get(answer.headers["Location"]))
    assert "Mẫu đơn.docx" in page.text and "có mẫu đơn" in page.text
    got = admin.get(f"/mau-don/{document.id}")
    assert got.data == DOCX and "M%E1%BA%ABu%20%C4%91%C6%A1n.docx" in str(got.headers)
    assert got.headers["Content-Disposition"].startswith("attachment")
    address = f"/thiet-ke/{draft.id}/giay-to/{document.id}/mau"
    assert admin.post(address, data={"bo": "1"}).status_code == 303
    assert admin.get(f"/mau-don/{document.id}").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ", "đơn.docx", "PDF, DOCX"),
        (DOCX, "đơn.pdf", "không đúng"),
        (b"", "", "Hãy chọn tệp"),
    ],
)
def test_refused_form_is_said_at_its_field(
    draft: Any, login: Any, content: bytes, name: str, words: str
) -> None:
    answer = upload(login(Role.admin), draft.documents[0], content, name)
    assert answer.status_code == 422
    said = Page(answer).find("//*[@id='file-error']")
    assert said is not None and words in said.text_content()
    stands = Page(answer).find("//form[@data-part-form]//*[@name='name']")
    assert (
        stands.text_content().strip() == draft.documents[0].name
    )  # the form of the paper is whole


def test_form_of_a_draft_is_for_those_who_shape_it(draft: Any, login: Any, client: Any) -> None:
    document = draft.documents[0]
    upload(login(Role.admin), document)
    for other in (login(Role.clerk), client):
        assert other.get(f"/mau-don/{document.id}").status_code == 404


@pytest.fixture
def published(draft: Any, login: Any) -> RequiredDocument:
    """The first paper of the version in force has a form."""
    upload(login(Role.admin), draft.documents[0])
    found = make.version_of().documents[0]
    for name in ("blank_name", "blank_type", "blank_size", "blank_sha256"):
        setattr(found, name, getattr(draft.documents[0], name))
    db.session.commit()
    return found


def test_counter_and_dossier_offer_the_form_beside_its_paper(published: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    address = f"/mau-don/{published.id}"
    page = Page(send(clerk, chosen(clerk, published.version.procedure.code), "refresh"))
    assert page.all(f"//table[contains(@class, 'checklist')]//a[@href='{address}']")
    page = Page(clerk.get(screens.address(make.received())))
    assert page.all(f"//ol[contains(@class, 'checklist')]//a[@href='{address}']")


def test_who_holds_the_slip_finds_the_form_of_what_is_missing(
    app: Any, published: Any, client: Any
) -> None:
    dossier, at = make.at_step(StepKind.work), make.now()
    lacks = (Lack(published.name, "thiếu chữ ký", "ký và nộp lại"),)
    verbs.request_supplement(
        dossier, items=lacks, reason="Thiếu", actor=make.actor("chuyenvien", at), at=at
    )
    stranger = app.test_client()
    page = Page(stranger.get(Lookup("", app.config["SECRET_KEY"]).address(dossier)))
    assert page.all(f"//a[@href='/mau-don/{published.id}']")
    assert stranger.get(f"/mau-don/{published.id}").data == DOCX
