"""Issuing and printing again: numbers without holes, frozen values, one event for each print."""

import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from domain.codes import StepKind
from domain.errors import DomainError
from domain.events import Tag
from domain.money import format_vnd
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from models.paper import IssuedPaper
from printing import issued, papers
from services import dossier as verbs, papers as service
from services.contents import fees_of
from services.dossier import Lack
from tests.factories import dossiers as make

LOOKUP = papers.Lookup("https://motcua.example", "a secret that is long enough for a test")


def occasion(**more: Any) -> papers.Occasion:
    return papers.Occasion(at=make.now(), officer="Trần Thanh Hùng", title="Công chức", **more)


def issue(dossier: Dossier, form: str = "receipt_slip", **more: Any) -> IssuedPaper:
    op_id = more.pop("op_id", None)
    content = papers.content(form, dossier, occasion(**more), LOOKUP)
    scheme = papers.scheme(form, dossier.agency, dossier.counter, make.now())
    return service.issue(
        dossier, form, content, scheme, actor=make.actor("tiepnhan"), at=make.now(), op_id=op_id
    )


def text(paper: IssuedPaper, printed: service.Printed | None = None) -> str:
    pages = PdfReader(io.BytesIO(issued.render(paper, printed))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def tags(paper: IssuedPaper, session: Any) -> list[Tag]:
    query = sa.select(Event.tag).where(Event.subject_id == paper.id).order_by(Event.id)
    return list(session.scalars(query))


def test_issue_numbers_each_form_of_the_year_without_holes(session: Any) -> None:
    first, second = issue(make.received()), issue(make.received())
    assert (first.number, second.number) == ("01/TNHS", "02/TNHS")
    assert first.content["number"] == "01/TNHS"


def test_issue_leaves_one_event(session: Any) -> None:
    assert tags(issue(make.received()), session) == [Tag.paper_print]


def test_issue_twice_with_one_key_gives_the_same_paper(session: Any) -> None:
    dossier, key = make.received(), service.key_of(uuid7(), "receipt_slip")
    first, again = issue(dossier, op_id=key), issue(dossier, op_id=key)
    assert first.id == again.id
    assert tags(first, session) == [Tag.paper_print]
    assert issue(dossier).number == "02/TNHS"


def test_issue_is_refused_to_who_only_reads(session: Any) -> None:
    dossier = make.received()
    with pytest.raises(DomainError) as refused:
        service.issue(dossier, "receipt_slip", {}, actor=make.actor("kiemtra"), at=make.now())
    assert refused.value.code == "dossier.role_not_allowed"


def test_slip_shows_what_was_received_and_a_token_of_its_own(session: Any) -> None:
    dossier, other = make.received(fee=100_000), make.received()
    money = f"{format_vnd(fees_of(dossier)[0].amount)} đồng"
    paper = issue(dossier)
    shown = text(paper)
    for words in (dossier.code, "Nguyễn Thị Hoa", "066190001234", money, "Cư M’gar"):
        assert words in shown
    assert f"Số: {paper.number}" in shown
    assert dossier.due_at is not None and f"{dossier.due_at:%H} giờ {dossier.due_at:%M}" in shown
    assert paper.content["qr"] == LOOKUP.address(dossier)
    assert len(LOOKUP.token(dossier.id)) == 22
    assert LOOKUP.token(dossier.id) != LOOKUP.token(other.id)


def test_reprint_is_the_same_paper_under_a_mark_with_its_time(session: Any) -> None:
    dossier = make.received()
    paper = issue(dossier)
    before = text(paper)
    dossier.owner_name = "Tên Đã Sửa"
    session.commit()
    printed = service.reprint(paper, actor=make.actor("tiepnhan"), at=make.now())
    session.expire_all()
    assert printed.number == 2
    assert service.last_print(paper.id) == printed
    assert "BẢN IN LẠI" not in before
    again = text(session.get(IssuedPaper, paper.id), printed)
    assert "BẢN IN LẠI (lần 2) lúc" in again
    assert "Nguyễn Thị Hoa" in again and "Tên Đã Sửa" not in again
    assert tags(paper, session) == [Tag.paper_print, Tag.paper_reprint]


def test_papers_outdate_no_page_that_somebody_else_has_open(session: Any) -> None:
    dossier = make.received()
    version = dossier.version
    service.reprint(issue(dossier), actor=make.actor("tiepnhan"), at=make.now())
    session.expire_all()
    assert dossier.version == version


def test_reprint_twice_with_one_key_is_one_print(session: Any) -> None:
    paper, key = issue(make.received()), uuid7()
    who = {"actor": make.actor("tiepnhan"), "at": make.now(), "op_id": key}
    assert service.reprint(paper, **who) == service.reprint(paper, **who)
    assert service.last_print(paper.id).number == 2


def test_supplement_request_shows_every_line(session: Any) -> None:
    dossier = make.at_step(StepKind.work)
    step = next(s for s in dossier.steps if s.kind is StepKind.work)
    lacks = (Lack("Giấy đề nghị", "thiếu chữ ký", "ký ở trang 2"), Lack("Ảnh", "mờ", "ảnh rõ"))
    verbs.request_supplement(
        dossier, items=lacks, reason="Chưa đủ thành phần", actor=make.doer(step), at=make.now()
    )
    shown = text(issue(dossier, "supplement_request"))
    for words in ("01/HDHS", "Giấy đề nghị", "Thiếu chữ ký", "Ảnh rõ", "Chưa đủ thành phần"):
        assert words in shown


def test_control_slip_has_a_line_for_each_hand_over(session: Any) -> None:
    dossier = make.processed()
    paper = issue(dossier, "control_slip")
    assert paper.number is None
    lines = paper.content["lines"]
    assert [line["giver"] for line in lines] == [
        "Trần Thanh Hùng",
        "Nguyễn Thị Lan",
        "Lê Văn Bình",
        "",
    ]
    assert {line["outcome"] for line in lines[:3]} <= {"early", "on_time"}
    assert "Phòng Tài chính – Kế hoạch huyện Cư M’gar" in text(paper)


def test_fee_receipt_has_the_number_of_its_payment(session: Any) -> None:
    dossier = make.received(fee=100_000)
    receipt = verbs.record_payment(
        dossier,
        amounts={fees_of(dossier)[0].id: 100_000},
        actor=make.actor("tiepnhan"),
        at=make.now(),
    )
    paper = issue(dossier, "fee_receipt", receipt=receipt)
    assert receipt is not None and paper.number == receipt.number
    assert "Một trăm nghìn đồng" in text(paper)


@pytest.mark.parametrize("form", ["refusal", "stop_notice"])
def test_notices_give_their_reason(session: Any, form: str) -> None:
    dossier = make.received()
    paper = issue(dossier, form, reason="Không đúng thẩm quyền", legal_basis="NĐ 61/2018/NĐ-CP")
    assert "Không đúng thẩm quyền" in text(paper)
    assert paper.number in ("01/TCHS", "01/TB-UBND")


def test_apology_keeps_the_first_appointment(session: Any) -> None:
    dossier = make.at_step(StepKind.work, "1.013225")
    assert dossier.due_at is not None
    former = dossier.due_at
    verbs.extend(
        dossier,
        extended_to=former + dt.timedelta(days=7),
        reason="Chờ ý kiến",
        actor=make.actor("lanhdao"),
        at=make.now(),
    )
    paper = issue(dossier, "apology", reason="Chờ ý kiến", former_due_at=former)
    assert paper.content["due_at"] == former.isoformat()
    assert paper.content["new_due_at"] > paper.content["due_at"]
    assert "xin lỗi" in text(paper)
