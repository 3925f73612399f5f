"""Generated forms and pages: nothing typed is lost, nobody is overwritten, every no is worded."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from domain.roles import Role

HIVE = "/danh-muc/test_hive"
GOOD = {
    "label": "Tổ Ánh",
    "temper": "wild",
    "price": "1.234.567",
    "weight": "1.234,5",
    "frames": "12",
    "settled": "01/07/2026",
    "opens": "07:30",
    "seen_at": "06/04/2026 09:05",
    "alive": "y",
    "note": "dòng một\r\ndòng hai",
    "keeper": "",
}


def seen(answer) -> str:
    """The stamp or key a form carries."""
    return re.search(r'name="seen"[^>]*value="([^"]*)"', answer.text)[1]


def only(session, model):
    """The single row there is."""
    session.expire_all()
    return session.scalars(sa.select(model)).one()


def events(session, row_id):
    """Events of a row, oldest first."""
    from models.event import Event

    query = sa.select(Event).where(Event.subject_id == row_id).order_by(Event.id)
    return session.scalars(query).all()


def test_add_keeps_every_kind_of_value_as_people_write_it(login, registers, session, agencies):
    answer = login(Role.clerk).post(f"{HIVE}/add", data=GOOD)
    assert answer.status_code == 303
    row = only(session, registers.Hive)
    assert (row.label, row.temper.value, row.price) == ("Tổ Ánh", "wild", 1_234_567)
    assert (row.weight, row.frames, row.alive) == (Decimal("1234.50"), 12, True)
    assert (row.settled, row.opens) == (dt.date(2026, 7, 1), dt.time(7, 30))
    assert row.seen_at.isoformat() == "2026-04-06T09:05:00+07:00"
    assert row.note == "dòng một\ndòng hai"
    assert row.agency_id == agencies["D1"]


def test_add_leaves_one_event_with_what_was_entered(login, registers, session):
    login(Role.clerk).post(f"{HIVE}/add", data=GOOD)
    (event,) = events(session, only(session, registers.Hive).id)
    assert event.tag.value == "catalogue:record:create"
    assert event.subject_kind == "Hive"
    assert event.actor_name == "Ông clerk"
    assert event.changes["label"] == [None, "Tổ Ánh"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("label", ""),
        ("label", "x" * 41),
        ("temper", ""),
        ("temper", "furious"),
        ("price", "một triệu"),
        ("price", "1,5"),
        ("price", "9" * 30),
        ("weight", "abc"),
        ("weight", "NaN"),
        ("frames", "1e400"),
        ("frames", "99999999999"),
        ("settled", "31/02/2026"),
        ("settled", "07/2026"),
        ("opens", "25:00"),
        ("seen_at", "hôm qua"),
        ("seen_at", "01/01/9999 00:00"),
        ("keeper", "nobody"),
        ("note", "x" * 501),
    ],
)
def test_add_shows_the_form_again_with_all_that_was_typed(login, registers, session, field, typed):
    answer = login(Role.clerk).post(f"{HIVE}/add", data={**GOOD, field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    kept = {**GOOD, field: typed}
    for name in {"label", "price", "weight", "settled", "seen_at"} - {"keeper"}:
        assert f'value="{kept[name]}"' in answer.text, name
    assert "INSERT" not in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(registers.Hive)) == 0


def test_add_says_at_the_field_that_a_name_is_taken(login, registers, keep):
    keep(registers.Hive, label="Tổ Ánh", temper="calm")
    answer = login(Role.clerk).post(f"{HIVE}/add", data=GOOD)
    assert answer.status_code == 422
    assert 'id="label-error"' in answer.text
    assert "INSERT" not in answer.text
    assert 'value="1.234.567"' in answer.text


def test_add_sent_twice_makes_one_row(login, registers, session):
    client = login(Role.clerk)
    key = seen(client.get(f"{HIVE}/add"))
    first = client.post(f"{HIVE}/add", data={**GOOD, "seen": key})
    second = client.post(f"{HIVE}/add", data={**GOOD, "seen": key})
    assert first.headers["Location"] == second.headers["Location"]
    assert only(session, registers.Hive).id == key


def test_edit_shows_values_as_they_are_written(login, registers, keep):
    row = keep(
        registers.Hive,
        label="Tổ",
        temper="wild",
        price=1_234_567,
        weight=Decimal("1234.5"),
        settled=dt.date(2026, 7, 1),
        opens=dt.time(7, 30),
        seen_at=dt.datetime(2026, 4, 6, 9, 5),
    )
    text = login(Role.clerk).get(f"{HIVE}/edit/{row.id}").text
    for words in ("1.234.567", "1.234,50", "01/07/2026", "07:30", "06/04/2026 09:05"):
        assert f'value="{words}"' in text, words
    assert re.search(r'<option value="wild" selected>', text)


def test_edit_leaves_an_event_with_before_and_after(login, registers, keep, session):
    row = keep(registers.Hive, label="Cũ", temper="wild", frames=10)
    client = login(Role.clerk)
    url = f"{HIVE}/edit/{row.id}"
    data = {"label": "Mới", "temper": "wild", "frames": "10", "alive": "y"}
    answer = client.post(url, data={**data, "seen": seen(client.get(url))})
    assert answer.status_code == 303
    (event,) = events(session, row.id)
    assert event.tag.value == "catalogue:record:update"
    assert event.changes == {"label": ["Cũ", "Mới"]}
    page = client.get(answer.headers["Location"]).text
    assert "Cũ → Mới" in page


def test_edit_of_somebody_elses_change_is_refused_and_shows_both(login, registers, keep, session):
    row = keep(registers.Hive, label="Cũ", temper="wild")
    client, url = login(Role.clerk), f"{HIVE}/edit/{row.id}"
    stamp = seen(client.get(url))
    row.label = "Của người khác"
    session.commit()
    data = {"label": "Của tôi", "temper": "wild", "frames": "10"}
    answer = client.post(url, data={**data, "seen": stamp})
    assert answer.status_code == 409
    assert 'value="Của tôi"' in answer.text
    assert "Của người khác" in answer.text
    assert only(session, registers.Hive).label == "Của người khác"
    again = client.post(url, data={**data, "seen": seen(answer)})
    assert again.status_code == 303
    assert only(session, registers.Hive).label == "Của tôi"


def test_edit_without_a_stamp_is_refused(login, registers, keep, session):
    row = keep(registers.Hive, label="Cũ", temper="wild")
    data = {"label": "Mới", "temper": "wild", "frames": "10"}
    assert login(Role.clerk).post(f"{HIVE}/edit/{row.id}", data=data).status_code == 409
    assert only(session, registers.Hive).label == "Cũ"


def test_form_ignores_fields_that_it_does_not_show(login, registers, session, agencies):
    forged = {**GOOD, "agency_id": agencies["D2"], "id": agencies["D2"]}
    assert login(Role.clerk).post(f"{HIVE}/add", data=forged).status_code == 303
    row = only(session, registers.Hive)
    assert row.agency_id == agencies["D1"]
    assert row.id != agencies["D2"]


def test_show_has_children_history_and_the_way_to_add_below(login, registers, keep):
    keeper = keep(registers.Keeper, code="K1", name="Y Bhiăm Niê")
    keep(registers.Hive, label="Tổ của Y", temper="calm", keeper=keeper)
    keep(registers.Hive, label="Tổ khác", temper="calm")
    client = login(Role.clerk)
    text = client.get(f"/danh-muc/test_keeper/show/{keeper.id}").text
    assert "Tổ của Y" in text
    assert "Tổ khác" not in text
    assert f"/danh-muc/test_hive/add?_flt_0_keeper={keeper.id}" in text
    form = client.get(f"/danh-muc/test_hive/add?_flt_0_keeper={keeper.id}").text
    assert f'<option value="{keeper.id}" selected>Y Bhiăm Niê</option>' in form


def test_show_escapes_what_people_wrote(login, registers, keep):
    bad = "<script>alert(1)</script>\"'"
    row = keep(registers.Hive, label=bad, temper="calm", note=bad)
    client = login(Role.clerk)
    for page in ("list/", f"show/{row.id}", f"edit/{row.id}"):
        assert "<script>alert" not in client.get(f"{HIVE}/{page}").text


def test_delete_needs_a_post_and_leaves_an_event(login, registers, keep, session):
    row_id = keep(registers.Hive, label="Tổ", temper="calm").id
    client = login(Role.clerk)
    assert client.get(f"{HIVE}/delete/{row_id}").status_code == 405
    assert client.post(f"{HIVE}/delete/{row_id}").status_code == 303
    assert session.scalar(sa.select(sa.func.count()).select_from(registers.Hive)) == 0
    (event,) = events(session, row_id)
    assert event.tag.value == "catalogue:record:delete"
    assert event.changes["label"] == ["Tổ", None]


def test_delete_of_a_row_in_use_says_so_and_keeps_it(login, registers, keep, session):
    keeper = keep(registers.Keeper, code="K1", name="Y Bhiăm")
    keep(registers.Hive, label="Tổ", temper="calm", keeper=keeper)
    answer = login(Role.clerk).post(f"/danh-muc/test_keeper/delete/{keeper.id}")
    assert answer.status_code == 409
    assert "Y Bhiăm" in answer.text
    assert only(session, registers.Keeper).id == keeper.id


def test_an_act_on_rows_needs_a_known_name_and_a_row(login, registers, keep):
    used = keep(registers.Keeper, code="K1", name="A")
    url, client = "/danh-muc/test_keeper/action_post", login(Role.clerk)
    assert client.post(url, data={"action": "delete_many"}).status_code == 422
    assert client.post(url, data={"action": "nonsense", "rowid": [used.id]}).status_code == 404


def test_forms_need_the_token_of_the_page(app, login, registers, session):
    client = login(Role.clerk)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post(f"{HIVE}/add", data=GOOD).status_code == 400
        page = client.get(f"{HIVE}/add").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        assert client.post(f"{HIVE}/add", data={**GOOD, "csrf_token": token}).status_code == 303
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert only(session, registers.Hive).label == "Tổ Ánh"


def test_published_versions_and_their_parts_are_read_only(login, session, keep):
    from models.procedure import FeeRule, Level, Procedure, ProcedureField, ProcedureVersion

    kind = keep(ProcedureField, "HUB", code="DD", name="Đất đai")
    procedure = keep(
        Procedure, "HUB", code="1.1", name="Thủ tục", level=Level.district, procedure_field=kind
    )
    given = {"procedure": procedure, "valid_from": dt.date(2014, 1, 1)}
    version = keep(ProcedureVersion, "HUB", key="2014", state="published", **given)
    draft = keep(ProcedureVersion, "HUB", key="2015", **given)
    fee = keep(FeeRule, "HUB", code="P1", name="Lệ phí", moment="on_receipt", version=version)
    client = login(Role.admin)
    assert client.get(f"/danh-muc/procedure_version/edit/{version.id}").status_code == 422
    assert client.get(f"/danh-muc/procedure_version/edit/{draft.id}").status_code == 200
    assert client.get(f"/danh-muc/fee_rule/edit/{fee.id}").status_code == 422
    assert client.post(f"/danh-muc/fee_rule/delete/{fee.id}").status_code == 422
    new = {"code": "P2", "name": "Phí", "moment": "on_receipt", "per": "case", "position": "1"}
    url = "/danh-muc/fee_rule/add"
    assert client.post(url, data={**new, "version": version.id}).status_code == 422
    assert client.post(url, data={**new, "version": draft.id}).status_code == 303
