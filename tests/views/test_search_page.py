"""The search page: a whole code jumps, everything else is a list with the time that is left."""

import pytest

from domain.roles import Role
from tests.factories import dossiers as make
from tests.factories.pages import Page


def ask(client, text, **more):
    return client.get("/tra-cuu", query_string={"q": text, **more})


def test_whole_code_jumps_to_the_dossier_however_it_is_typed(session, login):
    dossier = make.received()
    clerk = login(Role.clerk)
    for typed in (dossier.code, dossier.code.lower(), f" {dossier.code.replace('-', '–')} "):
        answer = ask(clerk, typed)
        assert answer.status_code == 302, typed
        assert answer.headers["Location"] == f"/ho-so/{dossier.id}"


@pytest.mark.parametrize("typed", ["nguyen thi hoa", "hoa nguyen", "066190001234", "0905 123 456"])
def test_name_number_and_phone_give_a_list(session, login, typed):
    dossier = make.received()
    answer = ask(login(Role.clerk), typed)
    assert answer.status_code == 200
    row = Page(answer).find("//tbody/tr")
    assert dossier.code in row.text_content()
    assert row.xpath(".//*[contains(@class, 'left')]"), "the time that is left is shown"


def test_nothing_found_is_said_and_the_words_stay(session, login):
    answer = ask(login(Role.clerk), "không có ai %_'\" <script>")
    page = Page(answer)
    assert answer.status_code == 200
    assert page.find("//*[@id='q']").get("value") == "không có ai %_'\" <script>"
    assert page.all("//*[@class='empty']")


def test_pages_go_on_without_repeating(session, login, monkeypatch):
    from views import search

    monkeypatch.setattr(search, "ROWS", 2)
    codes = {make.received().code for _ in range(5)}
    clerk, seen, url = login(Role.clerk), [], "/tra-cuu?q=nguyen"
    while url:
        page = Page(clerk.get(url))
        seen += [row.text_content().strip() for row in page.all("//tbody/tr/th")]
        older = page.all("//a[@rel='next']")
        url = older[0].get("href") if older else ""
    assert len(seen) == 5 and set(seen) == codes


def test_cursor_that_is_none_gives_the_page_not_a_crash(session, login):
    answer = ask(login(Role.clerk), "nguyen", sau="zzz")
    assert answer.status_code == 400
    assert Page(answer).all("//*[@id='q']")


def test_another_agencys_dossier_is_not_found(session, login):
    dossier = make.received(by="tiepnhan.krongana")
    answer = ask(login(Role.clerk), dossier.code)
    assert answer.status_code == 200
    assert dossier.id not in answer.text


def test_administrators_do_not_search_dossiers(session, login):
    assert ask(login(Role.admin), "nguyen").status_code == 403
