"""From which day a version is in force: said on its page, in the designer and at the counter."""

import datetime as dt
from typing import Any

import pytest

from domain.roles import Role
from models.base import db
from services import procedure
from tests.factories import dossiers as made
from tests.factories.counter import chosen, send
from tests.factories.pages import Page
from tests.house.test_catalogue import troubles


@pytest.fixture
def draft(session: Any) -> Any:
    who: dict[str, Any] = {"actor": made.actor("quantri"), "at": made.now()}
    found = procedure.draft_from(made.version_of(made.BUSINESS), **who)
    found.valid_from = made.now().date() + dt.timedelta(days=9)
    db.session.commit()
    return found


def day(version: Any) -> str:
    return f"{version.valid_from:%d/%m/%Y}"


def test_a_draft_says_from_when_it_would_be_in_force_and_what_stays_until_then(draft, login):
    starts, old = day(draft), made.version_of(made.BUSINESS).key
    page = Page(login(Role.admin).get(f"/thiet-ke/{draft.id}"))
    assert f"có hiệu lực từ {starts}; trước ngày đó vẫn áp dụng phiên bản {old}" in page.text


def test_a_version_published_for_a_coming_day_says_so_and_its_predecessor_too(draft, login):
    old = made.version_of(made.BUSINESS).id
    who: dict[str, Any] = {"actor": made.actor("quantri"), "at": made.now()}
    published = procedure.publish(draft, **who)
    starts, new = day(published), published.id
    admin = login(Role.admin)
    answer = admin.get(f"/danh-muc/procedure_version/show/{new}")
    assert f"Có hiệu lực từ {starts}" in Page(answer).text
    assert not troubles(answer.get_data(as_text=True))
    page = Page(admin.get(f"/danh-muc/procedure_version/show/{old}"))
    assert f"Từ ngày {starts}" in page.text and "tự động thay thế" in page.text


def test_the_counter_says_which_day_brings_a_new_version(draft, login):
    clerk = login(Role.clerk)
    before = Page(send(clerk, chosen(clerk), "refresh")).text
    who: dict[str, Any] = {"actor": made.actor("quantri"), "at": made.now()}
    starts = day(procedure.publish(draft, **who))
    after = Page(send(clerk, chosen(clerk), "refresh")).text
    assert "áp dụng phiên bản mới" not in before
    assert f"Từ ngày {starts} thủ tục này áp dụng phiên bản mới" in after
