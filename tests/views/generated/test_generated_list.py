"""The generated list: rows, search, filters, order, pages, and addresses that hold nonsense."""

import datetime as dt
import re
import sys
import threading
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from domain.roles import Role

HIVES = "/danh-muc/test_hive/list/"


def names(answer) -> list[str]:
    """First column of the rows of a page, in order."""
    return re.findall(r'<th scope="row"><a[^>]*>([^<]*)</a>', answer.text)


def following(answer) -> str:
    """Address of the next page."""
    found = re.search(r'<a href="([^"]+)" rel="next"', answer.text)
    assert found, "there is no next page"
    return found[1].replace("&amp;", "&")


@pytest.fixture
def hives(registers, keep):
    """Names in Vietnamese order, one of them of another agency."""
    rows = [
        keep(registers.Hive, label=label, temper=temper, settled=day, price=price)
        for label, temper, day, price in (
            ("Đạt", "calm", dt.date(2026, 7, 1), 1_250_000),
            ("An", "wild", dt.date(2026, 1, 7), None),
            ("Ánh", "calm", None, 5),
            ("Ăn", "wild", dt.date(2026, 7, 2), 300),
        )
    ]
    rows.append(keep(registers.Hive, "D2", label="Xa", temper="calm"))
    return rows


def test_list_shows_own_rows_in_vietnamese_order(login, hives):
    answer = login(Role.clerk).get(HIVES)
    assert answer.status_code == 200
    assert names(answer) == ["An", "Ánh", "Ăn", "Đạt"]


def test_list_writes_dates_money_and_closed_lists_for_people(login, hives):
    text = login(Role.clerk).get(HIVES).text
    assert "01/07/2026" in text
    assert "1.250.000" in text
    assert "None" not in text


@pytest.mark.parametrize("words", ["đạt", "dat", "ĐẠT", "Đa\u0323t", "  dat  "])
def test_list_finds_a_name_without_diacritics_case_or_form(login, hives, words):
    answer = login(Role.clerk).get(HIVES, query_string={"q": words})
    assert names(answer) == ["Đạt"]


@pytest.mark.parametrize("words", ["%", "_", "%_%", "\\", "'", "'; DROP TABLE test_hive; --"])
def test_list_takes_wildcards_and_quotes_as_signs_when_searching(login, hives, words):
    answer = login(Role.clerk).get(HIVES, query_string={"q": words})
    assert answer.status_code == 200
    assert names(answer) == []


def test_list_filters_by_closed_list_and_keeps_it_in_the_address(login, hives):
    answer = login(Role.clerk).get(HIVES + "?temper=wild&order=-label")
    assert names(answer) == ["Ăn", "An"]
    assert 'value="wild" selected' in answer.text
    assert "temper=wild" in re.search(r'href="([^"]*export/csv[^"]*)"', answer.text)[1]


def test_list_reads_a_day_as_day_and_month_when_filtering(login, hives):
    answer = login(Role.clerk).get(
        HIVES, query_string={"settled_from": "01/07/2026", "settled_to": "01/07/2026"}
    )
    assert names(answer) == ["Đạt"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("label", ["An", "Ánh", "Ăn", "Đạt"]),
        ("-label", ["Đạt", "Ăn", "Ánh", "An"]),
        ("price", ["Ánh", "Ăn", "Đạt", "An"]),
        ("-price", ["Đạt", "Ăn", "Ánh", "An"]),
        ("settled", ["An", "Đạt", "Ăn", "Ánh"]),
    ],
)
def test_list_orders_and_puts_empty_values_last(login, hives, order, expected):
    assert names(login(Role.clerk).get(HIVES, query_string={"order": order})) == expected


@pytest.mark.parametrize(
    "query",
    [
        "rows=100000",
        "rows=x",
        "order=keeper.agency_id",
        "order=agency_id",
        "order=nonsense",
        "after=%00",
        "after=W10",
        "after=bnVsbA",
        "before=eyJhIjoxfQ",
        "after=WyIiLCAiXHUwMDAwIiwgIngiXQ",
        "temper=nonsense",
        "alive=2",
        "keeper=nonsense",
        "settled_from=32/13/2026",
        "page_HiveView=x",
        "_oc_HiveView=agency_id&_od_HiveView=asc",
        "_flt_0_keeper=nonsense",
        "psize_HiveView=100000",
    ],
)
def test_list_leaves_nonsense_in_the_address_out(login, hives, query):
    answer = login(Role.clerk).get(f"{HIVES}?{query}")
    assert answer.status_code == 200
    assert len(names(answer)) == 4


@pytest.mark.parametrize("order", ["", "-label", "price", "-settled", "alive", "seen_at", "frames"])
def test_list_pages_visit_every_row_once_in_both_directions(
    login, registers, session, agencies, order
):
    for number in range(60):
        row = registers.Hive(
            label=f"Tổ {number:02d}",
            temper="calm" if number % 3 else "wild",
            price=None if number % 4 == 0 else number // 7,
            settled=None if number % 5 == 0 else dt.date(2026, 1, 1 + number % 3),
            alive=bool(number % 2),
            seen_at=None if number % 6 == 0 else dt.datetime(2026, 1, 1, number % 20, 30),
            agency_id=agencies["D1"],
        )
        session.add(row)
    session.commit()
    client = login(Role.clerk)
    first = client.get(HIVES, query_string={"order": order} if order else {})
    second = client.get(following(first))
    third = client.get(following(second))
    seen = names(first) + names(second) + names(third)
    assert len(seen) == len(set(seen)) == 60
    assert 'rel="next"' not in third.text
    back = re.search(r'<a href="([^"]+)" rel="prev"', third.text)[1].replace("&amp;", "&")
    assert names(client.get(back)) == names(second)


def test_list_counts_only_to_a_thousand(login, registers, session, agencies):
    rows = [
        {"id": f"0192{n:04d}-0000-7000-8000-000000000000", "label": f"T{n}", "temper": "calm"}
        | {"frames": 1, "alive": True, "agency_id": agencies["D1"]}
        for n in range(1002)
    ]
    session.execute(sa.insert(registers.Hive), rows)
    session.commit()
    text = login(Role.clerk).get(HIVES).text
    assert "1.000" in text
    assert "1.002" not in text


def test_list_takes_few_statements_however_many_rows(login, app, registers, keep):
    from models.base import db

    keeper = keep(registers.Keeper, code="K", name="Y Bhiăm Niê")
    for number in range(20):
        keep(registers.Hive, label=f"Tổ {number}", temper="calm", keeper=keeper)
    client = login(Role.clerk)
    client.get(HIVES)
    statements: list[str] = []
    with app.app_context():
        engine = db.engine
    listen = lambda *a: statements.append(a[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        assert client.get(HIVES).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)
    selects = [s for s in statements if s.startswith("SELECT") and "test_" in s]
    assert len(selects) == 3  # rows, their keepers, the bounded count


def test_list_offers_only_what_the_role_may_do(login, hives):
    clerk = login(Role.clerk).get(HIVES).text
    leader = login(Role.leader).get(HIVES).text
    for part in ("/danh-muc/test_hive/add", "/export/csv", "/book", "/import", "action_post"):
        assert part in clerk
        assert part not in leader


def test_list_state_travels_to_the_page_and_back(login, hives):
    client = login(Role.clerk)
    answer = client.get(HIVES + "?temper=wild&order=-label")
    link = re.search(r'<th scope="row"><a href="([^"]+)"', answer.text)[1].replace("&amp;", "&")
    assert "temper=wild" in unquote(link)
    page = client.get(link)
    assert page.status_code == 200
    back = client.get("/back", headers={"Referer": f"http://localhost{link}"})
    assert back.status_code == 302
    assert back.headers["Location"] == HIVES + "?temper=wild&order=-label"


@pytest.mark.parametrize(
    "referrer",
    ["", "http://evil.example/danh-muc/test_hive/list/", "http://localhost/nowhere", "http://["],
)
def test_back_goes_home_when_the_way_is_unknown(login, referrer):
    answer = login(Role.clerk).get("/back", headers={"Referer": referrer})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_back_never_leaves_the_product(login, hives):
    for up in ("https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"):
        page = f"http://localhost/danh-muc/test_hive/show/{hives[0].id}?_flt_0_up={up}"
        answer = login(Role.clerk).get("/back", headers={"Referer": page})
        assert answer.headers["Location"] == HIVES


def test_lists_asked_for_at_the_same_time_never_mix(login, hives):
    expected = {"calm": ["Ánh", "Đạt"], "wild": ["An", "Ăn"]}
    clients = {temper: login(Role.clerk) for temper in expected}
    wrong: list[str] = []

    def ask(temper: str) -> None:
        for _ in range(15):
            answer = clients[temper].get(HIVES, query_string={"temper": temper})
            if names(answer) != expected[temper] or f'value="{temper}" selected' not in answer.text:
                wrong.append(temper)

    threads = [threading.Thread(target=ask, args=(temper,)) for temper in expected]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []
