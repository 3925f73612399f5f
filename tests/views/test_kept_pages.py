"""Kept pages and identities: quick when nothing has changed, never old, never somebody else's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app import clock
from domain.roles import Role
from models.base import db
from models.dossier import Dossier
from models.officer import Officer
from services import book
from tests.factories import dossiers as make

#: Page → most statements when it is drawn anew for a person who is known already.
HOT = {"/viec": 8, "/so-theo-doi": 8, "/tra-cuu?q=nguyen+thi+hoa": 6, "/tiep-nhan": 3}
#: Only the frame of these is kept: what they ask for is read each time, in so many statements (the
#: dossiers that are found, the people).
FRAMED = {"/tra-cuu?q=nguyen+thi+hoa": 2}


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is kept for a minute of the clock at most; here that minute does not end."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", HOT)
def test_a_page_is_drawn_with_few_statements_and_kept(
    session: Any, login: Any, app: Any, path: str
) -> None:
    make.received()
    clerk = login(Role.clerk)
    clerk.get("/tiep-nhan?x=1")  # who this is, is known from here on
    with statements() as drawn:
        first = clerk.get(path)
    with statements() as again:
        second = clerk.get(path)
    assert first.status_code == second.status_code == 200
    assert len(drawn) <= HOT[path], drawn
    reading = [s for s in again if s.startswith("SELECT dossier")]
    assert len(reading) == FRAMED.get(path, 0), reading
    assert path in FRAMED or again == []


@pytest.mark.parametrize("path", HOT)
def test_no_hot_page_counts_a_whole_table(session: Any, login: Any, path: str) -> None:
    make.received()
    clerk = login(Role.clerk)
    with statements() as drawn:
        clerk.get(path)
    counting = [s for s in drawn if "count(*)" in s.lower() and "limit" not in s.lower()]
    assert counting == []


def test_a_kept_page_shows_what_was_committed_since(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    first = make.received()
    assert first.code in clerk.get("/viec").text
    assert first.code in clerk.get("/viec").text
    second = make.received()
    page = clerk.get("/viec").text
    assert first.code in page and second.code in page
    session.execute(
        sa.update(Dossier).where(Dossier.id == second.id).values(owner_name="Trần Văn Đổi")
    )
    session.commit()
    assert "Trần Văn Đổi" in clerk.get("/viec").text


def test_two_people_never_share_a_page(session: Any, login: Any) -> None:
    dossier = make.received()
    clerk, leader = login(Role.clerk), login(Role.leader)
    mine = clerk.get("/viec").text
    theirs = leader.get("/viec").text
    assert dossier.code in mine
    assert dossier.code not in theirs
    assert clerk.get("/viec").text != leader.get("/viec").text
    officer = session.scalars(sa.select(Officer).where(Officer.user_id.is_not(None))).first()
    assert officer is not None
    stranger = clerk.application.test_client()
    assert stranger.get("/viec").status_code == 302


def test_the_lines_of_the_book_are_escaped(session: Any, login: Any) -> None:
    dossier = make.received()
    words = {"owner_name": "<b>Hoa</b>", "owner_address": "<i>thôn 3</i>", "result_no": "<u>1</u>"}
    session.execute(sa.update(Dossier).where(Dossier.id == dossier.id).values(**words))
    session.commit()
    page = login(Role.clerk).get("/so-theo-doi").text
    for raw in words.values():
        assert raw not in page
        assert raw.replace("<", "&lt;").replace(">", "&gt;") in page


def test_the_holes_of_a_kept_page_are_filled_anew_and_escaped(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    first = clerk.get("/tra-cuu?q=nobody+here").text
    second = clerk.get("/tra-cuu?q=%3Cb%3E%22else%22").text
    assert 'value="nobody here"' in first
    assert 'value="&lt;b&gt;&#34;else&#34;"' in second
    assert "nobody" not in second and "hole" not in second
    assert 'name="next" value="/tra-cuu?q=%3Cb%3E%22else%22"' in second


def test_a_page_further_on_in_the_book_is_the_same_kept_or_not(
    session: Any, login: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make.received()
    clerk = login(Role.clerk)
    monkeypatch.setitem(book.rows.__kwdefaults__, "limit", 2)
    following = re.search(r'href="([^"]*sau=[^"]+)"', clerk.get("/so-theo-doi").text)
    assert following
    path = following[1].replace("&amp;", "&")
    kept = [clerk.get(path).text for _ in range(2)]
    monkeypatch.setitem(app.config, "KEEP_PAGES", False)
    plain = clerk.get(path).text
    token = re.compile(
        r'(name="csrf_token"[^>]*value=")[^"]+|(content=")[^"]{60,}|data-session-left="\d+"'
    )
    assert len({token.sub("", page) for page in (*kept, plain)}) == 1


def test_a_kept_page_speaks_the_language_of_now(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    assert 'lang="vi"' in clerk.get("/viec").text
    clerk.get("/lang/en")
    assert '<html lang="en"' in clerk.get("/viec").text


def test_a_kept_form_has_a_fresh_key_each_time(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    key = re.compile(r'name="id"[^>]*value="([0-9a-f-]{36})"|value="([0-9a-f-]{36})"[^>]*name="id"')
    found = {key.search(clerk.get("/tiep-nhan").text).group(0) for _ in range(3)}
    assert len(found) == 3


def test_a_kept_form_has_a_token_that_is_accepted(
    session: Any, login: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, other = login(Role.clerk), login("tiepnhan2")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", True)
    token = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
    for visitor in (clerk, clerk, other, other):
        page = visitor.get("/tiep-nhan").text
        sent = visitor.post("/tiep-nhan", data={"csrf_token": token.search(page)[1], "action": "x"})
        assert sent.status_code == 200, "the token of the page was refused"


def test_a_message_is_shown_once_and_not_kept(session: Any, login: Any) -> None:
    clerk = login(Role.clerk)
    clerk.get("/viec")
    with clerk.session_transaction() as kept:
        kept["_flashes"] = [("success", "Chỉ nói một lần")]
    assert "Chỉ nói một lần" in clerk.get("/viec").text
    assert "Chỉ nói một lần" not in clerk.get("/viec").text


@pytest.mark.parametrize("change", ["closed", "role", "officer"])
def test_a_change_of_the_account_takes_effect_at_once(
    session: Any, login: Any, change: str
) -> None:
    clerk = login(Role.clerk)
    assert clerk.get("/tiep-nhan").status_code == 200
    assert clerk.get("/tiep-nhan").status_code == 200
    account = "(SELECT id FROM ab_user WHERE username = 'tiepnhan')"
    act = {
        "closed": f"UPDATE ab_user SET active = {'false' if _pg() else '0'} WHERE id = {account}",
        "role": f"DELETE FROM ab_user_role WHERE user_id = {account}",
        "officer": f"UPDATE officer SET active = {'false' if _pg() else '0'} WHERE user_id = {account}",
    }
    session.execute(sa.text(act[change]))
    session.commit()
    answer = clerk.get("/tiep-nhan")
    assert answer.status_code in (302, 403, 422), answer.status_code


def _pg() -> bool:
    return bool(db.engine.dialect.name == "postgresql")
