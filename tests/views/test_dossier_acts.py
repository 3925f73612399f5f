"""Every act of the dossier page through HTTP: what is typed is done once, and leaves its event."""

import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from domain.codes import Outcome, Status, StepKind
from domain.events import Tag
from domain.roles import Role
from models.attachment import Attachment
from models.dossier import Dossier
from models.event import Event
from models.organisation import Unit
from models.paper import IssuedPaper
from services import dossier as verbs
from services.contents import fees_of
from services.dossier.forms import Lack
from services.dossier.steps import live
from tests.factories import dossiers as make, screens


def done(answer: Any, session: Any, dossier: Dossier, tag: Tag) -> Event:
    """The act went through: back to the page, and one event of its own."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].endswith(screens.address(dossier))
    session.expire_all()
    events = session.scalars(
        sa.select(Event).where(Event.dossier_id == dossier.id, Event.tag == tag)
    ).all()
    assert len(events) == 1
    return events[0]


def issued(session: Any, dossier: Dossier) -> list[str]:
    query = sa.select(IssuedPaper.form).where(IssuedPaper.dossier_id == dossier.id)
    return list(session.scalars(query))


def unit(session: Any, code: str) -> Unit:
    found: Unit = session.scalars(sa.select(Unit).where(Unit.code == code)).one()
    return found


def supplemented() -> Dossier:
    dossier = make.at_step(StepKind.work)
    verbs.request_supplement(
        dossier,
        items=(Lack("Giấy đề nghị", "thiếu chữ ký", "ký lại"),),
        reason="Chưa đủ",
        actor=make.doer(live(dossier)[0]),
        at=make.now(),
    )
    return dossier


def test_forward_hands_on(session: Any, login: Any) -> None:
    dossier = make.received()
    answer = screens.send(login(Role.clerk), dossier, "chuyen", note="Đủ giấy tờ")
    event = done(answer, session, dossier, Tag.dossier_forward)
    assert event.reason == "Đủ giấy tờ"
    assert dossier.status is Status.processing


def test_assign_gives_the_work_to_an_officer(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.assign)
    officer = make.officer_id("chuyenvien2")
    answer = screens.send(login(Role.head), dossier, "phan-cong", officer_id=officer)
    done(answer, session, dossier, Tag.dossier_assign)
    assert [s.holder_id for s in live(dossier)] == [officer]


def test_assign_offers_only_officers_of_the_department(session: Any, login: Any) -> None:
    page = login(Role.head).get(screens.address(make.at_step(StepKind.assign))).text
    assert "Trương Công Định" in page
    assert "Bùi Minh Tuấn" not in page


def test_take_over_moves_the_work_into_ones_hand(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    other = "chuyenvien2" if live(dossier)[0].holder.user.username == "chuyenvien" else "chuyenvien"
    answer = screens.send(login(other), dossier, "nhan-viec")
    done(answer, session, dossier, Tag.dossier_take_over)
    assert live(dossier)[0].holder_id == make.officer_id(other)


def holder(dossier: Dossier) -> str:
    """Account of who holds the dossier."""
    step = live(dossier)[0]
    found = make.doer(step)
    from models.base import db
    from models.officer import Officer

    username: str = db.session.get_one(Officer, found.officer_id).user.username
    return username


def test_propose_sends_up_for_signature(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    answer = screens.send(login(holder(dossier)), dossier, "trinh", note="Đề nghị ký")
    assert done(answer, session, dossier, Tag.dossier_propose).reason == "Đề nghị ký"


def test_propose_brings_the_draft_that_the_signer_reads(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(picture, "PNG")
    draft = (io.BytesIO(picture.getvalue()), "du-thao.png")
    answer = screens.send(login(holder(dossier)), dossier, "trinh", note="Đề nghị ký", file=draft)
    done(answer, session, dossier, Tag.dossier_propose)
    kept = session.scalars(sa.select(Attachment)).one()
    assert (kept.kind, kept.title) == ("draft", "Dự thảo kết quả")
    page = login(Role.head).get("/ky").text
    assert f"/tep/{kept.id}/trang/1" in page and "chưa có dự thảo" not in page
    bad = (io.BytesIO(b"no picture"), "du-thao.png")
    other = make.at_step(StepKind.work)
    answer = screens.send(login(holder(other)), other, "trinh", note="Đề nghị ký", file=bad)
    assert answer.status_code == 422 and "Đề nghị ký" in answer.text
    session.expire_all()
    assert live(other)[0].kind is StepKind.work
    assert live(dossier)[0].kind is StepKind.sign


def test_approve_signs(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.sign)
    page = login(Role.head).get(screens.address(dossier)).text
    assert 'name="result_text"' not in page  # numbering follows: the result is named there
    done(screens.send(login(Role.head), dossier, "ky-duyet"), session, dossier, Tag.dossier_approve)
    assert live(dossier)[0].kind is StepKind.number


def test_approve_names_the_result_when_only_the_return_follows(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.sign, make.SUSPENSION)
    answer = screens.send(login(Role.head), dossier, "ky-duyet", result_text="Xác nhận")
    done(answer, session, dossier, Tag.dossier_approve)
    assert (dossier.status, dossier.result_text) == (Status.processed, "Xác nhận")


def test_send_back_reopens_the_work_with_the_reason(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.sign)
    answer = screens.send(login(Role.head), dossier, "tra-lai", reason="Thiếu căn cứ")
    assert done(answer, session, dossier, Tag.dossier_send_back).reason == "Thiếu căn cứ"
    assert live(dossier)[0].kind is StepKind.work


def test_consult_and_answer(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    asked = unit(session, "DL-648-KTHT")
    answer = screens.send(
        login(holder(dossier)),
        dossier,
        "lay-y-kien",
        unit_ids=[asked.id],
        question="Có phù hợp quy hoạch không?",
        term_amount="2",
        term_unit="wd",
    )
    done(answer, session, dossier, Tag.dossier_consult)
    beside = next(s for s in live(dossier) if s.kind is StepKind.consult)
    assert (beside.unit_id, beside.term) == (asked.id, "2wd")
    opinion = {"opinion": "Phù hợp", "agrees": "0"}
    answer = screens.send(login("cv.xaydung"), dossier, "cho-y-kien", **opinion)
    event = done(answer, session, dossier, Tag.dossier_answer_consult)
    assert (event.reason, event.changes["agrees"]) == ("Phù hợp", False)


def test_request_supplement_stops_the_clock_and_issues_the_slip(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    rows = {
        "paper": ["Giấy đề nghị", "", "Căn cước"],
        "wrong": ["thiếu chữ ký", "", "mờ"],
        "needed": ["ký lại", "", "bản rõ"],
    }
    answer = screens.send(
        login(holder(dossier)),
        dossier,
        "yeu-cau-bo-sung",
        **rows,
        reason="Chưa đủ thành phần",
        answer_by="30/12/2099",
    )
    done(answer, session, dossier, Tag.dossier_request_supplement)
    request = dossier.supplements[0]
    assert [i.paper for i in request.items] == ["Giấy đề nghị", "Căn cước"]
    assert request.answer_by == dt.datetime(2099, 12, 30, 17, tzinfo=make.TZ)
    assert dossier.status is Status.awaiting_supplement
    assert issued(session, dossier) == ["supplement_request"]


def test_request_supplement_offers_more_rows_without_doing_anything(
    session: Any, login: Any
) -> None:
    dossier = make.at_step(StepKind.work)
    typed = {"paper": ["Đơn"], "wrong": ["x"], "needed": ["y"], "more": "1"}
    answer = screens.send(login(holder(dossier)), dossier, "yeu-cau-bo-sung", **typed)
    assert answer.status_code == 200
    assert 'value="Đơn"' in answer.text
    assert answer.text.count('name="paper"') > 5
    session.expire_all()
    assert dossier.status is Status.processing


def test_receive_supplement_lets_the_clock_run(session: Any, login: Any) -> None:
    dossier = supplemented()
    answer = screens.send(login(Role.clerk), dossier, "nhan-bo-sung", note="Đã nộp đủ")
    done(answer, session, dossier, Tag.dossier_receive_supplement)
    assert dossier.status is Status.processing


def test_payment_is_asked_for_and_recorded_with_its_receipt(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    typed = {"name": "Lệ phí trước bạ", "amount": "1.500.000"}
    answer = screens.send(login(holder(dossier)), dossier, "yeu-cau-nop-tien", **typed)
    done(answer, session, dossier, Tag.dossier_request_payment)
    fee = fees_of(dossier)[0]
    assert (fee.amount, dossier.status) == (1_500_000, Status.awaiting_payment)
    paid = {f"paid-{fee.id}": "1.500.000", "payer": "Y Bhiăm Niê", "method": "transfer"}
    answer = screens.send(login(Role.cashier), dossier, "thu-phi", **paid)
    done(answer, session, dossier, Tag.dossier_record_payment)
    assert (fees_of(dossier)[0].paid, dossier.status) == (1_500_000, Status.processing)
    assert issued(session, dossier) == ["fee_receipt"]


def test_suspend_and_resume(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    head = login(Role.head)
    typed = {"kind": "outage", "reason": "Mất điện"}
    answer = screens.send(head, dossier, "tam-dung", **typed)
    done(answer, session, dossier, Tag.dossier_suspend)
    assert [p.kind for p in dossier.pauses if p.ends is None] == ["outage"]
    done(screens.send(head, dossier, "tiep-tuc"), session, dossier, Tag.dossier_resume)
    assert all(p.ends for p in dossier.pauses)


def test_extend_apologises_and_keeps_the_first_appointment(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work, "1.013225")
    assert dossier.due_at is not None
    first, later = dossier.due_at, dossier.due_at + dt.timedelta(days=14)
    typed = {"extended_to": f"{later:%d/%m/%Y} 10:00", "reason": "Chờ ý kiến"}
    answer = screens.send(login(Role.leader), dossier, "hen-lai", **typed)
    done(answer, session, dossier, Tag.dossier_extend)
    assert dossier.original_due_at == first
    assert dossier.due_at is not None and dossier.due_at > first
    assert issued(session, dossier) == ["apology"]


def test_transfer_opens_a_leg_of_the_other_agency(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    other = unit(session, "DL-655")
    answer = screens.send(
        login(holder(dossier)),
        dossier,
        "lien-thong",
        to_agency_id=other.id,
        request="Xác minh tài sản",
        term_amount="3",
        term_unit="wd",
    )
    done(answer, session, dossier, Tag.dossier_transfer)
    assert [leg.agency_id for leg in dossier.legs] == [dossier.agency_id, other.id]
    page = login("chuyenvien.krongana").get(screens.address(dossier))
    assert page.status_code == 200 and "Xác minh tài sản" in page.text


def test_other_agency_asks_for_a_supplement_under_its_own_head(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    other = unit(session, "DL-655")
    verbs.transfer(
        dossier,
        to_agency_id=other.id,
        request="Xác minh tài sản",
        actor=make.doer(live(dossier)[0]),
        at=make.now(),
    )
    rows = {"paper": "Hợp đồng", "wrong": "thiếu trang", "needed": "bản đủ trang"}
    answer = screens.send(
        login("chuyenvien.krongana"), dossier, "yeu-cau-bo-sung", **rows, reason="Chưa đủ"
    )
    done(answer, session, dossier, Tag.dossier_request_supplement)
    paper = session.scalars(sa.select(IssuedPaper)).one()
    assert (paper.agency_id, paper.number) == (other.id, "01/HDHS")
    assert paper.content["head"]["superior"] == other.full_name
    assert dossier.status is Status.awaiting_supplement


def test_finish_at_the_counter_on_the_spot(session: Any, login: Any) -> None:
    dossier = make.received()
    answer = screens.send(login(Role.clerk), dossier, "hoan-thanh", result_text="Bản chứng thực")
    done(answer, session, dossier, Tag.dossier_finish)
    assert dossier.status is Status.processed


def test_finish_numbers_the_result_and_keeps_its_scan(session: Any, login: Any) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(picture, "PNG")
    dossier = make.at_step(StepKind.number)
    answer = screens.send(
        login(Role.registrar),
        dossier,
        "hoan-thanh",
        result_no="12/GCN",
        result_text="Giấy chứng nhận",
        file=(io.BytesIO(picture.getvalue()), "kq.png"),
    )
    done(answer, session, dossier, Tag.dossier_finish)
    assert (dossier.status, dossier.result_no) == (Status.processed, "12/GCN")
    page = login(Role.registrar).get(screens.address(dossier)).text
    assert "/tep/" in page


def test_finish_does_nothing_when_the_scan_is_bad(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.number)
    bad = (io.BytesIO(b"not a picture"), "kq.png")
    typed = {"result_no": "13/GCN", "file": bad}
    answer = screens.send(login(Role.registrar), dossier, "hoan-thanh", **typed)
    assert answer.status_code == 422
    assert 'value="13/GCN"' in answer.text
    session.expire_all()
    assert dossier.status is Status.processing


@pytest.mark.parametrize(
    ("slug", "role", "tag", "outcome", "paper"),
    [
        ("tu-choi", Role.head, Tag.dossier_refuse, Outcome.refused, "refusal"),
        ("dung", Role.head, Tag.dossier_stop, Outcome.stopped, "stop_notice"),
    ],
)
def test_ending_against_the_applicant_issues_its_notice(
    session: Any, login: Any, slug: str, role: Role, tag: Tag, outcome: Outcome, paper: str
) -> None:
    dossier = make.at_step(StepKind.sign)
    typed = {"reason": "Không đủ điều kiện", "legal_basis": "NĐ 61/2018/NĐ-CP"}
    answer = screens.send(login(role), dossier, slug, **typed)
    done(answer, session, dossier, tag)
    assert dossier.outcome is outcome
    assert issued(session, dossier) == [paper]


def test_withdraw_hands_the_papers_back(session: Any, login: Any) -> None:
    dossier = make.at_step(StepKind.work)
    answer = screens.send(login(Role.clerk), dossier, "rut", reason="Người nộp xin rút")
    done(answer, session, dossier, Tag.dossier_withdraw)
    assert dossier.status is Status.withdrawn


def test_return_result_starts_from_the_applicant(session: Any, login: Any) -> None:
    dossier = make.processed()
    done(
        screens.send(login(Role.clerk), dossier, "tra-ket-qua"),
        session,
        dossier,
        Tag.dossier_return_result,
    )
    assert (dossier.status, dossier.returned_to) == (Status.returned, "Nguyễn Thị Hoa")
    assert dossier.slip_collected is True


def test_correct_procedure_keeps_the_code_and_issues_a_new_slip(session: Any, login: Any) -> None:
    dossier = make.received()
    code = dossier.code
    version = make.version_of(make.SUSPENSION)
    typed = {"version_id": version.id, "reason": "Chọn nhầm"}
    answer = screens.send(login(Role.clerk), dossier, "sua-thu-tuc", **typed)
    done(answer, session, dossier, Tag.dossier_correct_procedure)
    assert (dossier.code, dossier.procedure.code) == (code, make.SUSPENSION)
    assert issued(session, dossier) == ["receipt_slip"]


def test_comment_is_shown(session: Any, login: Any) -> None:
    dossier = make.received()
    clerk = login(Role.clerk)
    answer = screens.send(clerk, dossier, "ghi-chu", text="Người nộp hẹn <b>chiều</b> quay lại")
    done(answer, session, dossier, Tag.dossier_comment)
    assert "hẹn &lt;b&gt;chiều&lt;/b&gt; quay lại" in clerk.get(screens.address(dossier)).text


def test_attach_adds_a_scan_to_its_paper(session: Any, login: Any) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(picture, "JPEG")
    dossier = make.received()
    paper = dossier.papers[0]
    answer = screens.send(
        login(Role.clerk),
        dossier,
        "dinh-kem",
        file=(io.BytesIO(picture.getvalue()), "đơn.jpg"),
        paper_id=paper.id,
    )
    event = done(answer, session, dossier, Tag.file_attach)
    assert event.changes["title"] == "đơn"
