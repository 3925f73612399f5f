"""The counter says all that is wrong at once, at its field, and takes what is right as it is written."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import FeeMoment, Status
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.fee import DossierFee
from models.ids import uuid7
from models.paper import IssuedPaper
from models.procedure import FeeRule, Procedure, ProcedureVersion, VersionState
from services.dossier.forms import FeeLine
from tests.factories import dossiers as make
from tests.factories.counter import chosen, only, send, typed
from tests.factories.pages import Page


def land_procedure(session: Any) -> str:
    """Code of a published procedure about a parcel."""
    return session.scalars(
        sa.select(Procedure.code)
        .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
        .where(
            Procedure.procedure_field.has(code="BPBD"),
            ProcedureVersion.state == VersionState.published,
        )
        .order_by(Procedure.code)
    ).first()


def without_tariff(session: Any, moment: FeeMoment, code: str = make.BUSINESS) -> FeeRule:
    """A fee of a procedure whose amount nobody has laid down."""
    version = make.version_of(code)
    rule = FeeRule(
        version_id=version.id,
        agency_id=version.agency_id,
        code="DO-DAC",
        name="Phí đo đạc",
        amount=None,
        moment=moment,
        source="chưa xác minh",
    )
    session.add(rule)
    session.commit()
    session.expire_all()
    return rule


def linked(page: Page) -> set[str]:
    """Where the summary of errors leads."""
    links = page.all("//*[contains(@class, 'error-summary')]//a")
    return {a.get("href").removeprefix("#") for a in links}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("owner_birth_date", "01/01/2090", "tương lai"),
        ("owner_birth_date", "01/01/1899", "1900"),
        ("owner_email", "abc@", "thư điện tử"),
        ("owner_email", "hoa nguyen@example.vn", "thư điện tử"),
        ("owner_name", "A", "hai chữ cái"),
    ],
)
def test_value_that_cannot_be_is_said_at_its_field(session, login, field, value, said):
    clerk = login(Role.clerk)
    answer = send(clerk, chosen(clerk, **{field: value}), "receive")
    assert answer.status_code == 422
    assert said in Page(answer).error(field)
    assert typed(answer)[field] == value


def test_all_errors_of_a_visit_are_shown_together(session, login):
    rule = without_tariff(session, FeeMoment.on_receipt, land_procedure(session))
    clerk = login(Role.clerk)
    wrong = {
        "owner_name": "A",
        "owner_id_number": "12",
        "owner_phone": "1",
        "owner_email": "abc@",
        "owner_birth_date": "01/01/2090",
        "has_submitter": "y",
        "submitter_name": "Trần Văn Bình",
        "submitter_id_number": "34",
        "submitter_phone": "5",
        "return_method": "post",
        "land_map_sheet": "abc",
        "land_area": "12,5m",
    }
    values = chosen(clerk, land_procedure(session), **wrong)
    values = {n: v for n, v in values.items() if not n.endswith("handed_in")}
    answer = send(clerk, values, "receive")
    page = Page(answer)
    expected = set(wrong) - {"has_submitter", "submitter_name", "return_method"}
    assert answer.status_code == 422
    assert linked(page) >= expected | {"return_address", f"f-{rule.id}-amount"}
    assert all(page.error(name) for name in (*expected, "return_address"))
    assert page.words("part-guide"), "what is missing is offered for the guidance"
    assert session.scalar(sa.select(sa.func.count(Dossier.id))) == 0


def test_guidance_marks_every_cell_that_is_empty(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk, owner_phone="1") | {
        "l-0-seen": "1", "l-0-paper": "Đơn", "l-0-wrong": "", "l-0-needed": "",
    }  # fmt: skip
    answer = send(clerk, values, "guide")
    assert answer.status_code == 422
    assert linked(Page(answer)) >= {"l-0-wrong", "l-0-needed", "owner_phone"}


def test_procedure_left_empty_is_asked_for(session, login):
    clerk = login(Role.clerk)
    page = clerk.get("/tiep-nhan")
    assert Page(page).all("//label[@for='procedure']/*[@class='required']")
    for action in ("choose", "receive"):
        answer = send(clerk, typed(page), action, procedure="")
        assert answer.status_code == 422
        assert Page(answer).error("procedure") == "Hãy chọn thủ tục."
    assert "Không có" in Page(send(clerk, typed(page), "receive", procedure="xyzzy")).error(
        "procedure"
    )


def test_return_by_post_has_an_address(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk, return_method="post", return_address=" ")
    answer = send(clerk, values, "receive")
    assert answer.status_code == 422 and Page(answer).error("return_address")
    assert send(clerk, values, "receive", return_address="12 Lê Lợi").status_code == 303


@pytest.mark.parametrize(
    ("written", "kept"), [("1.250,5", "1.250,5 m²"), ("500", "500 m²"), ("125,40 m2", "125,4 m²")]
)
def test_parcel_is_kept_as_the_register_writes_it(session, login, written, kept):
    clerk = login(Role.clerk)
    parcel = {"land_map_sheet": "DC-05", "land_parcel_no": "12(2)", "land_area": written}
    answer = send(clerk, chosen(clerk, land_procedure(session), **parcel), "receive")
    assert answer.status_code == 303
    land = only().details["land"]
    assert (land["map_sheet"], land["parcel_no"], land["area"]) == ("DC-05", "12(2)", kept)


# ---- fees without a tariff -----------------------------------------------------------------------
def test_fee_due_on_return_without_a_tariff_does_not_stop_the_receipt(session, login):
    rule = without_tariff(session, FeeMoment.on_return)
    clerk = login(Role.clerk)
    assert send(clerk, chosen(clerk), "receive").status_code == 303
    assert only().details["open_fees"] == {rule.id: 1}
    fees = session.scalars(sa.select(DossierFee.rule_id)).all()
    assert rule.id not in fees


def test_open_fee_is_priced_and_paid_before_the_result_leaves(session, login):
    rule = without_tariff(session, FeeMoment.on_return, make.SUSPENSION)
    dossier = make.processed(fees=(FeeLine(rule.id),))
    clerk, desk = login(Role.clerk), f"/tra-ket-qua/{dossier.id}"
    shown = Page(clerk.get(desk))
    values = shown.values(f"//form[@action='{desk}']")
    values |= {"receiver_id": "066190001234", "slip_collected": "y"}
    refused = clerk.post(desk, data=values)
    assert refused.status_code == 422 and rule.name in Page(refused).text
    money = Page(refused).values(f"//form[@action='{desk}']") | {"price_0": "75.000"}
    assert [clerk.post(f"{desk}/thu", data=money).status_code for _ in range(2)] == [303, 303]
    fee = session.scalars(sa.select(DossierFee).where(DossierFee.rule_id == rule.id)).one()
    assert (fee.amount, fee.paid) == (75000, 75000)
    assert session.scalars(sa.select(IssuedPaper.form)).all().count("fee_receipt") == 1
    again = Page(clerk.get(desk)).values(f"//form[@action='{desk}']")
    again |= {"receiver_id": "066190001234", "slip_collected": "y"}
    assert clerk.post(desk, data=again).status_code == 303
    session.expire_all()
    assert dossier.status is Status.returned


def test_open_fee_may_come_to_nothing(session, login):
    rule = without_tariff(session, FeeMoment.on_return, make.SUSPENSION)
    dossier = make.processed(fees=(FeeLine(rule.id),))
    clerk, pay = login(Role.clerk), f"/tra-ket-qua/{dossier.id}/thu"
    data = {"op_id": uuid7(), "price_0": "0", "method": "cash"}
    assert clerk.post(pay, data=data).status_code == 303
    session.expire_all()
    assert "open_fees" not in dossier.details
    assert "fee_receipt" not in session.scalars(sa.select(IssuedPaper.form)).all()


# ---- the desk of results; the way back -----------------------------------------------------------
def test_return_desk_says_everything_at_once(session, login):
    dossier = make.processed()
    desk = f"/tra-ket-qua/{dossier.id}"
    clerk = login(Role.clerk)
    values = Page(clerk.get(desk)).values(f"//form[@action='{desk}']")
    page = Page(clerk.post(desk, data=values | {"receiver": "", "receiver_id": "12"}))
    assert all(page.error(name) for name in ("receiver", "receiver_id", "note"))


def test_browser_that_went_back_learns_what_became_of_the_visit(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk)
    ask = f"/tiep-nhan/ket-qua/{values['id']}"
    assert clerk.get(ask).json == {"code": "", "url": ""}
    done = send(clerk, values, "receive").headers["Location"]
    found = clerk.get(ask).json
    assert done.endswith(found["url"]) and found["code"] == db.session.scalar(
        sa.select(Dossier.code)
    )
    assert login("tiepnhan.krongana").get(ask).json["code"] == ""
