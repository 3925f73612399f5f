"""The list of signatures through HTTP: who sees it, one paper after the other, several at once."""

import re
from typing import Any

import pytest

from domain.codes import Status, StepKind
from domain.roles import Role
from models.dossier import Dossier
from services import dossier as verbs
from services.dossier.steps import live
from tests.factories import dossiers as make, screens

SENT = re.compile(r'name="rowid" (?:form="work" )?value="([^"]*)"')


def to_sign(code: str = make.BUSINESS) -> Dossier:
    return make.at_step(StepKind.sign, code)


def listed(page: str) -> list[str]:
    return re.findall(r"<strong>(H15[^<]*)</strong>", page)


@pytest.mark.parametrize("role", [Role.clerk, Role.officer, Role.registrar, Role.auditor])
def test_who_signs_nothing_never_sees_the_list(session: Any, login: Any, role: Role) -> None:
    client = login(role)
    assert client.get("/ky").status_code == 403
    assert client.post("/ky/nhieu", data={}).status_code == 403
    assert 'href="/ky"' not in client.get("/").text


def test_list_stands_beside_the_paper_with_proposal_and_what_follows(
    session: Any, login: Any
) -> None:
    dossier = to_sign()
    head = login(Role.head)
    page = head.get("/ky").text
    assert listed(page) == [dossier.code]
    assert 'href="/ky"' in head.get("/").text
    assert head.get("/so-viec").get_json()["Signing"] == "1"
    for words in ("Hồ sơ đủ điều kiện, đề nghị ký.", "Giấy đề nghị", dossier.owner_name, "F9"):
        assert words in page, words
    assert f'action="/ky/{live(dossier)[0].id}/ky-duyet"' in page
    assert "Hạn của bước này" in page and "Hẹn trả" in page  # two clocks, each by its name
    assert "Hồ sơ chưa có dự thảo kết quả." not in page  # there is nothing at all to read
    assert head.post(f"/ho-so/{dossier.id}/giay/control_slip").status_code == 303
    assert "Hồ sơ chưa có dự thảo kết quả." in head.get("/ky").text


def test_panel_of_the_dossier_shows_what_is_decided_on(session: Any, login: Any) -> None:
    dossier = to_sign()
    page = login(Role.head).get(f"/ho-so/{dossier.id}?viec=ky-duyet").text
    panel = page[page.index('data-panel="ky-duyet"') :]
    assert "Hồ sơ đủ điều kiện, đề nghị ký." in panel[: panel.index("</section>")]


def test_done_says_where_the_dossier_is_now(session: Any, login: Any) -> None:
    dossier = to_sign()
    head, action = login(Role.head), f"/ky/{live(dossier)[0].id}/ky-duyet"
    answer = head.post(action, data=screens.fields(head.get("/ky").text, action))
    session.expire_all()
    unit = live(dossier)[0].unit.full_name
    assert f"{dossier.code}: Đã duyệt. Hiện ở: {unit}." in head.get(answer.headers["Location"]).text


def test_signing_goes_on_to_the_next(session: Any, login: Any) -> None:
    first, second = to_sign(), to_sign()
    order = {d.code: live(d)[0].id for d in (first, second)}
    head = login(Role.head)
    page = head.get("/ky").text
    one, other = listed(page)
    action = f"/ky/{order[one]}/ky-duyet"
    typed = {**screens.fields(page, action), "note": "Đồng ý"}
    answer = head.post(action, data=typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/ky?buoc={order[other]}")
    session.expire_all()
    signed = first if first.code == one else second
    step = next(s for s in signed.steps if s.id == order[one])
    assert (step.note, step.finished_by) == ("Đồng ý", "Lê Văn Bình")
    assert listed(head.get(answer.headers["Location"]).text) == [other]
    again = head.post(action, data=typed)  # a second click
    assert again.status_code == 303
    session.expire_all()
    assert live(signed)[0].kind is StepKind.number


def test_result_is_asked_for_where_it_is_named_and_nothing_typed_is_lost(
    session: Any, login: Any
) -> None:
    dossier = to_sign(make.SUSPENSION)
    action = f"/ky/{live(dossier)[0].id}/ky-duyet"
    head = login(Role.head)
    typed = {**screens.fields(head.get("/ky").text, action), "note": "Nhất trí giải quyết"}
    refused = head.post(action, data=typed)
    assert refused.status_code == 422 and "Nhất trí giải quyết" in refused.text
    fresh = {**screens.fields(refused.text, action), "result_text": "Thông báo tạm ngừng"}
    assert head.post(action, data=fresh).status_code == 303
    session.expire_all()
    assert (dossier.status, dossier.result_text) == (Status.processed, "Thông báo tạm ngừng")


def test_sending_back_needs_its_reason(session: Any, login: Any) -> None:
    dossier = to_sign()
    action = f"/ky/{live(dossier)[0].id}/tra-lai"
    head = login(Role.head)
    typed = screens.fields(head.get("/ky").text, action)
    assert head.post(action, data=typed).status_code == 422
    assert head.post(action, data={**typed, "reason": "Thiếu bản vẽ"}).status_code == 303
    session.expire_all()
    assert live(dossier)[0].kind is StepKind.work


def test_several_are_signed_after_a_summary_and_once(session: Any, login: Any) -> None:
    made = [to_sign() for _ in range(3)]
    head = login(Role.head)
    picked = SENT.findall(head.get("/ky").text)
    assert len(picked) == 3
    verbs.send_back(made[0], reason="Thiếu", actor=make.actor("truongphong"), at=make.now())
    summary = head.post("/ky/nhieu", data={"rowid": picked})
    sent = SENT.findall(summary.text)
    assert summary.status_code == 200 and len(sent) == 2 and "Ký 2 hồ sơ" in summary.text
    session.expire_all()
    assert {live(d)[0].kind for d in made[1:]} == {StepKind.sign}
    key = re.search(r'name="idempotency_key" value="([^"]*)"', summary.text)
    assert key is not None
    typed = {"confirmed": "1", "rowid": sent, "idempotency_key": key[1], "note": "Đồng ý"}
    for _ in range(2):
        assert head.post("/ky/nhieu", data=typed).status_code == 303
    session.expire_all()
    assert {live(d)[0].kind for d in made[1:]} == {StepKind.number}
    assert len([s for s in made[1].steps if s.kind is StepKind.number]) == 1


def test_several_say_what_became_of_each(session: Any, login: Any) -> None:
    """Where the result is named with the signature, one without it is refused and told."""
    good, lacking = to_sign(), to_sign(make.SUSPENSION)
    head = login(Role.head)
    picked = SENT.findall(head.get("/ky").text)
    summary = head.post("/ky/nhieu", data={"rowid": picked})
    assert 'name="result_text"' in summary.text
    answer = head.post("/ky/nhieu", data={"confirmed": "1", "rowid": picked})
    assert answer.status_code == 422
    told = answer.text[answer.text.index("work-results") :]
    assert f"<strong>{good.code}</strong>" in told and f"<strong>{lacking.code}</strong>" in told
    session.expire_all()
    assert live(good)[0].kind is StepKind.number and live(lacking)[0].kind is StepKind.sign


def test_steps_that_are_no_signature_are_not_there(session: Any, login: Any) -> None:
    step = live(make.at_step(StepKind.work))[0]
    assert login(Role.head).post(f"/ky/{step.id}/ky-duyet", data={}).status_code == 404
