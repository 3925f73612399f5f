"""The counter looks up: procedures, cards, people, appointments, fees, agencies."""

import sqlalchemy as sa

from domain.roles import Role
from models.dossier import Dossier
from models.organisation import Unit
from models.paper import IssuedPaper
from models.procedure import FeeRule
from services.dossier import clock
from tests.factories import dossiers as make
from tests.factories.counter import chosen, only, papers, send, typed
from tests.factories.pages import Page

CARD = "066190001234|240123456|Nguyễn Thị Hoa|15031990|Nữ|Buôn Kô Tam, xã Ea Tu|01012022"


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


def test_card_of_somebody_else_brings_nothing_of_the_person_before(session, login):
    make.received()
    clerk = login(Role.clerk)
    first = typed(send(clerk, typed(clerk.get("/tiep-nhan")), "card", card=CARD))
    assert first["owner_phone"] == "0905123456"
    other = CARD.replace("066190001234|240123456|Nguyễn Thị Hoa", "066190002345||Lê Thị Mai")
    found = typed(send(clerk, {**first, "owner_email": "hoa@example.vn"}, "card", card=other))
    assert (found["owner_name"], found["owner_phone"]) == ("Lê Thị Mai", "")
    assert not found["owner_email"]
    again = typed(send(clerk, {**found, "owner_phone": "0905999888"}, "card", card=other))
    assert again["owner_phone"] == "0905999888"


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


def test_paper_handed_in_before_is_offered_again_and_says_where_it_lies(session, login):
    clerk = login(Role.clerk)
    first = chosen(clerk, make.FIVE_PAPERS, owner_id_number="066190001234")
    assert send(clerk, first, "receive").status_code == 303
    before = only()
    page = send(clerk, typed(clerk.get("/tiep-nhan")), "card", card=CARD)
    page = send(clerk, typed(page), "choose", procedure=make.FIVE_PAPERS)
    offered = [box.get("name") for box in Page(page).all("//input[contains(@name, '-reuse')]")]
    forms = ("Tờ khai", "Đơn", "Giấy đề nghị", "Phiếu")
    papers = [p for p in before.papers if not p.name.startswith(forms)]
    assert len(offered) == len(papers) > 0
    assert f"({before.code})" in Page(page).text and "chưa rõ thời hạn" in Page(page).text
    values = typed(page) | {offered[0]: "y", "doubled": "y"}
    values.pop(offered[0].replace("-reuse", "-handed_in"), None)
    assert send(clerk, values, "receive").status_code == 303
    session.expire_all()
    again = session.scalars(sa.select(Dossier).where(Dossier.id != before.id)).one()
    reused = [p for p in again.papers if p.note]
    assert [(p.handed_in, p.originals, p.copies) for p in reused] == [(True, 0, 0)]
    assert before.code in reused[0].note
    slip = session.scalars(sa.select(IssuedPaper).where(IssuedPaper.dossier_id == again.id)).one()
    lines = [line for line in slip.content["papers"] if line["kind"] == "Bản đã nộp"]
    assert len(lines) == 1 and before.code in lines[0]["name"]


def test_paper_that_is_written_anew_or_of_another_person_is_not_offered(session, login):
    clerk = login(Role.clerk)
    send(clerk, chosen(clerk, make.FIVE_PAPERS, owner_id_number="066190001234"), "receive")
    values = typed(clerk.get("/tiep-nhan")) | {"owner_id_number": "066190005678"}
    page = send(clerk, values, "choose", procedure=make.FIVE_PAPERS)
    assert not Page(page).all("//input[contains(@name, '-reuse')]")
