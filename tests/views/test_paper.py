"""Issued papers through HTTP: the PDF, printing again, and whose they are."""

import io
from typing import Any

import sqlalchemy as sa
from pypdf import PdfReader

from domain.events import Tag
from domain.roles import Role
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from models.paper import IssuedPaper
from tests.factories import dossiers as make, screens


def slip(session: Any, client: Any, dossier: Dossier, form: str = "receipt_slip") -> str:
    """Issue a paper from the page; its address."""
    target = f"{screens.address(dossier)}/giay/{form}"
    typed = screens.fields(client.get(screens.address(dossier)).text, target)
    answer = client.post(target, data=typed)
    assert answer.status_code == 303
    again = client.post(target, data=typed)
    assert again.headers["Location"] == answer.headers["Location"]
    address: str = answer.headers["Location"]
    return address


def text(answer: Any) -> str:
    assert answer.status_code == 200
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_slip_opens_in_the_browser_and_can_run_nothing(session: Any, login: Any) -> None:
    dossier, clerk = make.received(), login(Role.clerk)
    answer = clerk.get(slip(session, clerk, dossier))
    assert answer.mimetype == "application/pdf"
    name = f"giay-hen-{dossier.code}.pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert dossier.code is not None and dossier.code in text(answer)
    assert "Liên 2: lưu cùng hồ sơ" in text(answer)


def test_a_key_that_is_none_is_no_mistake_of_ours(session: Any, login: Any) -> None:
    dossier, clerk = make.received(), login(Role.clerk)
    address = slip(session, clerk, dossier)
    for target in (f"{screens.address(dossier)}/giay/receipt_slip", f"{address}/in-lai"):
        for _ in range(2):
            assert clerk.post(target, data={"idempotency_key": "abc"}).status_code == 303
    tags = list(session.scalars(sa.select(Event.tag).where(Event.dossier_id == dossier.id)))
    assert (tags.count(Tag.paper_print), tags.count(Tag.paper_reprint)) == (3, 2)


def test_looking_at_a_paper_leaves_no_second_print(session: Any, login: Any) -> None:
    dossier, clerk = make.received(), login(Role.clerk)
    address = slip(session, clerk, dossier)
    assert text(clerk.get(address)) == text(clerk.get(address))
    tags = session.scalars(sa.select(Event.tag).where(Event.subject_kind == "IssuedPaper")).all()
    assert tags == [Tag.paper_print]


def test_reprint_is_an_event_and_says_so_on_the_paper(session: Any, login: Any) -> None:
    dossier, clerk = make.received(), login(Role.clerk)
    address = slip(session, clerk, dossier)
    target = f"{address}/in-lai"
    typed = screens.fields(clerk.get(screens.address(dossier)).text, target)
    for _ in range(2):
        assert clerk.post(target, data=typed).headers["Location"] == address
    assert "BẢN IN LẠI (lần 2)" in text(clerk.get(address))


def test_control_slip_follows_the_dossier(session: Any, login: Any) -> None:
    dossier, clerk = make.processed(), login(Role.clerk)
    shown = text(clerk.get(slip(session, clerk, dossier, "control_slip")))
    for words in ("PHIẾU KIỂM SOÁT", "Nguyễn Thị Lan", "Lê Văn Bình"):
        assert words in shown


def test_paper_of_another_department_is_not_there(session: Any, login: Any) -> None:
    dossier, clerk = make.received(), login(Role.clerk)
    address = slip(session, clerk, dossier)
    stranger = login("chuyenvien.krongana")
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/in-lai", data={}).status_code == 404
    assert clerk.get(f"/giay/{uuid7()}").status_code == 404


def test_reader_may_look_but_not_print_again(session: Any, login: Any, client: Any) -> None:
    dossier = make.received()
    address = slip(session, login(Role.clerk), dossier)
    auditor = login(Role.auditor)
    assert auditor.get(address).status_code == 200
    assert auditor.post(f"{address}/in-lai", data={}).status_code == 403
    target = f"{screens.address(dossier)}/giay/receipt_slip"
    assert auditor.post(target, data={}).status_code == 403
    assert client.get(address).status_code == 302


def test_only_papers_without_an_act_of_their_own_are_issued_alone(session: Any, login: Any) -> None:
    dossier, clerk = make.received(), login(Role.clerk)
    for form in ("refusal", "fee_receipt", "nothing"):
        assert clerk.post(f"{screens.address(dossier)}/giay/{form}", data={}).status_code == 404
    assert session.scalars(sa.select(IssuedPaper)).all() == []


def test_page_of_a_paper_is_a_picture_for_those_who_see_the_dossier(
    session: Any, login: Any
) -> None:
    dossier, clerk = make.received(), login(Role.clerk)
    address = slip(session, clerk, dossier)
    answer = clerk.get(f"{address}/trang/1?w=500")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["X-Pages"] == str(
        len(PdfReader(io.BytesIO(clerk.get(address).data)).pages)
    )
    assert clerk.get(f"{address}/trang/99").status_code == 404
    assert login("chuyenvien.krongana").get(f"{address}/trang/1").status_code == 404
