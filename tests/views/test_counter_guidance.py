"""The counter guides and refuses, and takes a guided visit up again."""

from typing import Any

import sqlalchemy as sa

from domain.codes import Status
from domain.roles import Role
from models.base import db
from models.dossier import Dossier, SupplementRequest
from models.paper import IssuedPaper
from tests.factories import dossiers as make
from tests.factories.counter import chosen, only, papers, send, typed
from tests.factories.pages import Page


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
