"""The return desk: the slip is found, what is due is paid, and the result leaves with a known person."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import Status
from domain.events import Tag
from domain.roles import Role
from models.dossier import Dossier
from models.event import Event
from models.paper import IssuedPaper
from services import dossier as verbs
from tests.factories import dossiers as make
from tests.factories.pages import Page


def address(dossier: Dossier) -> str:
    return f"/tra-ket-qua/{dossier.id}"


def hand_over(client: Any, dossier: Dossier, **typed: Any) -> Any:
    """Open the dossier at the desk and send the form of the hand-over."""
    page = Page(client.get(address(dossier)))
    values = page.values(f"//form[@action='{address(dossier)}']")
    given = {"receiver_id": "066190001234", "slip_collected": "y"}
    return client.post(address(dossier), data={**values, **given, **typed})


def test_result_is_handed_over_once_when_the_form_is_sent_twice(session, login):
    dossier = make.processed()
    clerk = login(Role.clerk)
    values = Page(clerk.get(address(dossier))).values(f"//form[@action='{address(dossier)}']")
    assert values["receiver"] == dossier.owner_name
    values |= {"receiver_id": "066190001234", "slip_collected": "y"}
    assert [clerk.post(address(dossier), data=values).status_code for _ in range(2)] == [303, 303]
    session.expire_all()
    assert dossier.status is Status.returned
    assert (dossier.returned_to_id, dossier.slip_collected) == ("066190001234", True)
    events = session.scalars(sa.select(Event).where(Event.tag == Tag.dossier_return_result)).all()
    assert len(events) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"receiver": ""}, "receiver"),
        ({"receiver_id": "12"}, "receiver_id"),
        ({"receiver_id": ""}, "receiver_id"),
    ],
)
def test_receiver_must_be_known(session, login, typed, field):
    dossier = make.processed()
    answer = hand_over(login(Role.clerk), dossier, note="để lại", **typed)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.error(field)
    assert page.find("//*[@id='note']").get("value") == "để lại"
    session.expire_all()
    assert dossier.status is Status.processed


def test_swapped_digits_beside_the_right_name_are_called_so(session, login):
    dossier = make.processed()
    answer = hand_over(login(Role.clerk), dossier, receiver_id="066190002134")
    assert answer.status_code == 422
    assert "Đúng tên người nộp hồ sơ nhưng khác số định danh" in answer.text
    assert dossier.owner_id_number in answer.text
    answer = hand_over(login(Role.clerk), dossier, receiver_id="066190002134", receiver="Y Bliă")
    assert "Đúng tên người nộp hồ sơ" not in answer.text


def test_lost_slip_needs_a_reason(session, login):
    dossier = make.processed()
    clerk = login(Role.clerk)
    values = Page(clerk.get(address(dossier))).values(f"//form[@action='{address(dossier)}']")
    values |= {"receiver_id": "066190001234"}
    answer = clerk.post(address(dossier), data=values)
    assert answer.status_code == 422 and Page(answer).error("note")
    answer = clerk.post(address(dossier), data=values | {"note": "Dân làm mất giấy hẹn"})
    assert answer.status_code == 303
    session.expire_all()
    assert dossier.slip_collected is False


def test_unpaid_fee_stops_the_hand_over_until_it_is_paid_here(session, login):
    dossier = make.processed()
    clerk = login(Role.clerk)
    fee = _owing(session, dossier)
    refused = hand_over(clerk, dossier, pay_0="0")
    assert refused.status_code == 422
    session.expire_all()
    assert dossier.status is Status.processed and fee.paid == 0
    values = Page(clerk.get(address(dossier))).values(f"//form[@action='{address(dossier)}']")
    assert values["pay_0"] == "30.000"
    assert clerk.post(f"{address(dossier)}/thu", data=values).status_code == 303
    session.expire_all()
    assert fee.paid == 30000
    assert session.scalars(sa.select(IssuedPaper.form)).all().count("fee_receipt") == 1
    assert hand_over(clerk, dossier).status_code == 303


def test_money_is_taken_and_the_result_handed_over_by_one_button(session, login):
    dossier = make.processed()
    clerk = login(Role.clerk)
    fee = _owing(session, dossier)
    values = Page(clerk.get(address(dossier))).values(f"//form[@action='{address(dossier)}']")
    values |= {"receiver_id": "066190001234", "slip_collected": "y", "action": "hand_over"}
    answers = [clerk.post(address(dossier), data=values) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    session.expire_all()
    assert (dossier.status, fee.paid) == (Status.returned, 30000)
    assert session.scalars(sa.select(IssuedPaper.form)).all().count("fee_receipt") == 1
    done = clerk.get(answers[0].headers["Location"])
    receipt = session.scalars(sa.select(IssuedPaper).where(IssuedPaper.form == "fee_receipt")).one()
    assert dossier.code in done.text and f'data-print="/giay/{receipt.id}"' in done.text


@pytest.mark.parametrize(
    ("number", "old", "says"),
    [
        ("066190001234", "", "Đúng thẻ của người nộp hồ sơ."),
        ("066190009999", "240123456", "Đúng thẻ của người nộp hồ sơ."),
        ("066085000011", "", "Đúng thẻ của người nộp thay."),
        ("066085000022", "", "không phải người nộp hồ sơ"),
    ],
)
def test_card_says_whose_it_is(session, login, number, old, says):
    dossier = make.processed()
    dossier.owner_id_number, dossier.submitter_id_number = "066190001234", "066085000011"
    if old:
        dossier.owner_id_number = old
    card = f"{number}|{old}|Trần Văn Bình|15031990|Nam|Buôn Kô Tam, xã Ea Tu|01012022"
    answer = hand_over(login(Role.clerk), dossier, action="card", card=card, note="giữ nguyên")
    page = Page(answer)
    assert answer.status_code == 200 and says in page.text
    values = page.values(f"//form[@action='{address(dossier)}']")
    assert (values["receiver"], values["receiver_id"]) == ("Trần Văn Bình", number)
    assert values["note"] == "giữ nguyên" and not values["card"]
    session.expire_all()
    assert dossier.status is Status.processed


def test_card_that_cannot_be_read_is_said_at_its_field(session, login):
    answer = hand_over(login(Role.clerk), make.processed(), action="card", card="abc", note="x")
    assert answer.status_code == 422 and Page(answer).error("card")
    assert Page(answer).find("//*[@id='card']").get("value") == "abc"


def test_somebody_else_takes_it_only_after_the_authorisation_was_checked(session, login):
    dossier = make.processed()
    clerk, other = login(Role.clerk), {"receiver_id": "066085000022"}
    refused = hand_over(clerk, dossier, **other)
    assert refused.status_code == 422 and Page(refused).error("proxy")
    assert hand_over(clerk, dossier, proxy="y", note="con gái", **other).status_code == 303
    session.expire_all()
    event = session.scalars(sa.select(Event).where(Event.tag == Tag.dossier_return_result)).one()
    assert event.reason == "Đã kiểm tra giấy ủy quyền; con gái"


def _owing(session: Any, dossier: Dossier) -> Any:
    """A fee of 30.000 đ, due on return, the only one unpaid."""
    from domain.codes import FeeMoment
    from models.fee import DossierFee

    fee = DossierFee(
        agency_id=dossier.agency_id,
        dossier=dossier,
        name="Lệ phí cấp bản sao",
        quantity=1,
        amount=30000,
        paid=0,
        moment=FeeMoment.on_return,
    )
    session.add(fee)
    session.commit()
    return fee


def test_stale_page_is_told_so_and_keeps_what_was_typed(session, login):
    dossier = make.processed()
    clerk = login(Role.clerk)
    stale = dossier.version - 1
    answer = hand_over(clerk, dossier, version=stale, receiver="Nguyễn Văn Em")
    assert answer.status_code == 409
    assert Page(answer).find("//*[@id='receiver']").get("value") == "Nguyễn Văn Em"
    again = Page(answer).values(f"//form[@action='{address(dossier)}']")
    assert clerk.post(address(dossier), data=again | {"slip_collected": "y"}).status_code == 303


def test_code_leads_straight_to_its_dossier(session, login):
    dossier = make.processed()
    answer = login(Role.clerk).get("/tra-ket-qua", query_string={"q": dossier.code})
    assert answer.status_code == 302 and answer.headers["Location"] == address(dossier)


def test_unknown_code_is_said_and_kept(session, login):
    answer = login(Role.clerk).get("/tra-ket-qua", query_string={"q": "H15.36.00-200101-9999"})
    assert answer.status_code == 200
    assert Page(answer).find("//*[@id='q']").get("value") == "H15.36.00-200101-9999"
    assert Page(answer).all("//*[contains(@class, 'alert-warning')]")


def test_results_waiting_here_are_listed_and_paged(session, login, monkeypatch):
    from views import return_desk

    monkeypatch.setattr(return_desk, "ROWS", 2)
    codes = [make.processed().code for _ in range(3)]
    elsewhere = make.received(by="tiepnhan.krongana")
    clerk = login(Role.clerk)
    first = clerk.get("/tra-ket-qua")
    assert [c for c in codes if c in first.text] == codes[:2]
    older = Page(first).find("//a[@rel='next']").get("href")
    second = clerk.get(older)
    assert codes[2] in second.text and codes[0] not in second.text
    assert elsewhere.code not in first.text + second.text


def test_dossier_without_a_result_offers_no_hand_over(session, login):
    dossier = make.received()
    page = Page(login(Role.clerk).get(address(dossier)))
    assert not page.all(f"//form[@action='{address(dossier)}']")
    assert page.all("//*[contains(@class, 'alert-warning')]")


def test_dossier_of_another_agency_is_not_found(session, login):
    dossier = make.received(by="tiepnhan.krongana")
    clerk = login(Role.clerk)
    assert clerk.get(address(dossier)).status_code == 404
    assert clerk.post(address(dossier), data={"receiver": "a"}).status_code == 404
    assert clerk.post(f"{address(dossier)}/thu", data={}).status_code == 404


@pytest.mark.parametrize("role", [Role.officer, Role.leader, Role.auditor, Role.admin])
def test_desk_is_closed_to_other_roles(session, login, role):
    dossier = make.processed()
    client = login(role)
    assert client.get("/tra-ket-qua").status_code == 403
    assert client.post(address(dossier), data={}).status_code == 403


def test_withdrawn_dossier_cannot_be_handed_over_by_address(session, login):
    dossier = make.received()
    verbs.withdraw(dossier, reason="Không cần nữa", actor=make.actor("tiepnhan"), at=make.now())
    data = {"receiver": "A", "receiver_id": "066190001234", "slip_collected": "y"}
    answer = login(Role.clerk).post(address(dossier), data=data | {"version": dossier.version})
    assert answer.status_code == 422
    session.expire_all()
    assert dossier.status is Status.withdrawn


def test_address_on_the_slip_finds_the_dossier(session, login):
    dossier = make.received()
    slip = f"https://motcua.example/tra-cuu/{dossier.code}?k=0123456789abcdefghijkl"
    answer = login(Role.clerk).get("/tra-ket-qua", query_string={"q": slip})
    assert answer.status_code == 302
    assert answer.location.endswith(f"/tra-ket-qua/{dossier.id}?quet=1")  # the slip is here
