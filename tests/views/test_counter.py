"""The counter: one page receives, guides and refuses; nothing typed is lost and nothing is done twice."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.codes import Status
from domain.events import Tag
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, SupplementRequest
from models.event import Event
from models.ids import uuid7
from models.organisation import Unit
from models.paper import IssuedPaper
from models.procedure import FeeRule, Procedure, ProcedureVersion, VersionState
from services.dossier import clock
from tests.factories import dossiers as make
from tests.factories.pages import Page

CARD = "066190001234|240123456|Nguyễn Thị Hoa|15031990|Nữ|Buôn Kô Tam, xã Ea Tu|01012022"


def typed(answer: Any) -> dict[str, Any]:
    """What a browser would send back from a page as it was shown."""
    return Page(answer).values()


def send(client: Any, values: dict[str, Any], action: str, **more: Any) -> Any:
    return client.post("/tiep-nhan", data={**values, **more, "action": action})


def chosen(client: Any, code: str = make.BUSINESS, **more: Any) -> dict[str, Any]:
    """The page with a procedure chosen and the person filled in."""
    answer = send(client, typed(client.get("/tiep-nhan")), "choose", procedure=code)
    assert answer.status_code == 200
    person = {
        "owner_name": "Nguyễn Thị Hoa",
        "owner_id_number": "066190001234",
        "owner_birth_date": "15/03/1990",
        "owner_sex": "female",
        "owner_phone": "0905 123 456",
        "owner_address": "Buôn Kô Tam",
        "subject": "Mở quán cà phê",
    }
    return {**typed(answer), **person, **more}


def only() -> Dossier:
    return db.session.scalars(sa.select(Dossier)).one()


def papers(answer: Any) -> dict[str, Any]:
    """Name of a paper on the checklist → its box."""
    rows = Page(answer).all("//*[@id='part-papers']//tbody/tr[.//label]")
    return {r.find(".//label").text: r.find(".//input[@type='checkbox']") for r in rows}


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


# ---- looking things up ---------------------------------------------------------------------------
def test_procedure_is_offered_by_code_words_and_initials(session, login):
    clerk = login(Role.clerk)
    for typed_in in ("1.001612", "thanh lap ho kinh doanh", "dktlhkd"):
        found = clerk.get("/tiep-nhan/thu-tuc", query_string={"q": typed_in}).json
        assert found[0]["text"].startswith("1.001612 "), typed_in


def test_several_procedures_are_offered_to_choose_from_without_a_script(session, login):
    clerk = login(Role.clerk)
    values = typed(clerk.get("/tiep-nhan"))
    answer = send(clerk, values, "choose", procedure="ho kinh doanh")
    buttons = Page(answer).all("//*[@id='part-offered']//button[@name='pick']")
    assert len(buttons) > 2
    picked = clerk.post("/tiep-nhan", data={**typed(answer), "pick": buttons[1].get("value")})
    assert typed(picked)["version_id"] == buttons[1].get("value")
    assert papers(picked)


def test_unknown_procedure_is_said_at_its_field(session, login):
    clerk = login(Role.clerk)
    answer = send(clerk, typed(clerk.get("/tiep-nhan")), "choose", procedure="xyzzy")
    assert answer.status_code == 422
    assert Page(answer).error("procedure")
    assert typed(answer)["procedure"] == "xyzzy"


def test_card_fills_the_person_in(session, login):
    clerk = login(Role.clerk)
    answer = send(clerk, typed(clerk.get("/tiep-nhan")), "card", card=CARD)
    found = typed(answer)
    assert answer.status_code == 200
    assert found["owner_name"] == "Nguyễn Thị Hoa"
    assert found["owner_birth_date"] == "15/03/1990"
    assert (found["owner_sex"], found["owner_id_number"]) == ("female", "066190001234")


def test_unreadable_card_is_said_at_its_field(session, login):
    clerk = login(Role.clerk)
    answer = send(clerk, typed(clerk.get("/tiep-nhan")), "card", card="0661900|x")
    assert answer.status_code == 422
    assert Page(answer).error("card")


def test_known_applicant_is_completed_but_never_overwritten(session, login):
    make.received()
    clerk = login(Role.clerk)
    values = {**typed(clerk.get("/tiep-nhan")), "owner_id_number": "066190001234"}
    found = typed(send(clerk, values, "person", owner_name="Nguyễn Thị Hòa"))
    assert found["owner_name"] == "Nguyễn Thị Hòa"
    assert found["owner_phone"] == "0905123456"


def test_odd_identity_number_warns_and_does_not_block(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk, owner_birth_date="15/03/1980")
    shown = send(clerk, values, "person")
    assert shown.status_code == 200
    assert Page(shown).words("part-warnings")
    assert send(clerk, values, "receive").status_code == 303


def test_running_dossier_of_the_same_person_is_shown_before_receipt(session, login):
    dossier = make.received()
    clerk = login(Role.clerk)
    shown = send(clerk, chosen(clerk), "person")
    assert dossier.code in Page(shown).words("part-warnings")
    other = send(clerk, chosen(clerk, make.SUSPENSION), "person")
    assert dossier.code not in Page(other).words("part-warnings")


def test_preview_agrees_with_what_is_stored(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk)
    shown = clerk.post("/tiep-nhan/hen-tra", data=values).json
    version = make.version_of()
    agency = session.get_one(Unit, make.actor("tiepnhan").home.agency_id)
    expected = clock.preview(version, agency, make.now())
    assert shown["due"] == f"{expected.due_at:%H:%M %d/%m/%Y}"
    assert len(shown["explanation"]) == len(expected.lines)
    send(clerk, values, "receive")
    assert f"{only().due_at:%d/%m/%Y}" == shown["due"][6:]


def test_fee_follows_the_channel(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk)
    assert clerk.post("/tiep-nhan/hen-tra", data=values).json["total"] == "50.000"
    by_post = typed(send(clerk, values, "refresh", channel="postal"))
    assert clerk.post("/tiep-nhan/hen-tra", data=by_post).json["total"] == "150.000"


def test_open_amount_must_be_written_and_is_multiplied(session, login):
    rule = session.scalars(
        sa.select(FeeRule).where(
            FeeRule.version_id == make.version_of().id, FeeRule.amount == 50000
        )
    ).one()
    rule.amount, rule.per = None, "copy"
    session.commit()
    clerk = login(Role.clerk)
    values = chosen(clerk)
    answer = send(clerk, values, "receive")
    assert answer.status_code == 422
    assert Page(answer).all("//*[@id='part-fees']//*[@class='field-error']")
    priced = {f"f-{rule.id}-amount": "1.500", f"f-{rule.id}-quantity": "4"}
    assert clerk.post("/tiep-nhan/hen-tra", data=values | priced).json["total"] == "6.000"


def test_agencies_are_found_by_words_without_diacritics(session, login):
    found = login(Role.clerk).get("/tiep-nhan/co-quan", query_string={"q": "huyen krong ana"}).json
    assert any("Krông Ana" in one["text"] for one in found)


def test_agency_is_found_without_a_script(session, login):
    clerk = login(Role.clerk)
    answer = send(clerk, typed(clerk.get("/tiep-nhan")), "agency", competent_q="huyen krong ana")
    options = [o.text for o in Page(answer).all("//*[@id='competent_id']/option")]
    assert any("Krông Ana" in words for words in options)


# ---- guidance and refusal ------------------------------------------------------------------------
def guidance(client: Any) -> dict[str, Any]:
    """The page with one paper missing and the guidance open."""
    values = chosen(client)
    values = {n: v for n, v in values.items() if not n.endswith("handed_in")}
    return {**typed(send(client, values, "guidance")), "guide_reason": "Hồ sơ chưa đủ"}


def test_guidance_offers_the_missing_papers_and_receives_nothing(session, login):
    clerk = login(Role.clerk)
    values = guidance(clerk)
    assert values["l-0-paper"] == "Giấy đề nghị đăng ký hộ kinh doanh"
    answer = send(clerk, values, "guide")
    assert answer.status_code == 303
    dossier = only()
    assert (dossier.status, dossier.code, dossier.due_at) == (Status.new, None, None)
    assert [i.paper for i in dossier.supplements[0].items] == [values["l-0-paper"]]
    slip = db.session.scalars(sa.select(IssuedPaper)).one()
    assert slip.form == "supplement_request"
    assert clerk.get(f"/giay/{slip.id}").data.startswith(b"%PDF")


def test_guidance_sent_twice_is_given_once(session, login):
    clerk = login(Role.clerk)
    values = guidance(clerk)
    assert [send(clerk, values, "guide").status_code for _ in range(2)] == [303, 303]
    assert session.scalar(sa.select(sa.func.count(SupplementRequest.id))) == 1
    assert session.scalar(sa.select(sa.func.count(IssuedPaper.id))) == 1


def test_guidance_without_a_complete_line_is_refused_and_kept(session, login):
    clerk = login(Role.clerk)
    values = guidance(clerk) | {"l-0-needed": ""}
    answer = send(clerk, values, "guide")
    assert answer.status_code == 422
    assert typed(answer)["guide_reason"] == "Hồ sơ chưa đủ"
    assert session.scalar(sa.select(sa.func.count(Dossier.id))) == 0


def test_guided_visit_is_taken_up_again_and_becomes_a_dossier(session, login):
    clerk = login(Role.clerk)
    send(clerk, guidance(clerk), "guide")
    visit = only()
    page = clerk.get(f"/tiep-nhan?tiep={visit.id}")
    values = typed(page)
    assert values["id"] == visit.id and values["owner_name"] == visit.owner_name
    box = papers(page)["Giấy đề nghị đăng ký hộ kinh doanh"]
    assert "checked" not in box.attrib
    answer = send(clerk, {**values, box.get("name"): "y"}, "receive")
    assert answer.status_code == 303
    session.expire_all()
    assert only().id == visit.id
    assert only().status is Status.received and only().code


def test_received_dossier_is_not_taken_up_again(session, login):
    dossier = make.received()
    answer = login(Role.clerk).get(f"/tiep-nhan?tiep={dossier.id}")
    assert answer.status_code == 409
    assert typed(answer)["id"] != dossier.id


def test_refusal_needs_a_reason_and_prints_it(session, login):
    clerk = login(Role.clerk)
    values = chosen(clerk)
    empty = send(clerk, values, "refuse")
    assert empty.status_code == 422
    assert Page(empty).error("refuse_reason")
    assert Page(empty).all("//details[@class='refusal'][@open]")
    answer = send(clerk, values, "refuse", refuse_reason="Không thuộc thẩm quyền")
    assert answer.status_code == 303
    assert only().status is Status.not_accepted
    assert db.session.scalars(sa.select(IssuedPaper.form)).all() == ["refusal"]


def test_same_person_can_go_on_with_another_dossier(session, login):
    dossier = make.received()
    values = typed(login(Role.clerk).get(f"/tiep-nhan?nguoi={dossier.id}"))
    assert values["owner_name"] == dossier.owner_name
    assert values["owner_id_number"] == dossier.owner_id_number
    assert values["id"] != dossier.id and values["procedure"] == ""


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
