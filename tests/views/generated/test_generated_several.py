"""Several rows of a generated list at once: choose, look, give the reason, do, undo."""

import re

import lxml.html
import pytest
import sqlalchemy as sa

from domain.events import Tag
from domain.roles import Role
from models.event import Event

HIVE = "/danh-muc/test_hive"


@pytest.fixture
def hives(registers, keep):
    return [
        keep(registers.Hive, label=f"Tổ {n}", temper="calm", price=n, note=f"n{n}").id
        for n in range(4)
    ]


def document(page):
    return lxml.html.fromstring(page.text)


def hidden(page) -> dict[str, list[str]]:
    """What the form of a preview carries along: name → values."""
    found: dict[str, list[str]] = {}
    for field in document(page).xpath("//main//form[.//textarea[@name='reason']]//input"):
        found.setdefault(field.get("name"), []).append(field.get("value", ""))
    return found


def look(client, ids, **typed):
    data = {"rows": " ".join(ids), "pick": list(typed), **typed, "state": "q=t"}
    return client.post(f"{HIVE}/change", data=data)


def prices(session, registers):
    session.expire_all()
    query = sa.select(registers.Hive.label, registers.Hive.price)
    return dict(session.execute(query.order_by(registers.Hive.label)).all())


def test_change_is_chosen_looked_at_done_and_undone(login, registers, hives, session):
    client = login(Role.clerk)
    ticked = {"action": "change_many", "rowid": hives[:3], "state": "q=t"}
    form = client.post(f"{HIVE}/action_post", data=ticked)
    assert form.status_code == 200 and "Đã chọn 3 dòng" in form.text
    assert 'name="label"' not in form.text, "what must differ is not offered"
    page = look(client, hives[:3], price="2", temper="wild")
    assert page.status_code == 200
    assert prices(session, registers)["Tổ 0"] == 0, "nothing is changed by looking"
    assert "3 dòng sẽ thay đổi" in page.text and re.search(r"<del>0</del>.*<ins>2</ins>", page.text)
    sent = hidden(page)
    refused = client.post(f"{HIVE}/change/do", data={**sent, "reason": ""})
    assert refused.status_code == 422 and "reason-error" in refused.text
    done = client.post(f"{HIVE}/change/do", data={**sent, "reason": "Theo giá mới"})
    assert done.status_code == 303 and done.headers["Location"].endswith("/list/?q=t")
    assert prices(session, registers) == {"Tổ 0": 2, "Tổ 1": 2, "Tổ 2": 2, "Tổ 3": 3}
    batch = session.scalars(sa.select(Event).where(Event.tag == Tag.catalogue_bulk_update)).one()
    assert (batch.reason, batch.changes["rows"]) == ("Theo giá mới", 3)
    listed = client.get(f"{HIVE}/list/")
    assert "Bạn vừa sửa 3 dòng." in listed.text
    back = client.post(f"{HIVE}/undo", data={"batch": batch.batch_id, "state": ""})
    assert back.status_code == 303
    assert prices(session, registers) == {f"Tổ {n}": n for n in range(4)}
    assert "Bạn vừa sửa" not in client.get(f"{HIVE}/list/").text
    shown = client.get(f"{HIVE}/show/{hives[0]}").text
    assert "Theo giá mới" in shown and "2 → 0" in shown


def test_what_cannot_be_read_stands_at_its_field_and_nothing_typed_is_lost(login, hives):
    page = look(login(Role.clerk), hives, price="nhiều", note="mới")
    assert page.status_code == 422
    tree = document(page)
    assert tree.xpath("//*[@id='price']")[0].get("value") == "nhiều"
    assert tree.xpath("//*[@id='price-error']") and not tree.xpath("//*[@id='note-error']")
    assert tree.xpath("//*[@id='note']")[0].text.strip() == "mới"
    picked = tree.xpath("//input[@name='pick'][@checked]/@value")
    assert sorted(picked) == ["note", "price"]


def test_form_that_was_sent_too_late_is_shown_again_and_not_done(login, hives, session, registers):
    client = login(Role.clerk)
    sent = {**hidden(look(client, hives, price="9")), "reason": "Theo giá mới", "only_show": "1"}
    page = client.post(f"{HIVE}/change/do", data=sent)
    assert page.status_code == 200 and "Theo giá mới" in page.text
    assert prices(session, registers)["Tổ 3"] == 3


def test_a_column_must_be_chosen(login, hives):
    answer = look(login(Role.clerk), hives)
    assert answer.status_code == 422 and "Chọn ít nhất một cột" in answer.text


def test_all_that_match_means_the_rows_of_the_filter_and_of_no_other(
    app, login, registers, hives, keep, monkeypatch
):
    keep(registers.Hive, "D2", label="Tổ xa", temper="calm")
    keep(registers.Hive, label="Đàn", temper="calm")
    client = login(Role.clerk)
    every = {"action": "change_many", "all": "1", "state": "q=to&rows=25", "rowid": hives[:1]}
    form = client.post(f"{HIVE}/action_post", data=every)
    ids = document(form).xpath("//input[@name='rows']/@value")[0].split()
    assert sorted(ids) == sorted(hives)
    monkeypatch.setitem(app.config, "BULK_ROWS", 3)
    refused = client.post(f"{HIVE}/action_post", data=every)
    assert refused.status_code == 422 and "tối đa 3 dòng" in refused.text


def test_deletion_is_looked_at_first_and_names_what_is_in_use(login, registers, keep, session):
    used = keep(registers.Keeper, code="K1", name="Y Bhiăm")
    free = keep(registers.Keeper, code="K2", name="Hoa")
    keep(registers.Hive, label="Tổ", temper="calm", keeper=used)
    client = login(Role.clerk)
    both = {"action": "delete_many", "rowid": [free.id, used.id], "state": ""}
    page = client.post("/danh-muc/test_keeper/action_post", data=both)
    assert page.status_code == 200 and "1 dòng sẽ bị xóa" in page.text
    assert "1 dòng không làm được" in page.text
    done = client.post("/danh-muc/test_keeper/remove", data={**hidden(page), "reason": "Ghi trùng"})
    assert done.status_code == 303
    codes = sa.select(registers.Keeper.code).order_by(registers.Keeper.code)
    assert session.scalars(codes).all() == ["K1"]
    offer = document(client.get("/danh-muc/test_keeper/list/"))
    batch = offer.xpath("//form[contains(@action, '/undo')]//input[@name='batch']/@value")[0]
    client.post("/danh-muc/test_keeper/undo", data={"batch": batch, "state": ""})
    assert session.scalars(codes).all() == ["K1", "K2"]


def test_who_may_not_edit_neither_sees_nor_does_it(login, hives, session, registers):
    reader = login(Role.leader)
    assert "change_many" not in reader.get(f"{HIVE}/list/").text
    assert look(reader, hives, price="9").status_code == 403
    adder = login(Role.officer)
    for part in ("change/do", "remove", "undo"):
        assert adder.post(f"{HIVE}/{part}", data={"rows": hives[0]}).status_code == 403, part
    assert prices(session, registers)["Tổ 3"] == 3


def test_rows_of_another_agency_are_not_changed_even_when_named(login, registers, keep, session):
    foreign = keep(registers.Hive, "D2", label="Tổ xa", temper="calm", price=1)
    page = look(login(Role.clerk), [foreign.id], price="9")
    assert page.status_code == 200 and "Tổ xa" not in page.text
    assert not document(page).xpath("//textarea[@name='reason']")
