"""Saved views, columns and groups of the work-list and the register book, as pages show them."""

import re

import pytest
import sqlalchemy as sa

from domain.roles import Role
from models.dossier import Dossier
from services import book as book_service, worklist as work_service
from services.dossier.forms import FeeLine, HandedIn
from tests.factories import dossiers as make
from tests.factories.pages import Page
from tests.factories.procedures import STREET, TYPED, street_permit

WORK, BOOK = "/viec", "/so-theo-doi"


def save(client, key, **form):
    """Save a view by its form; gives the address it leads to."""
    answer = client.post(f"/cach-xem/{key}/luu", data={"name": "Của tôi", **form})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def heads(answer):
    """The heads of the table, without boxes and buttons."""
    rows = Page(answer).all("//thead/tr")
    return [
        " ".join(head.text_content().split())
        for head in rows[0].xpath("./th[not(@class='pick')]")
        if "visually-hidden" not in (head.xpath("string(./span/@class)") or "")
    ]


def groups(answer):
    return [
        " ".join(head.text_content().split())
        for head in Page(answer).all("//tr[@class='group-head']/th")
    ]


def codes(answer):
    return Page(answer).all("//tbody/tr[not(@class='group-head')]/th/a/text()")


def standing(answer):
    return Page(answer).find("//*[@data-views]//summary//b").text_content()


def street(**typed):
    """A dossier of the procedure that asks for data."""
    version = make.version_of(STREET)
    papers = tuple(HandedIn(d.name, d.id) for d in version.documents[:2])
    fees = (FeeLine(version.fees[0].id),)
    return make.received(STREET, papers=papers, fees=fees, data={**TYPED, **typed})


# ---- the work-list -------------------------------------------------------------------------------
def test_worklist_shows_the_columns_of_the_address_and_remembers_ones_own(session, login):
    dossier = make.received()
    clerk = login(Role.clerk)
    standard = heads(clerk.get(WORK))
    answer = clerk.get(f"{WORK}?cot=time.dossier.subject.received")
    assert len(heads(answer)) == 4 and heads(answer)[1] == standard[0]
    assert dossier.subject in answer.text and "desk-any" in answer.text
    clerk.post("/cach-xem/WorkList/cot", data={"cot": ["subject", "due"]})
    assert len(heads(clerk.get(WORK))) == 3, "the dossier itself always stands there"
    assert heads(login("tiepnhan2").get(f"{WORK}?tab=cua-phong")) == standard


def test_worklist_shows_data_of_the_procedure_in_columns_of_their_own(session, login):
    street_permit()
    street(tuyen_duong="Đường Lê Duẩn")
    clerk = login(Role.clerk)
    procedure = make.version_of(STREET).procedure_id
    address = f"{WORK}?thu-tuc={procedure}"
    plain = Page(clerk.get(address))
    assert "d-tuyen_duong" in plain.all("//form[@data-columns]//input[@type='checkbox']/@value")
    answer = clerk.get(f"{address}&cot=dossier.d-tuyen_duong.d-dien_tich")
    page = Page(answer)
    cells = [" ".join(c.text_content().split()) for c in page.all("//tbody/tr/td[@data-label]")]
    assert cells[0] == "Đường Lê Duẩn" and len(cells) == 2
    # Without the procedure these columns do not exist: the view says so and shows the rest.
    place = save(clerk, "WorkList", query="cot=dossier.d-tuyen_duong")
    answer = clerk.get(place)
    assert answer.status_code == 200 and len(heads(answer)) == 1
    assert "d-tuyen_duong" in Page(answer).find("//*[@class='views-lost']").text_content()


@pytest.mark.parametrize("group", ["procedure", "step", "status", "unit", "holder"])
def test_worklist_stands_in_groups_on_every_page_both_ways(session, login, group, monkeypatch):
    made = {make.received().code for _ in range(3)}
    street_permit()
    made |= {street().code for _ in range(2)}
    page_of = work_service._page
    monkeypatch.setattr(
        work_service, "_page", lambda found, a, b, limit, group="": page_of(found, a, b, 2, group)
    )
    clerk = login(Role.clerk)
    answer = clerk.get(f"{WORK}?nhom={group}")
    expected = {"procedure": 2}.get(group, 1)
    seen, said = [codes(answer)], groups(answer)
    while older := Page(answer).all("//a[@rel='next']/@href"):
        assert f"nhom={group}" in older[0]
        answer = clerk.get(older[0])
        seen.append(codes(answer))
        said += groups(answer)
    found = [code for page in seen for code in page]
    assert len(found) == 5 and set(found) == made
    assert len({re.sub(r" \d+ \D+$", "", one) for one in said}) == expected
    back = clerk.get(Page(answer).all("//a[@rel='prev']/@href")[0])
    assert codes(back) == seen[-2]


def test_heads_of_the_worklist_count_all_lines_and_the_page_where_they_are_too_many(
    session, login, monkeypatch
):
    for _ in range(3):
        make.received()
    clerk = login(Role.clerk)
    clerk.get("/lang/en")
    assert groups(clerk.get(f"{WORK}?nhom=step"))[0].endswith("3 rows in all")
    monkeypatch.setattr("services.work_groups.MOST_COUNTED", 2)
    assert groups(clerk.get(f"{WORK}?nhom=step&x=1"))[0].endswith("3 rows on this page")


def test_view_of_the_worklist_keeps_tab_filters_columns_and_groups(session, login):
    make.received()
    clerk = login(Role.clerk)
    query = "tab=cua-phong&q=hoa&buoc=receive&cot=dossier.due&nhom=unit"
    place = save(clerk, "WorkList", query=query, opens="1")
    assert query in place
    first = clerk.get(WORK)
    assert first.status_code == 302
    answer = clerk.get(first.headers["Location"])
    page = Page(answer)
    assert standing(answer) == "Của tôi"
    assert page.find("//nav[@class='tabs']//a[@aria-current]").get("href").count("tab=cua-phong")
    assert page.find("//*[@id='work-q']").get("value") == "hoa"
    # A tab and a filter box stay within the view, and say that it was changed.
    other = page.all("//nav[@class='tabs']//a[not(@aria-current)]/@href")[0]
    assert "xem=" in other
    assert Page(clerk.get(other)).all("//form[contains(@action, 'ghi-de')]")
    kept = page.all("//form[@data-desk-filters]//input[@type='hidden']/@name")
    assert {"tab", "cot", "nhom", "xem"} <= set(kept)
    # What is ticked there is done there, and leads back there.
    sent = clerk.post(page.find("//form[@id='work']").get("action"), data={"act": "take_over"})
    assert sent.status_code == 422 and standing(sent) == "Của tôi"


def test_addresses_of_other_pages_open_the_list_as_they_say(session, login):
    """A tile of the home page or a bookmark never leads to the view that opens by itself."""
    clerk = login(Role.clerk)
    save(clerk, "WorkList", query="tab=cua-phong&cot=dossier", opens="1")
    assert clerk.get(f"{WORK}?tab=sap-tre").status_code == 200
    assert clerk.get(f"{WORK}?xem=-").status_code == 200
    assert clerk.get(WORK).status_code == 302


def test_head_shares_a_view_of_the_worklist_and_the_administrator_makes_it_open(session, login):
    head, admin, officer = login(Role.head), login(Role.admin), login(Role.officer)
    place = save(head, "WorkList", query="tre=1&cot=dossier.due", name="Trễ của phòng")
    view_id = re.search(r"xem=([0-9a-f-]+)", place)[1]
    head.post(f"/cach-xem/{view_id}", data={"name": "Trễ của phòng", "roles": ["officer"]})
    assert "Trễ của phòng" in officer.get(WORK).text
    assert officer.get(WORK).status_code == 200
    assert admin.get(WORK).status_code == 403, "the administrator has no work-list"
    sent = admin.post(f"/cach-xem/{view_id}/vai-tro", data={"default_for": "officer"})
    assert sent.status_code == 303
    opened = officer.get(WORK)
    assert opened.status_code == 302 and view_id in opened.headers["Location"]
    assert login(Role.clerk).get(WORK).status_code == 200
    assert head.post(f"/cach-xem/{view_id}/vai-tro", data={}).status_code == 403


def test_view_never_shows_more_rows_than_the_reader_may_see(session, login):
    dossier = make.received()
    clerk = login(Role.clerk)
    place = save(clerk, "WorkList", query="q=hoa&cot=dossier")
    assert dossier.code in clerk.get(place).text
    assert dossier.code not in login("tiepnhan.krongana").get(place).text


# ---- the register book ---------------------------------------------------------------------------
def test_book_shows_chosen_columns_and_else_the_prescribed_form(session, login):
    dossier = make.received()
    clerk = login(Role.clerk)
    assert len(Page(clerk.get(BOOK)).all("//thead/tr")) == 2
    answer = clerk.get(f"{BOOK}?cot=owner.phone.status")
    assert len(heads(answer)) == 4, "the code always stands there"
    row = Page(answer).find("//tbody/tr")
    assert [cell.tag for cell in row] == ["th", "td", "td", "td"]
    assert row[0].find("a").get("href") == f"/ho-so/{dossier.id}"
    assert row[2].text_content() == "0905123456"


@pytest.mark.parametrize("group", ["day", "month", "procedure", "competent", "status"])
def test_book_stands_in_groups_on_every_page(session, login, group, monkeypatch):
    rows = book_service.rows
    monkeypatch.setattr(book_service, "rows", lambda *a, **k: rows(*a, **{**k, "limit": 2}))
    made = {make.received().code for _ in range(2)}
    street_permit()
    made |= {street().code}
    made |= {make.received().code for _ in range(2)}
    clerk = login(Role.clerk)
    clerk.get("/lang/en")
    answer = clerk.get(f"{BOOK}?nhom={group}")
    seen, said = codes(answer), groups(answer)
    while older := Page(answer).all("//a[@rel='next']/@href"):
        answer = clerk.get(older[0])
        seen += codes(answer)
        said += groups(answer)
    assert len(seen) == 5 and set(seen) == made
    assert all(re.search(r" \d rows? on this page$", one) for one in said)
    names = [re.sub(r" \d rows? on this page$", "", one) for one in said]
    assert len(set(names)) == (2 if group == "procedure" else 1)
    assert names == sorted(names, key=names.index)


def test_words_of_the_book_are_escaped_in_chosen_columns_too(session, login):
    dossier = make.received()
    words = {"owner_name": "<b>Hoa</b>", "owner_address": "<i>thôn 3</i>"}
    session.execute(sa.update(Dossier).where(Dossier.id == dossier.id).values(**words))
    session.commit()
    page = login(Role.clerk).get(f"{BOOK}?cot=owner.reach.address&nhom=procedure").text
    for raw in words.values():
        assert raw not in page
        assert raw.replace("<", "&lt;").replace(">", "&gt;") in page


def test_view_of_the_book_without_a_year_is_that_of_every_year(session, login):
    dossier = make.received()
    field, year = dossier.procedure.procedure_field_id, make.now().year
    clerk = login(Role.clerk)
    asked = f"{BOOK}?nam={year}&linh_vuc={field}&cot=code.owner"
    form = Page(clerk.get(asked)).find("//form[contains(@action, '/luu')]")
    sent = clerk.post(form.get("action"), data={**dict(form.form_values()), "name": "Đất đai"})
    place = sent.headers["Location"]
    assert "nam=" not in place and f"linh_vuc={field}" in place
    answer = clerk.get(place)
    assert standing(answer) == "Đất đai" and codes(answer) == [dossier.code]
    assert not Page(answer).all("//form[contains(@action, 'ghi-de')]")
    assert clerk.get(f"{place}&nam={year - 1}").status_code == 200


def test_next_page_of_the_book_keeps_how_it_is_shown(session, login, monkeypatch):
    rows = book_service.rows
    monkeypatch.setattr(book_service, "rows", lambda *a, **k: rows(*a, **{**k, "limit": 1}))
    for _ in range(2):
        make.received()
    clerk = login(Role.clerk)
    older = Page(clerk.get(f"{BOOK}?cot=code.owner&nhom=day")).find("//a[@rel='next']").get("href")
    assert "cot=code.owner" in older and "nhom=day" in older
    assert len(heads(clerk.get(older))) == 2


def test_choice_of_the_book_shows_on_a_page_that_was_kept(session, login):
    make.received()
    clerk = login(Role.clerk)
    assert len(heads(clerk.get(BOOK))) == len(heads(clerk.get(BOOK))) > 3
    clerk.post("/cach-xem/RegisterBook/cot", data={"cot": ["code", "owner"]})
    assert len(heads(clerk.get(BOOK))) == 2
    save(clerk, "RegisterBook", query="cot=code.owner", name="Gọn")
    assert "Gọn" in clerk.get(BOOK).text


# ---- the event log -------------------------------------------------------------------------------
def test_auditor_keeps_a_view_of_the_event_log(session, login):
    make.received()
    auditor = login(Role.auditor)
    query = "viec=dossier:intake:receive&cot=moment.act.address"
    place = save(auditor, "EventLog", query=query, name="Tiếp nhận")
    answer = auditor.get(place)
    assert standing(answer) == "Tiếp nhận" and len(heads(answer)) == 3
    assert len(Page(answer).all("//tbody/tr/td")) == 3
    assert Page(answer).find("//*[@id='viec']/option[@selected]").get("value").endswith("receive")
    assert not Page(answer).all("//form[contains(@action, 'ghi-de')]")
