"""A stand-in reaches the pages of the post that is covered, for that time and not a second longer."""

import datetime as dt

import pytest

from domain.roles import Role
from models.base import db
from models.officer import Officer, StandIn
from tests.factories import dossiers as make

PAGES = ("/tiep-nhan", "/tra-ket-qua", "/so-theo-doi")


def cover(absent: str, deputy: str, hours: int) -> None:
    """`deputy` stands in from two hours ago until so many hours from now."""
    row = db.session.get_one(Officer, make.officer_id(absent))
    db.session.add(
        StandIn(
            agency_id=row.agency_id,
            officer_id=row.id,
            deputy_id=make.officer_id(deputy),
            starts=make.now() - dt.timedelta(hours=2),
            ends=make.now() + dt.timedelta(hours=hours),
        )
    )
    db.session.commit()


@pytest.mark.parametrize(("hours", "status"), [(1, 200), (-1, 403)])
def test_a_stand_in_opens_the_pages_of_the_counter_while_covering_it(session, login, hours, status):
    cover("tiepnhan", "cv.tuphap", hours)
    client = login("cv.tuphap")
    assert {client.get(page).status_code for page in PAGES} == {status}
    assert ('href="/tiep-nhan"' in client.get("/").text) is (status == 200)


def test_standing_in_for_an_administrator_opens_no_administration(session, login):
    cover("quantri", "cv.tuphap", 1)
    officer = make.officer_id("cv.tuphap")
    client = login("cv.tuphap")
    assert client.get(f"/danh-muc/officer/account/{officer}").status_code == 403
    assert client.get("/danh-muc/unit/add").status_code == 403


def test_the_absent_officer_keeps_the_own_pages(session, login):
    cover("tiepnhan", "cv.tuphap", 1)
    assert login(Role.clerk).get("/tiep-nhan").status_code == 200
