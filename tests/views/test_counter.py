"""The counter: one page receives; nothing typed is lost and nothing is done twice."""

import pytest
import sqlalchemy as sa

from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit
from models.paper import IssuedPaper
from models.procedure import Procedure, ProcedureVersion, VersionState
from tests.factories import dossiers as make
from tests.factories.counter import chosen, only, papers, send, typed
from tests.factories.pages import Page


# ---- receiving -----------------------------------------------------------------------------------
def test_receive_gives_code_appointment_and_slip(session, login):
    clerk = login(Role.clerk)
    answer = send(clerk, chosen(clerk), "receive")
    assert answer.status_code == 303
    dossier = only()
    assert answer.headers["Location"].endswith(f"/tiep-nhan/xong/{dossier.id}")
    page = clerk.get(answer.headers["Location"])
    assert dossier.code in Page(page).text
    assert f"{dossier.due_at:%H:%M %d/%m/%Y}" in Page(page).text
    slip = db.session.scalars(sa.select(IssuedPaper)).one()
    assert slip.form == "receipt_slip"
    printed = clerk.get(f"/giay/{slip.id}")
    assert printed.status_code == 200 and printed.data.startswith(b"%PDF")
    assert (dossier.owner_phone, dossier.subject) == ("0905123456", "Mở quán cà phê")
    assert dossier.papers and all(p.handed_in for p in dossier.papers)


def test_receive_makes_one_dossier_when_the_form_is_sent_twice(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk)
    first, second = send(clerk, values, "receive"), send(clerk, values, "receive")
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert only().code.endswith("-0001")
    tags = list(db.session.scalars(sa.select(Event.tag).where(Event.dossier_id == only().id)))
    assert sorted(tags) == sorted([Tag.dossier_receive, Tag.paper_print])


def test_receive_keeps_everything_typed_when_something_is_wrong(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk, owner_id_number="12", owner_birth_date="31/02/1990", owner_email="a@b")
    answer = send(clerk, values, "receive")
    assert answer.status_code == 422
    back = typed(answer)
    for name in (
        "owner_id_number",
        "owner_birth_date",
        "owner_email",
        "owner_name",
        "id",
        "subject",
    ):
        assert back[name] == values[name], name
    assert Page(answer).error("owner_birth_date")
    assert session.scalar(sa.select(sa.func.count(Dossier.id))) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("owner_id_number", "12345"), ("owner_phone", "123"), ("owner_name", "Hoa <b>")],
)
def test_receive_says_at_the_field_what_the_law_of_names_refuses(session, login, field, value):
    clerk = login(Role.clerk)
    answer = send(clerk, chosen(clerk, **{field: value}), "receive")
    assert answer.status_code == 422
    assert Page(answer).error(field)
    assert typed(answer)[field] == value


def test_receive_is_refused_when_a_required_paper_is_unticked(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk)
    boxes = [name for name in values if name.endswith("handed_in")]
    answer = send(clerk, {n: v for n, v in values.items() if n not in boxes}, "receive")
    assert answer.status_code == 422
    assert typed(answer)["l-0-paper"] == "Giấy đề nghị đăng ký hộ kinh doanh"
    assert session.scalar(sa.select(sa.func.count(Dossier.id))) == 0


def test_receive_by_proxy_asks_for_the_authorisation_and_keeps_the_submitter(session, login):
    clerk = login(Role.clerk)
    proxy = {
        "has_submitter": "y",
        "submitter_name": "Trần Văn Bình",
        "submitter_id_number": "066085001111",
        "authorisation": "Giấy ủy quyền ngày 20/11/2026",
    }
    shown = send(clerk, chosen(clerk, **proxy), "refresh")
    assert any("ủy quyền nộp hồ sơ" in name for name in papers(shown))
    answer = send(clerk, typed(shown), "receive")
    assert answer.status_code == 303
    dossier = only()
    assert (dossier.submitter_name, dossier.owner_name) == ("Trần Văn Bình", "Nguyễn Thị Hoa")
    assert dossier.authorisation.startswith("Giấy ủy quyền")
    assert "authorised" in dossier.cases


def test_receive_asks_who_hands_it_in_when_it_is_somebody_else(session, login):
    clerk = login(Role.clerk)
    answer = send(clerk, chosen(clerk, has_submitter="y"), "receive")
    assert answer.status_code == 422
    assert Page(answer).error("submitter_name")


def test_receive_for_another_agency_lays_the_first_step_at_this_counter(session, login):
    other = session.scalars(sa.select(Unit).where(Unit.code == "DL-655")).one()
    clerk = login(Role.clerk)
    answer = send(clerk, chosen(clerk, competent_id=other.id, channel="postal"), "receive")
    assert answer.status_code == 303
    dossier = only()
    assert dossier.competent_id == other.id != dossier.agency_id
    assert dossier.channel.value == "postal"


def test_receive_keeps_extra_papers_and_the_parcel_of_land(session, login):
    clerk = login(Role.clerk)
    code = session.scalars(
        sa.select(Procedure.code)
        .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
        .where(
            Procedure.procedure_field.has(code="BPBD"),
            ProcedureVersion.state == VersionState.published,
        )
        .order_by(Procedure.code)
    ).first()
    values = chosen(clerk, code)
    assert "land_map_sheet" in values
    values |= {"land_map_sheet": "12", "land_parcel_no": "345", "land_area": "125,4 m²"}
    values |= {"x-0-name": "Biên bản họp gia đình", "x-0-originals": "2"}
    answer = send(clerk, values, "receive")
    assert answer.status_code == 303
    dossier = only()
    assert dossier.details["land"]["parcel_no"] == "345"
    extra = [p for p in dossier.papers if p.document_id is None]
    assert [(p.name, p.originals) for p in extra] == [("Biên bản họp gia đình", 2)]


# ---- money, permission, scope --------------------------------------------------------------------
def test_fee_is_taken_on_the_spot_with_one_receipt(session, login):
    clerk = login(Role.clerk)
    done = send(clerk, chosen(clerk, owner_id_number="066190009999"), "receive").headers["Location"]
    values = Page(clerk.get(done)).values(f"//form[@action='{done}/thu']")
    assert values["pay_0"] == "50.000"
    for _ in range(2):
        assert clerk.post(f"{done}/thu", data=values).status_code == 303
    forms = db.session.scalars(sa.select(IssuedPaper.form)).all()
    assert forms.count("fee_receipt") == 1


def test_too_much_money_is_said_at_the_amount(session, login):
    clerk = login(Role.clerk)
    done = send(clerk, chosen(clerk), "receive").headers["Location"]
    answer = clerk.post(f"{done}/thu", data={"op_id": uuid7(), "pay_0": "60.000", "method": "cash"})
    assert answer.status_code == 422
    assert Page(answer).error("pay_0")
    assert Page(answer).find("//*[@id='pay_0']").get("value") == "60.000"


@pytest.mark.parametrize("role", [Role.officer, Role.cashier, Role.auditor, Role.admin])
def test_counter_is_closed_to_other_roles(session, login, role):
    client = login(role)
    assert client.get("/tiep-nhan").status_code == 403
    assert client.post("/tiep-nhan", data={"action": "receive"}).status_code == 403
    assert client.get("/tiep-nhan/thu-tuc?q=a").status_code == 403


def test_stranger_is_sent_to_sign_in(session, client):
    answer = client.get("/tiep-nhan")
    assert answer.status_code == 302 and "/login" in answer.headers["Location"]


def test_visit_of_another_agency_is_not_found(session, login):
    dossier = make.received(by="tiepnhan.krongana")
    clerk = login(Role.clerk)
    assert clerk.get(f"/tiep-nhan/xong/{dossier.id}").status_code == 404
    assert clerk.get(f"/tiep-nhan?nguoi={dossier.id}").status_code == 404


@pytest.mark.parametrize("broken", ["id", "version_id", "competent_id", "channel", "owner_kind"])
def test_tampered_values_never_crash_the_page(session, login, broken):
    clerk = login(Role.clerk)
    answer = send(clerk, chosen(clerk, **{broken: "'; --"}), "receive")
    assert answer.status_code in {303, 422}
