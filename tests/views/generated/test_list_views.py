"""Saved views, columns and groups of a generated list: in the address, by buttons, for each reader."""

import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from domain.events import Tag
from domain.roles import Role
from models.event import Event
from models.saved_view import SavedView
from tests.factories.pages import Page

HIVES = "/danh-muc/test_hive/list/"
BAR = "/cach-xem/Hive"
WILD = {"name": "Tổ dữ", "query": "temper=wild&order=-label&cot=price.label"}


def names(answer):
    """What leads each row, in order."""
    found = Page(answer).all("//tbody/tr[not(contains(@class, 'group-head'))]/th")
    return [row.text_content().strip() for row in found]


def heads(answer):
    found = Page(answer).all("//tr[@class='group-head']/th")
    return [" ".join(head.text_content().split()) for head in found]


def columns(answer):
    """The heads of the table, without those of boxes and buttons."""
    return [
        " ".join(head.text_content().split())
        for head in Page(answer).all(
            "//thead//th[not(@class='pick') and not(@class='row-actions')]"
        )
    ]


def standing(answer):
    """What the bar says is shown."""
    return Page(answer).find("//*[@data-views]//summary//b").text_content()


def query(answer):
    """Where a form leads, as name → value."""
    assert answer.status_code == 303, answer.status_code
    parts = urlsplit(answer.headers["Location"])
    assert parts.path == HIVES
    return {name: value[0] for name, value in parse_qs(parts.query).items()}


@pytest.fixture
def hives(registers, keep):
    keeper = keep(registers.Keeper, code="K", name="Y Bhiăm Niê")
    return [
        keep(registers.Hive, label=label, temper=temper, settled=day, price=price, keeper=of)
        for label, temper, day, price, of in (
            ("Đạt", "calm", dt.date(2026, 7, 1), 1_250_000, keeper),
            ("An", "wild", dt.date(2026, 1, 7), None, None),
            ("Ánh", "calm", None, 5, keeper),
            ("Ăn", "wild", dt.date(2026, 7, 1), 300, None),
        )
    ]


# ---- columns and groups --------------------------------------------------------------------------
def test_address_says_which_columns_stand_in_which_order(login, hives):
    answer = login(Role.leader).get(f"{HIVES}?cot=price.weight.label&order=-price")
    assert len(columns(answer)) == 3
    assert names(answer)[:2] == ["1.250.000", "300"]


def test_column_that_the_list_does_not_have_is_left_out(login, hives):
    plain = login(Role.leader).get(HIVES)
    answer = login(Role.leader).get(f"{HIVES}?cot=agency_id.nonsense")
    assert columns(answer) == columns(plain)
    answer = login(Role.leader).get(f"{HIVES}?cot=agency_id.label")
    assert len(columns(answer)) == 1


def test_columns_are_remembered_for_the_person_alone(login, hives):
    clerk = login(Role.clerk)
    before = columns(clerk.get(HIVES))
    sent = clerk.post(f"{BAR}/cot", data={"cot": ["price", "label"], "query": "temper=wild"})
    assert query(sent) == {"temper": "wild", "cot": "price.label"}
    assert len(columns(clerk.get(HIVES))) == 2
    assert columns(login(Role.leader).get(HIVES)) == before
    sent = clerk.post(
        f"{BAR}/cot", data={"cot": ["price"], "standard": "label.price", "query": "cot=price"}
    )
    assert query(sent) == {}
    assert columns(clerk.get(HIVES)) == before


def test_column_moves_by_its_button_and_keeps_the_focus(login, hives):
    clerk = login(Role.clerk)
    data = {"cot": ["label", "temper", "price"], "up": "price"}
    sent = clerk.post(f"{BAR}/cot", data=data)
    assert query(sent) == {"cot": "label.price.temper", "mo": "cot", "vua": "price"}
    page = Page(clerk.get(sent.headers["Location"]))
    assert page.find("//details[@open]//button[@autofocus]").get("value") == "price"
    boxes = page.all("//form[@data-columns]//input[@type='checkbox' and @checked]/@value")
    assert boxes == ["label", "price", "temper"]
    assert "mo=" not in page.find("//form[@data-columns]//input[@name='query']").get("value")


def test_choosing_no_column_is_answered_with_a_sentence(login, hives):
    clerk = login(Role.clerk)
    answer = clerk.post(f"{BAR}/cot", data={"query": "temper=wild"}, follow_redirects=True)
    assert Page(answer).all("//*[contains(@class, 'alert-warning')]")
    assert names(answer) == ["An", "Ăn"]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("temper", ["Ánh", "Đạt", "An", "Ăn"]),
        ("settled", ["An", "Ăn", "Đạt", "Ánh"]),
        ("keeper", ["Ánh", "Đạt", "An", "Ăn"]),
        ("alive", ["An", "Ánh", "Ăn", "Đạt"]),
    ],
)
def test_rows_stand_in_groups_with_their_counts(login, hives, group, expected):
    answer = login(Role.clerk).get(f"{HIVES}?nhom={group}")
    assert names(answer) == expected
    found = heads(answer)
    assert len(found) == {"temper": 2, "settled": 3, "keeper": 2, "alive": 1}[group]
    assert sum(int(re.findall(r"(\d+) \D*$", head)[0]) for head in found) == 4


def test_groups_are_counted_in_all_or_said_to_be_of_the_page(login, registers, hives, monkeypatch):
    clerk = login(Role.clerk)
    clerk.get("/lang/en")
    address = f"{HIVES}?nhom=temper&temper=calm"
    assert heads(clerk.get(address))[0].endswith("2 rows in all")
    monkeypatch.setattr("views.generated.frame.COUNTED", 1)
    assert heads(clerk.get(address))[0].endswith("2 rows on this page")


@pytest.mark.parametrize("group", ["temper", "keeper", "settled", "alive"])
@pytest.mark.parametrize("order", ["", "-price"])
def test_pages_of_groups_visit_every_row_once_both_ways(
    login, registers, session, agencies, keep, group, order
):
    keepers = [keep(registers.Keeper, code=f"K{n}", name=f"Người {n}") for n in range(3)]
    for number in range(60):
        session.add(
            registers.Hive(
                label=f"Tổ {number:02d}",
                temper="calm" if number % 3 else "wild",
                price=None if number % 4 == 0 else number // 7,
                settled=None if number % 5 == 0 else dt.date(2026, 1, 1 + number % 3),
                alive=bool(number % 2),
                keeper=keepers[number % 4] if number % 4 < 3 else None,
                agency_id=agencies["D1"],
            )
        )
    session.commit()
    client = login(Role.clerk)
    answer = client.get(HIVES, query_string={"nhom": group, "order": order})
    pages = [names(answer)]
    while older := Page(answer).all("//a[@rel='next']/@href"):
        answer = client.get(older[0])
        pages.append(names(answer))
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({name for page in pages for name in page}) == 60
    back = client.get(Page(answer).all("//a[@rel='prev']/@href")[0])
    assert names(back) == pages[1]


@pytest.mark.parametrize(
    "asked",
    ["nhom=label", "nhom=nonsense", "nhom=temper&after=WyIiLCAiQW4iLCAieCJd", "xem=nonsense"],
)
def test_nonsense_of_groups_and_views_is_left_out(login, hives, asked):
    answer = login(Role.clerk).get(f"{HIVES}?{asked}")
    assert answer.status_code == 200 and len(names(answer)) == 4


# ---- views ---------------------------------------------------------------------------------------
def saved(client, **more):
    """Save a view; gives what its address says."""
    return query(client.post(f"{BAR}/luu", data={**WILD, **more}))


def test_saved_view_opens_by_its_address_and_is_marked(login, hives):
    clerk = login(Role.clerk)
    found = saved(clerk)
    assert {n: found[n] for n in ("temper", "order", "cot")} == {
        "temper": "wild",
        "order": "-label",
        "cot": "price.label",
    }
    answer = clerk.get(HIVES, query_string=found)
    assert standing(answer) == "Tổ dữ" and names(answer) == ["300", "–"]
    page = Page(answer)
    assert page.find("//*[@data-views]//a[@aria-current]").text_content().strip() == "Tổ dữ"
    assert not page.all("//form[contains(@action, 'ghi-de')]")
    # A copied link shows the same rows and columns to others, without the name.
    other = login(Role.leader).get(HIVES, query_string=found)
    assert names(other) == names(answer) and columns(other) == columns(answer)
    assert standing(other) != "Tổ dữ"


def test_changed_view_says_so_and_is_overwritten_by_its_button(login, hives):
    clerk = login(Role.clerk)
    found = saved(clerk)
    answer = clerk.get(HIVES, query_string={**found, "temper": "calm"})
    page = Page(answer)
    form = page.find("//form[contains(@action, 'ghi-de')]")
    assert page.all("//a[contains(@href, 'temper=wild') and contains(@class, 'btn-plain')]")
    again = query(clerk.post(form.get("action"), data=dict(form.form_values())))
    assert again["temper"] == "calm" and again["xem"] == found["xem"]
    answer = clerk.get(HIVES, query_string=again)
    assert not Page(answer).all("//form[contains(@action, 'ghi-de')]")
    assert standing(answer) == "Tổ dữ"


def test_links_of_the_list_stay_within_the_view(login, hives):
    clerk = login(Role.clerk)
    found = saved(clerk)
    page = Page(clerk.get(HIVES, query_string=found))
    for link in page.all("//a[@class='order']/@href"):
        assert f"xem={found['xem']}" in link and "cot=price.label" in link
    kept = {i.get("name"): i.get("value") for i in page.all("//form[@role='search']//input")}
    assert (kept["xem"], kept["cot"], kept["order"]) == (found["xem"], "price.label", "-label")


def test_default_of_ones_own_opens_at_the_plain_address_with_one_click_to_all(login, hives):
    clerk = login(Role.clerk)
    found = saved(clerk, opens="1")
    first = clerk.get(HIVES)
    assert first.status_code == 302
    answer = clerk.get(first.headers["Location"])
    assert names(answer) == ["300", "–"] and standing(answer) == "Tổ dữ"
    every = Page(answer).find("//*[@data-views]//ul[1]/li/a").get("href")
    all_rows = clerk.get(every)
    assert all_rows.status_code == 200 and len(names(all_rows)) == 4
    reset = Page(answer).find("//form[@role='search']//a[contains(@class, 'btn-plain')]")
    assert reset.get("href") == every
    clerk.post(f"{BAR}/mac-dinh", data={"view": "-"})
    assert clerk.get(HIVES).status_code == 200
    clerk.post(f"{BAR}/mac-dinh", data={"view": found["xem"]})
    assert clerk.get(HIVES).status_code == 302


def test_default_of_a_role_opens_for_its_people_and_shows_whose_it_is(login, hives, session):
    leader, admin = login(Role.leader), login(Role.admin)
    view_id = saved(leader)["xem"]
    leader.post(f"/cach-xem/{view_id}", data={"name": "Tổ dữ", "roles": ["clerk"]})
    sent = admin.post(f"/cach-xem/{view_id}/vai-tro", data={"default_for": ["clerk"]})
    assert sent.status_code == 303
    clerk = login(Role.clerk)
    answer = clerk.get(clerk.get(HIVES).headers["Location"])
    assert standing(answer) == "Tổ dữ" and "Ông leader" in answer.text
    assert login("clerk.there").get(HIVES).status_code == 200
    assert leader.get(HIVES).status_code == 200
    tags = session.scalars(sa.select(Event.tag).where(Event.tag.startswith("list:"))).all()
    assert sorted(tags) == [Tag.view_default, Tag.view_share]


def test_page_of_views_says_who_may_do_what(login, hives):
    leader = login(Role.leader)
    view_id = saved(leader)["xem"]
    leader.post(f"/cach-xem/{view_id}", data={"name": "Tổ dữ", "roles": ["clerk"]})
    clerk, admin = login(Role.clerk), login(Role.admin)
    assert "Tổ dữ" in clerk.get("/cach-xem").text
    assert f"/cach-xem/{view_id}" not in clerk.get("/cach-xem").text
    assert clerk.get(f"/cach-xem/{view_id}").status_code == 404
    assert f"/cach-xem/{view_id}" in admin.get("/cach-xem").text
    page = Page(admin.get(f"/cach-xem/{view_id}"))
    assert page.all("//input[@name='default_for']/@value") == ["clerk"]
    offered = Page(leader.get(f"/cach-xem/{view_id}")).all("//input[@name='roles']/@value")
    assert offered == ["clerk", "officer", "leader", "auditor"]


@pytest.mark.parametrize(
    ("data", "field"),
    [({"name": ""}, "name"), ({"name": "x" * 81}, "name"), ({"roles": "officer"}, "roles")],
)
def test_refused_view_comes_back_with_all_that_was_typed(login, hives, session, data, field):
    clerk = login(Role.clerk)
    answer = clerk.post(f"{BAR}/luu", data={**WILD, "opens": "1", **data})
    assert answer.status_code in (403, 422)
    page = Page(answer)
    assert page.error(field)
    values = page.values("//form[contains(@action, '/luu')]")
    assert values["query"] == WILD["query"]
    assert values["opens"] == "1"
    assert values["name"] == {**WILD, **data}["name"]
    assert session.scalar(sa.select(sa.func.count(SavedView.id))) == 0


def test_view_of_what_the_list_has_lost_opens_and_says_what_is_left_out(login, hives):
    clerk = login(Role.clerk)
    lost = "temper=wild&colour=red&keeper=0192aaaa-0000-7000-8000-000000000001"
    found = saved(clerk, query=f"{lost}&cot=label.wings&nhom=colour")
    answer = clerk.get(HIVES, query_string=found)
    assert names(answer) == ["An", "Ăn"]
    said = Page(answer).find("//*[@class='views-lost']").text_content()
    for word in ("colour", "wings", "Keeper"):
        assert word in said
    assert not Page(answer).all("//form[contains(@action, 'ghi-de')]")


def test_columns_chosen_within_a_view_change_that_view_alone(login, hives):
    clerk = login(Role.clerk)
    found = saved(clerk)
    before = columns(clerk.get(f"{HIVES}?xem=-"))
    asked = "&".join(f"{name}={value}" for name, value in found.items())
    sent = clerk.post(f"{BAR}/cot", data={"cot": ["label"], "query": asked})
    assert query(sent)["cot"] == "label"
    assert columns(clerk.get(HIVES)) == before, "nothing is remembered for the list itself"
    page = Page(clerk.get(sent.headers["Location"]))
    form = page.find("//form[@data-columns]")
    standard = page.find("//button[@name='standard']").get("value")
    sent = clerk.post(form.get("action"), data={**dict(form.form_values()), "standard": standard})
    assert columns(clerk.get(sent.headers["Location"])) == before


def test_words_of_views_are_escaped(login, hives):
    clerk = login(Role.clerk)
    found = saved(clerk, name="<i>x</i>", query="temper=wild&%3Cb%3E=1&cot=label.<u>")
    text = clerk.get(HIVES, query_string=found).text + clerk.get("/cach-xem").text
    for raw in ("<i>x", "“<b>", "“<u>"):
        assert raw not in text
        assert raw.replace("<", "&lt;").replace(">", "&gt;") in text


def test_deleted_view_is_gone_and_its_address_still_shows_the_rows(login, hives):
    clerk = login(Role.clerk)
    found = saved(clerk, opens="1")
    assert clerk.post(f"/cach-xem/{found['xem']}/xoa").status_code == 303
    assert clerk.get(HIVES).status_code == 200
    assert names(clerk.get(HIVES, query_string=found)) == ["300", "–"]


def test_nobody_saves_for_a_list_that_is_closed_to_them(login, hives):
    for act in ("luu", "cot", "mac-dinh"):
        assert login(Role.cashier).post(f"{BAR}/{act}", data=WILD).status_code == 403
        assert login(Role.clerk).post(f"/cach-xem/Nothing/{act}", data=WILD).status_code == 404


def test_list_pays_one_statement_for_all_of_this(login, app, hives):
    from models.base import db

    clerk = login(Role.clerk)
    clerk.get(HIVES)
    statements: list[str] = []
    with app.app_context():
        engine = db.engine
    listen = lambda *a: statements.append(a[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        assert clerk.get(f"{HIVES}?cot=label.price").status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    assert len([s for s in statements if "saved_view" in s]) == 1
